package acceptance_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Four tokens: recently used, unused, nearly expired, and revoked. Each filter alone, and all together.
func TestAccTokensDataSource(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	old, _ := e.CreateOutside("ci old", "Reporting")
	_, _ = e.CreateOutside("hr unused", "SCIM provisioning", "Reporting")
	gone, _ := e.CreateOutside("ci gone")
	e.Clock.Advance(40 * acctest.Day)
	e.Must(e.Emulator.RevokeToken(gone.ID))
	used, _ := e.CreateOutside("ci used")
	e.Must(e.Emulator.UseToken(used.ID))
	expiry := 180
	e.Must(e.Emulator.EditToken(old.ID, emulator.TokenEdit{InactivityExpiryDays: &expiry}))

	reporting := e.Emulator.PermissionSetID("Reporting")
	var config strings.Builder
	checks := []resource.TestCheckFunc{e.CheckWrites()}
	for i, c := range []struct {
		filter string
		names  []string
	}{
		{``, []string{"ci gone", "ci old", "ci used", "hr unused"}},
		{`statuses = ["active"]`, []string{"ci old", "ci used", "hr unused"}},
		{`statuses = ["revoked", "expired"]`, []string{"ci gone"}},
		{`name_regex = "^ci "`, []string{"ci gone", "ci old", "ci used"}},
		{fmt.Sprintf(`permission_set_id = %q`, reporting), []string{"ci old", "hr unused"}},
		{`unused_for_days = 40`, []string{"ci gone", "ci old", "hr unused"}},
		{`unused_for_days = 41`, nil},
		{`expires_within_days = 5`, []string{"hr unused"}},
		{`expires_within_days = 4`, nil},
		{`name_regex = "^ci "
  statuses = ["active"]
  unused_for_days = 30`, []string{"ci old"}},
	} {
		fmt.Fprintf(&config, "data \"safetyculture_service_user_tokens\" \"x%d\" {\n  %s\n}\n", i, c.filter)
		x := fmt.Sprintf("data.safetyculture_service_user_tokens.x%d", i)
		checks = append(checks,
			resource.TestCheckResourceAttr(x, "tokens.#", fmt.Sprint(len(c.names))),
			resource.TestCheckResourceAttr(x, "active_count", "3"),
			resource.TestCheckResourceAttr(x, "active_limit", "20"),
			resource.TestCheckResourceAttr(x, "remaining", "17"),
		)
		for j, name := range c.names {
			checks = append(checks, resource.TestCheckResourceAttr(x, fmt.Sprintf("tokens.%d.name", j), name))
		}
	}
	const x = "data.safetyculture_service_user_tokens.used"
	config.WriteString(`data "safetyculture_service_user_tokens" "used" { name_regex = "used$" }`)
	checks = append(checks,
		resource.TestCheckResourceAttr(x, "tokens.0.id", used.ID),
		resource.TestCheckResourceAttr(x, "tokens.0.status", "active"),
		resource.TestCheckResourceAttr(x, "tokens.0.all_permissions", "true"),
		resource.TestCheckResourceAttr(x, "tokens.0.service_user_id", used.ServiceUserID),
		resource.TestCheckResourceAttr(x, "tokens.0.created_by_id", e.Emulator.CallerID()),
		resource.TestMatchResourceAttr(x, "tokens.0.last_used_at", regexp.MustCompile(`^2026-04-10T`)),
		resource.TestMatchResourceAttr(x, "tokens.0.expires_at", regexp.MustCompile(`^2026-05-25T`)),
		resource.TestCheckNoResourceAttr(x, "tokens.0.revoked_at"),
		resource.TestCheckNoResourceAttr(x, "tokens.0.token"),
	)
	e.Run(resource.TestStep{Config: e.Config("%s", config.String()), Check: resource.ComposeAggregateTestCheckFunc(checks...)})
}

func TestAccTokensDataSource_badArguments(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	bad := func(argument, words string) resource.TestStep {
		return resource.TestStep{
			Config:      e.Config("data \"safetyculture_service_user_tokens\" \"x\" {\n  %s\n}", argument),
			ExpectError: regexp.MustCompile(words),
		}
	}
	e.Run(
		bad(`name_regex = "("`, `(?s)Invalid name_regex.*RE2`),
		bad(`statuses = ["dead"]`, `(?s)statuses.*"active".*"revoked".*"expired"`),
		bad(`unused_for_days = -1`, `unused_for_days`),
	)
	if len(e.Emulator.Calls()) > 0 {
		t.Error("something was sent")
	}
}

// A list that is read later in an apply has the apply's changes.
func TestAccTokensDataSource_seesWhatTheRunHasWritten(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(resource.TestStep{
		Config: e.Config(`resource "safetyculture_service_user_token" "test" {
  name            = "new"
  all_permissions = true
}
data "safetyculture_service_user_tokens" "x" {
  name_regex = safetyculture_service_user_token.test.status == "active" ? "^new$" : "x"
}`),
		Check: resource.ComposeTestCheckFunc(
			resource.TestCheckResourceAttr("data.safetyculture_service_user_tokens.x", "tokens.#", "1"),
			resource.TestCheckResourceAttr("data.safetyculture_service_user_tokens.x", "active_count", "1"),
		),
	})
}
