package policies

import (
	"fmt"
	"maps"
	"strings"
)

const secretOfA = prefix + "a.token"

// keeps is a resource that may have no secret, with this input.
func keeps(label, input string) string {
	return fmt.Sprintf("resource \"terraform_data\" %q {\n  input = %s\n}\n", label, input)
}

// vault is a resource that may have one, in the arguments that its data lists.
func vault(arguments string) string {
	return "resource \"vault_kv_secret_v2\" \"v\" {\n  mount = \"m\"\n  name  = \"n\"\n  " + arguments + "\n}\n"
}

func hiddenOutput(label, value string) string {
	return fmt.Sprintf("output %q {\n  value     = %s\n  sensitive = true\n}\n", label, value)
}

// flowModules: m hands on what it gets, n is inside it, and both has one output with a secret and one without.
var flowModules = map[string]string{
	"m":     "variable \"x\" {}\nmodule \"n\" {\n  source = \"./n\"\n  y      = var.x\n}\n" + hiddenOutput("out", "module.n.out") + "output \"safe\" {\n  value = \"s\"\n}\n",
	"m/n":   "variable \"y\" {}\n" + hiddenOutput("out", "var.y"),
	"eats":  "variable \"x\" {}\n" + keeps("x", "var.x"),
	"leave": "variable \"x\" {}\noutput \"safe\" {\n  value = \"s\"\n}\n",
	"each":  "variable \"x\" {}\nresource \"terraform_data\" \"x\" {\n  for_each = var.x\n  input    = each.value\n}\n",
}

// call is a call of one of them, by its own name, with arguments.
func call(name, arguments string) string {
	return fmt.Sprintf("module %q {\n  source = \"./%s\"\n  %s\n}\n", name, name, arguments)
}

// flowCases are about where a secret goes, in all forms that a plan shows differently.
func flowCases() []planCase {
	const x = "terraform_data.x"
	several := "resource \"safetyculture_service_user_token\" \"a\" {\n  for_each           = toset([\"k\"])\n  name               = each.key\n  permission_set_ids = var.sets\n  " + rotates + "\n}\n"
	toX := func(name, input string) planCase {
		return planCase{name: name, plan: good("a") + keeps("x", input), want: []string{x}}
	}
	fine := func(name, text string) planCase { return planCase{name: name, plan: good("a") + text} }
	cases := []planCase{
		toX("its attribute", secretOfA), toX("in a function", "base64encode(jsonencode({ t = "+secretOfA+" }))"), toX("the whole token", prefix+"a"),
		toX("a splat", prefix+"a[*].token"), toX("chosen by a condition", `terraform.workspace == "x" ? "y" : `+secretOfA),
		fine("another attribute", keeps("x", prefix+"a.id")+"output \"x\" {\n  value = "+prefix+"a.issued_at\n}\n"),
		{name: "a for over instances", plan: several + keeps("x", "[for t in "+prefix+"a : t.token]"), want: []string{x}},
		{name: "values of instances", plan: several + keeps("x", "one(values("+prefix+"a)[*].token)"), want: []string{x}},
		{name: "one instance", plan: several + keeps("x", prefix+`a["k"].token`), want: []string{x}},
		{name: "another attribute of one instance", plan: several + keeps("x", prefix+`a["k"].id`)},

		{name: "through two modules", plan: good("a") + call("m", "x = "+secretOfA) + keeps("x", "module.m.out"), want: []string{x}},
		{name: "in a module", plan: good("a") + call("eats", "x = "+secretOfA), want: []string{"module.eats." + x}},
		{name: "in an object in a module", plan: good("a") + call("eats", "x = { t = "+secretOfA+", u = 1 }"), want: []string{"module.eats." + x}},
		{name: "a module as a whole", plan: good("a") + call("m", "x = "+secretOfA) + keeps("x", "module.m"), want: []string{x}},
		{name: "another output of a module", plan: good("a") + call("m", "x = "+secretOfA) + keeps("x", "module.m.safe")},
		{name: "a module without the secret as a whole", plan: good("a") + call("leave", "x = "+secretOfA) + keeps("x", "module.leave")},
		{
			name: "a module as a whole, behind an instance of it", want: []string{x},
			plan: good("a") + call("m", "for_each = toset([\"k\"])\n  x        = "+secretOfA) + keeps("x", `{ a = module.m["k"].safe, b = module.m }`),
		},
		{name: "an instance of a module", plan: good("a") + call("m", "for_each = toset([\"k\"])\n  x        = "+secretOfA) + keeps("x", `module.m["k"]`), want: []string{x}},
		{name: "another output of an instance of a module", plan: good("a") + call("m", "for_each = toset([\"k\"])\n  x        = "+secretOfA) + keeps("x", `module.m["k"].safe`)},
		{
			name: "the value of a for_each", want: []string{x},
			plan: several + "resource \"terraform_data\" \"x\" {\n  for_each = " + prefix + "a\n  input    = each.value.token\n}\n",
		},
		{name: "the value of a for_each of a module", plan: several + call("eats", "for_each = "+prefix+"a\n  x        = each.value.token"), want: []string{"module.eats." + x}},
		{name: "the key of a for_each of a module", plan: several + call("eats", "for_each = "+prefix+"a\n  x        = each.key")},
		{name: "a for_each over a variable", plan: good("a") + call("each", "x = { k = "+secretOfA+" }"), want: []string{"module.each." + x}},
		{name: "a for_each over tokens, for who may have it", plan: several + vault("for_each             = "+prefix+"a\n  data_json_wo         = each.value.token\n  data_json_wo_version = each.key")},
		{name: "a for_each over tokens, in an argument that may not have it", plan: several + vault("for_each     = "+prefix+"a\n  data_json_wo = each.value.token\n  data_json    = each.value.token"), want: []string{"vault_kv_secret_v2.v"}},

		fine("a consumer that may have it", vault("data_json_wo = jsonencode({ t = "+secretOfA+" })\n  data_json_wo_version = 1")+keeps("x", "vault_kv_secret_v2.v.path")),
		{name: "an argument that may not have it", plan: good("a") + vault("data_json = "+secretOfA), want: []string{"vault_kv_secret_v2.v"}},
		{
			name: "what a consumer exposes again", data: object{"secret_consumers": []any{"vault_kv_secret_v2.data_json"}}, want: []string{x},
			plan: good("a") + vault("data_json = "+secretOfA) + keeps("x", "vault_kv_secret_v2.v.data"),
		},
		{
			name: "another argument of a consumer", data: object{"secret_consumers": []any{"vault_kv_secret_v2.data_json"}},
			plan: good("a") + vault("data_json = "+secretOfA) + keeps("x", "vault_kv_secret_v2.v.mount"),
		},
		{
			name: "what an exception exposes again", data: object{"exceptions": object{"secret_goes_to": []any{x}}}, want: []string{"terraform_data.y"},
			plan: good("a") + keeps("x", secretOfA) + keeps("y", x+".output"),
		},
		{name: "a token of its own", plan: good("a") + token("b", "rotation_triggers = { t = sha256("+secretOfA+") }"), data: approve("create", prefix+"a", prefix+"b"), want: []string{prefix + "b"}},
		{name: "a provider block", plan: good("a") + "provider \"vault\" {\n  headers = { x = " + secretOfA + " }\n}\n" + vault(""), want: []string{"vault"}},
		{name: "a data source", plan: good("a") + "data \"vault_kv_secret_v2\" \"x\" {\n  mount = \"m\"\n  name  = " + secretOfA + "\n}\n", want: []string{"data.vault_kv_secret_v2.x"}},
		{name: "a count", plan: good("a") + "resource \"terraform_data\" \"x\" {\n  count = length(" + secretOfA + ") > 9 ? 1 : 1\n}\n", before: good("a"), want: []string{x}},
		{name: "whether there is one, in an output", plan: good("a") + "output \"x\" {\n  value = nonsensitive(" + secretOfA + " != null)\n}\n", want: []string{"output.x"}},
		fine("whether there is one, in a precondition", "output \"x\" {\n  value = 1\n  precondition {\n    condition     = "+secretOfA+" != null\n    error_message = \"There is none.\"\n  }\n}\n"),
		fine("a sensitive output", hiddenOutput("x", secretOfA)),
		{name: "an output without sensitive", plan: good("a") + "output \"x\" {\n  value = nonsensitive(" + secretOfA + ")\n}\n", want: []string{"output.x"}},
	}
	for i, c := range cases {
		cases[i].rule, cases[i].modules = "secret_goes_to", flowModules
		for j, address := range c.want {
			cases[i].want[j] = "secret_goes_to " + address
		}
	}
	cases = append(cases, otherCases()...)
	for i, c := range cases {
		data := approve("create", prefix+"a", prefix+`a["k"]`)
		maps.Copy(data, c.data)
		cases[i].data = data
	}
	return cases
}

// otherCases are about local values, provisioners, and what else reaches outside.
func otherCases() []planCase {
	locals := func(value string) string { return "locals {\n  x = " + value + "\n}\n" }
	asked := object{"report_local_values": true}
	provisioner := "resource \"terraform_data\" \"x\" {\n  provisioner \"local-exec\" {\n    command = \"true\"\n  }\n}\n"
	external := "data \"external\" \"x\" {\n  query = {}\n}\n"
	local := strings.Replace(keeps("x", "1"), "\"terraform_data\"", "\"local_file\"", 1)
	local = strings.Replace(local, "input = 1", "filename = \"f\"", 1)
	unlisted := []string{"provider_listed external", "data_source_listed data.external.x"}
	return []planCase{
		{rule: "local_value", name: "not asked for", plan: good("a") + locals(secretOfA) + keeps("x", "local.x")},
		{rule: "local_value", name: "asked for", data: asked, plan: good("a") + locals(secretOfA) + keeps("x", "local.x"), want: []string{"local_value terraform_data.x"}},
		{rule: "local_value", name: "asked for, in an output", data: asked, plan: good("a") + locals(secretOfA) + "output \"x\" {\n  value = nonsensitive(local.x)\n}\n", want: []string{"local_value output.x"}},
		{
			rule: "local_value", name: "asked for, where a secret may be", data: asked,
			plan: good("a") + locals(secretOfA) + vault("data_json_wo = local.x") + hiddenOutput("x", "local.x") + call("m", "x = local.x"), modules: flowModules,
		},
		{
			rule: "local_value", name: "asked for, and excepted", data: object{"report_local_values": true, "exceptions": object{"local_value": []any{"terraform_data.x"}}},
			plan: good("a") + locals("1") + keeps("x", "local.x"),
		},
		{rule: "no_provisioners", name: "one", plan: good("a") + provisioner, want: []string{"no_provisioners terraform_data.x"}},
		{rule: "no_provisioners", name: "one in a module", plan: good("a") + call("p", ""), modules: map[string]string{"p": provisioner}, want: []string{"no_provisioners module.p.terraform_data.x"}},
		{rule: "no_provisioners", name: "excepted", plan: good("a") + provisioner, data: object{"exceptions": object{"no_provisioners": []any{"terraform_data.x"}}}},
		{rule: "no_provisioners", name: "none", plan: good("a") + keeps("x", "1")},
		{rule: "data_source_listed", name: "of nothing", plan: good("a") + external, want: unlisted},
		{rule: "data_source_listed", name: "in a module", plan: good("a") + call("d", ""), modules: map[string]string{"d": external}, want: []string{"provider_listed module.d:external", "data_source_listed module.d.data.external.x"}},
		{rule: "data_source_listed", name: "in a check", plan: good("a") + "check \"c\" {\n" + external + "  assert {\n    condition     = data.external.x.result != 1\n    error_message = \"e\"\n  }\n}\n", want: unlisted},
		{rule: "data_source_listed", name: "listed", plan: good("a") + "data \"vault_kv_secret_v2\" \"x\" {\n  mount = \"m\"\n}\n" + list},
		{rule: "provider_listed", name: "one that is not", plan: good("a") + local, want: []string{"provider_listed local"}},
		{rule: "provider_listed", name: "one that is not, in a module", plan: good("a") + call("p", ""), modules: map[string]string{"p": local}, want: []string{"provider_listed module.p:local"}},
		{rule: "provider_listed", name: "those of the guides", plan: good("a") + vault("") + "resource \"aws_secretsmanager_secret\" \"s\" {\n  name = \"n\"\n}\n"},
	}
}
