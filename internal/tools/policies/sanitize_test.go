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
var sections = []string{
	"action_invocations", "deferred_action_invocations", "deferred_changes", "configuration", "output_changes", "planned_values", "prior_state", "resource_changes", "resource_drift", "variables",
}

// secretiveLists are parts of plans by Terraform 1.14 with secrets in them.
var secretiveLists = func() map[string]any {
	action := object{
		"address": "action.safetyculture_revoke_service_user_token.x", "type": "safetyculture_revoke_service_user_token", "name": "s3cret-name-of-action",
		"provider_name": "registry.terraform.io/safetyculture-community/safetyculture", "config_values": object{"id": "s3cret-id", "note": "s3cret-note"},
		"lifecycle_action_trigger": object{"triggering_resource_address": "terraform_data.s3cret-trigger"},
	}
	other := object{"address": "action.other.x", "type": "other", "config_values": object{"body": "s3cret-body"}}
	return map[string]any{
		"action_invocations":          []any{action, other},
		"deferred_action_invocations": []any{object{"reason": "s3cret-reason", "action_invocation": action}},
		"deferred_changes": []any{object{"reason": "s3cret-reason", "resource_change": object{
			"address": prefix + "x", "mode": "managed", "type": "safetyculture_service_user_token", "change": object{"actions": []any{"create"}, "after": object{"name": "s3cret-deferred"}},
		}}},
	}
}()

// The filter leaves nothing of any secret, and the rules find the same without them.
func TestSanitize(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, 1)
	w.Env = append(w.Env, "TF_VAR_given=s3cret-given")
	w.write("m/main.tf", inSecretive)
	w.apply(fmt.Sprintf(secretive, "1"))
	w.revoke("s3cret-name-1") // drift, with the secret in it
	plan := w.plan(fmt.Sprintf(secretive, "2"), false)

	// What Terraform 1.11 does not write.
	document := w.fromJSON(string(plan))
	for _, list := range []string{"action_invocations", "deferred_action_invocations", "deferred_changes"} {
		document[list] = secretiveLists[list]
	}
	plan, err := json.Marshal(document)
	w.must(err)

	secrets := slices.Compact(slices.Sorted(slices.Values(regexp.MustCompile(`(scapi_|s3cret-)[A-Za-z0-9-]+`).FindAllString(string(plan), -1))))
	if !slices.Contains(secrets, w.em.Bearer()) || len(secrets) < 15 {
		t.Fatalf("only %d secrets in the plan", len(secrets))
	}
	var parts map[string]json.RawMessage
	w.must(json.Unmarshal(plan, &parts))
	for _, section := range sections {
		if !containsAny(parts[section], secrets) {
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
		"no_literal_api_token safetyculture.literal", "reviewable " + prefix + "x", "revoke_approved action.safetyculture_revoke_service_user_token.x", "rotation_in_place " + prefix + "b",
		"secret_goes_to output.bare", "secret_goes_to terraform_data.consumer",
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
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$`)
	allowed := map[string]*regexp.Regexp{
		"constant_value": regexp.MustCompile(`^\(removed\)$`), "default": regexp.MustCompile(`^\(removed\)$`),
		"references": regexp.MustCompile(`^[a-z_]+(\.\w+)*$`),
		"status":     regexp.MustCompile(`^(active|revoked|expired|superseded)$`), "on_revoked": regexp.MustCompile(`^(rotate|keep)$`),
		"on_expired": regexp.MustCompile(`^(rotate|keep)$`), "on_destroy": regexp.MustCompile(`^(delete|revoke)$`), "rotation_method": regexp.MustCompile(`^(replace|regenerate)$`),
		"actions": regexp.MustCompile(`^(no-op|create|update|delete|forget)$`), "mode": regexp.MustCompile(`^(managed|data)$`),
		"type": regexp.MustCompile(`^(safetyculture_(revoke_)?service_user_tokens?|terraform_data)$`),
		"id":   uuid, "permission_set_ids": uuid, "organization_id": regexp.MustCompile(`^role_[0-9a-f]{32}$`),
		"format_version": regexp.MustCompile(`^1\.\d+$`),
	}
	for _, name := range []string{"address", "previous_address", "module_address", "full_name", "provider_name", "provider_config_key", "name", "deposed", "deposed_key"} {
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
	case object:
		for name, element := range value {
			walk(element, name, visit)
		}
	}
}

// What is no plan is refused, so that a state or an empty file does not pass for a plan without changes.
func TestSanitize_refusesWhatIsNoPlan(t *testing.T) {
	t.Parallel()
	jq := jqProgram()
	for _, text := range []string{`{}`, `[]`, `"x"`, `{"format_version":"1.0","values":{}}`, `{"format_version":"1.2","configuration":{},"resource_changes":null}`} {
		if _, refused := filteredBy(t, []byte(text)); refused == nil || !strings.Contains(refused.Error(), "terraform show -json") {
			t.Errorf("gojq, %s: %v", text, refused)
		}
		if jq != "" {
			command := exec.CommandContext(t.Context(), jq, "-f", filter)
			command.Stdin = strings.NewReader(text)
			if out, refused := command.CombinedOutput(); refused == nil || !strings.Contains(string(out), "terraform show -json") {
				t.Errorf("jq, %s: %v %s", text, refused, out)
			}
		}
	}
}

// What the filter cannot read on, it refuses without a word of what is in it.
func TestSanitize_errorsHoldNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "scapi_s3cret"
	jq := jqProgram()
	if jq == "" {
		t.Log("NOT RUN: jq is not on PATH; gojq is asked, but for what is no JSON")
	}
	for _, part := range []string{
		`"resource_changes":["` + secret + `"]`, `"resource_changes":"` + secret + `"`, `"resource_changes":[{"type":"safetyculture_service_user_token","mode":"managed","address":"a","change":"` + secret + `"}]`,
		`"prior_state":"` + secret + `"`, `"prior_state":{"values":{"root_module":{"resources":["` + secret + `"]}}}`,
		`"action_invocations":["` + secret + `"]`, `"deferred_changes":["` + secret + `"]`, `"configuration":{"provider_config":{"x":"` + secret + `"}}`,
		`"configuration":{"provider_config":{"x":{"expressions":{"api_token":{"references":"` + secret + `"}}}}}`, `"configuration":{"root_module":{"module_calls":["` + secret + `"]}}`,
		`"configuration":{"root_module":"` + secret + `"}`, `"configuration":{"root_module":` + secret, `"` + secret, `"configuration":{"root_module":{"resources":"` + secret + `"}}`,
	} {
		text := `{"format_version":"1.2","configuration":{},` + part + `}`
		if json.Valid([]byte(text)) {
			if out, refused := filteredBy(t, []byte(text)); refused == nil || strings.Contains(refused.Error(), secret) {
				t.Errorf("gojq, %s: %v\n%s", text, refused, out)
			}
		}
		if jq != "" {
			command := exec.CommandContext(t.Context(), jq, "-f", filter)
			command.Stdin = strings.NewReader(text)
			if out, refused := command.CombinedOutput(); refused == nil || strings.Contains(string(out), secret) || len(out) == 0 {
				t.Errorf("jq, %s: %v\n%s", text, refused, out)
			}
		}
	}
}

// Ids stay, in either form; the secret of a token, which looks like the second one, does not.
func TestSanitize_ids(t *testing.T) {
	t.Parallel()
	const role = "role_0123456789abcdef0123456789abcdef"
	secret := "scapi_" + strings.Repeat("0123456789abcdef", 4)
	plan := fmt.Sprintf(`{"format_version": "1.2", "configuration": {}, "resource_changes": [{
		"address": "%[1]sa", "mode": "managed", "type": "safetyculture_service_user_token",
		"change": {"actions": ["create"], "after": {"permission_set_ids": [%[2]q, %[3]q, %[4]q, %[5]q]}}
	}]}`, prefix, role, nobody, secret, role+"\n")
	if got := string(sanitized(t, []byte(plan))); !strings.Contains(got, role) || !strings.Contains(got, nobody) || strings.Contains(got, "scapi_") || strings.Contains(got, role+`\n`) {
		t.Errorf("filtered: %s", got)
	}
}
