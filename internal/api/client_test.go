package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

const bearer = "scapi_bearer-of-the-test"

const tokenJSON = `{"id":"t1","name":"n","service_user_id":"u","status":"TOKEN_STATUS_ACTIVE","inactivity_expiry_days":45,"all_permissions":true,
"permission_set_ids":[],"created_at":"2026-01-02T03:04:05Z","created_by":{"user_id":"u","name":"x"},"issued_at":"2026-01-02T03:04:05.1234567Z","expires_at":"2026-02-02T03:04:05.00Z","new_field":{"a":[1]}}`

// server responds to each call with the next of its handlers, then always with the last one, and records the requests.
type server struct {
	t        *testing.T
	url      string
	handlers []http.HandlerFunc

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	waits    []time.Duration
	logs     []api.LogEntry
	at       time.Time
}

func serve(t *testing.T, handlers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{t: t, handlers: handlers, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	s.url = listener.URL
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	n := len(s.requests)
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, string(body))
	s.mu.Unlock()
	s.handlers[min(n, len(s.handlers)-1)](w, r)
}

func (s *server) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// client returns a client whose waits move a clock instead of waiting.
func (s *server) client(adjust func(*api.Options)) *api.Client {
	s.t.Helper()
	base, err := api.ParseBaseURL(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	opts := api.Options{
		BaseURL: base, Token: secret.New(bearer), Version: "1.2.3", UserAgent: "agent", MaxRetries: 4, Backoff: time.Microsecond,
		Jitter: func(time.Duration) time.Duration { return 0 },
		Now: func() time.Time {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.at
		},
		Wait: func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.waits = append(s.waits, d)
			s.at = s.at.Add(d)
			return ctx.Err()
		},
		Log: func(_ context.Context, entry api.LogEntry) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.logs = append(s.logs, entry)
		},
	}
	if adjust != nil {
		adjust(&opts)
	}
	return api.New(opts)
}

// response returns a handler that sends this response; headers are names and values in turn.
func response(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cutInBody announces more than it sends.
func cutInBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"service_user_token":`)
}

var (
	goodToken  = response(200, `{"service_user_token":`+tokenJSON+`}`)
	goodSecret = response(200, `{"service_user_token":`+tokenJSON+`,"secret":"scapi_new"}`)
	emptyList  = response(200, `{"service_user_tokens":[],"next_page_token":null,"active_count":0,"active_limit":20}`)
)

// What each operation sends, with a path prefix and an id that would reach another path if it were not escaped.
func TestRequests(t *testing.T) {
	t.Parallel()
	name, days := "new", int64(60)
	const id, escaped = "../a b/é", "..%2Fa%20b%2F%C3%A9"
	ctx := t.Context()
	for want, c := range map[string]struct {
		response http.HandlerFunc
		call     func(*api.Client) error
	}{
		`POST /p/tokens/v1/service_user_tokens {"name":"n","inactivity_expiry_days":60,"permission_set_ids":["a","b"]}`: {goodSecret, func(c *api.Client) error {
			_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n", InactivityExpiryDays: 60, PermissionSetIDs: []string{"a", "b"}})
			return err
		}},
		`POST /p/tokens/v1/service_user_tokens {"name":"n"}`: {goodSecret, func(c *api.Client) error {
			_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
			return err
		}},
		`GET /p/tokens/v1/service_user_tokens?page_size=100 `:   {emptyList, func(c *api.Client) error { _, err := c.ListServiceUserTokens(ctx); return err }},
		`GET /p/tokens/v1/service_user_tokens/` + escaped + ` `: {goodToken, func(c *api.Client) error { _, err := c.GetServiceUserToken(ctx, id); return err }},
		`GET /p/tokens/v1/service_user_tokens/%2E%2E `:          {goodToken, func(c *api.Client) error { _, err := c.GetServiceUserToken(ctx, ".."); return err }},
		`PATCH /p/tokens/v1/service_user_tokens/x {"name":"new"}`: {goodToken, func(c *api.Client) error {
			_, err := c.UpdateServiceUserToken(ctx, "x", api.Edit{Name: &name})
			return err
		}},
		`PATCH /p/tokens/v1/service_user_tokens/x {"all_permissions":true}`: {goodToken, func(c *api.Client) error {
			_, err := c.UpdateServiceUserToken(ctx, "x", api.Edit{AllPermissions: true})
			return err
		}},
		`PATCH /p/tokens/v1/service_user_tokens/x {"inactivity_expiry_days":60,"permission_set_ids":["a"]}`: {goodToken, func(c *api.Client) error {
			_, err := c.UpdateServiceUserToken(ctx, "x", api.Edit{InactivityExpiryDays: &days, PermissionSetIDs: []string{"a"}})
			return err
		}},
		`POST /p/tokens/v1/service_user_tokens/` + escaped + `/revoke {}`:              {goodToken, func(c *api.Client) error { _, err := c.RevokeServiceUserToken(ctx, id); return err }},
		`POST /p/tokens/v1/service_user_tokens/` + escaped + `/regenerate {}`:          {goodSecret, func(c *api.Client) error { _, _, err := c.RegenerateServiceUserToken(ctx, id); return err }},
		`DELETE /p/tokens/v1/service_user_tokens/` + escaped + ` `:                     {response(200, `{}`), func(c *api.Client) error { return c.DeleteServiceUserToken(ctx, id) }},
		`GET /p/tokens/v1/user_tokens?page_size=100&user_id=u+1 `:                      {response(200, `{"user_tokens":[],"next_page_token":""}`), func(c *api.Client) error { _, err := c.ListUserTokens(ctx, "u 1"); return err }},
		`GET /p/accounts/user/v1/user:WhoAmI `:                                         {response(200, `{"user_id":"u","organization_id":"o"}`), func(c *api.Client) error { _, err := c.WhoAmI(ctx); return err }},
		`POST /p/permissions/v1/permission_sets {"search":"x","limit":100,"offset":0}`: {response(200, `{"permission_sets":[],"total_results":0}`), func(c *api.Client) error { _, err := c.ListPermissionSets(ctx, "x"); return err }},
		`GET /p/permissions/v1/permission_set/` + escaped + ` `:                        {response(200, `{"permission_set":{"id":"i"}}`), func(c *api.Client) error { _, err := c.GetPermissionSet(ctx, id); return err }},
	} {
		s := serve(t, c.response)
		s.url += "/p/"
		if err := c.call(s.client(nil)); err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		r := s.requests[0]
		if got := r.Method + " " + r.RequestURI + " " + s.bodies[0]; got != want {
			t.Errorf("sent %q, want %q", got, want)
		}
		for header, value := range map[string]string{
			"Authorization": "Bearer " + bearer, "User-Agent": "agent", "Sc-Integration-Id": "terraform-provider-safetyculture",
			"Sc-Integration-Version": "1.2.3", "Accept": "application/json",
		} {
			if r.Header.Get(header) != value {
				t.Errorf("%s: %s is %q", want, header, r.Header.Get(header))
			}
		}
		if len(r.Header.Get("X-Request-Id")) != 36 || (s.bodies[0] != "") != (r.Header.Get("Content-Type") == "application/json") || r.Header.Get("Idempotency-Key") != "" {
			t.Errorf("%s: headers %v", want, r.Header)
		}
	}
}

func TestUnknownFieldsAndValuesAreTolerated(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_token":`+strings.Replace(tokenJSON, "STATUS_ACTIVE", "STATUS_SUSPENDED", 1)+`,"more":1}`))
	token, err := s.client(nil).GetServiceUserToken(t.Context(), "t1")
	if err != nil || token.Status != "TOKEN_STATUS_SUSPENDED" || token.Active() || token.IssuedAt.Nanosecond() != 123456700 || token.LastUsedAt != nil {
		t.Errorf("%+v, %v", token, err)
	}
}

// A 2xx response that is not the contract names operation, status and request id, and holds nothing of the body.
func TestBrokenResponses(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"malformed":        response(200, `{"secret":"scapi_hidden"`),
		"empty":            response(200, ``),
		"trailing":         response(200, `{"service_user_token":`+tokenJSON+`,"secret":"scapi_hidden"} x`),
		"wrong type":       response(200, `{"secret":"scapi_hidden","service_user_token":["scapi_hidden"]}`),
		"secret no string": response(200, `{"secret":{"scapi_hidden":1},"service_user_token":`+tokenJSON+`}`),
		"no secret":        response(200, `{"service_user_token":`+tokenJSON+`}`),
		"no id":            response(200, `{"secret":"scapi_hidden","service_user_token":`+strings.Replace(tokenJSON, `"id":"t1"`, `"id":""`, 1)+`}`),
		"a page":           response(200, `<html>scapi_hidden`, "Content-Type", "text/html"),
		"null":             response(200, `null`),
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Request-ID", "req-7"); handler(w, r) })
		_, _, err := s.client(nil).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
		var broken *api.ResponseError
		if !errors.As(err, &broken) || !api.MayHaveActed(err) || s.calls() != 1 {
			t.Errorf("%s: %v after %d calls", name, err, s.calls())
			continue
		}
		if text := err.Error(); !strings.Contains(text, "CreateServiceUserToken") || !strings.Contains(text, "200") || !strings.Contains(text, "req-7") || strings.Contains(text, "hidden") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestResponseOverTheLimit_isCutOff(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"x":"`+strings.Repeat("a", 9<<20)+`"}`))
	_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
	if err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") || s.calls() != 1 {
		t.Errorf("%v after %d calls", err, s.calls())
	}
}

// Errors keep their status with any body, and their text is harmless.
func TestErrors(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 400)
	envelope := func(message string) string {
		text, _ := json.Marshal(map[string]any{"code": 9, "message": message, "details": []any{map[string]any{"@type": "x", "reason": "TOKEN_ACTIVE", "metadata": map[string]string{"k": "v"}}}})
		return string(text)
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		status  int
		says    string
		not     string
	}{
		"envelope":        {response(400, envelope("no such thing")), 400, "no such thing", ""},
		"HTML":            {response(404, "<html>secret page</html>", "Content-Type", "text/html"), 404, "not found", "secret page"},
		"empty":           {response(403, ""), 403, "forbidden", ""},
		"bearer":          {response(400, envelope("bad "+bearer+" given")), 400, "bad (redacted) given", bearer},
		"other secret":    {response(400, envelope("bad scapi_0123 given")), 400, "bad (redacted) given", "scapi_0123"},
		"escape sequence": {response(400, envelope("a\x1b[31mb\u202ec\nd")), 400, "a?[31mb?c?d", "\x1b"},
		"long":            {response(400, envelope(long)), 400, strings.Repeat("a", 300) + "…", strings.Repeat("a", 301)},
	} {
		s := serve(t, c.handler)
		_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
		var refused *api.Error
		if !errors.As(err, &refused) || refused.Status != c.status || !strings.Contains(err.Error(), c.says) || (c.not != "" && strings.Contains(err.Error(), c.not)) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "envelope" && (refused.Code != 9 || !api.HasReason(err, api.ReasonTokenActive) || refused.Metadata["k"] != "v") {
			t.Errorf("%s: %+v", name, refused)
		}
	}
}

func TestNotFoundNeedsTheContractsWords(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{`{"code":5,"message":"m","details":[]}`: true, `{"code":3}`: false, `{"error":"x"}`: false, `nothing`: false, ``: false} {
		_, err := serve(t, response(404, body)).client(nil).GetServiceUserToken(t.Context(), "x")
		if api.IsNotFound(err) != want {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestReadOnlyRefusesChangesUnsent(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	s := serve(t, response(200, `{"permission_sets":[],"total_results":"0"}`))
	c := s.client(func(o *api.Options) { o.ReadOnly = true })
	for _, call := range []func() error{
		func() error { _, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{}); return err },
		func() error { _, _, err := c.RegenerateServiceUserToken(ctx, "x"); return err },
		func() error { _, err := c.UpdateServiceUserToken(ctx, "x", api.Edit{}); return err },
		func() error { _, err := c.RevokeServiceUserToken(ctx, "x"); return err },
		func() error { return c.DeleteServiceUserToken(ctx, "x") },
	} {
		if err := call(); !errors.Is(err, api.ErrReadOnly) || api.MayHaveActed(err) {
			t.Errorf("got %v", err)
		}
	}
	if s.calls() != 0 {
		t.Error("something was sent")
	}
	if _, err := c.ListPermissionSets(ctx, ""); err != nil {
		t.Errorf("a read that is a POST is refused: %v", err)
	}
}

func TestListFollowsPages(t *testing.T) {
	t.Parallel()
	page := func(next string, ids ...string) http.HandlerFunc {
		var items []string
		for _, id := range ids {
			items = append(items, strings.Replace(tokenJSON, `"id":"t1"`, fmt.Sprintf(`"id":%q`, id), 1))
		}
		return response(200, fmt.Sprintf(`{"service_user_tokens":[%s],"next_page_token":%q,"active_count":3,"active_limit":20}`, strings.Join(items, ","), next))
	}
	s := serve(t, page("p2", "a", "b"), page("p3", "b", "c"), page("", "d"))
	list, err := s.client(nil).ListServiceUserTokens(t.Context())
	var ids []string
	for _, token := range list.Tokens {
		ids = append(ids, token.ID)
	}
	if err != nil || !slices.Equal(ids, []string{"a", "b", "c", "d"}) || list.ActiveCount != 3 || list.ActiveLimit != 20 {
		t.Errorf("%v, %v", ids, err)
	}
	if s.requests[1].URL.Query().Get("page_token") != "p2" || s.requests[2].URL.Query().Get("page_token") != "p3" {
		t.Error("the pages' tokens were not sent")
	}
	for name, s := range map[string]*server{"repeats": serve(t, page("p2", "a"), page("p2", "b")), "alternates": serve(t, page("p2", "a"), page("p3", "b"), page("p2", "c"))} {
		if _, err := s.client(nil).ListServiceUserTokens(t.Context()); err == nil || !strings.Contains(err.Error(), "would never end") || s.calls() > 4 {
			t.Errorf("%s: %v after %d calls", name, err, s.calls())
		}
	}
	n := 0
	endless := serve(t, func(w http.ResponseWriter, r *http.Request) { n++; page(fmt.Sprint(n), fmt.Sprint("t", n))(w, r) })
	if _, err := endless.client(nil).ListServiceUserTokens(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 1000 pages") {
		t.Errorf("endless: %v", err)
	}
}

func TestHostThatDoesNotServeTheAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    bool
	}{
		"404":           {response(404, `{"code":5}`), true},
		"405":           {response(405, ``), true},
		"405 enveloped": {response(405, `{"code":12}`), true},
		"page":          {response(200, `<html>`, "Content-Type", "text/html"), true},
		"page as JSON":  {response(200, `<html>`), true},
		"empty":         {response(200, ``), true},
		"array":         {response(200, `[]`), true},
		"null":          {response(200, `null`), true},
		"other object":  {response(200, `{"status":{"service_user_tokens":[]},"up":true}`), true},
		"redirect":      {response(302, ``, "Location", "https://example.com/"), false},
		"no id":         {response(200, `{"service_user_tokens":[{"name":"n"}]}`), false},
		"wrong type":    {response(200, `{"service_user_tokens":7}`), false},
		"never ends":    {response(200, `{"next_page_token":"p"}`), false},
		"401":           {response(401, `{"code":16}`), false},
		"403":           {response(403, ``), false},
		"500":           {response(500, ``), false},
	} {
		_, err := serve(t, c.handler).client(nil).ListServiceUserTokens(t.Context())
		if err == nil || api.IsNotServed(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		_, err = serve(t, c.handler).client(nil).ListUserTokens(t.Context(), "")
		if name != "no id" && name != "wrong type" && (err == nil || api.IsNotServed(err) != c.want) {
			t.Errorf("user tokens, %s: %v", name, err)
		}
	}
	_, err := serve(t, response(404, `{"code":5}`)).client(nil).GetServiceUserToken(t.Context(), "x")
	if api.IsNotServed(err) {
		t.Error("a 404 for one token is taken for a host that serves nothing")
	}
}

func TestPermissionSetsInEveryShape(t *testing.T) {
	t.Parallel()
	inner := `"id":"i","type":"CUSTOM","name":"n","description":"d"`
	rest := `"modified_at":"2026-01-02T03:04:05Z","permissions":{"b":true,"a":true,"c":false}`
	for name, set := range map[string]string{
		"nested":     `{"permission_set":{"identifier":{` + inner + `},` + rest + `}}`,
		"identifier": `{"identifier":{` + inner + `},` + rest + `}`,
		"flat":       `{` + inner + `,` + rest + `}`,
		"half flat":  `{"permission_set":{` + inner + `,` + rest + `}}`,
	} {
		for _, total := range []string{`1`, `"1"`} {
			sets, err := serve(t, response(200, `{"permission_sets":[`+set+`],"total_results":`+total+`}`)).client(nil).ListPermissionSets(t.Context(), "")
			if err != nil || len(sets) != 1 || sets[0].ID != "i" || sets[0].Name != "n" || sets[0].Type != "CUSTOM" || sets[0].ModifiedAt.IsZero() || !slices.Equal(sets[0].Permissions, []string{"a", "b"}) {
				t.Errorf("%s: %+v, %v", name, sets, err)
			}
		}
		if one, err := serve(t, response(200, set)).client(nil).GetPermissionSet(t.Context(), "i"); err != nil || one.Name != "n" {
			t.Errorf("%s, one: %+v, %v", name, one, err)
		}
	}
	// Paging by offset; a total that is missing does not end the list early.
	for _, total := range []string{`,"total_results":"3"`, ``, `,"total_results":null`} {
		s := serve(t, response(200, `{"permission_sets":[{"id":"1"},{"id":"2"}]`+total+`}`), response(200, `{"permission_sets":[{"id":"3"}]`+total+`}`), response(200, `{"permission_sets":[]`+total+`}`))
		if sets, err := s.client(nil).ListPermissionSets(t.Context(), ""); err != nil || len(sets) != 3 || !strings.Contains(s.bodies[1], `"offset":2`) {
			t.Errorf("%q: %v, %v", total, sets, err)
		}
	}
	for _, body := range []string{`{"permission_sets":[{"name":"no id"}],"total_results":1}`, `{"permission_sets":[1]}`, `{"roles":[]}`, `{"permission_sets":[],"total_results":"many"}`} {
		if _, err := serve(t, response(200, body)).client(nil).ListPermissionSets(t.Context(), ""); err == nil {
			t.Errorf("%s passes", body)
		}
	}
}

func TestWhoAmI(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		`{"user_id":"u","organisation_id":"o","firstname":"f","lastname":"l","session":"scapi_x"}`, `{"user_id":"u","organization_id":"o","firstname":"f","lastname":"l"}`,
	} {
		if got, err := serve(t, response(200, body)).client(nil).WhoAmI(t.Context()); err != nil || got != (api.Caller{UserID: "u", OrganizationID: "o", FirstName: "f", LastName: "l"}) {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if _, err := serve(t, response(200, `{"firstname":"f"}`)).client(nil).WhoAmI(t.Context()); err == nil {
		t.Error("a response without a user was accepted")
	}
}

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://api.safetyculture.io":  "https://api.safetyculture.io",
		"https://h.example/a/b/":        "https://h.example/a/b",
		"http://127.0.0.1:8080":         "http://127.0.0.1:8080",
		"http://127.9.9.9":              "http://127.9.9.9",
		"http://[::1]:1/x":              "http://[::1]:1/x",
		"http://localhost":              "http://localhost",
		"http://api.safetyculture.io":   "",
		"http://10.0.0.1":               "",
		"http://localhost.evil.example": "",
		"http://127.0.0.1.evil.example": "",
		"api.safetyculture.io":          "",
		"//api.safetyculture.io":        "",
		"https://":                      "",
		"https://u:p@h.example":         "",
		"https://h.example?x=1":         "",
		"https://h.example#x":           "",
		"file:///etc/passwd":            "",
		"https://h.example/%zz":         "",
		"":                              "",
	} {
		got, err := api.ParseBaseURL(text)
		if (err == nil) != (want != "") || (err == nil && got.String() != want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"plain": "plain", "é🔑": "é🔑", "a\x00b\u200fc": "a?b?c", "123456789": "12345678…"} {
		if got := api.Printable(in, 8); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

// A secret that the API returned is masked from then on, even if it does not look like a secret.
func TestSeenSecretsAreMasked(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_token":`+tokenJSON+`,"secret":"opaque-and-new"}`), response(400, `{"code":3,"message":"opaque-and-new is no id"}`))
	c := s.client(nil)
	if _, _, err := c.CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"}); err != nil {
		t.Fatal(err)
	}
	_, err := c.GetServiceUserToken(t.Context(), "opaque-and-new")
	if err == nil || strings.Contains(err.Error(), "opaque") || !strings.Contains(err.Error(), "(redacted) is no id") || strings.Contains(fmt.Sprintf("%+v", s.logs), "opaque") {
		t.Errorf("%v, %+v", err, s.logs)
	}
}

// Nothing that is logged holds a secret, a body or a query.
func TestLogHoldsNoSecret(t *testing.T) {
	t.Parallel()
	s := serve(t, goodSecret)
	c := s.client(nil)
	_, _, err := c.CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "scapi_in-the-name"})
	if err != nil {
		t.Fatal(err)
	}
	_, _ = c.GetServiceUserToken(t.Context(), "scapi_as-an-id")
	text := fmt.Sprintf("%+v", s.logs)
	if len(s.logs) != 2 || strings.Contains(text, "scapi_") || !strings.Contains(text, "/tokens/v1/service_user_tokens") {
		t.Errorf("%s", text)
	}
}
