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
	gatewayNotFound = `{"code": 5, "message": "Not Found", "details": []}`
	webNotFound     = `<html><body>404 Not Found</body></html>`
)

// vendorLike serves what is known of the vendor's API: WhoAmI and permission sets. Everything else is not there.
func vendorLike(e *environment, notFound string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/tokens/") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, notFound)
			return
		}
		e.em.ServeHTTP(w, r)
	}))
	e.t.Cleanup(server.Close)
	e.mu.Lock() // a provider that is served already reads it at its next start
	defer e.mu.Unlock()
	e.url = server.URL
}

// On a host without a token API, what needs none works, and all else says why it does not.
func TestVendorHost(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	vendorLike(e, gatewayNotFound)
	for _, works := range []string{"safetyculture_caller_identity", "safetyculture_permission_sets"} {
		_, diags := e.newCore(values{"organization_id": e.em.OrganizationID()}).readData(works, nil)
		if errorsOf(diags) != "" {
			t.Errorf("%s: %s", works, errorsOf(diags))
		}
	}
	_, diags := e.newCore(nil).readData("safetyculture_permission_set", values{"name": "Reporting"})
	if errorsOf(diags) != "" {
		t.Error(errorsOf(diags))
	}
	for _, notFound := range []string{gatewayNotFound, webNotFound} {
		vendorLike(e, notFound)
		saysNotServed(t, e)
	}
}

// saysNotServed tries everything that needs the token API.
func saysNotServed(t *testing.T, e *environment) {
	t.Helper()
	for name, errors := range map[string]func(c *core) string{
		"plan":        func(c *core) string { return errorsOf(c.plan(instance{}, basic).diags) },
		"all tokens":  func(c *core) string { return errorsOfData(c, "safetyculture_service_user_tokens", nil) },
		"one by name": func(c *core) string { return errorsOfData(c, "safetyculture_service_user_token", values{"name": "x"}) },
		"one by id": func(c *core) string {
			return errorsOfData(c, "safetyculture_service_user_token", values{"id": "some-id"})
		},
		"user tokens": func(c *core) string { return errorsOfData(c, "safetyculture_user_tokens", nil) },
		"query":       func(c *core) string { return names(c.query(nil, false, 10))[0] },
		"import by id": func(c *core) string {
			_, diags := c.importState(t.Context(), "some-id")
			return errorsOf(diags)
		},
		"import by name": func(c *core) string {
			_, diags := c.importState(t.Context(), "name:x")
			return errorsOf(diags)
		},
		"import by identity": func(c *core) string {
			_, diags := c.importByIdentity("some-id", e.em.OrganizationID())
			return errorsOf(diags)
		},
		"ephemeral":       func(*core) string { return (&world{e: e}).useEphemeral() },
		"revoke, planned": func(c *core) string { return errorsOf(c.planRevoke("some-id")) },
		"revoke": func(c *core) string {
			_, diags := c.revoke("some-id")
			return errorsOf(diags)
		},
	} {
		t.Run(name, func(t *testing.T) {
			mentions(t, errors(e.newCore(nil)), "does not serve the token API", "publishes no API", "No state was changed")
		})
	}
}

func errorsOfData(c *core, name string, config values) string {
	_, diags := c.readData(name, config)
	return errorsOf(diags)
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
			vendorLike(w.environment, gatewayNotFound)
			w.expect(c.code, "apply", "-auto-approve", "-no-color")
			mentions(t, strings.Join(strings.Fields(w.output.String()), " "), c.words...)
		})
	}
}
