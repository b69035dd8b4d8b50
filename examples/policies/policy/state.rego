# What there is before the plan.
package safetyculture

# Whether the secret of a token works before the plan. State says so, as it was refreshed for the plan: "before" of a token
# that is no longer in the configuration was not (measured with Terraform 1.11).
was_active(change) if not was_dead(change)

was_dead(change) if {
	known := object.get(tokens_in_state, object_key(change.address, object.get(change, "deposed", "")), {object.get(change.change, "before", {})})
	every values in known { dead(values) }
}

# "superseded" is active with a secret that Terraform does not know. Without a status, or without anything that could have one,
# it counts as active, to be on the safe side.
dead(values) if values.status in {"revoked", "expired"}

# Every token in state, also those that -target leaves out of the plan. A key has one object; what a broken plan has twice counts
# as active if one of the two is.
tokens_in_state[key] contains object.get(resource, "values", {}) if {
	some resource in prior_resources
	resource.mode == "managed"
	resource.type == token_type
	key := object_key(resource.address, object.get(resource, "deposed_key", ""))
}

object_key(address, deposed) := sprintf("%s (%s)", [address, deposed])

# The resources of all modules, before the plan and refreshed.
prior_resources contains resource if {
	walk(input.prior_state.values.root_module, [path, resource])
	is_resource(path)
}

# A path is child_modules, N, child_modules, N … resources, N. Values of attributes can look like resources, and are not.
is_resource(path) if {
	count(path) > 1
	count(path) % 2 == 0
	path[count(path) - 2] == "resources"
	every i, part in array.slice(path, 0, count(path) - 2) { part in [{"child_modules"}, {part}][i % 2] }
}
