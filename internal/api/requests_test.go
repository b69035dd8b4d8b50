package api_test

import (
	"context"
	"encoding/json"
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
