package policies

import (
	"fmt"
	"strings"
)

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
	own := map[string]string{"own": ownProvider}
	call := func(credential string) string {
		return "module \"m\" {\n  source = \"./m\"\n  outer  = " + credential + "\n}\n"
	}
	callOwn := func(credential string) string {
		return "module \"own\" {\n  source = \"./own\"\n  inner  = " + credential + "\n}\n"
	}
	declared := "variable \"credential\" {\n  sensitive = true\n}\n"
	inObject := "variable \"credentials\" {\n  type = object({ emea = optional(string, \"BEARER\") })\n}\n"
	partOf := map[string]string{"own": strings.ReplaceAll(ownProvider, "var.inner", "var.inner.token")}
	kept := "resource \"terraform_data\" \"c\" {\n  input = \"BEARER\"\n}\n"
	failing := func(key string) []string { return []string{"no_literal_api_token " + key} }
	cases := []planCase{
		{name: "from the environment", plan: list},
		{name: "a variable", plan: declared + provider("api_token = var.credential") + list},
		{name: "a variable whose default is null", plan: "variable \"credential\" {\n  default = null\n}\n" + provider("api_token = var.credential") + list},
		{name: "a part of a variable of the root module", plan: inObject + provider("api_token = var.credentials.emea") + list, args: []string{"-var=credentials={}"}, want: failing("safetyculture")},
		{name: "null", plan: provider("api_token = null") + list},
		{name: "a variable through two modules", modules: nested, plan: declared + call("var.credential")},
		{name: "null from the calling module", modules: own, plan: callOwn("null")},
		{name: "an ephemeral token", plan: ephemeral, data: object{"ephemeral_tokens": []any{"ephemeral." + prefix + "audit"}}},
		{name: "an ephemeral token through a module", modules: map[string]string{"own": strings.Replace(ownProvider, "sensitive = true", "ephemeral = true", 1)}, plan: strings.SplitAfter(ephemeral, "\n}\n")[0] + callOwn("ephemeral."+prefix+"audit.token"), data: object{"ephemeral_tokens": []any{"ephemeral." + prefix + "audit"}}},
		{
			name: "a data source of a type that is listed", outside: remoteState, plan: remote + provider("api_token = data.terraform_remote_state.s.outputs.t") + list,
			data: object{"credential_sources": []any{"terraform_remote_state"}},
		},
		{
			name: "a data source of a type that is listed, through a module", modules: own, outside: remoteState, plan: remote + callOwn("data.terraform_remote_state.s.outputs.t"),
			data: object{"credential_sources": []any{"terraform_remote_state"}},
		},

		{name: "a literal", plan: provider(`api_token = "BEARER"`) + list, want: failing("safetyculture")},
		{name: "a literal of an alias", plan: provider("alias = \"x\"\n  api_token = \"BEARER\"") + list, want: failing("safetyculture.x")},
		{name: "a literal in a function", plan: provider(`api_token = trimspace(" BEARER ")`) + list, want: failing("safetyculture")},
		{name: "a local value", plan: "locals {\n  x = \"BEARER\"\n}\n" + provider("api_token = local.x") + list, want: failing("safetyculture")},
		{name: "a local value for a module", modules: own, plan: "locals {\n  x = \"BEARER\"\n}\n" + callOwn("local.x"), want: failing("module.own:sc")},
		{name: "a file", plan: provider(`api_token = trimspace(file("${path.module}/bearer.txt"))`) + list, want: failing("safetyculture")},
		{name: "an output of a module", modules: map[string]string{"o": "output \"t\" {\n  value = \"BEARER\"\n}\n"}, outside: literalOutput, plan: "module \"o\" {\n  source = \"./o\"\n}\n" + provider("api_token = module.o.t") + list, want: failing("safetyculture")},
		{name: "a managed resource", before: kept, plan: kept + provider("api_token = terraform_data.c.output") + list, want: failing("safetyculture")},
		{
			name: "another state's default", outside: remoteState, plan: remote + provider("api_token = data.terraform_remote_state.s.outputs.t") + list,
			want: append(failing("safetyculture"), "data_source_listed data.terraform_remote_state.s"),
		},
		{name: "a literal or a variable", plan: declared + provider(`api_token = var.credential == null ? "x" : var.credential`) + list, want: failing("safetyculture")},
		{name: "a literal or a variable, for a module", modules: own, plan: declared + callOwn(`var.credential == null ? "x" : var.credential`), want: failing("module.own:sc")},
		{name: "a part of an object with a variable in another part", modules: partOf, plan: declared + callOwn(`{ token = "BEARER", other = var.credential }`), want: failing("module.own:sc")},
		{name: "a variable's default", plan: "variable \"x\" {\n  default = \"BEARER\"\n}\n" + provider("api_token = var.x") + list, want: failing("safetyculture")},
		{name: "a literal through two modules", modules: nested, plan: call(`"BEARER"`), want: failing("module.m.module.own:sc")},
		{name: "a variable's default through two modules", modules: nested, plan: "variable \"x\" {\n  default = \"BEARER\"\n}\n" + call("var.x"), want: failing("module.m.module.own:sc")},

		// What cannot be told apart from a variable; the guide says so.
		{name: "NOT SEEN: a literal in place of a variable that is null", plan: "variable \"x\" {\n  default = null\n}\n" + provider(`api_token = coalesce(var.x, "BEARER")`) + list},
		{name: "NOT SEEN: a file of variables beside the configuration", outside: func(w *workspace) { w.write("terraform.tfvars", fmt.Sprintf("x = %q\n", w.em.Bearer())) }, plan: "variable \"x\" {\n  sensitive = true\n}\n" + provider("api_token = var.x") + list},
	}
	for i := range cases {
		cases[i].rule = "no_literal_api_token"
	}
	return cases
}

// remote reads another state, whose output is written down here as its default.
const remote = `data "terraform_remote_state" "s" {
  backend  = "local"
  config   = { path = "other.tfstate" }
  defaults = { t = "BEARER" }
}
`

func remoteState(w *workspace) {
	w.write("other.tfstate", `{"version":4,"terraform_version":"1.11.4","serial":1,"lineage":"l","outputs":{},"resources":[]}`)
}

// literalOutput puts the emulator's credential into the module o.
func literalOutput(w *workspace) {
	w.write("o/main.tf", fmt.Sprintf("output \"t\" {\n  value = %q\n}\n", w.em.Bearer()))
}

// sourceCases are about the provider's program under another address.
func sourceCases() []planCase {
	mirror := map[string]string{"own": strings.ReplaceAll(ownProvider, "safetyculture-community/safetyculture", "example.com/mirror/sc")}
	call := func(credential string) string {
		return "variable \"credential\" {\n  sensitive = true\n}\nmodule \"own\" {\n  source = \"./own\"\n  inner  = " + credential + "\n}\n"
	}
	other := []string{"provider_source module.own.data.safetyculture_service_user_tokens.all", "provider_source module.own:sc"}
	known := object{"provider_sources": []any{
		"registry.terraform.io/safetyculture-community/safetyculture", "registry.opentofu.org/safetyculture-community/safetyculture", "example.com/mirror/sc",
	}}
	literal := "no_literal_api_token module.own:sc"
	return []planCase{
		{rule: "provider_source", name: "from the registry", plan: good("a"), data: approve("create", prefix+"a")},
		{rule: "provider_source", name: "from a mirror that is listed", modules: mirror, plan: call("var.credential"), data: known},
		{rule: "provider_source", name: "from a mirror that is not listed", modules: mirror, plan: call("var.credential"), want: other},
		{rule: "no_literal_api_token", name: "a literal for a provider of another name", modules: mirror, plan: call(`"BEARER"`), data: known, want: []string{literal}},
		{
			rule: "provider_source", name: "a managed token of a mirror", data: approve("create", "module.own."+prefix+"a"), plan: call("var.credential"),
			modules: map[string]string{"own": mirror["own"] + token("a", rotates+"\n  provider = sc\n  all_permissions = true")},
			want:    append([]string{"no_all_permissions module.own." + prefix + "a", "provider_source module.own." + prefix + "a"}, other...),
		},
	}
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
			data: object{"exceptions": object{"new_secret_approved": []any{prefix + "a"}}},
			want: []string{"new_secret_approved " + prefix + "a", "reviewable data"},
		},
		{
			rule: "reviewable", name: "a limit is missing", plan: good("a"), data: with(approve("create", prefix+"a"), "limits", limits(object{"require_organization_count": nil, "max_approval_days": nil})),
			want: []string{"active_tokens plan", "reviewable data"},
		},
		{
			rule: "reviewable", name: "only a target, of two", before: good("a"), plan: good("a") + good("b"), args: []string{"-target=" + prefix + "a"},
		},
		{
			rule: "reviewable", name: "a change that is put off", plan: "",
			edit: func(plan object) {
				plan["complete"] = false
				plan["deferred_changes"] = []any{object{"reason": "instance_count_unknown", "resource_change": object{"address": prefix + "a[*]", "mode": "managed", "type": "safetyculture_service_user_token"}}}
			}, want: []string{"reviewable " + prefix + "a[*]"},
		},
		{
			rule: "reviewable", name: "a change of another provider that is put off", plan: "",
			edit: func(plan object) {
				plan["deferred_changes"] = []any{object{"reason": "instance_count_unknown", "resource_change": object{"address": "terraform_data.x[*]", "mode": "managed", "type": "terraform_data"}}}
			},
		},
		{rule: "reviewable", name: "an action word that is not known", edit: changed(`{"address":"` + prefix + `a","mode":"managed","type":"safetyculture_service_user_token","provider_name":"registry.terraform.io/safetyculture-community/safetyculture","change":{"actions":["recreate"],"before":null,"after":null,"after_unknown":{}}}`), want: []string{"reviewable " + prefix + "a"}},
		{rule: "reviewable", name: "no action words", edit: changed(`{"address":"` + prefix + `a","mode":"managed","type":"safetyculture_service_user_token","provider_name":"registry.terraform.io/safetyculture-community/safetyculture","change":{}}`), want: []string{"reviewable " + prefix + "a"}},
		{rule: "reviewable", name: "a change without a mode", edit: changed(`{"address":"` + prefix + `a","type":"safetyculture_service_user_token","provider_name":"registry.terraform.io/safetyculture-community/safetyculture","change":{"actions":["delete"]}}`), want: []string{"reviewable " + prefix + "a"}},
		{rule: "reviewable", name: "a change without an address", edit: changed(`{"mode":"managed","type":"terraform_data","change":{"actions":["delete"]}}`), want: []string{"reviewable plan"}},
	}
}
