package emulator_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestWhoMayManageTokens(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	_, weak := f.em.AddPerson(emulator.PermissionUsers)
	_, strong := f.em.AddPerson(emulator.PermissionOrganization)
	_, stranger := f.em.AddOrganization()
	all := f.make(`{"name":"all"}`)
	narrow := f.make(`{"name":"narrow","permission_set_ids":["` + f.em.PermissionSetID("Reporting") + `"]}`)
	admin := f.make(`{"name":"admin","permission_set_ids":["` + f.em.PermissionSetID("Platform administration") + `"]}`)
	path := tokensPath + "/" + all.Token.ID
	for name, c := range map[string]struct {
		bearer, reason string
		status         int
	}{
		"nobody":                        {"", "UNAUTHENTICATED", 401},
		"unknown bearer":                {"scapi_nonsense", "UNAUTHENTICATED", 401},
		"person without the permission": {weak, "PERMISSION_DENIED", 403},
		"person with it":                {strong, "", 200},
		"another organization":          {stranger, "NOT_FOUND", 404},
		"token with all permissions":    {all.Secret, "", 200},
		"token with another set":        {narrow.Secret, "PERMISSION_DENIED", 403},
		"token with the permission":     {admin.Secret, "", 200},
	} {
		if r := f.call(c.bearer, "GET", path, ""); r.status != c.status || r.reason() != c.reason {
			t.Errorf("%s: got %d %s, want %d %s", name, r.status, r.reason(), c.status, c.reason)
		}
	}
	if who := f.call(weak, "GET", whoAmIPath, ""); who.status != 200 {
		t.Errorf("WhoAmI needs no permission, and the response is %d", who.status)
	}
	if list := f.call(stranger, "GET", tokensPath, ""); len(list.Tokens) != 0 {
		t.Error("another organization sees the tokens")
	}
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{RateLimit: 2})
	first := f.do("GET", whoAmIPath, "")
	if first.header.Get("X-RateLimit-Limit") != "2" || first.header.Get("X-RateLimit-Remaining") != "1" || first.header.Get("X-RateLimit-Reset") != "60" {
		t.Errorf("headers %v", first.header)
	}
	f.do("GET", whoAmIPath, "")
	f.advance(20 * time.Second)
	refused := f.do("POST", tokensPath, `{"name":"t"}`)
	f.expect(refused, 429, "RATE_LIMITED")
	if refused.header.Get("X-RateLimit-Reset") != "40" || refused.Code != 8 {
		t.Errorf("reset %s, code %d", refused.header.Get("X-RateLimit-Reset"), refused.Code)
	}
	if _, other := f.em.AddPerson(); f.call(other, "GET", whoAmIPath, "").status != 200 {
		t.Error("the limit is not per user")
	}
	f.advance(40 * time.Second)
	f.make(`{"name":"t"}`)
	quiet := start(t, emulator.Options{OmitRateLimitHeaders: true})
	if header := quiet.do("GET", whoAmIPath, "").header; header.Get("X-RateLimit-Limit") != "" {
		t.Error("the headers were to be left out")
	}
}

// perOperation calls every operation as a bearer, each with a request that its form allows.
func (f *fixture) perOperation(bearer, tokenID string) map[string]reply {
	bodies := map[string]string{
		"CreateServiceUserToken": `{"name":"t"}`, "UpdateServiceUserToken": `{"name":"t"}`, "RevokeServiceUserToken": "{}",
		"RegenerateServiceUserToken": "{}", "ListPermissionSets": `{"limit":1,"offset":0}`,
	}
	replies := map[string]reply{}
	for _, o := range emulator.Operations() {
		id := tokenID
		if o.ID == "GetPermissionSet" {
			id = f.em.PermissionSetID("Reporting")
		}
		replies[o.ID] = f.call(bearer, o.Method, strings.ReplaceAll(o.Path, "{id}", id), bodies[o.ID])
	}
	return replies
}

func TestOldSecretsAreRefusedByEveryOperation(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	target := f.make(`{"name":"target"}`).Token.ID
	secrets := map[string]string{}
	for _, state := range []string{"expired", "revoked", "deleted", "regenerated"} {
		made := f.make(`{"name":"` + state + `","inactivity_expiry_days":31}`)
		secrets[state] = made.Secret
		if state == "expired" {
			continue
		}
		path := tokensPath + "/" + made.Token.ID
		f.do("POST", path+"/revoke", "{}")
		switch state {
		case "deleted":
			f.do("DELETE", path, "")
		case "regenerated":
			f.do("POST", path+"/regenerate", "{}")
		}
	}
	f.advance(31 * 24 * time.Hour)
	for state, secret := range secrets {
		for operation, r := range f.perOperation(secret, target) {
			if r.status != 401 || r.reason() != "UNAUTHENTICATED" || r.Code != 16 || f.em.Accepts(secret) {
				t.Errorf("%s with a secret that is %s: the response is %d", operation, state, r.status)
			}
		}
	}
}

func TestEveryOperationOnTokensNeedsThePermission(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	_, weak := f.em.AddPerson(emulator.PermissionUsers, emulator.PermissionGroups)
	for operation, r := range f.perOperation(weak, f.make(`{"name":"t"}`).Token.ID) {
		want := 200
		if strings.Contains(operation, "ServiceUserToken") {
			want = 403
		}
		if r.status != want {
			t.Errorf("%s gets %d, want %d", operation, r.status, want)
		}
	}
}

func TestAnotherOrganizationsTokenIsNotFound(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	id := f.make(`{"name":"t"}`).Token.ID
	organizationID, stranger := f.em.AddOrganization()
	for operation, r := range f.perOperation(stranger, id) {
		if onOne := strings.HasSuffix(operation, "ServiceUserToken") && operation != "CreateServiceUserToken"; onOne && r.status != 404 {
			t.Errorf("%s gets %d", operation, r.status)
		}
	}
	if who := f.call(stranger, "GET", whoAmIPath, ""); !strings.Contains(who.raw, organizationID) || organizationID == f.em.OrganizationID() {
		t.Errorf("the stranger is %s", who.raw)
	}
}

func TestOnlyTheBearerSchemeIsAccepted(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	for authorization, want := range map[string]int{
		"Bearer " + f.em.Bearer(): 200, "bearer " + f.em.Bearer(): 200, f.em.Bearer(): 401, "Basic " + f.em.Bearer(): 401, "Bearer": 401, "": 401,
	} {
		req, err := http.NewRequestWithContext(t.Context(), "GET", f.url+whoAmIPath, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", authorization)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if scheme, _, _ := strings.Cut(authorization, " "); resp.StatusCode != want {
			t.Errorf("%.6s… gets %d, want %d", scheme, resp.StatusCode, want)
		}
	}
}

func TestLimitHoldsUnderConcurrentCalls(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{ActiveTokenLimit: 5})
	var calls sync.WaitGroup
	for range 12 {
		calls.Go(func() { f.do("POST", tokensPath, `{"name":"t"}`) })
		calls.Go(func() { f.em.AddOrganization() })
		calls.Go(func() { f.em.AddPermissionSet(f.em.OrganizationID()) })
		calls.Go(func() { f.em.PermissionSetID("Reporting") })
	}
	calls.Wait()
	if active := len(f.em.ActiveTokens()); active != 5 {
		t.Errorf("%d tokens are active", active)
	}
}
