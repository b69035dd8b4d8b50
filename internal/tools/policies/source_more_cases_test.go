package policies

import (
	"slices"
	"strings"
)

// readCases: files that may be the state.
func readCases() []sourceCase {
	in := []string{"file_read output.t"}
	read := func(call string) string { return live + output("t", call) }
	module := map[string]string{"m/main.tf": "variable \"p\" {}\noutput \"o\" {\n  value = file(var.p)\n}\n"}
	text := map[string]string{"x.txt": "text", "d/x.tftpl": "${file(\"terraform.tfstate\")}"}
	return of("file_read",
		sourceCase{name: "the state", plan: read("file(\"terraform.tfstate\")"), cli: tells, want: in},
		sourceCase{name: "the state with a path", plan: read("file(\"${path.root}/./terraform.tfstate\")"), cli: tells, want: in},
		sourceCase{name: "the state in base64", plan: read("filebase64(\"${path.cwd}/terraform.tfstate\")"), cli: plans, want: in},
		sourceCase{name: "the state as a template", plan: read("templatefile(\"terraform.tfstate\", {})"), cli: tells, want: in},
		sourceCase{name: "the state by a name that is put together", plan: read("file(join(\".\", [\"terraform\", \"tfstate\"]))"), cli: tells, want: in},
		sourceCase{name: "the state by a local value", plan: read("file(local.p)") + locals("p = \"terraform.tfstate\""), cli: tells, want: in},
		sourceCase{name: "the state, in a module", plan: live + calls("p = \"terraform.tfstate\"") + output("t", "module.m.o"), files: module, cli: tells, want: []string{"file_read output.o"}},
		sourceCase{name: "the state, in a template's file", plan: read("templatefile(\"d/x.tftpl\", {})"), files: text, cli: tells, want: in},
		sourceCase{name: "the state through a link", plan: read("file(\"x.txt\")"), links: map[string]string{"x.txt": "terraform.tfstate"}, cli: tells, want: []string{"file_read output.t", "unreadable file"}},
		sourceCase{name: "a file outside of the folder", plan: read("file(\"${path.module}/../x.txt\")"), cli: notRun, want: in},
		sourceCase{name: "an absolute path", plan: read("file(\"/proc/self/environ\")"), cli: notRun, want: in},
		sourceCase{name: "a state of the change", plan: read("file(\"old.tfstate\")"), files: map[string]string{"old.tfstate": "{}"}, cli: plans, want: in},
		sourceCase{name: "a file that is not there yet", plan: read("file(\"later.txt\")"), cli: notRun, want: in},
		sourceCase{name: "twin: a file of the change", plan: read("file(\"${path.module}/x.txt\")"), files: text, cli: plans},
		sourceCase{name: "twin: a path from the root module", plan: read("filebase64(\"./x.txt\")"), files: text, cli: plans},
		sourceCase{name: "twin: a checksum", plan: read("fileexists(\"y.zip\") ? filesha256(\"y.zip\") : null"), cli: plans},
	)
}

// runCases: what runs while Terraform plans or applies, and what it is given.
func runCases() []sourceCase {
	data := func(kind, more string) string { return live + "data \"" + kind + "\" \"x\" {\n  " + more + "\n}\n" }
	provisioned := func(more string) string {
		return live + "resource \"terraform_data\" \"x\" {\n  " + more + "\n}\n"
	}
	local := "provisioner \"local-exec\" {\n    command = \"true\"\n  }"
	inToken := strings.Replace(live, "\n  lifecycle", "\n  provisioner \"local-exec\" {\n    command     = \"true\"\n    environment = { T = self.token }\n  }\n  lifecycle", 1)
	inJSON := `{"resource": {"terraform_data": {"x": {"provisioner": [{"local-exec": {"command": "true"}}]}}}}`
	removed := "removed {\n  from = terraform_data.gone\n  lifecycle {\n    destroy = true\n  }\n  provisioner \"local-exec\" {\n    when    = destroy\n    command = \"true\"\n  }\n}\n"
	found := func(rule, address string) []string { return []string{rule + " " + address} }
	other := "terraform {\n  required_providers {\n    vault = { source = \"hashicorp/vault\" }\n  }\n}\n"
	return slices.Concat(of("provisioner",
		sourceCase{name: "a program", plan: provisioned(local), cli: plans, want: found("provisioner", "terraform_data.x")},
		sourceCase{name: "in the token itself", plan: inToken, cli: plans, want: found("provisioner", "safetyculture_service_user_token.ws")},
		sourceCase{name: "a connection", plan: provisioned("connection {\n    host     = \"example.com\"\n    password = " + secret + "\n  }"), cli: plans, want: found("provisioner", "terraform_data.x")},
		sourceCase{name: "in JSON syntax", plan: live, files: map[string]string{"x.tf.json": inJSON}, cli: plans, want: found("provisioner", "terraform_data.x")},
		sourceCase{name: "of what is removed", plan: live + removed, cli: plans, needs: "1.12", want: found("provisioner", "removed")},
		sourceCase{name: "twin: a resource without one", plan: provisioned("input = \"provisioner\""), cli: plans},
	), of("data_source",
		sourceCase{name: "external", plan: data("external", "program = [\"true\"]"), cli: notRun, want: found("data_source", "data.external.x")},
		sourceCase{name: "http in a check", plan: live + "check \"c\" {\n  data \"http\" \"x\" {\n    url = \"https://example.com\"\n  }\n  assert {\n    condition     = true\n    error_message = \"x\"\n  }\n}\n", cli: notRun, want: found("data_source", "data.http.x")},
		sourceCase{name: "another state", plan: data("terraform_remote_state", "backend = \"local\"\n  config  = { path = \"terraform.tfstate\" }"), cli: plans, want: found("data_source", "data.terraform_remote_state.x")},
		sourceCase{name: "an ephemeral resource", plan: live + "ephemeral \"http\" \"x\" {\n  url = \"https://example.com\"\n}\n", cli: notRun, want: found("data_source", "ephemeral.http.x")},
		sourceCase{name: "twin: one of ours", plan: data("safetyculture_service_user_tokens", ""), cli: plans},
		sourceCase{name: "twin: a secrets manager", plan: data("vault_kv_secret_v2", "mount = \"m\"\n  name  = \"n\"") + other, cli: notRun},
	), of("read_at_plan",
		sourceCase{name: "a data source of ours", plan: data("safetyculture_service_user_token", "name = "+secret), cli: tells, want: found("read_at_plan", "data.safetyculture_service_user_token.x")},
		sourceCase{name: "a data source with each token", plan: data("safetyculture_service_user_token", "for_each = { a = safetyculture_service_user_token.ws }\n  name = each.value[\"token\"]"), cli: tells, want: found("read_at_plan", "data.safetyculture_service_user_token.x")},
		sourceCase{name: "a provider", plan: live + other + "provider \"vault\" {\n  address = \"https://example.com/${" + secret + "}\"\n}\n", cli: notRun, want: found("read_at_plan", "provider.vault")},
		sourceCase{name: "a block of a provider", plan: live + other + "provider \"vault\" {\n  auth_login {\n    parameters = { a = " + secret + " }\n  }\n}\n", cli: notRun, want: found("read_at_plan", "provider.vault")},
		sourceCase{name: "twin: a data source", plan: data("safetyculture_service_user_token", "name = safetyculture_service_user_token.ws.name"), cli: plans},
		sourceCase{name: "twin: a provider with a variable", plan: live + other + "variable \"v\" {\n  sensitive = true\n}\nprovider \"vault\" {\n  token = var.v\n}\n", cli: notRun},
		sourceCase{name: "twin: this provider with an ephemeral token", plan: live + "ephemeral \"safetyculture_service_user_token\" \"e\" {\n  name               = \"e\"\n  permission_set_ids = var.sets\n}\nprovider \"safetyculture\" {\n  alias     = \"e\"\n  api_token = ephemeral.safetyculture_service_user_token.e.token\n}\n", cli: plans},
	), of("provider_function",
		sourceCase{name: "with a secret", plan: live + other + sensitiveOutput("t", "provider::vault::send("+secret+")"), cli: notRun, want: found("provider_function", "output.t")},
		sourceCase{name: "twin", plan: live + other + output("t", "provider::vault::parse(safetyculture_service_user_token.ws.id)"), cli: notRun},
	), of("local_value",
		sourceCase{name: "in a resource", plan: live + locals("a = "+secret) + keeps("x", "local.a"), cli: plans, want: found("local_value", "terraform_data.x")},
		sourceCase{name: "as a part, and made into another text", plan: live + locals("a = { b = ["+secret+"], c = 1 }", "d = base64encode(local.a.b[0])") + keeps("x", "local.d"), cli: plans, want: found("local_value", "terraform_data.x")},
		sourceCase{name: "one character of it", plan: live + locals("a = startswith("+secret+", \"scapi_a\")") + keeps("x", "local.a"), cli: plans, want: found("local_value", "terraform_data.x")},
		sourceCase{name: "in a module", plan: live + locals("a = { b = "+secret+" }") + calls("s = local.a"), files: map[string]string{"m/main.tf": "variable \"s\" {}\n" + keeps("x", "var.s.b")}, cli: plans, want: found("local_value", "terraform_data.x")},
		sourceCase{name: "in the value of a for_each", plan: live + locals("a = { b = "+secret+" }") + "resource \"terraform_data\" \"x\" {\n  for_each = local.a\n  input    = each.value\n}\n", cli: plans, want: found("local_value", "terraform_data.x")},
		sourceCase{name: "in a block", plan: live + locals("a = "+secret) + "resource \"other_thing\" \"x\" {\n  header {\n    value = local.a\n  }\n}\n", cli: notRun, want: found("local_value", "other_thing.x")},
		sourceCase{name: "in a block, under a name that is listed", plan: live + locals("a = "+secret) + "resource \"github_actions_secret\" \"x\" {\n  header {\n    plaintext_value = local.a\n  }\n}\n", cli: notRun, want: found("local_value", "github_actions_secret.x")},
		sourceCase{name: "where another rule looks", plan: live + locals("a = "+secret) + strings.Replace(provisioned("provisioner \"local-exec\" {\n    command     = \"true\"\n    environment = { T = local.a }\n  }\n  connection {\n    host = local.a\n  }\n  lifecycle {\n    precondition {\n      condition     = length(local.a) > 9\n      error_message = \"no\"\n    }\n  }"), live, "", 1), cli: plans, want: []string{"condition terraform_data.x", "provisioner terraform_data.x"}},
		sourceCase{name: "in JSON syntax", plan: live + locals("a = "+secret), files: map[string]string{"x.tf.json": `{"resource": {"terraform_data": {"x": {"input": "${local.a}"}}}}`}, cli: plans, want: found("local_value", "terraform_data.x")},
		sourceCase{name: "twin: where it may go", plan: live + locals("a = "+secret) + "resource \"vault_kv_secret_v2\" \"v\" {\n  mount        = \"m\"\n  data_json_wo = jsonencode({ t = local.a })\n}\n", cli: notRun},
		sourceCase{name: "twin: in a sensitive output, and whether there is one", plan: live + locals("a = "+secret) + sensitiveOutput("t", "local.a") + keeps("x", "local.a != null"), cli: plans},
		sourceCase{name: "twin: the key of a for_each", plan: live + locals("a = { b = "+secret+" }") + "resource \"terraform_data\" \"x\" {\n  for_each = local.a\n  input    = each.key\n}\n", cli: plans},
		sourceCase{name: "twin: a sensitive variable", plan: live + "variable \"v\" {\n  sensitive = true\n  default   = \"v\"\n}\n" + locals("a = var.v") + keeps("x", "local.a"), cli: plans},
		sourceCase{name: "twin: another attribute", plan: live + locals("a = safetyculture_service_user_token.ws") + keeps("x", "local.a.id"), cli: plans},
		sourceCase{name: "twin: without a local value, which a plan shows", plan: live + keeps("x", secret), cli: plans},
	), of("action",
		sourceCase{name: "a token's secret in one of this provider", plan: live + "action \"safetyculture_revoke_service_user_token\" \"x\" {\n  config {\n    id = " + secret + "\n  }\n}\n", cli: notRun, want: found("action", "action.safetyculture_revoke_service_user_token.x")},
		sourceCase{name: "of another provider", plan: live + "action \"aws_lambda_invoke\" \"x\" {\n  config {\n    payload = " + secret + "\n  }\n}\n", cli: notRun, want: found("action", "action.aws_lambda_invoke.x")},
		sourceCase{name: "twin: of this provider", plan: live + "action \"safetyculture_revoke_service_user_token\" \"x\" {\n  config {\n    id = safetyculture_service_user_token.ws.id\n  }\n}\n", cli: notRun},
	))
}

// settingCases: where state goes, which programs get the credential, and where they send it.
func settingCases() []sourceCase {
	backend := func(path string) string {
		return "terraform {\n  backend \"local\" {\n    path = \"" + path + "\" # here\n  }\n}\n"
	}
	with := func(text string) map[string]string { return map[string]string{"backend.tf": text} }
	encrypted := "terraform {\n  encryption {\n    key_provider \"pbkdf2\" \"p\" {\n      passphrase = var.p\n    }\n  }\n}\nvariable \"p\" {}\n"
	required := func(source string) string {
		return "terraform {\n  required_providers {\n    x = {\n      source = \"" + source + "\"\n    }\n  }\n}\n"
	}
	lock := func(source string) map[string]string {
		return map[string]string{".terraform.lock.hcl": "provider \"" + source + "\" {\n  version = \"1.0.0\"\n  hashes  = [\"h1:x\"]\n}\n"}
	}
	host := func(url string) string { return "provider \"safetyculture\" {\n  base_url = " + url + "\n}\n" }
	moduleHost := "terraform {\n  required_providers {\n    sc = { source = \"safetyculture-community/safetyculture\" }\n  }\n}\nvariable \"u\" {}\nprovider \"sc\" {\n  base_url = var.u\n}\n"
	found := func(rule string, addresses ...string) []string {
		var all []string
		for _, address := range addresses {
			all = append(all, rule+" "+address)
		}
		return all
	}
	return slices.Concat(of("settings",
		sourceCase{name: "a new backend", plan: live, files: with(backend("elsewhere")), cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "another backend", plan: live, before: with(backend("here")), files: with(backend("elsewhere")), cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "no backend any more", plan: live, before: with(backend("here")), cli: notRun, want: found("settings", "file")},
		sourceCase{name: "the backend in an override file", plan: live, before: with(backend("here")), files: map[string]string{"backend.tf": backend("here"), "override.tf": backend("elsewhere")}, cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "a backend in JSON syntax", plan: live, files: map[string]string{"x.tf.json": `{"terraform": {"backend": {"http": {"address": "https://example.com"}}}}`}, cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "a cloud block", plan: live, files: with("terraform {\n  cloud {\n    organization = \"other\"\n  }\n}\n"), cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "a store for state", plan: live, files: with("terraform {\n  state_store \"other_store\" {\n    provider \"other\" {}\n  }\n}\n"), cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "settings for a provider", plan: live, files: with("terraform {\n  provider_meta \"other\" {\n    key = \"x\"\n  }\n}\n"), cli: notRun, want: found("settings", "terraform")},
		sourceCase{name: "no encryption any more", plan: live, before: with(encrypted), files: with("variable \"p\" {}\n"), cli: notRun, want: found("settings", "file")},
		sourceCase{name: "twin: the same backend, written in another way", plan: live, before: with(backend("here")), files: with("terraform {\n  required_version = \">= 1.3\"\n\n  # There.\n  backend \"local\" {\n    path   =    \"here\"\n  }\n}\n"), cli: notRun},
		sourceCase{name: "twin: the same encryption in another file", plan: live, before: with(encrypted), files: map[string]string{"encryption.tf": encrypted}, cli: notRun},
	), of("provider",
		sourceCase{name: "from elsewhere", plan: live, files: with(required("example.com/evil/x")), cli: notRun, want: found("provider", "terraform")},
		sourceCase{name: "without a source", plan: live, files: with("terraform {\n  required_providers {\n    http = \"3.0.0\"\n  }\n}\n"), cli: notRun, want: found("provider", "terraform")},
		sourceCase{name: "in the lock file", plan: live, files: lock("registry.terraform.io/evil/x"), cli: notRun, want: found("provider", "registry.terraform.io/evil/x")},
		sourceCase{name: "of a module", plan: live + calls(""), files: map[string]string{"m/main.tf": required("evil/safetyculture")}, cli: notRun, want: found("provider", "terraform")},
		sourceCase{name: "twin: from a source on the list", plan: live, files: with(required("hashicorp/vault")), cli: notRun},
		sourceCase{name: "twin: in the lock file", plan: live, files: lock("registry.opentofu.org/safetyculture-community/safetyculture"), cli: notRun},
		sourceCase{name: "twin: as it was", plan: live, before: with(required("example.com/own/x")), files: with(required("example.com/own/x")), cli: notRun},
	), of("base_url",
		sourceCase{name: "another host", plan: live + host("\"https://example.com\""), cli: validates, want: found("base_url", "provider.safetyculture")},
		sourceCase{name: "a host that is put together", plan: live + host("\"https://${join(\".\", [\"example\", \"com\"])}\""), cli: validates, want: found("base_url", "provider.safetyculture")},
		sourceCase{name: "a variable's default", plan: live + host("var.u") + "variable \"u\" {\n  default = \"https://example.com\"\n}\n", cli: validates, want: found("base_url", "provider.safetyculture")},
		sourceCase{name: "a file of variables", plan: live + host("var.u") + "variable \"u\" {}\n", files: map[string]string{"x.auto.tfvars": "u = \"https://example.com\"\n"}, cli: validates, want: found("base_url", "provider.safetyculture")},
		sourceCase{name: "a file of variables in JSON syntax", plan: live + host("var.u") + "variable \"u\" {}\n", files: map[string]string{"terraform.tfvars.json": `{"u": "https://example.com"}`}, cli: validates, want: found("base_url", "provider.safetyculture")},
		sourceCase{name: "in a module, by a local value", plan: live + calls("u = local.u") + locals("u = \"https://example.com\""), files: map[string]string{"m/main.tf": moduleHost}, cli: validates, want: found("base_url", "provider.sc")},
		sourceCase{name: "twin: the vendor's host", plan: live + host("\"https://api.safetyculture.io\""), cli: validates},
		sourceCase{name: "twin: from outside", plan: live + host("var.u") + "variable \"u\" {\n  default = null\n}\n", cli: plans},
	))
}

// fileCases: what cannot be read is not passed over.
func fileCases() []sourceCase {
	source := func(source string) string { return live + "module \"m\" {\n  source = " + source + "\n}\n" }
	found := []string{"module_source module.m"}
	unreadable := []string{"unreadable file"}
	inTest := "run \"a\" {\n  module {\n    source = \"git::https://example.com/m.git\"\n  }\n}\n"
	return slices.Concat(of("module_source",
		sourceCase{name: "from a host", plan: source("\"git::https://example.com/m.git\""), cli: notRun, want: found},
		sourceCase{name: "from a registry", plan: source("\"terraform-aws-modules/vpc/aws\""), cli: notRun, want: found},
		sourceCase{name: "from a path outside of the folder", plan: source("\"../m\""), cli: notRun, want: found},
		sourceCase{name: "from a folder without a configuration", plan: source("\"./m\""), files: map[string]string{"m/README.md": ""}, cli: notRun, want: found},
		sourceCase{name: "computed", plan: source("\"./${var.m}\""), cli: notRun, want: found},
		sourceCase{name: "in a test", plan: live, files: map[string]string{"tests/a.tftest.hcl": inTest}, cli: notRun, want: []string{"module_source run.a"}},
		sourceCase{name: "twin: a local one", plan: source("\"./m\""), files: map[string]string{"m/main.tf": "locals {}\n"}, cli: plans},
		sourceCase{name: "twin: a test", plan: live, files: map[string]string{"tests/a.tftest.hcl": "run \"a\" {\n  command = plan\n}\n"}, cli: plans},
	), of("unreadable",
		sourceCase{name: "wrong syntax", plan: live, files: map[string]string{"x.tf": "resource {"}, cli: notRun, want: unreadable},
		sourceCase{name: "wrong JSON", plan: live, files: map[string]string{"x.tf.json": `{"locals": {}`}, cli: notRun, want: unreadable},
		sourceCase{name: "JSON with a property that is there twice", plan: live, files: map[string]string{"x.tf.json": `{"locals": {"a": 1, "a": 2}}`}, cli: notRun, want: unreadable},
		sourceCase{name: "JSON with two documents", plan: live, files: map[string]string{"x.tf.json": `{} {}`}, cli: notRun, want: unreadable},
		sourceCase{name: "JSON with a template of wrong syntax", plan: live, files: map[string]string{"x.tf.json": `{"locals": {"a": "${"}}`}, cli: notRun, want: unreadable},
		sourceCase{name: "a block of the wrong form in JSON", plan: live, files: map[string]string{"x.tf.json": `{"resource": {"terraform_data": "x"}}`}, cli: notRun, want: unreadable},
		sourceCase{name: "a link to a folder", plan: live, files: map[string]string{"m/main.tf": ""}, links: map[string]string{"n": "m"}, cli: notRun, want: unreadable},
		sourceCase{name: "a link to a configuration", plan: live, files: map[string]string{"m/main.tf": ""}, links: map[string]string{"n.tf": "m/main.tf"}, cli: notRun, want: unreadable},
		sourceCase{name: "a link out of the folder", plan: live, links: map[string]string{"n": "../../x"}, cli: notRun, want: unreadable},
		sourceCase{name: "a folder with programs", plan: live, files: map[string]string{"terraform.d/plugins/x": ""}, cli: notRun, want: unreadable},
		sourceCase{name: "a template's file of wrong syntax", plan: live + output("t", "templatefile(\"x.tftpl\", {})"), files: map[string]string{"x.tftpl": "${"}, cli: notRun, want: []string{"unreadable output.t"}},
		sourceCase{name: "twin: a link to a text", plan: live, files: map[string]string{"m/x.txt": ""}, links: map[string]string{"n.txt": "m/x.txt"}, cli: plans},
		sourceCase{name: "twin: an editor's file", plan: live, files: map[string]string{".#main.tf": "resource {", "main.tf~": "resource {"}, cli: plans},
	))
}
