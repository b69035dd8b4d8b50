package safetyculture

# METADATA
# title: The secret goes only where it may
# description: >-
#   What refers to a token's secret, or to what holds it, is listed in token_review.secret_consumers by type and argument. The
#   secret is followed through variables, outputs, modules, for_each, and what a consumer exposes again. A reference to a whole
#   resource or module, which is all that a plan shows of a splat or a for expression, counts as one to the secret in it. Outputs
#   of the root module that carry it are sensitive.
# custom:
#   id: secret_goes_to
deny contains finding("secret_goes_to", address_of(place), sprintf("%s may get the secret of a token, and is not in token_review.secret_consumers; remove the reference, or name the attribute that is meant instead of the whole, or have it reviewed and listed", [consumer(place)])) if {
	some place in carriers
	is_unlisted(place)
}

deny contains finding("secret_goes_to", address_of(place), sprintf("its %s may be made of the secret of a token, and shows in addresses; use keys that are written down, and the secret in the value only", [place.argument])) if {
	some place in carriers
	meta_arguments[place.argument]
	shows_it(place)
}

deny contains finding("secret_goes_to", address_of(place), "this output may carry the secret of a token; write sensitive = true, or name the attribute that is meant instead of the whole") if {
	some place in carriers
	shows_in_output(place)
}

carriers contains place if {
	some place in uses
	filled(place) in carrying
	not address_of(place) in object.get(data.token_review.exceptions, "secret_goes_to", [])
}

is_unlisted(place) if {
	not is_call(place)
	not startswith(place.owner, "output.")
	not meta_arguments[place.argument]
	not consumer(place) in data.token_review.secret_consumers
}

is_call(place) if startswith(place.owner, "module.")

shows_in_output(place) if {
	place.module == ""
	startswith(place.owner, "output.")
	not modules[""].outputs[trim_prefix(place.owner, "output.")].sensitive == true
}

# A for_each of tokens has their keys, and not their secrets; so has that of a variable. Who is not meant to get any secret has
# no reason for either.
shows_it(place) if {
	some reference in place.references
	secret_attribute(place.module, reference)
}

shows_it(place) if {
	not is_call(place)
	not consumer_type(place) in {concat(".", array.slice(names, 0, count(names) - 1)) |
		some listed_consumer in data.token_review.secret_consumers
		names := split(listed_consumer, ".")
	}
}

# As token_review.secret_consumers names it: TYPE.ARGUMENT, data.TYPE.ARGUMENT, provider.NAME.ARGUMENT.
consumer(place) := concat(".", [consumer_type(place), place.argument])

consumer_type(place) := regex.replace(place.owner, `\.[^.]+$`, "") if not is_provider(place)

consumer_type(place) := concat(".", ["provider", regex.find_n(`[^/]*$`, provider.full_name, 1)[0]]) if {
	is_provider(place)
	provider := input.configuration.provider_config[provider_key(place)]
}

is_provider(place) if startswith(place.owner, "provider ")

provider_key(place) := trim_prefix(place.owner, "provider ")

address_of(place) := in_module(place.module, place.owner) if not is_provider(place)

address_of(place) := provider_key(place) if is_provider(place)

# METADATA
# title: No local value stands where a secret may not be
# description: >-
#   A plan does not show what a local value is made of. Where token_review.report_local_values is true, one that is handed to
#   what may not have a secret is a finding. The source rules resolve local values, so this is for plans without them.
# custom:
#   id: local_value
deny contains finding("local_value", address_of(place), sprintf("%s refers to %s, and a plan does not show what is in it; write the reference itself, or have the source reviewed and make an exception", [consumer(place), reference])) if {
	data.token_review.report_local_values == true
	some place in uses
	may_not_have_it(place)
	some reference in place.references
	startswith(reference, "local.")
	not address_of(place) in object.get(data.token_review.exceptions, "local_value", [])
}

may_not_have_it(place) if is_unlisted(place)

may_not_have_it(place) if shows_in_output(place)

may_not_have_it(place) if {
	not is_call(place)
	meta_arguments[place.argument]
}
