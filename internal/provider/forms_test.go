package provider_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// ids are what the emulator writes as ids.
var ids = regexp.MustCompile(`"(?:user_|role_)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"`)

// shouting writes every id in capitals, in the responses of one operation.
func shouting(operation string) emulator.Fault {
	return emulator.Fault{Operation: operation, Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
		return status, ids.ReplaceAllFunc(body, func(id []byte) []byte { return []byte(strings.ToUpper(string(id))) })
	}}
}

// Ids that come back in another letter case are the same ids: state keeps its own, nothing is planned, nothing is sent.
func TestForms_idsInAnotherLetterCase(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	config := acctest.Values{"name": "t", "permission_set_ids": []string{e.Emulator.PermissionSetID("Reporting"), e.Emulator.PermissionSetID("SCIM provisioning")}}
	in := e.NewProvider(nil).Create(config)
	e.Emulator.ForgetCalls()
	e.Emulator.Fail(shouting("ListServiceUserTokens"))
	e.Emulator.Fail(shouting("GetServiceUserToken"))
	c, read := e.Refreshed(in)
	for _, name := range []string{"id", "organization_id", "service_user_id", "permission_set_ids"} {
		if before, after := acctest.Attribute(in.State, name), acctest.Attribute(read.State, name); !before.Equal(after) {
			t.Errorf("%s: %v became %v", name, before, after)
		}
	}
	p := c.Plan(read, config)
	c.NoErrors(p.Diagnostics)
	if p.HasChanges() {
		t.Error("a change is planned")
	}
	e.ExpectWrites()
}

// The configuration may write permission sets in another case than state: nothing is sent for it.
func TestForms_permissionSetsAreNotPatchedForTheirLetterCase(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	reporting := e.Emulator.PermissionSetID("Reporting")
	in := e.NewProvider(nil).Create(acctest.Values{"name": "t", "permission_set_ids": []string{reporting}})
	e.Emulator.ForgetCalls()
	c, in := e.Refreshed(in)
	config := acctest.Values{"name": "t", "permission_set_ids": []string{strings.ToUpper(reporting)}}
	p := c.Plan(in, config)
	c.NoErrors(p.Diagnostics)
	in, _, diags := c.Apply(p, in, false)
	c.NoErrors(diags)
	e.ExpectWrites()
	c, in = e.Refreshed(in)
	if p := c.Plan(in, config); p.HasChanges() {
		t.Error("the next plan is not empty")
	}
}

// An import by identity in another letter case keeps the identity that was written.
func TestForms_importByIdentityKeepsItsForm(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token, _ := e.CreateOutside("one")
	c := e.NewProvider(nil)
	for _, operation := range []string{"WhoAmI", "ListServiceUserTokens", "GetServiceUserToken"} {
		e.Emulator.Fail(shouting(operation))
	}
	in, diags := c.ImportByIdentity(token.ID, e.Emulator.OrganizationID())
	c.NoErrors(diags)
	if id, organization := c.IdentityOf(in.Identity); id != token.ID || organization != e.Emulator.OrganizationID() {
		t.Errorf("identity %s in %s", id, organization)
	}
}

// A server may write a name in another Unicode form than it was sent. It is the same name: for a data source, for an
// import, and in state.
func TestForms_namesInAnotherUnicodeForm(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	composed, decomposed := "Büro", norm.NFD.String("Büro")
	if composed == decomposed {
		t.Fatal("the two forms are the same")
	}
	decomposing := func(operation string) {
		e.Emulator.Fail(emulator.Fault{Operation: operation, Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
			return status, []byte(strings.ReplaceAll(string(body), composed, decomposed))
		}})
	}
	decomposing("ListServiceUserTokens")
	decomposing("UpdateServiceUserToken")
	config := acctest.With(acctest.Basic, acctest.Values{"name": composed})
	in := e.NewProvider(nil).Create(config)
	c, in := e.Refreshed(in)
	if in.Text("name") != composed {
		t.Errorf("state has %q", in.Text("name"))
	}
	if p := c.Plan(in, config); p.HasChanges() {
		t.Error("a change is planned")
	}
	found, diags := c.ReadData("safetyculture_service_user_token", acctest.Values{"name": composed})
	c.NoErrors(diags)
	if got := (acctest.Instance{State: found}).Text("id"); got != in.Text("id") {
		t.Errorf("found %q by name", got)
	}
	imported, diags := c.Import(t.Context(), "name:"+composed)
	c.NoErrors(diags)
	if imported.Text("id") != in.Text("id") {
		t.Error("another token was imported")
	}
}

// A data source by name in the middle of a rotation finds two tokens. It says why, and what to write so that it goes on.
func TestForms_dataSourceByNameDuringARotation(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	const config = `resource "safetyculture_service_user_token" "test" {
  name              = "alpha"
  all_permissions   = true
  rotation_triggers = { v = %q }
  lifecycle { create_before_destroy = true }
}
data "safetyculture_service_user_token" "d" {
  %s
  depends_on = [safetyculture_service_user_token.test]
}`
	const byName, byID = `name = safetyculture_service_user_token.test.name`, `id = safetyculture_service_user_token.test.id`
	e.Run(
		resource.TestStep{Config: e.Config(config, "1", byName)},
		resource.TestStep{Config: e.Config(config, "2", byName), ExpectError: regexp.MustCompile(`(?s)2\s+tokens\s+are\s+named\s+"alpha".*rotation\s+may\s+be\s+in\s+progress.*safetyculture_service_user_token\.x\.id`)},
		resource.TestStep{Config: e.Config(config, "2", byID)},
		resource.TestStep{Config: e.Config(config, "2", byID), ConfigPlanChecks: acctest.NoChanges()},
	)
}
