package policies

import "strings"

const list = "data \"safetyculture_service_user_tokens\" \"all\" {}\n"

func quotaCases() []planCase {
	both := approve("create", prefix+"a", prefix+"b")
	four := func(data map[string]any) map[string]any { return with(data, "limits", limits(60, 4)) }
	two := func(data map[string]any) map[string]any { return with(data, "limits", limits(60, 2)) }
	full := []string{"active_tokens plan"}
	return []planCase{
		{rule: "active_tokens", name: "up to the limit, as the data source counts", foreign: 3, plan: good("a") + list, data: four(approve("create", prefix+"a"))},
		{rule: "active_tokens", name: "above the limit, as the data source counts", foreign: 3, plan: good("a") + good("b") + list, data: four(approve("create", prefix+"a", prefix+"b")), want: full},
		{
			rule: "active_tokens", name: "above the limit, as a module's data source counts", foreign: 3,
			modules: map[string]string{"m": strings.SplitAfter(inModule(""), "\n}\n")[0] + list}, plan: good("a") + good("b") + "module \"m\" {\n  source = \"./m\"\n}\n",
			data: four(approve("create", prefix+"a", prefix+"b")), want: full,
		},
		// What nobody reads, the plan does not know.
		{rule: "active_tokens", name: "without the data source", foreign: 3, plan: good("a") + good("b"), data: four(approve("create", prefix+"a", prefix+"b"))},
		{
			rule: "active_tokens", name: "data source read during apply", foreign: 3,
			plan: good("a") + good("b") + "data \"safetyculture_service_user_tokens\" \"all\" {\n  depends_on = [" + prefix + "a]\n}\n", data: four(both),
		},
		{rule: "active_tokens", name: "above the limit, as the state counts", before: good("a") + good("c"), plan: good("a") + good("b") + good("c"), data: two(approve("create", prefix+"b")), want: full},
		{
			rule: "active_tokens", name: "above the limit, with -target", before: good("a") + good("c"), plan: good("a") + good("b") + good("c"),
			args: []string{"-target=" + prefix + "b"}, data: two(approve("create", prefix+"b")), want: full,
		},
		{
			rule: "active_tokens", name: "one comes, one goes", before: good("a") + good("c"), plan: good("b") + good("c"),
			data: two(map[string]any{"approvals": append(approve("create", prefix+"b")["approvals"].([]any), approve("destroy", prefix+"a")["approvals"].([]any)...)}),
		},
		{
			rule: "active_tokens", name: "one comes, one is forgotten", before: good("a") + good("c"),
			plan: good("b") + good("c") + "removed {\n  from = " + prefix + "a\n  lifecycle {\n    destroy = false\n  }\n}\n",
			data: two(approve("create", prefix+"b")), want: full,
		},
		{
			rule: "active_tokens", name: "above the limit before, and replaced", foreign: 3, before: token("a", triggered("1")), plan: token("a", triggered("2")+createFirst) + list,
			data: two(approve("replace", prefix+"a")),
		},
		{
			rule: "active_tokens", name: "above the limit before, and one that was revoked comes back", foreign: 3, before: token("a", rotates+createFirst),
			outside: func(w *workspace) { w.revoke("a") }, plan: token("a", rotates+createFirst) + list,
			data: two(approve("replace", prefix+"a")), want: full,
		},
	}
}

// ownProvider is a module with a provider block of its own, which gets its credential from the caller.
const ownProvider = `terraform {
  required_providers {
    sc = { source = "safetyculture-community/safetyculture" }
  }
}
variable "inner" { sensitive = true }
provider "sc" {
  api_token = var.inner
}
data "safetyculture_service_user_tokens" "all" {
  provider = sc
}
`

// between calls that module from another one.
const between = "variable \"outer\" { sensitive = true }\nmodule \"own\" {\n  source = \"./own\"\n  inner  = var.outer\n}\n"

func credentialCases() []planCase {
	provider := func(arguments string) string { return "provider \"safetyculture\" {\n  " + arguments + "\n}\n" }
	nested := map[string]string{"m": between, "m/own": ownProvider}
	call := func(credential string) string {
		return "module \"m\" {\n  source = \"./m\"\n  outer  = " + credential + "\n}\n"
	}
	declared := "variable \"credential\" {\n  sensitive = true\n}\n"
	failing := func(key string) []string { return []string{"no_literal_api_token " + key} }
	cases := []planCase{
		{name: "from the environment", plan: list},
		{name: "a variable", plan: declared + provider("api_token = var.credential") + list},
		{name: "null", plan: provider("api_token = null") + list},
		{name: "a variable through two modules", modules: nested, plan: declared + call("var.credential")},
		{name: "a literal", plan: provider(`api_token = "BEARER"`) + list, want: failing("safetyculture")},
		{name: "a literal of an alias", plan: provider("alias = \"x\"\n  api_token = \"BEARER\"") + list, want: failing("safetyculture.x")},
		{name: "a literal in a function", plan: provider(`api_token = trimspace(" BEARER ")`) + list, want: failing("safetyculture")},
		{name: "a local value", plan: "locals {\n  x = \"BEARER\"\n}\n" + provider("api_token = local.x") + list, want: failing("safetyculture")},
		{name: "a file", plan: provider(`api_token = trimspace(file("${path.module}/bearer.txt"))`) + list, want: failing("safetyculture")},
		{name: "a variable's default", plan: "variable \"x\" {\n  default = \"BEARER\"\n}\n" + provider("api_token = var.x") + list, want: failing("safetyculture")},
		{name: "a literal through two modules", modules: nested, plan: call(`"BEARER"`), want: failing("module.m.module.own:sc")},
		{name: "a variable's default through two modules", modules: nested, plan: "variable \"x\" {\n  default = \"BEARER\"\n}\n" + call("var.x"), want: failing("module.m.module.own:sc")},
	}
	for i := range cases {
		cases[i].rule = "no_literal_api_token"
	}
	return cases
}

func reviewableCases() []planCase {
	failing := good("a") + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition     = length(var.sets) > 9\n      error_message = \"no\"\n    }\n  }\n}\n"
	created := approve("create", prefix+"a")
	return []planCase{
		{rule: "reviewable", name: "no change at all", plan: ""},
		{rule: "reviewable", name: "ended in an error", plan: failing, mayFail: true, data: created, want: []string{"reviewable plan"}},
		{
			rule: "reviewable", name: "data is missing", plan: good("a"), data: with(with(approve("create", prefix+"a"), "limits", nil), "keep_when_revoked", "all"),
			want: []string{"reviewable data"},
		},
		{
			rule: "reviewable", name: "an exception for what needs an approval", plan: good("a"),
			data: map[string]any{"exceptions": map[string]any{"new_secret_approved": []any{prefix + "a"}}},
			want: []string{"new_secret_approved " + prefix + "a", "reviewable data"},
		},
	}
}
