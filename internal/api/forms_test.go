package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// withField is tokenJSON with another JSON value of a field; an empty value leaves the field out.
func withField(field, value string) string {
	var token map[string]json.RawMessage
	if err := json.Unmarshal([]byte(tokenJSON), &token); err != nil {
		panic(err)
	}
	delete(token, field)
	if value != "" {
		token[field] = json.RawMessage(value)
	}
	text, err := json.Marshal(token)
	if err != nil {
		panic(err)
	}
	return string(text)
}

func tokenPage(tokens ...string) string {
	return `{"service_user_tokens":[` + strings.Join(tokens, ",") + `],"active_count":2,"active_limit":20}`
}

// A time that is empty or cannot be read is unknown. The other tokens of its list are still read.
func TestTimes_thatSayNothing_areUnknown(t *testing.T) {
	t.Parallel()
	for _, value := range []string{
		`,"F":"0001-01-01T00:00:00Z"`, `,"F":"0001-01-01T00:00:00.0000000+00:00"`, `,"F":"0001-01-01T00:00:00"`, `,"F":"1970-01-01T00:00:00Z"`,
		`,"F":""`, `,"F":" "`, `,"F":null`, ``, `,"F":"soon"`, `,"F":"2026-13-01T00:00:00Z"`, `,"F":"2026-03-04T05:06:07"`, `,"F":0`, `,"F":{"seconds":1}`, `,"F":[]`, `,"F":true`,
	} {
		odd := `{"id":"odd","status":"TOKEN_STATUS_ACTIVE"`
		for _, field := range []string{"created_at", "issued_at", "last_used_at", "expires_at", "revoked_at"} {
			odd += strings.Replace(value, "F", field, 1)
		}
		list, err := serve(t, response(200, tokenPage(odd+`}`, tokenJSON))).client(nil).ListServiceUserTokens(t.Context())
		if err != nil || len(list.Tokens) != 2 || list.Tokens[1].IssuedAt.IsZero() {
			t.Errorf("%s: %+v, %v", value, list, err)
			continue
		}
		got := list.Tokens[0]
		if !got.CreatedAt.IsZero() || !got.IssuedAt.IsZero() || !got.ExpiresAt.IsZero() || got.LastUsedAt != nil || got.RevokedAt != nil {
			t.Errorf("%s: %+v", value, got)
		}
	}
	people, err := serve(t, response(200, `{"user_tokens":[{"id":"i","created_at":"","last_used_at":"0001-01-01T00:00:00Z","expires_at":"never"}]}`)).client(nil).ListUserTokens(t.Context(), "")
	if err != nil || !people.Tokens[0].CreatedAt.IsZero() || people.Tokens[0].LastUsedAt != nil || !people.Tokens[0].ExpiresAt.IsZero() {
		t.Errorf("%+v, %v", people, err)
	}
	set, err := serve(t, response(200, `{"permission_set":{"id":"i","modified_at":"0001-01-01T00:00:00Z"}}`)).client(nil).GetPermissionSet(t.Context(), "i")
	if err != nil || !set.ModifiedAt.IsZero() {
		t.Errorf("%+v, %v", set, err)
	}
}

func TestStatus_inAnyWriting_isTheContracts(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]api.Status{
		"TOKEN_STATUS_ACTIVE": api.StatusActive, "ACTIVE": api.StatusActive, "active": api.StatusActive, "Active": api.StatusActive, "token_status_active": api.StatusActive,
		"STATUS_ACTIVE": api.StatusActive, "SERVICE_USER_TOKEN_STATUS_ACTIVE": api.StatusActive, "revoked": api.StatusRevoked, "Expired": api.StatusExpired,
		"TOKEN_STATUS_SUSPENDED": "TOKEN_STATUS_SUSPENDED", "Suspended": "Suspended", "inactive": "inactive", "TOKEN_STATUS_NOT_ACTIVE": "TOKEN_STATUS_NOT_ACTIVE", "activated": "activated",
	} {
		token, err := serve(t, response(200, `{"service_user_token":`+withField("status", `"`+written+`"`)+`}`)).client(nil).GetServiceUserToken(t.Context(), "t1")
		if err != nil || token.Status != want || token.Active() != (want == api.StatusActive) {
			t.Errorf("%s: %q, %v", written, token.Status, err)
		}
		people, err := serve(t, response(200, `{"user_tokens":[{"id":"i","status":"`+written+`"}]}`)).client(nil).ListUserTokens(t.Context(), "")
		if err != nil || people.Tokens[0].Status != want {
			t.Errorf("user token, %s: %+v, %v", written, people, err)
		}
	}
}

func TestNumbersAndBooleans_asStrings_areRead(t *testing.T) {
	t.Parallel()
	for _, days := range []string{`45`, `"45"`, `45.0`, `" 45 "`, `4.5e1`} {
		for _, all := range []string{`true`, `"true"`, `"True"`} {
			body := fmt.Sprintf(`{"service_user_tokens":[{"id":"i","status":"ACTIVE","inactivity_expiry_days":%[1]s,"all_permissions":%[2]s}],"active_count":%[1]s,"active_limit":%[1]s}`, days, all)
			list, err := serve(t, response(200, body)).client(nil).ListServiceUserTokens(t.Context())
			if err != nil || list.Tokens[0].InactivityExpiryDays != 45 || !list.Tokens[0].AllPermissions || list.ActiveCount != 45 || list.ActiveLimit != 45 {
				t.Errorf("%s, %s: %+v, %v", days, all, list, err)
			}
			people, err := serve(t, response(200, strings.Replace(body, "service_user_tokens", "user_tokens", 1))).client(nil).ListUserTokens(t.Context(), "")
			if err != nil || people.ActiveCount != 45 || people.ActiveLimit != 45 {
				t.Errorf("user tokens, %s: %+v, %v", days, people, err)
			}
		}
	}
	for _, value := range []string{`45.5`, `"many"`, `1e30`, `{}`} {
		_, err := serve(t, response(200, `{"service_user_token":`+withField("inactivity_expiry_days", value)+`}`)).client(nil).GetServiceUserToken(t.Context(), "t1")
		if err == nil || !strings.Contains(err.Error(), "inactivity_expiry_days") {
			t.Errorf("%s: %v", value, err)
		}
	}
	sets, err := serve(t, response(200, `{"permission_sets":[{"id":"i","permissions":{"a":"true","b":"false","c":""}}],"total_results":"1"}`)).client(nil).ListPermissionSets(t.Context(), "")
	if err != nil || !slices.Equal(sets[0].Permissions, []string{"a"}) {
		t.Errorf("%+v, %v", sets, err)
	}
}

// protobuf's JSON leaves out what is empty.
func TestListWithLeftOutFields_isEmpty(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{}`, `{"next_page_token":""}`, `{"active_count":0}`, `{"new":{"x":[1]},"active_limit":20}`, `{"LIST":null}`, `{"LIST":[]}`, "\ufeff {} "} {
		list, err := serve(t, response(200, strings.Replace(body, "LIST", "service_user_tokens", 1))).client(nil).ListServiceUserTokens(t.Context())
		if err != nil || len(list.Tokens) != 0 || list.ActiveCount != 0 {
			t.Errorf("%s: %+v, %v", body, list, err)
		}
		people, err := serve(t, response(200, strings.Replace(body, "LIST", "user_tokens", 1))).client(nil).ListUserTokens(t.Context(), "")
		if err != nil || len(people.Tokens) != 0 {
			t.Errorf("user tokens, %s: %+v, %v", body, people, err)
		}
	}
	for _, body := range []string{`{}`, `{"total_results":"0"}`, `{"permission_sets":null}`} {
		if sets, err := serve(t, response(200, body)).client(nil).ListPermissionSets(t.Context(), ""); err != nil || sets == nil || len(sets) != 0 {
			t.Errorf("permission sets, %s: %v, %v", body, sets, err)
		}
	}
	token, err := serve(t, response(200, `{"service_user_token":{"id":"i","status":"ACTIVE"}}`)).client(nil).GetServiceUserToken(t.Context(), "i")
	if err != nil || token.PermissionSetIDs == nil || len(token.PermissionSetIDs) != 0 || token.AllPermissions {
		t.Errorf("%+v, %v", token, err)
	}
}

// Without a count, the active tokens of all pages are counted; without a limit, it is unknown.
func TestListWithoutCounts_countsActiveTokens(t *testing.T) {
	t.Parallel()
	item := func(id, status string) string { return fmt.Sprintf(`{"id":%q,"status":%q}`, id, status) }
	first, second := item("a", "active")+","+item("b", "TOKEN_STATUS_REVOKED"), item("c", "ACTIVE")+","+item("A", "active")
	for name, c := range map[string]struct {
		counts       [2]string
		count, limit int64
	}{
		"none":             {[2]string{``, ``}, 2, 0},
		"null and empty":   {[2]string{`,"active_count":null,"active_limit":null`, `,"active_count":"","active_limit":""`}, 2, 0},
		"limit only":       {[2]string{`,"active_limit":20`, `,"active_limit":20`}, 2, 20},
		"first page only":  {[2]string{`,"active_count":7,"active_limit":20`, ``}, 7, 20},
		"second page only": {[2]string{``, `,"active_count":"7","active_limit":"20"`}, 7, 20},
		"zero":             {[2]string{`,"active_count":0`, ``}, 0, 0},
	} {
		for _, field := range []string{"service_user_tokens", "user_tokens"} {
			s := serve(t, response(200, `{"`+field+`":[`+first+`],"next_page_token":"2"`+c.counts[0]+`}`), response(200, `{"`+field+`":[`+second+`]`+c.counts[1]+`}`))
			var count, limit int64
			var err error
			if field == "user_tokens" {
				var list api.UserTokenList
				list, err = s.client(nil).ListUserTokens(t.Context(), "")
				count, limit = list.ActiveCount, list.ActiveLimit
			} else {
				var list api.ServiceUserTokenList
				list, err = s.client(nil).ListServiceUserTokens(t.Context())
				count, limit = list.ActiveCount, list.ActiveLimit
			}
			if err != nil || count != c.count || limit != c.limit {
				t.Errorf("%s, %s: %d of %d, %v", field, name, count, limit, err)
			}
		}
	}
}

// A page that writes an id in another letter case lists the same thing, as it was read last.
func TestListsHoldAnIDInTwoLetterCasesOnce(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_tokens":[`+tokenWithID("ab-1")+`],"next_page_token":"2"}`), response(200, tokenPage(tokenWithID("AB-1"))))
	if list, err := s.client(nil).ListServiceUserTokens(t.Context()); err != nil || len(list.Tokens) != 1 || list.Tokens[0].ID != "AB-1" {
		t.Errorf("%+v, %v", list, err)
	}
	if sets, err := serve(t, response(200, `{"permission_sets":[{"id":"p"},{"id":"P"}],"total_results":2}`)).client(nil).ListPermissionSets(t.Context(), ""); err != nil || len(sets) != 1 {
		t.Errorf("%+v, %v", sets, err)
	}
}

// A new secret is kept, even if other fields of its response cannot be read. If its token's status is missing, the token
// counts as active.
func TestNewSecret_besideUnreadableFields_isKept(t *testing.T) {
	t.Parallel()
	for name, token := range map[string]string{
		"no status": withField("status", ""), "no issued_at": withField("issued_at", ""), "days": withField("inactivity_expiry_days", `"many"`), "name": withField("name", `7`),
		"permissions": withField("permission_set_ids", `{"a":1}`), "boolean": withField("all_permissions", `"perhaps"`), "creator": withField("created_by", `"me"`),
	} {
		for _, body := range []string{`{"secret":"scapi_new","service_user_token":` + token + `}`, `{"service_user_token":` + token + `,"secret":"scapi_new"}`} {
			got, made, err := serve(t, response(201, body)).client(nil).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
			if err != nil || made.Reveal() != "scapi_new" || got.ID != "t1" || !got.Active() {
				t.Errorf("%s: %+v, %v", name, got, err)
			}
		}
	}
}

// What each call returns for a success: 200, 201 and 204, with the contract's body, none, a page, or another content type.
func TestSuccessInEveryForm(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		for name, c := range map[string]struct {
			handler http.HandlerFunc
			good    bool
		}{
			"201":          {func(w http.ResponseWriter, r *http.Request) { k.good(created{w}, r) }, true},
			"octet stream": {func(w http.ResponseWriter, r *http.Request) { k.good(octets{w}, r) }, true},
			"empty":        {response(200, ``), false},
			"204":          {response(204, ``), false},
			"page":         {response(200, `<html>`, "Content-Type", "text/html"), false},
			"a list":       {response(200, `["hidden"]`), false},
		} {
			s := serve(t, c.handler)
			err := k.do(t.Context(), s.client(nil))
			var broken *api.ResponseError
			good := c.good || k.name == "DeleteServiceUserToken"
			if (err == nil) != good || (!good && (!errors.As(err, &broken) || !api.MayHaveActed(err))) || s.calls() != 1 {
				t.Errorf("%s, %s: %v", k.name, name, err)
			}
		}
	}
}

type created struct{ http.ResponseWriter }

func (w created) WriteHeader(int) { w.ResponseWriter.WriteHeader(201) }

type octets struct{ http.ResponseWriter }

func (w octets) WriteHeader(status int) {
	w.Header().Set("Content-Type", "application/octet-stream")
	w.ResponseWriter.WriteHeader(status)
}

// Other writings of a time that name one instant.
func TestTimes_inOtherForms_areRead(t *testing.T) {
	t.Parallel()
	want := time.Date(2026, 3, 4, 5, 6, 7, 120_000_000, time.UTC)
	for _, text := range []string{
		"2026-03-04T05:06:07.12Z", "2026-03-04T05:06:07.120000000000Z", "2026-03-04T05:06:07,12Z", "2026-03-04t05:06:07.12z", "2026-03-04 05:06:07.12Z",
		"2026-03-04T06:06:07.12+0100", "2026-03-04T06:06:07.12+01", "2026-03-04T00:36:07.12-04:30", " 2026-03-04T05:06:07.12Z ",
	} {
		token, err := serve(t, response(200, `{"service_user_token":`+withField("issued_at", `"`+text+`"`)+`}`)).client(nil).GetServiceUserToken(t.Context(), "t1")
		if err != nil || token.IssuedAt != want {
			t.Errorf("%s: %v, %v", text, token.IssuedAt, err)
		}
	}
}
