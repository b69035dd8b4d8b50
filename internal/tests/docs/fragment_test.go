package docs_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// fragment is a block of a page as a configuration that can be validated.
type fragment struct {
	file       *hclwrite.File
	body       *hclsyntax.Body
	text       string
	settings   []string        // terraform blocks' parts that only init looks at
	backend    string          // its type
	encryption bool            // OpenTofu's
	others     []string        // addresses of other providers, for which something stands in
	standIns   strings.Builder // what stands in for them
	declared   map[string]bool // addresses
	references map[string]bool // what the configuration refers to, in full
	needs      acctest.Capability
	requires   map[string]requirement // what required_providers names
	query      bool                   // it is for terraform query
	whole      bool                   // it is meant to be pasted as it is: nothing is added
}

func readFragment(text string) (*fragment, error) {
	parsed, diags := hclsyntax.ParseConfig([]byte(text), "block.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.Join(diags.Errs()...)
	}
	f := &fragment{text: text, declared: map[string]bool{}, references: map[string]bool{}, requires: map[string]requirement{}, needs: acctest.NeedsOldest}
	f.file, diags = hclwrite.ParseConfig([]byte(text), "block.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.Join(diags.Errs()...)
	}
	f.body = parsed.Body.(*hclsyntax.Body)
	if len(f.body.Attributes) > 0 {
		return nil, errors.New("an argument stands outside any block")
	}
	for _, traversal := range traversals(f.body) {
		f.references[f.textOf(traversal)] = true
	}
	for i, block := range f.file.Body().Blocks() {
		if err := f.take(block, f.body.Blocks[i]); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// traversals are the references in a part of a configuration.
func traversals(node hclsyntax.Node) []*hclsyntax.ScopeTraversalExpr {
	var found []*hclsyntax.ScopeTraversalExpr
	_ = hclsyntax.VisitAll(node, func(node hclsyntax.Node) hcl.Diagnostics {
		if e, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
			found = append(found, e)
		}
		return nil
	})
	return found
}

// textOf is a part of the configuration as it is written.
func (f *fragment) textOf(node hclsyntax.Node) string {
	r := node.Range()
	return f.text[r.Start.Byte:r.End.Byte]
}

// take notes what a block declares, and replaces a block of another provider by a built-in resource.
func (f *fragment) take(block *hclwrite.Block, parsed *hclsyntax.Block) error {
	labels := block.Labels()
	switch block.Type() {
	case "resource":
		f.declared[strings.Join(labels, ".")] = true
	case "data", "ephemeral", "module":
		f.declared[block.Type()+"."+strings.Join(labels, ".")] = true
	case "variable":
		f.declared["var."+labels[0]] = true
	case "locals":
		for name := range block.Body().Attributes() {
			f.declared["local."+name] = true
		}
	case "terraform":
		return f.takeSettings(block)
	case "import":
		if block.Body().GetAttribute("identity") != nil {
			f.needs = acctest.NeedsIdentity
		}
	case "action":
		f.needs = acctest.NeedsActions
	case "list":
		f.needs, f.query = acctest.NeedsQuery, true
	}
	if isOthers(parsed) {
		f.standIn(block)
		f.file.Body().RemoveBlock(block)
		return knownArguments(parsed)
	}
	return nil
}

// takeSettings removes the settings that only init checks: the backend, and OpenTofu's encryption.
func (f *fragment) takeSettings(block *hclwrite.Block) error {
	for _, inner := range block.Body().Blocks() {
		switch inner.Type() {
		case "required_providers":
			f.declared["required_providers"] = inner.Body().GetAttribute("safetyculture") != nil
			for name, attribute := range inner.Body().Attributes() {
				f.requires[name] = readRequirement(attribute)
				if name != "safetyculture" { // something stands in for what others' providers have
					inner.Body().RemoveAttribute(name)
				}
			}
			continue
		case "backend":
			f.backend = inner.Labels()[0]
		case "encryption":
			f.encryption = true
		default:
			continue
		}
		f.settings = append(f.settings, string(inner.BuildTokens(nil).Bytes()))
		block.Body().RemoveBlock(inner)
	}
	return nil
}

// source is the configuration to validate.
func (f *fragment) source() string {
	text := string(f.file.Bytes()) + f.standIns.String()
	for _, address := range f.others {
		text = strings.ReplaceAll(text, address+".", "terraform_data."+strings.ReplaceAll(address, ".", "_")+".output.")
	}
	if f.whole {
		return text
	}
	return text + "\n# Declared by the test:\n" + f.missing()
}

// missing declares what the block leaves out: the provider, variables, and tokens of another part of the configuration.
func (f *fragment) missing() string {
	var out strings.Builder
	if !f.declared["required_providers"] {
		out.WriteString("terraform {\n  required_providers {\n    safetyculture = { source = \"safetyculture-community/safetyculture\" }\n  }\n}\n")
	}
	declared := maps.Clone(f.declared)
	for _, reference := range slices.Sorted(maps.Keys(f.references)) {
		root, rest, _ := strings.Cut(reference, ".")
		name, _, _ := strings.Cut(rest, ".")
		name, _, _ = strings.Cut(name, "[")
		address := root + "." + name
		switch {
		case root == "var" && !declared[address]:
			fmt.Fprintf(&out, "variable %q {}\n", name)
		case root == acctest.ResourceType && !declared[address]:
			fmt.Fprintf(&out, "resource %q %q {\n  name            = %q\n  all_permissions = true\n}\n", acctest.ResourceType, name, name)
		}
		declared[address] = true
	}
	return out.String()
}
