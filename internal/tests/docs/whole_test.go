package docs_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// A block that is meant to be pasted, and cannot be, is found.
func TestAccDocs_blocksThatAreNotWhole(t *testing.T) {
	t.Parallel()
	validator := acctest.WorkspaceIn(acctest.New(t))
	validator.Serve()
	const (
		token  = "resource \"safetyculture_service_user_token\" \"a\" {\n  name = \"a\"\n  all_permissions = true\n}\n"
		secret = "resource \"github_actions_secret\" \"a\" {\n  repository = \"r\"\n  secret_name = \"n\"\n  value = \"v\"\n}\n"
	)
	settings := func(more string) string {
		return "terraform {\n  required_providers {\n    safetyculture = { source = \"safetyculture-community/safetyculture\" }\n" + more + "  }\n}\n"
	}
	github := func(source, version string) string {
		return settings("github = { source = \"" + source + "\", version = \"" + version + "\" }\n")
	}
	for name, c := range map[string]struct{ text, want string }{
		"sound":                           {settings("") + token, ""},
		"sound, with others":              {github("integrations/github", ">= 6.12") + token + secret, ""},
		"no terraform block":              {token, "required_providers does not name"},
		"a variable that is not declared": {settings("") + strings.Replace(token, "\"a\"\n", "var.a\n", 1), "undeclared"},
		"others: not named":               {settings("") + secret, "names the source"},
		"others: hashicorp's by default":  {github("hashicorp/github", ">= 6.12") + secret, "names the source"},
		"others: too old":                 {github("integrations/github", ">= 6.11") + secret, "is there since version 6.12"},
		"others: any version":             {settings("github = { source = \"integrations/github\" }\n") + secret, "is there since version 6.12"},
	} {
		f, err := readFragment(c.text)
		if err != nil {
			t.Fatal(err)
		}
		f.whole = true
		if problem, _ := check(validator, f); (problem == "") != (c.want == "") || !strings.Contains(problem, c.want) {
			t.Errorf("%s: %q, want %q", name, problem, c.want)
		}
	}
}

// The backends of examples, for which the tests that apply them put a local one, have arguments that init accepts.
func TestAccDocs_backendsOfExamples(t *testing.T) {
	t.Parallel()
	validator := acctest.WorkspaceIn(acctest.New(t))
	validator.Serve()
	backends := 0
	for _, text := range exampleFiles(t) {
		if !strings.Contains(text, "  backend \"") {
			continue
		}
		backends++
		// What the workflow of many organizations adds.
		text = strings.Replace(text, "    region ", "    key = \"k\"\n    region ", 1-strings.Count(text, "    key "))
		f, err := readFragment(text)
		if err != nil {
			t.Fatal(err)
		}
		problem, unknown := initSettings(validator, f)
		if problem != "" {
			t.Errorf("%s\nin\n%s", problem, text)
		}
		t.Logf("a backend of %s; %s", f.backend, unknown)
	}
	if backends < 2 {
		t.Errorf("only %d examples have a backend", backends)
	}
}
