package provider_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

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

func TestToken_createEditDestroy(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	scim, reporting := e.em.PermissionSetID("SCIM provisioning"), e.em.PermissionSetID("Reporting")
	secret := sameSecret()
	e.run(
		resource.TestStep{
			Config:            e.config(narrow, "warehouse sync", scim),
			ConfigPlanChecks:  before(plancheck.ExpectResourceAction(address, plancheck.ResourceActionCreate), unknownAfter(newInstance...)),
			ConfigStateChecks: secret.step(),
			Check: resource.ComposeTestCheckFunc(
				attribute("inactivity_expiry_days", "45"), attribute("status", "active"), attribute("rotation_due", "false"),
				attribute("rotation_method", "replace"), attribute("on_revoked", "rotate"), attribute("on_expired", "rotate"),
				attribute("on_destroy", "delete"), attribute("organization_id", e.em.OrganizationID()),
				resource.TestMatchResourceAttr(address, "service_user_id", regexp.MustCompile(`^user_[0-9a-f]{32}$`)),
				resource.TestMatchResourceAttr(address, "created_at", regexp.MustCompile(`^2026-03-01T12:00:00[.0-9]*Z$`)),
				resource.TestCheckNoResourceAttr(address, "all_permissions"), resource.TestCheckNoResourceAttr(address, "last_used_at"),
				e.changed("CreateServiceUserToken")),
		},
		resource.TestStep{Config: e.config(narrow, "warehouse sync", scim), ConfigPlanChecks: quiet()},
		resource.TestStep{ // everything that can be edited, in one call
			Config:            e.config(wide, "warehouse sync 2", 180, reporting, scim),
			ConfigPlanChecks:  before(plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), unknownAfter(), noDrift()),
			ConfigStateChecks: secret.step(),
			Check:             resource.ComposeTestCheckFunc(attribute("name", "warehouse sync 2"), attribute("inactivity_expiry_days", "180"), attribute("permission_set_ids.#", "2"), e.changed("UpdateServiceUserToken")),
		},
		resource.TestStep{ // order is no difference
			Config: e.config(wide, "warehouse sync 2", 180, scim, reporting), ConfigPlanChecks: quiet(),
		},
		resource.TestStep{
			Config:            e.config(broad, "warehouse sync 2"),
			ConfigPlanChecks:  before(plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate)),
			ConfigStateChecks: secret.step(),
			Check:             resource.ComposeTestCheckFunc(attribute("all_permissions", "true"), attribute("inactivity_expiry_days", "45"), e.changed("UpdateServiceUserToken")),
		},
		resource.TestStep{
			Config: e.config(narrow, "warehouse sync 2", scim), ConfigStateChecks: secret.step(),
			Check: resource.ComposeTestCheckFunc(resource.TestCheckNoResourceAttr(address, "all_permissions"), e.changed("UpdateServiceUserToken")),
		},
	)
	e.expectChanges("RevokeServiceUserToken", "DeleteServiceUserToken")
	if len(e.em.Tokens()) != 0 {
		t.Error("destroy left a record")
	}
}

// Attributes that only Terraform knows are edited without a call.
func TestToken_policiesAreEditedWithoutACall(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	secret := sameSecret()
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
	e.run(
		resource.TestStep{Config: e.config(broad, "t"), ConfigStateChecks: secret.step(), Check: e.changed("CreateServiceUserToken")},
		resource.TestStep{Config: e.config(policies), ConfigStateChecks: secret.step(), Check: e.changed(),
			ConfigPlanChecks: before(actions("update"), unknownAfter())},
		resource.TestStep{Config: e.config(broad, "t"), ConfigStateChecks: secret.step(), Check: e.changed(),
			ConfigPlanChecks: before(actions("update"), unknownAfter())},
	)
}

func TestToken_useIsNoDrift(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.run(
		resource.TestStep{Config: e.config(broad, "t")},
		resource.TestStep{
			PreConfig: func() { e.clock.Advance(3 * day); e.must(e.em.UseToken(e.only().ID)) },
			Config:    e.config(broad, "t"), ConfigPlanChecks: quiet(),
		},
	)
}

// What others change in the web app is drift, and is planned back in place.
func TestToken_editedOutside(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	scim, reporting := e.em.PermissionSetID("SCIM provisioning"), e.em.PermissionSetID("Reporting")
	config := e.config(wide, "t", 60, scim, reporting)
	secret := sameSecret()
	other, expiry := "renamed", 31
	steps := []resource.TestStep{{Config: config, ConfigStateChecks: secret.step()}}
	for attribute, edit := range map[string]emulator.TokenEdit{
		"name": {Name: &other}, "inactivity_expiry_days": {InactivityExpiryDays: &expiry}, "permission_set_ids": {PermissionSetIDs: []string{scim}},
	} {
		steps = append(steps, resource.TestStep{
			PreConfig: func() { e.must(e.em.EditToken(e.only().ID, edit)); e.em.ForgetCalls() },
			Config:    config, ConfigStateChecks: secret.step(), ConfigPlanChecks: before(actions("update"), unknownAfter(), drift(attribute)),
			Check: e.changed("UpdateServiceUserToken"),
		})
	}
	e.run(steps...)
}

func TestToken_onDestroyRevokeKeepsTheRecord(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.run(resource.TestStep{Config: e.config(`resource "safetyculture_service_user_token" "test" {
  name            = "audited"
  all_permissions = true
  on_destroy      = "revoke"
}`)})
	if left := e.em.Tokens(); len(left) != 1 || left[0].Status != "TOKEN_STATUS_REVOKED" {
		t.Errorf("want one revoked record, have %v", left)
	}
}

// A destroy that stops between revoke and delete is finished by the next one.
func TestToken_halfDoneDestroyConverges(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.run(
		resource.TestStep{Config: e.config(broad, "t")},
		resource.TestStep{
			PreConfig: func() { e.em.Fail(emulator.Fault{Operation: "DeleteServiceUserToken", Call: 1, Status: 500}) },
			Config:    e.config(""), ExpectError: regexp.MustCompile(`(?s)Cannot destroy token "t".*DeleteServiceUserToken.*500.*request id`),
		},
		resource.TestStep{Config: e.config("")},
	)
	if left := e.em.Tokens(); len(left) != 0 {
		t.Errorf("records are left: %v", left)
	}
}

func TestToken_destroyedOutsideIsCreatedAgain(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.run(
		resource.TestStep{Config: e.config(broad, "t")},
		resource.TestStep{
			PreConfig: func() {
				id := e.only().ID
				e.must(e.em.RevokeToken(id))
				e.must(e.em.DeleteToken(id))
				e.em.ForgetCalls()
			},
			Config: e.config(broad, "t"), ConfigPlanChecks: before(actions("create")),
			Check: e.changed("CreateServiceUserToken"),
		},
		resource.TestStep{ // destroying what is gone is fine
			PreConfig: func() { id := e.only().ID; e.must(e.em.RevokeToken(id)); e.must(e.em.DeleteToken(id)) },
			Config:    e.config(""),
		},
	)
}

// A list that lacks a token is not enough to call it gone.
func TestToken_missingInTheListOnly(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	hide := func() {
		e.em.ForgetCalls()
		e.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Rewrite: func(status int, _ http.Header, _ []byte) (int, []byte) {
			return status, []byte(`{"service_user_tokens":[],"next_page_token":"","active_count":1,"active_limit":20}`)
		}})
	}
	e.run(
		resource.TestStep{Config: e.config(broad, "t")},
		resource.TestStep{PreConfig: hide, Config: e.config(broad, "t"), ConfigPlanChecks: quiet()},
	)
	if len(e.em.CallsOf("GetServiceUserToken")) == 0 {
		t.Error("the token was not asked for by its id")
	}
}

// A refused or foreign credential, or a host that serves something else, is an error that changes no state: afterwards
// the plan is empty and the secret is the same.
func TestToken_unreadableIsNotGone(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	_, weak := e.em.AddPerson()
	organization, stranger := e.em.AddOrganization()
	secret := sameSecret()
	list := emulator.Fault{Operation: "ListServiceUserTokens", Status: 404, Body: "<html>not here</html>", ContentType: "text/html"}
	e.run(
		resource.TestStep{Config: e.config(broad, "t"), ConfigStateChecks: secret.step()},
		resource.TestStep{Config: e.configAs("wrong", "", broad, "t"), ExpectError: regexp.MustCompile(`(?s)Cannot read token "t".*401.*SAFETYCULTURE_API_TOKEN`)},
		resource.TestStep{Config: e.configAs(weak, "", broad, "t"), ExpectError: regexp.MustCompile(`(?s)403.*Platform management: +Organization`)},
		resource.TestStep{Config: e.configAs(stranger, "", broad, "t"), ExpectError: regexp.MustCompile(`(?s)` + flexible(organization) + `.*` + flexible(e.em.OrganizationID()))},
		resource.TestStep{
			PreConfig: func() { e.em.Fail(list) }, Config: e.config(broad, "t"),
			ExpectError: regexp.MustCompile(`(?s)404.*does\s+not\s+serve\s+the\s+token\s+API.*emulator`),
		},
		resource.TestStep{
			PreConfig: func() { e.em.Heal(); e.em.ForgetCalls() }, Config: e.config(broad, "t"),
			ConfigPlanChecks: quiet(), ConfigStateChecks: secret.step(), Check: e.changed(),
		},
	)
}

// flexible matches words that the CLI may have wrapped.
func flexible(text string) string {
	return strings.ReplaceAll(regexp.QuoteMeta(text), " ", `\s+`)
}

func TestToken_readOnlyChangesNothing(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	refused := regexp.MustCompile(`(?s)read-only.*SAFETYCULTURE_READ_ONLY`)
	e.run(
		resource.TestStep{Config: e.configAs(e.em.Bearer(), "read_only = true", broad, "t"), ExpectError: refused},
		resource.TestStep{PreConfig: func() { e.expectChanges() }, Config: e.config(broad, "t")},
		resource.TestStep{PreConfig: e.em.ForgetCalls, Config: e.configAs(e.em.Bearer(), "read_only = true", broad, "other"), ExpectError: refused},
		resource.TestStep{PreConfig: func() { e.expectChanges() }, Config: e.configAs(e.em.Bearer(), "read_only = true", broad, "t"), ConfigPlanChecks: quiet()},
		resource.TestStep{Config: e.config(broad, "t"), ConfigPlanChecks: quiet()},
	)
}

// The API's page size is no limit: 21 and 101 tokens are all seen.
func TestToken_manyTokens(t *testing.T) {
	t.Parallel()
	for _, n := range []int{21, 101} {
		e := newEnvironment(t, func(o *emulator.Options) { o.ActiveTokenLimit = 200 })
		c := e.newCore(nil)
		var made []instance
		for range n {
			made = append(made, c.create(values{"name": "t", "all_permissions": true}))
		}
		e.em.ForgetCalls()
		c = e.newCore(nil)
		for _, in := range made {
			read, diags := c.read(in)
			c.clean(diags)
			if p := c.plan(read, values{"name": "t", "all_permissions": true}); p.changes() {
				t.Fatalf("with %d tokens, the plan of one changes something", n)
			}
		}
		if want := (n + 99) / 100; len(e.em.CallsOf("ListServiceUserTokens")) != want || len(e.em.Calls()) != want+1 {
			t.Errorf("%d tokens cost %d calls, want %d pages and one WhoAmI", n, len(e.em.Calls()), want)
		}
	}
}

// Headers name the integration, and nothing else.
func TestToken_callsAreIdentified(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.newCore(nil).create(values{"name": "t", "all_permissions": true})
	for _, call := range e.em.Calls() {
		if got := call.Header.Get("Sc-Integration-Id"); got != "terraform-provider-safetyculture" {
			t.Errorf("%s: sc-integration-id is %q", call.Operation, got)
		}
		mentions(t, call.Header.Get("User-Agent"), "terraform-provider-safetyculture/test", "Terraform/1.11.0")
		if call.RequestID == "" || call.Header.Get("Sc-Integration-Version") != "test" {
			t.Errorf("%s: request id %q, version %q", call.Operation, call.RequestID, call.Header.Get("Sc-Integration-Version"))
		}
	}
}

func operations(calls []emulator.Call) []string {
	names := make([]string, len(calls))
	for i, call := range calls {
		names[i] = call.Operation
	}
	return names
}

// The whole list of calls of one create: who am I, what is there, create. Nothing is read back.
func TestToken_createIsThreeCalls(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.newCore(nil).create(values{"name": "t", "all_permissions": true})
	want := []string{"ListServiceUserTokens", "WhoAmI", "CreateServiceUserToken"}
	if got := operations(e.em.Calls()); !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}
