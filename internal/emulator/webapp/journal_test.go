package webapp_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestPage_journal(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Bearer: "my own bearer/with.a:slash"})
	token, secret := f.create("Nightly export")
	gone, gonesSecret := f.create("gone")
	f.call(f.em.Bearer(), "GET", tokensPath, "")
	f.call(secret, "POST", tokensPath, `{"name":"made by it"}`)
	f.call("unknown", "GET", "/nowhere", "")
	f.call(gonesSecret, "GET", tokensPath, "")
	f.em.Fail(emulator.Fault{Operation: "GetServiceUserToken", Cut: emulator.CutAfter})
	request := httptest.NewRequest("GET", tokensPath+"/"+token.ID, nil)
	func() {
		defer func() { _ = recover() }() // the cut, without a client that would retry
		f.em.ServeHTTP(httptest.NewRecorder(), request)
	}()
	f.must(f.em.RevokeToken(gone.ID))
	f.must(f.em.DeleteToken(gone.ID))
	renamed := "Renamed"
	f.must(f.em.EditToken(token.ID, emulator.TokenEdit{Name: &renamed}))
	f.post(pathOf(token, "revoke")) // no API call
	want := [][]string{
		{"03:02:01", "GET " + tokensPath + "/" + token.ID, "Connection cut", "API token not accepted"},
		{"03:02:01", "GET " + tokensPath, "200 OK", gone.ServiceUserID},
		{"03:02:01", "GET /nowhere", "404 Not Found", "API token not accepted"},
		{"03:02:01", "POST " + tokensPath, "200 OK", "Renamed"},
		{"03:02:01", "GET " + tokensPath, "200 OK", "Alex Example"},
	}
	if got := rows(t, f.get("/").body, "calls"); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// The journal shows the last calls only, and short paths.
func TestPage_journalStaysShort(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Bearer: "own"})
	for i := range 25 {
		f.call("", "GET", fmt.Sprint("/", i), "")
	}
	f.call("", "GET", "/"+strings.Repeat("x", 500), "")
	f.call("", "GET", "/tokens/own/v1", "") // a secret of no known form
	got := rows(t, f.get("/").body, "calls")
	if len(got) != 20 || got[0][1] != "GET /tokens/…/v1" || len(got[1][1]) > 130 || got[19][1] != "GET /7" {
		t.Errorf("%d lines: %q", len(got), got)
	}
}

// The page does not change the API's responses, refusals included.
func TestPage_leavesTheAPIAlone(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Seed: 1})
	bare := httptest.NewServer(emulator.New(emulator.Options{Seed: 1, Now: f.clock.Now}))
	t.Cleanup(bare.Close)
	alone := &fixture{t: t, url: bare.URL}
	sign := func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+f.em.Bearer())
		r.Header.Set("X-Request-ID", "same")
	}
	for _, c := range []struct{ method, path string }{
		{"GET", tokensPath}, {"HEAD", tokensPath}, {"GET", "/nowhere"}, {"POST", "/"}, {"DELETE", "/"}, {"GET", "/web"}, {"GET", "/website"}, {"GET", "//"},
		{"GET", "/tokens//v1/service_user_tokens"}, {"GET", "/tokens/../"}, {"PUT", tokensPath},
	} {
		got, want := f.send(c.method, c.path, nil, sign), alone.send(c.method, c.path, nil, sign)
		got.header.Del("Date")
		want.header.Del("Date")
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s %s: got %v, want %v", c.method, c.path, got, want)
		}
	}
	if r := alone.get("/"); r.status != http.StatusNotFound || !strings.Contains(r.body, `"unknown route"`) {
		t.Errorf("an emulator without a page responds to / with %d %s", r.status, r.body)
	}
}
