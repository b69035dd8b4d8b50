package main

import (
	"maps"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
)

// scope is where an expression stands.
type scope struct {
	in      *module
	address string           // of the block around it, as findings name it
	names   map[string]value // what each, self, iterators and the names of a for expression stand for
	item    value            // the element that a splat looks at

	condition bool // whether it is the condition of a validation or a check, or of what Terraform does
}

func (s scope) bind(names map[string]value) scope {
	bound := maps.Clone(s.names)
	if bound == nil {
		bound = map[string]value{}
	}
	maps.Copy(bound, names)
	s.names = bound
	return s
}

// eval says which secrets an expression may hold. Where findings are recorded, it also judges the calls of functions in it.
func (a *analysis) eval(expression hclsyntax.Expression, s scope) value {
	switch e := expression.(type) {
	case *hclsyntax.LiteralValueExpr:
		return public
	case *hclsyntax.ParenthesesExpr:
		return a.eval(e.Expression, s)
	case *hclsyntax.TemplateWrapExpr:
		return a.eval(e.Wrapped, s)
	case *hclsyntax.ScopeTraversalExpr:
		return a.reference(e.Traversal, s)
	case *hclsyntax.RelativeTraversalExpr:
		return follow(a.eval(e.Source, s), e.Traversal)
	case *hclsyntax.AnonSymbolExpr:
		return s.item
	case *hclsyntax.FunctionCallExpr:
		return a.call(e, s)
	case *hclsyntax.ConditionalExpr:
		decides := a.eval(e.Condition, s).all()
		return join(a.eval(e.TrueResult, s), a.eval(e.FalseResult, s)).with(decides.computing())
	case *hclsyntax.IndexExpr:
		return a.index(e, s)
	case *hclsyntax.TupleConsExpr:
		elem := public
		for _, each := range e.Exprs {
			elem = join(elem, a.eval(each, s))
		}
		return listOf(elem)
	case *hclsyntax.ObjectConsExpr:
		return a.object(e, s)
	case *hclsyntax.ObjectConsKeyExpr:
		if hcl.ExprAsKeyword(e.Wrapped) != "" && !e.ForceNonLiteral {
			return public
		}
		return a.eval(e.Wrapped, s)
	case *hclsyntax.ForExpr:
		return a.each(e, s)
	case *hclsyntax.SplatExpr:
		return a.splat(e, s)
	case *hclsyntax.BinaryOpExpr:
		found := a.eval(e.LHS, s).all() | a.eval(e.RHS, s).all()
		if isEquality(e.Op) && (isNothing(e.LHS) || isNothing(e.RHS)) && found&computed == 0 {
			return public // Whether there is a secret is no secret.
		}
		return value{itself: found.computing()}
	case *hclsyntax.UnaryOpExpr:
		return value{itself: a.eval(e.Val, s).all().computing()}
	case *hclsyntax.TemplateExpr:
		found := public
		for _, part := range e.Parts {
			found.itself |= a.eval(part, s).all()
		}
		return found
	case *hclsyntax.TemplateJoinExpr:
		return value{itself: a.eval(e.Tuple, s).all()}
	}
	// An expression that this program does not know can be anything.
	return value{itself: anything}
}

func isEquality(op *hclsyntax.Operation) bool {
	return op == hclsyntax.OpEqual || op == hclsyntax.OpNotEqual
}

// isNothing is whether an expression is null or an empty text.
func isNothing(e hclsyntax.Expression) bool {
	written, ok := text(e)
	return isNull(e) || ok && written == ""
}

func isNull(e hclsyntax.Expression) bool {
	literal, ok := e.(*hclsyntax.LiteralValueExpr)
	return ok && literal.Val.IsNull()
}

func (a *analysis) index(e *hclsyntax.IndexExpr, s scope) value {
	collection, key := a.eval(e.Collection, s), a.eval(e.Key, s)
	if name, ok := text(e.Key); ok {
		return collection.get(name)
	}
	return collection.children().with(key.all().computing())
}

func (a *analysis) object(e *hclsyntax.ObjectConsExpr, s scope) value {
	object := value{attrs: map[string]value{}}
	for _, item := range e.Items {
		object.itself |= a.eval(item.KeyExpr, s).all()
		held := a.eval(item.ValueExpr, s)
		if name, ok := keyText(item.KeyExpr); ok {
			object.attrs[name] = join(object.attrs[name], held)
		} else {
			object = join(object, listOf(held))
		}
	}
	return object
}

func (a *analysis) each(e *hclsyntax.ForExpr, s scope) value {
	collection := a.eval(e.CollExpr, s)
	names := map[string]value{e.ValVar: collection.children()}
	if e.KeyVar != "" {
		names[e.KeyVar] = value{itself: collection.itself}
	}
	inner := s.bind(names)
	result := listOf(a.eval(e.ValExpr, inner)).with(collection.itself)
	if e.KeyExpr != nil {
		result = result.with(a.eval(e.KeyExpr, inner).all().computing())
	}
	if e.CondExpr != nil {
		result = result.with(a.eval(e.CondExpr, inner).all().computing())
	}
	return result
}

// splat is applied to a list, or to a single value as if that were a list.
func (a *analysis) splat(e *hclsyntax.SplatExpr, s scope) value {
	source := a.eval(e.Source, s)
	s.item = value{itself: source.itself, attrs: source.attrs}
	if source.elem != nil {
		s.item = join(s.item, *source.elem)
	}
	return listOf(a.eval(e.Each, s)).with(source.itself)
}

// reference is what a name stands for.
func (a *analysis) reference(t hcl.Traversal, s scope) value {
	if bound, ok := s.names[t.RootName()]; ok {
		return follow(bound, t[1:])
	}
	kind := t.RootName()
	if kind == "resource" { // resource.TYPE.NAME is another way to write TYPE.NAME
		t = t[1:]
		kind = nameOf(t, 0)
	}
	switch kind {
	case "local":
		return follow(a.known[node{s.in.dir, kind + "." + nameOf(t, 1)}].passing(), rest(t, 2))
	case "var":
		return follow(a.known[node{s.in.dir, kind + "." + nameOf(t, 1)}], rest(t, 2))
	case "module":
		return follow(a.moduleValue(s.in, nameOf(t, 1)), rest(t, 2))
	case "data", "ephemeral":
		return follow(a.known[node{s.in.dir, kind + "." + nameOf(t, 1) + "." + nameOf(t, 2)}], rest(t, 3))
	}
	return follow(a.known[node{s.in.dir, kind + "." + nameOf(t, 1)}], rest(t, 2))
}

func nameOf(t hcl.Traversal, i int) string {
	if i < len(t) {
		switch step := t[i].(type) {
		case hcl.TraverseRoot:
			return step.Name
		case hcl.TraverseAttr:
			return step.Name
		}
	}
	return ""
}

func rest(t hcl.Traversal, from int) hcl.Traversal { return t[min(from, len(t)):] }

// follow goes from a value to a part of it.
func follow(v value, steps hcl.Traversal) value {
	for _, step := range steps {
		switch step := step.(type) {
		case hcl.TraverseAttr:
			v = v.get(step.Name)
		case hcl.TraverseIndex:
			if step.Key.Type() == cty.String && step.Key.IsKnown() && !step.Key.IsNull() {
				v = v.get(step.Key.AsString())
			} else {
				v = v.children()
			}
		default:
			v = v.children()
		}
	}
	return v
}

// text is the text of an expression that is nothing else.
func text(e hclsyntax.Expression) (string, bool) {
	switch e := e.(type) {
	case *hclsyntax.LiteralValueExpr:
		if e.Val.Type() == cty.String && !e.Val.IsNull() {
			return e.Val.AsString(), true
		}
	case *hclsyntax.TemplateExpr:
		all := ""
		for _, part := range e.Parts {
			literal, ok := text(part)
			if !ok {
				return "", false
			}
			all += literal
		}
		return all, true
	case *hclsyntax.ParenthesesExpr:
		return text(e.Expression)
	case *hclsyntax.TemplateWrapExpr:
		return text(e.Wrapped)
	}
	return "", false
}

func keyText(e hclsyntax.Expression) (string, bool) {
	if key, ok := e.(*hclsyntax.ObjectConsKeyExpr); ok {
		if word := hcl.ExprAsKeyword(key.Wrapped); word != "" && !key.ForceNonLiteral {
			return word, true
		}
		return text(key.Wrapped)
	}
	return text(e)
}
