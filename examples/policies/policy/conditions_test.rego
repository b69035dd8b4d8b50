# Conditions of the rules one by one, where no real plan differs in one of them only.
package safetyculture_test

import data.safetyculture

now := time.parse_rfc3339_ns("2026-11-30T00:00:00Z")

approval_of(operation) := {"address": address, "operations": [operation], "approved_by": "me", "expires": "2026-12-01T00:00:00Z"}

bound_strictly(approvals) := object.union(review_data, {"limits": object.union(review_data.limits, {"require_bound_approvals": true}), "approvals": approvals})

ids_now(input_plan, review) := {finding.id | some finding in safetyculture.deny with input as input_plan with data.token_review as review with time.now_ns as now}

messages_now(input_plan, review) := concat("\n", {finding.msg | some finding in safetyculture.deny with input as input_plan with data.token_review as review with time.now_ns as now})

uuid := "1c0bbc7f-1d25-491d-8739-9c0f6a4006f2"

# All that a plan can know of a token which is replaced.
known := {
	"permission_set_ids": [uuid, "role_0123456789abcdef0123456789abcdef"], "all_permissions": true, "organization_id": uuid,
	"inactivity_expiry_days": 31, "rotate_after_days": 30, "status": "active", "age_recipients": [reader_key],
}

reader_key := "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"

replaced := plan([change(["create", "delete"], object.union(known, {"id": uuid}), known)], [])

whole := {
	"token_id": uuid, "permission_set_ids": known.permission_set_ids, "all_permissions": true, "organization_id": uuid,
	"inactivity_expiry_days": 31, "readers": ["SHA256:z35WgjExUGhb8W5CxOpI4WjhboIGxcStN8ctATy2pfQ"],
}

others := {"token_id": "2", "permission_set_ids": [uuid], "all_permissions": false, "organization_id": "2", "inactivity_expiry_days": 60, "readers": []}

approved_with(bindings) := ids_now(replaced, bound_strictly([object.union(approval_of("replace"), bindings)])) & {"approval_bound", "new_secret_approved"}

test_each_binding_of_an_approval if {
	count(whole) == 6
	approved_with(whole) == set()
	approved_with(object.union(whole, {"permission_set_ids": ["role_0123456789abcdef0123456789abcdef", uuid]})) == set()
	every name, other in others {
		approved_with(object.remove(whole, [name])) == {"approval_bound"}
		approved_with(object.union(object.remove(whole, [name]), {name: other})) == {"new_secret_approved"}
		contains(messages_now(replaced, bound_strictly([object.union(approval_of("replace"), object.remove(whole, [name]))])), concat(" ", ["it is not bound to", name]))
		contains(messages_now(replaced, bound_strictly([object.union(approval_of("replace"), {name: other})])), concat(" ", ["has another", name]))
	}

	# One that does not count is not too wide as well.
	approved_with({"expires": "2026-11-29T00:00:00Z"}) == {"new_secret_approved"}
}

test_lists_are_compared_with_lists if {
	not safetyculture.same("abc", [])
	not safetyculture.same([], "abc")
	not safetyculture.same([], null)
	safetyculture.same([], [])
}

# What the plan does not know of a token that goes, nobody needs to name.
test_destroy_of_a_token_without_an_id if {
	destroyed := plan([change(["delete"], settings, null)], [in_state(settings)])
	ids_now(destroyed, bound_strictly([approval_of("destroy")])) == set()
	ids_now(plan([change(["delete"], object.union(settings, {"id": uuid}), null)], []), bound_strictly([approval_of("destroy")])) == {"approval_bound"}
}

test_approvals_and_the_plan_file if {
	by_the_job := object.union(bound_strictly([object.union(approval_of("replace"), whole)]), {"plan_sha256": "abc"})
	ids_now(replaced, by_the_job) & {"approval_bound", "new_secret_approved"} == set()
	for_the_file := object.union(bound_strictly([object.union(approval_of("replace"), {"plan_sha256": "abc"})]), {"plan_sha256": "abc"})
	ids_now(replaced, for_the_file) & {"approval_bound", "new_secret_approved"} == set()
}

test_the_printed_approval if {
	found := messages_now(replaced, bound_strictly([]))
	contains(found, "the plan makes a new secret (replace); have an approval added to the policies' data: {")
	every name, value in object.union(whole, {"address": address, "operations": ["replace"], "approved_by": "NAME", "expires": "RFC 3339 TIME"}) {
		contains(found, trim_suffix(trim_prefix(json.marshal({name: value}), "{"), "}"))
	}

	# Of a token that goes, only which one it is.
	gone := messages_now(plan([change(["delete"], object.union(known, {"id": uuid}), null)], []), bound_strictly([]))
	contains(gone, "token_id")
	not contains(gone, "inactivity_expiry_days")

	# A plan that is not filtered can have anything in these places.
	odd := object.union(known, {"organization_id": "s3cret", "permission_set_ids": ["s3cret"]})
	not contains(messages_now(plan([change(["create"], null, odd)], []), bound_strictly([])), "s3cret")
	not contains(messages_now(plan([change(["create"], null, object.union(known, {"age_recipients": ["s3cret"]}))], []), bound_strictly([])), "s3cret")
}

test_what_the_filter_removed_has_no_approval if {
	at := "safetyculture_service_user_token.a[\"(removed 1)\"]"
	made := plan([object.union(change(["create"], null, settings), {"address": at})], [])
	review := object.union(review_data, {"approvals": [object.union(approval_of("create"), {"address": at})]})
	ids_now(made, review) == {"new_secret_approved", "reviewable"}
	contains(messages_now(made, review), "no approval can name its address")
}

# Each of these says by itself that an update makes a new secret.
test_regeneration_in_place if {
	every name in ["token", "encrypted_token", "sealed_box_tokens", "issued_at"] {
		ids(updated({name: true})) == {"new_secret_approved"}
		ids(updated({name: false})) == set()
	}
	ids(updated({"name": true})) == set()
}

updated(unknown) := plan([object.union(change([], null, null), {"change": {"actions": ["update"], "before": settings, "after": settings, "after_unknown": unknown}})], [in_state(settings)])

revoked := object.union(settings, {"status": "revoked"})

at_b(thing) := object.union(thing, {"address": "safetyculture_service_user_token.b"})

counts(changes, state) if "active_tokens" in ids(plan(changes, state))

# max_active_tokens is 1.
test_what_counts_as_active if {
	create_b := at_b(change(["create"], null, settings))
	counts([create_b], [in_state(settings)])
	not counts([create_b], [in_state(revoked)])
	not counts([create_b], [object.union(in_state(settings), {"mode": "data", "address": "data.x.y"})])
	not counts([create_b], [object.union(in_state(settings), {"type": "terraform_data", "address": "terraform_data.y"})])

	# What is revoked comes back by a new secret, and by nothing else.
	counts([change(["create", "delete"], revoked, settings)], [in_state(revoked), at_b(in_state(settings))])
	counts([object.union(updated({"token": true}).resource_changes[0], {"change": object.union(updated({"token": true}).resource_changes[0].change, {"before": revoked})})], [in_state(revoked), at_b(in_state(settings))])
	not counts([change(["update"], revoked, revoked)], [in_state(revoked), at_b(in_state(settings))])

	# It frees no slot when it goes.
	counts([create_b, change(["delete"], revoked, null)], [in_state(revoked), object.union(in_state(settings), {"address": "safetyculture_service_user_token.c"})])
	not counts([create_b, change(["delete"], settings, null)], [in_state(settings)])
}

# Only the data source says how many there are.
test_what_counts_the_organization if {
	counted := {"address": "data.safetyculture_service_user_tokens.all", "mode": "data", "type": "safetyculture_service_user_tokens", "provider_name": source, "values": {"active_count": 7}}
	create := change(["create"], null, settings)
	counts([create], [counted])
	every other in [{"mode": "managed"}, {"type": "terraform_data"}, {"values": {"active_count": "7"}}] {
		not counts([create], [object.union(object.remove(counted, object.keys(other)), other)])
	}
}

test_readers_that_nobody_can_read if {
	every key in ["ssh-dss QUJD", "ssh-ed25519", "QUJD", "AGE-SECRET-KEY-1", "age1", "e59SeStbRODV/0mG2FRi+MRVvlKX1PDwcihpGxDaAGU", 7] {
		sealed_to := plan([change(["no-op"], null, object.union(settings, {"age_recipients": [key]}))], [])
		ids_with(sealed_to, object.union(review_data, {"readers": [key]})) == {"readers_listed"}
	}
}

# Nor does an approval for the others allow such a one.
test_an_approval_and_a_reader_that_nobody_can_read if {
	made := plan([change(["create"], null, object.union(known, {"age_recipients": [reader_key, "ssh-dss QUJD"]}))], [])
	review := bound_strictly([object.union(approval_of("create"), object.remove(whole, ["token_id"]))])
	"new_secret_approved" in ids_now(made, review)
}

test_readers_that_are_not_known_yet if {
	unknown := object.union(change([], null, null), {"change": {"actions": ["no-op"], "before": settings, "after": settings, "after_unknown": {"age_recipients": true}}})
	ids_with(plan([unknown], []), object.union(review_data, {"limits": object.union(review_data.limits, {"require_readers": true})})) == {"readers_listed"}
	ids(handing_on_ciphertext(unknown)) == {"readers_listed", "secret_goes_to"}
}

# As long as state has ciphertext for an unlisted reader, it may not leave.
test_ciphertext_of_a_reader_who_goes if {
	before := object.union(settings, {"sealed_box_public_keys": {"r": "e59SeStbRODV/0mG2FRi+MRVvlKX1PDwcihpGxDaAGU="}})
	ids(handing_on_ciphertext(change(["no-op"], before, settings))) == {"secret_goes_to"}
	ids(handing_on_ciphertext(change(["no-op"], settings, settings))) == set()
}

handing_on_ciphertext(token_change) := object.union(plan([token_change], []), {"configuration": {"root_module": {"resources": [
	{"mode": "managed", "type": "safetyculture_service_user_token", "name": "a"},
	{"mode": "managed", "type": "terraform_data", "name": "x", "expressions": {"input": refers(["safetyculture_service_user_token.a.sealed_box_tokens", "safetyculture_service_user_token.a"])}},
]}}})

test_plans_of_another_form if {
	ids(object.union(plan([], []), {"format_version": "2.0"})) == {"reviewable"}
	every name in ["resource_changes", "deferred_changes", "action_invocations", "deferred_action_invocations"] {
		ids(object.union(object.remove(plan([], []), [name]), {name: {}})) == {"reviewable"}
	}
	every entry_of_plan in [{"address": "x", "mode": "managed"}, {"address": "x", "type": "terraform_data"}, {"mode": "data", "type": "safetyculture_service_user_token"}, {"address": 7, "mode": "data", "type": "terraform_data"}] {
		"reviewable" in ids(plan([entry_of_plan], []))
	}
	ids(with_actions([{"type": "aws_lambda_invoke"}], [])) == {"reviewable"}
	ids(plan([change(["forget", "create"], settings, settings)], [])) == {"new_secret_approved"}
	"reviewable" in ids(plan([change(["create", "keep"], settings, settings)], []))
}

test_settings_that_are_null_or_texts if {
	lasting := plan([change(["no-op"], settings, object.union(settings, {"inactivity_expiry_days": null}))], [])
	ids(lasting) == {"inactivity_expiry"}
	every sets in [null, {}, "1"] {
		ids_with(plan([change(["no-op"], settings, object.union(settings, {"permission_set_ids": sets, "organization_id": "1", "age_recipients": [reader_key]}))], []), object.union(strict, {"readers": [reader_key]})) == {"permission_sets_allowed"}
	}
	every days in ["0", "30", 6, 0] {
		ids(warns_before(days)) == {"expiry_warning"}
	}
	ids(warns_before(7)) == set()
	ids(plan([object.union(change([], null, null), {"change": {"actions": ["no-op"], "before": settings, "after": settings, "after_unknown": {"rotation_method": true}}})], [])) == {"rotation_in_place"}
}

warns_before(days) := object.union(plan([], []), {"configuration": {"provider_config": {"safetyculture": {
	"full_name": source,
	"expressions": {"api_token": {"constant_value": null}, "expiry_warning_days": {"constant_value": days}},
}}}})

test_actions_of_another_provider if {
	ids(with_actions([object.union(revocation, {"provider_name": "example.com/mirror/sc"})], [])) == {"provider_source", "revoke_approved"}
	ids(mirrored("example.com/mirror/sc", {"actions": [{"type": "safetyculture_revoke_service_user_token", "provider_config_key": "sc"}]}, [])) == {"no_literal_api_token", "provider_source"}
}

# A token by one provider block, which moves from there; and another one that is read, and not managed.
managed_by_blocks(changes, resources) := object.union(plan(changes, []), {"configuration": {"root_module": {"resources": resources}}})

by(key, name) := {"mode": "managed", "type": "safetyculture_service_user_token", "name": name, "provider_config_key": key}

test_tokens_of_credentials if {
	listed := object.union(review_data, {"credentials": [object.union(entry, {"tokens": [address]}), object.union(entry, {"provider": "safetyculture.x", "tokens": ["safetyculture_service_user_token.b", "module.m"]})]})
	moved := object.union(at_b(change(["no-op"], settings, settings)), {"previous_address": "module.m.safetyculture_service_user_token.c[0]"})
	ids_with(managed_by_blocks([moved], [by("safetyculture", "a"), by("safetyculture.x", "b")]), listed) == set()
	ids_with(managed_by_blocks([moved], [by("safetyculture", "b")]), listed) == {"credential_listed"}
	ids_with(managed_by_blocks([], [by("safetyculture", "ab")]), listed) == {"credential_listed"}
	ids_with(managed_by_blocks([], [object.union(by("safetyculture", "ab"), {"mode": "data"})]), listed) == set()
	every parts in [{}, {"expressions": {}}] {
		unused := object.union(plan([], []), {"configuration": {"provider_config": {"safetyculture.y": object.union(parts, {"full_name": source})}}})
		not "credential_listed" in ids_with(unused, listed)
	}
}
