# What a plan in JSON says of an expression: what it refers to, and nothing else. Functions, conditions and literals beside
# references do not show.
package safetyculture

# Terraform writes each reference and then what it begins with, one step shorter each time: a.b.c as a.b.c, a.b, and m["k"].o of
# a module as m["k"].o, m["k"]. Here each is given once, in full. What comes again stands for itself: {x = module.m["k"].o,
# y = module.m} is module.m["k"].o, module.m["k"], module.m, and the last one is the whole module.
in_full(references) := [reference |
	some i, reference in references
	not is_beginning(references, i)
]

is_beginning(references, i) if {
	before := references[i - 1]
	not is_shortest(before)
	references[i] == one_step_shorter(before)
	not is_parent_of_output(references, i - 1)
}

# An output of an instance of a module is followed by that instance only, and not by the module.
is_parent_of_output(references, i) if {
	regex.match(instance_of_module, references[i])
	not endswith(references[i - 1], "]")
	references[i] == one_step_shorter(references[i - 1])
}

one_step_shorter(reference) := regex.replace(reference, `(\.[^.\[\]]+|\[("([^"\\]|\\.)*"|[^"\]]*)\])$`, "")

# Nothing shorter follows: var.x, local.x, each.key, TYPE.NAME, module.m, data.TYPE.NAME.
is_shortest(reference) if regex.match(`^((data|ephemeral|action)\.)?[^.\[]+\.[^.\[]+$`, reference)

instance_of_module := `^module\.[^.\[]+\[("([^"\\]|\\.)*"|[^"\]]*)\]$`

# The names in a reference, without keys: module, m, o.
names_in(reference) := [part |
	some part in regex.find_n(`\[("([^"\\]|\\.)*"|[^"\]]*)\]|[^.\[\]]+`, reference, -1)
	not startswith(part, "[")
]
