# METADATA
# title: Rules for plans with SafetyCulture service user tokens
# description: >-
#   Every rule adds objects with id, address and msg to deny. The input is a plan in JSON (terraform show -json FILE), best
#   after sanitize/plan.jq; the data is in data/.
package safetyculture

# Rules by file:
#   settings.rego           no_all_permissions, permission_sets_allowed, inactivity_expiry, organization_allowed
#   rotation.rego           rotation_rule, rotation_age, create_before_destroy, rotation_in_place
#   weakened.rego           not_weakened, expiry_warning
#   approvals.rego          new_secret_approved, destroy_approved, revoke_approved
#   approval_bindings.rego  approval_bound
#   stays_revoked.rego      keep_when_revoked
#   readers.rego            readers_listed, readers_required
#   secret_goes_to.rego     secret_goes_to, local_value
#   others.rego             data_source_listed, provider_listed, no_provisioners
#   provider.rego           no_literal_api_token
#   credentials.rego        credential_listed
#   provider_source.rego    provider_source
#   active_tokens.rego      active_tokens
#   ephemeral.rego          ephemeral_listed
#   reviewable.rego         reviewable; data.rego the same for the data
# What they share: plan.rego, state.rego (before the plan), configuration.rego, and for secrets uses.rego (which argument refers to
# what), references.rego (how a plan writes that) and flows.rego (where values go).

# METADATA
# title: What keeps a plan from being applied
# entrypoint: true
deny contains finding if some finding in unreviewable # a set of its own, for one title over what two files find

# METADATA
# title: Whether the plan may be applied
# description: Undefined where it may not, and also where the rules were not loaded, so that opa eval --fail notices both.
# entrypoint: true
allow if count(deny) == 0

# A message says what is wrong, and after a semicolon what to do about it.
finding(id, address, msg) := {"id": id, "address": address, "msg": sprintf("%s: %s: %s", [id, address, msg])}

token_type := "safetyculture_service_user_token"

# What belongs to this provider, by the name of its type: wherever the provider was fetched from.
ours(thing) if startswith(thing.type, "safetyculture_")

# The managed tokens that a plan mentions, those it leaves alone included. Data sources and other types are not.
changes contains change if {
	some change in input.resource_changes
	change.mode == "managed"
	change.type == token_type
}

# The tokens that are under management after the plan. What is destroyed or forgotten has no "after".
planned contains change if {
	some change in changes
	is_object(change.change.after)
}

# Those of them whose settings matter. What is dead and stays so can do nothing, and cannot be edited either.
usable contains change if {
	some change in planned
	not stays_dead(change)
}

stays_dead(change) if {
	was_dead(change)
	not operation(change)
}

# What a plan does with a secret. An update without a new secret, an import, a move, a forget and a no-op do nothing.
operation(change) := "replace" if {
	"create" in change.change.actions
	"delete" in change.change.actions
}

operation(change) := "create" if {
	"create" in change.change.actions
	not "delete" in change.change.actions
}

operation(change) := "destroy" if {
	"delete" in change.change.actions
	not "create" in change.change.actions
}

# rotation_method = "regenerate" makes a new secret in place: only after_unknown tells it from a rename.
operation(change) := "regenerate" if {
	"update" in change.change.actions
	some name in {"token", "encrypted_token", "sealed_box_tokens", "issued_at"}
	change.change.after_unknown[name] == true
}

# Actions of this provider that Terraform 1.14 invokes, at once or after what has to come first.
invocations contains invocation if {
	some invocation in input.action_invocations
	ours(invocation)
}

invocations contains deferred.action_invocation if {
	some deferred in input.deferred_action_invocations
	ours(deferred.action_invocation)
}

# An address with its keys, and the same without them, for lists that mean all instances.
with_and_without_keys(address) := {address, without_keys(address)}

without_keys(address) := regex.replace(address, key_pattern, "")

key_pattern := `\[("([^"\\]|\\.)*"|[0-9]+)\]`

# A moved token is also known by the address that it comes from.
names(change) := with_and_without_keys(change.address) | with_and_without_keys(object.get(change, "previous_address", change.address))

listed(change, list) if {
	some name in list
	name in names(change)
}

excepted(id, change) if listed(change, object.get(data.token_review.exceptions, id, []))
