package safetyculture

# METADATA
# title: Every new secret is approved
# description: >-
#   A create, a replacement and a regeneration in place (an update with a new secret in after_unknown) each need an entry in
#   token_review.approvals. Imports, moves and edits make no secret and need none.
# custom:
#   id: new_secret_approved
deny contains finding("new_secret_approved", asked.address, sprintf("the plan makes a new secret (%s)%s; have an approval added to the policies' data: %s", [asked.operation, unusable(asked), example(asked)])) if {
	some asked in asks
	asked.operation in makes_secret
	not approved(asked)
}

# METADATA
# title: Every destroy of an active token is approved
# description: >-
#   Deleting or revoking a token that works cuts off what uses it. A revoked or expired one may go without approval. The old
#   token of a replacement is covered by the approval of the replacement.
# custom:
#   id: destroy_approved
deny contains finding("destroy_approved", asked.address, sprintf("the plan destroys an active token%s; have an approval added to the policies' data: %s", [unusable(asked), example(asked)])) if {
	some asked in asks
	asked.operation == "destroy"
	not approved(asked)
}

# METADATA
# title: Every revocation by an action is approved
# description: >-
#   The action safetyculture_revoke_service_user_token (Terraform 1.14) kills a token, managed or not, without a change of any
#   resource. Its address is that of the action.
# custom:
#   id: revoke_approved
deny contains finding("revoke_approved", asked.address, sprintf("the plan revokes a token%s; have an approval added to the policies' data: %s", [unusable(asked), example(asked)])) if {
	some asked in asks
	asked.operation == "revoke"
	not approved(asked)
}

revoke_action := "safetyculture_revoke_service_user_token"

makes_secret := {"create", "replace", "regenerate"}

# What the plan wants to do that needs an approval.
asks contains {"address": change.address, "operation": kind, "arrived": arrived(change), "facts": facts(before_of(change, kind), field(change.change, "after"))} if {
	some change in changes
	kind := operation(change)
	kind in makes_secret
}

asks contains {"address": change.address, "operation": "destroy", "arrived": arrived(change), "facts": facts(field(change.change, "before"), field(change.change, "before"))} if {
	some change in changes
	operation(change) == "destroy"
	was_active(change)
}

asks contains {"address": invocation.address, "operation": "revoke", "arrived": false, "facts": facts(field(invocation, "config_values"), null)} if {
	some invocation in invocations
	invocation.type == revoke_action
}

# A create has no token before it, whatever the plan says.
before_of(change, kind) := field(change.change, "before") if kind != "create"

before_of(_, "create") := null

approved(asked) if {
	some approval in approvals_of(asked)
	count(flaws(approval, asked)) == 0
}

# Entries of exactly this address: that of one instance says nothing of another. Only the policies' data is asked, never a
# variable of the plan, which the author of the change sets.
approvals_of(asked) := [approval |
	some approval in data.token_review.approvals
	approval.address == asked.address
	not contains(approval.address, "(removed") # another thing in each plan
	asked.operation in approval.operations
]

# Why an approval does not count.
flaws(approval, asked) := union({
	about_its_approver(approval), about_its_end(approval), about_its_length(approval),
	about_its_subject(approval, asked), about_its_token(approval, asked), about_its_plan(approval),
})

about_its_approver(approval) := {"says not who approved it (approved_by)" | not has_approver(approval)}

has_approver(approval) if {
	is_string(approval.approved_by)
	trim_space(approval.approved_by) != ""
}

about_its_end(approval) := {"has expired, or has no RFC 3339 time as its end" | not lasts(approval)}

# A rule of its own, because "not" of a time that cannot be read is undefined, and not true.
lasts(approval) if time.parse_rfc3339_ns(approval.expires) > time.now_ns()

about_its_length(approval) := {sprintf("ends more than %d days from now", [limit]) |
	limit := data.token_review.limits.max_approval_days
	time.parse_rfc3339_ns(approval.expires) > time.now_ns() + (limit * day)
}

day := ((24 * 60) * 60) * 1000000000

about_its_subject(approval, asked) := {sprintf("has another %s than the plan", [name]) |
	some name in bindings
	given := object.get(approval, name, null)
	given != null
	not same(given, asked.facts[name])
}

# An approval for an address means the token that was there when it was given. The author of a change can bring any other one
# there, by a move or an import, so that one has to be named.
about_its_token(approval, asked) := {"has no token_id, which it needs for a token that this plan moves or imports to the address" |
	asked.arrived
	object.get(approval, "token_id", null) == null
}

default arrived(_) := false

arrived(change) if object.get(change, "previous_address", change.address) != change.address

# The filter keeps true or false of it.
arrived(change) if not object.get(change.change, "importing", null) in {null, false}

default unusable(_) := ""

unusable(asked) := sprintf(", and its approval %s", [concat(", and ", sort(reasons))]) if {
	reasons := {flaw | some approval in approvals_of(asked); some flaw in flaws(approval, asked)}
	count(reasons) > 0
}

unusable(asked) := ", and no approval can name its address: use plain words as names and keys" if contains(asked.address, "(removed")
