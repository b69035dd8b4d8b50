package provider_test

import (
	"testing"
)

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
