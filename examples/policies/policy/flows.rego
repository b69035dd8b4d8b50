# How a secret goes through the configuration: from argument to attribute, through modules, outputs and for_each.
package safetyculture

# Nodes are strings. Beside the arguments there are: "secret" of a token; "exposed", what a resource may give on of its
# arguments; and "keys" of a for_each.
node(module, owner, argument) := concat("|", [module, owner, argument])

# The node that a place of the configuration fills.
filled(place) := node(place.module, place.owner, place.argument) if not is_argument_of_call(place)

filled(place) := variable_node(concat(".", [v | some v in [place.module, place.owner]; v != ""]), place.argument) if is_argument_of_call(place)

is_argument_of_call(place) if {
	startswith(place.owner, "module.")
	not meta_arguments[place.argument]
}

variable_node(module, name) := node(module, concat(".", ["var", name]), "value")

feeds contains [variable_node(place.module, names_in(reference)[1]), filled(place)] if {
	some place in uses
	some reference in place.references
	startswith(reference, "var.")
}

# An output of a module; all of them where the module is handed on as a whole.
feeds contains [node(child, concat(".", ["output", name]), "value"), filled(place)] if {
	some place in uses
	some reference in place.references
	startswith(reference, "module.")
	names := names_in(reference)
	child := concat(".", [v | some v in [place.module, "module", names[1]]; v != ""])
	some name, _ in modules[child].outputs
	array.slice(names, 2, 3) in [[], [name]]
}

# The value of a for_each. Its key is followed where it may be a secret itself, and not where it comes with the secret, as in
# for_each = TYPE.NAME.
feeds contains [node(place.module, place.owner, "for_each"), filled(place)] if {
	some place in uses
	some reference in place.references
	startswith(reference, "each.value")
}

feeds contains [node(place.module, place.owner, "keys"), filled(place)] if {
	some place in uses
	"each.key" in place.references
}

feeds contains [origin, node(place.module, place.owner, "keys")] if {
	some place in uses
	place.argument == "for_each"
	some reference in place.references
	origin := secret_attribute(place.module, reference)
}

feeds contains [origin, filled(place)] if {
	some place in uses
	some reference in place.references
	some origin in origins_in(place.module, reference)
}

# What a resource has got it may give on, in whatever it computes. A write-only argument is kept nowhere.
feeds contains [filled(place), node(place.module, place.owner, "exposed")] if {
	some place in uses
	not startswith(place.owner, "module.")
	not meta_arguments[place.argument]
	not is_write_only(place)
}

is_write_only(place) if regex.match(`_wo$`, place.argument)

# The nodes that a reference to a resource or the like stands for.
origins_in(module, reference) := secrets_of(module, reference) | given_on(module, reference)

secrets_of(module, reference) := {secret | secret := secret_attribute(module, reference)} | {secret | secret := whole_token(module, reference)}

# An argument has the value that the configuration gives it. Anything else, and all of it, may hold what the resource has got.
given_on(module, reference) := {node(module, owner, argument) | some argument in under} if {
	[owner, attribute] := parts_of(reference)
	under := arguments_under(module, owner, attribute)
	count(under) > 0
} else := set() if {
	[owner, attribute] := parts_of(reference)
	attribute in constants[node(module, owner, "")]
} else := {node(module, owner, "exposed")} if {
	[owner, _] := parts_of(reference)
} else := set()

arguments_under(module, owner, attribute) := {argument |
	some argument in arguments[node(module, owner, "")]
	attribute in {argument, split(argument, ".")[0]}
}

arguments[node(place.module, place.owner, "")] contains place.argument if some place in uses

# Arguments whose value is written down, and is not null, which would leave it to the provider.
constants[node(address, owner_of(thing), "")] contains name if {
	some address, module in modules
	some thing in module.resources
	some name, expression in thing.expressions
	not object.get(expression, "constant_value", null) == null
}

# TYPE.NAME and the attribute after it, which is empty where all of it is meant.
parts_of(reference) := [concat(".", array.slice(names, 0, n)), concat("", array.slice(names, n, n + 1))] if {
	names := names_in(reference)
	not names[0] in {"var", "local", "module", "each", "self", "count", "path", "terraform", "tofu"}
	n := object.get({"data": 3, "ephemeral": 3}, names[0], 2)
}

secret_attribute(module, reference) := node(module, owner, "secret") if {
	[owner, attribute] := parts_of(reference)
	is_token(owner)
	attribute in ({"token"} | ciphertext(module, owner))
}

whole_token(module, reference) := node(module, owner, "secret") if {
	[owner, attribute] := parts_of(reference)
	is_token(owner)
	attribute == ""
}

# Ciphertext is as good as the secret to whom nobody has reviewed.
ciphertext(module, owner) := set() if in_module(module, owner) in sealed

ciphertext(module, owner) := {"encrypted_token", "sealed_box_tokens"} if not in_module(module, owner) in sealed

is_token(owner) if regex.match(`^(ephemeral\.)?safetyculture_service_user_token\.`, owner)

# Everything that a secret reaches.
carrying := graph.reachable(flows, {from | some [from, _] in feeds; endswith(from, "|secret")})

flows[from] contains to if some [from, to] in feeds

# What is no key of the graph would be passed over.
flows[to] contains to if some [_, to] in feeds
