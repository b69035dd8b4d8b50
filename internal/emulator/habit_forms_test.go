package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// named starts an emulator with habits by their names, at an instant with seven fraction digits.
func named(t *testing.T, names string) *fixture {
	t.Helper()
	habits, err := emulator.HabitsNamed(strings.Split(names, " ")...)
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, emulator.Options{Habits: habits})
	f.advance(765432100 * time.Nanosecond) // 03:02:01.7654321
	return f
}

// field is a field's value in a body as it is written; "-" if there is none.
func field(r reply, name string) string {
	_, rest, found := strings.Cut(r.raw, `"`+name+`":`)
	if !found {
		return "-"
	}
	if strings.HasPrefix(rest, `"`) {
		return rest[:strings.Index(rest[1:], `"`)+2]
	}
	return rest[:strings.IndexAny(rest, ",}")]
}

// What habits change in a token's fields, in the responses to create, get and list.
func TestHabitsOfFields(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ habit, field, create, get, list string }{
		{"times-seconds", "created_at", `"2026-05-04T03:02:01Z"`, `"2026-05-04T03:02:01Z"`, `"2026-05-04T03:02:01Z"`},
		{"times-seconds-on-create", "issued_at", `"2026-05-04T03:02:01Z"`, `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01.7654321Z"`},
		{"times-seconds-in-list", "issued_at", `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01Z"`},
		{"times-seconds-rounded-in-get", "expires_at", `"2026-06-18T03:02:01.7654321Z"`, `"2026-06-18T03:02:02Z"`, `"2026-06-18T03:02:01.7654321Z"`},
		{"times-milliseconds-on-create", "issued_at", `"2026-05-04T03:02:01.765Z"`, `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01.7654321Z"`},
		{"times-seven-digits", "issued_at", `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01.7654321Z"`},
		{"times-offset", "issued_at", `"2026-05-04T05:02:01.7654321+02:00"`, `"2026-05-04T05:02:01.7654321+02:00"`, `"2026-05-04T05:02:01.7654321+02:00"`},
		{"times-offset-in-list", "issued_at", `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-04T03:02:01.7654321Z"`, `"2026-05-03T17:32:01.7654321-09:30"`},
		{"times-offset-zero times-seconds", "issued_at", `"2026-05-04T03:02:01+00:00"`, `"2026-05-04T03:02:01+00:00"`, `"2026-05-04T03:02:01+00:00"`},
		{"times-zero-year-one times-offset", "last_used_at", `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`},
		{"times-zero-year-one", "revoked_at", `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`, `"0001-01-01T00:00:00Z"`},
		{"times-zero-empty", "last_used_at", `""`, `""`, `""`},
		{"times-zero-null", "revoked_at", "null", "null", "null"},
		{"no-created-at", "created_at", "-", "-", "-"},
		{"no-issued-at", "issued_at", "-", "-", "-"},
		{"no-expires-at", "expires_at", "-", "-", "-"},
		{"created-by-missing", "created_by", "-", "-", "-"},
		{"created-by-name-only", "created_by", `{"name":"Alex Example"`, `{"name":"Alex Example"`, `{"name":"Alex Example"`},
		{"status-bare", "status", `"ACTIVE"`, `"ACTIVE"`, `"ACTIVE"`},
		{"status-lower", "status", `"active"`, `"active"`, `"active"`},
		{"numbers-as-strings", "inactivity_expiry_days", `"45"`, `"45"`, `"45"`},
		{"proto3-json", "permission_set_ids", "-", "-", "-"},
		{"proto3-json", "all_permissions", "true", "true", "true"},
		{"proto3-json", "next_page_token", "-", "-", "-"},
		{"no-counts", "active_count", "-", "-", "-"},
		{"no-counts", "active_limit", "-", "-", "-"},
		{"proto3-json", "active_count", "-", "-", "1"},
		{"created-201", "status", `"TOKEN_STATUS_ACTIVE"`, `"TOKEN_STATUS_ACTIVE"`, `"TOKEN_STATUS_ACTIVE"`},
	} {
		f := named(t, c.habit)
		made := f.do("POST", tokensPath, `{"name":"t"}`)
		if wantStatus := map[bool]int{true: 201, false: 200}[c.habit == "created-201"]; made.status != wantStatus || made.Secret == "" {
			t.Errorf("%s: create gets %d %s", c.habit, made.status, made.raw)
		}
		get, list := f.do("GET", tokensPath+"/"+made.Token.ID, ""), f.do("GET", tokensPath, "")
		if got := [3]string{field(made, c.field), field(get, c.field), field(list, c.field)}; got != [3]string{c.create, c.get, c.list} {
			t.Errorf("%s: %s is %v", c.habit, c.field, got)
		}
	}
}

func TestTokenUsed_withoutLastUsedAt(t *testing.T) {
	t.Parallel()
	f := named(t, "no-last-used-at")
	made := f.make(`{"name":"t"}`)
	f.call(made.Secret, "GET", whoAmIPath, "")
	if got := f.do("GET", tokensPath, "").raw; strings.Contains(got, "last_used_at") {
		t.Error(got)
	}
	if now, _ := f.em.Token(made.Token.ID); now.LastUsedAt == nil {
		t.Error("it was not used")
	}
}

func TestCreatorInOtherForms(t *testing.T) {
	t.Parallel()
	f := named(t, "created-by-uuid")
	id := strings.ReplaceAll(f.make(`{"name":"t"}`).Token.CreatedBy.UserID, "-", "")
	if "user_"+id != f.em.CallerID() {
		t.Errorf("made by %s", id)
	}
	f = named(t, "created-by-text user-ids-upper")
	if creator := field(f.make(`{"name":"t"}`), "created_by"); creator != `"user_`+strings.ToUpper(f.em.CallerID()[5:])+`"` {
		t.Errorf("the creator is %s", creator)
	}
	if f = named(t, "created-by-text"); field(f.make(`{"name":"t"}`), "created_by") != `"`+f.em.CallerID()+`"` {
		t.Error("the creator is not a string")
	}
}

// Empty lists and false are the fields that are left out most.
func TestEmptyListsInProto3JSON(t *testing.T) {
	t.Parallel()
	f := named(t, "proto3-json")
	if list := f.do("GET", tokensPath, "").raw; list != `{"active_limit":20}` {
		t.Errorf("an empty list is %s", list)
	}
	if made := f.make(`{"name":"t","permission_set_ids":["` + f.em.PermissionSetID("Reporting") + `"]}`); field(made, "all_permissions") != "-" || len(made.Token.PermissionSetIDs) != 1 {
		t.Errorf("made %s", made.raw)
	}
	if list := named(t, "bare-lists").do("GET", tokensPath, "").raw; list != `{}` {
		t.Errorf("a bare empty list is %s", list)
	}
	if refused := f.do("GET", tokensPath+"/unknown", ""); refused.status != 404 || refused.reason() != "NOT_FOUND" || strings.Contains(refused.raw, "metadata") {
		t.Errorf("refused %s", refused.raw)
	}
}

// Ids in capitals are accepted in paths and in bodies.
func TestIdsInAnotherLetterCase(t *testing.T) {
	t.Parallel()
	f := named(t, "token-ids-upper-in-list permission-set-ids-upper user-ids-upper-in-reads organization-ids-upper")
	set := f.em.PermissionSetID("Reporting")
	made := f.make(`{"name":"t","permission_set_ids":["` + set + `","` + strings.ToUpper(set) + `"]}`)
	listed := f.do("GET", tokensPath, "").Tokens[0]
	if listed.ID != strings.ToUpper(made.Token.ID) || listed.ID == made.Token.ID {
		t.Errorf("listed as %s", listed.ID)
	}
	if len(made.Token.PermissionSetIDs) != 1 || made.Token.PermissionSetIDs[0] != strings.ToUpper(set) {
		t.Errorf("permission sets %v", made.Token.PermissionSetIDs)
	}
	if hex, _ := strings.CutPrefix(made.Token.ServiceUserID, "user_"); listed.ServiceUserID != "user_"+strings.ToUpper(hex) || strings.ToUpper(hex) == hex {
		t.Errorf("service user %s, listed as %s", made.Token.ServiceUserID, listed.ServiceUserID)
	}
	if hex, _ := strings.CutPrefix(f.em.OrganizationID(), "role_"); field(f.do("GET", whoAmIPath, ""), "organisation_id") != `"role_`+strings.ToUpper(hex)+`"` {
		t.Error("the organization's id is as usual")
	}
	if got := f.do("GET", "/permissions/v1/permission_set/"+strings.ToUpper(set), ""); field(got, "id") != `"`+strings.ToUpper(set)+`"` {
		t.Errorf("permission set %s", got.raw)
	}
	if other := f.do("GET", "/tokens/v1/user_tokens?user_id="+strings.ToUpper(f.em.CallerID()), ""); !strings.Contains(other.raw, "personal 1") {
		t.Errorf("user tokens %s", other.raw)
	}
	path := tokensPath + "/" + listed.ID
	for _, r := range []reply{f.do("GET", path, ""), f.do("PATCH", path, `{"name":"u"}`), f.do("POST", path+"/revoke", "{}"), f.do("POST", path+"/regenerate", "{}"), f.do("POST", path+"/revoke", "{}"), f.do("DELETE", path, "")} {
		if r.status != 200 {
			t.Errorf("got %d %s", r.status, r.raw)
		}
	}
	if calls := f.em.CallsOf("DeleteServiceUserToken"); len(calls) != 1 || calls[0].TokenID != made.Token.ID {
		t.Errorf("the journal has %+v", calls)
	}
	tokensOnly := named(t, "token-ids-upper")
	if set := tokensOnly.em.PermissionSetID("Reporting"); field(tokensOnly.do("GET", "/permissions/v1/permission_set/"+set, ""), "id") != `"`+set+`"` {
		t.Error("the habit of tokens changes permission sets")
	}
	plain := start(t, emulator.Options{Tokens: 1})
	if r := plain.do("GET", tokensPath+"/"+strings.ToUpper(plain.em.Tokens()[0].ID), ""); r.status != 404 {
		t.Errorf("without the habit, got %d", r.status)
	}
	upper := named(t, "token-ids-upper user-ids-upper token-ids-upper-in-reads").make(`{"name":"t"}`).Token
	if upper.ID == strings.ToUpper(upper.ID) { // the later habit holds: writes are as usual
		t.Errorf("made %s", upper.ID)
	}
	if upper = named(t, "token-ids-upper user-ids-upper").make(`{"name":"t"}`).Token; upper.ID != strings.ToUpper(upper.ID) || upper.CreatedBy.UserID[5:] != strings.ToUpper(upper.CreatedBy.UserID[5:]) {
		t.Errorf("made %s by %s", upper.ID, upper.CreatedBy.UserID)
	}
}

// The form of a success does not change what the call did.
func TestHabitsOfSuccess(t *testing.T) {
	t.Parallel()
	for habit, want := range map[string]struct {
		status      int
		contentType string
		body        string
	}{
		"no-content": {204, "", ""}, "empty-body": {200, "", ""}, "html-body": {200, "text/html", "<h1>OK</h1>"},
	} {
		f := named(t, habit)
		path := tokensPath + "/" + f.make(`{"name":"t"}`).Token.ID
		f.expect(f.do("DELETE", path, ""), 400, "TOKEN_ACTIVE")
		for _, r := range []reply{f.do("PATCH", path, `{"name":"u"}`), f.do("POST", path+"/revoke", "{}"), f.do("DELETE", path, "")} {
			if r.status != want.status || r.header.Get("Content-Type") != want.contentType || !strings.Contains(r.raw, want.body) || (want.body == "" && r.raw != "") {
				t.Errorf("%s: got %d %q %q", habit, r.status, r.header.Get("Content-Type"), r.raw)
			}
		}
		if len(f.em.Tokens()) != 0 {
			t.Errorf("%s: the work was not done", habit)
		}
		f.expect(f.do("GET", path, ""), 404, "NOT_FOUND")
	}
}

func TestSecretIsLostWithTheBodyOfACreate(t *testing.T) {
	t.Parallel()
	for _, success := range []emulator.Success{emulator.NoContent, emulator.EmptyBody, emulator.HTMLBody} {
		f := start(t, emulator.Options{Habits: emulator.Habits{Successes: emulator.PerOperation[emulator.Success]{"CreateServiceUserToken": success}}})
		if r := f.do("POST", tokensPath, `{"name":"t"}`); r.Secret != "" || r.status >= http.StatusMultipleChoices || len(f.em.ActiveTokens()) != 1 {
			t.Errorf("got %d %s", r.status, r.raw)
		}
	}
}
