# What the tests on real plans cannot make: other versions' actions, half-done replacements, missing data.
package safetyculture_test

import data.safetyculture

address := "safetyculture_service_user_token.a"

settings := {"inactivity_expiry_days": 31, "rotate_after_days": 30, "status": "active"}

review_data := {
	"limits": {"max_inactivity_expiry_days": 60, "max_active_tokens": 1},
	"keep_when_revoked": [], "ephemeral_tokens": [], "exceptions": {}, "approvals": [],
}

plan(changes, state) := {
	"format_version": "1.2", "configuration": {}, "resource_changes": changes,
	"prior_state": {"values": {"root_module": {"resources": state}}},
}

change(actions, before, after) := {
	"address": address, "mode": "managed", "type": "safetyculture_service_user_token",
	"change": {"actions": actions, "before": before, "after": after, "after_unknown": {}},
}

in_state(values) := {"address": address, "mode": "managed", "type": "safetyculture_service_user_token", "values": values}

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

test_dead_token_may_go if {
	every status in ["revoked", "expired"] {
		values := object.union(settings, {"status": status})
		ids(plan([change(["delete"], values, null)], [in_state(values)])) == set()
	}
}

test_unknown_map_of_triggers_is_no_rule if {
	unknown := {"actions": ["no-op"], "before": settings, "after": {"inactivity_expiry_days": 31}, "after_unknown": {"rotation_triggers": true}}
	ids(plan([object.union(change([], null, null), {"change": unknown})], [])) == {"rotation_rule"}
}

test_address_without_keys_means_all_instances if {
	keyed := `module.m["a\"].x[\\"].module.n[0].safetyculture_service_user_token.a["eu.1[x]"]`
	safetyculture.names({"address": keyed}) == {keyed, "module.m.module.n.safetyculture_service_user_token.a"}
}

test_data_sources_and_others_are_left_alone if {
	every other in [{"mode": "data"}, {"type": "terraform_data"}] {
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
