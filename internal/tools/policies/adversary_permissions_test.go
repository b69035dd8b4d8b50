package policies

import (
	"encoding/json"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// wideningAttacks give a token more than somebody approved.
func wideningAttacks() []attack {
	more := "\n  permission_set_ids = setunion(var.sets, [\"" + nobody + "\"])"
	return []attack{
		{name: "all permissions instead of a permission set", finds: found{byPlan: {"no_all_permissions safetyculture_service_user_token.ws"}}, plan: token("ws", rotates+"\n  all_permissions = true"+createFirst), twin: token("ws", rotates+"\n  inactivity_expiry_days = 31"+createFirst)},
		{name: "a permission set that is not listed", finds: found{byPlan: {"permission_sets_allowed safetyculture_service_user_token.ws"}}, plan: token("ws", rotates+more+createFirst)},
		{name: "permission sets that are known later", finds: found{byPlan: {"permission_sets_allowed safetyculture_service_user_token.ws"}}, plan: "resource \"terraform_data\" \"x\" {}\n" + token("ws", rotates+"\n  permission_set_ids = setunion(var.sets, [terraform_data.x.id])"+createFirst)},
		{name: "an edit that widens permissions, where the limits list no permission sets", limit: "List them: `limits.permission_set_ids` is empty when the policies are shipped, and then no token passes.", plan: token("ws", rotates+more+createFirst), data: object{"limits": limits(nil)}},
		{
			name: "an approved replacement that widens permissions", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.ws"}}, plan: token("ws", triggered("1")+more+createFirst), before: token("ws", triggered("0")+createFirst),
			data: boundTo("replace", wsAddress, object{"permission_set_ids": []any{permissionSet}, "token_id": tokenWS, "organization_id": anOrg, "inactivity_expiry_days": json.Number("45")}),
			twin: token("ws", triggered("1")+createFirst),
		},
		{name: "a longer life", finds: found{byPlan: {"inactivity_expiry safetyculture_service_user_token.ws"}}, plan: token("ws", rotates+"\n  inactivity_expiry_days = 180"+createFirst)},
		{name: "a wider approval than is needed", finds: found{byPlan: {"approval_bound safetyculture_service_user_token.more"}}, before: wsToken, plan: wsToken + token("more", rotates), data: with(approve("create", prefix+"more"), "limits", limits(object{"require_bound_approvals": true}))},
		{name: "a reader of the author's", finds: found{byPlan: {"readers_listed safetyculture_service_user_token.more"}}, plan: wsToken + token("more", rotates+"\n  age_recipients = [\""+ageReader+"\"]"), data: approve("create", prefix+"more")},
		{name: "a reader that is known later", finds: found{byPlan: {"readers_listed safetyculture_service_user_token.more"}}, plan: wsToken + "resource \"terraform_data\" \"x\" {}\n" + token("more", rotates+"\n  sealed_box_public_keys = { r = terraform_data.x.id }"), data: with(approve("create", prefix+"more"), "readers", []any{ageReader})},
		{
			name: "ciphertext for a reader of the author's", finds: found{byPlan: {"readers_listed safetyculture_service_user_token.more", "secret_goes_to output.x"}}, data: with(approve("create", prefix+"more"), "readers", []any{sshReader}),
			plan: wsToken + token("more", rotates+"\n  age_recipients = [\""+ageReader+"\"]") + output("x", prefix+"more.encrypted_token"),
			twin: wsToken + token("more", rotates+"\n  age_recipients = [\""+sshReader2+"\"]") + output("x", prefix+"more.encrypted_token"),
		},
		{name: "a secret without readers", finds: found{byPlan: {"readers_required safetyculture_service_user_token.ws"}}, plan: wsToken, data: object{"limits": limits(object{"require_readers": true})}},
	}
}

// boundTo is the data of an approval that is bound, where that is required.
func boundTo(operation, address string, bindings object) object {
	entry := object{"address": address, "operations": []any{operation}, "approved_by": "security@example.com", "expires": "2200-01-01T00:00:00Z"}
	for name, value := range bindings {
		entry[name] = value
	}
	return object{"approvals": []any{entry}, "limits": limits(object{"require_bound_approvals": true})}
}

// weakeningAttacks take away what guards a token.
func weakeningAttacks() []attack {
	changed := func(settings string) string { return token("ws", rotates+createFirst+"\n  "+settings) }
	from := func(name, settings, to string) attack {
		return attack{name: name, finds: found{byPlan: {"not_weakened safetyculture_service_user_token.ws"}}, before: changed(settings), plan: changed(to), twin: changed(settings + "\n  inactivity_expiry_days = 31")}
	}
	two := object{"credentials": credentials(credential("safetyculture", nil, prefix+"ws"), credential("safetyculture.other", "var.credential", "module.m"))}
	return []attack{
		{name: "no rotation any more", finds: found{byPlan: {"rotation_rule safetyculture_service_user_token.ws"}}, plan: token("ws", createFirst), twin: token("ws", "rotate_after_days = 30"+createFirst)},
		{name: "a rotation in a year", finds: found{byPlan: {"rotation_age safetyculture_service_user_token.ws"}}, plan: token("ws", "rotate_after_days = 365"+createFirst)},
		{name: "a trigger that never changes", limit: "`rotation_rule` wants a trigger, and cannot know when it will change. `rotate_after_days` does not wait for anybody.", plan: token("ws", "rotation_triggers = { a = \"constant\" }"+createFirst), data: approve("replace", wsAddress)},
		{name: "a rotation in place", finds: found{byPlan: {"rotation_in_place safetyculture_service_user_token.ws"}}, plan: token("ws", rotates+"\n  rotation_method = \"regenerate\"")},
		{name: "the old token goes before the new one is there", finds: found{byPlan: {"create_before_destroy safetyculture_service_user_token.ws"}}, before: token("ws", triggered("1")), plan: token("ws", triggered("2")), data: approve("replace", wsAddress), twin: token("ws", triggered("2")+createFirst)},
		from("on_revoked weakened", "on_revoked = \"keep\"", ""), from("on_expired weakened", "on_expired = \"keep\"", ""), from("on_destroy weakened", "on_destroy = \"revoke\"", ""),
		{name: "no warning before a token expires", finds: found{byPlan: {"expiry_warning safetyculture"}}, plan: "provider \"safetyculture\" {\n  expiry_warning_days = 0\n}\n" + wsToken, twin: "provider \"safetyculture\" {\n  expiry_warning_days = 14\n}\n" + wsToken},
		{name: "a token that Terraform forgets", limit: "It lives on, and nobody rotates it. Put tokens that must not leave on `keep_when_revoked`, and look for unmanaged tokens.", plan: "removed {\n  from = " + wsAddress + "\n  lifecycle {\n    destroy = false\n  }\n}\n"},
		{name: "a token that must stay revoked is forgotten", finds: found{byPlan: {"keep_when_revoked safetyculture_service_user_token.ws"}}, plan: "removed {\n  from = " + wsAddress + "\n  lifecycle {\n    destroy = false\n  }\n}\n", data: object{"keep_when_revoked": []any{wsAddress}}},
		{name: "another credential for a token", finds: found{byPlan: {"credential_listed safetyculture.other", "credential_listed safetyculture_service_user_token.ws"}}, plan: otherBlock + token("ws", rotates+createFirst+"\n  provider = safetyculture.other"), twin: token("ws", rotates+createFirst+"\n  provider = safetyculture")},
		{name: "another one's credential for a token", finds: found{byPlan: {"credential_listed safetyculture_service_user_token.ws"}}, plan: otherBlock + token("ws", rotates+createFirst+"\n  provider = safetyculture.other"), data: two, twin: otherBlock + wsToken},
		{name: "another one's credential for a token that moves to where that one's are", finds: found{byPlan: {"credential_listed module.m.safetyculture_service_user_token.ws"}}, plan: otherBlock + "module \"m\" {\n  source    = \"./m\"\n  sets      = var.sets\n  providers = { safetyculture = safetyculture.other }\n}\nmoved {\n  from = " + wsAddress + "\n  to   = module.m." + wsAddress + "\n}\n", modules: map[string]string{"m": fixed + wsToken}, data: two},
		{name: "another credential for the block of a token", finds: found{byPlan: {"credential_listed safetyculture"}}, plan: wsToken + strings.Replace(otherBlock, "  alias     = \"other\"\n", "", 1)},
		{name: "a token in another organization", finds: found{byPlan: {"organization_allowed safetyculture_service_user_token.ws"}}, plan: wsToken, data: object{"limits": limits(object{"organization_ids": []any{nobody}})}},
	}
}

// approvalAttacks make, replace, destroy or revoke a token that nobody has approved.
func approvalAttacks() []attack {
	elsewhere := strings.Replace(token("b", triggered("1")+createFirst), `name = "b"`, `name = "ws"`, 1)
	moved := "moved {\n  from = " + prefix + "b\n  to   = " + wsAddress + "\n}\n"
	has := func(name string) func(cli.Program) bool {
		return func(p cli.Program) bool { return cli.Versions(name).LackedBy(p) == "" }
	}
	incident := strings.ReplaceAll(triggeredBy("before_destroy"), "token.a.id", "token.ws.id")
	return []attack{
		{name: "a token without an approval", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.more"}}, plan: wsToken + token("more", rotates), twin: wsToken},
		{name: "a token with another one's approval", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.more"}}, plan: wsToken + token("more", rotates), data: approve("create", prefix+"other")},
		{name: "a token with the approval of another instance", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.more[\"y\"]"}}, plan: wsToken + strings.Replace(token("more", rotates), "{", "{\n  for_each = toset([\"y\"])", 1), data: approve("create", prefix+`more["x"]`)},
		{name: "a token with an approval that has expired", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.more"}}, plan: wsToken + token("more", rotates), data: approvals("security@example.com", "2026-01-01T00:00:00Z", "create", prefix+"more")},
		{name: "a token with an approval in the change", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.more"}}, plan: wsToken + token("more", rotates) + "output \"approvals\" {\n  value = [{ address = \"" + prefix + "more\", operations = [\"create\"] }]\n}\n", modules: map[string]string{"policies/data/approvals.yaml": "token_review: {approvals: []}\n"}},
		{name: "a token with an approval for what the filter has removed", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.more[\"(removed)\"]", "reviewable data"}}, plan: wsToken + strings.Replace(token("more", rotates), "{", "{\n  for_each = toset([\"a very long key that is more than forty characters long\"])", 1), data: approve("create", prefix+`more["(removed 1)"]`)},
		{name: "a replacement with the approval of a create", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.ws"}}, plan: wsToken, args: []string{"-replace=" + wsAddress}, data: approve("create", wsAddress)},
		{name: "a token that is moved to the approved address", finds: found{byPlan: {"new_secret_approved safetyculture_service_user_token.ws"}}, before: elsewhere, plan: token("ws", triggered("2")+createFirst) + moved, data: approve("replace", wsAddress), twin: token("ws", triggered("1")+createFirst) + moved},
		{name: "a destroy without an approval", finds: found{byPlan: {"destroy_approved safetyculture_service_user_token.ws"}}, plan: "", twin: wsToken + list},
		{name: "an action that revokes", needs: has("actions"), finds: found{byPlan: {"revoke_approved " + revokeAction}}, plan: wsToken + strings.ReplaceAll(triggeredAction, "token.a.id", "token.ws.id")},
		{name: "an action that revokes when something is destroyed", needs: has("destroy-events"), finds: found{byPlan: {"revoke_approved " + revokeAction}}, before: wsToken + incident, plan: wsToken + incident, args: []string{"-replace=terraform_data.incident"}, twin: wsToken + incident},
		{name: "an ephemeral token that is not listed", finds: found{byPlan: {"credential_listed safetyculture.audit", "ephemeral_listed ephemeral.safetyculture_service_user_token.audit"}}, plan: wsToken + ephemeral},
		{name: "more tokens than there may be", finds: found{byPlan: {"active_tokens plan"}}, plan: wsToken + token("more", rotates), data: with(approve("create", prefix+"more"), "limits", limits(object{"max_active_tokens": json.Number("1")}))},
		{name: "tokens of the organization that nobody has counted", finds: found{byPlan: {"active_tokens plan"}}, plan: wsToken + token("more", rotates), data: with(approve("create", prefix+"more"), "limits", limits(object{"require_organization_count": true})), twin: wsToken + token("more", rotates) + list},
		{name: "a plan that ends in an error", finds: found{byCLI: {"Resource precondition failed"}, byPlan: {"reviewable plan"}}, plan: wsToken + "resource \"terraform_data\" \"x\" {\n  lifecycle {\n    precondition {\n      condition     = length(var.sets) > 9\n      error_message = \"no\"\n    }\n  }\n}\n"},
	}
}
