# Every place of the configuration that uses values: which argument of what, in which module, and what it refers to.
package safetyculture

# An argument of a resource, a data source, an action; with OpenTofu of an ephemeral resource. In blocks it is a path, such as
# template.env.value.
uses contains use(address, owner_of(thing), argument_at(path), references) if {
	some address, module in modules
	some list in ["resources", "actions"]
	some thing in module[list]
	walk(thing.expressions, [path, references])
	is_list_of_references(path, references)
}

uses contains use(address, owner_of(thing), meta, references) if {
	some address, module in modules
	some list in ["resources", "actions"]
	some thing in module[list]
	some meta, key in meta_arguments
	references := thing[key].references
}

uses contains use(call.parent, owner_of_call(address), argument_at(path), references) if {
	some address, call in module_calls
	walk(call.expressions, [path, references])
	is_list_of_references(path, references)
}

uses contains use(call.parent, owner_of_call(address), meta, references) if {
	some address, call in module_calls
	some meta, key in meta_arguments
	references := call[key].references
}

uses contains use(address, concat(".", ["output", name]), "value", output.expression.references) if {
	some address, module in modules
	some name, output in module.outputs
}

uses contains use(object.get(provider, "module_address", ""), concat(" ", ["provider", key]), argument_at(path), references) if {
	some key, provider in input.configuration.provider_config
	walk(provider.expressions, [path, references])
	is_list_of_references(path, references)
}

use(module, owner, argument, references) := {"module": module, "owner": owner, "argument": argument, "references": {reference | some reference in in_full(references)}}

meta_arguments := {"for_each": "for_each_expression", "count": "count_expression"}

is_list_of_references(path, references) if {
	path[count(path) - 1] == "references"
	is_array(references)
	every reference in references { is_string(reference) }
}

argument_at(path) := concat(".", [part | some part in path; is_string(part); not part in {"references", "constant_value"}])

# As references name it: TYPE.NAME, data.TYPE.NAME.
owner_of(thing) := concat(".", array.concat(prefix_of(thing), [thing.type, thing.name]))

prefix_of(thing) := [] if thing.mode == "managed"

prefix_of(thing) := [thing.mode] if thing.mode != "managed"

prefix_of(thing) := ["action"] if not thing.mode

owner_of_call(address) := regex.find_n(`module\.[^.]+$`, address, 1)[0]
