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

// kind is a change of rotation_triggers from state to plan.
type kind struct {
	name        string
	prior, plan tokens.Triggers
	rotates     bool
}

func of(values ...string) tokens.Triggers {
	t := tokens.Triggers{Values: map[string]tokens.Value[string]{}}
	for i, v := range values {
		t.Values[fmt.Sprint("k", i)] = known(v)
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

// triggerKinds has every change between null, unknown and known, of the map and of a value.
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
	{"key renamed", of("1"), tokens.Triggers{Values: map[string]tokens.Value[string]{"other": known("1")}}, true},
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
				got, err := tokens.Decide(tokens.Prior{Status: tokens.Active, Triggers: k.prior}, tokens.Plan{Triggers: k.plan, Method: known(method)})
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
	thirty, ninety      = known[int64](30), known[int64](90)
)

// rotate_after_days from state to plan, for a token that is due and one that is not. rotation_due was computed with the days in
// state, so the token rotates only if the plan has the same days, or unknown ones.
func TestDecide_due(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name        string
		prior, plan tokens.Value[int64]
		acts        bool
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
					keep := known(tokens.Keep)
					got, err := tokens.Decide(
						tokens.Prior{Status: status, Triggers: nullMap, RotateAfterDays: c.prior, RotationDue: due},
						tokens.Plan{Triggers: nullMap, RotateAfterDays: c.plan, Method: known(tokens.Replace), OnRevoked: keep, OnExpired: keep})
					// For an inactive token, due means that a rotation has begun: it goes on, whatever the days are.
					want := due && (c.acts || status != tokens.Active)
					if err != nil || got.Rotates() != want || got.Kept == (want || status == tokens.Active) {
						t.Errorf("got %+v, %v, want rotation %t", got, err, want)
					}
				})
			}
		}
	}
}

// Every status, each behavior and method, with and without an edit.
func TestDecide_status(t *testing.T) {
	t.Parallel()
	behaviors := map[string]tokens.Value[tokens.Behavior]{"rotate": known(tokens.Rotate), "keep": known(tokens.Keep), "unknown": {Unknown: true}}
	methods := map[string]tokens.Value[tokens.Method]{"replace": known(tokens.Replace), "regenerate": known(tokens.Regenerate), "unknown": {Unknown: true}}
	reasonOf := map[tokens.Status]tokens.Reason{tokens.Revoked: tokens.BecauseRevoked, tokens.Expired: tokens.BecauseExpired, tokens.Superseded: tokens.BecauseSuperseded}
	for _, status := range []tokens.Status{tokens.Active, tokens.Revoked, tokens.Expired, tokens.Superseded, "suspended"} {
		for behaviorName, behavior := range behaviors {
			for methodName, method := range methods {
				for _, edited := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/%s/edited=%t", status, behaviorName, methodName, edited), func(t *testing.T) {
						t.Parallel()
						prior := tokens.Prior{Status: status, Triggers: nullMap, RotateAfterDays: noDays}
						plan := tokens.Plan{Triggers: nullMap, RotateAfterDays: noDays, Method: method, OnRevoked: known(tokens.Rotate), OnExpired: known(tokens.Rotate), Edited: edited}
						governed := status == tokens.Revoked || status == tokens.Expired
						switch status {
						case tokens.Revoked:
							plan.OnRevoked = behavior
						case tokens.Expired:
							plan.OnExpired = behavior
						}
						got, err := tokens.Decide(prior, plan)
						rotates := status == tokens.Superseded || (governed && behaviorName == "rotate")
						switch {
						case governed && behaviorName == "unknown", rotates && methodName == "unknown":
							if !errors.Is(err, tokens.ErrUndecided) {
								t.Errorf("got %+v, %v, want ErrUndecided", got, err)
							}
						case governed && behaviorName == "keep" && edited:
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
		tokens.Prior{Status: tokens.Revoked, Triggers: of("1"), RotateAfterDays: thirty, RotationDue: true},
		tokens.Plan{Triggers: of("2"), RotateAfterDays: thirty, Method: known(tokens.Replace), OnRevoked: known(tokens.Rotate)})
	if want := []tokens.Reason{tokens.BecauseRevoked, tokens.BecauseTriggers, tokens.BecauseDue}; err != nil || !slices.Equal(got.Reasons, want) {
		t.Errorf("got %v, %v", got.Reasons, err)
	}
}

var issued = time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)

func found(status api.Status, at time.Time) api.ServiceUserToken {
	return api.ServiceUserToken{ID: "x", Status: status, IssuedAt: at}
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
