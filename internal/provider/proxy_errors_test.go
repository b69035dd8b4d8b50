package provider_test

import (
	"errors"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A page of a proxy or gateway says nothing about a permission or a token.
func TestProxyErrors_responsesOfSomethingBetween(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fault     emulator.Fault
		want      []string
		otherwise string
	}{
		"403 page":      {emulator.Fault{Status: 403, Body: "<html>denied</html>", ContentType: "text/html"}, []string{"Something between here and the API refused the request", "no missing permission", "proxies, gateways and firewalls"}, "Platform management"},
		"403 empty":     {emulator.Fault{Status: 403, Empty: true}, []string{"Something between here and the API refused the request"}, "Platform management"},
		"403 of theirs": {emulator.Fault{Status: 403}, []string{"Platform management: Organization"}, "between here"},
		"407":           {emulator.Fault{Status: 407, Body: "<html>who are you</html>", ContentType: "text/html"}, []string{"The proxy asks for a password", "HTTPS_PROXY", "NO_PROXY"}, "connection was lost"},
		"who, 404":      {emulator.Fault{Operation: "WhoAmI", Status: 404}, []string{"does not say who owns the provider's token", "Check base_url"}, "deleted outside"},
	} {
		e := acctest.New(t)
		in := e.NewProvider(nil).Create(acctest.Basic)
		e.Emulator.Fail(c.fault)
		kept, diags := e.NewProvider(nil).Read(in)
		text := acctest.Errors(diags)
		acctest.ExpectContains(t, text, c.want...)
		if strings.Contains(text, c.otherwise) || !kept.State.Equal(in.State) {
			t.Errorf("%s: %s", name, text)
		}
	}
}

// If a proxy stops a request, the error names the proxy, without its password.
func TestProxyErrors_proxyIsNamed(t *testing.T) {
	t.Parallel()
	through := func(err error) error { return &net.OpError{Op: "proxyconnect", Net: "tcp", Err: err} }
	e := acctest.New(t)
	const named = "the proxy http://proxy.invalid:8080 (from HTTPS_PROXY or HTTP_PROXY)"
	for name, c := range map[string]struct {
		err  error
		want []string
	}{
		"not found": {through(&net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "proxy.invalid"}}), []string{"The proxy's host cannot be found", named}},
		"refused":   {through(&net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}), []string{"Nothing listens at the proxy's address", named}},
		"password":  {through(errors.New("Proxy Authentication Required")), []string{"The proxy asks for a password", named}},
		"other":     {through(errors.New("Bad Gateway")), []string{"The proxy did not let the request through", named}},
	} {
		opts := e.Options()
		opts.Transport = failing{c.err}
		opts.Getenv = func(name string) string {
			return map[string]string{"https_proxy": "http://me:hunter2@proxy.invalid:8080"}[name]
		}
		run, diags := acctest.Configure(t, opts, acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": "https://api.example.invalid", "max_retries": 0})
		run.NoErrors(diags)
		text := acctest.Errors(run.Plan(acctest.Instance{}, acctest.Basic).Diagnostics)
		acctest.ExpectContains(t, text, c.want...)
		if strings.Contains(text, "hunter2") || strings.Contains(text, "host of base_url cannot") {
			t.Errorf("%s: %s", name, text)
		}
	}
	// If the request goes around the proxy, the error does not name it.
	opts := e.Options()
	opts.Transport = failing{through(errors.New("Bad Gateway"))}
	opts.Getenv = func(name string) string {
		return map[string]string{"HTTPS_PROXY": "http://proxy.invalid:8080", "NO_PROXY": "api.example.invalid"}[name]
	}
	run, _ := acctest.Configure(t, opts, acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": "https://api.example.invalid", "max_retries": 0})
	if text := acctest.Errors(run.Plan(acctest.Instance{}, acctest.Basic).Diagnostics); strings.Contains(text, "proxy.invalid") {
		t.Error(text)
	}
}
