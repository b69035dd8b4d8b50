package docs_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// Every Terraform block of every page is formatted and valid. Which ones are checked how:
//
//   - a block that is an example's file is applied by TestAccExamples, or run by TestAccExample_terraformTest (.tftest.hcl),
//     if this CLI can do what the example needs;
//   - any other is validated by the CLI. A block in the language terraform is whole: it can be pasted into an empty folder, so
//     nothing is added. A block in the language hcl is a fragment: the test adds the provider, variables, and tokens of another
//     part of the configuration;
//   - a resource of another provider, which no test may fetch, has its arguments compared with a list. A built-in resource
//     replaces it, so that the CLI checks the expressions and conditions;
//   - a backend, and OpenTofu's encryption, are checked by init, as far as it gets without credentials;
//   - syntax that this CLI does not know, because it is too old or the other one, is only parsed. CI runs all CLIs.
func TestAccDocs_terraformBlocks(t *testing.T) {
	t.Parallel()
	examples := exampleFiles(t)
	validator := acctest.WorkspaceIn(acctest.New(t))
	validator.Serve()
	var applied, validated, others, parsed int
	for _, p := range pages(t) {
		for _, block := range p.blocks {
			if block.language != "terraform" && block.language != "hcl" {
				continue
			}
			where := fmt.Sprintf("%s:%d", block.page, block.line)
			if slices.Contains(examples, strings.TrimSpace(block.text)) {
				applied++
				continue
			}
			if string(hclwrite.Format([]byte(block.text))) != block.text {
				t.Errorf("%s is not formatted as terraform fmt does", where)
			}
			f, err := readFragment(block.text)
			if err != nil {
				t.Errorf("%s: %v", where, err)
				continue
			}
			f.whole = block.language == "terraform" && !f.query // a query is a file beside a configuration
			problem, unknown := check(validator, f)
			if problem != "" {
				t.Errorf("%s: %s\nchecked was:\n%s", where, problem, f.source())
			}
			if unknown != "" {
				parsed++
				t.Logf("%s: only parsed: %s", where, unknown)
				continue
			}
			validated++
			others += len(f.others)
		}
	}
	t.Logf("%d blocks checked: %d are applied as examples, %d validated here, with %d resources of other providers; %d were only parsed, at least in part",
		applied+validated+parsed, applied, validated, others, parsed)
	if applied == 0 || validated == 0 {
		t.Error("blocks of one kind are not found")
	}
}

// exampleFiles are the texts of the files that tests of the examples use, on this CLI.
func exampleFiles(t *testing.T) []string {
	t.Helper()
	var texts []string
	err := filepath.WalkDir(acctest.ExamplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".tf" && filepath.Ext(path) != ".hcl" {
			return err
		}
		folder, err := filepath.Rel(acctest.ExamplesDir, filepath.Dir(path))
		if err != nil {
			return err
		}
		if needs, ok := acctest.NewerExamples[filepath.ToSlash(folder)]; ok && needs.LackedBy(acctest.UsedCLI(t)) != "" {
			return nil
		}
		text, err := os.ReadFile(path)
		texts = append(texts, strings.TrimSpace(string(text)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// An example that this CLI cannot run does not count as run.
func TestAccDocs_newerExamplesCountWhereTheyRun(t *testing.T) {
	t.Parallel()
	counted := exampleFiles(t)
	for folder, needs := range acctest.NewerExamples {
		files, err := filepath.Glob(filepath.Join(acctest.ExamplesDir, filepath.FromSlash(folder), "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", folder, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		runs := needs.LackedBy(acctest.UsedCLI(t)) == ""
		if counts := slices.Contains(counted, strings.TrimSpace(string(text))); counts != runs {
			t.Errorf("%s: counts %t, runs %t", folder, counts, runs)
		}
	}
}

// check returns what is wrong with a fragment, and which part of it this CLI does not know.
func check(w *acctest.Workspace, f *fragment) (problem, unknown string) {
	w.T.Helper()
	if problem := f.unguarded(); problem != "" {
		return problem, ""
	}
	if problem := f.notRequired(); f.whole && problem != "" {
		return problem, ""
	}
	if lack := f.needs.LackedBy(acctest.UsedCLI(w.T)); lack != "" {
		return "", "it " + lack
	}
	if problem := validate(w, f); problem != "" {
		return problem, ""
	}
	return initSettings(w, f)
}

// validate returns the CLI's errors for a fragment.
func validate(w *acctest.Workspace, f *fragment) string {
	w.T.Helper()
	at := elsewhere(w)
	args := []string{"validate", "-no-color"}
	if f.query {
		at.Write("main.tfquery.hcl", f.text)
		at.Write("main.tf", f.missing())
		args = append(args, "-query")
	} else {
		at.Write("main.tf", f.source())
	}
	if code, _ := at.RunCLI(args...); code != 0 {
		return at.Output.String()
	}
	return ""
}

// elsewhere is the same workspace in an empty folder.
func elsewhere(w *acctest.Workspace) *acctest.Workspace {
	w.T.Helper()
	at := *w
	at.Dir = w.T.TempDir()
	at.Output = bytes.Buffer{}
	at.Variables = slices.Clone(w.Variables)
	at.Write("cli.tfrc", "")
	return &at
}

// optionalBackends are modules of their own in Terraform's source, so a Terraform that was built from its Go module lacks
// them.
var optionalBackends = []string{"azurerm", "consul", "cos", "gcs", "kubernetes", "oci", "oss", "pg", "s3"}

// initSettings returns init's errors for a fragment's backend and encryption, which validate does not check, and which of them
// this CLI does not know. Without credentials, init ends after it has checked the arguments of a backend, before any call.
func initSettings(w *acctest.Workspace, f *fragment) (problem, unknown string) {
	w.T.Helper()
	if f.encryption && !acctest.UsedCLI(w.T).Tofu {
		return "", "OpenTofu's encryption"
	}
	if len(f.settings) == 0 {
		return "", ""
	}
	at := elsewhere(w)
	at.Write("main.tf", "terraform {\n"+strings.Join(f.settings, "\n")+"\n}\n")
	for address := range f.declared {
		if name, is := strings.CutPrefix(address, "var."); is {
			at.Write(name+".tf", fmt.Sprintf("variable %q {\n  default = \"a passphrase of the test\"\n}\n", name))
		}
	}
	at.Variables = append(at.Variables, "AWS_EC2_METADATA_DISABLED=true", "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull, "AWS_CONFIG_FILE="+os.DevNull,
		"AWS_PROFILE=", "AWS_ACCESS_KEY_ID=", "AWS_SECRET_ACCESS_KEY=", "AWS_WEB_IDENTITY_TOKEN_FILE=", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=", "AWS_CONTAINER_CREDENTIALS_FULL_URI=")
	code, _ := at.RunCLI("init", "-input=false", "-no-color")
	said := at.Output.String()
	switch {
	case code == 0, strings.Contains(said, "No valid credential sources found"):
		return "", ""
	case strings.Contains(said, "Unsupported backend type") && slices.Contains(optionalBackends, f.backend):
		return "", "this Terraform was built without the backend " + f.backend
	}
	return said, ""
}

// Each kind of broken block is found.
func TestAccDocs_brokenBlocksAreFound(t *testing.T) {
	t.Parallel()
	validator := acctest.WorkspaceIn(acctest.New(t))
	validator.Serve()
	const token = "safetyculture_service_user_token.a.token"
	vault := func(arguments, rest string) string {
		return "resource \"vault_kv_secret_v2\" \"a\" {\n  mount = \"m\"\n  name = \"n\"\n" + arguments + "\n" + rest + "\n}\n"
	}
	guard := func(condition string) string {
		return "lifecycle {\n  precondition {\n    condition = " + condition + "\n    error_message = \"e\"\n  }\n}"
	}
	encryption := func(keys string) string {
		return "terraform {\n  encryption {\n    key_provider \"pbkdf2\" \"p\" {\n      passphrase = var.p\n    }\n    method \"aes_gcm\" \"m\" {\n      " + keys +
			"\n    }\n    state {\n      method = method.aes_gcm.m\n    }\n  }\n}\nvariable \"p\" {}"
	}
	s3 := func(argument string) string {
		return "terraform {\n  backend \"s3\" {\n    bucket = \"b\"\n    key = \"k\"\n    region = \"eu-central-1\"\n    " + argument + "\n  }\n}"
	}
	sound := map[string]string{
		"guarded":                 vault("data_json_wo = jsonencode({ t = "+token+" })\ndata_json_wo_version = 1", guard(token+" != null")),
		"guarded among others":    vault("data_json = "+token, guard("("+token+" != null) && true")),
		"a local value, guarded":  "locals {\n  t = " + token + "\n}\n" + vault("data_json = local.t", guard("local.t != null")),
		"another resource's id":   "resource \"aws_secretsmanager_secret\" \"a\" {\n  name = \"n\"\n}\nresource \"aws_secretsmanager_secret_version\" \"a\" {\n  secret_id = aws_secretsmanager_secret.a.id\n}",
		"a backend":               s3("encrypt = true"),
		"encryption":              encryption("keys = key_provider.pbkdf2.p"),
		"a secret of two, in one": vault("for_each = toset([\"a\"])\ndata_json = "+token+"\ncas = each.value", guard(token+" != null")),
	}
	broken := map[string]string{
		"unparsable":                        "resource {",
		"an argument outside any block":     "name = 1",
		"unknown argument":                  "resource \"safetyculture_service_user_token\" \"a\" {\n  name = \"a\"\n  all_permissions = true\n  nme = \"a\"\n}",
		"wrong type":                        "resource \"safetyculture_service_user_token\" \"a\" {\n  name = \"a\"\n  all_permissions = true\n  rotate_after_days = \"soon\"\n}",
		"unknown type":                      "resource \"safetyculture_token\" \"a\" {\n}",
		"undeclared module":                 "output \"a\" {\n  value = module.a.current\n}",
		"an argument of the data block":     "data \"safetyculture_service_user_tokens\" \"a\" {\n  status = \"active\"\n}",
		"others: unknown attribute of ours": vault("data_json = safetyculture_service_user_token.a.secret", ""),
		"others: unknown function":          vault("data_json = jsonencoded(1)", ""),
		"others: unknown argument":          vault("data_jsno_wo = \"x\"", ""),
		"others: missing argument":          "resource \"vault_kv_secret_v2\" \"a\" {\n  mount = \"m\"\n}",
		"others: unknown block":             vault("", "metadata {\n}"),
		"others: unknown type":              "resource \"vault_secret\" \"a\" {\n}",
		"others: undeclared resource":       "resource \"aws_secretsmanager_secret_version\" \"a\" {\n  secret_id = aws_secretsmanager_secret.a.id\n}",
		"others: condition of a wrong type": vault("", guard("\"yes\"")),
		"others: condition of nothing":      vault("", guard("safetyculture_service_user_token.a.tokn != null")),
		"not guarded":                       vault("data_json = "+token, ""),
		"guarded elsewhere":                 vault("data_json = "+token, "") + "resource \"terraform_data\" \"b\" {\n" + guard(token+" != null") + "\n}",
		"guarded in text only":              vault("data_json = "+token+" # "+token+" != null", ""),
		"guarded by one of two conditions":  vault("data_json = "+token, guard(token+" != null || true")),
		"another secret guarded":            vault("data_json = "+token, guard("safetyculture_service_user_token.b.token != null")),
		"not guarded, by a local value":     "locals {\n  t = { x = " + token + " }\n}\n" + vault("data_json = jsonencode(local.t)", ""),
		"not guarded, of a module":          "module \"a\" {\n  source = \"./a\"\n}\n" + vault("data_json = module.a.current", ""),
		"a backend's unknown argument":      s3("encrypted = true"),
		"a backend's wrong type":            s3("encrypt = \"maybe\""),
		"a backend's missing argument":      "terraform {\n  backend \"s3\" {\n    key = \"k\"\n  }\n}",
		"an unknown backend":                "terraform {\n  backend \"s4\" {\n  }\n}",
		"encryption: unknown argument":      encryption("kyes = key_provider.pbkdf2.p"),
		"encryption: nothing by that name":  encryption("keys = key_provider.pbkdf2.q"),
	}
	found, unknown := 0, 0
	check := func(text string) (string, string) {
		f, err := readFragment(text)
		if err != nil {
			return err.Error(), ""
		}
		return check(validator, f)
	}
	for name, text := range sound {
		if problem, _ := check(text); problem != "" {
			t.Errorf("%s: %s\nin\n%s", name, problem, text)
		}
	}
	for name, text := range broken {
		switch problem, lacks := check(text); {
		case lacks != "":
			unknown++
			t.Logf("%s: %s", name, lacks)
		case problem == "":
			t.Errorf("%s: not found in\n%s", name, text)
		default:
			found++
		}
	}
	t.Logf("%d of %d broken blocks were found; of %d this CLI does not know the broken part", found, len(broken), unknown)
}
