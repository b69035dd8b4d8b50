# How a secret goes through a configuration, in forms that need no real plan.
package safetyculture_test

import data.safetyculture

# A module with the token a, and these parts.
configured_as(parts) := object.union(plan([], []), {"configuration": {"root_module": object.union(parts, {"resources": array.concat(
	[{"mode": "managed", "type": "safetyculture_service_user_token", "name": "a", "provider_config_key": "safetyculture"}],
	object.get(parts, "resources", []),
)})}})

resource(type, name, expressions) := {"mode": "managed", "type": type, "name": name, "expressions": expressions}

refers(references) := {"references": references}

to_secret := refers(["safetyculture_service_user_token.a.token", "safetyculture_service_user_token.a"])

# Where a secret is found, with a consumer that has it in a block.
found_in(parts, more) := {finding.address |
	some finding in safetyculture.deny with input as configured_as(parts) with data.token_review as object.union(review_data, more)
	finding.id in {"secret_goes_to", "local_value"}
}

listed_consumer := {"secret_consumers": ["other_thing.template.env.value"]}

has_it := resource("other_thing", "h", {"template": [{"env": [{"value": to_secret}], "fixed": {"constant_value": 1}}], "named": [{"value": refers(["var.n"])}], "written": {"constant_value": "x"}, "empty": {"constant_value": null}, "name": refers(["var.n"])})

reader(references) := {"resources": [has_it, resource("terraform_data", "x", {"input": refers(references)})]}

test_what_a_consumer_exposes if {
	found_in({"resources": [has_it]}, listed_consumer) == set()
	found_in({"resources": [has_it]}, {}) == {"other_thing.h"}
	every references in [
		["other_thing.h.template", "other_thing.h"], ["other_thing.h.template[0].env", "other_thing.h.template[0]", "other_thing.h.template", "other_thing.h"],
		["other_thing.h"], ["other_thing.h.id", "other_thing.h"], ["other_thing.h.empty", "other_thing.h"],
	] {
		found_in(reader(references), listed_consumer) == {"terraform_data.x"}
	}
	every references in [["other_thing.h.written", "other_thing.h"], ["other_thing.h.name", "other_thing.h"], ["other_thing.h.named", "other_thing.h"], ["terraform_data.y"], ["other_thing.g.token", "other_thing.g"]] {
		found_in(reader(references), listed_consumer) == set()
	}
}

# A data source or an action of another type that has one.
test_what_a_data_source_exposes if {
	read := {"mode": "data", "type": "vault_kv_secret_v2", "name": "v", "expressions": {"name": to_secret}}
	parts := {"resources": [read, resource("terraform_data", "x", {"input": refers(["data.vault_kv_secret_v2.v.data_json", "data.vault_kv_secret_v2.v"])})]}
	found_in(parts, {}) == {"data.vault_kv_secret_v2.v", "terraform_data.x"}
	found_in(parts, {"secret_consumers": ["data.vault_kv_secret_v2.name"]}) == {"terraform_data.x"}
	found_in({"resources": [read, resource("terraform_data", "x", {"input": refers(["vault_kv_secret_v2.v.data_json", "vault_kv_secret_v2.v"])})]}, {}) == {"data.vault_kv_secret_v2.v"}
}

# Terraform 1.16 writes nothing of what an action is given; where it is written, it counts.
test_what_an_action_gets if {
	actions := {"actions": [{"type": "aws_lambda_invoke", "name": "x", "expressions": {"payload": to_secret}, "for_each_expression": refers(["var.n"])}]}
	found_in(actions, {}) == {"action.aws_lambda_invoke.x"}
	found_in(actions, {"secret_consumers": ["action.aws_lambda_invoke.payload"]}) == set()
	each := {"actions": [{"type": "aws_lambda_invoke", "name": "x", "for_each_expression": to_secret}]}
	found_in(each, {}) == {"action.aws_lambda_invoke.x"}
}

# Of two modules with outputs of the same names only one has the secret, and only in one of them.
inner(value) := {"module": {
	"variables": {"x": {}},
	"outputs": {"o": {"expression": refers([value])}, "safe": {"expression": {"constant_value": 1}}},
	"resources": [resource("terraform_data", "i", {"input": refers(["local.x"])})],
}}

two_modules := {
	"m": object.union(inner("var.x"), {"expressions": {"x": to_secret}}),
	"n": object.union(inner("var.x"), {"expressions": {"x": {"constant_value": 1}}}),
}

in_root(references) := found_in({"module_calls": two_modules, "resources": [resource("terraform_data", "x", {"input": refers(references)})]}, {})

test_modules_and_their_outputs if {
	every references in [["module.m.o", "module.m"], ["module.m"]] {
		in_root(references) == {"terraform_data.x"}
	}
	every references in [["module.n.o", "module.n"], ["module.n"], ["module.m.safe", "module.m"], ["terraform_data.m"], ["local.m"]] {
		in_root(references) == set()
	}
}

# A module that is called for each of something, and uses its variable x; y comes beside it.
for_each(references, x, y) := found_in(
	{"module_calls": {"m": {
		"for_each_expression": refers(references),
		"expressions": {"x": x, "y": y},
		"module": {"variables": {"x": {}, "y": {}}, "resources": [resource("terraform_data", "x", {"input": refers(["var.x"])})]},
	}}},
	{},
)

test_keys_and_values if {
	key := refers(["each.key", "each"])
	value := refers(["each.value.token", "each.value", "each"])
	whole := ["safetyculture_service_user_token.a"]
	for_each(to_secret.references, key, key) == {"module.m", "module.m.terraform_data.x"}
	for_each(to_secret.references, refers(["var.n"]), key) == {"module.m"}
	for_each(whole, key, value) == set()
	for_each(whole, value, key) == {"module.m.terraform_data.x"}
	for_each(["var.n"], key, to_secret) == set()
	found_in({"module_calls": {"m": {"count_expression": to_secret, "module": {}}}}, {}) == {"module.m"}

	# Who may not have a secret has no reason for the tokens either. What came by for_each alone is not given on.
	found_in({"resources": [of_each_token("terraform_data", {"input": key})]}, {}) == {"terraform_data.x"}
	vault := of_each_token("vault_kv_secret_v2", {"data_json_wo": value})
	path := resource("terraform_data", "y", {"input": refers(["vault_kv_secret_v2.x[\"k\"].path", "vault_kv_secret_v2.x[\"k\"]", "vault_kv_secret_v2.x"])})
	found_in({"resources": [vault, path]}, {"secret_consumers": ["vault_kv_secret_v2.data_json_wo"]}) == set()
}

of_each_token(type, expressions) := object.union(resource(type, "x", expressions), {"for_each_expression": refers(["safetyculture_service_user_token.a"])})

test_keys_that_are_local_values if {
	asked := {"report_local_values": true}
	named := {"for_each_expression": refers(["local.n"])}
	found_in({"resources": [object.union(resource("terraform_data", "x", {}), named)]}, asked) == {"terraform_data.x"}
	found_in({"module_calls": {"m": object.union(named, {"module": {}})}}, asked) == set()
}

# What is written down is no reference, whatever it looks like.
test_constants_are_no_references if {
	found_in({"resources": [resource("terraform_data", "x", {"input": {"constant_value": to_secret.references}})]}, {}) == set()
	ephemeral := {"input": {"constant_value": ["ephemeral.safetyculture_service_user_token.e"]}}
	ids(configured_as({"resources": [resource("terraform_data", "x", ephemeral)]})) == set()
}

calling(references) := configured_as({"module_calls": {"m": {"expressions": {"x": refers(references)}, "module": {"variables": {"x": {}}}}}})

test_ephemeral_resources_that_only_a_module_gets if {
	ids(calling(["ephemeral.safetyculture_service_user_token.e.token", "ephemeral.safetyculture_service_user_token.e"])) == {"ephemeral_listed"}
	found := messages(calling(["ephemeral.http.e.body", "ephemeral.http.e"]), review_data)
	contains(found, "data_source_listed: ephemeral.http.e: ")
	contains(found, "of the type http,")
	ids(calling(["ephemeral.vault_kv_secret_v2.e.data", "ephemeral.vault_kv_secret_v2.e"])) == set()

	# OpenTofu lists them.
	ids(configured_as({"resources": [{"mode": "ephemeral", "type": "http", "name": "e"}]})) == {"data_source_listed"}
	ids(configured_as({"resources": [{"mode": "data", "type": "only_listed", "name": "e"}]})) == {"data_source_listed"}
	ids_with(configured_as({"resources": [{"mode": "data", "type": "only_listed", "name": "e"}]}), object.union(review_data, {"data_sources": ["only_listed"]})) == set()
}

test_references_in_full if {
	every references, full in {
		["a.b.c", "a.b"]: ["a.b.c"],
		["a.b.c", "a.b", "a.b"]: ["a.b.c", "a.b"],
		["a.b[0].c", "a.b[0]", "a.b", "d.e.f", "d.e"]: ["a.b[0].c", "d.e.f"],
		["a.b.c", "d.b"]: ["a.b.c", "d.b"],
		["module.m[\"k\"].o", "module.m[\"k\"]"]: ["module.m[\"k\"].o"],
		["module.m[\"k\"].o", "module.m[\"k\"]", "module.m"]: ["module.m[\"k\"].o", "module.m"],
		["module.m[\"k\"]", "module.m"]: ["module.m[\"k\"]"],
		["module.m[0][\"k\"]", "module.m[0]", "module.m"]: ["module.m[0][\"k\"]"],
		["module.n.o", "module.m[\"k\"]", "module.m"]: ["module.n.o", "module.m[\"k\"]"],
		["each.value", "each"]: ["each.value", "each"],
		["var.x.a", "var.x", "var.x"]: ["var.x.a", "var.x"],
	} {
		safetyculture.in_full(references) == full
	}
}
