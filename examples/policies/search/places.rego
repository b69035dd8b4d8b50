# Where a secret may be, and how a place in a plan is named.
package safetyculture_search

# An argument that is listed, with all that is in it.
belongs(path) if {
	[type, steps] := argument(path)
	names := [step | some step in steps; is_string(step)]
	some i in numbers.range(1, count(names))
	concat(".", array.concat([type], array.slice(names, 0, i))) in listed
}

# The value of an output of the root module that is marked as sensitive.
belongs(path) if {
	path[0] == "output_changes"
	path[2] in {"before", "after"}
	input.output_changes[path[1]][sprintf("%s_sensitive", [path[2]])] == true
}

belongs(path) if {
	some outputs in [["planned_values", "outputs"], ["prior_state", "values", "outputs"]]
	n := count(outputs)
	array.slice(path, 0, n) == outputs
	path[n + 1] == "value"
	object.get(input, array.concat(array.slice(path, 0, n + 1), ["sensitive"]), false) == true
}

listed := {"safetyculture_service_user_token.token"} | {consumer | some consumer in data.token_review.secret_consumers}

# The type of a resource or an action, as secret_consumers names it, and the steps from its arguments to what is at the path.
argument(path) := [typed(change), array.slice(path, 4, count(path))] if {
	path[0] in {"resource_changes", "resource_drift"}
	path[2] == "change"
	path[3] in {"before", "after"}
	change := input[path[0]][path[1]]
}

argument(path) := [sprintf("action.%s", [invocation.type]), array.slice(path, 3, count(path))] if {
	path[0] == "action_invocations"
	path[2] == "config_values"
	invocation := input.action_invocations[path[1]]
}

# A value of an attribute can look like a resource, and is none: so every step to the resource counts.
argument(path) := [typed(resource), array.slice(path, end + 3, count(path))] if {
	some begin in [["planned_values", "root_module"], ["prior_state", "values", "root_module"]]
	n := count(begin)
	array.slice(path, 0, n) == begin
	end := n + (2 * depth(path, n))
	path[end] == "resources"
	path[end + 2] == "values"
	resource := object.get(input, array.slice(path, 0, end + 2), {})
}

# How many modules are passed on the way from the root module at n.
depth(path, n) := min({i |
	some i in numbers.range(0, floor((count(path) - n) / 2))
	path[n + (2 * i)] != "child_modules"
})

typed(resource) := resource.type if resource.mode == "managed"

typed(resource) := sprintf("data.%s", [resource.type]) if resource.mode == "data"

# A path as a reader writes it. A key that is no plain name may be a secret itself, or a part of one.
shown(path) := trim_prefix(concat("", [step(part) | some part in path]), ".")

step(part) := sprintf("[%d]", [part]) if is_number(part)

step(part) := sprintf(".%s", [part]) if is_plain(part)

step(part) := ".(removed)" if {
	is_string(part)
	not is_plain(part)
}

is_plain(part) if {
	is_string(part)
	regex.match(`^[A-Za-z_]{1,40}[0-9]{0,3}$`, part)
	not part in telling
}
