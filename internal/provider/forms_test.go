package provider_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/text/unicode/norm"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

var ids = regexp.MustCompile(`"(?:user_|role_)?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}"`)

func shouting(operation string) emulator.Fault {
	return emulator.Fault{Operation: operation, Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
		return status, ids.ReplaceAllFunc(body, func(id []byte) []byte { return []byte(strings.ToUpper(string(id))) })
	}}
}

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
	in, _, diags := c.Apply(p, in, acctest.DestroyFirst)
	c.NoErrors(diags)
	e.ExpectWrites()
	c, in = e.Refreshed(in)
	if p := c.Plan(in, config); p.HasChanges() {
		t.Error("the next plan is not empty")
	}
}

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
