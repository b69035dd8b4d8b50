package safetyculture

# METADATA
# title: What guards a token is not weakened
# description: >-
#   A token that has on_revoked or on_expired = "keep", or on_destroy = "revoke", keeps it. Without it a token that was revoked in
#   an incident, or had expired, comes back, or a record that is kept for audit is deleted.
# custom:
#   id: not_weakened
deny contains finding("not_weakened", change.address, sprintf("%s changes from %s to %s; keep it as it is, or have an exception made", [name, strict, change.change.after[name]])) if {
	some change in planned
	some name, strict in {"on_revoked": "keep", "on_expired": "keep", "on_destroy": "revoke"}
	change.change.before[name] == strict
	change.change.after[name] != strict
	not excepted("not_weakened", change)
}

# METADATA
# title: The provider warns of tokens that are about to expire
# description: >-
#   expiry_warning_days of a provider block is left out (the provider's default), or a number that is written down and at least
#   limits.min_expiry_warning_days.
# custom:
#   id: expiry_warning
deny contains finding("expiry_warning", key, sprintf("expiry_warning_days may be too small to be warned in time; remove it, or set it to a number of at least %d", [data.token_review.limits.min_expiry_warning_days])) if {
	some key, provider in provider_configs
	setting := provider.expressions.expiry_warning_days
	not warns(setting)
}

warns(setting) if {
	not setting.references
	setting.constant_value == null
}

warns(setting) if {
	not setting.references
	is_number(setting.constant_value)
	setting.constant_value >= data.token_review.limits.min_expiry_warning_days
}
