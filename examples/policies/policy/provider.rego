package safetyculture

# METADATA
# title: The provider's credential is not written down
# description: >-
#   api_token of a provider block, in any module and of any alias, is left out (the environment variable
#   SAFETYCULTURE_API_TOKEN) or refers to a variable without a default, a data source or an ephemeral resource. What a local
#   value or a file holds is not in the plan, so these are refused.
# custom:
#   id: no_literal_api_token
deny contains finding("no_literal_api_token", key, "api_token is written in the configuration; remove it and set SAFETYCULTURE_API_TOKEN, or refer to a variable that has no default and is set outside the configuration") if {
	some key, provider in input.configuration.provider_config
	endswith(provider.full_name, "/safetyculture")
	written_down(provider)
}

written_down(provider) if literal(provider.expressions.api_token)

written_down(provider) if {
	some reference in provider.expressions.api_token.references
	some prefix in ["local.", "path.", "terraform."]
	startswith(reference, prefix)
}

# The variable's value is in the configuration: as its default, or in the module call that sets it, however far up.
written_down(provider) if {
	some reference in provider.expressions.api_token.references
	startswith(reference, "var.")
	start := variable(object.get(provider, "module_address", ""), reference)
	some reached in graph.reachable(origins, {start})
	reached in literal_variables
}

# A constant, or an expression of nothing but constants: format("%s", "…") has neither a value nor references.
literal(expression) if object.get(expression, "constant_value", null) != null

literal(expression) if expression == {}

# A variable of a module, as one string: the key of the graph below.
variable(module_address, reference) := sprintf("%s:%s", [module_address, regex.find_n(`^var\.[^.\[]+`, reference, 1)[0]])

literal_variables contains variable(address, sprintf("var.%s", [name])) if {
	some address, module in modules
	some name, declared in module.variables
	object.get(declared, "default", null) != null
}

literal_variables contains variable(address, sprintf("var.%s", [name])) if {
	some address, call in module_calls
	some name, expression in call.expressions
	literal(expression)
}

# Each variable with those that its value is made of. What is not a key, graph.reachable would pass over.
origins[to_trace] := object.get(handed_down, to_trace, set()) if {
	some address, module in modules
	some name, _ in module.variables
	to_trace := variable(address, sprintf("var.%s", [name]))
}

# From a module's variable to those of its caller that its value is made of.
handed_down[from] contains to if {
	some address, call in module_calls
	some name, expression in call.expressions
	from := variable(address, sprintf("var.%s", [name]))
	some reference in expression.references
	startswith(reference, "var.")
	to := variable(call.parent, reference)
}

modules[""] := input.configuration.root_module

modules[address] := call.module if some address, call in module_calls

# The module calls by the address of their module. A path is root_module, module_calls, NAME, module, module_calls, NAME …
module_calls[address] := {"parent": parent, "module": object.get(call, "module", {}), "expressions": object.get(call, "expressions", {})} if {
	walk(input.configuration, [path, call])
	is_module_call(path)
	labels := [sprintf("module.%s", [part]) | some i, part in path; i % 3 == 2]
	address := concat(".", labels)
	parent := concat(".", array.slice(labels, 0, count(labels) - 1))
}

is_module_call(path) if {
	count(path) > 0
	count(path) % 3 == 0
	every i, part in path { part in allowed_parts(i, part) }
}

allowed_parts(0, _) := {"root_module"}

allowed_parts(i, part) := [{"module"}, {"module_calls"}, {part}][i % 3] if i > 0
