package main

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// finding is something that a reviewer has to see.
type finding struct {
	rule, path string
	line       int
	address    string // of the block, as the configuration names it
	text       string // what is wrong; how to fix it
}

func (f finding) String() string {
	return fmt.Sprintf("%s: %s:%d: %s: %s", f.rule, f.path, f.line, f.address, f.text)
}

// node is something in a module that has a value: a variable, a local value, an output, a resource.
type node struct{ dir, name string }

// analysis is what is known of the modules in a folder.
type analysis struct {
	top      fs.FS
	allowed  allowed
	modules  map[string]*module // by folder
	known    map[node]value
	judging  bool // whether findings are recorded
	findings map[finding]bool
}

// find records a finding about a part of the configuration. One is enough for a line.
func (a *analysis) find(rule string, at hclsyntax.Node, s scope, text string) {
	if a.judging {
		a.findings[finding{rule, at.Range().Filename, at.Range().Start.Line, s.address, text}] = true
	}
}

// maxRounds ends the rounds of solve, if values did not come to rest.
const maxRounds = 100

// solve finds out which secrets each node may hold. Modules may feed their outputs back into others, so it asks all of them
// until no value changes any more: values only grow, and none grows for ever.
func (a *analysis) solve() bool {
	for range maxRounds {
		changed := false
		for _, dir := range slices.Sorted(maps.Keys(a.modules)) {
			for name, found := range a.values(a.modules[dir]) {
				at := node{dir, name}
				next := join(a.known[at], found).flat(maxDepth)
				if !equal(next, a.known[at]) {
					a.known[at], changed = next, true
				}
			}
		}
		if !changed {
			return true
		}
	}
	return false
}

// values are what the nodes of a module hold, as far as the others are known.
func (a *analysis) values(m *module) map[string]value {
	found := map[string]value{}
	add := func(name string, v value) { found[name] = join(found[name], v) }
	for _, block := range m.blocks {
		s := a.scopeOf(m, block)
		switch block.Type {
		case "locals":
			for name, attr := range block.Body.Attributes {
				add("local."+name, a.eval(attr.Expr, s))
			}
		case "variable":
			add("var."+firstLabel(block), a.variable(m, block))
		case "output":
			if attr, ok := block.Body.Attributes["value"]; ok {
				add("output."+firstLabel(block), a.eval(attr.Expr, s))
			}
		case "resource", "data", "ephemeral":
			add(address(block), a.resource(block, s))
		case "check":
			for _, inner := range block.Body.Blocks {
				if inner.Type == "data" {
					add(address(inner), a.resource(inner, s))
				}
			}
		}
	}
	return found
}

// variable is what the callers of a module pass. A sensitive variable holds a secret wherever its value comes from.
func (a *analysis) variable(m *module, block *hclsyntax.Block) value {
	found := public
	for _, name := range []string{"sensitive", "ephemeral"} {
		if attr, ok := block.Body.Attributes[name]; ok && !isFalse(attr.Expr) {
			found = found.with(otherSecret)
		}
	}
	for _, call := range m.callers {
		if attr, ok := call.block.Body.Attributes[firstLabel(block)]; ok {
			found = join(found, a.eval(attr.Expr, a.scopeOf(call.from, call.block)))
		}
	}
	return found
}

// moduleValue is what a module call hands back. Of a module that cannot be read, any output may hold what the call passes in.
func (a *analysis) moduleValue(m *module, name string) value {
	found := public
	for _, call := range m.calls {
		if firstLabel(call.block) != name {
			continue
		}
		outputs := value{attrs: map[string]value{}}
		if call.to == nil {
			outputs = outputs.with(a.inside(call.block.Body, a.scopeOf(m, call.block)).computing())
		} else {
			for _, block := range call.to.blocks {
				if block.Type == "output" {
					outputs.attrs[firstLabel(block)] = a.known[node{call.to.dir, "output." + firstLabel(block)}]
				}
			}
		}
		found = join(found, oneOrMore(call.block, outputs))
	}
	return found
}

// oneOrMore is a block's value, or a collection of it if the block has several instances.
func oneOrMore(block *hclsyntax.Block, v value) value {
	for _, name := range []string{"for_each", "count"} {
		if _, ok := block.Body.Attributes[name]; ok {
			return listOf(v)
		}
	}
	return v
}

const tokenType = "safetyculture_service_user_token"

// resource is what a resource, a data source or an ephemeral resource hands back.
func (a *analysis) resource(block *hclsyntax.Block, s scope) value {
	kind := firstLabel(block)
	found := value{attrs: map[string]value{}}
	switch {
	case strings.HasPrefix(kind, ours):
		for name, attr := range block.Body.Attributes {
			if !slices.Contains(metaArguments, name) {
				found.attrs[name] = a.eval(attr.Expr, s)
			}
		}
		if kind == tokenType && block.Type != "data" {
			found.attrs["token"] = value{itself: tokenSecret}
		}
	case block.Type == "ephemeral" || block.Type == "data" && slices.Contains(a.allowed.CredentialSources, kind):
		found = found.with(otherSecret)
	case kind == "terraform_remote_state":
		found = found.with(tokenSecret | otherSecret)
	}
	if !strings.HasPrefix(kind, ours) {
		// A provider may hand any argument back in any attribute; write-only ones it does not keep.
		found = found.with(a.inside(block.Body, s).computing())
	}
	return oneOrMore(block, found)
}

// metaArguments are Terraform's own: their values reach no provider.
var metaArguments = []string{"count", "depends_on", "for_each", "provider", "providers"}

// inside is what the arguments of a block may hold, those of its inner blocks included.
func (a *analysis) inside(body *hclsyntax.Body, s scope) secrets {
	var found secrets
	for name, attr := range body.Attributes {
		if !slices.Contains(metaArguments, name) && !strings.HasSuffix(name, "_wo") {
			found |= a.eval(attr.Expr, s).all()
		}
	}
	for _, block := range body.Blocks {
		switch block.Type {
		case "lifecycle", "provisioner", "connection":
		case "dynamic":
			found |= a.dynamic(block, s)
		default:
			found |= a.inside(block.Body, s)
		}
	}
	return found
}

// dynamic is what a dynamic block may hold.
func (a *analysis) dynamic(block *hclsyntax.Block, s scope) secrets {
	var found secrets
	s, elements := a.iterate(block, s)
	found |= elements.all()
	for _, content := range block.Body.Blocks {
		found |= a.inside(content.Body, s)
	}
	return found
}

// iterate adds the iterator of a dynamic block to its scope.
func (a *analysis) iterate(block *hclsyntax.Block, s scope) (scope, value) {
	elements := public
	if attr, ok := block.Body.Attributes["for_each"]; ok {
		elements = a.eval(attr.Expr, s)
	}
	name := firstLabel(block)
	if attr, ok := block.Body.Attributes["iterator"]; ok {
		if written, ok := attr.Expr.(*hclsyntax.ScopeTraversalExpr); ok {
			name = written.Traversal.RootName()
		}
	}
	return s.bind(map[string]value{name: iteration(elements)}), elements
}

// iteration is an element with its key.
func iteration(elements value) value {
	return value{attrs: map[string]value{"key": {itself: elements.itself}, "value": elements.children()}}
}

// scopeOf is the scope of a block at the top of a file.
func (a *analysis) scopeOf(m *module, block *hclsyntax.Block) scope {
	s := scope{in: m, address: address(block)}
	names := map[string]value{}
	if attr, ok := block.Body.Attributes["for_each"]; ok {
		names["each"] = iteration(a.eval(attr.Expr, s))
	}
	if block.Type == "resource" || block.Type == "data" {
		itself := a.known[node{m.dir, s.address}]
		if itself.elem != nil {
			itself = *itself.elem
		}
		names["self"] = itself
	}
	return s.bind(names)
}
