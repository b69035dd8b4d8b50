package policies

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// secretive is a configuration with a secret wherever a plan can hold one.
const secretive = `variable "plain" { default = "s3cret-default" }
variable "credential" {
  sensitive = true
}
variable "given" {
  sensitive = true
}
locals {
  credential = "BEARER"
}
provider "safetyculture" {}
provider "safetyculture" {
  alias     = "literal"
  api_token = "BEARER"
}
provider "safetyculture" {
  alias     = "variable"
  api_token = var.credential
}
module "m" {
  source   = "./m"
  password = "s3cret-argument"
}
resource "safetyculture_service_user_token" "a" {
  name               = "a"
  permission_set_ids = var.sets
  rotation_triggers  = { "s3cret-trigger-key" = "s3cret-trigger-value-%[1]s" }
  lifecycle {
    create_before_destroy = true
  }
}
resource "safetyculture_service_user_token" "b" {
  name               = "b"
  permission_set_ids = var.sets
  rotation_method    = "regenerate"
  rotation_triggers  = { a = sha256("%[1]s") }
}
resource "safetyculture_service_user_token" "kept" {
  name               = "s3cret-name-%[1]s"
  permission_set_ids = var.sets
  rotate_after_days  = 30
}
resource "terraform_data" "consumer" {
  input            = { token = safetyculture_service_user_token.a.token, kept = safetyculture_service_user_token.kept.token }
  triggers_replace = ["s3cret-constant-%[1]s", nonsensitive(safetyculture_service_user_token.b.token)]
}
data "safetyculture_service_user_tokens" "all" {
  name_regex = "s3cret-regex"
}
output "token" {
  value     = safetyculture_service_user_token.kept.token
  sensitive = true
}
output "bare" {
  value = "s3cret-output-%[1]s ${nonsensitive(safetyculture_service_user_token.kept.token)} ${nonsensitive(var.given)}"
}
`

// inSecretive is the module that it calls.
const inSecretive = `variable "password" { sensitive = true }
resource "terraform_data" "consumer" {
  input = var.password
}
`

// sections are the top-level parts of a plan in JSON that hold secrets, as measured with Terraform 1.11.
var sections = []string{"configuration", "output_changes", "planned_values", "prior_state", "resource_changes", "resource_drift", "variables"}

// The filter leaves nothing of any secret, and the rules find the same without them.
func TestSanitize(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, 1)
	w.environment = append(w.environment, "TF_VAR_given=s3cret-given")
	w.write("m/main.tf", inSecretive)
	w.apply(fmt.Sprintf(secretive, "1"))
	w.revoke("s3cret-name-1") // drift, with the secret in it
	plan := w.plan(fmt.Sprintf(secretive, "2"), false)

	secrets := slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`(scapi_|s3cret-)[A-Za-z0-9-]+`).FindAllString(string(plan), -1))))
	if !slices.Contains(secrets, w.bearer) || len(secrets) < 15 {
		t.Fatalf("only %d secrets in the plan", len(secrets))
	}
	var document map[string]json.RawMessage
	w.must(json.Unmarshal(plan, &document))
	for _, section := range sections {
		if !containsAny(document[section], secrets) {
			t.Errorf("%s holds no secret: this test tests nothing there", section)
		}
	}

	filtered := sanitized(t, plan)
	for _, secret := range secrets {
		if bytes.Contains(filtered, []byte(secret)) {
			t.Errorf("%.12s… is in the filtered plan", secret)
		}
	}
	onlyKnownWords(t, filtered)
	t.Logf("%d secrets in %d bytes of plan, none in %d bytes after the filter", len(secrets), len(plan), len(filtered))

	found := review(t, plan, nil)
	want := []string{
		"create_before_destroy " + prefix + "kept",
		"new_secret_approved " + prefix + "a", "new_secret_approved " + prefix + "b", "new_secret_approved " + prefix + "kept",
		"no_literal_api_token safetyculture.literal",
	}
	if !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	if after := review(t, filtered, nil); !slices.Equal(after, found) {
		t.Errorf("without the filter: %v, with it: %v", found, after)
	}
	for _, msg := range messages(t, plan) {
		if containsAny([]byte(msg), secrets) {
			t.Errorf("a message holds a secret")
		}
	}
}

func containsAny(text []byte, words []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return bytes.Contains(text, []byte(word)) })
}

// onlyKnownWords: every string of a filtered plan is of a kind that is known to be no secret.
func onlyKnownWords(t *testing.T, filtered []byte) {
	t.Helper()
	var document any
	if err := json.Unmarshal(filtered, &document); err != nil {
		t.Fatal(err)
	}
	allowed := map[string]*regexp.Regexp{
		"constant_value": regexp.MustCompile(`^\(removed\)$`), "default": regexp.MustCompile(`^\(removed\)$`),
		"references": regexp.MustCompile(`^(var\.\w+|ephemeral\.safetyculture_service_user_token\.\w+|[a-z_]+\.)$`),
		"status":     regexp.MustCompile(`^(active|revoked|expired|superseded)$`), "on_revoked": regexp.MustCompile(`^(rotate|keep)$`),
		"actions": regexp.MustCompile(`^(no-op|create|update|delete|forget)$`), "mode": regexp.MustCompile(`^(managed|data)$`),
		"type":           regexp.MustCompile(`^safetyculture_service_user_tokens?$`),
		"format_version": regexp.MustCompile(`^1\.\d+$`),
	}
	for _, name := range []string{"address", "previous_address", "module_address", "full_name", "deposed", "deposed_key"} {
		allowed[name] = regexp.MustCompile(`^[\w.:/\[\]"-]+$`)
	}
	walk(document, "", func(key, text string) {
		if allowed[key] == nil || !allowed[key].MatchString(text) {
			t.Errorf("%s: %q is not expected in a filtered plan", key, text)
		}
	})
}

// walk calls visit with every string and the key that it is under.
func walk(value any, key string, visit func(key, text string)) {
	switch value := value.(type) {
	case string:
		visit(key, value)
	case []any:
		for _, element := range value {
			walk(element, key, visit)
		}
	case map[string]any:
		for name, element := range value {
			walk(element, name, visit)
		}
	}
}

// What is no plan is refused, so that a state or an empty file does not pass for a plan without changes.
func TestSanitize_refusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	jq, err := exec.LookPath("jq")
	for _, text := range []string{`{}`, `[]`, `"x"`, `{"format_version":"1.0","values":{}}`, `{"format_version":"1.2","configuration":{},"resource_changes":null}`} {
		if _, refused := filteredBy(t, []byte(text)); refused == nil || !strings.Contains(refused.Error(), "terraform show -json") {
			t.Errorf("gojq, %s: %v", text, refused)
		}
		if err == nil {
			command := exec.CommandContext(t.Context(), jq, "-f", filter)
			command.Stdin = strings.NewReader(text)
			if out, refused := command.CombinedOutput(); refused == nil || !strings.Contains(string(out), "terraform show -json") {
				t.Errorf("jq, %s: %v %s", text, refused, out)
			}
		}
	}
}
