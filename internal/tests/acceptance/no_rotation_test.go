package acceptance_test

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// Changes that do not rotate, with the calls that they make instead.
func TestAccNoRotation(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, before, after string
		named, granted      string // after; empty if as before
		calls               []string
	}{
		{name: "triggers added", after: `rotation_triggers = { a = "1" }`},
		{name: "triggers removed", before: `rotation_triggers = { a = "1" }`},
		{name: "triggers added unknown", after: `rotation_triggers = { a = terraform_data.x.output }`},
		{name: "empty triggers added", after: `rotation_triggers = {}`},
		{name: "rotate_after_days added", after: `rotate_after_days = 32`},
		{name: "due but days raised", before: `rotate_after_days = 30`, after: `rotate_after_days = 90`},
		{name: "due but days removed", before: `rotate_after_days = 30`},
		{name: "a minute before due", before: `rotate_after_days = 31`, after: `rotate_after_days = 31`},
		{name: "expiry extended", after: `inactivity_expiry_days = 180`, calls: []string{"UpdateServiceUserToken"}},
		{name: "renamed", named: `"another"`, calls: []string{"UpdateServiceUserToken"}},
		{name: "renamed to something unknown", named: "terraform_data.x.output", calls: []string{"UpdateServiceUserToken"}},
		{name: "permissions unknown", granted: `permission_set_ids = terraform_data.x.output == "2" ? [%q] : []`, calls: []string{"UpdateServiceUserToken"}},
		{name: "policies changed", before: `on_revoked = "keep"`, after: `on_expired = "keep"`},
	}
	for _, method := range []string{"replace", "regenerate"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			config := func(x string) string {
				text := fmt.Sprintf("resource \"terraform_data\" \"x\" { input = %q }\n", x)
				for _, c := range cases {
					name, grant, arguments := fmt.Sprintf("%q", label(c.name)), "all_permissions = true", c.before
					if x == "2" {
						name, arguments = cmp.Or(c.named, name), c.after
						if c.granted != "" {
							grant = fmt.Sprintf(c.granted, e.Emulator.PermissionSetID("Reporting"))
						}
					}
					text += fmt.Sprintf("resource \"safetyculture_service_user_token\" %q {\n  name = %s\n  %s\n  rotation_method = %q\n  %s\n}\n", label(c.name), name, grant, method, arguments)
				}
				return e.Config("%s", text)
			}
			var rows []string
			for _, c := range cases {
				rows = append(rows, c.name)
			}
			old, now := map[string]kept{}, map[string]kept{}
			e.Run(
				resource.TestStep{Config: config("1"), Check: keep(rows, old)},
				resource.TestStep{
					PreConfig: func() { e.Clock.Advance(passed - time.Minute); e.Emulator.ForgetCalls() },
					Config:    config("2"),
					Check: resource.ComposeTestCheckFunc(keep(rows, now), func(*terraform.State) error {
						var errs []error
						var calls []string
						for _, c := range cases {
							calls = append(calls, c.calls...)
							if now[c.name] != old[c.name] {
								errs = append(errs, fmt.Errorf("%s: another token or secret", c.name))
							}
							if got := operationsOf(writesTo(e, old[c.name].id)); !slices.Equal(got, c.calls) {
								errs = append(errs, fmt.Errorf("%s: calls %v, want %v", c.name, got, c.calls))
							}
						}
						return errors.Join(append(errs, e.CheckWrites(calls...)(nil))...)
					}),
				},
			)
		})
	}
}

// A change of only the method changes no secret.
func TestAccNoRotation_methodSwitched(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	config := `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  rotation_method = %q
}`
	secret := acctest.SameSecret()
	e.Run(
		resource.TestStep{Config: e.Config(config, "replace"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites("CreateServiceUserToken")},
		resource.TestStep{Config: e.Config(config, "regenerate"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites(), ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter())},
		resource.TestStep{Config: e.Config(config, "replace"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites()},
	)
}
