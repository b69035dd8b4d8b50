package safetyculture

# METADATA
# title: No token has all permissions
# description: Permission sets say what an integration may do. What the plan does not know counts as all permissions.
# custom:
#   id: no_all_permissions
deny contains finding("no_all_permissions", change.address, "grants all permissions; set permission_set_ids to the sets that the integration needs, and remove all_permissions") if {
	some change in planned
	may_have_all_permissions(change.change)
	not excepted("no_all_permissions", change)
}

may_have_all_permissions(change) if change.after.all_permissions == true

may_have_all_permissions(change) if change.after_unknown.all_permissions == true

# METADATA
# title: Unused tokens expire soon
# description: inactivity_expiry_days is known in the plan and at most limits.max_inactivity_expiry_days.
# custom:
#   id: inactivity_expiry
deny contains finding("inactivity_expiry", change.address, sprintf("set inactivity_expiry_days to a number known in the plan, at most %d", [limit])) if {
	limit := data.token_review.limits.max_inactivity_expiry_days
	some change in planned
	not expires_within(change.change.after, limit)
	not excepted("inactivity_expiry", change)
}

expires_within(after, limit) if {
	is_number(after.inactivity_expiry_days)
	after.inactivity_expiry_days <= limit
}

# METADATA
# title: Something rotates the secret
# description: rotate_after_days is set, or rotation_triggers has a key. Values may be unknown in the plan, the map may not.
# custom:
#   id: rotation_rule
deny contains finding("rotation_rule", change.address, "nothing rotates its secret; set rotate_after_days, or rotation_triggers with at least one key") if {
	some change in planned
	not rotates(change.change)
	not excepted("rotation_rule", change)
}

rotates(change) if is_number(change.after.rotate_after_days)

# Keys whose values are known are in after, the others in after_unknown.
rotates(change) if {
	some part in [change.after, change.after_unknown]
	is_object(part.rotation_triggers)
	count(part.rotation_triggers) > 0
}

# METADATA
# title: The new token is there before the old one goes
# description: A replacement creates before it destroys, so that what uses the secret can be switched in between.
# custom:
#   id: create_before_destroy
deny contains finding("create_before_destroy", change.address, "is destroyed before its replacement is there; write lifecycle { create_before_destroy = true }") if {
	some change in changes
	change.change.actions == ["delete", "create"]
	not excepted("create_before_destroy", change)
}

# METADATA
# title: Tokens that must stay revoked do
# description: A token on token_review.keep_when_revoked has on_revoked = "keep".
# custom:
#   id: keep_when_revoked
deny contains finding("keep_when_revoked", change.address, "is on the list of tokens that stay revoked; set on_revoked = \"keep\"") if {
	some change in planned
	listed(change, data.token_review.keep_when_revoked)
	not kept(change)
}

kept(change) if change.change.after.on_revoked == "keep"
