package provider_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// failing is a transport whose calls all fail in the same way.
type failing struct{ err error }

func (f failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

// An error about a call without a response names the cause, and what a user can do.
func TestTransportErrorsAreExplained(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	untrusted := httptest.NewTLSServer(e.Emulator)
	t.Cleanup(untrusted.Close)
	for name, c := range map[string]struct {
		url       string
		transport http.RoundTripper
		want      []string
	}{
		"certificate": {untrusted.URL, nil, []string{"ListServiceUserTokens", "certificate", "not trusted here", "on Linux in SSL_CERT_FILE or SSL_CERT_DIR, on macOS in the keychain, on Windows in the certificate store", "request id"}},
		"DNS":         {"https://nowhere.example", failing{&net.DNSError{Err: "no such host", Name: "nowhere.example"}}, []string{"nowhere.example", "cannot be found", "Check base_url"}},
		"timeout":     {e.URL, failing{context.DeadlineExceeded}, []string{"did not respond in time", "request_timeout"}},
		"lost":        {e.URL, failing{net.ErrClosed}, []string{"The connection was lost"}},
	} {
		broken := acctest.New(t)
		broken.URL, broken.Transport = c.url, c.transport
		p := broken.NewProvider().Plan(acctest.Instance{}, acctest.Basic)
		text := acctest.Errors(p.Diagnostics)
		if text == "" {
			t.Errorf("%s: a token is planned", name)
		}
		acctest.ExpectContains(t, text, c.want...)
	}
	// If the API asks for a wait that is too long, the call fails instead of hanging.
	e.Emulator.Fail(emulator.Fault{Status: 429, Header: http.Header{"x-ratelimit-reset": {"86400"}}})
	acctest.ExpectContains(t, acctest.Errors(e.NewProvider().Plan(acctest.Instance{}, acctest.Basic).Diagnostics), "asks to wait 24h0m", "Run again later")
}
