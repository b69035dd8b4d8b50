# How modules, variables and providers hang together in the configuration.
package safetyculture

modules[""] := input.configuration.root_module

modules[address] := object.get(call, "module", {}) if some address, call in module_calls

# The module calls by the address of their module. A path is root_module, module_calls, NAME, module, module_calls, NAME …
# So every third part is a name: root_module, module_calls, m, module, module_calls, own (parts 0 to 5) is that of module.own,
# which module.m calls: address module.m.module.own, parent module.m.
module_calls[address] := object.union(object.filter(call, ["expressions", "for_each_expression", "count_expression", "module"]), {"parent": parent}) if {
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

# What each module holds itself, without the modules that it calls: their arguments are its own.
own_parts contains [address, object.remove(module, ["module_calls"])] if some address, module in modules

own_parts contains [address, object.remove(call, ["module"])] if {
	some address, module in modules
	some call in module.module_calls
}

own_parts contains [object.get(provider, "module_address", ""), provider] if some provider in input.configuration.provider_config

# What the configuration has of this provider, by module: resources, data sources, actions; with OpenTofu ephemeral resources.
configured contains [address, thing] if {
	some address, module in modules
	some list in ["resources", "actions"]
	some thing in module[list]
	ours(thing)
}

# The configurations of this provider, whatever name a module calls it by.
provider_configs[key] := provider if {
	some key, provider in input.configuration.provider_config
	is_of_this_provider(key, provider)
}

is_of_this_provider(key, _) if {
	some [_, thing] in configured
	thing.provider_config_key == key
}

is_of_this_provider(_, provider) if endswith(provider.full_name, "/safetyculture")

is_of_this_provider(_, provider) if provider.full_name in data.token_review.provider_sources

is_of_this_provider(_, provider) if provider.full_name in {name | some [_, name] in provider_names}
