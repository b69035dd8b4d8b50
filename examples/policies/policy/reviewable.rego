package safetyculture

# Rules about a token's settings, from which an address can be excepted.
exceptable := {"no_all_permissions", "inactivity_expiry", "rotation_rule", "create_before_destroy"}

# METADATA
# title: The input is a plan, and the data is there
# description: >-
#   Without this rule, an empty file, the log of "plan -json", a plan that ended in an error or a forgotten data folder
#   would pass every other rule.
# custom:
#   id: reviewable
unreviewable contains finding("reviewable", "plan", "this is not a plan in JSON; make it with: terraform show -json PLANFILE") if {
	not is_plan
}

unreviewable contains finding("reviewable", "plan", "the plan ended in an error, so it does not say all that it would do; fix the error and plan again") if {
	input.errored == true
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.limits.%s is missing or not a number; pass the data folder, see data/limits.yaml", [name])) if {
	some name in ["max_inactivity_expiry_days", "max_active_tokens"]
	not limit_is_number(name)
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.%s is missing or not a list; pass the data folder, see data/", [name])) if {
	some name in ["keep_when_revoked", "ephemeral_tokens", "approvals"]
	not data_is_list(name)
}

unreviewable contains finding("reviewable", "data", "token_review.exceptions is missing or not a map of lists; pass the data folder, see data/limits.yaml") if {
	not exceptions_are_lists
}

unreviewable contains finding("reviewable", "data", sprintf("token_review.exceptions.%s: this rule has no exceptions; they are for %s", [id, concat(", ", sort(exceptable))])) if {
	some id, _ in data.token_review.exceptions
	not id in exceptable
}

# Rules of their own, because "not is_number(x)" is undefined, and not true, where x is.
limit_is_number(name) if is_number(data.token_review.limits[name])

data_is_list(name) if is_array(data.token_review[name])

is_plan if {
	startswith(input.format_version, "1.")
	is_object(input.configuration)
	changes_are_readable
}

# A plan without any change has no resource_changes.
changes_are_readable if not "resource_changes" in object.keys(input)

changes_are_readable if is_array(input.resource_changes)

exceptions_are_lists if {
	is_object(data.token_review.exceptions)
	every list in data.token_review.exceptions { is_array(list) }
}
