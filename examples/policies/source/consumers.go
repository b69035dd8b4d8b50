package main

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// decides reports whether a block inside another one can hold a condition.
func decides(outer, inner string) bool {
	switch outer {
	case "variable", "check", "output":
		return slices.Contains([]string{"validation", "assert", "precondition"}, inner)
	case "lifecycle":
		return slices.Contains([]string{"precondition", "postcondition", "action_trigger"}, inner)
	case "resource", "data", "ephemeral", "module":
		return inner == "lifecycle"
	}
	return false
}

// condition finds conditions that depend on the secret of a token. The plan shows whether each is met, and a plan can have
// enough of them to guess the secret.
func (a *analysis) condition(block *hclsyntax.Block, s scope) {
	for _, name := range []string{"condition", "enabled"} {
		if attr, ok := block.Body.Attributes[name]; ok && a.eval(attr.Expr, s).all()&tokenSecret != 0 {
			a.find("condition", attr, s, "the plan shows whether a condition is met, and this one may tell something of the secret of a token; use a comparison of the token itself with null")
		}
	}
}

// shown finds outputs that may show a secret without sensitive = true. Terraform refuses most of them, but its refusal tells
// something of the secret, and it does not see through some functions.
func (a *analysis) shown(block *hclsyntax.Block, s scope) {
	if block.Type != "output" || len(s.in.callers) > 0 {
		return
	}
	if attr, ok := block.Body.Attributes["sensitive"]; ok && !isFalse(attr.Expr) {
		return
	}
	if attr, ok := block.Body.Attributes["value"]; ok && a.eval(attr.Expr, s).all()&tokenSecret != 0 {
		a.find("unmasked", attr, s, "this output may show the secret of a token, or a part of it; write sensitive = true")
	}
}

// consumer finds consumers that get the secret of a token in a way that a plan does not show: by a local value, or in an
// action. The rules for plans find the others.
func (a *analysis) consumer(block *hclsyntax.Block, s scope) {
	switch block.Type {
	case "resource":
		a.arguments(block.Body, []string{firstLabel(block)}, func(attr *hclsyntax.Attribute, consumer string) {
			if a.eval(attr.Expr, s).all()&fromLocal != 0 {
				a.find("local_value", attr, s, consumer+" may get the secret of a token from a local value, and is not in token_review.secret_consumers; remove the reference, or have it reviewed and listed")
			}
		})
	case "action":
		for _, inner := range block.Body.Blocks {
			a.arguments(inner.Body, []string{"action", firstLabel(block)}, func(attr *hclsyntax.Attribute, consumer string) {
				if a.eval(attr.Expr, s).all()&tokenSecret != 0 {
					a.find("action", attr, s, consumer+" may get the secret of a token, and is not in token_review.secret_consumers; remove the reference, or have it reviewed and listed")
				}
			})
		}
	}
}

// arguments calls judge for each argument of a block that token_review.secret_consumers does not list. path is what the list
// writes before the argument's name.
func (a *analysis) arguments(body *hclsyntax.Body, path []string, judge func(*hclsyntax.Attribute, string)) {
	for name, attr := range body.Attributes {
		consumer := strings.Join(append(slices.Clone(path), name), ".")
		if slices.Contains(metaArguments, name) || slices.Contains(a.allowed.SecretConsumers, consumer) {
			continue
		}
		judge(attr, consumer)
	}
	for _, inner := range body.Blocks {
		if !slices.Contains([]string{"lifecycle", "provisioner", "connection", "dynamic"}, inner.Type) {
			a.arguments(inner.Body, append(slices.Clone(path), inner.Type), judge)
		}
	}
}
