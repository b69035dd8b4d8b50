package safetyculture

# METADATA
# title: No token has all permissions
# description: Permission sets say what an integration may do. What the plan does not know counts as all permissions.
# custom:
#   id: no_all_permissions
deny contains finding("no_all_permissions", change.address, "it grants all permissions; set permission_set_ids to the sets that the integration needs, and remove all_permissions") if {
	some change in usable
	may_have_all_permissions(change.change)
	not excepted("no_all_permissions", change)
}

may_have_all_permissions(change) if change.after.all_permissions == true

may_have_all_permissions(change) if change.after_unknown.all_permissions == true

# METADATA
# title: Tokens have permission sets that may be granted
# description: >-
#   Where limits.permission_set_ids is a list, a token's permission_set_ids are known in the plan and on it. all_permissions is
#   for the rule no_all_permissions.
# custom:
#   id: permission_sets_allowed
deny contains finding("permission_sets_allowed", change.address, "it has permission sets that are not in limits.permission_set_ids, or not known in the plan; use sets that are listed, or have this one reviewed and listed") if {
	allowed := data.token_review.limits.permission_set_ids
	is_array(allowed)
	some change in usable
	not object.get(change.change.after, "all_permissions", null) == true
	not only_has(change.change.after, allowed)
	not excepted("permission_sets_allowed", change)
}

# What is not known yet is missing, or null among the others.
only_has(after, allowed) if {
	is_array(after.permission_set_ids)
	every id in after.permission_set_ids { id in allowed }
}

# METADATA
# title: Unused tokens expire soon
# description: inactivity_expiry_days is known in the plan and at most limits.max_inactivity_expiry_days.
# custom:
#   id: inactivity_expiry
deny contains finding("inactivity_expiry", change.address, sprintf("it expires too late, or nobody knows when; set inactivity_expiry_days to a number known in the plan, at most %d", [limit])) if {
	limit := data.token_review.limits.max_inactivity_expiry_days
	some change in usable
	not expires_within(change.change.after, limit)
	not excepted("inactivity_expiry", change)
}

expires_within(after, limit) if {
	is_number(after.inactivity_expiry_days)
	after.inactivity_expiry_days <= limit
}

# METADATA
# title: Tokens are of organizations that may have them
# description: Where limits.organization_ids is a list, a token's organization_id is known in the plan and on it.
# custom:
#   id: organization_allowed
deny contains finding("organization_allowed", change.address, "its organization is not in limits.organization_ids, or not known in the plan; use the provider block of an organization that is listed, or have this one reviewed and listed") if {
	allowed := data.token_review.limits.organization_ids
	is_array(allowed)
	some change in usable
	not object.get(change.change.after, "organization_id", null) in allowed
	not excepted("organization_allowed", change)
}
