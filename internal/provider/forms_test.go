package provider_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

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
	e := newEnvironment(t, nil)
	config := values{"name": "t", "permission_set_ids": []string{e.em.PermissionSetID("Reporting"), e.em.PermissionSetID("SCIM provisioning")}}
	in := e.newCore(nil).create(config)
	e.em.ForgetCalls()
	e.em.Fail(shouting("ListServiceUserTokens"))
	e.em.Fail(shouting("GetServiceUserToken"))
	c, read := e.refreshed(in)
	for _, name := range []string{"id", "organization_id", "service_user_id", "permission_set_ids"} {
		if before, after := attributeOf(in.state, name), attributeOf(read.state, name); !before.Equal(after) {
			t.Errorf("%s: %v became %v", name, before, after)
		}
	}
	p := c.plan(read, config)
	c.clean(p.diags)
	if p.changes() {
		t.Error("a change is planned")
	}
	e.expectChanges()
}

// The configuration may write permission sets in another case than state: nothing is sent for it.
func TestForms_permissionSetsAreNotPatchedForTheirLetterCase(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	reporting := e.em.PermissionSetID("Reporting")
	in := e.newCore(nil).create(values{"name": "t", "permission_set_ids": []string{reporting}})
	e.em.ForgetCalls()
	c, in := e.refreshed(in)
	config := values{"name": "t", "permission_set_ids": []string{strings.ToUpper(reporting)}}
	p := c.plan(in, config)
	c.clean(p.diags)
	in, _, diags := c.apply(p, in, false)
	c.clean(diags)
	e.expectChanges()
	c, in = e.refreshed(in)
	if p := c.plan(in, config); p.changes() {
		t.Error("the next plan is not empty")
	}
}

// An import by identity in another letter case keeps the identity that was written.
func TestForms_importByIdentityKeepsItsForm(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token, _ := e.makeForeign("one")
	c := e.newCore(nil)
	e.em.Fail(shouting("ListServiceUserTokens"))
	e.em.Fail(shouting("GetServiceUserToken"))
	in, diags := c.importByIdentity(token.ID, e.em.OrganizationID())
	c.clean(diags)
	if id, organization := c.identityOf(in.identity); id != token.ID || organization != e.em.OrganizationID() {
		t.Errorf("identity %s in %s", id, organization)
	}
}

// A server may write a name in another Unicode form than it was sent. It is the same name: for a data source, for an
// import, and in state.
func TestForms_namesInAnotherUnicodeForm(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	composed, decomposed := "Büro", norm.NFD.String("Büro")
	if composed == decomposed {
		t.Fatal("the two forms are the same")
	}
	decomposing := func(operation string) {
		e.em.Fail(emulator.Fault{Operation: operation, Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
			return status, []byte(strings.ReplaceAll(string(body), composed, decomposed))
		}})
	}
	decomposing("ListServiceUserTokens")
	decomposing("UpdateServiceUserToken")
	config := with(basic, values{"name": composed})
	in := e.newCore(nil).create(config)
	c, in := e.refreshed(in)
	if in.text("name") != composed {
		t.Errorf("state has %q", in.text("name"))
	}
	if p := c.plan(in, config); p.changes() {
		t.Error("a change is planned")
	}
	found, diags := c.readData("safetyculture_service_user_token", values{"name": composed})
	c.clean(diags)
	if got := (instance{state: found}).text("id"); got != in.text("id") {
		t.Errorf("found %q by name", got)
	}
	imported, diags := c.importState(t.Context(), "name:"+composed)
	c.clean(diags)
	if imported.text("id") != in.text("id") {
		t.Error("another token was imported")
	}
}

// A data source by name in the middle of a rotation finds two tokens. It says why, and what to write so that it goes on.
func TestForms_dataSourceByNameDuringARotation(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
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
	e.run(
		resource.TestStep{Config: e.config(config, "1", byName)},
		resource.TestStep{Config: e.config(config, "2", byName), ExpectError: regexp.MustCompile(`(?s)2\s+tokens\s+are\s+named\s+"alpha".*rotation\s+may\s+be\s+in\s+progress.*safetyculture_service_user_token\.x\.id`)},
		resource.TestStep{Config: e.config(config, "2", byID)},
		resource.TestStep{Config: e.config(config, "2", byID), ConfigPlanChecks: quiet()},
	)
}
