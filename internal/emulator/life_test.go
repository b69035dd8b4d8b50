package emulator_test

import (
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestLifeOfAToken(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	scim := f.em.PermissionSetID("SCIM provisioning")
	made := f.make(`{"name":" sync ","inactivity_expiry_days":60,"permission_set_ids":["` + scim + `"]}`)
	path := tokensPath + "/" + made.Token.ID
	if made.Token.Name != "sync" || made.Token.Expiry != 60 || made.Token.AllPermissions || !slices.Equal(made.Token.PermissionSetIDs, []string{scim}) {
		t.Errorf("made %+v", made.Token)
	}
	f.advance(time.Hour)
	// The secret works, WhoAmI returns its own service user, and last_used_at shows the use.
	if who := f.call(made.Secret, "GET", whoAmIPath, ""); who.UserID != made.Token.ServiceUserID {
		t.Errorf("WhoAmI with the secret returns %q, want %q", who.UserID, made.Token.ServiceUserID)
	}
	if got := f.do("GET", path, ""); got.Token.LastUsedAt == nil || got.Secret != "" {
		t.Errorf("after use: %s", got.raw)
	}
	f.expect(f.do("DELETE", path, ""), 400, "TOKEN_ACTIVE")
	f.expect(f.do("POST", path+"/regenerate", "{}"), 400, "TOKEN_ACTIVE")
	edited := f.do("PATCH", path, `{"name":"sync 2","inactivity_expiry_days":180,"all_permissions":true}`)
	if edited.Token.Name != "sync 2" || edited.Token.Expiry != 180 || !edited.Token.AllPermissions || len(edited.Token.PermissionSetIDs) != 0 {
		t.Errorf("edited %s", edited.raw)
	}
	if !f.em.Accepts(made.Secret) {
		t.Error("an edit changed the secret")
	}
	if revoked := f.do("POST", path+"/revoke", "{}"); revoked.Token.Status != "TOKEN_STATUS_REVOKED" || revoked.Token.RevokedAt == nil {
		t.Errorf("revoked %s", revoked.raw)
	}
	f.expect(f.call(made.Secret, "GET", whoAmIPath, ""), 401, "UNAUTHENTICATED")
	f.expect(f.do("POST", path+"/revoke", "{}"), 400, "TOKEN_NOT_ACTIVE")
	f.expect(f.do("PATCH", path, `{"name":"x"}`), 400, "TOKEN_NOT_ACTIVE")
	f.advance(time.Hour)
	again := f.do("POST", path+"/regenerate", "{}")
	if again.Token.ID != made.Token.ID || again.Token.Name != "sync 2" || again.Token.Expiry != 180 || !again.Token.AllPermissions ||
		again.Secret == "" || again.Secret == made.Secret || !again.Token.IssuedAt.Equal(f.now()) || !again.Token.CreatedAt.Equal(made.Token.CreatedAt) || again.Token.ServiceUserID != made.Token.ServiceUserID || again.Token.LastUsedAt != nil || again.Token.RevokedAt != nil {
		t.Errorf("regenerated %s", again.raw)
	}
	f.expect(f.call(made.Secret, "GET", whoAmIPath, ""), 401, "UNAUTHENTICATED")
	if !f.em.Accepts(again.Secret) {
		t.Error("the new secret does not work")
	}
	f.do("POST", path+"/revoke", "{}")
	if gone := f.do("DELETE", path, ""); gone.status != 200 {
		t.Errorf("delete: %s", gone.raw)
	}
	f.expect(f.call(again.Secret, "GET", whoAmIPath, ""), 401, "UNAUTHENTICATED")
	for _, r := range []reply{f.do("GET", path, ""), f.do("DELETE", path, ""), f.do("PATCH", path, `{"name":"x"}`), f.do("POST", path+"/revoke", "{}"), f.do("POST", path+"/regenerate", "{}")} {
		f.expect(r, 404, "NOT_FOUND")
	}
}

func TestTokensExpireByInactivity(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	used, idle := f.make(`{"name":"used","inactivity_expiry_days":31}`), f.make(`{"name":"idle","inactivity_expiry_days":31}`)
	f.advance(30 * 24 * time.Hour)
	f.call(used.Secret, "GET", whoAmIPath, "")
	f.advance(24*time.Hour - time.Second)
	if !f.em.Accepts(idle.Secret) {
		t.Error("expired a second early")
	}
	f.advance(time.Second)
	if f.em.Accepts(idle.Secret) || !f.em.Accepts(used.Secret) {
		t.Error("use does not keep a token alive, or lack of use does not end it")
	}
	path := tokensPath + "/" + idle.Token.ID
	if got := f.do("GET", path, ""); got.Token.Status != "TOKEN_STATUS_EXPIRED" {
		t.Errorf("status %s", got.Token.Status)
	}
	f.expect(f.do("POST", path+"/revoke", "{}"), 400, "TOKEN_NOT_ACTIVE")
	if again := f.do("POST", path+"/regenerate", "{}"); again.Secret == "" {
		t.Errorf("an expired token is not regenerated: %s", again.raw)
	}
}

func TestActiveTokenLimit(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Tokens: 22})
	list := f.do("GET", tokensPath+"?status=TOKEN_STATUS_REVOKED", "")
	if len(list.Tokens) != 2 || list.Active != 20 || list.Limit != 20 {
		t.Fatalf("revoked %d, active %d of %d", len(list.Tokens), list.Active, list.Limit)
	}
	for _, r := range []reply{f.do("POST", tokensPath, `{"name":"one more"}`), f.do("POST", tokensPath+"/"+list.Tokens[0].ID+"/regenerate", "{}")} {
		f.expect(r, 400, "ACTIVE_TOKEN_LIMIT_REACHED")
		if r.Code != 9 || r.Details[0].Metadata["limit"] != "20" {
			t.Errorf("the refusal is %s", r.raw)
		}
	}
	active := f.do("GET", tokensPath+"?status=TOKEN_STATUS_ACTIVE", "")
	f.do("POST", tokensPath+"/"+active.Tokens[0].ID+"/revoke", "{}")
	f.make(`{"name":"one more"}`)
}

func TestNameOf100CharactersIsFine(t *testing.T) {
	t.Parallel()
	start(t, emulator.Options{}).make(`{"name":"` + strings.Repeat("🔑", 100) + `"}`)
}

func TestWhatANewTokenIs(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	one, two := f.make(`{"name":"same name"}`), f.make(`{"name":"same name"}`)
	if one.Token.Expiry != 45 || !one.Token.AllPermissions || one.Token.Status != "TOKEN_STATUS_ACTIVE" || one.Token.CreatedBy.UserID != f.em.CallerID() {
		t.Errorf("the defaults are %s", one.raw)
	}
	if !one.Token.ExpiresAt.Equal(f.now().AddDate(0, 0, 45)) || one.Token.LastUsedAt != nil || one.Token.RevokedAt != nil {
		t.Errorf("the times are %s", one.raw)
	}
	if one.Token.ID == two.Token.ID || one.Secret == two.Secret || one.Token.ServiceUserID == two.Token.ServiceUserID || one.Token.ServiceUserID == f.em.CallerID() {
		t.Error("two tokens share an id, a secret or a service user")
	}
	userID, bearer := f.em.AddPerson(emulator.PermissionOrganization)
	if other := f.call(bearer, "POST", tokensPath, `{"name":"t"}`); other.Token.CreatedBy.UserID != userID {
		t.Errorf("made by %q, want %q", other.Token.CreatedBy.UserID, userID)
	}
}

func TestExpiryIsOneOfFour(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{})
	path := tokensPath + "/" + f.make(`{"name":"t"}`).Token.ID
	for _, days := range []int{-45, 0, 1, 30, 31, 32, 44, 45, 46, 59, 60, 61, 90, 179, 180, 181, 365} {
		allowed := slices.Contains([]int{31, 45, 60, 180}, days)
		body := fmt.Sprintf(`{"name":"t","inactivity_expiry_days":%d}`, days)
		for _, r := range []reply{f.do("POST", tokensPath, body), f.do("PATCH", path, body)} {
			if (r.status == http.StatusOK) != allowed || (allowed && r.Token.Expiry != days) {
				t.Errorf("%d days: got %s", days, r.raw)
			}
		}
	}
}

func TestARefusedEditChangesNothing(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{})
	made := f.make(`{"name":"t","permission_set_ids":["` + f.em.PermissionSetID("Reporting") + `"]}`)
	before, _ := f.em.Token(made.Token.ID)
	for _, body := range []string{
		`{"name":" ","inactivity_expiry_days":60,"all_permissions":true}`,
		`{"name":"new","inactivity_expiry_days":61,"all_permissions":true}`,
		`{"name":"new","inactivity_expiry_days":60,"permission_set_ids":["unknown"]}`,
	} {
		f.expect(f.do("PATCH", tokensPath+"/"+made.Token.ID, body), 400, "INVALID_FIELD")
	}
	if after, _ := f.em.Token(made.Token.ID); !reflect.DeepEqual(before, after) {
		t.Errorf("before %+v, after %+v", before, after)
	}
}

// What the contract leaves open varies, so that no client relies on one form.
func TestFormVariesAndMeaningDoesNot(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	want := []string{f.em.PermissionSetID("Reporting"), f.em.PermissionSetID("Users only"), f.em.PermissionSetID("SCIM provisioning")}
	f.advance(120 * time.Millisecond)
	made := f.make(`{"name":"t","permission_set_ids":["` + strings.Join(want, `","`) + `"]}`)
	orders, digits := map[string]bool{}, map[int]bool{}
	slices.Sort(want)
	for range 6 {
		got := f.do("GET", tokensPath+"/"+made.Token.ID, "")
		orders[strings.Join(got.Token.PermissionSetIDs, " ")] = true
		slices.Sort(got.Token.PermissionSetIDs)
		if !slices.Equal(got.Token.PermissionSetIDs, want) || !got.Token.CreatedAt.Equal(f.now()) {
			t.Errorf("the meaning changed: %s", got.raw)
		}
		_, rest, _ := strings.Cut(got.raw, `"created_at":"2026-05-04T03:02:01`)
		fraction, _, _ := strings.Cut(rest, "Z")
		digits[len(fraction)] = true
	}
	// At 120 ms, no digits would lose precision: two and seven are left.
	if len(orders) != 3 || len(digits) != 2 || !digits[len(".12")] || !digits[len(".1200000")] {
		t.Errorf("orders %v, fractions %v", orders, digits)
	}
}
