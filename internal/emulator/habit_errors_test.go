package emulator_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Some habits change only a refusal because of a token's status.
func TestHabitsOfErrors(t *testing.T) {
	t.Parallel()
	const info = `"reason":"NOT_FOUND"`
	for habit, want := range map[string]struct {
		status         int
		refused, other string // what the bodies begin with, and what the other one holds
	}{
		"precondition-no-reason": {400, `{"code":9,"details":[],"message":"only a`, info},
		"precondition-409":       {409, `{"code":9,"details":[],"message":"only a`, info},
		"precondition-412":       {412, `{"code":9,"details":[],"message":"only a`, info},
		"details-empty":          {400, `{"code":9,"details":[],"message":"only a`, `{"code":5,"details":[],"message":`},
		"details-missing":        {400, `{"code":9,"message":"only a`, `{"code":5,"message":`},
		"error-code-name":        {400, `{"code":"FAILED_PRECONDITION","details":[{`, `"NOT_FOUND","details":[{`},
		"error-code-digits":      {400, `{"code":"9","details":[{`, `{"code":"5","details":[{`},
	} {
		f := named(t, habit)
		path := tokensPath + "/" + f.make(`{"name":"t"}`).Token.ID
		for _, r := range []reply{f.do("DELETE", path, ""), f.do("POST", path+"/regenerate", "{}")} {
			if r.status != want.status || !strings.HasPrefix(r.raw, want.refused) {
				t.Errorf("%s: refused %d %s", habit, r.status, r.raw)
			}
		}
		if r := f.do("GET", tokensPath+"/unknown", ""); r.status != 404 || !strings.Contains(r.raw, want.other) {
			t.Errorf("%s: not found is %d %s", habit, r.status, r.raw)
		}
	}
	if r := named(t, "numbers-as-strings").do("GET", tokensPath+"/unknown", ""); field(r, "code") != "5" {
		t.Errorf("numbers in quotes: %s", r.raw)
	}
	bare := startBare(t, emulator.Options{Habits: emulator.Habits{ErrorCodes: emulator.CodeName, Details: emulator.DetailsMissing}})
	for path, want := range map[string]string{"/nowhere": `{"code":"NOT_FOUND","message":`, whoAmIPath: `{"code":"UNIMPLEMENTED","message":`} {
		if r := bare.do("PUT", path, ""); !strings.HasPrefix(r.raw, want) {
			t.Errorf("%s: %s", path, r.raw)
		}
	}
}

func TestEveryErrorCodeHasAName(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{Habits: emulator.Habits{ErrorCodes: emulator.CodeName}})
	for status, name := range map[int]string{401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"} {
		f.em.Fail(emulator.Fault{Status: status, Call: 1})
		if r := f.do("GET", whoAmIPath, ""); r.status != status || field(r, "code") != `"`+name+`"` {
			t.Errorf("%d: %s", status, r.raw)
		}
	}
	if r := f.do("GET", tokensPath+"?page_size=x", ""); field(r, "code") != `"INVALID_ARGUMENT"` {
		t.Error(r.raw)
	}
}

func TestStatusFilterThatIsNotFollowed(t *testing.T) {
	t.Parallel()
	for habit, want := range map[string]int{"status-filter-ignored": 200, "status-filter-refused": 400} {
		f := named(t, habit)
		f.make(`{"name":"t"}`)
		filtered := f.do("GET", tokensPath+"?status=TOKEN_STATUS_REVOKED", "")
		if filtered.status != want || len(filtered.Tokens) != map[int]int{200: 1}[want] || (want == 400 && filtered.reason() != "INVALID_FIELD") {
			t.Errorf("%s: got %d %s", habit, filtered.status, filtered.raw)
		}
		if all := f.do("GET", tokensPath, ""); all.status != 200 || len(all.Tokens) != 1 {
			t.Errorf("%s: without a filter, got %d %s", habit, all.status, all.raw)
		}
	}
}

// An intermediary responds in its own words and by its own clock, before or after the service did the work.
func TestIntermediary(t *testing.T) {
	t.Parallel()
	for _, status := range []int{403, 407, 408, 502, 503} {
		for _, after := range []bool{false, true} {
			f := start(t, emulator.Options{Habits: emulator.Habits{ClockOffset: time.Hour, Intermediaries: []emulator.Intermediary{
				{Status: status, AfterWork: after, Operation: "CreateServiceUserToken", Every: 2},
			}}})
			f.do("GET", whoAmIPath, "") // another operation does not count
			f.make(`{"name":"first"}`)
			r := f.do("POST", tokensPath, `{"name":"second"}`)
			if r.status != status || r.header.Get("Content-Type") != "text/html" || !strings.Contains(r.raw, "<h1>"+http.StatusText(status)+"</h1>") {
				t.Errorf("got %d %s", r.status, r.raw)
			}
			if r.header.Get("X-Request-ID") != "" || r.header.Get("X-RateLimit-Limit") != "" || r.header.Get("Date") != f.now().Format(http.TimeFormat) {
				t.Errorf("the headers are the service's: %v", r.header)
			}
			f.make(`{"name":"third"}`)
			if made := len(f.em.Tokens()); made != map[bool]int{false: 2, true: 3}[after] {
				t.Errorf("%d, after the work %t: %d tokens", status, after, made)
			}
		}
	}
	each := start(t, emulator.Options{Habits: emulator.Habits{Intermediaries: []emulator.Intermediary{{Status: 407}}}})
	if one, two := each.do("GET", whoAmIPath, ""), each.do("GET", tokensPath, ""); one.status != 407 || two.status != 407 {
		t.Errorf("got %d and %d", one.status, two.status)
	}
}

// The Date header of every response follows the emulator's own clock.
func TestClocks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ clock, date time.Duration }{{0, 0}, {time.Hour, 0}, {-time.Hour, 0}, {0, time.Hour}, {time.Hour, -2 * time.Hour}} {
		f := startBare(t, emulator.Options{Habits: emulator.Habits{ClockOffset: c.clock, DateOffset: c.date}})
		made := f.make(`{"name":"t","inactivity_expiry_days":31}`)
		own := f.now().Add(c.clock)
		if !made.Token.CreatedAt.Equal(own) || !made.Token.IssuedAt.Equal(own) || !made.Token.ExpiresAt.Equal(own.AddDate(0, 0, 31)) {
			t.Errorf("%+v: made %+v", c, made.Token)
		}
		f.em.Fail(emulator.Fault{Call: 3, Status: 500})
		for _, r := range []reply{f.do("GET", whoAmIPath, ""), f.call("", "GET", whoAmIPath, ""), f.do("GET", whoAmIPath, ""), f.do("GET", "/nowhere", ""), f.do("GET", "//", "")} {
			if got, want := r.header.Get("Date"), own.Add(c.date).Format(http.TimeFormat); got != want {
				t.Errorf("%+v: %d is dated %s, want %s", c, r.status, got, want)
			}
		}
		if call := f.em.Calls()[0]; !call.Time.Equal(own) {
			t.Errorf("%+v: the journal says %s", c, call.Time)
		}
	}
	f := named(t, "clock-a-week-ahead")
	used := f.make(`{"name":"t"}`)
	f.call(used.Secret, "GET", whoAmIPath, "")
	if got := f.do("POST", tokensPath+"/"+used.Token.ID+"/revoke", "{}").Token; !got.RevokedAt.Equal(f.now().AddDate(0, 0, 7)) || !got.LastUsedAt.Equal(*got.RevokedAt) {
		t.Errorf("times of use and revoke: %v %v", got.LastUsedAt, got.RevokedAt)
	}
}
