# A forgotten or a misspelled entry of the data is a finding, each one.
package safetyculture_test

import data.safetyculture

about_data(review) := {finding.msg | some finding in safetyculture.deny with input as plan([], []) with data.token_review as review; finding.id == "reviewable"}

names_it(review, text) if {
	some msg in about_data(review)
	contains(msg, text)
}

with_limit(name, value) := object.union(review_data, {"limits": object.union(object.remove(review_data.limits, [name]), {name: value})})

test_each_limit_is_needed if {
	count(review_data.limits) == 10
	every name, value in review_data.limits {
		names_it(json.remove(review_data, [concat("/", ["limits", name])]), concat("", ["limits.", name, " is missing"]))
		names_it(with_limit(name, "7"), concat("", ["limits.", name, " is missing"]))
		names_it(with_limit(name, {}), concat("", ["limits.", name, " is missing"]))
		about_data(with_limit(name, value)) == set()
	}
	every name in ["permission_set_ids", "organization_ids"] {
		about_data(with_limit(name, [])) == set()
	}
	every name in ["max_active_tokens", "require_readers"] {
		names_it(with_limit(name, null), concat("", ["limits.", name, " is missing"]))
	}
}

test_each_entry_is_needed if {
	entries := object.keys(review_data) - {"limits"}
	count(entries) == 12
	every name in entries {
		names_it(object.remove(review_data, [name]), concat("", ["token_review.", name, " is missing"]))
		names_it(object.union(object.remove(review_data, [name]), {name: "x"}), concat("", ["token_review.", name, " is missing"]))
		names_it(object.union(object.remove(review_data, [name]), {name: 7}), concat("", ["token_review.", name, " is missing"]))
	}
	names_it(object.union(review_data, {"exceptions": {"rotation_rule": "all"}}), "exceptions is missing or not a map of lists")
	names_it(object.union(object.remove(review_data, ["exceptions"]), {"exceptions": [[]]}), "exceptions is missing or not a map of lists")
}

entry := {"provider": "safetyculture", "api_token": null, "tokens": null}

test_credentials_are_whole if {
	every listed in [[], [entry], [object.union(entry, {"api_token": "var.x", "tokens": ["module.m", address]})]] {
		about_data(object.union(review_data, {"credentials": listed})) == set()
	}
	every wrong in [
		{"a": entry}, [object.remove(entry, ["tokens"])], [object.remove(entry, ["api_token"])], [object.union(entry, {"token": null})],
		[object.union(entry, {"provider": null})], [object.union(entry, {"api_token": 1})],
		[object.union(entry, {"tokens": "module.m"})], [object.union(entry, {"tokens": {"a": "module.m"}})], [object.union(entry, {"tokens": ["module.m[\"x\"]"]})], [entry, "safetyculture"],
	] {
		names_it(object.union(review_data, {"credentials": wrong}), "credentials is missing")
	}
}

# The rules about settings, and about where secrets go. README.md says so.
have_exceptions := {
	"no_all_permissions", "permission_sets_allowed", "inactivity_expiry", "rotation_rule", "rotation_age", "create_before_destroy", "rotation_in_place",
	"not_weakened", "organization_allowed", "readers_required", "secret_goes_to", "local_value", "no_provisioners",
}

test_rules_with_exceptions if {
	safetyculture.exceptable == have_exceptions
	every id in have_exceptions {
		about_data(object.union(review_data, {"exceptions": {id: [address]}})) == set()
	}
	every id in ["new_secret_approved", "destroy_approved", "credential_listed", "readers_listed"] {
		names_it(object.union(review_data, {"exceptions": {id: []}}), "this rule has no exceptions")
	}
}

bad_settings := {"all_permissions": true, "permission_set_ids": ["2"], "organization_id": "2", "inactivity_expiry_days": 180, "rotate_after_days": 365, "rotation_method": "regenerate", "on_expired": "rotate"}

strict := object.union(review_data, {"limits": object.union(review_data.limits, {"permission_set_ids": ["1"], "organization_ids": ["1"], "require_readers": true})})

test_an_exception_is_for_its_rule_only if {
	found := {"no_all_permissions", "inactivity_expiry", "rotation_age", "rotation_in_place", "not_weakened", "organization_allowed", "readers_required"}
	bad := plan([change(["no-op"], object.union(bad_settings, {"on_expired": "keep"}), bad_settings)], [])
	ids_with(bad, strict) == found
	every id in found {
		ids_with(bad, object.union(strict, {"exceptions": {id: [address]}})) == found - {id}
	}
	one_set := plan([change(["no-op"], null, object.union(settings, {"permission_set_ids": ["2"], "organization_id": "1", "age_recipients": []}))], [])
	ids_with(one_set, strict) == {"permission_sets_allowed", "readers_required"}
	ids_with(one_set, object.union(strict, {"exceptions": {"permission_sets_allowed": [address]}})) == {"readers_required"}
	unruled := plan([change(["delete", "create"], settings, object.remove(settings, ["rotate_after_days"]))], [])
	ids_with(unruled, object.union(review_data, {"exceptions": {"rotation_rule": [address]}})) == {"create_before_destroy", "new_secret_approved"}
	ids_with(unruled, object.union(review_data, {"exceptions": {"create_before_destroy": [address]}})) == {"rotation_rule", "new_secret_approved"}
}

ids_with(input_plan, review) := {finding.id | some finding in safetyculture.deny with input as input_plan with data.token_review as review}

test_entries_of_approvals if {
	approval := {"address": address, "operations": ["create"], "approved_by": "me", "expires": "2200-01-01T00:00:00Z", "comment": "why"}
	about_data(object.union(review_data, {"approvals": [approval]})) == set()
	every name in ["token_id", "permission_set_ids", "all_permissions", "organization_id", "inactivity_expiry_days", "readers", "plan_sha256"] {
		about_data(object.union(review_data, {"approvals": [object.union(approval, {name: "x"})]})) == set()
		names_it(object.union(review_data, {"approvals": [object.union(approval, {name: null})]}), concat(" ", ["has an empty", name]))
	}
	about_data(object.union(review_data, {"approvals": [object.union(approval, {"comment": null})]})) == set()
	names_it(object.union(review_data, {"approvals": [object.union(approval, {"why": "x"})]}), "has an entry why")
	every operations in ["create", {"a": "create"}, ["create", 7], [["create"]]] {
		names_it(object.union(review_data, {"approvals": [object.union(object.remove(approval, ["operations"]), {"operations": operations})]}), "are not a list of words")
	}
	names_it(object.union(review_data, {"approvals": [object.remove(approval, ["operations"])]}), "are not a list of words")
	names_it(object.union(review_data, {"approvals": [object.remove(approval, ["address", "operations"])]}), "(no address)")
}

keyed := object.union(change(["no-op"], settings, object.union(settings, {"on_revoked": "keep"})), {
	"address": "module.m[\"x\"].safetyculture_service_user_token.a[0]",
	"previous_address": "module.n[\"x\"].safetyculture_service_user_token.a[0]",
})

kept(list) := ids_with(plan([keyed], []), object.union(review_data, {"keep_when_revoked": list}))

test_lists_with_some_keys if {
	every entry_of_list in ["module.m.safetyculture_service_user_token.a", keyed.address, "module.o[\"x\"].safetyculture_service_user_token.a"] {
		not "reviewable" in kept([entry_of_list])
	}
	every entry_of_list in ["module.m[\"x\"].safetyculture_service_user_token.a", "module.m.safetyculture_service_user_token.a[0]", "module.n[\"x\"].safetyculture_service_user_token.a"] {
		"reviewable" in kept([entry_of_list])
	}
}
