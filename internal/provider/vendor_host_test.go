package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// The two ways to say that a path is not there: that of the vendor's gateway, and that of a web server before it.
const (
	GatewayNotFound = `{"code": 5, "message": "Not Found", "details": []}`
	WebNotFound     = `<html><body>404 Not Found</body></html>`
)

// VendorLike serves what is known of the vendor's API: WhoAmI and permission sets. Everything else is not there.
func VendorLike(e *Env, notFound string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/tokens/") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, notFound)
			return
		}
		e.Emulator.ServeHTTP(w, r)
	}))
	e.T.Cleanup(server.Close)
	e.mu.Lock() // a provider that is served already reads it at its next start
	defer e.mu.Unlock()
	e.URL = server.URL
}

// On a host without a token API, what needs none works, and all else says why it does not.
func TestVendorHost(t *testing.T) {
	t.Parallel()
	e := New(t, nil)
	VendorLike(e, GatewayNotFound)
	for _, works := range []string{"safetyculture_caller_identity", "safetyculture_permission_sets"} {
		_, diags := e.NewProvider(Values{"organization_id": e.Emulator.OrganizationID()}).ReadData(works, nil)
		if Errors(diags) != "" {
			t.Errorf("%s: %s", works, Errors(diags))
		}
	}
	_, diags := e.NewProvider(nil).ReadData("safetyculture_permission_set", Values{"name": "Reporting"})
	if Errors(diags) != "" {
		t.Error(Errors(diags))
	}
	for _, notFound := range []string{GatewayNotFound, WebNotFound} {
		VendorLike(e, notFound)
		saysNotServed(t, e)
	}
}

// saysNotServed tries everything that needs the token API.
func saysNotServed(t *testing.T, e *Env) {
	t.Helper()
	for name, errors := range map[string]func(c *Provider) string{
		"plan":       func(c *Provider) string { return Errors(c.Plan(Instance{}, Basic).Diagnostics) },
		"all tokens": func(c *Provider) string { return errorsOfData(c, "safetyculture_service_user_tokens", nil) },
		"one by name": func(c *Provider) string {
			return errorsOfData(c, "safetyculture_service_user_token", Values{"name": "x"})
		},
		"one by id": func(c *Provider) string {
			return errorsOfData(c, "safetyculture_service_user_token", Values{"id": "some-id"})
		},
		"user tokens": func(c *Provider) string { return errorsOfData(c, "safetyculture_user_tokens", nil) },
		"query":       func(c *Provider) string { return ListedNames(c.List(nil, false, 10))[0] },
		"import by id": func(c *Provider) string {
			_, diags := c.Import(t.Context(), "some-id")
			return Errors(diags)
		},
		"import by name": func(c *Provider) string {
			_, diags := c.Import(t.Context(), "name:x")
			return Errors(diags)
		},
		"import by identity": func(c *Provider) string {
			_, diags := c.ImportByIdentity("some-id", e.Emulator.OrganizationID())
			return Errors(diags)
		},
		"ephemeral":       func(*Provider) string { return (&Simulator{Env: e}).UseEphemeral() },
		"revoke, planned": func(c *Provider) string { return Errors(c.PlanRevoke("some-id")) },
		"revoke": func(c *Provider) string {
			_, diags := c.InvokeRevoke("some-id")
			return Errors(diags)
		},
	} {
		t.Run(name, func(t *testing.T) {
			ExpectContains(t, errors(e.NewProvider(nil)), "does not serve the token API", "publishes no API", "No state was changed")
		})
	}
}

func errorsOfData(c *Provider, name string, config Values) string {
	_, diags := c.ReadData(name, config)
	return Errors(diags)
}

// The examples that the guide calls usable on such a host are; another says what is missing.
func TestVendorHost_examples(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		code  int
		words []string
	}{
		"data-sources/safetyculture_caller_identity":     {0, []string{"organization_id = \"role_"}},
		"data-sources/safetyculture_permission_sets":     {0, []string{"SCIM provisioning (", "platform_management_users"}},
		"data-sources/safetyculture_service_user_tokens": {1, []string{"does not serve the token API"}},
		"data-sources/safetyculture_user_tokens":         {1, []string{"does not serve the token API"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := inExample(t, name)
			VendorLike(w.Env, GatewayNotFound)
			w.Expect(c.code, "apply", "-auto-approve", "-no-color")
			ExpectContains(t, strings.Join(strings.Fields(w.Output.String()), " "), c.words...)
		})
	}
}
