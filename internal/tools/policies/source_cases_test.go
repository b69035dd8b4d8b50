package policies

import (
	"slices"
	"strings"
)

// sourceRuleCases are all of them; a rule's own cases are beside each other.
func sourceRuleCases() []sourceCase {
	return slices.Concat(unmaskedCases(), structureCases(), printedCases(), readCases(), runCases(), settingCases(), fileCases())
}

// of gives cases their rule.
func of(rule string, cases ...sourceCase) []sourceCase {
	for i := range cases {
		cases[i].rule = rule
	}
	return cases
}

const (
	secret   = "safetyculture_service_user_token.ws.token"
	unmasked = "nonsensitive(" + secret + ")"
)

func output(name, value string) string {
	return "output \"" + name + "\" {\n  value = " + value + "\n}\n"
}

func sensitiveOutput(name, value string) string {
	return "output \"" + name + "\" {\n  value     = " + value + "\n  sensitive = true\n}\n"
}

func locals(lines ...string) string { return "locals {\n  " + strings.Join(lines, "\n  ") + "\n}\n" }

// calls is a call of the module m with these arguments.
func calls(arguments string) string {
	return "module \"m\" {\n  source = \"./m\"\n  " + arguments + "\n}\n"
}

// unmaskedCases: nonsensitive of what can carry a secret, however it gets there.
func unmaskedCases() []sourceCase {
	in := func(address string) []string { return []string{"unmasked " + address} }
	passed := "variable \"s\" {}\nresource \"terraform_data\" \"x\" {\n  input = nonsensitive(var.s)\n}\n"
	handed := "variable \"s\" {}\n" + sensitiveOutput("o", "{ text = \"x-${var.s}\", day = 7 }")
	inTwo := map[string]string{"m/main.tf": "variable \"s\" {}\nmodule \"n\" {\n  source = \"../n\"\n  s      = var.s\n}\n" + sensitiveOutput("o", "module.n.o"), "n/main.tf": handed}
	template := func(text string) map[string]string { return map[string]string{"t.tftpl": text} }
	templated := live + output("t", "templatefile(\"${path.module}/t.tftpl\", { s = "+secret+" })")
	asJSON := `{"resource": {"safetyculture_service_user_token": {"ws": {"name": "ws", "rotate_after_days": 90, "permission_set_ids": "${var.sets}", "lifecycle": {"create_before_destroy": true}}}},
		"locals": [{"a": {"t": "${` + secret + `}"}}], "output": {"t": [{"value": %}]}}`
	inJSON := func(value string) map[string]string {
		return map[string]string{"main.tf.json": strings.ReplaceAll(asJSON, "%", value)}
	}
	flag := "variable \"flag\" {\n  sensitive = true\n  default   = true\n}\n"
	return of("unmasked", []sourceCase{
		{name: "in an output", plan: live + output("t", unmasked), cli: tells, want: in("output.t")},
		{name: "through local values", plan: live + locals("a = { x = "+secret+" }", "b = local.a") + output("t", "nonsensitive(local.b.x)"), cli: tells, want: in("output.t")},
		{name: "of a list of local values", plan: live + locals("a = ["+secret+", \"x\"]") + output("t", "nonsensitive(local.a[0])"), cli: tells, want: in("output.t")},
		{name: "in a local value", plan: live + locals("a = "+unmasked) + sensitiveOutput("t", "local.a"), cli: plans, want: in("local.a")},
		{name: "with a comment in the call", plan: live + output("t", "nonsensitive /* of no secret */ (\n"+secret+")"), cli: notRun, want: in("output.t")},
		{name: "as core::nonsensitive", plan: live + output("t", "core::nonsensitive("+secret+")"), cli: tells, needs: "1.8", want: in("output.t")},
		{name: "of the long form of a reference", plan: live + output("t", "nonsensitive(resource."+secret+")"), cli: tells, want: in("output.t")},
		{name: "of the whole token in JSON", plan: live + output("t", "nonsensitive(jsonencode(safetyculture_service_user_token.ws))"), cli: tells, want: in("output.t")},
		{name: "of a splat", plan: live + output("t", "nonsensitive(one(safetyculture_service_user_token.ws[*].token))"), cli: tells, want: in("output.t")},
		{name: "of a splat over a list", plan: live + output("t", "nonsensitive([safetyculture_service_user_token.ws][*].token)"), cli: refuses, want: in("output.t")},
		{name: "of a for expression", plan: live + output("t", "[for k, v in { a = safetyculture_service_user_token.ws } : nonsensitive(v.token)]"), cli: tells, want: in("output.t")},
		{name: "of a key in a for expression", plan: live + output("t", "[for k, v in { ("+secret+") = 1 } : nonsensitive(k)]"), cli: refuses, want: in("output.t")},
		{name: "of a condition", plan: live + output("t", "nonsensitive("+secret+" == \"x\" ? \"a\" : \"b\")"), cli: plans, want: in("output.t")},
		{name: "of one letter after the other", plan: live + output("t", "[for i in range(70) : nonsensitive(substr("+secret+", i, 1))]"), cli: plans, want: in("output.t")},
		{name: "of a part by its name", plan: live + output("t", "nonsensitive(safetyculture_service_user_token.ws[join(\"\", [\"to\", \"ken\"])])"), cli: tells, want: in("output.t")},
		{name: "of a merged object", plan: live + output("t", "nonsensitive(lookup(merge({ a = 1 }, { b = "+secret+" }), \"b\", null))"), cli: tells, want: in("output.t")},
		{name: "in a module", plan: live + calls("s = "+secret), files: map[string]string{"m/main.tf": passed}, cli: tells, want: in("terraform_data.x")},
		{name: "of a module's output", plan: live + calls("s = "+secret) + output("t", "nonsensitive(module.m.o.text)"), files: map[string]string{"m/main.tf": handed}, cli: tells, want: in("output.t")},
		{name: "of a module in a module", plan: live + calls("s = "+secret) + output("t", "nonsensitive(module.m.o.text)"), files: inTwo, cli: tells, want: in("output.t")},
		{name: "of each value", plan: live + "resource \"terraform_data\" \"x\" {\n  for_each = { a = " + secret + " }\n  input    = nonsensitive(each.value)\n}\n", cli: tells, want: in("terraform_data.x")},
		{name: "in a template's file", plan: templated, files: template("x ${nonsensitive(s)}"), cli: refuses, want: in("output.t")},
		{name: "in an override file", plan: live + sensitiveOutput("t", "7"), files: map[string]string{"x_override.tf": "output \"t\" {\n  value = " + unmasked + "\n}\n"}, cli: plans, want: in("output.t")},
		{name: "in JSON syntax", files: inJSON(`"${nonsensitive(local.a.t)}"`), cli: tells, want: in("output.t")},
		{name: "in the key of an object in JSON syntax", files: inJSON(`{"${nonsensitive(local.a.t)}": 1}`), cli: tells, want: in("output.t")},
		{name: "in a file for OpenTofu", plan: live, files: map[string]string{"x.tofu": output("t", unmasked)}, cli: notRun, want: in("output.t")},
		{name: "of a sensitive variable", plan: live + "variable \"credential\" {\n  sensitive = true\n}\n" + output("t", "nonsensitive(var.credential)"), cli: tells, want: in("output.t")},
		{name: "of another resource that has it", plan: live + "resource \"terraform_data\" \"x\" {\n  input = " + secret + "\n}\n" + output("t", "nonsensitive(terraform_data.x.output)"), cli: plans, want: in("output.t")},
		{name: "of the name of a token that is another's secret", plan: live + "resource \"terraform_data\" \"n\" {}\n" + token("b", rotates+"\n  on_destroy = \"${"+secret+"}\"") + output("t", "nonsensitive(safetyculture_service_user_token.b.on_destroy)"), cli: notRun, want: in("output.t")},
		{name: "of what is null for some secrets", plan: live + output("t", "nonsensitive((startswith("+secret+", \"scapi_a\") ? 1 : null) != null)"), cli: plans, want: in("output.t")},
		{name: "of a local value that is null for some secrets", plan: live + locals("a = startswith("+secret+", \"scapi_a\") ? 1 : null") + output("t", "nonsensitive(local.a != null)"), cli: plans, want: in("output.t")},
		{name: "of what is null for some values of a sensitive variable", plan: live + flag + output("t", "nonsensitive((var.flag ? 1 : null) != null)"), cli: plans, want: in("output.t")},
		{name: "of what is left for some values of a sensitive variable", plan: live + flag + output("t", "nonsensitive(one([for x in [1] : x if var.flag]) != null)"), cli: plans, want: in("output.t")},
		{name: "of what there is for one secret", plan: live + output("t", "nonsensitive(lookup({ s = 1 }, "+secret+", null) != null)"), cli: plans, want: in("output.t")},
		{name: "of what a module from elsewhere makes of it", plan: live + "module \"m\" {\n  source = \"git::https://example.com/m.git\"\n  x      = " + secret + "\n}\n" + output("t", "nonsensitive(module.m.o != null)"), cli: notRun, want: append(in("output.t"), "module_source module.m")},
		{name: "by can, of an operation", plan: live + locals("a = can(1 + "+secret+")", "b = can(-"+secret+")"), cli: plans, want: append(in("local.a"), in("local.b")...)},
		{name: "by can, of a key", plan: live + locals("a = can({ x = 1 }["+secret+"])", "b = can({ for x in ["+secret+", \"x\"] : x => 1 })"), cli: plans, want: append(in("local.a"), in("local.b")...)},
		{name: "of what there is for some secrets", plan: live + output("t", "nonsensitive(lookup({ s = 1 }, substr("+secret+", 0, 1), null) != null)"), cli: plans, want: in("output.t")},
		{name: "of what is left for some secrets", plan: live + output("t", "nonsensitive(one([for x in [1] : x if startswith("+secret+", \"scapi_a\")]) != null)"), cli: plans, want: in("output.t")},
		{name: "of what another resource makes of it", plan: live + locals("a = startswith("+secret+", \"scapi_a\") ? 1 : null") + "resource \"vault_kv_secret_v2\" \"v\" {\n  mount     = \"m\"\n  data_json = " + secret + "\n}\n" + output("t", "nonsensitive(vault_kv_secret_v2.v.path != null)"), cli: notRun, want: in("output.t")},
		{name: "by can", plan: live + output("t", "can(regex(\"^scapi_a\", "+secret+"))"), cli: plans, want: in("output.t")},
		{name: "by can, in a local value", plan: live + locals("a = [for c in [\"a\", \"b\"] : can(regex(\"^scapi_${c}\", "+secret+"))]"), cli: plans, want: in("local.a")},
		{name: "by can, of a sensitive variable", plan: live + "variable \"v\" {\n  sensitive = true\n  default   = \"v\"\n}\n" + output("t", "can(regex(\"^a\", var.v))"), cli: plans, want: in("output.t")},
		{name: "by issensitive", plan: live + locals("a = issensitive(try(regex(\"^scapi_x\", "+secret+"), \"no\"))"), cli: plans, want: in("local.a")},
		{name: "by an output that says that it is not sensitive", plan: live + "output \"t\" {\n  value     = try(regex(\"^scapi_x\", " + secret + "), \"no\")\n  sensitive = false\n}\n", cli: plans, want: in("output.t")},
		{name: "by an output that Terraform lets pass", plan: live + output("t", "try(regex(\"^scapi_x\", "+secret+"), \"no\")"), cli: plans, want: in("output.t")},

		{name: "twin: a sensitive output", plan: live + sensitiveOutput("t", secret), cli: plans},
		{name: "twin: whether there is a secret", plan: live + output("t", "nonsensitive("+secret+" != null)"), cli: plans},
		{name: "twin: whether there is a secret, in other words", plan: live + locals("a = "+secret) + output("t", "nonsensitive(try(local.a, null) != null && one(safetyculture_service_user_token.ws[*].token) != \"\")"), cli: plans},
		{name: "twin: whether there is a secret, in a module", plan: live + calls("s = "+secret), files: map[string]string{"m/main.tf": strings.Replace(passed, "nonsensitive(var.s)", "nonsensitive(var.s != null)", 1)}, cli: plans},
		{name: "twin: whether a secret is marked", plan: live + output("t", "issensitive("+secret+")"), cli: plans},
		{name: "twin: can in the validation of a sensitive variable", plan: live + "variable \"v\" {\n  sensitive = true\n  default   = \"v\"\n  validation {\n    condition     = can(regex(\"^v\", var.v))\n    error_message = \"It is too short.\"\n  }\n}\n", cli: plans},
		{name: "twin: an output of a module without sensitive", plan: live + calls("s = "+secret) + sensitiveOutput("t", "module.m.o"), files: map[string]string{"m/main.tf": strings.Replace(handed, "  sensitive = true\n", "", 1)}, cli: plans},
		{name: "twin: of what is no secret", plan: live + locals("ids = { (safetyculture_service_user_token.ws.name) = safetyculture_service_user_token.ws.id }") + output("t", "nonsensitive(local.ids)"), cli: plans},
		{name: "twin: the public part of an object", plan: live + calls("s = "+secret) + output("t", "nonsensitive(module.m.o.day)"), files: map[string]string{"m/main.tf": handed}, cli: plans},
		{name: "twin: in a text", plan: live + output("t", "\"$${"+unmasked+"} is not called\""), cli: plans},
		{name: "twin: in a comment", plan: live + "# " + unmasked + "\n", cli: plans},
		{name: "twin: a template's file", plan: live + "output \"t\" {\n  value     = templatefile(\"${path.module}/t.tftpl\", { s = " + secret + " })\n  sensitive = true\n}\n", files: template("x ${s}"), cli: plans},
		{name: "twin: JSON syntax", files: inJSON(`"${nonsensitive(local.a.t != null)}"`), cli: plans},
		{name: "twin: a variable that is no secret", plan: live + output("t", "nonsensitive(var.sets)"), cli: plans},
	}...)
}

// structureCases: keys and numbers of instances, and blocks that a plan does not show.
func structureCases() []sourceCase {
	data := func(more string) string { return "resource \"terraform_data\" \"x\" {\n  " + more + "\n}\n" }
	dynamic := func(forEach, content string) string {
		return live + "resource \"other_thing\" \"x\" {\n  dynamic \"header\" {\n    for_each = " + forEach + "\n    iterator = h\n    content {\n      value = " + content + "\n    }\n  }\n}\n"
	}
	found := []string{"dynamic_block other_thing.x"}
	return slices.Concat(of("instance_key",
		sourceCase{name: "a key of for_each", plan: live + data("for_each = toset(["+unmasked+"])"), cli: tells, want: []string{"instance_key terraform_data.x", "unmasked terraform_data.x"}},
		sourceCase{name: "a key that Terraform refuses", plan: live + data("for_each = toset(["+secret+"])"), cli: refuses, want: []string{"instance_key terraform_data.x"}},
		sourceCase{name: "a key in a for expression", plan: live + data("for_each = { for k, v in { a = safetyculture_service_user_token.ws } : v.token => k }"), cli: refuses, want: []string{"instance_key terraform_data.x"}},
		sourceCase{name: "the key of a module", plan: live + calls("for_each = toset(["+unmasked+"])"), files: map[string]string{"m/main.tf": data("")}, cli: tells, want: []string{"instance_key module.m", "unmasked module.m"}},
		sourceCase{name: "a number", plan: live + data("count = startswith("+secret+", \"scapi_a\") ? 1 : 0"), cli: plans, want: []string{"instance_key terraform_data.x"}},
		sourceCase{name: "twin: keys beside secrets", plan: live + data("for_each = { a = "+secret+" }\n  input = each.key"), cli: plans},
		sourceCase{name: "twin: one of each token", plan: live + data("for_each = { for k, v in { a = safetyculture_service_user_token.ws } : v.name => v.id }"), cli: plans},
		sourceCase{name: "twin: a number of tokens", plan: live + data("count = length(["+secret+"])"), cli: plans},
		sourceCase{name: "twin: whether there is a secret", plan: live + data("count = "+secret+" == null ? 0 : 1"), cli: plans},
	), of("dynamic_block",
		sourceCase{name: "elements", plan: dynamic("["+secret+"]", "h.value"), cli: notRun, want: found},
		sourceCase{name: "content", plan: dynamic("[1]", "\"Bearer ${"+secret+"}\""), cli: notRun, want: found},
		sourceCase{name: "content through a local value", plan: dynamic("[1]", "local.a") + locals("a = "+secret), cli: notRun, want: found},
		sourceCase{name: "twin", plan: dynamic("["+secret+" != null]", "h.value"), cli: notRun},
		sourceCase{name: "twin: the part that is no secret", plan: dynamic("[safetyculture_service_user_token.ws.id]", "h.value"), cli: notRun},
	))
}

// printedCases: what a plan prints by itself.
func printedCases() []sourceCase {
	check := func(condition, message string) string {
		return "check \"c\" {\n  assert {\n    condition     = " + condition + "\n    error_message = " + message + "\n  }\n}\n"
	}
	guarded := func(condition, message string) string {
		return "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition     = " + condition + "\n      error_message = " + message + "\n    }\n  }\n}\n"
	}
	validated := func(condition, message string) map[string]string {
		return map[string]string{"m/main.tf": "variable \"s\" {\n  validation {\n    condition     = " + condition + "\n    error_message = " + message + "\n  }\n}\n"}
	}
	postcondition := strings.Replace(live, "create_before_destroy = true", "create_before_destroy = true\n    postcondition {\n      condition     = self.token == \"\"\n      error_message = \"It is ${nonsensitive(self.token)}.\"\n    }", 1)
	both := func(address string) []string { return []string{"error_message " + address, "unmasked " + address} }
	imported := func(id string) string {
		return "import {\n  to = safetyculture_service_user_token.b\n  id = " + id + "\n}\n" + token("b", rotates)
	}
	guess := "startswith(" + secret + ", \"scapi_\")"
	inOutput := func(condition string) string {
		return strings.Replace(output("t", "1"), "\n}", "\n  precondition {\n    condition     = "+condition+"\n    error_message = \"It is not.\"\n  }\n}", 1)
	}
	told := func(address string) []string { return []string{"condition " + address} }
	return slices.Concat(of("condition",
		sourceCase{name: "a check", plan: live + check(guess, "\"It is not.\""), cli: plans, want: told("check.c")},
		sourceCase{name: "a check of a local value", plan: live + locals("a = "+guess) + check("local.a", "\"It is not.\""), cli: plans, want: told("check.c")},
		sourceCase{name: "a check of what can be", plan: live + check("can(regex(\"^scapi_\", "+secret+"))", "\"It is not.\""), cli: plans, want: told("check.c")},
		sourceCase{name: "a check of what is null for some secrets", plan: live + check("("+guess+" ? 1 : null) != null", "\"It is not.\""), cli: plans, want: told("check.c")},
		sourceCase{name: "a precondition", plan: live + guarded(guess, "\"It is not.\""), cli: plans, want: told("terraform_data.x")},
		sourceCase{name: "a precondition that is not met", plan: live + guarded("!"+guess, "\"It is.\""), cli: refuses, want: told("terraform_data.x")},
		sourceCase{name: "a postcondition of the token", plan: strings.Replace(live, "create_before_destroy = true", "create_before_destroy = true\n    postcondition {\n      condition     = startswith(self.token, \"scapi_\")\n      error_message = \"It is not.\"\n    }", 1), cli: plans, want: told("safetyculture_service_user_token.ws")},
		sourceCase{name: "a precondition of an output", plan: live + inOutput(guess), cli: plans, want: told("output.t")},
		sourceCase{name: "a validation in a module", plan: live + calls("s = "+secret), files: validated("length(var.s) > 9", "\"It is not.\""), cli: plans, want: told("var.s")},
		sourceCase{name: "of an action", plan: live + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    action_trigger {\n      events    = [after_create]\n      condition = " + guess + "\n      actions   = []\n    }\n  }\n}\n", cli: notRun, want: told("terraform_data.x")},
		sourceCase{name: "of a resource that OpenTofu leaves out", plan: live + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    enabled = " + guess + "\n  }\n}\n", cli: notRun, want: told("terraform_data.x")},
		sourceCase{name: "in JSON syntax", plan: live, files: map[string]string{"x.tf.json": `{"check": {"c": {"assert": [{"condition": "${length(` + secret + `) > 9}", "error_message": "It is not."}]}}}`}, cli: plans, want: told("check.c")},
		sourceCase{name: "twin: whether there is a secret", plan: live + check(secret+" != null && "+secret+" != \"\"", "\"There is none.\"") + inOutput("one(safetyculture_service_user_token.ws[*].token) != null"), cli: plans},
		sourceCase{name: "twin: whether there is a secret, in a module", plan: live + calls("s = "+secret), files: validated("var.s != null", "\"There is none.\""), cli: plans},
		sourceCase{name: "twin: of what is no secret", plan: live + guarded("startswith(safetyculture_service_user_token.ws.name, \"w\")", "\"It is not.\""), cli: plans},
		sourceCase{name: "twin: an argument that is called condition", plan: live + "resource \"other_thing\" \"x\" {\n  value = " + secret + "\n  rule {\n    precondition {\n      condition = \"${length(" + secret + ")}\"\n    }\n  }\n}\n", cli: notRun},
	), of("error_message",
		sourceCase{name: "a check", plan: live + check("var.sets == null", "\"It is ${"+unmasked+"}.\""), cli: tells, want: both("check.c")},
		sourceCase{name: "a check, as sensitive as it is", plan: live + check("var.sets == null", "\"It is ${"+secret+"}.\""), cli: plans, want: []string{"error_message check.c"}},
		sourceCase{name: "a precondition", plan: live + guarded("var.sets == null", "\"It is ${"+unmasked+"}.\""), cli: tells, want: both("terraform_data.x")},
		sourceCase{name: "a postcondition of the token", plan: postcondition, cli: tells, want: both("safetyculture_service_user_token.ws")},
		sourceCase{name: "a validation in a module", plan: live + calls("s = "+secret), files: validated("var.s == null", "\"Not ${nonsensitive(var.s)}.\""), cli: tells, want: both("var.s")},
		sourceCase{name: "a precondition of an output", plan: live + strings.Replace(output("t", "1"), "\n}", "\n  precondition {\n    condition     = var.sets == null\n    error_message = \"It is ${"+unmasked+"}.\"\n  }\n}", 1), cli: tells, want: both("output.t")},
		sourceCase{name: "twin: a precondition that there is a secret", plan: live + guarded(secret+" != null", "\"The token ${safetyculture_service_user_token.ws.name} has no secret here.\""), cli: plans},
		sourceCase{name: "twin: a check", plan: live + check(secret+" != null", "\"Rotate ${safetyculture_service_user_token.ws.id}.\""), cli: plans},
	), of("import_id",
		sourceCase{name: "an id", plan: live + imported(unmasked), cli: tells, want: []string{"import_id import", "unmasked import"}},
		sourceCase{name: "the key that it goes to", plan: live + "import {\n  for_each = { a = " + secret + " }\n  to       = terraform_data.x[each.value]\n  id       = each.key\n}\n", cli: notRun, want: []string{"import_id import"}},
		sourceCase{name: "twin", plan: live + imported("\"name:integration-0001\""), cli: plans},
	))
}
