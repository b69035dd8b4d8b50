package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// canned responds to every call with the same status and body, without a network.
type canned struct {
	status      int
	contentType string
	body        []byte
}

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: c.status, Request: r, Body: io.NopCloser(bytes.NewReader(c.body)),
		Header: http.Header{"Content-Type": {c.contentType}, "X-Request-Id": {string(c.body)}},
	}, nil
}

// fuzzResponses feeds responses to a call. The call must always return: a printable error, or a value.
func fuzzResponses(f *testing.F, do func(ctx context.Context, c *api.Client) error, seeds ...string) {
	f.Helper()
	for _, seed := range append(seeds, "", "null", "[]", `{"code":5,"message":"m","details":[{"reason":"R","metadata":{"field":"f"}}]}`, "<html>",
		`{"code":"FAILED_PRECONDITION","message":["m"],"details":{"reason":"R","metadata":{"limit":20,"list":[1]}}}`, `{"code":"9","details":[]}`, `{}`, "\ufeff{} ") {
		f.Add(200, "application/json", []byte(seed))
		f.Add(404, "text/html", []byte(seed))
	}
	base, _ := api.ParseBaseURL(api.DefaultBaseURL)
	f.Fuzz(func(t *testing.T, status int, contentType string, body []byte) {
		c := api.New(api.Options{
			BaseURL: base, Token: secret.New(bearer), Transport: canned{200 + abs(status)%400, contentType, body},
			Wait: func(context.Context, time.Duration) error { return nil },
		})
		if err := do(t.Context(), c); err != nil {
			for _, r := range err.Error() {
				if r < ' ' || r == 0x7f || r == 0x202e {
					t.Errorf("the error holds %U: %q", r, err)
				}
			}
			if bytes.Contains([]byte(err.Error()), []byte("scapi_")) {
				t.Errorf("the error holds what looks like a secret: %q", err)
			}
		}
	})
}

func abs(n int) int { return max(n, -n-1) }

// oddToken is a token in forms that are not the contract's.
const oddToken = `{"id":"T1","status":"active","inactivity_expiry_days":"45","all_permissions":"true","created_at":"2026-01-02T04:04:05.1234567+01:00",
"issued_at":"0001-01-01T00:00:00Z","last_used_at":"","expires_at":"2026-02-02 03:04:05,5z","revoked_at":{"seconds":1}}`

func FuzzServiceUserToken(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { _, err := c.GetServiceUserToken(ctx, "x"); return err }, `{"service_user_token":`+tokenJSON+`}`, `{"service_user_token":`+oddToken+`}`)
}

func FuzzCreatedServiceUserToken(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error {
		_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		return err
	}, `{"service_user_token":`+tokenJSON+`,"secret":"scapi_x"}`, `{"service_user_token":{"id":"i","name":7,"inactivity_expiry_days":"many"},"secret":"scapi_x"}`)
}

func FuzzServiceUserTokens(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { _, err := c.ListServiceUserTokens(ctx); return err }, `{"service_user_tokens":[`+tokenJSON+`],"next_page_token":"p"}`,
		`{"service_user_tokens":[`+oddToken+`,`+tokenJSON+`],"active_count":"2","active_limit":20.0}`, `{"active_limit":"20"}`, `{"status":"up"}`)
}

func FuzzUserTokens(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { _, err := c.ListUserTokens(ctx, ""); return err }, `{"user_tokens":[{"id":"i","created_at":"2026-01-02T03:04:05Z"}],"next_page_token":null}`,
		`{"user_tokens":[{"id":"I","status":"Revoked","last_used_at":"0001-01-01T00:00:00"}],"active_count":""}`)
}

func FuzzCaller(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { _, err := c.WhoAmI(ctx); return err }, `{"user_id":"u","organisation_id":"o"}`)
}

func FuzzPermissionSets(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { _, err := c.ListPermissionSets(ctx, ""); return err },
		`{"permission_sets":[{"permission_set":{"identifier":{"id":"i"},"permissions":{"p":true}}}],"total_results":"1"}`, `{"permission_sets":[{"id":"i","permissions":{"p":"true"}}],"total_results":1.0}`)
}

func FuzzPermissionSet(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { _, err := c.GetPermissionSet(ctx, "x"); return err }, `{"permission_set":{"id":"i","modified_at":null}}`)
}

func FuzzDeleted(f *testing.F) {
	fuzzResponses(f, func(ctx context.Context, c *api.Client) error { return c.DeleteServiceUserToken(ctx, "x") }, `{}`)
}
