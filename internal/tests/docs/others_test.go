package docs_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// isOthers reports whether a block belongs to another provider.
func isOthers(block *hclsyntax.Block) bool {
	if len(block.Labels) == 0 || strings.HasPrefix(block.Labels[0], "safetyculture") || block.Labels[0] == "terraform_data" {
		return false
	}
	return !slices.Contains([]string{"variable", "output", "module", "check"}, block.Type)
}

// standIn replaces another provider's resource by a built-in one with the expressions of its arguments and its conditions, so
// that the CLI checks those.
func (f *fragment) standIn(block *hclwrite.Block) {
	address := strings.Join(block.Labels(), ".")
	if block.Type() == "data" {
		address = "data." + address
	}
	f.others = append(f.others, address)
	fmt.Fprintf(&f.standIns, "\nresource \"terraform_data\" %q {\n", strings.ReplaceAll(address, ".", "_"))
	var input strings.Builder
	attributes := block.Body().Attributes()
	for _, name := range slices.Sorted(maps.Keys(attributes)) {
		line := name + " = " + string(attributes[name].Expr().BuildTokens(nil).Bytes()) + "\n"
		switch name {
		case "provider", "depends_on":
		case "count", "for_each":
			f.standIns.WriteString(line)
		default:
			input.WriteString(line)
		}
	}
	fmt.Fprintf(&f.standIns, "input = {\n%s}\n", input.String())
	for _, inner := range block.Body().Blocks() {
		if inner.Type() == "lifecycle" {
			inner.Body().RemoveAttribute("ignore_changes") // names arguments that the stand-in does not have
			f.standIns.Write(inner.BuildTokens(nil).Bytes())
		}
	}
	f.standIns.WriteString("}\n")
}

// unguarded returns the resources of other providers that use a secret without a precondition of their own that it is not null.
// After an import it is null, and such a resource would overwrite a live secret with null.
func (f *fragment) unguarded() string {
	for _, block := range f.body.Blocks {
		if !isOthers(block) {
			continue
		}
		guarded := f.guards(block)
		for _, used := range traversals(block.Body) {
			for _, secret := range f.secretsBehind(f.textOf(used), nil) {
				if !guarded[secret] && !guarded[f.textOf(used)] {
					return fmt.Sprintf("nothing in %s guards %s against being null", strings.Join(block.Labels, "."), secret)
				}
			}
		}
	}
	return ""
}

// guards returns the references that a block's own preconditions require not to be null.
func (f *fragment) guards(block *hclsyntax.Block) map[string]bool {
	guarded := map[string]bool{}
	var demand func(condition hclsyntax.Expression)
	demand = func(condition hclsyntax.Expression) {
		switch e := condition.(type) {
		case *hclsyntax.ParenthesesExpr:
			demand(e.Expression)
		case *hclsyntax.BinaryOpExpr:
			switch e.Op {
			case hclsyntax.OpLogicalAnd:
				demand(e.LHS)
				demand(e.RHS)
			case hclsyntax.OpNotEqual:
				if f.textOf(e.RHS) == "null" {
					guarded[f.textOf(e.LHS)] = true
				}
			}
		}
	}
	for _, lifecycle := range block.Body.Blocks {
		for _, inner := range lifecycle.Body.Blocks {
			if condition := inner.Body.Attributes["condition"]; lifecycle.Type == "lifecycle" && inner.Type == "precondition" && condition != nil {
				demand(condition.Expr)
			}
		}
	}
	return guarded
}

// secretsBehind returns the secrets in a reference's value: a token's secret, secret outputs of this project's modules, and the
// secrets that a local value is made of.
func (f *fragment) secretsBehind(reference string, seen []string) []string {
	parts := strings.Split(reference, ".")
	last := parts[len(parts)-1]
	switch {
	case slices.Contains(seen, reference):
	case parts[0] == acctest.ResourceType && last == "token":
		return []string{reference}
	case parts[0] == "module" && slices.Contains([]string{"token", "current", "previous"}, last):
		return []string{reference}
	case parts[0] == "local":
		var secrets []string
		for _, block := range f.body.Blocks {
			if attribute := block.Body.Attributes[strings.Split(parts[1], "[")[0]]; block.Type == "locals" && attribute != nil {
				for _, used := range traversals(attribute.Expr) {
					secrets = append(secrets, f.secretsBehind(f.textOf(used), append(seen, reference))...)
				}
			}
		}
		return secrets
	}
	return nil
}
