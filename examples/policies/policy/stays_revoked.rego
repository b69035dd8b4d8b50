package safetyculture

# METADATA
# title: Tokens that must stay revoked do
# description: >-
#   A token on token_review.keep_when_revoked has on_revoked = "keep". Once it is revoked or expired, it gets no new secret and is
#   not destroyed. It neither leaves the list by a move, nor Terraform by being forgotten, because nobody would look at it any
#   more. The rotation or destroy of one that is active is a matter of approvals.
# custom:
#   id: keep_when_revoked
deny contains finding("keep_when_revoked", change.address, "it is on the list of tokens that stay revoked; set on_revoked = \"keep\"") if {
	some change in planned
	listed(change, data.token_review.keep_when_revoked)
	not kept(change)
}

deny contains finding("keep_when_revoked", change.address, "it is on the list of tokens that stay revoked, and would be forgotten; keep it in the configuration, or have it taken off the list") if {
	some change in changes
	"forget" in change.change.actions
	listed(change, data.token_review.keep_when_revoked)
}

deny contains finding("keep_when_revoked", change.address, sprintf("it is on the list of tokens that stay revoked, and is revoked or expired, and the plan would %s it; keep it as it is, or have it taken off the list", [kind])) if {
	some change in changes
	kind := operation(change)
	not was_active(change)
	listed(change, data.token_review.keep_when_revoked)
}

deny contains finding("keep_when_revoked", change.address, sprintf("it moves from %s, which is on the list of tokens that stay revoked, to an address that is not; have the new address listed too", [change.previous_address])) if {
	some change in changes
	count(with_and_without_keys(change.previous_address) & on_the_list) > 0
	count(with_and_without_keys(change.address) & on_the_list) == 0
}

on_the_list := {address | some address in data.token_review.keep_when_revoked}

kept(change) if change.change.after.on_revoked == "keep"
