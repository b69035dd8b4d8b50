package provider_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"
)

// configBlock reads the arguments of the config block in the first block of an example, as far as they are text. It is
// for examples that only a newer Terraform can run: their arguments are given to the provider here.
func configBlock(t *testing.T, file string, variables map[string]string) values {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(examplesDir, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	parsed, diags := hclsyntax.ParseConfig(text, file, hcl.InitialPos)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	known := map[string]cty.Value{}
	for name, value := range variables {
		known[name] = cty.StringVal(value)
	}
	scope := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(known)}}
	arguments := values{}
	for _, outer := range parsed.Body.(*hclsyntax.Body).Blocks {
		for _, inner := range outer.Body.Blocks {
			if inner.Type != "config" {
				continue
			}
			for name, attribute := range inner.Body.Attributes {
				value, diags := attribute.Expr.Value(scope)
				if diags.HasErrors() {
					t.Fatal(diags)
				}
				arguments[name] = value.AsString()
			}
		}
	}
	if len(arguments) == 0 {
		t.Fatalf("%s has no config block", file)
	}
	return arguments
}

func TestQuery_example(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	e.makeForeign("integration-a")
	e.makeForeign("other")
	config := configBlock(t, "list-resources/safetyculture_service_user_token/list-resource.tfquery.hcl", nil)
	if got := names(e.newCore(nil).query(config, true, 100)); len(got) != 1 || got[0] != "integration-a" {
		t.Errorf("the example finds %q", got)
	}
}

func TestRevokeAction_example(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token, secret := e.makeForeign("stolen")
	config := configBlock(t, "actions/safetyculture_revoke_service_user_token/action.tf", map[string]string{"token_id": token.ID})
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
	object(kind, config) // panics on an argument that the action does not have
	_, diags := e.newCore(nil).revoke(config["id"].(string))
	if errorsOf(diags) != "" || e.em.Accepts(secret) {
		t.Errorf("the example revokes nothing: %s", errorsOf(diags))
	}
}
