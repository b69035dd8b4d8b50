package tokens_test

import (
	"testing"
	"time"
	_ "time/tzdata" // the rules of a zone with summer time, wherever the test runs

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// A day has 24 hours, wherever the provider runs and in whatever zone the API writes its times. Summer time, which begins in
// Berlin on 29 March 2026, changes nothing.
func TestDaysHave24Hours(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	at := time.Date(2026, 3, 20, 12, 0, 0, 0, time.UTC)
	due, thirtyDays := at.Add(30*day), int64(30)
	for name, zone := range map[string]*time.Location{"UTC": time.UTC, "summer time": berlin(t)} {
		prior := tokens.Prior{Status: tokens.Active, HasSecret: true, IssuedAt: at.In(zone), RotateAfterDays: thirty}
		token := api.ServiceUserToken{Status: api.StatusActive, IssuedAt: at.In(zone), ExpiresAt: due.In(zone)}
		for offset, want := range map[time.Duration]bool{-time.Second: false, 0: true, time.Second: true} {
			now := due.Add(offset).In(zone)
			if got := tokens.Observe(prior, token, now).RotationDue; got != want {
				t.Errorf("%s, %s: due %t", name, offset, got)
			}
			if got := (tokens.Filter{UnusedForDays: &thirtyDays}).Matches(token, now); got != want {
				t.Errorf("%s, %s: unused %t", name, offset, got)
			}
			if got := tokens.ExpiresWithin(token, 30, at.Add(offset).In(zone)); got != want {
				t.Errorf("%s, %s: expires %t", name, offset, got)
			}
		}
	}
}

// A very large number of days is far in the future, and not in the past.
func TestDaysWithoutEnd(t *testing.T) {
	t.Parallel()
	for _, days := range []int64{1_000_000, 1 << 40, 1<<63 - 1} {
		prior := tokens.Prior{Status: tokens.Active, HasSecret: true, IssuedAt: issued, RotateAfterDays: known(days)}
		token := found(api.StatusActive, issued)
		token.ExpiresAt = issued.Add(time.Hour)
		if tokens.Observe(prior, token, issued.Add(time.Hour)).RotationDue {
			t.Errorf("%d: due", days)
		}
		if (tokens.Filter{UnusedForDays: &days}).Matches(token, issued.Add(time.Hour)) {
			t.Errorf("%d: unused", days)
		}
		if !tokens.ExpiresWithin(token, days, issued) {
			t.Errorf("%d: does not expire", days)
		}
	}
}

func TestAgeInDays(t *testing.T) {
	t.Parallel()
	for age, want := range map[time.Duration]int{0: 0, 24*time.Hour - 1: 0, 24 * time.Hour: 1, 45 * 24 * time.Hour: 45, -time.Hour: 0} {
		if got := tokens.AgeInDays(issued, issued.Add(age).In(berlin(t))); got != want {
			t.Errorf("%s: %d", age, got)
		}
	}
}

// Reading the same token twice gives the same state, so drift is reported once.
func TestObserve_settles(t *testing.T) {
	t.Parallel()
	later := issued.Add(time.Hour)
	for _, prior := range []tokens.Status{tokens.Active, tokens.Revoked, tokens.Expired, tokens.Superseded, "suspended"} {
		for _, status := range []api.Status{api.StatusActive, api.StatusRevoked, api.StatusExpired, "TOKEN_STATUS_SUSPENDED"} {
			for _, at := range []time.Time{issued, later} {
				for _, hasSecret := range []bool{true, false} {
					for _, days := range []tokens.Value[int64]{noDays, thirty} {
						for _, now := range []time.Time{later, issued.AddDate(0, 0, 30), later.AddDate(0, 0, 30)} {
							state := tokens.Prior{Status: prior, HasSecret: hasSecret, IssuedAt: issued, RotateAfterDays: days}
							first := tokens.Observe(state, found(status, at), now)
							state.Status, state.IssuedAt, state.RotationDue = first.Status, first.IssuedAt, first.RotationDue
							if second := tokens.Observe(state, found(status, at), now); second != first {
								t.Errorf("%s found %s: %+v, then %+v", prior, status, first, second)
							}
						}
					}
				}
			}
		}
	}
}

// An unknown status is shown in the same form, without characters that control a terminal.
func TestStatusOf(t *testing.T) {
	t.Parallel()
	for in, want := range map[api.Status]tokens.Status{
		"TOKEN_STATUS_ACTIVE": "active", "TOKEN_STATUS_ON_HOLD": "on_hold", "Frozen": "frozen", "": "", "TOKEN_STATUS_\x1b[31m\u202e": "?[31m?",
	} {
		if got := tokens.StatusOf(api.ServiceUserToken{Status: in}); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	later := issued.Add(3 * time.Second)
	state := func(status tokens.Status, due bool) tokens.Prior {
		return tokens.Prior{Status: status, HasSecret: true, IssuedAt: issued, RotateAfterDays: noDays, RotationDue: due}
	}
	withoutSecret := func(status tokens.Status, due bool) tokens.Prior {
		prior := state(status, due)
		prior.HasSecret = false
		return prior
	}
	imported, withoutIssuedAt := withoutSecret(tokens.Active, false), state(tokens.Active, false)
	withoutIssuedAt.IssuedAt = time.Time{}
	for name, c := range map[string]struct {
		prior tokens.Prior
		found api.ServiceUserToken
		want  tokens.Observed
	}{
		"unchanged":                          {state(tokens.Active, false), found(api.StatusActive, issued), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"another time zone":                  {state(tokens.Active, false), found(api.StatusActive, issued.In(time.FixedZone("", 3600))), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"revoked":                            {state(tokens.Active, false), found(api.StatusRevoked, issued), tokens.Observed{Status: tokens.Revoked, IssuedAt: issued}},
		"expired":                            {state(tokens.Active, false), found(api.StatusExpired, issued), tokens.Observed{Status: tokens.Expired, IssuedAt: issued}},
		"unknown status":                     {state(tokens.Active, false), found("TOKEN_STATUS_SUSPENDED", issued), tokens.Observed{Status: "suspended", IssuedAt: issued}},
		"regenerated outside":                {state(tokens.Active, false), found(api.StatusActive, later), tokens.Observed{Status: tokens.Superseded, IssuedAt: issued}},
		"still superseded":                   {state(tokens.Superseded, false), found(api.StatusActive, later), tokens.Observed{Status: tokens.Superseded, IssuedAt: issued}},
		"regenerated and revoked":            {state(tokens.Active, false), found(api.StatusRevoked, later), tokens.Observed{Status: tokens.Revoked, IssuedAt: issued}},
		"imported, regenerated outside":      {imported, found(api.StatusActive, later), tokens.Observed{Status: tokens.Active, IssuedAt: later}},
		"due, then revoked by others":        {state(tokens.Active, true), found(api.StatusRevoked, issued), tokens.Observed{Status: tokens.Revoked, IssuedAt: issued}},
		"begun rotation, still revoked":      {state(tokens.Revoked, true), found(api.StatusRevoked, issued), tokens.Observed{Status: tokens.Revoked, IssuedAt: issued, RotationDue: true}},
		"begun rotation, lost new secret":    {state(tokens.Revoked, true), found(api.StatusActive, later), tokens.Observed{Status: tokens.Superseded, IssuedAt: issued, RotationDue: true}},
		"active again with the same secret":  {state(tokens.Revoked, false), found(api.StatusActive, issued), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"due without days is taken back":     {state(tokens.Active, true), found(api.StatusActive, issued), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"the same instant in seconds":        {state(tokens.Active, false), found(api.StatusActive, issued.Add(-999*time.Millisecond)), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"the same instant, rounded up":       {state(tokens.Active, false), found(api.StatusActive, issued.Add(2*time.Second)), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"no issued_at in the response":       {state(tokens.Active, false), found(api.StatusActive, time.Time{}), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"no issued_at in state":              {withoutIssuedAt, found(api.StatusActive, later), tokens.Observed{Status: tokens.Active}},
		"imported, lost new secret":          {withoutSecret(tokens.Revoked, true), found(api.StatusActive, later), tokens.Observed{Status: tokens.Superseded, IssuedAt: later, RotationDue: true}},
		"imported, still lost":               {withoutSecret(tokens.Superseded, true), found(api.StatusActive, issued), tokens.Observed{Status: tokens.Superseded, IssuedAt: issued}},
		"imported, lost, then revoked":       {withoutSecret(tokens.Superseded, false), found(api.StatusRevoked, issued), tokens.Observed{Status: tokens.Revoked, IssuedAt: issued}},
		"imported, in other digits":          {imported, found(api.StatusActive, issued.Add(time.Second)), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
		"an earlier issued_at means nothing": {state(tokens.Active, false), found(api.StatusActive, issued.Add(-time.Hour)), tokens.Observed{Status: tokens.Active, IssuedAt: issued}},
	} {
		if got := tokens.Observe(c.prior, c.found, issued); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestObserve_age(t *testing.T) {
	t.Parallel()
	prior := tokens.Prior{Status: tokens.Active, HasSecret: true, IssuedAt: issued, RotateAfterDays: thirty}
	due := issued.Add(30 * 24 * time.Hour)
	for at, want := range map[time.Time]bool{issued: false, due.Add(-time.Second): false, due: true, due.Add(time.Second): true} {
		if got := tokens.Observe(prior, found(api.StatusActive, issued), at); got.RotationDue != want {
			t.Errorf("at %s: due %t", at, got.RotationDue)
		}
	}
	prior.IssuedAt = time.Time{}
	if tokens.Observe(prior, found(api.StatusActive, time.Time{}), due).RotationDue {
		t.Error("a secret whose age nobody knows is due")
	}
	if !tokens.Observe(prior, found(api.StatusActive, issued), due).RotationDue {
		t.Error("a secret whose age only the API knows is never due")
	}
	prior.IssuedAt = issued
	if tokens.Observe(prior, found(api.StatusRevoked, issued), due).RotationDue {
		t.Error("a token that others revoked is due")
	}
}
