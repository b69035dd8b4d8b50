package webapp_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator/webapp"
)

func TestPage_empty(t *testing.T) {
	t.Parallel()
	page := start(t, emulator.Options{}).get("/").body
	for _, want := range []string{"0 of 20 active", "There are no service user API tokens yet.", "There are no calls yet.", "(real time)"} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestPage_table(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	old, _ := f.create("old")
	f.post("/web/clock", "days", "1")
	f.must(f.em.UseToken(old.ID))
	_, _, err := f.em.CreateToken(emulator.TokenInput{Name: "narrow", InactivityExpiryDays: 31, PermissionSetIDs: []string{f.em.PermissionSetID("Reporting"), f.em.PermissionSetID("Users only")}})
	f.must(err)
	f.post("/web/clock", "days", "1")
	f.create("revoked")
	f.post(pathOf(f.em.Tokens()[2], "revoke"))
	f.post("/web/clock", "days", "45")
	got := rows(t, f.get("/").body, "service-user-tokens")
	want := [][]string{
		{"revoked", "Revoked", "All permissions", "6 May 2026, 03:02 by Alex Example", "6 May 2026, 03:02", "Never", "–", "Regenerate revoked Delete revoked"},
		{"narrow", "Expired", "Users only, Reporting", "5 May 2026, 03:02 by Alex Example", "5 May 2026, 03:02", "Never", "5 Jun 2026, 03:02 15 days ago", "Regenerate narrow Delete narrow"},
		{"old", "Expired", "All permissions", "4 May 2026, 03:02 by Alex Example", "4 May 2026, 03:02", "5 May 2026, 03:02", "19 Jun 2026, 03:02 1 day ago", "Regenerate old Delete old"},
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	f.post("/web/clock", "days", "-45")
	got = rows(t, f.get("/").body, "service-user-tokens")
	if end := got[2][6:]; !slices.Equal(end, []string{"19 Jun 2026, 03:02 in 44 days, if unused", "Edit old Revoke old"}) {
		t.Errorf("an active token ends with %q", end)
	}
	users := rows(t, f.get("/").body, "user-tokens")
	if want := []string{"personal 1", "Alex Example", "Active", "4 May 2026, 03:02", "Never", "3 Jun 2026, 03:02 in 28 days"}; len(users) != 3 || !slices.Equal(users[0], want) {
		t.Errorf("user tokens: %q", users)
	}
}

func TestPage_noFreeSlot(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{Tokens: 3, ActiveTokenLimit: 2})
	page := f.get("/").body
	if got := rows(t, page, "service-user-tokens"); !strings.Contains(page, "2 of 2 active, no free slot") || len(got) != 3 {
		t.Errorf("%q", got)
	}
}

func TestClock(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{RateLimit: 1})
	f.create("a")
	for _, step := range []struct {
		days, shown, status string
		code                int
	}{
		{"45", "45 days ahead of real time", "Expired", http.StatusSeeOther},
		{"-45", "real time", "Active", http.StatusSeeOther},
		{"-45", "45 days behind real time", "Active", http.StatusSeeOther},
		{"1", "44 days behind real time", "Active", http.StatusSeeOther},
		{"0", "real time", "Active", http.StatusSeeOther},
		{"1", "1 day ahead of real time", "Active", http.StatusSeeOther},
		{"x", "1 day ahead of real time", "Active", http.StatusBadRequest},
		{"", "1 day ahead of real time", "Active", http.StatusBadRequest},
		{"3650", "1 day ahead of real time", "Active", http.StatusBadRequest},
		{"-9223372036854775808", "1 day ahead of real time", "Active", http.StatusBadRequest},
		{"9223372036854775807", "1 day ahead of real time", "Active", http.StatusBadRequest},
	} {
		moved := f.post("/web/clock", "days", step.days)
		page := f.get("/").body
		if got := rows(t, page, "service-user-tokens")[0][1]; moved.status != step.code || !strings.Contains(page, "("+step.shown+")") || got != step.status {
			t.Errorf("%s: %d, %s, want %s", step.days, moved.status, got, step.shown)
		}
	}
	// A clock that is set back opens a new window of the rate limit at once.
	for _, days := range []string{"0", "-45", "1"} {
		f.post("/web/clock", "days", days)
		if status, message := f.call(f.em.Bearer(), "GET", tokensPath, ""); status != http.StatusOK {
			t.Errorf("after %s days: %d %s", days, status, message)
		}
	}
}

func TestClockFollowsTheOther(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 2, 28, 23, 0, 0, 0, time.FixedZone("", 3600))
	clock := webapp.NewClock(func() time.Time { return now })
	clock.Move(1)
	now = now.Add(time.Hour)
	if want := time.Date(2026, 3, 1, 23, 0, 0, 0, time.UTC); !clock.Now().Equal(want) {
		t.Errorf("it is %s, want %s", clock.Now(), want)
	}
}

// What a screen reader and a keyboard need.
func TestPage_isLabeled(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	f.call("", "GET", "/nowhere", "")
	for name, r := range f.pages() {
		page := parse(t, r.body)
		all := page.all(func(*element) bool { return true })
		ids := map[string]int{}
		labeled := map[string]bool{}
		for _, e := range all {
			if id := e.attr["id"]; id != "" {
				ids[id]++
			}
			if e.name == "label" {
				labeled[e.attr["for"]] = true
				for _, field := range e.all(named("input")) {
					labeled[field.attr["value"]+field.attr["id"]] = true
				}
			}
		}
		focused := 0
		for _, e := range all {
			switch e.name {
			case "input", "select", "meter":
				if !labeled[e.attr["value"]+e.attr["id"]] && !labeled[e.attr["id"]] {
					t.Errorf("%s: <%s name=%q> has no label", name, e.name, e.attr["name"])
				}
			case "th":
				if s := e.attr["scope"]; s != "col" && s != "row" {
					t.Errorf("%s: header cell %q has scope %q", name, e.words(), s)
				}
			case "a", "button":
				if e.words() == "" {
					t.Errorf("%s: a %s without words", name, e.name)
				}
			case "section", "dialog":
				if ids[e.attr["aria-labelledby"]] != 1 {
					t.Errorf("%s: a %s is labeled by %q", name, e.name, e.attr["aria-labelledby"])
				}
			}
			if _, ok := e.attr["autofocus"]; ok {
				focused++
			}
		}
		for id, n := range ids {
			if n != 1 {
				t.Errorf("%s: id %q stands %d times", name, id, n)
			}
		}
		// With a dialog, the rest of the page cannot be reached; and focus goes to what is new.
		dialogs := page.all(named("dialog"))
		inert := page.all(func(e *element) bool { _, ok := e.attr["inert"]; return ok })
		if len(dialogs) != len(inert) || focused > 1 || name != "list" && focused != 1 {
			t.Errorf("%s: %d dialogs, %d inert, %d with focus", name, len(dialogs), len(inert), focused)
		}
		if len(page.all(named("h1"))) != 1 || page.all(named("html"))[0].attr["lang"] != "en" || page.all(named("title"))[0].words() == "" {
			t.Errorf("%s: heading, language or title is missing", name)
		}
	}
}
