package safetyculture

# METADATA
# title: Ephemeral tokens are known to the reviewers
# description: >-
#   A plan has neither the settings nor the address of an ephemeral resource, only references to it. So what may be used is
#   listed in token_review.ephemeral_tokens. Making and revoking one needs no approval: that has happened by the time that
#   a plan can be reviewed.
# custom:
#   id: ephemeral_listed
deny contains finding("ephemeral_listed", name, "an ephemeral token is used, and its settings are not in the plan; have it reviewed and listed in token_review.ephemeral_tokens, or use a managed token") if {
	walk(input.configuration, [path, reference])
	path[count(path) - 2] == "references"
	is_string(reference)
	name := regex.find_n(`^ephemeral\.safetyculture_service_user_token\.[^.\[]+`, reference, 1)[0]
	not known_ephemeral(name)
}

known_ephemeral(name) if name in data.token_review.ephemeral_tokens
