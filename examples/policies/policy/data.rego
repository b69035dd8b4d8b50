# Findings of the rule reviewable about the policies' data. Every entry is required: a forgotten one would switch a rule off.
package safetyculture

unreviewable contains finding("reviewable", "data", sprintf("token_review.limits.%s is missing or not a number; pass the data folder, see data/limits.yaml", [name])) if {
	some name in ["max_inactivity_expiry_days", "max_rotate_after_days", "max_active_tokens", "max_approval_days", "min_expiry_warning_days"]
	not limit_is_number(name)
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.limits.%s is missing or neither true nor false; pass the data folder, see data/limits.yaml", [name])) if {
	some name in ["require_organization_count", "require_bound_approvals", "require_readers"]
	not limit_is_boolean(name)
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.limits.%s is missing or neither null nor a list; pass the data folder, see data/limits.yaml", [name])) if {
	some name in ["permission_set_ids", "organization_ids"]
	not is_null_or_list(name)
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.%s is missing or not a list; pass the data folder, see data/", [name])) if {
	some name in ["keep_when_revoked", "ephemeral_tokens", "approvals", "provider_sources", "credential_sources", "secret_consumers", "data_sources", "providers", "readers"]
	not data_is_list(name)
}

unreviewable contains finding("reviewable", "data", "token_review.report_local_values is missing or neither true nor false; pass the data folder, see data/secrets.yaml") if {
	not reports_local_values_or_not
}

unreviewable contains finding("reviewable", "data", "token_review.credentials is missing or neither null nor a list of provider, api_token and tokens, without keys; pass the data folder, see data/limits.yaml") if {
	not credentials_are_listed
}

unreviewable contains finding("reviewable", "data", "token_review.exceptions is missing or not a map of lists; pass the data folder, see data/limits.yaml") if {
	not exceptions_are_lists
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.exceptions.%s: this rule has no exceptions; use only %s", [id, concat(", ", sort(exceptable))])) if {
	some id, _ in data.token_review.exceptions
	not id in exceptable
}

unreviewable contains finding("reviewable", "data", sprintf("the approval of %s has an entry %s, which binds nothing; use only %s", [whose(approval), name, concat(", ", sort(in_approvals))])) if {
	some approval in data.token_review.approvals
	some name, _ in approval
	not name in in_approvals
}

unreviewable contains finding("reviewable", "data", sprintf("the approval of %s has an empty %s, which binds nothing; remove it, or use a value", [whose(approval), name])) if {
	some approval in data.token_review.approvals
	some name in (bindings | {"plan_sha256"})
	approval[name] == null
}

unreviewable contains finding("reviewable", "data", sprintf("the approval of %s has operations that are not a list of words; write operations: [replace]", [whose(approval)])) if {
	some approval in data.token_review.approvals
	not has_operations(approval)
}

has_operations(approval) if {
	is_array(approval.operations)
	every operation in approval.operations { is_string(operation) }
}

whose(approval) := object.get(approval, "address", "(no address)")

unreviewable contains finding("reviewable", "data", sprintf("the approval of %s names what the filter has removed, and that is another thing in each plan; use plain words as names and keys, and have them approved", [whose(approval)])) if {
	some approval in data.token_review.approvals
	contains(whose(approval), "(removed")
}

# Such an entry would match nothing, and nobody would notice.
unreviewable contains finding("reviewable", "data", sprintf("token_review.keep_when_revoked has %s, which has some of the keys of %s; write all of them, or none for all instances", [entry, address])) if {
	some entry in data.token_review.keep_when_revoked
	some change in changes
	some address in {change.address, object.get(change, "previous_address", change.address)}
	without_keys(entry) == without_keys(address)
	number_of_keys(entry) > 0
	number_of_keys(entry) < number_of_keys(address)
}

number_of_keys(address) := count(regex.find_n(key_pattern, address, -1))

in_approvals := bindings | {"plan_sha256", "address", "operations", "approved_by", "expires", "comment"}

# Rules from which an address can be excepted: those about a token's settings, and those about where secrets go.
exceptable := {
	"no_all_permissions", "permission_sets_allowed", "inactivity_expiry", "rotation_rule", "rotation_age",
	"create_before_destroy", "rotation_in_place", "not_weakened", "organization_allowed", "readers_required", "secret_goes_to", "local_value", "no_provisioners",
}

# Rules of their own, because "not is_boolean(x)" is undefined, and not true, where x is.
limit_is_boolean(name) if is_boolean(data.token_review.limits[name])

reports_local_values_or_not if is_boolean(data.token_review.report_local_values)

limit_is_number(name) if is_number(data.token_review.limits[name])

is_null_or_list(name) if data.token_review.limits[name] == null

is_null_or_list(name) if is_array(data.token_review.limits[name])

data_is_list(name) if is_array(data.token_review[name])

exceptions_are_lists if {
	is_object(data.token_review.exceptions)
	every list in data.token_review.exceptions { is_array(list) }
}

credentials_are_listed if data.token_review.credentials == null

credentials_are_listed if {
	is_array(data.token_review.credentials)
	every entry in data.token_review.credentials {
		object.keys(entry) == {"provider", "api_token", "tokens"}
		is_string(entry.provider)
		is_null_or_text(entry.api_token)
		are_addresses(entry.tokens)
	}
}

is_null_or_text(null)

is_null_or_text(value) if is_string(value)

are_addresses(null)

are_addresses(tokens) if {
	is_array(tokens)
	every address in tokens { without_keys(address) == address }
}
