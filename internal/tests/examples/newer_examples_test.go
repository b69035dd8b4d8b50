package examples_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/zclconf/go-cty/cty"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// blockArguments are the arguments that Terraform itself takes beside the config block.
var blockArguments = map[string][]string{
	"list":   {"provider", "include_resource", "limit", "count", "for_each"},
	"action": {"provider", "count", "for_each"},
}

// configBlock returns the text arguments of the config block in the only block of a kind. It checks examples that only a newer
// Terraform can run.
func configBlock(text, kind string, variables map[string]string) (acctest.Values, error) {
	parsed, diags := hclsyntax.ParseConfig([]byte(text), "example", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, diags
	}
	known := map[string]cty.Value{}
	for name, value := range variables {
		known[name] = cty.StringVal(value)
	}
	scope := &hcl.EvalContext{Variables: map[string]cty.Value{"var": cty.ObjectVal(known)}}
	arguments := acctest.Values{}
	for _, outer := range parsed.Body.(*hclsyntax.Body).Blocks {
		if outer.Type != kind {
			continue
		}
		for name := range outer.Body.Attributes {
			if !slices.Contains(blockArguments[kind], name) {
				return nil, fmt.Errorf("a %s block has no argument %s", kind, name)
			}
		}
		if kind == "list" && outer.Body.Attributes["provider"] == nil {
			return nil, errors.New("a list block needs a provider")
		}
		for _, inner := range outer.Body.Blocks {
			if inner.Type != "config" {
				return nil, fmt.Errorf("a %s block has no block %s", kind, inner.Type)
			}
			for name, attribute := range inner.Body.Attributes {
				value, diags := attribute.Expr.Value(scope)
				if diags.HasErrors() {
					return nil, diags
				}
				arguments[name] = value.AsString()
			}
		}
	}
	if len(arguments) == 0 {
		return nil, fmt.Errorf("no %s block has a config block with arguments", kind)
	}
	return arguments, nil
}

// exampleConfig is the config block of an example's file.
func exampleConfig(t *testing.T, file, kind string, variables map[string]string) acctest.Values {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, filepath.FromSlash(file)))
	if err != nil {
		t.Fatal(err)
	}
	arguments, err := configBlock(string(text), kind, variables)
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	return arguments
}

func TestConfigBlock(t *testing.T) {
	t.Parallel()
	good := "list \"x\" \"y\" {\n  provider = x\n  limit = 5\n  config {\n    name = \"n\"\n  }\n}"
	if arguments, err := configBlock(good, "list", nil); err != nil || arguments["name"] != "n" {
		t.Errorf("%v, %v", arguments, err)
	}
	for _, bad := range []string{
		"list {", strings.Replace(good, "provider", "providr", 1), strings.Replace(good, "limit", "limits", 1), strings.Replace(good, "provider = x", "", 1),
		strings.Replace(good, "config", "confg", 1), strings.Replace(good, "list", "lst", 1), strings.Replace(good, "\"n\"", "var.n", 1),
	} {
		if _, err := configBlock(bad, "list", nil); err == nil {
			t.Errorf("accepted:\n%s", bad)
		}
	}
}

// The part of TestAccExamples on Terraform 1.14 and later that needs no Terraform.
func TestQuery_example(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.CreateOutside("integration-a")
	e.CreateOutside("other")
	config := exampleConfig(t, acctest.ListExample+"/list-resource.tfquery.hcl", "list", nil)
	if got := acctest.ListedNames(e.NewProvider().List(config, acctest.ListOptions{IncludeResource: true, Limit: 100})); len(got) != 1 || got[0] != "integration-a" {
		t.Errorf("the example finds %q", got)
	}
}

func TestRevokeAction_example(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token, secret := e.CreateOutside("stolen")
	config := exampleConfig(t, acctest.RevokeExample+"/action.tf", "action", map[string]string{"token_id": token.ID})
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
	acctest.Object(kind, config) // panics on an argument that the action does not have
	_, diags := e.NewProvider().InvokeRevoke(config["id"].(string))
	if acctest.Errors(diags) != "" || e.Emulator.Accepts(secret) {
		t.Errorf("the example revokes nothing: %s", acctest.Errors(diags))
	}
}
