package main

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// decides: whether a block inside another one says what Terraform does, or whether it goes on.
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

// condition: what comes of a condition shows in the plan. A plan can have as many as it takes to guess a secret.
func (a *analysis) condition(block *hclsyntax.Block, s scope) {
	for _, name := range []string{"condition", "enabled"} {
		if attr, ok := block.Body.Attributes[name]; ok && a.eval(attr.Expr, s).all()&tokenSecret != 0 {
			a.find("condition", attr, s, "the plan shows what comes of a condition, and this one may tell something of the secret of a token; use a comparison of the token itself with null")
		}
	}
}

// shown: Terraform refuses an output that shows a secret, and says in which cases. Of some functions it does not see it.
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

// consumer: where a token's secret goes in a way that a plan does not show: by a local value, or to an action. What a plan shows
// is for its rules.
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

// arguments calls judge for those of a block, but for what is in token_review.secret_consumers, which writes them with that path.
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
