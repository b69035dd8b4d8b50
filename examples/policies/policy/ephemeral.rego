package safetyculture

# METADATA
# title: Ephemeral tokens are known to the reviewers
# description: >-
#   A plan by Terraform has neither the settings nor the address of an ephemeral resource, only references to it. So what may
#   be used is listed in token_review.ephemeral_tokens, with the path of its module. Making and revoking one needs no approval:
#   that has happened by the time that a plan can be reviewed.
# custom:
#   id: ephemeral_listed
deny contains finding("ephemeral_listed", name, "an ephemeral token is used, and its settings are not in the plan; have it reviewed and listed in token_review.ephemeral_tokens, or use a managed token") if {
	some name in ephemeral_tokens
	not name in data.token_review.ephemeral_tokens
}

# By references to it. A reference is to something in the same module.
ephemeral_tokens contains in_module(address, name) if {
	some [address, part] in own_parts
	walk(part, [path, reference])
	path[count(path) - 2] in {"references", "depends_on"}
	is_string(reference)
	name := regex.find_n(`^ephemeral\.safetyculture_service_user_token\.[^.\[]+`, reference, 1)[0]
}

# OpenTofu lists ephemeral resources, used or not.
ephemeral_tokens contains in_module(address, sprintf("ephemeral.%s.%s", [token_type, thing.name])) if {
	some [address, thing] in configured
	thing.mode == "ephemeral"
	thing.type == token_type
}

in_module("", name) := name

in_module(address, name) := concat(".", [address, name]) if address != ""
