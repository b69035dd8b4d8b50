package safetyculture

# METADATA
# title: The provider's credential is not written down
# description: >-
#   api_token of a provider block, in any module and of any alias, is left out (the environment variable
#   SAFETYCULTURE_API_TOKEN), or is one reference and nothing else: to a variable without a default, whose value comes from
#   outside all the way up; or to a data source or an ephemeral resource whose type is in token_review.credential_sources.
# custom:
#   id: no_literal_api_token
deny contains finding("no_literal_api_token", key, "api_token may hold what is written down in the configuration; remove it and set SAFETYCULTURE_API_TOKEN, or refer to one variable that has no default in any module, or to a source in token_review.credential_sources, and to nothing else") if {
	some key, provider in provider_configs
	expression := provider.expressions.api_token
	not from_outside(object.get(provider, "module_address", ""), expression)
}

# Null is as good as left out.
from_outside(_, expression) if expression.constant_value == null

from_outside(_, expression) if is_store(only_reference(expression))

from_outside(module, expression) if {
	reference := only_reference(expression)
	is_variable(module, reference)
	reached := graph.reachable(origins, {variable(module, reference)})
	count(reached) > 0
	count(reached & set_inside) == 0
}

# Variables whose value is in the configuration: as a default, or as the argument of a module call, however far up.
set_inside contains variable(address, concat(".", ["var", name])) if {
	some address, module in modules
	some name, declared in module.variables
	object.get(declared, "default", null) != null
}

set_inside contains variable(address, concat(".", ["var", name])) if {
	some address, call in module_calls
	some name, expression in call.expressions
	not handed_on(call.parent, expression)
}

handed_on(_, expression) if expression.constant_value == null

handed_on(_, expression) if is_store(only_reference(expression))

handed_on(module, expression) if is_variable(module, only_reference(expression))

# Each variable with that of the calling module that it is made of. What is not a key, graph.reachable would pass over.
origins[to_trace] := object.get(callers, to_trace, set()) if {
	some address, module in modules
	some name, _ in module.variables
	to_trace := variable(address, concat(".", ["var", name]))
}

callers[from] := {variable(call.parent, reference)} if {
	some address, call in module_calls
	some name, expression in call.expressions
	from := variable(address, concat(".", ["var", name]))
	reference := only_reference(expression)
	is_variable(call.parent, reference)
}

# A variable of a module, as one string: the key of the graph above. var.outer in module.m is "module.m:var.outer", and
# var.credential in the root module ":var.credential".
variable(module, reference) := sprintf("%s:%s", [module, regex.find_n(`^var\.[^.\[]+`, reference, 1)[0]])

# A variable as a whole: a part of an object may be written down, by the caller or as the default of optional(string, "…").
is_variable(_, reference) if regex.match(`^var\.[^.\[]+$`, reference)

is_store(reference) if {
	[_, type] := regex.find_all_string_submatch_n(`^(?:data|ephemeral)\.([^.\[]+)\.`, reference, 1)[0]
	type in data.token_review.credential_sources
}

is_store(reference) if startswith(reference, "ephemeral.safetyculture_service_user_token.")

# The reference of an expression that has one only: the same one twice is two.
only_reference(expression) := found[0] if {
	found := in_full(expression.references)
	count(found) == 1
}
