package main

import (
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// module is a folder with a configuration. Override files and files for one of the two CLIs only are parts of it like any other,
// so that what any of them says counts.
type module struct {
	dir     string
	blocks  []*hclsyntax.Block // at the top of its files
	tests   []*hclsyntax.Block // of test files
	locks   []*hclsyntax.Block // of dependency lock files
	values  []*hclsyntax.Body  // of files with values of variables that Terraform reads by itself
	sources map[string][]byte  // the text of each file
	calls   []call
	callers []call
}

// call is a module block.
type call struct {
	block *hclsyntax.Block
	from  *module
	to    *module // nil if the module cannot be read
}

// link finds out which module calls which.
func (a *analysis) link() {
	for _, m := range a.modules {
		for _, block := range m.blocks {
			if block.Type != "module" {
				continue
			}
			made := call{block: block, from: m}
			if attr, ok := block.Body.Attributes["source"]; ok {
				if source, ok := text(attr.Expr); ok && isLocal(source) {
					made.to = a.modules[path.Join(m.dir, source)]
				}
			}
			m.calls = append(m.calls, made)
			if made.to != nil {
				made.to.callers = append(made.to.callers, made)
			}
		}
	}
}

func isLocal(source string) bool {
	return strings.HasPrefix(source, "./") || strings.HasPrefix(source, "../") || source == "." || source == ".."
}

// address is a block as references and findings name it.
func address(block *hclsyntax.Block) string {
	labels := strings.Join(block.Labels, ".")
	switch block.Type {
	case "resource":
		return labels
	case "variable":
		return "var." + labels
	}
	return strings.TrimSuffix(block.Type+"."+labels, ".")
}

// firstLabel is the type of a resource, and the name of most other blocks.
func firstLabel(block *hclsyntax.Block) string {
	if len(block.Labels) == 0 {
		return ""
	}
	return block.Labels[0]
}

// isFalse is whether an expression is the word false, or null.
func isFalse(e hclsyntax.Expression) bool {
	literal, ok := e.(*hclsyntax.LiteralValueExpr)
	return ok && (literal.Val.IsNull() || literal.Val.Type().FriendlyName() == "bool" && literal.Val.False())
}
