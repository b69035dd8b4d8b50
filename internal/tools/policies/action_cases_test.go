package policies

import (
	"encoding/json"
	"strings"
)

const revokeAction = "action.safetyculture_revoke_service_user_token.exposed"

// triggeredAction revokes the token a when something else is made.
const triggeredAction = `action "safetyculture_revoke_service_user_token" "exposed" {
  config {
    id = safetyculture_service_user_token.a.id
  }
}
resource "terraform_data" "incident" {
  lifecycle {
    action_trigger {
      events  = [before_create]
      actions = [action.safetyculture_revoke_service_user_token.exposed]
    }
  }
}
`

// triggeredBy is the same when something else is destroyed.
func triggeredBy(event string) string {
	return strings.Replace(triggeredAction, "before_create", event, 1)
}

// invokes adds an action to a plan, as Terraform 1.14 writes it.
func invokes(list, kind, id string) func(object) {
	return func(plan object) {
		invocation := object{
			"address": "action." + kind + ".exposed", "type": kind, "name": "exposed", "provider_name": "registry.terraform.io/safetyculture-community/safetyculture",
			"config_values": object{"id": id}, "config_sensitive": object{}, "config_unknown": object{}, "invoke_action_trigger": object{},
		}
		if list == "deferred_action_invocations" {
			plan[list] = []any{object{"reason": "deferred_prereq", "action_invocation": invocation}}
		} else {
			plan[list] = []any{invocation}
		}
	}
}

// actionCases are about tokens that an action revokes: in plans of Terraform 1.14, and added to the plan of any CLI.
func actionCases() []planCase {
	const kind = "safetyculture_revoke_service_user_token"
	approvedFor := func(id string) object {
		data := approve("revoke", revokeAction)
		data["approvals"].([]any)[0].(object)["token_id"] = id
		return data
	}
	now, later, revoked := invokes("action_invocations", kind, nobody), invokes("deferred_action_invocations", kind, nobody), []string{"revoke_approved " + revokeAction}
	cases := []planCase{
		{name: "an action, approved", edit: now, data: approve("revoke", revokeAction)},
		{name: "an action, not approved", edit: now, want: revoked},
		{name: "an action, approved for something else", edit: now, data: approve("destroy", revokeAction), want: revoked},
		{name: "an action, approved for this token", edit: now, data: approvedFor(nobody)},
		{name: "an action, approved for another token", edit: now, data: approvedFor("10000000-0000-4000-8000-000000000000"), want: revoked},
		{name: "an action that waits, approved", edit: later, data: approve("revoke", revokeAction)},
		{name: "an action that waits, not approved", edit: later, want: revoked},
		{name: "an action of another provider", edit: invokes("action_invocations", "aws_lambda_invoke", "s3cret")},

		{name: "triggered, approved", needs: "actions", before: good("a"), plan: good("a") + triggeredAction, data: approvedFor(tokenA)},
		{name: "triggered", needs: "actions", before: good("a"), plan: good("a") + triggeredAction, want: revoked},
		{name: "triggered, approved for another token", needs: "actions", before: good("a"), plan: good("a") + triggeredAction, data: approvedFor(nobody), want: revoked},
		{name: "invoked", needs: "actions", before: good("a") + triggeredAction, plan: good("a") + triggeredAction, args: []string{"-invoke=" + revokeAction}, want: revoked},
		{name: "triggered by what is destroyed and made again", needs: "destroy-events", before: good("a") + triggeredBy("before_destroy"), plan: good("a") + triggeredBy("before_destroy"), args: []string{"-replace=terraform_data.incident"}, want: revoked},
		{name: "triggered after a destroy", needs: "destroy-events", before: good("a") + triggeredBy("after_destroy"), plan: good("a") + triggeredBy("after_destroy"), args: []string{"-destroy", "-target=terraform_data.incident"}, want: revoked},
		{name: "triggered after a destroy, approved", needs: "destroy-events", before: good("a") + triggeredBy("after_destroy"), plan: good("a") + triggeredBy("after_destroy"), args: []string{"-destroy", "-target=terraform_data.incident"}, data: approvedFor(tokenA)},
		{name: "triggered by a destroy that the plan does not make", needs: "destroy-events", before: good("a") + triggeredBy("before_destroy"), plan: good("a") + triggeredBy("before_destroy")},
		{
			name: "triggered in a module, for a token that is only made with it", needs: "actions", plan: callModule(""),
			modules: map[string]string{"m": inModule("") + strings.ReplaceAll(triggeredAction, "token.a.id", `token.this["x"].id`)},
			data:    approve("create", `module.m["eu.1"].`+prefix+`this["x"]`), want: []string{`revoke_approved module.m["eu.1"].` + revokeAction},
		},
	}
	for i := range cases {
		cases[i].rule = "revoke_approved"
	}
	return append(cases, planCase{
		rule: "reviewable", name: "an action that the rules do not know", edit: invokes("action_invocations", "safetyculture_mint", nobody),
		want: []string{"reviewable action.safetyculture_mint.exposed"},
	}, planCase{
		rule: "reviewable", name: "a type of resource that the rules do not know", want: []string{"reviewable safetyculture_group.x"},
		edit: changed(`{"address": "safetyculture_group.x", "mode": "managed", "type": "safetyculture_group",
			"provider_name": "registry.terraform.io/safetyculture-community/safetyculture", "change": {"actions": ["no-op"]}}`),
	}, planCase{
		rule: "reviewable", name: "an action without a type",
		edit: func(plan object) { plan["action_invocations"] = []any{object{"address": "action.x"}} }, want: []string{"reviewable action.x"},
	})
}

// changed adds an entry to the plan's changes.
func changed(entry string) func(object) {
	return func(plan object) {
		var change object
		if err := json.Unmarshal([]byte(entry), &change); err != nil {
			panic(err)
		}
		list, _ := plan["resource_changes"].([]any)
		plan["resource_changes"] = append(list, change)
	}
}
