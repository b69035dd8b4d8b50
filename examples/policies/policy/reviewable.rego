package safetyculture

# METADATA
# title: The input is a plan, and the data is there
# description: >-
#   Without this rule, an empty file, the log of "plan -json", a plan that ended in an error, an entry of a kind that the rules
#   do not know, or a forgotten data folder would pass every other rule.
# custom:
#   id: reviewable
unreviewable contains finding("reviewable", "plan", "this is not a plan in JSON; make it with: terraform show -json PLANFILE") if {
	not is_plan
}

unreviewable contains finding("reviewable", "plan", "the plan ended in an error, so it does not say all that it would do; fix the error and plan again") if {
	input.errored == true
}

# -target makes a plan incomplete too, but nothing happens that is not in it.
unreviewable contains finding("reviewable", object.get(change, "address", "plan"), "its change is put off to a later plan, so this one does not say what becomes of it; make what it depends on known first, and plan again") if {
	some deferred in input.deferred_changes
	change := object.get(deferred, "resource_change", {})
	not of_others(change)
}

unreviewable contains finding("reviewable", object.get(change, "address", "plan"), "the plan has a change without an address, a mode or a type, or of a type or with actions that these rules do not know; use policies that know this version of Terraform") if {
	some change in input.resource_changes
	not of_others(change)
	not is_known(change)
}

unreviewable contains finding("reviewable", object.get(invocation, "address", "plan"), "the plan has an action without an address or a type, or of a type that these rules do not know; use policies that know this version of the provider") if {
	some list in [object.get(input, "action_invocations", []), [object.get(deferred, "action_invocation", {}) | some deferred in input.deferred_action_invocations]]
	some invocation in list
	not is_known_action(invocation)
}

is_plan if {
	startswith(input.format_version, "1.")
	is_object(input.configuration)
	every name in ["resource_changes", "deferred_changes", "action_invocations", "deferred_action_invocations"] {
		is_array(object.get(input, name, []))
	}
}

# Rules of their own, because "not is_string(x)" is undefined, and not true, where x is.
of_others(change) if {
	has_address(change)
	not ours(change)
}

has_address(change) if {
	is_string(change.address)
	is_string(change.mode)
	is_string(change.type)
}

is_known(change) if {
	has_address(change)
	change.mode != "managed"
}

is_known(change) if {
	has_address(change)
	change.type == token_type
	change.change.actions in known_actions
}

# All that Terraform up to 1.14 and OpenTofu up to 1.12 write.
known_actions := [
	["no-op"], ["create"], ["update"], ["delete"], ["forget"],
	["delete", "create"], ["create", "delete"], ["create", "forget"], ["forget", "create"],
]

is_known_action(invocation) if {
	is_string(invocation.address)
	is_string(invocation.type)
	not ours(invocation)
}

is_known_action(invocation) if {
	is_string(invocation.address)
	invocation.type == revoke_action
}
