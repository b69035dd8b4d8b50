package provider_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// On a host without a token API, the parts that do not need it work, and every other part explains why it does not.
func TestVendorHost(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	acctest.VendorLike(e, acctest.GatewayNotFound)
	for _, works := range []string{"safetyculture_caller_identity", "safetyculture_permission_sets"} {
		_, diags := e.NewProvider(acctest.Values{"organization_id": e.Emulator.OrganizationID()}).ReadData(works, nil)
		if acctest.Errors(diags) != "" {
			t.Errorf("%s: %s", works, acctest.Errors(diags))
		}
	}
	_, diags := e.NewProvider().ReadData("safetyculture_permission_set", acctest.Values{"name": "Reporting"})
	if acctest.Errors(diags) != "" {
		t.Error(acctest.Errors(diags))
	}
	for _, notFound := range []string{acctest.GatewayNotFound, acctest.WebNotFound} {
		acctest.VendorLike(e, notFound)
		saysNotServed(t, e)
	}
}

// saysNotServed tries every part that needs the token API.
func saysNotServed(t *testing.T, e *acctest.Env) {
	t.Helper()
	for name, errors := range map[string]func(c *acctest.Provider) string{
		"plan": func(c *acctest.Provider) string {
			return acctest.Errors(c.Plan(acctest.Instance{}, acctest.Basic).Diagnostics)
		},
		"all tokens": func(c *acctest.Provider) string { return errorsOfData(c, "safetyculture_service_user_tokens", nil) },
		"one by name": func(c *acctest.Provider) string {
			return errorsOfData(c, "safetyculture_service_user_token", acctest.Values{"name": "x"})
		},
		"one by id": func(c *acctest.Provider) string {
			return errorsOfData(c, "safetyculture_service_user_token", acctest.Values{"id": "some-id"})
		},
		"user tokens": func(c *acctest.Provider) string { return errorsOfData(c, "safetyculture_user_tokens", nil) },
		"query": func(c *acctest.Provider) string {
			return acctest.ListedNames(c.List(nil, acctest.ListOptions{Limit: 10}))[0]
		},
		"import by id": func(c *acctest.Provider) string {
			_, diags := c.Import(t.Context(), "some-id")
			return acctest.Errors(diags)
		},
		"import by name": func(c *acctest.Provider) string {
			_, diags := c.Import(t.Context(), "name:x")
			return acctest.Errors(diags)
		},
		"import by identity": func(c *acctest.Provider) string {
			_, diags := c.ImportByIdentity("some-id", e.Emulator.OrganizationID())
			return acctest.Errors(diags)
		},
		"ephemeral":       func(*acctest.Provider) string { return (&acctest.Simulator{Env: e}).UseEphemeral() },
		"revoke, planned": func(c *acctest.Provider) string { return acctest.Errors(c.PlanRevoke("some-id")) },
		"revoke": func(c *acctest.Provider) string {
			_, diags := c.InvokeRevoke("some-id")
			return acctest.Errors(diags)
		},
	} {
		t.Run(name, func(t *testing.T) {
			acctest.ExpectContains(t, errors(e.NewProvider()), "does not serve the token API", "publishes no API", "No state was changed")
		})
	}
}

func errorsOfData(c *acctest.Provider, name string, config acctest.Values) string {
	_, diags := c.ReadData(name, config)
	return acctest.Errors(diags)
}
