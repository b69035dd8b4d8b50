package provider_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestImport_warnsAndRefuses(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	active, _ := e.CreateOutside("one")
	dead, _ := e.CreateOutside("dead")
	e.Must(e.Emulator.RevokeToken(dead.ID))
	first, _ := e.CreateOutside("twice")
	second, _ := e.CreateOutside("twice")
	again, _ := e.CreateOutside("again")
	e.Must(e.Emulator.RevokeToken(again.ID))
	living, _ := e.CreateOutside("again")
	c := e.NewProvider()
	in, diags := c.Import(t.Context(), active.ID)
	c.NoErrors(diags)
	acctest.ExpectContains(t, acctest.Warnings(diags), "A token is imported without its secret", `the state of "one"`, "null", "precondition")
	if in.Text("token") != "" {
		t.Error("the secret came from somewhere")
	}
	// An import by name takes the only active token, however many inactive ones have the name.
	if in, diags := c.Import(t.Context(), "name:again"); acctest.Errors(diags) != "" || in.Text("id") != living.ID {
		t.Errorf("by name: %s", acctest.Errors(diags))
	}
	for id, want := range map[string][]string{
		"":               {"Invalid import id", "name:"},
		"name:":          {"Invalid import id"},
		"name:dead":      {"not active", "revoked", "Regenerate it"},
		dead.ID:          {"not active", "revoked"},
		"name:twice":     {`2 tokens are named "twice"`, first.ID, second.ID},
		"name:nobody":    {"There is no such token"},
		"../user_tokens": {"There is no such token"},
	} {
		_, diags := c.Import(t.Context(), id)
		acctest.ExpectContains(t, acctest.Errors(diags), want...)
	}
	e.ExpectWrites()
}

func TestImportByIdentity(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token, _ := e.CreateOutside("one")
	dead, _ := e.CreateOutside("dead")
	e.Must(e.Emulator.RevokeToken(dead.ID))
	c := e.NewProvider()
	for _, organization := range []string{"", e.Emulator.OrganizationID()} {
		c := e.NewProvider(nil) // a run each: a run imports a token once
		in, diags := c.ImportByIdentity(token.ID, organization)
		c.NoErrors(diags)
		acctest.ExpectContains(t, acctest.Warnings(diags), "A token is imported without its secret", `the state of "one"`)
		if id, in := c.IdentityOf(in.Identity); id != token.ID || in != e.Emulator.OrganizationID() {
			t.Errorf("identity %s in %s", id, in)
		}
	}
	for _, tt := range []struct {
		id, organization string
		want             []string
	}{
		{token.ID, "role_of_another", []string{"belongs to organization " + e.Emulator.OrganizationID(), "not to role_of_another"}},
		{dead.ID, "", []string{"not active", "revoked"}},
		{"nobody", "", []string{"There is no such token"}},
		{"", "", []string{"Invalid import id"}},
	} {
		_, diags := c.ImportByIdentity(tt.id, tt.organization)
		acctest.ExpectContains(t, acctest.Errors(diags), tt.want...)
	}
	e.ExpectWrites()
}
