package policies

// twoSlot is the shipped module, from a workspace that it is copied into.
const twoSlot = `module "sync" {
  source             = "./two-slot"
  name               = "sync"
  period_days        = 30
  permission_set_ids = var.sets
}
`

func settingsCases() []planCase {
	created := approve("create", prefix+"a")
	tooLong := "inactivity_expiry_days = 180\n  on_revoked = \"keep\""
	const role = "role_0123456789abcdef0123456789abcdef"
	return []planCase{
		{rule: "no_all_permissions", name: "permission sets", plan: good("a"), data: created},
		{rule: "no_all_permissions", name: "granted", plan: token("a", rotates+"\n  all_permissions = true"), data: created, want: []string{"no_all_permissions " + prefix + "a"}},
		{
			rule: "no_all_permissions", name: "not known yet",
			plan: `resource "terraform_data" "x" {}` + "\n" + token("a", rotates+`
  all_permissions    = terraform_data.x.id == "" ? true : null
  permission_set_ids = terraform_data.x.id == "" ? null : var.sets`),
			data: created, want: []string{"no_all_permissions " + prefix + "a"},
		},
		{
			rule: "no_all_permissions", name: "granted before, and unchanged",
			before: token("a", rotates+"\n  all_permissions = true"), plan: token("a", rotates+"\n  all_permissions = true"),
			want: []string{"no_all_permissions " + prefix + "a"},
		},
		{
			rule: "no_all_permissions", name: "excepted", plan: token("a", rotates+"\n  all_permissions = true"),
			data: with(approve("create", prefix+"a"), "exceptions", object{"no_all_permissions": []any{prefix + "a"}}),
		},

		{rule: "inactivity_expiry", name: "at the limit", plan: token("a", rotates+"\n  inactivity_expiry_days = 60"), data: created},
		{rule: "inactivity_expiry", name: "above the limit", plan: token("a", rotates+"\n  inactivity_expiry_days = 180"), data: created, want: []string{"inactivity_expiry " + prefix + "a"}},
		{
			rule: "inactivity_expiry", name: "lengthened in place, in a module",
			modules: map[string]string{"m": inModule("inactivity_expiry_days = var.days")},
			before:  callModule("days = 31"), plan: callModule("days = 180"),
			want: []string{`inactivity_expiry module.m["eu.1"].safetyculture_service_user_token.this["x"]`},
		},
		{
			rule: "inactivity_expiry", name: "not known yet",
			plan: `resource "terraform_data" "x" {}` + "\n" + token("a", rotates+`
  inactivity_expiry_days = terraform_data.x.id == "" ? 31 : 45`),
			data: created, want: []string{"inactivity_expiry " + prefix + "a"},
		},
		{
			rule: "inactivity_expiry", name: "of a token that is revoked and stays so", before: token("a", tooLong), outside: func(w *workspace) { w.revoke("a") },
			plan: token("a", tooLong),
		},
		{
			rule: "inactivity_expiry", name: "of a token that was revoked and comes back", before: good("a"), outside: func(w *workspace) { w.revoke("a") },
			plan: token("a", rotates+"\n  inactivity_expiry_days = 180"+createFirst), data: approve("replace", prefix+"a"), want: []string{"inactivity_expiry " + prefix + "a"},
		},

		{rule: "rotation_rule", name: "by age", plan: good("a"), data: created},
		{
			rule: "rotation_rule", name: "by a trigger that is not known yet",
			plan: `resource "terraform_data" "x" {}` + "\n" + token("a", `rotation_triggers = { x = terraform_data.x.id }`), data: created,
		},
		{rule: "rotation_rule", name: "none", plan: token("a", ""), data: created, want: []string{"rotation_rule " + prefix + "a"}},
		{rule: "rotation_rule", name: "no trigger", plan: token("a", "rotation_triggers = {}"), data: created, want: []string{"rotation_rule " + prefix + "a"}},
		{
			rule: "rotation_rule", name: "two-slot module, excepted", modules: twoSlotModule(), plan: twoSlot,
			data: with(approve("create", "module.sync."+prefix+"a", "module.sync."+prefix+"b"), "exceptions",
				object{"rotation_rule": []any{"module.sync." + prefix + "a", "module.sync." + prefix + "b"}}),
		},
		{
			rule: "rotation_rule", name: "two-slot module", modules: twoSlotModule(), plan: twoSlot,
			data: approve("create", "module.sync."+prefix+"a", "module.sync."+prefix+"b"),
			want: []string{"rotation_rule module.sync." + prefix + "b"}, // a is the first to rotate
		},

		{
			rule: "create_before_destroy", name: "created first", before: token("a", triggered("1")), plan: token("a", triggered("2")+createFirst),
			data: approve("replace", prefix+"a"),
		},
		{
			rule: "create_before_destroy", name: "destroyed first", before: token("a", triggered("1")), plan: token("a", triggered("2")),
			data: approve("replace", prefix+"a"), want: []string{"create_before_destroy " + prefix + "a"},
		},
		{
			rule: "create_before_destroy", name: "by -replace", before: good("a"), plan: good("a"), args: []string{"-replace=" + prefix + "a"},
			data: approve("replace", prefix+"a"), want: []string{"create_before_destroy " + prefix + "a"},
		},

		{rule: "rotation_age", name: "at the limit", plan: good("a"), data: created},
		{rule: "rotation_age", name: "above the limit", plan: token("a", "rotate_after_days = 91"), data: created, want: []string{"rotation_age " + prefix + "a"}},
		{
			rule: "rotation_age", name: "not known yet, beside a trigger",
			plan: `resource "terraform_data" "x" {}` + "\n" + token("a", triggered("1")+`
  rotate_after_days = terraform_data.x.id == "" ? 30 : 9999`),
			data: created, want: []string{"rotation_age " + prefix + "a"},
		},
		{
			rule: "rotation_age", name: "excepted", plan: token("a", "rotate_after_days = 365"),
			data: with(approve("create", prefix+"a"), "exceptions", object{"rotation_age": []any{prefix + "a"}}),
		},

		{rule: "permission_sets_allowed", name: "any", plan: good("a"), data: created},
		{rule: "permission_sets_allowed", name: "listed", plan: good("a"), data: with(approve("create", prefix+"a"), "limits", limits(object{"permission_set_ids": []any{permissionSet}}))},
		{
			rule: "permission_sets_allowed", name: "listed, with an id in the vendor's other form", plan: token("a", rotates+"\n  permission_set_ids = [\""+role+"\"]"),
			data: with(approve("create", prefix+"a"), "limits", limits(object{"permission_set_ids": []any{role}})),
		},
		{
			rule: "permission_sets_allowed", name: "not listed", plan: good("a"),
			data: with(approve("create", prefix+"a"), "limits", limits(object{"permission_set_ids": []any{nobody}})), want: []string{"permission_sets_allowed " + prefix + "a"},
		},
		{
			rule: "permission_sets_allowed", name: "one of two not known yet", plan: `resource "terraform_data" "x" {}` + "\n" + token("a", rotates+`
  permission_set_ids = setunion(var.sets, [terraform_data.x.id])`),
			data: with(approve("create", prefix+"a"), "limits", limits(object{"permission_set_ids": []any{permissionSet}})), want: []string{"permission_sets_allowed " + prefix + "a"},
		},
		{
			rule: "permission_sets_allowed", name: "none known yet", plan: `resource "terraform_data" "x" {}` + "\n" + token("a", rotates+`
  permission_set_ids = terraform_data.x.id == "" ? [] : var.sets`),
			data: with(approve("create", prefix+"a"), "limits", limits(object{"permission_set_ids": []any{permissionSet}})), want: []string{"permission_sets_allowed " + prefix + "a"},
		},
		{
			rule: "permission_sets_allowed", name: "all permissions", plan: token("a", rotates+"\n  all_permissions = true"),
			data: with(approve("create", prefix+"a"), "limits", limits(object{"permission_set_ids": []any{permissionSet}})), want: []string{"no_all_permissions " + prefix + "a"},
		},
	}
}

// keptCases are about tokens that stay revoked.
func keptCases() []planCase {
	moved := func(from, to string) string { return "moved {\n  from = " + from + "\n  to = " + to + "\n}\n" }
	keep := rotates + "\n  on_revoked = \"keep\""
	dropped := func(label string) string {
		return "removed {\n  from = " + prefix + label + "\n  lifecycle {\n    destroy = false\n  }\n}\n"
	}
	onTheList := func(addresses ...any) object { return object{"keep_when_revoked": addresses} }
	return []planCase{
		{
			rule: "keep_when_revoked", name: "kept", plan: token("a", rotates+"\n  on_revoked = \"keep\""),
			data: with(approve("create", prefix+"a"), "keep_when_revoked", []any{prefix + "a"}),
		},
		{
			rule: "keep_when_revoked", name: "rotated", plan: good("a") + token("b", rotates),
			data: with(approve("create", prefix+"a", prefix+"b"), "keep_when_revoked", []any{prefix + "b"}),
			want: []string{"keep_when_revoked " + prefix + "b"},
		},
		{
			rule: "keep_when_revoked", name: "all instances of a module, by the address without keys",
			modules: map[string]string{"m": inModule("")}, before: callModule(""), plan: callModule(""),
			data: object{"keep_when_revoked": []any{"module.m." + prefix + "this"}},
			want: []string{`keep_when_revoked module.m["eu.1"].safetyculture_service_user_token.this["x"]`},
		},
		{
			rule: "keep_when_revoked", name: "known by the address that it moves from", before: good("a"),
			plan: good("b") + "moved {\n  from = " + prefix + "a\n  to = " + prefix + "b\n}\n",
			data: object{"keep_when_revoked": []any{prefix + "a"}},
			want: []string{"keep_when_revoked " + prefix + "b"},
		},
		{
			rule: "keep_when_revoked", name: "moved to an address that is listed", before: token("a", keep), plan: token("b", keep+"\n  inactivity_expiry_days = 31") + moved(prefix+"a", prefix+"b"),
			data: onTheList(prefix+"a", prefix+"b"),
		},
		{
			rule: "keep_when_revoked", name: "moved to an address that is not listed", before: token("a", keep), plan: token("b", keep) + moved(prefix+"a", prefix+"b"),
			data: onTheList(prefix + "a"), want: []string{"keep_when_revoked " + prefix + "b"},
		},
		{
			rule: "keep_when_revoked", name: "active, and rotated with an approval", before: halfReplaced("1"), plan: halfReplaced("2"),
			data: with(approve("replace", prefix+"a"), "keep_when_revoked", []any{prefix + "a"}),
		},
		{
			rule: "keep_when_revoked", name: "revoked, and rotated with an approval", before: halfReplaced("1"), outside: func(w *workspace) { w.revoke("a") }, plan: halfReplaced("2"),
			data: with(approve("replace", prefix+"a"), "keep_when_revoked", []any{prefix + "a"}), want: []string{"keep_when_revoked " + prefix + "a"},
		},
		{
			rule: "keep_when_revoked", name: "revoked, and destroyed", before: token("a", keep), outside: func(w *workspace) { w.revoke("a") }, plan: "",
			data: onTheList(prefix + "a"), want: []string{"keep_when_revoked " + prefix + "a"},
		},
		{
			rule: "reviewable", name: "a list with some of the keys of an address", modules: map[string]string{"m": inModule("")}, before: callModule(""), plan: callModule(""),
			data: onTheList(`module.m["eu.1"].` + prefix + "this"), want: []string{"reviewable data"},
		},
		{rule: "keep_when_revoked", name: "another is forgotten", before: token("a", keep) + good("b"), plan: token("a", keep) + dropped("b"), data: onTheList(prefix + "a")},
		{rule: "keep_when_revoked", name: "forgotten", before: token("a", keep), plan: dropped("a"), data: onTheList(prefix + "a"), want: []string{"keep_when_revoked " + prefix + "a"}},
	}
}

// nobody is the id of a permission set or token that there is not.
const nobody = "00000000-0000-4000-8000-000000000000"
