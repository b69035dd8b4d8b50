package acceptance_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// narrow and wide are configurations of the tested resource; broad grants everything.
const (
	narrow = `resource "safetyculture_service_user_token" "test" {
  name               = %q
  permission_set_ids = [%q]
}`
	wide = `resource "safetyculture_service_user_token" "test" {
  name                   = %q
  inactivity_expiry_days = %d
  permission_set_ids     = [%q, %q]
}`
	broad = `resource "safetyculture_service_user_token" "test" {
  name            = %q
  all_permissions = true
}`
)

func TestAccToken_createEditDestroy(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	scim, reporting := e.Emulator.PermissionSetID("SCIM provisioning"), e.Emulator.PermissionSetID("Reporting")
	secret := acctest.SameSecret()
	e.Run(
		resource.TestStep{
			Config:            e.Config(narrow, "warehouse sync", scim),
			ConfigPlanChecks:  acctest.PreApply(plancheck.ExpectResourceAction(acctest.Address, plancheck.ResourceActionCreate), acctest.UnknownAfter(acctest.NewInstance...)),
			ConfigStateChecks: secret.Step(),
			Check: resource.ComposeTestCheckFunc(
				acctest.CheckAttribute("inactivity_expiry_days", "45"), acctest.CheckAttribute("status", "active"), acctest.CheckAttribute("rotation_due", "false"),
				acctest.CheckAttribute("rotation_method", "replace"), acctest.CheckAttribute("on_revoked", "rotate"), acctest.CheckAttribute("on_expired", "rotate"),
				acctest.CheckAttribute("on_destroy", "delete"), acctest.CheckAttribute("organization_id", e.Emulator.OrganizationID()),
				resource.TestMatchResourceAttr(acctest.Address, "service_user_id", regexp.MustCompile(`^user_[0-9a-f]{32}$`)),
				resource.TestMatchResourceAttr(acctest.Address, "created_at", regexp.MustCompile(`^2026-03-01T12:00:00[.0-9]*Z$`)),
				resource.TestCheckNoResourceAttr(acctest.Address, "all_permissions"), resource.TestCheckNoResourceAttr(acctest.Address, "last_used_at"),
				e.CheckWrites("CreateServiceUserToken")),
		},
		resource.TestStep{ // everything that can be edited, in one call
			Config:            e.Config(wide, "warehouse sync 2", 180, reporting, scim),
			ConfigPlanChecks:  acctest.PreApply(plancheck.ExpectResourceAction(acctest.Address, plancheck.ResourceActionUpdate), acctest.UnknownAfter(), acctest.NoDrift()),
			ConfigStateChecks: secret.Step(),
			Check:             resource.ComposeTestCheckFunc(acctest.CheckAttribute("name", "warehouse sync 2"), acctest.CheckAttribute("inactivity_expiry_days", "180"), acctest.CheckAttribute("permission_set_ids.#", "2"), e.CheckWrites("UpdateServiceUserToken")),
		},
		resource.TestStep{ // order is no difference
			Config: e.Config(wide, "warehouse sync 2", 180, scim, reporting), ConfigPlanChecks: acctest.NoChanges(),
		},
		resource.TestStep{
			Config:            e.Config(broad, "warehouse sync 2"),
			ConfigPlanChecks:  acctest.PreApply(plancheck.ExpectResourceAction(acctest.Address, plancheck.ResourceActionUpdate)),
			ConfigStateChecks: secret.Step(),
			Check:             resource.ComposeTestCheckFunc(acctest.CheckAttribute("all_permissions", "true"), acctest.CheckAttribute("inactivity_expiry_days", "45"), e.CheckWrites("UpdateServiceUserToken")),
		},
		resource.TestStep{
			Config: e.Config(narrow, "warehouse sync 2", scim), ConfigStateChecks: secret.Step(),
			Check: resource.ComposeTestCheckFunc(resource.TestCheckNoResourceAttr(acctest.Address, "all_permissions"), e.CheckWrites("UpdateServiceUserToken")),
		},
	)
	e.ExpectWrites("RevokeServiceUserToken", "DeleteServiceUserToken")
	if len(e.Emulator.Tokens()) != 0 {
		t.Error("destroy left a record")
	}
}

// Attributes that only Terraform knows are edited without a call.
func TestAccToken_behaviorsAreEditedWithoutACall(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	secret := acctest.SameSecret()
	const policies = `resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_method   = "regenerate"
  on_revoked        = "keep"
  on_expired        = "keep"
  on_destroy        = "revoke"
  rotate_after_days = 90
  rotation_triggers = { a = "1" }
}`
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites("CreateServiceUserToken")},
		resource.TestStep{Config: e.Config(policies), ConfigStateChecks: secret.Step(), Check: e.CheckWrites(),
			ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter())},
		resource.TestStep{Config: e.Config(broad, "t"), ConfigStateChecks: secret.Step(), Check: e.CheckWrites(),
			ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter())},
	)
}

func TestAccToken_useIsNoDrift(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{
			PreConfig: func() { e.Clock.Advance(3 * acctest.Day); e.Must(e.Emulator.UseToken(e.OnlyToken().ID)) },
			Config:    e.Config(broad, "t"), ConfigPlanChecks: acctest.NoChanges(),
		},
	)
}

// A change in the web app is drift, and the next plan undoes it in place.
func TestAccToken_editedOutside(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	scim, reporting := e.Emulator.PermissionSetID("SCIM provisioning"), e.Emulator.PermissionSetID("Reporting")
	config := e.Config(wide, "t", 60, scim, reporting)
	secret := acctest.SameSecret()
	other, expiry := "renamed", 31
	steps := []resource.TestStep{{Config: config, ConfigStateChecks: secret.Step()}}
	for attribute, edit := range map[string]emulator.TokenEdit{
		"name": {Name: &other}, "inactivity_expiry_days": {InactivityExpiryDays: &expiry}, "permission_set_ids": {PermissionSetIDs: []string{scim}},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: func() { e.Must(e.Emulator.EditToken(e.OnlyToken().ID, edit)); e.Emulator.ForgetCalls() },
			Config:    config, ConfigStateChecks: secret.Step(), ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter(), acctest.Drift(attribute)),
			Check: e.CheckWrites("UpdateServiceUserToken"),
		})
	}
	e.Run(steps...)
}

func TestAccToken_onDestroyRevokeKeepsTheRecord(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(resource.TestStep{Config: e.Config(`resource "safetyculture_service_user_token" "test" {
  name            = "audited"
  all_permissions = true
  on_destroy      = "revoke"
}`)})
	if left := e.Emulator.Tokens(); len(left) != 1 || left[0].Status != "TOKEN_STATUS_REVOKED" {
		t.Errorf("want one revoked record, have %v", left)
	}
}

// A destroy that stops between revoke and delete is finished by the next one.
func TestAccToken_halfDoneDestroyConverges(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{
			PreConfig: func() { e.Emulator.Fail(emulator.Fault{Operation: "DeleteServiceUserToken", Call: 1, Status: 500}) },
			Config:    e.Config(""), ExpectError: regexp.MustCompile(`(?s)Cannot destroy token "t".*DeleteServiceUserToken.*500.*request id`),
		},
		resource.TestStep{Config: e.Config("")},
	)
	if left := e.Emulator.Tokens(); len(left) != 0 {
		t.Errorf("records are left: %v", left)
	}
}

func TestAccToken_destroyedOutsideIsCreatedAgain(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{
			PreConfig: func() {
				id := e.OnlyToken().ID
				e.Must(e.Emulator.RevokeToken(id))
				e.Must(e.Emulator.DeleteToken(id))
				e.Emulator.ForgetCalls()
			},
			Config: e.Config(broad, "t"), ConfigPlanChecks: acctest.PreApply(acctest.Actions("create")),
			Check: e.CheckWrites("CreateServiceUserToken"),
		},
		resource.TestStep{ // destroying what is gone is fine
			PreConfig: func() { id := e.OnlyToken().ID; e.Must(e.Emulator.RevokeToken(id)); e.Must(e.Emulator.DeleteToken(id)) },
			Config:    e.Config(""),
		},
	)
}

// A token that only the list lacks counts as existing.
func TestAccToken_missingInTheListOnly(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	hide := func() {
		e.Emulator.ForgetCalls()
		e.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Rewrite: func(status int, _ http.Header, _ []byte) (int, []byte) {
			return status, []byte(`{"service_user_tokens":[],"next_page_token":"","active_count":1,"active_limit":20}`)
		}})
	}
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{PreConfig: hide, Config: e.Config(broad, "t"), ConfigPlanChecks: acctest.NoChanges()},
	)
	if len(e.Emulator.CallsOf("GetServiceUserToken")) == 0 {
		t.Error("the token was not requested by its id")
	}
}

// A refused or foreign credential, or a host that serves something else, is an error that changes no state: with the right
// credential, the next plan is empty and the secret is the same.
func TestAccToken_unreadableIsNotGone(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	_, weak := e.Emulator.AddPerson()
	organization, stranger := e.Emulator.AddOrganization()
	secret := acctest.SameSecret()
	list := emulator.Fault{Operation: "ListServiceUserTokens", Status: 404, Body: "<html>not here</html>", ContentType: "text/html"}
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t"), ConfigStateChecks: secret.Step()},
		resource.TestStep{Config: e.ConfigAs("wrong", "", broad, "t"), ExpectError: regexp.MustCompile(`(?s)Cannot read token "t".*401.*SAFETYCULTURE_API_TOKEN`)},
		resource.TestStep{Config: e.ConfigAs(weak, "", broad, "t"), ExpectError: regexp.MustCompile(`(?s)403.*Platform management: +Organization`)},
		resource.TestStep{Config: e.ConfigAs(stranger, "", broad, "t"), ExpectError: regexp.MustCompile(`(?s)` + flexible(organization) + `.*` + flexible(e.Emulator.OrganizationID()))},
		resource.TestStep{
			PreConfig: func() { e.Emulator.Fail(list) }, Config: e.Config(broad, "t"),
			ExpectError: regexp.MustCompile(`(?s)404.*does\s+not\s+serve\s+the\s+token\s+API.*emulator`),
		},
		resource.TestStep{
			PreConfig: func() { e.Emulator.Heal(); e.Emulator.ForgetCalls() }, Config: e.Config(broad, "t"),
			ConfigPlanChecks: acctest.NoChanges(), ConfigStateChecks: secret.Step(), Check: e.CheckWrites(),
		},
	)
}

// flexible matches words that the CLI may have wrapped.
func flexible(text string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`)
}

func TestAccToken_readOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	refused := regexp.MustCompile(`(?s)read-only.*SAFETYCULTURE_READ_ONLY`)
	e.Run(
		resource.TestStep{Config: e.ConfigAs(e.Emulator.Bearer(), "read_only = true", broad, "t"), ExpectError: refused},
		resource.TestStep{PreConfig: func() { e.ExpectWrites() }, Config: e.Config(broad, "t")},
		resource.TestStep{PreConfig: e.Emulator.ForgetCalls, Config: e.ConfigAs(e.Emulator.Bearer(), "read_only = true", broad, "other"), ExpectError: refused},
		resource.TestStep{PreConfig: func() { e.ExpectWrites() }, Config: e.ConfigAs(e.Emulator.Bearer(), "read_only = true", broad, "t"), ConfigPlanChecks: acctest.NoChanges()},
		resource.TestStep{Config: e.Config(broad, "t"), ConfigPlanChecks: acctest.NoChanges()},
	)
}
