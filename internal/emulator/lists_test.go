package emulator_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestPagesCoverTheList(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Tokens: 101})
	seen := map[string]bool{}
	next, pages := "", 0
	for pages == 0 || next != "" {
		path := tokensPath + "?page_size=50"
		if next != "" {
			path += "&page_token=" + next
		}
		page := f.do("GET", path, "")
		for _, token := range page.Tokens {
			if seen[token.ID] {
				t.Errorf("%s is listed twice", token.Name)
			}
			seen[token.ID] = true
		}
		next, pages = page.Next, pages+1
	}
	if len(seen) != 101 || pages != 3 {
		t.Errorf("%d tokens on %d pages", len(seen), pages)
	}
	if first := f.do("GET", tokensPath, ""); len(first.Tokens) != 50 {
		t.Errorf("the default page has %d tokens", len(first.Tokens))
	}
}

func TestPermissionSets(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	if second := f.do("POST", "/permissions/v1/permission_sets", `{"search":"REPORTING","limit":5,"offset":0}`); strings.Count(second.raw, `"id"`) != 1 {
		t.Errorf("the search minds capitals: %s", second.raw)
	}
	if second := f.do("POST", "/permissions/v1/permission_sets", `{"limit":2,"offset":4}`); strings.Count(second.raw, `"id"`) != 1 || !strings.Contains(second.raw, `"total_results":"5"`) {
		t.Errorf("the offset is not kept: %s", second.raw)
	}
	for _, shape := range []emulator.PermissionSetShape{emulator.ShapeNested, emulator.ShapeIdentifier, emulator.ShapeFlat} {
		f := start(t, emulator.Options{PermissionSetShape: shape})
		all := f.do("POST", "/permissions/v1/permission_sets", `{"limit":100,"offset":0}`)
		if !strings.Contains(all.raw, `"total_results":"5"`) || !strings.Contains(all.raw, `"name":"SCIM provisioning"`) ||
			!strings.Contains(all.raw, `{"platform_management_groups":true,"platform_management_users":true}`) {
			t.Errorf("shape %d: %s", shape, all.raw)
		}
		found := f.do("POST", "/permissions/v1/permission_sets", `{"search":"scim","limit":1,"offset":0}`)
		if strings.Count(found.raw, `"name"`) != 1 || !strings.Contains(found.raw, `"total_results":"1"`) {
			t.Errorf("search: %s", found.raw)
		}
		one := f.do("GET", "/permissions/v1/permission_set/"+f.em.PermissionSetID("Reporting"), "")
		if !strings.Contains(one.raw, `"permission_set":{`) || !strings.Contains(one.raw, `"Reporting"`) {
			t.Errorf("one: %s", one.raw)
		}
	}
}

func TestUserTokens(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	own := f.do("GET", "/tokens/v1/user_tokens", "")
	if strings.Count(own.raw, `"name"`) != 3 || own.Limit != 10 || own.Active != 2 {
		t.Errorf("own: %s", own.raw)
	}
	userID, weak := f.em.AddPerson()
	f.expect(f.call(weak, "GET", "/tokens/v1/user_tokens?user_id="+f.em.CallerID(), ""), 403, "PERMISSION_DENIED")
	if other := f.do("GET", "/tokens/v1/user_tokens?user_id="+userID, ""); other.status != 200 || !strings.Contains(other.raw, `"user_tokens":[]`) {
		t.Errorf("another's: %s", other.raw)
	}
}

func TestListIsNewestFirstAndStableWhileItChanges(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	for _, name := range []string{"a", "b", "c", "d"} {
		f.make(`{"name":"` + name + `"}`)
		f.advance(time.Second)
	}
	first := f.do("GET", tokensPath+"?page_size=2", "")
	f.make(`{"name":"made between two pages"}`)
	if err := f.em.RevokeToken(first.Tokens[1].ID); err != nil {
		t.Fatal(err)
	}
	if err := f.em.DeleteToken(first.Tokens[1].ID); err != nil { // the page's last one, which the cursor names
		t.Fatal(err)
	}
	second := f.do("GET", tokensPath+"?page_size=2&page_token="+first.Next, "")
	var names []string
	for _, token := range slices.Concat(first.Tokens, second.Tokens) {
		names = append(names, token.Name)
	}
	if !slices.Equal(names, []string{"d", "c", "b", "a"}) || second.Next != "" {
		t.Errorf("the pages hold %v, and then %q", names, second.Next)
	}
}

func TestStatusFilter(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	f.make(`{"name":"expired","inactivity_expiry_days":31}`)
	revoked := f.make(`{"name":"revoked","inactivity_expiry_days":31}`)
	f.do("POST", tokensPath+"/"+revoked.Token.ID+"/revoke", "{}")
	f.make(`{"name":"active","inactivity_expiry_days":180}`)
	f.advance(31 * 24 * time.Hour)
	for _, name := range []string{"active", "revoked", "expired"} {
		list := f.do("GET", tokensPath+"?status=TOKEN_STATUS_"+strings.ToUpper(name), "")
		if len(list.Tokens) != 1 || list.Tokens[0].Name != name || list.Active != 1 {
			t.Errorf("%s: %s", name, list.raw)
		}
	}
}
