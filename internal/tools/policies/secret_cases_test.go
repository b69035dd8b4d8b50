package policies

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// inModule is a module with a token for each key, and these settings.
func inModule(settings string) string {
	return fmt.Sprintf(`terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}
variable "sets" { type = set(string) }
variable "days" { default = 45 }
variable "keys" { default = ["x"] }
variable "trigger" { default = "1" }
resource "safetyculture_service_user_token" "this" {
  for_each           = toset(var.keys)
  name               = each.key
  permission_set_ids = var.sets
  rotation_triggers  = { a = var.trigger }
  %s
  lifecycle {
    create_before_destroy = true
  }
}
`, settings)
}

// callModule is an instance of that module, with a key that has a dot in it.
func callModule(arguments string) string {
	return fmt.Sprintf("module \"m\" {\n  source   = \"./m\"\n  for_each = toset([\"eu.1\"])\n  sets     = var.sets\n  %s\n}\n", arguments)
}

// twoSlotModule is the shipped module.
func twoSlotModule() map[string]string {
	text := ""
	for _, name := range []string{"main.tf", "outputs.tf", "variables.tf", "versions.tf"} {
		content, err := os.ReadFile(filepath.Join(repository, "examples", "modules", "two-slot", name))
		if err != nil {
			panic(err)
		}
		text += string(content)
	}
	return map[string]string{"two-slot": text}
}

func secretCases() []planCase {
	const instance = `module.m["eu.1"].safetyculture_service_user_token.this`
	module := map[string]string{"m": inModule("")}
	regenerated := func(trigger string) string {
		return token("a", "rotation_method = \"regenerate\"\n  "+triggered(trigger))
	}
	imported := "import {\n  to = " + prefix + "a\n  id = \"name:integration-0001\"\n}\n"
	created := []string{"new_secret_approved " + prefix + "a"}
	inPlace := object{"rotation_in_place": []any{prefix + "a"}}
	return []planCase{
		{rule: "new_secret_approved", name: "create, approved", plan: good("a"), data: approve("create", prefix+"a")},
		{rule: "new_secret_approved", name: "create", plan: good("a"), want: created},
		{rule: "new_secret_approved", name: "create, approved for something else", plan: good("a"), data: approve("destroy", prefix+"a"), want: created},
		{rule: "new_secret_approved", name: "create, approval expired", plan: good("a"), data: approvals("security@example.com", "2026-01-01T00:00:00Z", "create", prefix+"a"), want: created},
		{rule: "new_secret_approved", name: "create, approved by nobody", plan: good("a"), data: approvals(" ", "2200-01-01T00:00:00Z", "create", prefix+"a"), want: created},
		{rule: "new_secret_approved", name: "create, approved without an end", plan: good("a"), data: approvals("security@example.com", "", "create", prefix+"a"), want: created},
		{
			rule: "new_secret_approved", name: "create, approved by the author of the plan",
			plan: good("a") + `variable "approvals" {
  default = [{ address = "` + prefix + `a", operations = ["create"], approved_by = "me", expires = "2200-01-01T00:00:00Z" }]
}
output "approvals" { value = var.approvals }
`, want: created,
		},
		{
			rule: "new_secret_approved", name: "one instance of two approved", modules: module,
			plan: callModule(`keys = ["x", "y"]`), data: approve("create", instance+`["x"]`),
			want: []string{"new_secret_approved " + instance + `["y"]`},
		},
		{
			rule: "new_secret_approved", name: "replace in a module, approved", modules: module,
			before: callModule(`trigger = "1"`), plan: callModule(`trigger = "2"`), data: approve("replace", instance+`["x"]`),
		},
		{
			rule: "new_secret_approved", name: "replace, approved as create", before: token("a", triggered("1")+createFirst), plan: token("a", triggered("2")+createFirst),
			data: approve("create", prefix+"a"), want: created,
		},
		{
			rule: "new_secret_approved", name: "replace of a token that was revoked outside", before: token("a", rotates+createFirst), outside: func(w *workspace) { w.revoke("a") },
			plan: token("a", rotates+createFirst), want: created,
		},
		{rule: "new_secret_approved", name: "regenerate in place, approved", before: regenerated("1"), plan: regenerated("2"), data: with(approve("regenerate", prefix+"a"), "exceptions", inPlace)},
		{rule: "new_secret_approved", name: "regenerate in place", before: regenerated("1"), plan: regenerated("2"), data: object{"exceptions": inPlace}, want: created},
		{rule: "new_secret_approved", name: "rename", before: good("a"), plan: token("a", rotates+"\n  on_destroy = \"revoke\"\n  inactivity_expiry_days = 31")},
		{rule: "new_secret_approved", name: "no change", before: good("a"), plan: good("a")},
		{rule: "new_secret_approved", name: "import with an edit", foreign: 1, plan: good("a") + imported},
		{rule: "new_secret_approved", name: "move", before: good("a"), plan: good("b") + "moved {\n  from = " + prefix + "a\n  to = " + prefix + "b\n}\n"},
		{
			rule: "new_secret_approved", name: "an alias of the provider", before: "",
			plan: "provider \"safetyculture\" {\n  alias = \"other\"\n}\n" + token("a", rotates+"\n  provider = safetyculture.other"), want: created,
		},
	}
}

func destroyCases() []planCase {
	module := map[string]string{"m": inModule("")}
	removed := "removed {\n  from = " + prefix + "a\n  lifecycle {\n    destroy = false\n  }\n}\n"
	return []planCase{
		{rule: "destroy_approved", name: "approved", before: good("a"), plan: "", data: approve("destroy", prefix+"a")},
		{rule: "destroy_approved", name: "not approved", before: good("a"), plan: "", want: []string{"destroy_approved " + prefix + "a"}},
		{rule: "destroy_approved", name: "by terraform destroy", before: good("a"), plan: good("a"), args: []string{"-destroy"}, want: []string{"destroy_approved " + prefix + "a"}},
		{
			rule: "destroy_approved", name: "one instance of a module", modules: module,
			before: callModule(`keys = ["x", "y"]`), plan: callModule(`keys = ["x"]`),
			want: []string{`destroy_approved module.m["eu.1"].safetyculture_service_user_token.this["y"]`},
		},
		{
			rule: "destroy_approved", name: "of a revoked token", before: token("a", rotates+"\n  on_revoked = \"keep\""),
			outside: func(w *workspace) { w.revoke("a") }, plan: "",
		},
		{
			rule: "destroy_approved", name: "of a token that was active again, unknown to the state",
			before: token("a", rotates+"\n  on_revoked = \"keep\""),
			outside: func(w *workspace) {
				w.revoke("a")
				w.runCLI("apply", "-auto-approve") // now the state says "revoked"
				_, err := w.em.RegenerateToken(w.tokenID("a"))
				w.must(err)
			}, plan: "", want: []string{"destroy_approved " + prefix + "a"},
		},
		{
			rule: "destroy_approved", name: "of what the plan does not describe", want: []string{"destroy_approved " + prefix + "x"},
			edit: changed(`{"address": "` + prefix + `x", "mode": "managed", "type": "safetyculture_service_user_token",
				"provider_name": "registry.terraform.io/safetyculture-community/safetyculture", "change": {"actions": ["delete"], "before": "s3cret"}}`),
		},
		{rule: "destroy_approved", name: "by terraform destroy, of a token that is forgotten instead", needs: "forget", before: good("b") + forgotten("1"), plan: good("b") + forgotten("1"), args: []string{"-destroy"}, want: []string{"destroy_approved " + prefix + "b"}},
		{rule: "new_secret_approved", name: "rotated, with destroy = false", needs: "forget", before: forgotten("1"), plan: forgotten("2"), want: []string{"new_secret_approved " + prefix + "a"}},
		{rule: "new_secret_approved", name: "rotated, with destroy = false, approved", needs: "forget", before: forgotten("1"), plan: forgotten("2"), data: object{"approvals": slices.Concat(approve("replace", prefix+"a")["approvals"].([]any), approve("create", prefix+"a")["approvals"].([]any))}},
		{
			rule: "keep_when_revoked", name: "forgotten by terraform destroy", needs: "forget", before: forgotten("1"), plan: forgotten("1"), args: []string{"-destroy"},
			data: object{"keep_when_revoked": []any{prefix + "a"}}, want: []string{"keep_when_revoked " + prefix + "a"},
		},
		{rule: "destroy_approved", name: "forgotten", before: good("a"), plan: removed},
		{
			rule: "destroy_approved", name: "deposed by a replacement that failed half way, beside a successor that was revoked",
			before: halfReplaced("1"), outside: replaceHalf, plan: halfReplaced("2"), want: []string{"destroy_approved " + prefix + "a"},
		},
		{
			rule: "destroy_approved", name: "deposed, approved", before: halfReplaced("1"), outside: replaceHalf, plan: halfReplaced("2"),
			data: approve("destroy", prefix+"a"),
		},
		{
			rule: "destroy_approved", name: "an attribute that looks like a state in which the token is revoked", before: good("a") + lookalike, plan: lookalike,
			want: []string{"destroy_approved " + prefix + "a"},
		},
	}
}

// forgotten is a token that lifecycle.destroy = false forgets: OpenTofu plans its rotation as a create, Terraform as a replacement.
func forgotten(trigger string) string {
	return token("a", triggered(trigger)+"\n  on_revoked = \"keep\"\n  lifecycle {\n    create_before_destroy = true\n    destroy = false\n  }")
}

func halfReplaced(trigger string) string {
	return token("a", triggered(trigger)+"\n  on_revoked = \"keep\""+createFirst)
}

// replaceHalf leaves the old token deposed and active, and revokes the new one.
func replaceHalf(w *workspace) {
	w.applyInPart(halfReplaced("2"))
	w.revoke("a")
}

// lookalike is a resource whose value has the form of a state.
const lookalike = `resource "terraform_data" "lookalike" {
  input = {
    resources = [{
      address = "safetyculture_service_user_token.a"
      mode    = "managed"
      type    = "safetyculture_service_user_token"
      values  = { status = "revoked" }
    }]
  }
}
`

// approvalCases are about how long an approval lasts, and what it may be bound to.
func approvalCases() []planCase {
	created, replaced := []string{"new_secret_approved " + prefix + "a"}, token("a", triggered("2")+createFirst)
	elsewhere := strings.Replace(token("b", triggered("1")+createFirst), `name = "b"`, `name = "a"`, 1)
	toA := "moved {\n  from = " + prefix + "b\n  to = " + prefix + "a\n}\n"
	capped := func(expires string) object {
		return with(approvals("security@example.com", expires, "create", prefix+"a"), "limits", limits(object{"max_approval_days": json.Number("30")}))
	}
	bound := func(operation, name string, value any) object {
		data := approve(operation, prefix+"a")
		data["approvals"].([]any)[0].(object)[name] = value
		return data
	}
	return []planCase{
		{rule: "new_secret_approved", name: "approved for a week", plan: good("a"), data: capped(time.Now().AddDate(0, 0, 7).Format(time.RFC3339))},
		{rule: "new_secret_approved", name: "approved for longer than approvals may last", plan: good("a"), data: capped(time.Now().AddDate(0, 0, 31).Format(time.RFC3339)), want: created},
		{rule: "new_secret_approved", name: "approved for these permission sets", plan: good("a"), data: bound("create", "permission_set_ids", []any{permissionSet})},
		{rule: "new_secret_approved", name: "approved for other permission sets", plan: good("a"), data: bound("create", "permission_set_ids", []any{nobody}), want: created},
		{rule: "new_secret_approved", name: "approved for these permission sets and another", plan: good("a"), data: bound("create", "permission_set_ids", []any{permissionSet, nobody}), want: created},
		{
			rule: "new_secret_approved", name: "approved for permission sets that are not known yet",
			plan: `resource "terraform_data" "x" {}` + "\n" + token("a", rotates+"\n  permission_set_ids = setunion(var.sets, [terraform_data.x.id])"),
			data: bound("create", "permission_set_ids", []any{permissionSet}), want: created,
		},
		{rule: "new_secret_approved", name: "replaced, approved for this token", before: token("a", triggered("1")+createFirst), plan: replaced, data: bound("replace", "token_id", tokenA)},
		{rule: "new_secret_approved", name: "replaced, approved for another token", before: token("a", triggered("1")+createFirst), plan: replaced, data: bound("replace", "token_id", nobody), want: created},
		// A move or an import brings another token to the address that an approval is for.
		{
			rule: "new_secret_approved", name: "replaced, moved to the approved address", before: elsewhere, plan: replaced + toA,
			data: approve("replace", prefix+"a"), want: created,
		},
		{rule: "new_secret_approved", name: "replaced, moved to the approved address, approved for this token", before: elsewhere, plan: replaced + toA, data: bound("replace", "token_id", tokenA)},
		{
			rule: "new_secret_approved", name: "replaced, imported to the approved address", foreign: 1, args: []string{"-replace=" + prefix + "a"},
			plan: token("a", rotates+createFirst) + "import {\n  to = " + prefix + "a\n  id = \"name:integration-0001\"\n}\n",
			data: approve("replace", prefix+"a"), want: created,
		},
		{rule: "reviewable", name: "an approval with an empty binding", plan: good("a"), data: bound("create", "permission_set_ids", nil), want: []string{"reviewable data"}},
		{
			rule: "reviewable", name: "an approval with one operation that is not a list", plan: good("a"), data: bound("create", "operations", "create"),
			want: append([]string{"reviewable data"}, created...),
		},
		{rule: "destroy_approved", name: "approved for this token", before: good("a"), plan: "", data: bound("destroy", "token_id", tokenA)},
		{rule: "destroy_approved", name: "approved for another token", before: good("a"), plan: "", data: bound("destroy", "token_id", nobody), want: []string{"destroy_approved " + prefix + "a"}},
		{
			rule: "reviewable", name: "an approval with an entry that binds nothing", plan: good("a"), data: bound("create", "permission_sets", []any{nobody}),
			want: []string{"reviewable data"},
		},
	}
}
