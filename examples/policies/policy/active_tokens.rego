package safetyculture

# METADATA
# title: The organization keeps free slots
# description: >-
#   A plan that adds active tokens ends with at most limits.max_active_tokens. Before the plan there are as many as the data
#   source safetyculture_service_user_tokens says (active_count: the whole organization). The plan must have read it, unless
#   limits.require_organization_count is false: then those in this state count.
# custom:
#   id: active_tokens
deny contains finding("active_tokens", "plan", sprintf("there would be %d active tokens, and at most %d are allowed; destroy or revoke unused ones first", [before + added, limit])) if {
	limit := data.token_review.limits.max_active_tokens
	added > 0
	before := max({active_in_state} | active_in_organization)
	before + added > limit
}

deny contains finding("active_tokens", "plan", "it adds active tokens, and has not counted those of the organization; add the data source safetyculture_service_user_tokens, without depends_on or unknown arguments, and plan without -target, so that the plan reads it") if {
	added > 0
	count(active_in_organization) == 0
	object.get(data.token_review.limits, "require_organization_count", true) != false
}

added := count(gained) - count(lost)

active_in_state := count([1 | some known in tokens_in_state; some values in known; not dead(values)])

# A new token, also where the old one is forgotten, or a new secret for one that was dead. The replacement or regeneration of
# an active one adds none.
gained contains change.address if {
	some change in changes
	operation(change) == "create"
}

gained contains change.address if {
	some change in changes
	operation(change) in {"replace", "regenerate"}
	not was_active(change)
}

# Forgotten tokens are not lost: they live on, outside Terraform.
lost contains object_key(change.address, object.get(change, "deposed", "")) if {
	some change in changes
	operation(change) == "destroy"
	was_active(change)
}

# A plan with -target can have the count of an older plan: the data source is then not read, and stays as it was in state.
active_in_organization contains resource.values.active_count if {
	some resource in prior_resources
	object.get(input, "complete", true) != false
	resource.mode == "data"
	resource.type == "safetyculture_service_user_tokens"
	is_number(resource.values.active_count)
}
