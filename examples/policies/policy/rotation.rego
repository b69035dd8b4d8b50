package safetyculture

# METADATA
# title: Something rotates the secret
# description: rotate_after_days is set, or rotation_triggers has a key. Values may be unknown in the plan, the map may not.
# custom:
#   id: rotation_rule
deny contains finding("rotation_rule", change.address, "nothing rotates its secret; set rotate_after_days, or rotation_triggers with at least one key") if {
	some change in usable
	not rotates(change.change)
	not excepted("rotation_rule", change)
}

rotates(change) if is_number(change.after.rotate_after_days)

# Keys whose values are known are in after, the others in after_unknown.
rotates(change) if {
	some part in [change.after, object.get(change, "after_unknown", null)]
	is_object(part.rotation_triggers)
	count(part.rotation_triggers) > 0
}

# METADATA
# title: A rotation by age comes soon
# description: rotate_after_days, where it is set, is known in the plan and at most limits.max_rotate_after_days.
# custom:
#   id: rotation_age
deny contains finding("rotation_age", change.address, sprintf("its secret may grow too old; set rotate_after_days to a number known in the plan, at most %d", [limit])) if {
	limit := data.token_review.limits.max_rotate_after_days
	some change in usable
	may_grow_older(change.change, limit)
	not excepted("rotation_age", change)
}

may_grow_older(change, limit) if change.after.rotate_after_days > limit

may_grow_older(change, _) if change.after_unknown.rotate_after_days == true

# METADATA
# title: The new token is there before the old one goes
# description: A replacement creates before it destroys, so that what uses the secret can be switched in between.
# custom:
#   id: create_before_destroy
deny contains finding("create_before_destroy", change.address, "it is destroyed before its replacement is there; write lifecycle { create_before_destroy = true }") if {
	some change in changes
	change.change.actions == ["delete", "create"]
	not excepted("create_before_destroy", change)
}

# METADATA
# title: A rotation leaves the old secret until the new one is there
# description: >-
#   rotation_method is replace. With regenerate the old secret stops working at once, which goes round create_before_destroy.
# custom:
#   id: rotation_in_place
deny contains finding("rotation_in_place", change.address, "a rotation would stop its old secret at once; set rotation_method = \"replace\"") if {
	some change in usable
	may_be_in_place(change.change)
	not excepted("rotation_in_place", change)
}

may_be_in_place(change) if change.after.rotation_method == "regenerate"

may_be_in_place(change) if change.after_unknown.rotation_method == true
