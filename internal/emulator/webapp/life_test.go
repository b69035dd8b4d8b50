package webapp_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// shownSecret returns the secret that a response shows.
func (f *fixture) shownSecret(r response) string {
	f.t.Helper()
	d := dialogOf(f.t, r.body)
	if r.status != http.StatusOK || d == nil {
		f.t.Fatalf("no dialog: %d\n%s", r.status, r.body)
	}
	for _, e := range d.all(named("code")) {
		if e.attr["id"] == "secret" {
			return e.text
		}
	}
	f.t.Fatalf("no secret is shown:\n%s", r.body)
	return ""
}

// A token's life with plain forms, as a browser without JavaScript sends them.
func TestPage_tokensLife(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	reporting := f.em.PermissionSetID("Reporting")

	created := f.shownSecret(f.post("/web/tokens/new", "name", " Nightly export ", "days", "60", "permissions", "sets", "set", reporting))
	token := f.only()
	if token.Name != "Nightly export" || token.InactivityExpiryDays != 60 || !slices.Equal(token.PermissionSetIDs, []string{reporting}) || !f.em.Accepts(created) {
		t.Errorf("created %+v", token)
	}

	edited := f.post(pathOf(token, "edit"), "name", "Export", "days", "180", "permissions", "all", "set", reporting)
	if token = f.only(); token.Name != "Export" || token.InactivityExpiryDays != 180 || !token.AllPermissions || !f.em.Accepts(created) {
		t.Errorf("edited to %+v", token)
	}
	revoked := f.post(pathOf(token, "revoke"))
	if f.em.Accepts(created) {
		t.Error("the secret of a revoked token is accepted")
	}
	again := f.shownSecret(f.post(pathOf(token, "regenerate")))
	if again == created || f.em.Accepts(created) || !f.em.Accepts(again) || f.only().ID != token.ID {
		t.Error("regenerate did not give the same token a new secret")
	}
	f.must(f.em.RevokeToken(token.ID))
	deleted := f.post(pathOf(token, "delete"))
	if len(f.em.Tokens()) != 0 {
		t.Error("the token is still there")
	}
	for want, r := range map[string]response{"Changes saved.": edited, "Token revoked.": revoked, "Token deleted.": deleted} {
		if r.status != http.StatusSeeOther || !strings.Contains(f.get(r.location).body, ">"+want+"<") {
			t.Errorf("%q: %d, to %q", want, r.status, r.location)
		}
	}
}

// The forms begin as the vendor's do, or with what the token has.
func TestPage_formsBeginFilled(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	scim := f.em.PermissionSetID("SCIM provisioning")
	narrow, _, err := f.em.CreateToken(emulator.TokenInput{Name: "narrow", InactivityExpiryDays: 31, PermissionSetIDs: []string{scim}})
	f.must(err)
	for path, want := range map[string]string{
		"/web/tokens/new":      "name=,days=45,permissions=all",
		pathOf(narrow, "edit"): "name=narrow,days=31,permissions=sets,set=" + scim,
	} {
		var got, choices []string
		for _, e := range dialogOf(t, f.get(path).body).all(named("input", "select", "option")) {
			_, checked := e.attr["checked"]
			_, selected := e.attr["selected"]
			switch {
			case e.name == "option":
				choices = append(choices, e.attr["value"])
				if selected {
					got = append(got, "days="+e.attr["value"])
				}
			case e.name == "input" && (e.attr["type"] == "" || checked):
				got = append(got, e.attr["name"]+"="+e.attr["value"])
			}
		}
		if strings.Join(got, ",") != want || strings.Join(choices, " ") != "31 45 60 180" {
			t.Errorf("%s begins with %q of %q, want %q", path, got, choices, want)
		}
	}
}

// What the API would refuse, the page refuses with the same status and message, and changes nothing.
func TestPage_refusesAsTheAPIDoes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("名", 101)
	full := func(f *fixture) emulator.Token {
		token, _ := f.create("revoked")
		f.must(f.em.RevokeToken(token.ID))
		for i := range 20 {
			f.create(fmt.Sprint(i))
		}
		return token
	}
	active := func(f *fixture) emulator.Token { token, _ := f.create("a"); return token }
	revoked := func(f *fixture) emulator.Token { token := active(f); f.must(f.em.RevokeToken(token.ID)); return token }
	nothing := func(*fixture) emulator.Token { return emulator.Token{} }
	all := func(name, days string) []string { return []string{"name", name, "days", days, "permissions", "all"} }
	for name, c := range map[string]struct {
		prepare              func(*fixture) emulator.Token
		action               string
		form                 []string
		method, suffix, body string // the same for the API
	}{
		"create without a name":            {nothing, "new", all("  ", "45"), "POST", "", `{"name":"  "}`},
		"create with too long a name":      {nothing, "new", all(long, "45"), "POST", "", `{"name":"` + long + `"}`},
		"create with another expiry":       {nothing, "new", all("a", "30"), "POST", "", `{"name":"a","inactivity_expiry_days":30}`},
		"create without an expiry":         {nothing, "new", all("a", ""), "POST", "", `{"name":"a","inactivity_expiry_days":-1}`},
		"create with an expiry of 0":       {nothing, "new", all("a", "0"), "POST", "", `{"name":"a","inactivity_expiry_days":0}`},
		"create without permissions":       {nothing, "new", []string{"name", "a", "days", "45"}, "POST", "", `{"name":"a","permission_set_ids":[]}`},
		"create with an unknown set":       {nothing, "new", []string{"name", "a", "days", "45", "permissions", "sets", "set", "x"}, "POST", "", `{"name":"a","permission_set_ids":["x"]}`},
		"create the 21st active token":     {full, "new", all("a", "45"), "POST", "", `{"name":"a"}`},
		"edit a revoked token":             {revoked, "edit", all("b", "45"), "PATCH", "", `{"name":"b"}`},
		"edit to no name":                  {active, "edit", all("", "45"), "PATCH", "", `{"name":""}`},
		"edit to no permission sets":       {active, "edit", []string{"name", "a", "days", "45", "permissions", "sets"}, "PATCH", "", `{"permission_set_ids":[]}`},
		"revoke a revoked token":           {revoked, "revoke", nil, "POST", "/revoke", `{}`},
		"regenerate an active token":       {active, "regenerate", nil, "POST", "/regenerate", `{}`},
		"regenerate where no slot is free": {full, "regenerate", nil, "POST", "/regenerate", `{}`},
		"delete an active token":           {active, "delete", nil, "DELETE", "", ``},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := start(t, emulator.Options{})
			token := c.prepare(f)
			path, apiPath := "/web/tokens/new", tokensPath
			if token.ID != "" && c.action != "new" {
				path, apiPath = pathOf(token, c.action), tokensPath+"/"+token.ID+c.suffix
			}
			before := fmt.Sprintf("%+v", f.em.Tokens())
			got := f.post(path, c.form...)
			status, message := f.call(f.em.Bearer(), c.method, apiPath, c.body)
			d := dialogOf(t, got.body)
			if status < 400 || message == "" || d == nil || got.status != status || !strings.Contains(d.words(), "The API refuses this: "+message) {
				t.Errorf("the page responds %d, the API %d %s\n%v", got.status, status, message, d)
			}
			if after := fmt.Sprintf("%+v", f.em.Tokens()); after != before {
				t.Errorf("tokens changed from %s to %s", before, after)
			}
		})
	}
}

// A refused form keeps what was typed.
func TestPage_refusedFormKeepsItsInput(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	set := f.em.PermissionSetID("Reporting")
	page := f.post("/web/tokens/new", "name", `Tom & "Jo"`, "days", "30", "permissions", "sets", "set", set).body
	if d := dialogOf(t, page); len(d.all(func(e *element) bool {
		_, checked := e.attr["checked"]
		return e.attr["value"] == `Tom & "Jo"` || checked && e.attr["value"] == set
	})) != 2 {
		t.Errorf("the form lost its input:\n%s", page)
	}
}

// Every dialog and every form says so if the token is gone.
func TestPage_tokenThatIsGone(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	for _, action := range []string{"edit", "revoke", "regenerate", "delete"} {
		for _, r := range []response{f.get("/web/tokens/gone/" + action), f.post("/web/tokens/gone/"+action, "name", "a", "days", "45", "permissions", "all")} {
			if r.status != http.StatusNotFound || !strings.Contains(r.body, "There is no service user token with this id.") {
				t.Errorf("%s: %d", action, r.status)
			}
		}
	}
	if token, _ := f.create("a"); f.get(pathOf(token, "use")).status != http.StatusNotFound || f.post(pathOf(token, "use")).status != http.StatusNotFound {
		t.Error("an unknown action is served")
	}
}
