package policies

import (
	"slices"
	"strings"
	"testing"
)

const ephemeral = `ephemeral "safetyculture_service_user_token" "audit" {
  name               = "audit"
  permission_set_ids = var.sets
}
provider "safetyculture" {
  alias     = "audit"
  api_token = ephemeral.safetyculture_service_user_token.audit.token
}
data "safetyculture_service_user_tokens" "all" {
  provider = safetyculture.audit
}
`

// ephemeralInModule is a module with the same.
var ephemeralInModule = strings.Replace(inModule(""), "resource \"safety", ephemeral+"resource \"safety", 1)

func ephemeralCases() []planCase {
	audit := "ephemeral." + prefix + "audit"
	call := "module \"m\" {\n  source = \"./m\"\n  sets   = var.sets\n  keys   = []\n}\n"
	listed := func(names ...any) object { return object{"ephemeral_tokens": names} }
	return []planCase{
		{rule: "ephemeral_listed", name: "listed", plan: ephemeral, data: listed(audit)},
		{rule: "ephemeral_listed", name: "not listed", plan: ephemeral, want: []string{"ephemeral_listed " + audit}},
		{rule: "ephemeral_listed", name: "listed with its module", modules: map[string]string{"m": ephemeralInModule}, plan: call, data: listed("module.m." + audit)},
		{
			rule: "ephemeral_listed", name: "only waited for", plan: strings.SplitAfter(ephemeral, "\n}\n")[0] + "resource \"terraform_data\" \"x\" {\n  depends_on = [" + audit + "]\n}\n",
			want: []string{"ephemeral_listed " + audit},
		},
		{
			rule: "ephemeral_listed", name: "in a module, and one of that name in the root module is listed", modules: map[string]string{"m": ephemeralInModule}, plan: call,
			data: listed(audit), want: []string{"ephemeral_listed module.m." + audit},
		},
		{
			rule: "ephemeral_listed", name: "handed to a module, by the name of the module that has it", modules: map[string]string{"m": "variable \"x\" {\n  ephemeral = true\n}\n"},
			plan: ephemeral + "module \"m\" {\n  source = \"./m\"\n  x      = ephemeral." + prefix + "audit.token\n}\n", data: listed("module.m." + audit), want: []string{"ephemeral_listed " + audit},
		},
		{
			rule: "ephemeral_listed", name: "not referred to, of another provider with a literal, as OpenTofu writes it", plan: "variable \"x\" {\n  default = 1\n}\n",
			edit: func(plan object) {
				configuration := plan["configuration"].(object)
				configuration["provider_config"].(object)["sc"] = object{"full_name": "example.com/mirror/sc", "expressions": object{"api_token": object{"constant_value": "x"}}}
				configuration["root_module"].(object)["resources"] = []any{object{
					"address": audit, "mode": "ephemeral", "type": "safetyculture_service_user_token", "name": "audit", "provider_config_key": "sc",
				}}
			}, want: []string{"ephemeral_listed " + audit, "no_literal_api_token sc", "provider_source sc"},
		},
	}
}

// A token that nothing refers to is opened all the same. Terraform leaves no trace of it in the plan; OpenTofu does, where it
// writes ephemeral resources. The guide says so.
func TestUnusedEphemeralToken(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t, 0)
	plan := w.plan(strings.SplitAfter(ephemeral, "\n}\n")[0], false)
	var want []string
	if w.Tofu {
		want = []string{"ephemeral_listed ephemeral." + prefix + "audit"}
	}
	for _, document := range [][]byte{plan, sanitized(t, plan)} {
		if found := review(t, document, nil); !slices.Equal(found, want) && len(found)+len(want) > 0 {
			t.Errorf("found %v, want %v: if it shows now, the guide may say so", found, want)
		}
	}
}
