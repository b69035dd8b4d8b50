package safetyculture

# METADATA
# title: The provider comes from a known address
# description: >-
#   Whatever is of this provider, by its type, comes from an address in token_review.provider_sources. Another program of the
#   same name gets the credential, and may do with it what it likes.
# custom:
#   id: provider_source
deny contains finding("provider_source", address, sprintf("it comes from the provider %s, which is not in token_review.provider_sources; use a source that is listed, or have this one reviewed and listed", [name])) if {
	some [address, name] in provider_names
	not name in data.token_review.provider_sources
}

deny contains finding("provider_source", key, sprintf("this name stands for the provider %s, which is not in token_review.provider_sources; use a source that is listed, or have this one reviewed and listed", [provider.full_name])) if {
	some key, provider in provider_configs
	not provider.full_name in data.token_review.provider_sources
}

# The provider of each thing in the plan. Data sources that were read are in state only.
provider_names contains [thing.address, object.get(thing, "provider_name", "without a name")] if {
	some list in [object.get(input, "resource_changes", []), invocations, prior_resources]
	some thing in list
	ours(thing)
}
