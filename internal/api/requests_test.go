package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func TestOperationsAreElevenDistinctOnes(t *testing.T) {
	t.Parallel()
	ids, calls := map[string]bool{}, map[string]bool{}
	for _, o := range api.Operations() {
		ids[o.ID], calls[o.Method+" "+o.Path] = true, true
	}
	if len(api.Operations()) != 11 || len(ids) != 11 || len(calls) != 11 {
		t.Errorf("%d operations, %d ids, %d calls", len(api.Operations()), len(ids), len(calls))
	}
}

// byID are the calls that put an id into the path, with the path before and after it.
var byID = map[string]struct {
	before, after string
	good          http.HandlerFunc
	do            func(ctx context.Context, c *api.Client, id string) error
}{
	"GET": {"/tokens/v1/service_user_tokens/", "", goodToken, func(ctx context.Context, c *api.Client, id string) error {
		_, err := c.GetServiceUserToken(ctx, id)
		return err
	}},
	"PATCH": {"/tokens/v1/service_user_tokens/", "", goodToken, func(ctx context.Context, c *api.Client, id string) error {
		_, err := c.UpdateServiceUserToken(ctx, id, api.Edit{AllPermissions: true})
		return err
	}},
	"revoke": {"/tokens/v1/service_user_tokens/", "/revoke", goodToken, func(ctx context.Context, c *api.Client, id string) error {
		_, err := c.RevokeServiceUserToken(ctx, id)
		return err
	}},
	"regenerate": {"/tokens/v1/service_user_tokens/", "/regenerate", goodSecret, func(ctx context.Context, c *api.Client, id string) error {
		_, _, err := c.RegenerateServiceUserToken(ctx, id)
		return err
	}},
	"DELETE": {"/tokens/v1/service_user_tokens/", "", response(200, `{}`), func(ctx context.Context, c *api.Client, id string) error {
		return c.DeleteServiceUserToken(ctx, id)
	}},
	"permission set": {"/permissions/v1/permission_set/", "", response(200, `{"id":"i"}`), func(ctx context.Context, c *api.Client, id string) error {
		_, err := c.GetPermissionSet(ctx, id)
		return err
	}},
}

// staysInItsElement fails unless the id fills exactly one element of the path, with any characters in it.
func staysInItsElement(t *testing.T, prefix, id string) {
	t.Helper()
	for name, c := range byID {
		s := serve(t, c.good)
		s.url += prefix
		if err := c.do(t.Context(), s.client(nil), id); err != nil {
			t.Errorf("%s %q: %v", name, id, err)
			continue
		}
		got := s.requests[0].RequestURI
		element, okBefore := strings.CutPrefix(got, prefix+c.before)
		element, okAfter := strings.CutSuffix(element, c.after)
		decoded, err := url.PathUnescape(element)
		if !okBefore || !okAfter || err != nil || decoded != id || strings.ContainsAny(element, "/?#") || element == "." || element == ".." {
			t.Errorf("%s %q: sent %q", name, id, got)
		}
	}
}

func TestIDStaysInItsElementOfThePath(t *testing.T) {
	t.Parallel()
	for _, id := range []string{
		"6f1c2a34-0000-4000-8000-000000000000", "user_0123", "a/b", "/", "//", "../..", ".", "..", "...", ".hidden", "%2F", "%2e%2e", "%", "%zz", "a b", " ",
		"?page_size=1", "#fragment", "a;b=c", "a:b", "a@b", "a+b", "a&b=c", "\x00", "\n\r", "\x1b[31m", "\u202e", "é", "日本語", "🔑", "\xff\xfe", "{id}", "revoke", strings.Repeat("x", 2000),
	} {
		staysInItsElement(t, "", id)
	}
	for _, prefix := range []string{"/p", "/a/b/c", "/a%2Fb", "/with%20space", "/caf%C3%A9"} {
		staysInItsElement(t, prefix, "../a b/é")
	}
}

func FuzzIDStaysInItsElementOfThePath(f *testing.F) {
	f.Add("..")
	f.Add("%2F/../\x00")
	base, _ := api.ParseBaseURL("https://h.example/a%2Fb")
	f.Fuzz(func(t *testing.T, id string) {
		if id == "" {
			t.Skip("refused: see TestEmptyIDIsRefused")
		}
		var sent *url.URL
		c := api.New(api.Options{BaseURL: base, Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			sent = r.URL
			return canned{404, "", nil}.RoundTrip(r)
		})})
		_, _ = c.RevokeServiceUserToken(t.Context(), id)
		element := strings.TrimSuffix(strings.TrimPrefix(sent.RequestURI(), "/a%2Fb/tokens/v1/service_user_tokens/"), "/revoke")
		if decoded, err := url.PathUnescape(element); err != nil || decoded != id || strings.ContainsAny(element, "/?#") || element == "." || element == ".." {
			t.Errorf("%q: sent %q", id, sent.RequestURI())
		}
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// An empty id would change the path, for example to that of the list.
func TestEmptyIDIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range byID {
		s := serve(t, c.good)
		if err := c.do(t.Context(), s.client(nil), ""); err == nil || s.calls() != 0 || api.MayHaveActed(err) || api.IsNotFound(err) {
			t.Errorf("%s: %d calls, %v", name, s.calls(), err)
		}
	}
}

// An edit sends what it changes and nothing else; an empty edit sends an empty object.
func TestEdit(t *testing.T) {
	t.Parallel()
	name, days := "", int64(0)
	for want, edit := range map[string]api.Edit{
		`{}`:                               {},
		`{"name":""}`:                      {Name: &name},
		`{"inactivity_expiry_days":0}`:     {InactivityExpiryDays: &days},
		`{"permission_set_ids":["b","a"]}`: {PermissionSetIDs: []string{"b", "a"}},
		`{"all_permissions":true}`:         {AllPermissions: true},
	} {
		got, err := json.Marshal(edit)
		if err != nil || string(got) != want || edit.IsEmpty() != (want == `{}`) {
			t.Errorf("%s: got %s, empty %t", want, got, edit.IsEmpty())
		}
	}
}

// Names are sent unchanged, apart from JSON's escapes.
func TestNameIsSentAsItIs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{`quote " and \`, "<b>&amp;", "line\nbreak", "日本語 🔑", "\u2028", "%s %d"} {
		s := serve(t, goodSecret)
		if _, _, err := s.client(nil).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: name}); err != nil {
			t.Fatal(err)
		}
		var sent map[string]any
		if err := json.Unmarshal([]byte(s.bodies[0]), &sent); err != nil || sent["name"] != name || len(sent) != 1 {
			t.Errorf("%q: sent %s", name, s.bodies[0])
		}
	}
}

// Each call has its own request id, and its retries share it.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := serve(t, response(503, ``), goodToken)
	c := s.client(nil)
	for range 2 {
		if _, err := c.GetServiceUserToken(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
	}
	ids := make([]string, len(s.requests))
	for i, r := range s.requests {
		ids[i] = r.Header.Get("X-Request-Id")
	}
	if len(ids) != 3 || ids[0] != ids[1] || ids[1] == ids[2] {
		t.Errorf("request ids %q", ids)
	}
}

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
