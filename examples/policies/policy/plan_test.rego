# What the tests on real plans cannot make: other versions' actions, half-done replacements, missing data.
package safetyculture_test

import data.safetyculture

address := "safetyculture_service_user_token.a"

settings := {"inactivity_expiry_days": 31, "rotate_after_days": 30, "status": "active"}

review_data := {
	"limits": {
		"max_inactivity_expiry_days": 60, "max_rotate_after_days": 90, "max_active_tokens": 1, "max_approval_days": 30,
		"require_organization_count": false, "permission_set_ids": null, "organization_ids": null,
		"require_bound_approvals": false, "require_readers": false, "min_expiry_warning_days": 7,
	},
	"provider_sources": ["registry.terraform.io/safetyculture-community/safetyculture"],
	"credential_sources": ["vault_kv_secret_v2"],
	"credentials": null, "keep_when_revoked": [], "ephemeral_tokens": [], "exceptions": {}, "approvals": [],
	"secret_consumers": ["provider.safetyculture.api_token"], "data_sources": ["vault_kv_secret_v2"],
	"providers": ["example.com/mirror/sc"], "report_local_values": false, "readers": [],
}

source := "registry.terraform.io/safetyculture-community/safetyculture"

plan(changes, state) := {
	"format_version": "1.2", "configuration": {}, "resource_changes": changes,
	"prior_state": {"values": {"root_module": {"resources": state}}},
}

change(actions, before, after) := {
	"address": address, "mode": "managed", "type": "safetyculture_service_user_token", "provider_name": source,
	"change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
}

in_state(values) := {
	"address": address, "mode": "managed", "type": "safetyculture_service_user_token", "provider_name": source,
	"values": values,
}

ids(input_plan) := {finding.id | some finding in safetyculture.deny with input as input_plan with data.token_review as review_data}

# A replacement that was interrupted leaves the old token deposed, and the next plan destroys it.
test_deposed_token_is_destroyed_with_approval if {
	deposed := object.union(change(["delete"], settings, null), {"deposed": "byebye"})
	ids(plan([deposed], [object.union(in_state(settings), {"deposed_key": "byebye"})])) == {"destroy_approved"}
}

# The object in state at the same address says nothing of the deposed one.
test_deposed_token_is_not_its_successor if {
	deposed := object.union(change(["delete"], settings, null), {"deposed": "byebye"})
	ids(plan([deposed], [in_state({"status": "revoked"})])) == {"destroy_approved"}
}

# Terraform 1.14 knows replacements that forget the old object (destroy = false): a new secret, and one active token more.
test_replacement_that_forgets if {
	ids(plan([change(["create", "forget"], settings, settings)], [in_state(settings)])) == {"new_secret_approved", "active_tokens"}
}

test_superseded_and_unknown_status_are_active if {
	every status in ["superseded", null] {
		values := object.union(settings, {"status": status})
		ids(plan([change(["delete"], values, null)], [in_state(values)])) == {"destroy_approved"}
	}
}

test_destroy_of_what_is_not_described if {
	bare := object.union(object.remove(change([], null, null), ["change"]), {"change": {"actions": ["delete"]}})
	ids(plan([bare], [])) == {"destroy_approved"}
}

test_dead_token_may_go if {
	every status in ["revoked", "expired"] {
		values := object.union(settings, {"status": status})
		ids(plan([change(["delete"], values, null)], [in_state(values)])) == set()
	}
}

test_unknown_map_of_triggers_is_no_rule if {
	unknown := {"actions": ["no-op"], "before": settings, "after": {"inactivity_expiry_days": 31}, "after_unknown": {"rotation_triggers": true}}
	ids(plan([object.union(change(["no-op"], null, null), {"change": unknown})], [])) == {"rotation_rule"}
}

test_address_without_keys_means_all_instances if {
	keyed := `module.m["a\"].x[\\"].module.n[0].safetyculture_service_user_token.a["eu.1[x]"]`
	safetyculture.with_and_without_keys(keyed) == {keyed, "module.m.module.n.safetyculture_service_user_token.a"}
}

test_data_sources_and_others_are_left_alone if {
	every other in [{"mode": "data"}, {"type": "terraform_data", "provider_name": "terraform.io/builtin/terraform"}] {
		ids(plan([object.union(change(["delete", "create"], settings, {}), other)], [])) == set()
	}
}

test_approval_ends if {
	approval := {"address": address, "operations": ["destroy"], "approved_by": "me", "expires": "2026-12-01T00:00:00Z"}
	destroyed := plan([change(["delete"], settings, null)], [in_state(settings)])
	before := time.parse_rfc3339_ns("2026-11-30T23:59:59Z")
	approved := object.union(review_data, {"approvals": [approval]})
	safetyculture.allow with input as destroyed with data.token_review as approved with time.now_ns as before
	not safetyculture.allow with input as destroyed with data.token_review as approved with time.now_ns as before + 1000000000

	# The end may be at most 30 days away.
	thirty_days := ((30 * 24) * 3600) * 1000000000
	safetyculture.allow with input as destroyed with data.token_review as approved with time.now_ns as (before + 1000000000) - thirty_days
	not safetyculture.allow with input as destroyed with data.token_review as approved with time.now_ns as before - thirty_days
}

test_approval_of_what_is_moved_or_imported_names_the_token if {
	approval := {"address": address, "operations": ["destroy"], "approved_by": "me", "expires": "2026-12-01T00:00:00Z"}
	now := time.parse_rfc3339_ns("2026-11-30T00:00:00Z")
	values := object.union(settings, {"id": "1"})
	moved := object.union(change(["delete"], values, null), {"previous_address": "safetyculture_service_user_token.b"})
	every importing in [true, {"id": "1"}, {}] {
		imported := object.union(change(["delete"], values, null), {"change": {"importing": importing}})
		every entry in [moved, imported] {
			open := object.union(review_data, {"approvals": [approval]})
			not safetyculture.allow with input as plan([entry], []) with data.token_review as open with time.now_ns as now
			bound := object.union(review_data, {"approvals": [object.union(approval, {"token_id": "1"})]})
			safetyculture.allow with input as plan([entry], []) with data.token_review as bound with time.now_ns as now
		}
	}
}

test_nothing_is_no_plan if {
	every input_plan in [{}, [], {"format_version": "1.0", "values": {}}, {"format_version": "1.2", "configuration": {}, "resource_changes": null}] {
		ids(input_plan) == {"reviewable"}
	}
}

test_without_data_nothing_is_allowed if {
	not safetyculture.allow with input as plan([], []) with data.token_review as {}
}

test_plan_without_changes_is_allowed if {
	safetyculture.allow with input as {"format_version": "1.2", "configuration": {}} with data.token_review as review_data
}

with_actions(invocations, deferred) := object.union(plan([], []), {
	"action_invocations": invocations,
	"deferred_action_invocations": [{"reason": "deferred_prereq", "action_invocation": invocation} | some invocation in deferred],
})

revocation := {
	"address": "action.safetyculture_revoke_service_user_token.exposed", "type": "safetyculture_revoke_service_user_token", "name": "exposed",
	"provider_name": source, "config_values": {"id": "1"}, "invoke_action_trigger": {},
}

# Terraform 1.14 writes these.
test_actions_need_an_approval if {
	ids(with_actions([revocation], [])) == {"revoke_approved"}
	ids(with_actions([], [revocation])) == {"revoke_approved"}
	ids(with_actions([object.remove(revocation, ["config_values"])], [])) == {"revoke_approved"}
	ids(with_actions([object.union(revocation, {"type": "aws_lambda_invoke"})], [])) == set()
}

test_actions_with_an_approval if {
	approval := {"address": revocation.address, "operations": ["revoke"], "approved_by": "me", "expires": "2026-12-01T00:00:00Z"}
	now := time.parse_rfc3339_ns("2026-11-30T00:00:00Z")
	every entry in [approval, object.union(approval, {"token_id": "1"})] {
		approved := object.union(review_data, {"approvals": [entry]})
		safetyculture.allow with input as with_actions([revocation], [revocation]) with data.token_review as approved with time.now_ns as now
	}
	other := object.union(review_data, {"approvals": [object.union(approval, {"token_id": "2"})]})
	not safetyculture.allow with input as with_actions([revocation], []) with data.token_review as other with time.now_ns as now
}

test_unreadable_actions_are_refused if {
	every bad in [{}, {"type": revocation.type}, {"address": "x"}, object.union(revocation, {"type": "safetyculture_other"})] {
		"reviewable" in ids(with_actions([bad], []))
		"reviewable" in ids(with_actions([], [bad]))
	}
}

# A provider block with this api_token, and nothing else.
credential(expression) := object.union(plan([], []), {"configuration": {
	"provider_config": {"safetyculture": {"full_name": source, "expressions": {"api_token": expression}}},
	"root_module": {"variables": {"x": {}}},
}})

test_credentials_from_outside if {
	every references in [
		["var.x"], ["ephemeral.vault_kv_secret_v2.a[0].data", "ephemeral.vault_kv_secret_v2.a[0]", "ephemeral.vault_kv_secret_v2.a"],
		["data.vault_kv_secret_v2.a.data[\"k\"]", "data.vault_kv_secret_v2.a.data", "data.vault_kv_secret_v2.a"],
	] {
		ids(credential({"references": references})) == set()
	}
}

test_credentials_that_may_be_written_down if {
	every references in [
		[], ["var.undeclared"], ["var.x.a", "var.x"], ["var.x", "var.x"], ["var.x.a", "var.x", "var.x"], ["var.x", "var.xy"], ["each.value", "each"], ["self.a"],
		["data.local_file.a.content", "data.local_file.a"], ["aws_secretsmanager_secret_version.a.secret_string", "aws_secretsmanager_secret_version.a"],
		["data.vault_kv_secret_v2.a", "data.vault_kv_secret_v2.a"], ["data.vault_kv_secret_v2.a", "var.x"],
	] {
		ids(credential({"references": references})) == {"no_literal_api_token"}
	}
	ids(credential({})) == {"no_literal_api_token"}
}

messages(input_plan, review) := concat("\n", {finding.msg | some finding in safetyculture.deny with input as input_plan with data.token_review as review})

# A message says why an approval that is there does not count.
test_messages_about_approvals if {
	approval := {"address": address, "operations": ["create"], "approved_by": "me", "expires": "2200-01-01T00:00:00Z"}
	made := plan([change(["create"], null, object.union(settings, {"permission_set_ids": ["1"]}))], [])
	every entry, text in {
		{"approved_by": " "}: "says not who approved it",
		{}: "ends more than 30 days from now",
		{"expires": "2020-01-01T00:00:00Z"}: "has expired",
		{"expires": "tomorrow"}: "has no RFC 3339 time as its end",
		{"permission_set_ids": ["2"]}: "has another permission_set_ids than the plan",
	} {
		contains(messages(made, object.union(review_data, {"approvals": [object.union(approval, entry)]})), text)
	}
}

# A provider block with a literal, of a program that somebody else may have made.
mirrored(full_name, root_module, changes) := object.union(plan(changes, []), {"configuration": {
	"provider_config": {"sc": {"full_name": full_name, "expressions": {"api_token": {"constant_value": "x"}}}},
	"root_module": root_module,
}})

test_provider_blocks_by_name_by_key_and_by_what_they_made if {
	both := {"no_literal_api_token", "provider_source"}
	ids(mirrored("example.com/mirror/safetyculture", {}, [])) == both
	ids(mirrored("example.com/mirror/sc", {"resources": [{"type": "safetyculture_service_user_tokens", "provider_config_key": "sc"}]}, [])) == both
	made := object.union(change(["no-op"], settings, settings), {"provider_name": "example.com/mirror/sc"})
	ids(mirrored("example.com/mirror/sc", {}, [made])) == both
	ids(mirrored(source, {}, [])) == {"no_literal_api_token"}
	ids(mirrored("example.com/mirror/sc", {}, [])) == set()

	listed := object.union(review_data, {"provider_sources": ["example.com/mirror/sc"]})
	contains(messages(mirrored("example.com/mirror/sc", {}, []), listed), "no_literal_api_token")
}
