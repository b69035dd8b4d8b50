# What reaches outside besides resources.
package safetyculture

# METADATA
# title: Data sources are known to the reviewers
# description: >-
#   Data sources run in the plan, and what they are given leaves. So their types are in token_review.data_sources or
#   credential_sources, whatever they refer to; ephemeral resources of others too, as far as a plan shows them.
# custom:
#   id: data_source_listed
deny contains finding("data_source_listed", in_module(address, name), sprintf("it is a data source or ephemeral resource of the type %s, which is not in token_review.data_sources; remove it, or have it reviewed and listed", [type])) if {
	some [address, name, type] in read_from
	not startswith(type, "safetyculture_")
	not type in data.token_review.data_sources
	not type in data.token_review.credential_sources
}

read_from contains [address, owner_of(thing), thing.type] if {
	some address, module in modules
	some thing in module.resources
	thing.mode in {"data", "ephemeral"}
}

# Terraform lists no ephemeral resources, only references to them.
read_from contains [place.module, owner, split(owner, ".")[1]] if {
	some place in uses
	some reference in place.references
	startswith(reference, "ephemeral.")
	[owner, _] := parts_of(reference)
}

# METADATA
# title: Providers are known to the reviewers
# description: >-
#   The source of each provider of the configuration is in token_review.providers, or in provider_sources for this one. A
#   provider is a program: it can send away what is on the machine that plans.
# custom:
#   id: provider_listed
deny contains finding("provider_listed", key, sprintf("the provider %s is not in token_review.providers; use one that is listed, or have this one reviewed and listed", [provider.full_name])) if {
	some key, provider in input.configuration.provider_config
	not provider_configs[key]
	not provider.full_name in data.token_review.providers
}

# METADATA
# title: Nothing is provisioned
# description: A provisioner runs a program with whatever it likes of the resource, and nothing of that shows in a plan.
# custom:
#   id: no_provisioners
deny contains finding("no_provisioners", in_module(address, owner_of(thing)), "it has a provisioner, which can run anything; remove it") if {
	some address, module in modules
	some thing in module.resources
	count(thing.provisioners) > 0
	not in_module(address, owner_of(thing)) in object.get(data.token_review.exceptions, "no_provisioners", [])
}
