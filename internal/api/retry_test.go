package api_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// call is one operation of each kind.
type call struct {
	name  string
	good  http.HandlerFunc
	reads bool
	do    func(ctx context.Context, c *api.Client) error
}

var kinds = []call{
	{"GetServiceUserToken", goodToken, true, func(ctx context.Context, c *api.Client) error { _, err := c.GetServiceUserToken(ctx, "x"); return err }},
	{"ListServiceUserTokens", emptyList, true, func(ctx context.Context, c *api.Client) error { _, err := c.ListServiceUserTokens(ctx); return err }},
	{"ListPermissionSets", response(200, `{"permission_sets":[],"total_results":0}`), true, func(ctx context.Context, c *api.Client) error { _, err := c.ListPermissionSets(ctx, ""); return err }},
	{"CreateServiceUserToken", goodSecret, false, func(ctx context.Context, c *api.Client) error {
		_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		return err
	}},
	{"RegenerateServiceUserToken", goodSecret, false, func(ctx context.Context, c *api.Client) error {
		_, _, err := c.RegenerateServiceUserToken(ctx, "x")
		return err
	}},
	{"UpdateServiceUserToken", goodToken, false, func(ctx context.Context, c *api.Client) error {
		_, err := c.UpdateServiceUserToken(ctx, "x", api.Edit{AllPermissions: true})
		return err
	}},
	{"RevokeServiceUserToken", goodToken, false, func(ctx context.Context, c *api.Client) error {
		_, err := c.RevokeServiceUserToken(ctx, "x")
		return err
	}},
	{"DeleteServiceUserToken", response(200, `{}`), false, func(ctx context.Context, c *api.Client) error { return c.DeleteServiceUserToken(ctx, "x") }},
}

// Which calls are retried after which outcome: reads after every temporary failure, all calls after a 429, and no call that
// changes something after an unknown outcome.
func TestRetryRule(t *testing.T) {
	t.Parallel()
	tooMany := response(429, `{"code":8,"message":"slow down"}`, "x-ratelimit-reset", "7")
	for name, c := range map[string]struct {
		outcome        http.HandlerFunc
		reads, changes bool // is it retried
	}{
		"429":         {tooMany, true, true},
		"429 bare":    {response(429, ``), true, true},
		"500":         {response(500, `{"code":13}`), true, false},
		"502 page":    {response(502, `<html>`, "Content-Type", "text/html"), true, false},
		"503 empty":   {response(503, ``), true, false},
		"cut":         {cut, true, false},
		"cut in body": {cutInBody, true, false},
		"400":         {response(400, `{"code":3}`), false, false},
		"401":         {response(401, `{"code":16}`), false, false},
		"403":         {response(403, `{"code":7}`), false, false},
		"404":         {response(404, `{"code":5}`), false, false},
		"409":         {response(409, ``), false, false},
		"407":         {response(407, `<html>`, "Content-Type", "text/html"), false, false},
		"408 page":    {response(408, `<html>`, "Content-Type", "text/html"), true, false},
		"412":         {response(412, ``), false, false},
		"425":         {response(425, ``), true, false},
		"not JSON":    {response(200, `{`), false, false},
		"redirect":    {response(307, ``, "Location", "/elsewhere"), false, false},
	} {
		for _, k := range kinds {
			t.Run(name+"/"+k.name, func(t *testing.T) {
				t.Parallel()
				s := serve(t, c.outcome, c.outcome, k.good)
				err := k.do(t.Context(), s.client(nil))
				retried := c.changes || (k.reads && c.reads)
				good := retried || (name == "not JSON" && k.name == "DeleteServiceUserToken") // any 2xx is success
				if want := map[bool]int{true: 3, false: 1}[retried]; s.calls() != want || (err == nil) != good {
					t.Errorf("sent %d times, want %d: %v", s.calls(), want, err)
				}
				if err != nil && !strings.Contains(err.Error(), k.name) {
					t.Errorf("the error does not name the operation: %v", err)
				}
			})
		}
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	for _, retries := range []int{0, 1, 4} {
		for _, outcome := range []http.HandlerFunc{response(503, ``), response(429, ``), cut} {
			s := serve(t, outcome)
			_, err := s.client(func(o *api.Options) { o.MaxRetries = retries }).GetServiceUserToken(t.Context(), "x")
			if err == nil || s.calls() != retries+1 {
				t.Errorf("max_retries %d: sent %d times, %v", retries, s.calls(), err)
			}
		}
	}
}

// A refused connection carried nothing: even a create is retried.
func TestRefusedConnection_isRetried(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		s := serve(t, k.good)
		refused := 2
		dial := &net.Dialer{}
		transport := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if refused > 0 {
				refused-- // as if nothing listened; a real free port can be another test's a moment later
				return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
			}
			return dial.DialContext(ctx, network, address)
		}}
		if err := k.do(t.Context(), s.client(func(o *api.Options) { o.Transport = transport })); err != nil || s.calls() != 1 {
			t.Errorf("%s: %v", k.name, err)
		}
		refused = 100
		err := k.do(t.Context(), s.client(func(o *api.Options) { o.Transport = &http.Transport{DialContext: transport.DialContext} }))
		var lost *api.TransportError
		if !errors.As(err, &lost) || lost.Cause != api.CauseRefused || lost.Sent || api.MayHaveActed(err) {
			t.Errorf("%s: %v", k.name, err)
		}
	}
}

// The user's interrupt ends waits and reads. No create begins after it, and one that was sent runs to its end.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	t.Run("before a create", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		s := serve(t, goodSecret)
		_, _, err := s.client(nil).CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		if err == nil || s.calls() != 0 || api.MayHaveActed(err) {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
	t.Run("during a create", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { cancel(); goodSecret(w, r) })
		_, made, err := s.client(nil).CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		if err != nil || made.Reveal() != "scapi_new" {
			t.Errorf("the secret is lost: %v", err)
		}
	})
	t.Run("during a read", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() })
		_, err := s.client(nil).GetServiceUserToken(ctx, "x")
		var lost *api.TransportError
		if !errors.As(err, &lost) || lost.Cause != api.CauseInterrupted || s.calls() != 1 {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
	t.Run("while a create waits for the rate limit", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		s := serve(t, response(429, ``, "x-ratelimit-reset", "30"))
		c := s.client(func(o *api.Options) {
			o.Wait = func(ctx context.Context, _ time.Duration) error { cancel(); return ctx.Err() }
		})
		_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{Name: "n"})
		if err == nil || s.calls() != 1 || api.MayHaveActed(err) {
			t.Errorf("%d calls, %v", s.calls(), err)
		}
	})
}

// An attempt has a timeout, even if the user's interrupt does not end it.
func TestTimeout(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		s := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		err := k.do(t.Context(), s.client(func(o *api.Options) { o.RequestTimeout, o.MaxRetries = time.Millisecond, 1 }))
		var lost *api.TransportError
		if !errors.As(err, &lost) || lost.Cause != api.CauseTimeout || api.MayHaveActed(err) != lost.Sent {
			t.Errorf("%s: %v", k.name, err)
		}
		if want := map[bool]int{true: 2, false: 1}[k.reads]; s.calls() > want {
			t.Errorf("%s: sent %d times", k.name, s.calls())
		}
	}
}
