package policies

import (
	"encoding/json"
	"strings"
)

// credential is an entry of token_review.credentials: a provider block, what its api_token comes from, and its tokens, or any.
func credential(block string, apiToken any, tokens ...any) object {
	entry := object{"provider": block, "api_token": apiToken, "tokens": tokens}
	if len(tokens) == 0 {
		entry["tokens"] = nil
	}
	return entry
}

func credentials(entries ...any) []any { return entries }

// otherBlock is a second provider block, with a variable as its credential.
const otherBlock = "variable \"credential\" {\n  sensitive = true\n}\nprovider \"safetyculture\" {\n  alias     = \"other\"\n  api_token = var.credential\n}\n"

// byOther is a token that it manages.
func byOther(label string) string {
	return token(label, rotates+"\n  provider = safetyculture.other")
}

// managedCases are about the credential that a token is managed with. All of them are of one organization.
func managedCases() []planCase {
	first, second := credential("safetyculture", nil), credential("safetyculture.other", "var.credential")
	a, other, inM := "credential_listed "+prefix+"a", "credential_listed safetyculture.other", "credential_listed module.m."+prefix+"a"
	moved := func(from, to string) string { return "moved {\n  from = " + from + "\n  to = " + to + "\n}\n" }
	renamed := func(configuration string) string { return strings.Replace(configuration, "\"a\" {", "\"b\" {", 1) }
	providers := func(block string) string {
		return otherBlock + "module \"m\" {\n  source    = \"./m\"\n  sets      = var.sets\n  providers = { safetyculture = " + block + " }\n}\n"
	}
	m := map[string]string{"m": fixed + good("a")}
	own := map[string]string{"m": between, "m/own": ownProvider}
	callOwn := func(credential string) string {
		return "variable \"credential\" {\n  sensitive = true\n}\nvariable \"mine\" {\n  default = null\n}\nmodule \"m\" {\n  source = \"./m\"\n  outer  = " + credential + "\n}\n"
	}
	ofOwn := credential("module.m.module.own:sc", "var.credential")
	cases := []planCase{
		{name: "from the environment", before: good("a"), plan: good("a"), data: object{"credentials": credentials(first)}},
		{name: "from the environment, which is not listed", before: good("a"), plan: good("a"), data: object{"credentials": credentials(second)}, want: []string{a, "credential_listed safetyculture"}},
		{name: "null is as good as left out", before: good("a"), plan: good("a") + "provider \"safetyculture\" {\n  api_token = null\n}\n", data: object{"credentials": credentials(first)}},
		{name: "any", before: good("a"), plan: otherBlock + byOther("a"), data: object{"credentials": nil}},
		{name: "moved to a block that is not listed", before: good("a"), plan: otherBlock + byOther("a"), data: object{"credentials": credentials(first)}, want: []string{a, other}},
		{name: "moved to a block that is listed", before: good("a"), plan: otherBlock + byOther("a"), data: object{"credentials": credentials(first, second)}},
		{name: "moved to a block that is listed for others", before: good("a"), plan: otherBlock + byOther("a"), data: object{"credentials": credentials(first, credential("safetyculture.other", "var.credential", prefix+"ab", "module.m"))}, want: []string{a}},
		{name: "moved from a block that is listed for it", before: otherBlock + byOther("a"), plan: otherBlock + good("a"), data: object{"credentials": credentials(credential("safetyculture", nil, "module.m"), second)}, want: []string{a}},
		{name: "moved, and renamed to what is listed", before: good("a"), plan: otherBlock + renamed(byOther("a")) + moved(prefix+"a", prefix+"b"), data: object{"credentials": credentials(first, credential("safetyculture.other", "var.credential", prefix+"b"))}, want: []string{"credential_listed " + prefix + "b"}},
		{name: "renamed", before: good("a"), plan: renamed(good("a")) + moved(prefix+"a", prefix+"b"), data: object{"credentials": credentials(credential("safetyculture", nil, prefix+"a", prefix+"b"))}},
		{name: "another credential for the block", before: good("a"), plan: otherBlock + "provider \"safetyculture\" {\n  api_token = var.credential\n}\n" + good("a"), data: object{"credentials": credentials(first, second)}, want: []string{"credential_listed safetyculture"}},
		{name: "one of two credentials for the block", before: good("a"), plan: otherBlock + "variable \"x\" {\n  default = null\n}\nprovider \"safetyculture\" {\n  api_token = var.x == null ? var.credential : var.x\n}\n" + good("a"), data: object{"credentials": credentials(first, second)}, want: []string{"credential_listed safetyculture", "no_literal_api_token safetyculture"}},
		{name: "a module's tokens, by its address", modules: m, before: providers("safetyculture.other"), plan: providers("safetyculture.other"), data: object{"credentials": credentials(credential("safetyculture.other", "var.credential", "module.m"))}},
		{name: "a module that is handed another block", modules: m, before: providers("safetyculture"), plan: providers("safetyculture.other"), data: object{"credentials": credentials(credential("safetyculture", nil, "module.m"), credential("safetyculture.other", "var.credential", "module.n"))}, want: []string{inM}},
		{name: "a block in a module", modules: own, plan: callOwn("var.credential"), data: object{"credentials": credentials(first, ofOwn)}},
		{name: "another credential for a block in a module", modules: own, plan: callOwn("var.mine"), data: object{"credentials": credentials(first, ofOwn)}, want: []string{"credential_listed module.m.module.own:sc"}},
	}
	for i := range cases {
		cases[i].rule = "credential_listed"
	}
	cases = append(cases, planCase{
		rule: "reviewable", name: "credentials: no text", plan: list, data: object{"credentials": credentials(credential("safetyculture", json.Number("1")))},
		want: []string{"credential_listed safetyculture", "reviewable data"},
	})
	for name, entries := range map[string]any{
		"no list": "any", "an entry without tokens": credentials(object{"provider": "safetyculture", "api_token": nil}), "no provider": credentials(credential("safetyculture", nil), object{"provider": nil, "api_token": nil, "tokens": nil}),
		"an address with keys": credentials(first, credential("safetyculture", nil, "module.m[\"x\"]")),
	} {
		cases = append(cases, planCase{rule: "reviewable", name: "credentials: " + name, plan: list, data: object{"credentials": entries}, want: []string{"reviewable data"}})
	}
	return cases
}
