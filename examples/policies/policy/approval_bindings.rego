# What an approval is bound to, so that it allows nothing else.
package safetyculture

# METADATA
# title: An approval allows no more than is needed
# description: >-
#   Where limits.require_bound_approvals is true, an approval that counts for this plan is for one operation, and bound to all that
#   the plan knows: the token that is there, permissions, organization, expiry and readers; or to the plan file itself.
# custom:
#   id: approval_bound
deny contains finding("approval_bound", asked.address, sprintf("its approval is wider than needed: %s; have it replaced by: %s", [concat(", and ", sort(reasons)), example(asked)])) if {
	data.token_review.limits.require_bound_approvals == true
	some asked in asks
	some approval in approvals_of(asked)
	count(flaws(approval, asked)) == 0
	reasons := too_wide(approval, asked)
	count(reasons) > 0
}

too_wide(approval, asked) := unbound(approval, asked) | {"it is for several operations" | count(approval.operations) > 1}

# A plan file is what it is.
unbound(approval, asked) := {sprintf("it is not bound to %s", [name]) |
	object.get(approval, "plan_sha256", null) == null
	some name in known_facts(asked)
	object.get(approval, name, null) == null
}

bindings := {"token_id", "permission_set_ids", "all_permissions", "organization_id", "inactivity_expiry_days", "readers"}

# What becomes of a token that goes is all the same.
known_facts(asked) := {name | some name, value in asked.facts; value != null} if asked.operation in makes_secret

known_facts(asked) := {name | some name, value in asked.facts; name == "token_id"; value != null} if not asked.operation in makes_secret

# An approval may be bound to the token that is there, and to what there will be, as far as the plan knows it.
facts(there, planned_values) := {
	"token_id": field(there, "id"),
	"permission_set_ids": field(planned_values, "permission_set_ids"),
	"all_permissions": field(planned_values, "all_permissions"),
	"organization_id": field(planned_values, "organization_id"),
	"inactivity_expiry_days": field(planned_values, "inactivity_expiry_days"),
	"readers": fingerprints_in(planned_values),
}

field(values, name) := object.get(values, name, null) if is_object(values)

field(values, _) := null if not is_object(values)

same(given, known) if {
	not is_array(given)
	given == known
}

same(given, known) if {
	is_array(given)
	is_array(known)
	{each | some each in given} == {each | some each in known}
}

# The one in the policies' data is of this plan file. The job that reviews the file says what its SHA-256 is.
about_its_plan(approval) := {"is for another plan file" |
	of_plan := object.get(approval, "plan_sha256", null)
	of_plan != null
	of_plan != object.get(data.token_review, "plan_sha256", null)
}

# An approval as it is written: YAML reads JSON. A plan that is not filtered can have anything in the place of an id.
example(asked) := json.marshal(object.union(
	{"address": asked.address, "operations": [asked.operation], "approved_by": "NAME", "expires": "RFC 3339 TIME"},
	{name: asked.facts[name] | some name in known_facts(asked); is_printable(asked.facts[name])},
))

is_printable(value) if {
	texts := [text | walk(value, [_, text]); is_string(text)]
	every text in texts { regex.match(`^([0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[a-z]+_[0-9a-f]{32}|SHA256:[A-Za-z0-9+/]{43})$`, text) }
}
