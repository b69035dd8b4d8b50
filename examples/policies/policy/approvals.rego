package safetyculture

# METADATA
# title: Every new secret is approved
# description: >-
#   A create, a replacement and a regeneration in place (an update with after_unknown.token) each need an entry in
#   token_review.approvals. Imports, moves and edits make no secret and need none.
# custom:
#   id: new_secret_approved
deny contains finding("new_secret_approved", change.address, sprintf("the plan makes a new secret (%s)%s; have an approval added to the policies' data: address, operations [%s], approved_by, expires", [kind, lapsed(change, kind), kind])) if {
	some change in changes
	kind := operation(change)
	kind in {"create", "replace", "regenerate"}
	not approved(change, kind)
}

# METADATA
# title: Every destroy of an active token is approved
# description: >-
#   Deleting or revoking a token that works cuts off what uses it. A revoked or expired one may go without approval. The old
#   token of a replacement is covered by the approval of the replacement.
# custom:
#   id: destroy_approved
deny contains finding("destroy_approved", change.address, sprintf("the plan destroys an active token%s; have an approval added to the policies' data: address, operations [destroy], approved_by, expires", [lapsed(change, "destroy")])) if {
	some change in changes
	operation(change) == "destroy"
	was_active(change)
	not approved(change, "destroy")
}

approved(change, kind) if {
	some approval in approvals_of(change, kind)
	time.parse_rfc3339_ns(approval.expires) > time.now_ns()
}

lapsed(change, kind) := " and its approval has expired, or has no RFC 3339 time as its end" if count(approvals_of(change, kind)) > 0

lapsed(change, kind) := "" if count(approvals_of(change, kind)) == 0

# Entries of exactly this address: that of one instance says nothing of another. Only the policies' data is asked, never a
# variable of the plan, which the author of the change sets.
approvals_of(change, kind) := [approval |
	some approval in data.token_review.approvals
	approval.address == change.address
	kind in approval.operations
	is_string(approval.approved_by)
	trim_space(approval.approved_by) != ""
	is_string(approval.expires)
]
