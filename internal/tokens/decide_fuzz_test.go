package tokens_test

import (
	"fmt"
	"reflect"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// numbers are the fuzzer's choices. Each picks a value of one field.
type numbers struct {
	status, behavior, method, priorMap, planMap, priorValue, planValue, priorDays, planDays uint8
	due, edited                                                                             bool
}

// values makes a prior state and a plan of the numbers.
func (n numbers) values() (tokens.Prior, tokens.Plan) {
	pick := func(choice uint8, of ...string) string { return of[int(choice)%len(of)] }
	triggers := func(shape, value uint8, mayBeUnknown bool) tokens.Triggers {
		v := known(fmt.Sprint(value % 2))
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
	behaviorOf := func(p uint8) tokens.Value[tokens.Behavior] {
		if p%3 == 2 {
			return tokens.Value[tokens.Behavior]{Unknown: true}
		}
		return known(tokens.Behavior(pick(p, "rotate", "keep")))
	}
	m := tokens.Value[tokens.Method]{Unknown: true}
	if n.method%3 != 2 {
		m = known(tokens.Method(pick(n.method, "replace", "regenerate")))
	}
	return tokens.Prior{
			Status: tokens.Status(pick(n.status, "active", "revoked", "expired", "superseded", "suspended")), HasSecret: true, IssuedAt: issued,
			Triggers: triggers(n.priorMap, n.priorValue, false), RotateAfterDays: days(n.priorDays, false), RotationDue: n.due,
		}, tokens.Plan{
			Triggers: triggers(n.planMap, n.planValue, true), RotateAfterDays: days(n.planDays, true), Method: m,
			OnRevoked: behaviorOf(n.behavior), OnExpired: behaviorOf(n.behavior / 3), Edited: n.edited,
		}
}

// FuzzDecide checks any state and plan: no rotation without a reason, none because of edits alone, no second one for the same
// reason, and the same result each time.
func FuzzDecide(f *testing.F) {
	for i := range uint8(24) {
		f.Add(i, i/2, i/3, i, i/5, i, i/7, i, i/3, i%2 == 0, i%3 == 0)
	}
	f.Fuzz(func(t *testing.T, status, behavior, method, priorMap, planMap, priorValue, planValue, priorDays, planDays uint8, due, edited bool) {
		prior, plan := numbers{status, behavior, method, priorMap, planMap, priorValue, planValue, priorDays, planDays, due, edited}.values()
		got, err := tokens.Decide(prior, plan)
		again, againErr := tokens.Decide(prior, plan)
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
		if without, err := tokens.Decide(prior, other); err == nil && without.Rotates() != got.Rotates() {
			t.Error("edits decide about the secret")
		}
		quiet := prior.Status == tokens.Active && !prior.RotationDue && reflect.DeepEqual(prior.Triggers, plan.Triggers)
		if quiet && got.Rotates() {
			t.Errorf("rotates without a reason: %+v", got)
		}
		if got.Rotates() {
			settles(t, plan)
		}
	})
}

// settles fails if the state after a rotation rotates again with the same configuration, now that all values are known.
func settles(t *testing.T, plan tokens.Plan) {
	t.Helper()
	if plan.Triggers.Unknown {
		plan.Triggers = of("resolved")
	}
	for key, value := range plan.Triggers.Values {
		if value.Unknown {
			plan.Triggers.Values[key] = known("resolved")
		}
	}
	if plan.RotateAfterDays.Unknown {
		plan.RotateAfterDays = thirty
	}
	after := tokens.Prior{Status: tokens.Active, HasSecret: true, IssuedAt: issued, Triggers: plan.Triggers, RotateAfterDays: plan.RotateAfterDays}
	if got, err := tokens.Decide(after, plan); err != nil || got.Rotates() {
		t.Errorf("rotates twice for one reason: %+v, %v", got, err)
	}
}
