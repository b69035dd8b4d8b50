# METADATA
# title: Rules for plans with SafetyCulture service user tokens
# description: >-
#   Every rule adds objects with id, address and msg to deny. The input is a plan in JSON (terraform show -json FILE), best
#   after sanitize/plan.jq; the data is in data/.
package safetyculture

# METADATA
# title: What keeps a plan from being applied
# entrypoint: true
deny contains finding if some finding in unreviewable

# METADATA
# title: Whether the plan may be applied
# description: Undefined where it may not, and also where the rules were not loaded, so that opa eval --fail notices both.
# entrypoint: true
allow if count(deny) == 0

token_type := "safetyculture_service_user_token"

# The managed tokens that a plan mentions, those it leaves alone included. Data sources and other types are not.
changes contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	change.type == token_type
}

# The tokens that are under management after the plan. What is destroyed or forgotten has no "after".
planned contains change if {
	some change in changes
	is_object(change.change.after)
}

# What a plan does with a secret. An update without a new secret, an import, a move, a forget and a no-op do nothing.
operation(change) := "replace" if {
	"create" in change.change.actions
	"delete" in change.change.actions
}

operation(change) := "create" if {
	"create" in change.change.actions
	not "delete" in change.change.actions
}

operation(change) := "destroy" if {
	"delete" in change.change.actions
	not "create" in change.change.actions
}

# rotation_method = "regenerate" makes a new secret in place: only after_unknown tells it from a rename.
operation(change) := "regenerate" if {
	"update" in change.change.actions
	change.change.after_unknown.token == true
}

# Whether the secret of a token works before the plan. State says so, as it was refreshed for the plan: "before" of a token
# that is no longer in the configuration was not (measured with Terraform 1.11).
was_active(change) if active(object.get(tokens_in_state, object_key(change.address, object.get(change, "deposed", "")), change.change.before))

# "superseded" is active with a secret that Terraform does not know. Without a status it counts as active, to be on the safe
# side.
active(values) if {
	is_object(values)
	not object.get(values, "status", null) in {"revoked", "expired"}
}

# Every token in state, also those that -target leaves out of the plan.
tokens_in_state[key] := resource.values if {
	some resource in prior_resources
	resource.mode == "managed"
	resource.type == token_type
	key := object_key(resource.address, object.get(resource, "deposed_key", ""))
}

object_key(address, deposed) := sprintf("%s (%s)", [address, deposed])

# The resources of all modules, before the plan and refreshed.
prior_resources contains resource if {
	walk(input.prior_state.values.root_module, [path, resource])
	path[count(path) - 2] == "resources"
}

# An address with its keys, and the same without them, for lists that mean all instances. A moved token is also known by
# the address that it comes from.
names(change) := {name |
	some address in [change.address, object.get(change, "previous_address", change.address)]
	some name in [address, regex.replace(address, `\[("([^"\\]|\\.)*"|[0-9]+)\]`, "")]
}

listed(change, list) if {
	some name in list
	name in names(change)
}

excepted(id, change) if listed(change, object.get(data.token_review.exceptions, id, []))

finding(id, address, msg) := {"id": id, "address": address, "msg": sprintf("%s: %s: %s", [id, address, msg])}
