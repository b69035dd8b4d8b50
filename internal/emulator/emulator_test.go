package emulator_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

const (
	tokensPath = "/tokens/v1/service_user_tokens"
	whoAmIPath = "/accounts/user/v1/user:WhoAmI"
)

// fixture is an emulator, its address and a clock.
type fixture struct {
	t      *testing.T
	em     *emulator.Emulator
	url    string
	mu     sync.Mutex
	at     time.Time
	issued []string
}

// start starts an emulator behind the referee.
func start(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	f := newFixture(opts, t)
	f.listen(contracttest.Referee(t, f.em))
	return f
}

// startBare starts one without the referee, for requests that the contract does not allow.
func startBare(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	f := newFixture(opts, t)
	f.listen(f.em)
	return f
}

func newFixture(opts emulator.Options, t *testing.T) *fixture {
	f := &fixture{t: t, at: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	opts.Now = f.now
	opts.OnSecret = func(secret string) { f.issued = append(f.issued, secret) }
	f.em = emulator.New(opts)
	return f
}

func (f *fixture) listen(h http.Handler) {
	server := httptest.NewServer(h)
	f.t.Cleanup(server.Close)
	f.url = server.URL
}

func (f *fixture) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

func (f *fixture) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.at.Add(d)
}

// reply is an answer, decoded.
type reply struct {
	status int
	header http.Header
	raw    string
	err    error
	Token  struct {
		ID, Name, Status string
		ServiceUserID    string   `json:"service_user_id"`
		PermissionSetIDs []string `json:"permission_set_ids"`
		AllPermissions   bool     `json:"all_permissions"`
		Expiry           int      `json:"inactivity_expiry_days"`
		IssuedAt         string   `json:"issued_at"`
		LastUsedAt       *string  `json:"last_used_at"`
		RevokedAt        *string  `json:"revoked_at"`
	} `json:"service_user_token"`
	Secret  string
	Code    int
	Message string
	Details []struct {
		Reason   string
		Metadata map[string]string
	}
	Tokens []struct{ ID, Name string } `json:"service_user_tokens"`
	Next   string                      `json:"next_page_token"`
	Active int                         `json:"active_count"`
	Limit  int                         `json:"active_limit"`
	UserID string                      `json:"user_id"`
}

func (r reply) reason() string {
	if len(r.Details) == 0 {
		return ""
	}
	return r.Details[0].Reason
}

func (f *fixture) call(bearer, method, path, body string) reply {
	f.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, in)
	if err != nil {
		f.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	data, _ := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, raw: string(data)}
	_ = json.Unmarshal(data, &r)
	return r
}

// do calls as the administrator.
func (f *fixture) do(method, path, body string) reply {
	f.t.Helper()
	return f.call(f.em.Bearer(), method, path, body)
}

// make creates a token and fails the test if that does not work.
func (f *fixture) make(body string) reply {
	f.t.Helper()
	r := f.do("POST", tokensPath, body)
	if r.status != http.StatusOK || r.Secret == "" {
		f.t.Fatalf("create: %d %s", r.status, r.raw)
	}
	return r
}

func (f *fixture) expect(r reply, status int, reason string) {
	f.t.Helper()
	if r.status != status || r.reason() != reason {
		f.t.Errorf("answered %d %s (%s), want %d %s", r.status, r.reason(), r.Message, status, reason)
	}
}

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
	// The secret works, answers its own service user, and is seen to be used.
	if who := f.call(made.Secret, "GET", whoAmIPath, ""); who.UserID != made.Token.ServiceUserID {
		t.Errorf("WhoAmI with the secret answers %q, want %q", who.UserID, made.Token.ServiceUserID)
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
		again.Secret == "" || again.Secret == made.Secret || again.Token.IssuedAt == made.Token.IssuedAt || again.Token.LastUsedAt != nil || again.Token.RevokedAt != nil {
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

func TestPagesCoverTheList(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Tokens: 101})
	seen := map[string]bool{}
	next, pages := "", 0
	for pages == 0 || next != "" {
		path := tokensPath + "?page_size=50"
		if next != "" {
			path += "&page_token=" + next
		}
		page := f.do("GET", path, "")
		for _, token := range page.Tokens {
			if seen[token.ID] {
				t.Errorf("%s is listed twice", token.Name)
			}
			seen[token.ID] = true
		}
		next, pages = page.Next, pages+1
	}
	if len(seen) != 101 || pages != 3 {
		t.Errorf("%d tokens on %d pages", len(seen), pages)
	}
	if first := f.do("GET", tokensPath, ""); len(first.Tokens) != 50 {
		t.Errorf("the default page has %d tokens", len(first.Tokens))
	}
}

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
			t.Errorf("%s: answered %d %s, want %d %s", name, r.status, r.reason(), c.status, c.reason)
		}
	}
	if who := f.call(weak, "GET", whoAmIPath, ""); who.status != 200 {
		t.Errorf("WhoAmI needs no permission, and is answered %d", who.status)
	}
	if list := f.call(stranger, "GET", tokensPath, ""); len(list.Tokens) != 0 {
		t.Error("another organization sees the tokens")
	}
}

func TestBadRequests(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{})
	path := tokensPath + "/" + f.make(`{"name":"t"}`).Token.ID
	set := f.em.PermissionSetID("Reporting")
	f.em.ForgetCalls()
	cases := []struct {
		name, method, path, body string
		status                   int
		reason, field            string
	}{
		{"malformed JSON", "POST", tokensPath, `{"name":`, 400, "INVALID_FIELD", "body"},
		{"no body", "POST", tokensPath, ``, 400, "INVALID_FIELD", "body"},
		{"two values", "POST", tokensPath, `{"name":"a"}{}`, 400, "INVALID_FIELD", "body"},
		{"an array", "POST", tokensPath, `[]`, 400, "INVALID_FIELD", "body"},
		{"unknown field", "POST", tokensPath, `{"name":"a","colour":1}`, 400, "INVALID_FIELD", "colour"},
		{"wrong type", "POST", tokensPath, `{"name":7}`, 400, "INVALID_FIELD", "name"},
		{"fractional expiry", "POST", tokensPath, `{"name":"a","inactivity_expiry_days":45.5}`, 400, "INVALID_FIELD", "inactivity_expiry_days"},
		{"no name", "POST", tokensPath, `{}`, 400, "INVALID_FIELD", "name"},
		{"blank name", "POST", tokensPath, `{"name":"  "}`, 400, "INVALID_FIELD", "name"},
		{"101 characters", "POST", tokensPath, `{"name":"` + strings.Repeat("é", 101) + `"}`, 400, "INVALID_FIELD", "name"},
		{"expiry 30", "POST", tokensPath, `{"name":"a","inactivity_expiry_days":30}`, 400, "INVALID_FIELD", "inactivity_expiry_days"},
		{"expiry 0", "POST", tokensPath, `{"name":"a","inactivity_expiry_days":0}`, 400, "INVALID_FIELD", "inactivity_expiry_days"},
		{"empty permission sets", "POST", tokensPath, `{"name":"a","permission_set_ids":[]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"unknown permission set", "POST", tokensPath, `{"name":"a","permission_set_ids":["x"]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"body over 1 MiB", "POST", tokensPath, `{"name":"` + strings.Repeat("a", 1<<20) + `"}`, 400, "INVALID_FIELD", "body"},
		{"empty edit", "PATCH", path, `{}`, 400, "INVALID_FIELD", "body"},
		{"both grants", "PATCH", path, `{"all_permissions":true,"permission_set_ids":["` + set + `"]}`, 400, "INVALID_FIELD", "all_permissions"},
		{"all_permissions false", "PATCH", path, `{"all_permissions":false}`, 400, "INVALID_FIELD", "all_permissions"},
		{"edit to a bad name", "PATCH", path, `{"name":"","inactivity_expiry_days":60}`, 400, "INVALID_FIELD", "name"},
		{"edit to no permission sets", "PATCH", path, `{"permission_set_ids":[]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"revoke with a field", "POST", path + "/revoke", `{"why":"x"}`, 400, "INVALID_FIELD", "why"},
		{"page size 101", "GET", tokensPath + "?page_size=101", "", 400, "INVALID_FIELD", "page_size"},
		{"page size 0", "GET", tokensPath + "?page_size=0", "", 400, "INVALID_FIELD", "page_size"},
		{"bad page token", "GET", tokensPath + "?page_token=%2F", "", 400, "INVALID_FIELD", "page_token"},
		{"bad status", "GET", tokensPath + "?status=active", "", 400, "INVALID_FIELD", "status"},
		{"unknown parameter", "GET", tokensPath + "?colour=1", "", 400, "INVALID_FIELD", "colour"},
		{"limit 101", "POST", "/permissions/v1/permission_sets", `{"limit":101,"offset":0}`, 400, "INVALID_FIELD", "limit"},
		{"negative offset", "POST", "/permissions/v1/permission_sets", `{"limit":1,"offset":-1}`, 400, "INVALID_FIELD", "offset"},
		{"unknown id", "GET", tokensPath + "/nobody", "", 404, "NOT_FOUND", ""},
		{"unknown permission set id", "GET", "/permissions/v1/permission_set/nobody", "", 404, "NOT_FOUND", ""},
		{"unknown route", "GET", "/tokens/v2/x", "", 404, "NOT_FOUND", ""},
		{"wrong method", "PUT", tokensPath, `{}`, 405, "METHOD_NOT_ALLOWED", ""},
		{"wrong method on one", "POST", path, `{}`, 405, "METHOD_NOT_ALLOWED", ""},
	}
	for _, c := range cases {
		r := f.do(c.method, c.path, c.body)
		if r.status != c.status || r.reason() != c.reason || (c.field != "" && r.Details[0].Metadata["field"] != c.field) {
			t.Errorf("%s: answered %d %s, want %d %s of %s", c.name, r.status, r.raw, c.status, c.reason, c.field)
		}
	}
	for _, call := range f.em.Calls() {
		if call.Acted {
			t.Errorf("a bad request was acted on: %s %s", call.Method, call.Path)
		}
	}
	if tokens := f.em.Tokens(); len(tokens) != 1 || tokens[0].Name != "t" {
		t.Errorf("a bad request changed something: %v", tokens)
	}
}

func TestNameOf100CharactersIsFine(t *testing.T) {
	t.Parallel()
	start(t, emulator.Options{}).make(`{"name":"` + strings.Repeat("🔑", 100) + `"}`)
}

func TestSecretsAreNotKept(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	made := f.make(`{"name":"t"}`)
	if !slices.Contains(f.issued, made.Secret) {
		t.Error("the secret was not told")
	}
	for _, call := range f.em.Calls() {
		text, _ := json.Marshal(call)
		if bytes.Contains(text, []byte(made.Secret)) || bytes.Contains(text, []byte(f.em.Bearer())) || call.Header.Get("Authorization") != "" {
			t.Errorf("the journal holds a secret: %s", text)
		}
	}
	if list := f.do("GET", tokensPath, ""); strings.Contains(list.raw, made.Secret) || strings.Contains(list.raw, "secret") {
		t.Error("the list shows a secret")
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

func TestRequestIDIsEchoed(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	req, _ := http.NewRequestWithContext(t.Context(), "GET", f.url+whoAmIPath, nil)
	req.Header.Set("X-Request-ID", "mine")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("X-Request-ID") != "mine" || f.do("GET", whoAmIPath, "").header.Get("X-Request-ID") == "" {
		t.Error("X-Request-ID is not echoed or made up")
	}
}

func TestPermissionSets(t *testing.T) {
	t.Parallel()
	for _, shape := range []emulator.PermissionSetShape{emulator.ShapeNested, emulator.ShapeIdentifier, emulator.ShapeFlat} {
		f := start(t, emulator.Options{PermissionSetShape: shape})
		all := f.do("POST", "/permissions/v1/permission_sets", `{"limit":100,"offset":0}`)
		if !strings.Contains(all.raw, `"total_results":"5"`) || !strings.Contains(all.raw, `"name":"SCIM provisioning"`) ||
			!strings.Contains(all.raw, `{"platform_management_groups":true,"platform_management_users":true}`) {
			t.Errorf("shape %d: %s", shape, all.raw)
		}
		found := f.do("POST", "/permissions/v1/permission_sets", `{"search":"scim","limit":1,"offset":0}`)
		if strings.Count(found.raw, `"name"`) != 1 || !strings.Contains(found.raw, `"total_results":"1"`) {
			t.Errorf("search: %s", found.raw)
		}
		one := f.do("GET", "/permissions/v1/permission_set/"+f.em.PermissionSetID("Reporting"), "")
		if !strings.Contains(one.raw, `"permission_set":{`) || !strings.Contains(one.raw, `"Reporting"`) {
			t.Errorf("one: %s", one.raw)
		}
	}
}

func TestUserTokens(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	own := f.do("GET", "/tokens/v1/user_tokens", "")
	if strings.Count(own.raw, `"name"`) != 3 || own.Limit != 10 || own.Active != 2 {
		t.Errorf("own: %s", own.raw)
	}
	userID, weak := f.em.AddPerson()
	f.expect(f.call(weak, "GET", "/tokens/v1/user_tokens?user_id="+f.em.CallerID(), ""), 403, "PERMISSION_DENIED")
	if other := f.do("GET", "/tokens/v1/user_tokens?user_id="+userID, ""); other.status != 200 || !strings.Contains(other.raw, `"user_tokens":[]`) {
		t.Errorf("another's: %s", other.raw)
	}
}

func TestSameSeedSameIDs(t *testing.T) {
	t.Parallel()
	one, two := emulator.New(emulator.Options{Seed: 5, Tokens: 2}), emulator.New(emulator.Options{Seed: 5, Tokens: 2})
	if one.Bearer() != two.Bearer() || one.Tokens()[1].ID != two.Tokens()[1].ID || emulator.New(emulator.Options{}).Bearer() == one.Bearer() {
		t.Error("the seed does not decide ids and secrets")
	}
}

// Whatever comes in, an answer goes out, and it is JSON.
func FuzzAnyRequest(f *testing.F) {
	f.Add("POST", tokensPath, []byte(`{"name":"a"}`))
	f.Add("PATCH", tokensPath+"/x", []byte(`{"permission_set_ids":null,"name":null}`))
	f.Add("GET", tokensPath+"?page_token=MSAy&page_size=1", []byte{0xff})
	f.Add("DELETE", tokensPath+"/%00%2F..", []byte(`null`))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://emulator/"+strings.TrimPrefix(path, "/"), bytes.NewReader(body))
		if err != nil {
			t.Skip("not a request") // of the fuzzer's making, not a test left out
		}
		em := emulator.New(emulator.Options{Bearer: "b", Seed: 1})
		req.Header.Set("Authorization", "Bearer b")
		recorder := httptest.NewRecorder()
		em.ServeHTTP(recorder, req)
		if code := recorder.Code; code >= 500 || (code < 300 || code > 399) && !json.Valid(recorder.Body.Bytes()) {
			t.Errorf("%s %q: answered %d %q", method, path, code, recorder.Body.String())
		}
	})
}
