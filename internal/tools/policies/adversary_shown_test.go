package policies

import (
	"fmt"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// failing is a condition of the wrong outcome, with a message.
func failing(message string) string {
	return "{\n    condition     = length(var.sets) > 9\n    error_message = " + message + "\n  }\n"
}

// guesses are assertions of which one is not met: the one that has guessed the secret.
var guesses = func() string {
	all := ""
	for _, digit := range "0123456789abcdef" {
		all += fmt.Sprintf("  assert {\n    condition     = !startswith(%s, \"scapi_%c\")\n    error_message = \"no\"\n  }\n", secret, digit)
	}
	return all
}()

func refusesOutputs(p cli.Program) bool { return cli.Versions("refused-outputs").LackedBy(p) == "" }

// showingAttacks bring the secret to where a terminal, a log or a plan shows it.
func showingAttacks() []attack {
	return []attack{
		{name: "an output without sensitive, of which there is no plan", needs: refusesOutputs, finds: found{byCLI: {"Output refers to sensitive values"}, bySource: {"unmasked output.t"}}, plan: wsToken + output("t", secret), twin: wsToken + output("id", prefix+"ws.id")},
		{name: "an output without sensitive, with a plan that ends in an error", needs: func(p cli.Program) bool { return !refusesOutputs(p) }, finds: found{byCLI: {"Output refers to sensitive values"}, bySource: {"unmasked output.t"}, byPlan: {"reviewable plan", "secret_goes_to output.t"}}, plan: wsToken + output("t", secret), twin: wsToken + output("id", prefix+"ws.id")},
		{name: "an output of nonsensitive", finds: found{bySource: {"unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + output("t", unmasked), twin: wsToken + sensitiveOutput("t", secret)},
		{name: "an output of a local value", finds: found{bySource: {"unmasked local.x", "unmasked output.t"}, bySearch: {"secret_found"}}, plan: wsToken + locals("x = "+unmasked) + output("t", "local.x"), twin: wsToken + locals("x = "+prefix+"ws.issued_at") + output("t", "local.x")},
		{name: "an output of the secret in base64", finds: found{bySource: {"unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + output("t", "base64encode("+unmasked+")"), twin: wsToken + output("t", "base64encode("+prefix+"ws.name)")},
		{name: "an output of the secret backwards", finds: found{bySource: {"unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + output("t", "strrev("+unmasked+")")},
		{name: "an output of the secret's characters one by one", finds: found{bySource: {"unmasked output.t"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + output("t", "split(\"\", "+unmasked+")")},
		{name: "an output that says how the secret begins", finds: found{bySource: {"unmasked output.t"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + output("t", "nonsensitive(startswith("+secret+", \"scapi_a\"))"), twin: wsToken + output("t", "startswith("+prefix+"ws.status, \"a\")")},
		{name: "an output that says how the secret begins, by its hash", finds: found{bySource: {"unmasked output.t"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + output("t", "nonsensitive(sha256("+secret+"))")},
		{name: "an output of a module", finds: found{bySource: {"unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + calls("x = "+secret) + output("t", "nonsensitive(module.m.o)"), modules: map[string]string{"m": "variable \"x\" {}\n" + sensitiveOutput("o", "var.x")}, twin: wsToken + calls("x = "+secret) + sensitiveOutput("t", "module.m.o")},
		{name: "an output in JSON syntax", finds: found{bySource: {"unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken, modules: map[string]string{"more.tf.json": `{"output": {"t": {"value": "${nonsensitive(safetyculture_service_user_token.ws.token)}"}}}`}},
		{name: "an output in an override file", finds: found{bySource: {"unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, plan: wsToken + sensitiveOutput("t", secret), modules: map[string]string{"x_override.tf": "output \"t\" {\n  value     = " + unmasked + "\n  sensitive = false\n}\n"}},
		{name: "the secret as the key of a for_each", finds: found{bySource: {"instance_key safetyculture_service_user_token.more", "unmasked safetyculture_service_user_token.more"}, bySearch: {"secret_found"}, byPlan: {"new_secret_approved safetyculture_service_user_token.more[\"(removed)\"]", "secret_goes_to safetyculture_service_user_token.more"}}, plan: wsToken + token("more", rotates+"\n  for_each = toset(["+unmasked+"])")},
		{name: "the secret as the key of a for_each of something else", finds: found{bySource: {"instance_key terraform_data.x", "unmasked terraform_data.x"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + "resource \"terraform_data\" \"x\" {\n  for_each = toset([" + unmasked + "])\n}\n", twin: wsToken + "resource \"terraform_data\" \"x\" {\n  for_each = toset([" + prefix + "ws.name])\n}\n"},
		{name: "the secret as the key of a for_each of a module", finds: found{bySource: {"instance_key module.m", "unmasked module.m"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to module.m"}}, plan: wsToken + "module \"m\" {\n  source   = \"./m\"\n  for_each = toset([" + unmasked + "])\n}\n", modules: map[string]string{"m": keeps("x", "1")}},
		{name: "a count for each digit of the secret", finds: found{bySource: {"instance_key terraform_data.x"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + "resource \"terraform_data\" \"x\" {\n  count = parseint(substr(" + secret + ", 9, 1), 16)\n}\n"},
		{name: "the error message of a check", finds: found{bySource: {"error_message check.c", "unmasked check.c"}, bySearch: {"secret_found"}}, plan: wsToken + "check \"c\" {\n  assert " + failing("\"no: ${"+unmasked+"}\"") + "}\n", twin: wsToken + "check \"c\" {\n  assert " + failing("\"no\"") + "}\n"},
		{name: "the error message of a precondition", finds: found{byCLI: {"Resource precondition failed"}, bySource: {"error_message terraform_data.x", "unmasked terraform_data.x"}, bySearch: {"secret_found"}, byPlan: {"reviewable plan"}}, plan: wsToken + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n  precondition " + failing("\"no: ${"+unmasked+"}\"") + "}\n}\n"},
		{name: "the error message of an output's precondition", finds: found{byCLI: {"Module output value precondition failed"}, bySource: {"error_message output.x", "unmasked output.x"}, bySearch: {"secret_found"}, byPlan: {"reviewable plan"}}, plan: wsToken + "output \"x\" {\n  value = 1\n  precondition " + failing("\"no: ${"+unmasked+"}\"") + "}\n"},
		{
			name: "the error message of a variable's validation", finds: found{byCLI: {"Invalid value for variable"}, bySource: {"error_message var.x", "unmasked var.x"}, bySearch: {"secret_found"}, byPlan: {"reviewable plan"}}, plan: wsToken + calls("x = "+secret),
			modules: map[string]string{"m": "variable \"x\" {\n  validation {\n    condition     = var.x == null\n    error_message = \"no: ${nonsensitive(var.x)}\"\n  }\n}\n"},
		},
		{name: "a condition that guesses the secret", finds: found{bySource: {"condition terraform_data.x"}}, plan: wsToken + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition     = !startswith(" + secret + ", \"scapi_x\")\n      error_message = \"no\"\n    }\n  }\n}\n", twin: wsToken + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition     = " + secret + " != null\n      error_message = \"no\"\n    }\n  }\n}\n"},
		{name: "a check for each character that there can be", finds: found{bySource: {"condition check.c"}}, plan: wsToken + "check \"c\" {\n" + guesses + "}\n"},
		{name: "an output that says what can be, by way of a local value", finds: found{bySource: {"unmasked local.x", "unmasked output.t"}}, plan: wsToken + locals("x = [for c in split(\"\", \"0123456789abcdef\") : can(regex(\"^scapi_${c}\", "+secret+"))]") + output("t", "local.x")},
		{name: "an output of what is null for some secrets, by way of a local value", finds: found{bySource: {"unmasked local.x", "unmasked output.t"}}, plan: wsToken + locals("x = [for c in split(\"\", \"0123456789abcdef\") : nonsensitive((startswith("+secret+", \"scapi_${c}\") ? 1 : null) != null)]") + output("t", "local.x"), twin: wsToken + locals("x = nonsensitive("+secret+" != null)") + output("t", "local.x")},
		{name: "an output that Terraform refuses for some secrets only, by way of a local value", finds: found{bySource: {"unmasked output.t"}}, plan: wsToken + locals("x = try(regex(\"^scapi_x\", "+secret+"), \"no\")") + output("t", "local.x")},
		{name: "a count for some secrets, by way of a local value", finds: found{bySource: {"instance_key terraform_data.x", "unmasked local.x"}}, plan: wsToken + locals("x = nonsensitive((startswith("+secret+", \"scapi_x\") ? 1 : null) == null)") + "resource \"terraform_data\" \"x\" {\n  count = local.x ? 1 : 0\n}\n"},
		{name: "a condition that guesses a sensitive variable", limit: "Validations of such variables are usual, so only conditions about a token's secret are findings. Pass the credential as `SAFETYCULTURE_API_TOKEN`, which no expression can read, and read the other conditions.", plan: wsToken + "variable \"credential\" {\n  sensitive = true\n}\ncheck \"c\" {\n  assert {\n    condition     = startswith(var.credential, \"x\")\n    error_message = \"no\"\n  }\n}\n"},
		{name: "the id of an import", finds: found{bySource: {"import_id import", "unmasked import"}, bySearch: {"secret_found"}}, plan: wsToken + "import {\n  to = terraform_data.x\n  id = " + unmasked + "\n}\nresource \"terraform_data\" \"x\" {}\n", twin: wsToken + "import {\n  to = terraform_data.x\n  id = \"x\"\n}\nresource \"terraform_data\" \"x\" {}\n"},
		{name: "a function's error", finds: found{byCLI: {"Invalid function argument"}, bySource: {"unmasked output.t"}, byPlan: {"reviewable plan", "secret_goes_to output.t"}}, plan: wsToken + output("t", "tonumber("+unmasked+")")},
		{name: "a function of Terraform's own provider", finds: found{bySource: {"provider_function output.t", "unmasked output.t"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to output.t"}}, needs: func(p cli.Program) bool { return !p.Tofu }, plan: wsToken + output("t", "nonsensitive(provider::terraform::encode_expr("+secret+"))"), modules: map[string]string{"fixed.tf": strings.Replace(fixed, "    safetyculture =", "    terraform     = { source = \"terraform.io/builtin/terraform\" }\n    safetyculture =", 1)}},
	}
}

// fileAttacks take the secrets from the files of state, without a reference.
func fileAttacks() []attack {
	return []attack{
		{name: "an output of the state's file", finds: found{bySource: {"file_read output.t"}, bySearch: {"secret_found"}}, plan: wsToken + output("t", "file(\"terraform.tfstate\")"), twin: wsToken + output("t", "file(\"${path.module}/fixed.tf\")")},
		{name: "an output of the state's file in base64", finds: found{bySource: {"file_read output.t"}, bySearch: {"secret_found"}}, plan: wsToken + output("t", "filebase64(\"terraform.tfstate\")")},
		{name: "the state's file as a template", finds: found{bySource: {"file_read output.t"}, bySearch: {"secret_found"}}, plan: wsToken + output("t", "templatefile(\"terraform.tfstate\", {})")},
		{name: "the state's file by a path that is made up", finds: found{bySource: {"file_read output.t"}, bySearch: {"secret_found"}}, plan: wsToken + output("t", "file(join(\".\", [\"terraform\", \"tfstate\"]))")},
		{name: "a resource with the state's file", finds: found{bySource: {"file_read terraform_data.x"}, bySearch: {"secret_found"}}, plan: wsToken + keeps("x", "file(\"terraform.tfstate\")")},
		{name: "the state as a remote state", finds: found{bySource: {"data_source data.terraform_remote_state.s"}, byPlan: {"data_source_listed data.terraform_remote_state.s"}}, plan: wsToken + "data \"terraform_remote_state\" \"s\" {\n  backend = \"local\"\n  config  = { path = \"terraform.tfstate\" }\n}\n"},
		{name: "the state as a data source of a file", finds: found{bySource: {"data_source data.local_file.s"}, byPlan: {"data_source_listed data.local_file.s", "provider_listed local"}}, plan: wsToken + "data \"local_file\" \"s\" {\n  filename = \"terraform.tfstate\"\n}\n"},
		{name: "another backend", finds: found{byCLI: {"Backend initialization required"}, bySource: {"settings terraform"}}, plan: "terraform {\n  backend \"local\" {\n    path = \"/tmp/elsewhere.tfstate\"\n  }\n}\n" + wsToken},
	}
}
