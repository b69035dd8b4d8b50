package emulator_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// lagging starts an emulator whose writes lag.
func lagging(t *testing.T, lags ...emulator.Lag) *fixture {
	t.Helper()
	return start(t, emulator.Options{Habits: emulator.Habits{Lags: lags}})
}

func everywhere(operation string, responses int) emulator.Lag {
	return emulator.Lag{Operation: operation, InList: true, InGet: true, InWrites: true, Responses: responses}
}

// shown is a token in the list and in GET: its name, status and second of issue, or a dash.
func (f *fixture) shown(id string) (list, get string) {
	f.t.Helper()
	text := func(t token) string {
		return fmt.Sprintf("%s %s %d", t.Name, strings.TrimPrefix(t.Status, "TOKEN_STATUS_"), t.IssuedAt.Second())
	}
	list, get = "-", "-"
	for _, t := range f.do("GET", tokensPath, "").Tokens {
		if t.ID == id {
			list = text(t)
		}
	}
	if r := f.do("GET", tokensPath+"/"+id, ""); r.status == http.StatusOK {
		get = text(r.Token)
	} else {
		f.expect(r, 404, "NOT_FOUND")
	}
	return list, get
}

func (f *fixture) expectShown(id, wantList, wantGet string) {
	f.t.Helper()
	if list, get := f.shown(id); list != wantList || get != wantGet {
		f.t.Errorf("listed %q and got %q, want %q and %q", list, get, wantList, wantGet)
	}
}

// A write that lags in one place is not visible there for the given number of responses. It is visible at once in other places
// and in its own response.
func TestWritesAreSeenLate(t *testing.T) {
	t.Parallel()
	for write, c := range map[string]struct {
		before func(f *fixture, path string) // brings the token to where the write can be made
		call   func(f *fixture, path string) reply
		old    string
		now    string
	}{
		"UpdateServiceUserToken": {nil, func(f *fixture, path string) reply { return f.do("PATCH", path, `{"name":"new"}`) }, "t ACTIVE 1", "new ACTIVE 1"},
		"RevokeServiceUserToken": {nil, func(f *fixture, path string) reply { return f.do("POST", path+"/revoke", "{}") }, "t ACTIVE 1", "t REVOKED 1"},
		"RegenerateServiceUserToken": {
			func(f *fixture, path string) { f.do("POST", path+"/revoke", "{}") },
			func(f *fixture, path string) reply { return f.do("POST", path+"/regenerate", "{}") }, "t REVOKED 1", "t ACTIVE 2",
		},
		"DeleteServiceUserToken": {
			func(f *fixture, path string) { f.do("POST", path+"/revoke", "{}") },
			func(f *fixture, path string) reply { return f.do("DELETE", path, "") }, "t REVOKED 1", "-",
		},
		"CreateServiceUserToken": {nil, nil, "-", "t ACTIVE 1"},
	} {
		for _, in := range []emulator.Lag{{InList: true}, {InGet: true}, {InList: true, InGet: true}, {InWrites: true}} {
			in.Operation, in.Responses = write, 2
			f := lagging(t, in)
			id := f.make(`{"name":"t"}`).Token.ID
			path := tokensPath + "/" + id
			if c.before != nil {
				c.before(f, path)
			}
			f.advance(time.Second)
			if c.call != nil {
				if r := c.call(f, path); r.status != 200 {
					t.Errorf("%s: got %d %s", write, r.status, r.raw)
				}
			}
			list, get := c.now, c.now
			if in.InList {
				list = c.old
			}
			if in.InGet {
				get = c.old
			}
			f.expectShown(id, list, get)
			f.expectShown(id, list, get)
			f.expectShown(id, c.now, c.now)
		}
	}
}

// A later write is refused if the visible state or the real state forbids it.
func TestWritesThatOtherWritesDoNotSee(t *testing.T) {
	t.Parallel()
	f := lagging(t, everywhere("CreateServiceUserToken", 1), everywhere("RevokeServiceUserToken", 2), everywhere("RegenerateServiceUserToken", 1), everywhere("DeleteServiceUserToken", 1))
	made := f.make(`{"name":"t"}`)
	path := tokensPath + "/" + made.Token.ID
	f.expect(f.do("POST", path+"/revoke", "{}"), 404, "NOT_FOUND")
	f.expect(f.do("POST", path+"/revoke", "{}"), 200, "")
	if f.em.Accepts(made.Secret) {
		t.Error("a secret outlives its revoke")
	}
	f.expect(f.do("DELETE", path, ""), 400, "TOKEN_ACTIVE")
	f.expect(f.do("POST", path+"/regenerate", "{}"), 400, "TOKEN_ACTIVE")
	again := f.do("POST", path+"/regenerate", "{}")
	if !f.em.Accepts(again.Secret) || f.call(again.Secret, "GET", whoAmIPath, "").status != 200 {
		t.Error("a new secret does not work at once")
	}
	f.expect(f.do("POST", path+"/revoke", "{}"), 400, "TOKEN_NOT_ACTIVE")
	f.expect(f.do("POST", path+"/revoke", "{}"), 200, "")
	f.expect(f.do("PATCH", path, `{"name":"seen as active, and is not"}`), 400, "TOKEN_NOT_ACTIVE")
	f.expect(f.do("DELETE", path, ""), 400, "TOKEN_ACTIVE")
	f.expect(f.do("DELETE", path, ""), 200, "")
	f.expect(f.do("POST", path+"/regenerate", "{}"), 404, "NOT_FOUND") // seen as revoked, and is not there
	if len(f.em.Tokens()) != 0 {
		t.Error("a deleted token came back")
	}
	for _, call := range f.em.Calls() {
		if call.Acted != (call.Status == 200) {
			t.Errorf("%s: status %d, acted %t", call.Operation, call.Status, call.Acted)
		}
	}
}

func TestLagForATime(t *testing.T) {
	t.Parallel()
	f := lagging(t, emulator.Lag{InList: true, InGet: true, InWrites: true, For: 3 * time.Second})
	id := f.make(`{"name":"t"}`).Token.ID
	path := tokensPath + "/" + id
	for range 3 {
		f.expectShown(id, "-", "-")
		f.expect(f.do("PATCH", path, `{"name":"new"}`), 404, "NOT_FOUND")
		f.advance(time.Second)
	}
	f.expectShown(id, "t ACTIVE 1", "t ACTIVE 1")
	f.expect(f.do("PATCH", path, `{"name":"new"}`), 200, "")
	f.advance(2 * time.Second)
	f.expect(f.do("POST", path+"/revoke", "{}"), 200, "")
	f.expectShown(id, "t ACTIVE 1", "t ACTIVE 1") // writes become visible in their order
	f.advance(time.Second)
	f.expectShown(id, "new ACTIVE 1", "new ACTIVE 1")
	f.advance(2 * time.Second)
	f.expectShown(id, "new REVOKED 1", "new REVOKED 1")
}

// Lags count for each token and each place, and a list of several pages counts once.
func TestLagsAreCountedForEachToken(t *testing.T) {
	t.Parallel()
	f := lagging(t, everywhere("", 1))
	one := f.make(`{"name":"one"}`).Token.ID
	f.expectShown(one, "-", "-")
	f.advance(time.Second)
	two := f.make(`{"name":"two"}`).Token.ID
	f.expectShown(one, "one ACTIVE 1", "one ACTIVE 1")
	f.expectShown(two, "two ACTIVE 2", "-")
	f.do("GET", tokensPath+"/"+two, "")

	paged := lagging(t, everywhere("UpdateServiceUserToken", 1))
	old := paged.make(`{"name":"old"}`).Token.ID
	paged.advance(time.Second)
	paged.make(`{"name":"newer"}`)
	paged.do("PATCH", tokensPath+"/"+old, `{"name":"renamed"}`)
	for _, want := range []string{"old", "renamed"} {
		first := paged.do("GET", tokensPath+"?page_size=1", "")
		second := paged.do("GET", tokensPath+"?page_size=1&page_token="+first.Next, "")
		if len(second.Tokens) != 1 || second.Tokens[0].Name != want {
			t.Errorf("the second page is %s, want %s", second.raw, want)
		}
	}
}

// A filter and the count follow the visible state; the active-token limit follows the real state.
func TestLagOfFiltersAndCounts(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{ActiveTokenLimit: 1, Habits: emulator.Habits{Lags: []emulator.Lag{everywhere("", 2)}}})
	id := f.make(`{"name":"t"}`).Token.ID
	f.expect(f.do("POST", tokensPath, `{"name":"over the limit"}`), 400, "ACTIVE_TOKEN_LIMIT_REACHED")
	for range 2 {
		if list := f.do("GET", tokensPath+"?status=TOKEN_STATUS_ACTIVE", ""); len(list.Tokens) != 0 || list.Active != 0 {
			t.Errorf("a new token is listed: %s", list.raw)
		}
	}
	if list := f.do("GET", tokensPath+"?status=TOKEN_STATUS_ACTIVE", ""); len(list.Tokens) != 1 || list.Active != 1 {
		t.Errorf("a new token is not listed: %s", list.raw)
	}
	for range 2 {
		f.expect(f.do("POST", tokensPath+"/"+id+"/revoke", "{}"), 404, "NOT_FOUND")
	}
	f.expect(f.do("POST", tokensPath+"/"+id+"/revoke", "{}"), 200, "")
	for _, want := range []int{0, 0, 1} {
		if list := f.do("GET", tokensPath+"?status=TOKEN_STATUS_REVOKED", ""); len(list.Tokens) != want || list.Active != 1-want {
			t.Errorf("%d revoked, %d active, want %d and %d", len(list.Tokens), list.Active, want, 1-want)
		}
	}
}

// Lags affect neither the web app nor other organizations.
func TestLagsAreOfTheAPIOnly(t *testing.T) {
	t.Parallel()
	f := lagging(t, everywhere("", 5))
	made, _, err := f.em.CreateToken(emulator.TokenInput{Name: "t"})
	if err != nil {
		t.Fatal(err)
	}
	f.expectShown(made.ID, "t ACTIVE 1", "t ACTIVE 1")
	id := f.make(`{"name":"t"}`).Token.ID
	if err := f.em.RevokeToken(id); err != nil {
		t.Fatal(err)
	}
	if err := f.em.DeleteToken(id); err != nil {
		t.Fatal(err)
	}
	f = lagging(t, everywhere("DeleteServiceUserToken", 5))
	_, stranger := f.em.AddOrganization()
	path := tokensPath + "/" + f.make(`{"name":"gone"}`).Token.ID
	f.do("POST", path+"/revoke", "{}")
	f.expect(f.do("DELETE", path, ""), 200, "")
	if list := f.call(stranger, "GET", tokensPath, ""); len(list.Tokens) != 0 || f.call(stranger, "GET", path, "").status != 404 {
		t.Errorf("a stranger sees %s", list.raw)
	}
}
