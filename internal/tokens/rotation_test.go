package tokens_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// kind is one way in which rotation_triggers can go from state to plan.
type kind struct {
	name       string
	held, plan tokens.Triggers
	rotates    bool
}

func of(values ...string) tokens.Triggers {
	t := tokens.Triggers{Values: map[string]tokens.Value[string]{}}
	for i, v := range values {
		t.Values[fmt.Sprint("k", i)] = tokens.Of(v)
	}
	return t
}

func one(v tokens.Value[string]) tokens.Triggers {
	return tokens.Triggers{Values: map[string]tokens.Value[string]{"k0": v}}
}

var (
	nullMap    = tokens.Triggers{Null: true}
	unknownMap = tokens.Triggers{Unknown: true}
	nullValue  = tokens.Value[string]{Null: true}
	unknown    = tokens.Value[string]{Unknown: true}
)

// triggerKinds has null, unknown and known, each to each, of the map and of a value.
var triggerKinds = []kind{
	{"null to null", nullMap, nullMap, false},
	{"null to known", nullMap, of("1"), false},
	{"null to empty", nullMap, of(), false},
	{"null to unknown map", nullMap, unknownMap, false},
	{"null to unknown value", nullMap, one(unknown), false},
	{"known to null", of("1"), nullMap, false},
	{"empty to null", of(), nullMap, false},
	{"same", of("1", "2"), of("1", "2"), false},
	{"empty to empty", of(), of(), false},
	{"null value to null value", one(nullValue), one(nullValue), false},
	{"value changed", of("1", "2"), of("1", "3"), true},
	{"key added", of("1"), of("1", "2"), true},
	{"key removed", of("1", "2"), of("1"), true},
	{"all keys removed", of("1"), of(), true},
	{"first key", of(), of("1"), true},
	{"key renamed", of("1"), tokens.Triggers{Values: map[string]tokens.Value[string]{"other": tokens.Of("1")}}, true},
	{"known to unknown map", of("1"), unknownMap, true},
	{"empty to unknown map", of(), unknownMap, true},
	{"known to unknown value", of("1"), one(unknown), true},
	{"known to null value", of("1"), one(nullValue), true},
	{"null value to known", one(nullValue), of("1"), true},
	{"null value to unknown", one(nullValue), one(unknown), true},
	{"empty string to null value", of(""), one(nullValue), true},
}

func TestDecide_triggers(t *testing.T) {
	t.Parallel()
	for _, k := range triggerKinds {
		for _, method := range []tokens.Method{tokens.Replace, tokens.Regenerate} {
			t.Run(fmt.Sprintf("%s/%s", k.name, method), func(t *testing.T) {
				t.Parallel()
				got, err := tokens.Decide(tokens.Held{Status: tokens.Active, Triggers: k.held}, tokens.Planned{Triggers: k.plan, Method: tokens.Of(method)})
				want := tokens.Decision{}
				if k.rotates {
					want = tokens.Decision{Reasons: []tokens.Reason{tokens.BecauseTriggers}, Method: method}
				}
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("got %+v, %v, want %+v", got, err, want)
				}
			})
		}
	}
}

var (
	noDays, unknownDays = tokens.Value[int64]{Null: true}, tokens.Value[int64]{Unknown: true}
	thirty, ninety      = tokens.Of[int64](30), tokens.Of[int64](90)
)

// rotate_after_days from state to plan, for a token that is due and one that is not. The verdict "due" was made with the
// days in state, so only they, or days that may turn out to be they, act on it.
func TestDecide_due(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name       string
		held, plan tokens.Value[int64]
		acts       bool
	}{
		{"same", thirty, thirty, true},
		{"to unknown", thirty, unknownDays, true},
		{"raised", thirty, ninety, false},
		{"lowered", ninety, thirty, false},
		{"removed", thirty, noDays, false},
		{"added", noDays, thirty, false},
		{"null to null", noDays, noDays, true},
		{"null to unknown", noDays, unknownDays, true},
	} {
		for _, due := range []bool{true, false} {
			for _, status := range []tokens.Status{tokens.Active, tokens.Revoked, tokens.Expired} {
				t.Run(fmt.Sprintf("%s/due=%t/%s", c.name, due, status), func(t *testing.T) {
					t.Parallel()
					keep := tokens.Of(tokens.Keep)
					got, err := tokens.Decide(
						tokens.Held{Status: status, Triggers: nullMap, RotateAfterDays: c.held, RotationDue: due},
						tokens.Planned{Triggers: nullMap, RotateAfterDays: c.plan, Method: tokens.Of(tokens.Replace), OnRevoked: keep, OnExpired: keep})
					// On an inactive token, due means a rotation that was begun: it goes on whatever the days are.
					want := due && (c.acts || status != tokens.Active)
					if err != nil || got.Rotates() != want || got.Kept == (want || status == tokens.Active) {
						t.Errorf("got %+v, %v, want rotation %t", got, err, want)
					}
				})
			}
		}
	}
}

// Every status, each policy and method, with and without an edit.
func TestDecide_status(t *testing.T) {
	t.Parallel()
	policies := map[string]tokens.Value[tokens.Policy]{"rotate": tokens.Of(tokens.Rotate), "keep": tokens.Of(tokens.Keep), "unknown": {Unknown: true}}
	methods := map[string]tokens.Value[tokens.Method]{"replace": tokens.Of(tokens.Replace), "regenerate": tokens.Of(tokens.Regenerate), "unknown": {Unknown: true}}
	reasonOf := map[tokens.Status]tokens.Reason{tokens.Revoked: tokens.BecauseRevoked, tokens.Expired: tokens.BecauseExpired, tokens.Superseded: tokens.BecauseSuperseded}
	for _, status := range []tokens.Status{tokens.Active, tokens.Revoked, tokens.Expired, tokens.Superseded, "suspended"} {
		for policyName, policy := range policies {
			for methodName, method := range methods {
				for _, edited := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/%s/edited=%t", status, policyName, methodName, edited), func(t *testing.T) {
						t.Parallel()
						held := tokens.Held{Status: status, Triggers: nullMap, RotateAfterDays: noDays}
						plan := tokens.Planned{Triggers: nullMap, RotateAfterDays: noDays, Method: method, OnRevoked: tokens.Of(tokens.Rotate), OnExpired: tokens.Of(tokens.Rotate), Edited: edited}
						governed := status == tokens.Revoked || status == tokens.Expired
						switch status {
						case tokens.Revoked:
							plan.OnRevoked = policy
						case tokens.Expired:
							plan.OnExpired = policy
						}
						got, err := tokens.Decide(held, plan)
						rotates := status == tokens.Superseded || (governed && policyName == "rotate")
						switch {
						case governed && policyName == "unknown", rotates && methodName == "unknown":
							if !errors.Is(err, tokens.ErrUndecided) {
								t.Errorf("got %+v, %v, want ErrUndecided", got, err)
							}
						case governed && policyName == "keep" && edited:
							if !errors.Is(err, tokens.ErrKeptEdited) {
								t.Errorf("got %+v, %v, want ErrKeptEdited", got, err)
							}
						case rotates:
							if err != nil || got.Method != method.Known || !slices.Equal(got.Reasons, []tokens.Reason{reasonOf[status]}) {
								t.Errorf("got %+v, %v", got, err)
							}
						default:
							if err != nil || got.Rotates() || got.Method != "" || got.Kept != governed {
								t.Errorf("got %+v, %v", got, err)
							}
						}
					})
				}
			}
		}
	}
}

func TestDecide_severalReasons(t *testing.T) {
	t.Parallel()
	got, err := tokens.Decide(
		tokens.Held{Status: tokens.Revoked, Triggers: of("1"), RotateAfterDays: thirty, RotationDue: true},
		tokens.Planned{Triggers: of("2"), RotateAfterDays: thirty, Method: tokens.Of(tokens.Replace), OnRevoked: tokens.Of(tokens.Rotate)})
	if want := []tokens.Reason{tokens.BecauseRevoked, tokens.BecauseTriggers, tokens.BecauseDue}; err != nil || !slices.Equal(got.Reasons, want) {
		t.Errorf("got %v, %v", got.Reasons, err)
	}
}

var issued = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func found(status api.Status, at time.Time) api.ServiceUserToken {
	return api.ServiceUserToken{ID: "x", Status: status, IssuedAt: at}
}

func TestObserve(t *testing.T) {
	t.Parallel()
	later := issued.Add(3 * time.Second)
	state := func(status tokens.Status, due bool) tokens.Held {
		return tokens.Held{Status: status, HasSecret: true, IssuedAt: issued, RotateAfterDays: noDays, RotationDue: due}
	}
	withoutSecret := func(status tokens.Status, due bool) tokens.Held {
		held := state(status, due)
		held.HasSecret = false
		return held
	}
	imported, withoutIssuedAt := withoutSecret(tokens.Active, false), state(tokens.Active, false)
	withoutIssuedAt.IssuedAt = time.Time{}
	for name, c := range map[string]struct {
		held  tokens.Held
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
		if got := tokens.Observe(c.held, c.found, issued); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestObserve_age(t *testing.T) {
	t.Parallel()
	held := tokens.Held{Status: tokens.Active, HasSecret: true, IssuedAt: issued, RotateAfterDays: thirty}
	due := issued.Add(30 * 24 * time.Hour)
	for at, want := range map[time.Time]bool{issued: false, due.Add(-time.Second): false, due: true, due.Add(time.Second): true} {
		if got := tokens.Observe(held, found(api.StatusActive, issued), at); got.RotationDue != want {
			t.Errorf("at %s: due %t", at, got.RotationDue)
		}
	}
	held.IssuedAt = time.Time{}
	if tokens.Observe(held, found(api.StatusActive, time.Time{}), due).RotationDue {
		t.Error("a secret whose age nobody knows is due")
	}
	if !tokens.Observe(held, found(api.StatusActive, issued), due).RotationDue {
		t.Error("a secret whose age only the API knows is never due")
	}
	held.IssuedAt = issued
	if tokens.Observe(held, found(api.StatusRevoked, issued), due).RotationDue {
		t.Error("a token that others revoked is due")
	}
}

// fuzzed makes a state and a plan of numbers.
func fuzzed(status, policy, method, heldMap, planMap, heldValue, planValue, heldDays, planDays uint8, due, edited bool) (tokens.Held, tokens.Planned) {
	pick := func(choice uint8, of ...string) string { return of[int(choice)%len(of)] }
	triggers := func(shape, value uint8, mayBeUnknown bool) tokens.Triggers {
		v := tokens.Of(fmt.Sprint(value % 2))
		switch shape % 6 {
		case 0:
			return nullMap
		case 1:
			if mayBeUnknown {
				return unknownMap
			}
			return of()
		case 2:
			return of()
		case 3:
			return one(nullValue)
		case 4:
			if mayBeUnknown {
				return one(unknown)
			}
		}
		return one(v)
	}
	days := func(choice uint8, mayBeUnknown bool) tokens.Value[int64] {
		switch choice % 4 {
		case 0:
			return noDays
		case 1:
			if mayBeUnknown {
				return unknownDays
			}
		case 2:
			return thirty
		}
		return ninety
	}
	policyOf := func(p uint8) tokens.Value[tokens.Policy] {
		if p%3 == 2 {
			return tokens.Value[tokens.Policy]{Unknown: true}
		}
		return tokens.Of(tokens.Policy(pick(p, "rotate", "keep")))
	}
	m := tokens.Value[tokens.Method]{Unknown: true}
	if method%3 != 2 {
		m = tokens.Of(tokens.Method(pick(method, "replace", "regenerate")))
	}
	return tokens.Held{
			Status: tokens.Status(pick(status, "active", "revoked", "expired", "superseded", "suspended")), HasSecret: true, IssuedAt: issued,
			Triggers: triggers(heldMap, heldValue, false), RotateAfterDays: days(heldDays, false), RotationDue: due,
		}, tokens.Planned{
			Triggers: triggers(planMap, planValue, true), RotateAfterDays: days(planDays, true), Method: m,
			OnRevoked: policyOf(policy), OnExpired: policyOf(policy / 3), Edited: edited,
		}
}

// FuzzDecide asserts what must hold for any state and plan: no rotation without a reason, none because of edits alone, no
// second one for the same reason, and the same result each time.
func FuzzDecide(f *testing.F) {
	for i := range uint8(24) {
		f.Add(i, i/2, i/3, i, i/5, i, i/7, i, i/3, i%2 == 0, i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, status, policy, method, heldMap, planMap, heldValue, planValue, heldDays, planDays uint8, due, edited bool) {
		held, plan := fuzzed(status, policy, method, heldMap, planMap, heldValue, planValue, heldDays, planDays, due, edited)
		got, err := tokens.Decide(held, plan)
		again, againErr := tokens.Decide(held, plan)
		if !reflect.DeepEqual(got, again) || (err == nil) != (againErr == nil) {
			t.Fatal("the same input gave two results")
		}
		if err != nil {
			if got.Rotates() || got.Kept {
				t.Errorf("an error together with a decision: %+v", got)
			}
			return
		}
		if got.Rotates() != (got.Method != "") || (got.Rotates() && got.Kept) {
			t.Errorf("contradicts itself: %+v", got)
		}
		other := plan
		other.Edited = !edited
		if without, err := tokens.Decide(held, other); err == nil && without.Rotates() != got.Rotates() {
			t.Error("edits decide about the secret")
		}
		quiet := held.Status == tokens.Active && !held.RotationDue && reflect.DeepEqual(held.Triggers, plan.Triggers)
		if quiet && got.Rotates() {
			t.Errorf("rotates without a reason: %+v", got)
		}
		if got.Rotates() {
			settles(t, plan)
		}
	})
}

// settles fails when the state that a rotation leaves behind rotates again under the same configuration, all its values
// known now.
func settles(t *testing.T, plan tokens.Planned) {
	t.Helper()
	if plan.Triggers.Unknown {
		plan.Triggers = of("resolved")
	}
	for key, value := range plan.Triggers.Values {
		if value.Unknown {
			plan.Triggers.Values[key] = tokens.Of("resolved")
		}
	}
	if plan.RotateAfterDays.Unknown {
		plan.RotateAfterDays = thirty
	}
	after := tokens.Held{Status: tokens.Active, HasSecret: true, IssuedAt: issued, Triggers: plan.Triggers, RotateAfterDays: plan.RotateAfterDays}
	if got, err := tokens.Decide(after, plan); err != nil || got.Rotates() {
		t.Errorf("rotates twice for one reason: %+v, %v", got, err)
	}
}

func TestDecision_Nothing(t *testing.T) {
	t.Parallel()
	if !(tokens.Decision{}).Nothing() {
		t.Error("no decision is something")
	}
	for _, decision := range []tokens.Decision{{Reasons: []tokens.Reason{tokens.BecauseDue}}, {Kept: true}, {ReadersWait: true}} {
		if decision.Nothing() {
			t.Errorf("%+v is nothing", decision)
		}
	}
}
