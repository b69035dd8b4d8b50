package main

import (
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// ours is how the names of this provider's types begin.
const ours = "safetyculture_"

// judge looks at every block of a module.
func (a *analysis) judge(m *module) {
	for _, block := range m.blocks {
		a.block(block, a.scopeOf(m, block))
	}
	for _, block := range m.tests {
		for _, inner := range block.Body.Blocks {
			if inner.Type == "module" {
				a.source(inner, scope{in: m, address: address(block)})
			}
		}
	}
}

// block judges one at the top of a file.
func (a *analysis) block(block *hclsyntax.Block, s scope) {
	switch block.Type {
	case "locals":
		for name, attr := range block.Body.Attributes {
			s.address = "local." + name
			a.eval(attr.Expr, s)
		}
		return
	case "data", "ephemeral":
		a.readType(block, s)
		a.readAtPlan(block, s)
	case "list":
		a.readAtPlan(block, s)
	case "provider":
		a.provider(block, s)
	case "action":
		if kind := firstLabel(block); !strings.HasPrefix(kind, ours) && !slices.Contains(a.allowed.Source.Actions, kind) {
			a.find("action", block, s, "actions of this type are on no list, and no plan shows all that one does; remove it, or have the type added to token_review.source.actions")
		}
	case "import":
		a.imported(block, s)
	case "module":
		a.source(block, s)
	}
	for _, name := range []string{"for_each", "count"} {
		if attr, ok := block.Body.Attributes[name]; ok && a.eval(attr.Expr, s).itself != 0 {
			a.find("instance_key", attr, s, "the keys or the number of instances come from what may be a secret, and stand in every address; use names that are no secret")
		}
	}
	a.shown(block, s)
	a.consumer(block, s)
	a.body(block.Type, block.Body, s)
}

// body judges what is in a block, and in its inner blocks.
func (a *analysis) body(outer string, body *hclsyntax.Body, s scope) {
	for name, attr := range body.Attributes {
		if found := a.eval(attr.Expr, s).all(); name == "error_message" && found != 0 {
			a.find("error_message", attr, s, "the plan prints an error message, and this one may hold a secret; remove the reference from it")
		}
	}
	for _, inner := range body.Blocks {
		at := s
		switch inner.Type {
		case "provisioner", "connection":
			a.find("provisioner", inner, s, "a "+inner.Type+" gets what it refers to, and no plan shows what it does with it; remove it")
		case "dynamic":
			if a.dynamic(inner, s)&tokenSecret != 0 {
				a.find("dynamic_block", inner, s, "a plan does not show what a dynamic block refers to, and this one may hold the secret of a token; write the block itself")
			}
			at, _ = a.iterate(inner, s)
		case "data":
			at.address = address(inner)
			a.readType(inner, at)
			a.readAtPlan(inner, at)
		}
		if decides(outer, inner.Type) {
			at.condition = true
			a.condition(inner, at)
		}
		a.body(inner.Type, inner.Body, at)
	}
}

// imported: the plan prints the id, and the key of the instance that it goes to.
func (a *analysis) imported(block *hclsyntax.Block, s scope) {
	for name, attr := range block.Body.Attributes {
		told := public
		switch to, keyed := attr.Expr.(*hclsyntax.IndexExpr); {
		case name == "id" || name == "identity":
			told = a.eval(attr.Expr, s)
		case name == "to" && keyed:
			told = a.eval(to.Key, s)
		}
		if told.all() != 0 {
			a.find("import_id", attr, s, "the plan prints what is imported, and this may hold a secret; write the id down")
		}
	}
}

// readType: what Terraform reads while it plans can send away what it is given, and hand in another state.
func (a *analysis) readType(block *hclsyntax.Block, s scope) {
	kind := firstLabel(block)
	if strings.HasPrefix(kind, ours) || slices.Contains(a.allowed.DataSources, kind) || slices.Contains(a.allowed.CredentialSources, kind) {
		return
	}
	text := "this type is on no list, and the plan runs it; remove it, or have the type added to token_review.data_sources"
	if kind == "terraform_remote_state" {
		text = "another state holds other secrets; remove it, and pass the value that is needed as a variable"
	}
	a.find("data_source", block, s, text)
}

func (a *analysis) readAtPlan(block *hclsyntax.Block, s scope) {
	if a.inside(block.Body, s)&tokenSecret != 0 {
		a.find("read_at_plan", block, s, "the plan sends its arguments away, and one of them may be the secret of a token; remove the reference")
	}
}

// provider: the plan configures providers, so what a block holds is sent before anybody can look at the plan.
func (a *analysis) provider(block *hclsyntax.Block, s scope) {
	isOurs := a.isOurs(s.in, firstLabel(block))
	for name, attr := range block.Body.Attributes {
		if isOurs && name == "base_url" {
			a.baseURL(attr, s)
		}
		if !(isOurs && name == "api_token") && a.eval(attr.Expr, s).all()&tokenSecret != 0 && !slices.Contains(metaArguments, name) {
			a.find("read_at_plan", attr, s, "the plan configures the provider with what may be the secret of a token; remove the reference")
		}
	}
	for _, inner := range block.Body.Blocks {
		if a.inside(inner.Body, s)&tokenSecret != 0 {
			a.find("read_at_plan", inner, s, "the plan configures the provider with what may be the secret of a token; remove the reference")
		}
	}
}

// isOurs: whether a provider block is of this provider, whatever name the module calls it by.
func (a *analysis) isOurs(m *module, name string) bool {
	for _, required := range m.requiredProviders() {
		if required.name == name && strings.HasSuffix(required.source, "/safetyculture") {
			return true
		}
		if required.name == name && slices.ContainsFunc(a.allowed.ProviderSources, func(listed string) bool { return sameSource(required.source, listed) }) {
			return true
		}
	}
	return name == "safetyculture"
}

// source: a module that cannot be read can do anything.
func (a *analysis) source(block *hclsyntax.Block, s scope) {
	attr, ok := block.Body.Attributes["source"]
	if !ok {
		a.find("module_source", block, s, "the module has no source; add one")
		return
	}
	source, ok := text(attr.Expr)
	switch {
	case !ok:
		a.find("module_source", attr, s, "the module's source is computed, so nobody can read the module; use a text")
	case isLocal(source):
		if dir := path.Join(s.in.dir, source); a.modules[dir] == nil || len(a.modules[dir].blocks) == 0 {
			a.find("module_source", attr, s, "there is no configuration at that path below the folder under review; keep the module there")
		}
	case !slices.Contains(a.allowed.Source.Modules, source):
		a.find("module_source", attr, s, "a module from elsewhere is not read by these rules; use a local one, or have the source, with its version, added to token_review.source.modules")
	}
}

// baseURL: the plan sends the credential there.
func (a *analysis) baseURL(attr *hclsyntax.Attribute, s scope) {
	written, ok := a.literals(attr.Expr, s.in, 0)
	for _, url := range written {
		ok = ok && slices.Contains(a.allowed.Source.BaseURLs, url)
	}
	if !ok {
		a.find("base_url", attr, s, "the plan sends the credential to this host; remove it and set SAFETYCULTURE_BASE_URL, or have the address added to token_review.source.base_urls")
	}
}

// literals are the texts in the configuration that an expression can be; false where it can be something else. A variable of a
// root module without a value comes from outside.
func (a *analysis) literals(e hclsyntax.Expression, m *module, depth int) ([]string, bool) {
	if isNull(e) {
		return nil, true
	}
	if written, ok := text(e); ok {
		return []string{written}, true
	}
	reference, ok := e.(*hclsyntax.ScopeTraversalExpr)
	if !ok || len(reference.Traversal) != 2 || depth > maxDepth {
		return nil, false
	}
	name := nameOf(reference.Traversal, 1)
	var found []string
	all := true
	add := func(attr *hclsyntax.Attribute, in *module) {
		written, ok := a.literals(attr.Expr, in, depth+1)
		found, all = append(found, written...), all && ok
	}
	for _, block := range m.blocks {
		if value, ok := block.Body.Attributes["default"]; ok && reference.Traversal.RootName() == "var" && block.Type == "variable" && firstLabel(block) == name {
			add(value, m)
		}
		if value, ok := block.Body.Attributes[name]; ok && reference.Traversal.RootName() == "local" && block.Type == "locals" {
			add(value, m)
		}
	}
	for _, body := range m.values {
		if value, ok := body.Attributes[name]; ok {
			add(value, m)
		}
	}
	for _, call := range m.callers {
		if value, ok := call.block.Body.Attributes[name]; ok {
			add(value, call.from)
		}
	}
	return found, all && slices.Contains([]string{"var", "local"}, reference.Traversal.RootName())
}
