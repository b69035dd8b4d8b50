package policies

import "encoding/json"

// Keys of three readers; the SSH key has a comment here, and another one, which is none, where it is listed. Two of them with their
// fingerprints.
const (
	ageReader  = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"
	agePrint   = "SHA256:z35WgjExUGhb8W5CxOpI4WjhboIGxcStN8ctATy2pfQ"
	sshReader2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHDN3p2CqlC1IGRiX4vxgo1BM3T+hcqNXnjnZBNUYXCQ"
	sshReader  = sshReader2 + " ops@example.com"
	sshPrint   = "SHA256:bUdZ+AoePwgmeKvOq6X5Lbe+zLN9Mu2lUWU7xhdb1ZM"
	boxReader  = "e59SeStbRODV/0mG2FRi+MRVvlKX1PDwcihpGxDaAGU="
)

// boundCases are about approvals that allow no more than is needed.
func boundCases() []planCase {
	strict := limits(object{"require_bound_approvals": true})
	approval := func(operation string, bindings object) object {
		entry := object{"address": prefix + "a", "operations": []any{operation}, "approved_by": "security@example.com", "expires": "2200-01-01T00:00:00Z"}
		for name, value := range bindings {
			entry[name] = value
		}
		return object{"approvals": []any{entry}, "limits": strict}
	}
	without := func(bindings object, name string) object {
		fewer := object{}
		for each, value := range bindings {
			if each != name {
				fewer[each] = value
			}
		}
		return fewer
	}
	made := object{"permission_set_ids": []any{permissionSet}, "organization_id": anOrg, "inactivity_expiry_days": json.Number("45")}
	replaced := object{"token_id": tokenA}
	for name, value := range made {
		replaced[name] = value
	}
	before, after := token("a", triggered("1")+createFirst), token("a", triggered("2")+createFirst)
	wide, refused := []string{"approval_bound " + prefix + "a"}, []string{"new_secret_approved " + prefix + "a"}
	cases := []planCase{
		{name: "a create, bound", plan: good("a"), data: approval("create", made)},
		{name: "a create, bound to nothing", plan: good("a"), data: approval("create", nil), want: wide},
		{name: "a create, not bound to the organization", plan: good("a"), data: approval("create", without(made, "organization_id")), want: wide},
		{name: "a create, not bound to the expiry", plan: good("a"), data: approval("create", without(made, "inactivity_expiry_days")), want: wide},
		{name: "a replacement, bound", before: before, plan: after, data: approval("replace", replaced)},
		{name: "a replacement, not bound to the token", before: before, plan: after, data: approval("replace", made), want: wide},
		{
			name: "a replacement with other permissions than approved", before: before, plan: token("a", triggered("2")+createFirst+"\n  permission_set_ids = setunion(var.sets, [\""+nobody+"\"])"),
			data: approval("replace", replaced), want: refused,
		},
		{name: "a replacement with a longer expiry than approved", before: before, plan: token("a", triggered("2")+createFirst+"\n  inactivity_expiry_days = 60"), data: approval("replace", replaced), want: refused},
		{name: "a destroy, bound to the token", before: good("a"), plan: "", data: approval("destroy", object{"token_id": tokenA})},
		{name: "a destroy, bound to nothing", before: good("a"), plan: "", data: approval("destroy", nil), want: wide},
		{name: "a create, for this plan file", plan: good("a"), data: with(approval("create", object{"plan_sha256": "abc"}), "plan_sha256", "abc")},
		{name: "a create, for another plan file", plan: good("a"), data: with(approval("create", object{"plan_sha256": "abc"}), "plan_sha256", "abd"), want: refused},
		{name: "a create, for a plan file that the job does not name", plan: good("a"), data: approval("create", object{"plan_sha256": "abc"}), want: refused},
		{
			name: "for more than one operation", plan: good("a"), want: wide,
			data: object{"limits": strict, "approvals": []any{object{
				"address": prefix + "a", "operations": []any{"create", "destroy"}, "approved_by": "x", "expires": "2200-01-01T00:00:00Z",
				"permission_set_ids": []any{permissionSet}, "organization_id": anOrg, "inactivity_expiry_days": json.Number("45"),
			}}},
		},
		{
			name: "with a reader, bound", plan: token("a", rotates+"\n  age_recipients = [\""+sshReader+"\"]"),
			data: with(approval("create", object{
				"permission_set_ids": []any{permissionSet}, "organization_id": anOrg, "inactivity_expiry_days": json.Number("45"), "readers": []any{sshPrint},
			}), "readers", []any{sshReader2}),
		},
		{
			name: "with a reader, bound to another one", plan: token("a", rotates+"\n  age_recipients = [\""+sshReader+"\"]"),
			data: with(approval("create", object{
				"permission_set_ids": []any{permissionSet}, "organization_id": anOrg, "inactivity_expiry_days": json.Number("45"), "readers": []any{agePrint},
			}), "readers", []any{sshReader2}), want: refused,
		},
	}
	for i := range cases {
		cases[i].rule = "approval_bound"
	}
	return cases
}

// readerCases are about who can read an encrypted secret.
func readerCases() []planCase {
	sealed := func(label, readers string) string { return token(label, rotates+"\n  "+readers) }
	both := "age_recipients = [\"" + ageReader + "\", \"" + sshReader + "\"]\n  sealed_box_public_keys = { repository = \"" + boxReader + "\" }"
	known := []any{ageReader, sshReader2, boxReader}
	created := func(more object) object {
		data := approve("create", prefix+"a")
		for name, value := range more {
			data[name] = value
		}
		return data
	}
	unlisted := []string{"readers_listed " + prefix + "a"}
	leaves := hiddenOutput("x", prefix+"a.encrypted_token") + "resource \"terraform_data\" \"x\" {\n  input = " + prefix + "a.encrypted_token\n}\n"
	required := limits(object{"require_readers": true})
	return []planCase{
		{rule: "readers_listed", name: "all listed", plan: sealed("a", both), data: created(object{"readers": known})},
		{rule: "readers_listed", name: "no readers", plan: good("a"), data: created(nil)},
		{rule: "readers_listed", name: "none listed", plan: sealed("a", both), data: created(nil), want: unlisted},
		{rule: "readers_listed", name: "one is not listed", plan: sealed("a", both), data: created(object{"readers": []any{ageReader, boxReader}}), want: unlisted},
		{rule: "readers_listed", name: "the sealed box is not listed", plan: sealed("a", both), data: created(object{"readers": []any{ageReader, sshReader}}), want: unlisted},
		{
			rule: "readers_listed", name: "not known yet", data: created(object{"readers": known}), want: unlisted,
			plan: "resource \"terraform_data\" \"x\" {}\n" + sealed("a", "age_recipients = [terraform_data.x.id]"),
		},
		{
			rule: "readers_listed", name: "a sealed box not known yet", data: created(object{"readers": known}), want: unlisted,
			plan: "resource \"terraform_data\" \"x\" {}\n" + sealed("a", "sealed_box_public_keys = { r = terraform_data.x.id, s = \""+boxReader+"\" }"),
		},
		{
			rule: "readers_listed", name: "one more for a token that exists", before: sealed("a", "age_recipients = [\""+ageReader+"\"]"+createFirst),
			plan: sealed("a", both+createFirst), data: with(approve("replace", prefix+"a"), "readers", []any{ageReader}), want: unlisted,
		},
		{rule: "secret_goes_to", name: "ciphertext for listed readers", plan: sealed("a", both) + leaves, data: created(object{"readers": known})},
		{
			rule: "secret_goes_to", name: "ciphertext for readers that are not listed", plan: sealed("a", both) + leaves, data: created(nil),
			want: append([]string{"secret_goes_to terraform_data.x"}, unlisted...),
		},
		{rule: "readers_required", name: "not asked for", plan: good("a"), data: created(nil)},
		{rule: "readers_required", name: "none", plan: good("a"), data: created(object{"limits": required}), want: []string{"readers_required " + prefix + "a"}},
		{rule: "readers_required", name: "some", plan: sealed("a", both), data: created(object{"limits": required, "readers": known})},
		{rule: "readers_required", name: "excepted", plan: good("a"), data: created(object{"limits": required, "exceptions": object{"readers_required": []any{prefix + "a"}}})},
		{
			rule: "readers_required", name: "taken away from a token that has them", before: sealed("a", both+createFirst), plan: token("a", rotates+createFirst),
			data: with(approve("replace", prefix+"a"), "limits", required), want: []string{"readers_required " + prefix + "a"},
		},
	}
}

// weakerCases are about what guards a token.
func weakerCases() []planCase {
	keep := func(settings string) string { return token("a", rotates+createFirst+"\n  "+settings) }
	inPlace := "rotation_method = \"regenerate\""
	provider := func(days string) string {
		return "provider \"safetyculture\" {\n  expiry_warning_days = " + days + "\n}\n" + list
	}
	organizations := func(ids ...any) object {
		return with(approve("create", prefix+"a"), "limits", limits(object{"organization_ids": ids}))
	}
	changed := []string{"not_weakened " + prefix + "a"}
	return []planCase{
		{rule: "rotation_in_place", name: "replaced", plan: keep(""), data: approve("create", prefix+"a")},
		{rule: "rotation_in_place", name: "in place", plan: keep(inPlace), data: approve("create", prefix+"a"), want: []string{"rotation_in_place " + prefix + "a"}},
		{rule: "rotation_in_place", name: "changed to in place", before: keep(""), plan: keep(inPlace), want: []string{"rotation_in_place " + prefix + "a"}},
		{rule: "not_weakened", name: "on_revoked", before: keep("on_revoked = \"keep\""), plan: keep(""), want: changed},
		{rule: "not_weakened", name: "on_expired", before: keep("on_expired = \"keep\""), plan: keep(""), want: changed},
		{rule: "not_weakened", name: "on_destroy", before: keep("on_destroy = \"revoke\""), plan: keep("on_destroy = \"delete\""), want: changed},
		{rule: "not_weakened", name: "made stricter", before: keep(""), plan: keep("on_destroy = \"revoke\"\n  on_expired = \"keep\"\n  on_revoked = \"keep\"")},
		{rule: "not_weakened", name: "excepted", before: keep("on_expired = \"keep\""), plan: keep(""), data: object{"exceptions": object{"not_weakened": []any{prefix + "a"}}}},
		{rule: "expiry_warning", name: "switched off", plan: provider("0"), want: []string{"expiry_warning safetyculture"}},
		{rule: "expiry_warning", name: "by a variable", plan: "variable \"days\" {\n  default = 0\n}\n" + provider("var.days"), want: []string{"expiry_warning safetyculture"}},
		{rule: "expiry_warning", name: "at the limit", plan: provider("7")},
		{rule: "expiry_warning", name: "null", plan: provider("null")},
		{rule: "organization_allowed", name: "listed", plan: good("a"), data: organizations(anOrg)},
		{rule: "organization_allowed", name: "not listed", plan: good("a"), data: organizations(nobody), want: []string{"organization_allowed " + prefix + "a"}},
	}
}
