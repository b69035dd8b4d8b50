package policies

import (
	"encoding/json"
	"strings"
)

const list = "data \"safetyculture_service_user_tokens\" \"all\" {}\n"

// incomplete adds to a plan with -target what OpenTofu does not write; Terraform has written it.
func incomplete(plan object) {
	if _, ok := plan["complete"]; !ok {
		plan["complete"] = false
	}
}

func quotaCases() []planCase {
	both := func() object { return approve("create", prefix+"a", prefix+"b") }
	const readAtApply = "data \"safetyculture_service_user_tokens\" \"all\" {\n  depends_on = [safetyculture_service_user_token.a]\n}\n"
	limited := func(tokens string) object {
		return limits(object{"max_active_tokens": json.Number(tokens), "require_organization_count": true})
	}
	// Those that nobody counts in the organization.
	uncounted := func(data object) object {
		return with(data, "limits", limits(object{"max_active_tokens": json.Number("4")}))
	}
	four := func(data object) object { return with(data, "limits", limited("4")) }
	two := func(data object) object {
		return with(data, "limits", limits(object{"max_active_tokens": json.Number("2")}))
	}
	full := []string{"active_tokens plan"}
	return []planCase{
		{rule: "active_tokens", name: "up to the limit, as the data source counts", foreign: 3, plan: good("a") + list, data: four(approve("create", prefix+"a"))},
		{rule: "active_tokens", name: "above the limit, as the data source counts", foreign: 3, plan: good("a") + good("b") + list, data: four(approve("create", prefix+"a", prefix+"b")), want: full},
		{
			rule: "active_tokens", name: "above the limit, as a module's data source counts", foreign: 3,
			modules: map[string]string{"m": strings.SplitAfter(inModule(""), "\n}\n")[0] + list}, plan: good("a") + good("b") + "module \"m\" {\n  source = \"./m\"\n}\n",
			data: four(approve("create", prefix+"a", prefix+"b")), want: full,
		},
		// What nobody reads, the plan does not know.
		{rule: "active_tokens", name: "without the data source", plan: good("a") + good("b"), data: four(both()), want: full},
		{rule: "active_tokens", name: "without the data source, which is not required", foreign: 3, plan: good("a") + good("b"), data: uncounted(both())},
		{rule: "active_tokens", name: "data source read during apply", plan: good("a") + good("b") + readAtApply, data: four(both()), want: full},
		{rule: "active_tokens", name: "data source read during apply, and not required", foreign: 3, plan: good("a") + good("b") + readAtApply, data: uncounted(both())},
		{rule: "active_tokens", name: "without the data source, and none is added", before: good("a"), plan: token("a", rotates+"\n  inactivity_expiry_days = 31"), data: four(object{})},
		{rule: "active_tokens", name: "above the limit, as the state counts", before: good("a") + good("c"), plan: good("a") + good("b") + good("c"), data: two(approve("create", prefix+"b")), want: full},
		{
			rule: "active_tokens", name: "above the limit, with -target", before: good("a") + good("c"), plan: good("a") + good("b") + good("c"),
			args: []string{"-target=" + prefix + "b"}, data: two(approve("create", prefix+"b")), want: full,
		},
		{
			rule: "active_tokens", name: "data source counted before, and left out by -target", before: good("c") + list, plan: good("c") + good("b") + list,
			args: []string{"-target=" + prefix + "b"}, data: with(approve("create", prefix+"b"), "limits", limited("18")), want: full, edit: incomplete,
		},
		{
			rule: "active_tokens", name: "one comes, one goes", before: good("a") + good("c"), plan: good("b") + good("c"),
			data: two(object{"approvals": append(approve("create", prefix+"b")["approvals"].([]any), approve("destroy", prefix+"a")["approvals"].([]any)...)}),
		},
		{
			rule: "active_tokens", name: "one comes, one is forgotten", before: good("a") + good("c"),
			plan: good("b") + good("c") + "removed {\n  from = " + prefix + "a\n  lifecycle {\n    destroy = false\n  }\n}\n",
			data: two(approve("create", prefix+"b")), want: full,
		},
		{
			rule: "active_tokens", name: "above the limit before, and replaced", foreign: 3, before: token("a", triggered("1")), plan: token("a", triggered("2")+createFirst) + list,
			data: two(approve("replace", prefix+"a")),
		},
		{
			rule: "active_tokens", name: "above the limit before, and one that was revoked comes back", foreign: 3, before: token("a", rotates+createFirst),
			outside: func(w *workspace) { w.revoke("a") }, plan: token("a", rotates+createFirst) + list,
			data: two(approve("replace", prefix+"a")), want: full,
		},
	}
}
