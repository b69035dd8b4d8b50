package safetyculture

# METADATA
# title: Tokens are managed with known credentials
# description: >-
#   Where token_review.credentials is a list, each provider block of this provider is on it with what its api_token comes from, and
#   each token with the block that manages it. Otherwise an edit could hand a token to another credential of the organization,
#   which may do more, or which nobody watches.
# custom:
#   id: credential_listed
deny contains finding("credential_listed", key, "its credential is not listed for this provider block in token_review.credentials; use the one that is, or have this one reviewed and listed") if {
	is_array(data.token_review.credentials)
	some key, provider in provider_configs
	is_used(key, provider)
	not is_listed_block(key, provider)
}

deny contains finding("credential_listed", address, sprintf("the provider block %s manages it, and token_review.credentials does not list that; use the block that is listed, or have this one reviewed and listed", [key])) if {
	is_array(data.token_review.credentials)
	some [address, key] in managed_by
	some name in known_as(address)
	not is_listed_for(name, key)
}

# A plan also has a block that nobody wrote for each name by which a module may call the provider.
is_used(key, _) if {
	some [_, thing] in configured
	thing.provider_config_key == key
}

is_used(_, provider) if count(provider.expressions) > 0

is_listed_block(key, provider) if {
	some entry in data.token_review.credentials
	entry.provider == key
	entry.api_token == credential(provider)
}

# Without one it is that of SAFETYCULTURE_API_TOKEN.
credential(provider) := null if has_no_api_token(provider)

credential(provider) := origin if {
	reference := in_module(object.get(provider, "module_address", ""), only_reference(provider.expressions.api_token))
	some origin in ({reference} | graph.reachable(handed_over, {reference}))
	not origin in handed_variables
}

has_no_api_token(provider) if not provider.expressions.api_token

has_no_api_token(provider) if provider.expressions.api_token.constant_value == null

# Each variable of a module, with the one reference that the call passes. graph.reachable ignores what is not a key of the graph,
# so the references are keys too.
handed_over[name] contains passed if some [name, passed] in handed

handed_over[passed] contains passed if some [_, passed] in handed

handed_variables := {name | some [name, _] in handed}

handed contains [in_module(address, concat(".", ["var", name])), in_module(call.parent, only_reference(expression))] if {
	some address, call in module_calls
	some name, expression in call.expressions
}

# The token's resource, and the provider block that Terraform found for it, through the arguments "providers" of modules.
managed_by contains [in_module(module, owner_of(thing)), object.get(thing, "provider_config_key", "")] if {
	some [module, thing] in configured
	thing.mode == "managed"
	thing.type == token_type
}

# Its address, and the one that it moves from.
known_as(address) := {address} | {without_keys(change.previous_address) |
	some change in changes
	without_keys(change.address) == address
}

is_listed_for(address, key) if {
	some entry in data.token_review.credentials
	entry.provider == key
	is_within(address, entry.tokens)
}

is_within(_, null)

is_within(address, tokens) if {
	some listed_address in tokens
	startswith(concat("", [address, "."]), concat("", [listed_address, "."]))
}
