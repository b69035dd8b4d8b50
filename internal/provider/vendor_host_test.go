package provider_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// vendorLike serves what is known of the vendor's API: WhoAmI and permission sets. Everything else is not there.
func vendorLike(e *environment) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/tokens/") {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, `{"code": 5, "message": "Not Found", "details": []}`)
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
	vendorLike(e)
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
	notServed := []string{"does not serve the token API", "publishes no API", "No state was changed"}
	for name, config := range map[string]values{
		"safetyculture_service_user_tokens": nil, "safetyculture_service_user_token": {"name": "x"}, "safetyculture_user_tokens": nil,
	} {
		_, diags := e.newCore(nil).readData(name, config)
		mentions(t, errorsOf(diags), notServed...)
	}
	mentions(t, errorsOf(e.newCore(nil).plan(instance{}, basic).diags), notServed...)
	mentions(t, names(e.newCore(nil).query(nil, false, 10))[0], notServed...)
	_, diags = e.newCore(nil).importState(t.Context(), "some-id")
	mentions(t, errorsOf(diags), notServed...)
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
			vendorLike(w.environment)
			w.expect(c.code, "apply", "-auto-approve", "-no-color")
			mentions(t, strings.Join(strings.Fields(w.output.String()), " "), c.words...)
		})
	}
}
