package tokens_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// cell is one combination of everything that Decide depends on.
type cell struct {
	prior tokens.Prior
	plan  tokens.Plan
	kind  kind
}

func (c cell) String() string {
	return fmt.Sprintf("%s, due=%t, triggers %s, days %+v to %+v, method %+v, on_revoked %+v, on_expired %+v, edited=%t",
		c.prior.Status, c.prior.RotationDue, c.kind.name, c.prior.RotateAfterDays, c.plan.RotateAfterDays, c.plan.Method, c.plan.OnRevoked, c.plan.OnExpired, c.plan.Edited)
}

// wants returns the expected decision for a cell, computed in another way than in Decide.
func (c cell) wants() (reasons []tokens.Reason, kept bool, err error) {
	behavior := map[tokens.Status]tokens.Value[tokens.Behavior]{tokens.Revoked: c.plan.OnRevoked, tokens.Expired: c.plan.OnExpired}
	governing, inactive := behavior[c.prior.Status]
	if inactive && governing.Unknown {
		return nil, false, tokens.ErrUndecided
	}
	sameDays := c.plan.RotateAfterDays.Unknown || c.plan.RotateAfterDays == c.prior.RotateAfterDays
	for reason, given := range map[tokens.Reason]bool{
		tokens.BecauseSuperseded: c.prior.Status == tokens.Superseded,
		tokens.BecauseRevoked:    c.prior.Status == tokens.Revoked && governing.Known == tokens.Rotate,
		tokens.BecauseExpired:    c.prior.Status == tokens.Expired && governing.Known == tokens.Rotate,
		tokens.BecauseTriggers:   c.kind.rotates,
		tokens.BecauseDue:        c.prior.RotationDue && (inactive || sameDays),
	} {
		if given {
			reasons = append(reasons, reason)
		}
	}
	keeps := inactive && governing.Known == tokens.Keep
	switch {
	case len(reasons) > 0 && c.plan.Method.Unknown:
		return nil, false, tokens.ErrUndecided
	case len(reasons) == 0 && keeps && c.plan.Edited:
		return nil, false, tokens.ErrKeptEdited
	}
	return reasons, keeps && len(reasons) == 0, nil
}

// eachCell calls a function with every combination.
func eachCell(do func(cell)) (n int) {
	bools := []bool{false, true}
	behaviors := []tokens.Value[tokens.Behavior]{known(tokens.Rotate), known(tokens.Keep), {Unknown: true}}
	methods := []tokens.Value[tokens.Method]{known(tokens.Replace), known(tokens.Regenerate), {Unknown: true}}
	days := [][2]tokens.Value[int64]{{noDays, noDays}, {noDays, thirty}, {thirty, noDays}, {thirty, thirty}, {thirty, ninety}, {thirty, unknownDays}, {noDays, unknownDays}}
	for _, status := range []tokens.Status{tokens.Active, tokens.Revoked, tokens.Expired, tokens.Superseded, "suspended", ""} {
		for _, k := range triggerKinds {
			for _, d := range days {
				for _, due := range bools {
					for _, onRevoked := range behaviors {
						for _, onExpired := range behaviors {
							for _, method := range methods {
								for _, edited := range bools {
									n++
									do(cell{
										tokens.Prior{Status: status, HasSecret: true, IssuedAt: issued, Triggers: k.prior, RotateAfterDays: d[0], RotationDue: due},
										tokens.Plan{Triggers: k.plan, RotateAfterDays: d[1], Method: method, OnRevoked: onRevoked, OnExpired: onExpired, Edited: edited},
										k,
									})
								}
							}
						}
					}
				}
			}
		}
	}
	return n
}

func sorted(reasons []tokens.Reason) []tokens.Reason { return slices.Sorted(slices.Values(reasons)) }

// The whole rule, in every combination.
func TestDecide_everyCombination(t *testing.T) {
	t.Parallel()
	failed := 0
	n := eachCell(func(c cell) {
		reasons, kept, want := c.wants()
		got, err := tokens.Decide(c.prior, c.plan)
		method := tokens.Method("")
		if len(reasons) > 0 {
			method = c.plan.Method.Known
		}
		if !errors.Is(err, want) || !slices.Equal(sorted(got.Reasons), sorted(reasons)) || got.Kept != kept || got.Method != method {
			if failed++; failed <= 10 {
				t.Errorf("%s: got %+v, %v, want %v, kept %t, %v", c, got, err, reasons, kept, want)
			}
		}
	})
	t.Logf("%d combinations, %d wrong", n, failed)
}

// resolutions returns the plans that a plan with unknown values can become at apply.
func resolutions(plan tokens.Plan) []tokens.Plan {
	plans := []tokens.Plan{plan}
	each := func(change func(tokens.Plan) []tokens.Plan) {
		var next []tokens.Plan
		for _, p := range plans {
			next = append(next, change(p)...)
		}
		plans = next
	}
	each(func(p tokens.Plan) (list []tokens.Plan) {
		maps := []tokens.Triggers{p.Triggers}
		if p.Triggers.Unknown {
			maps = []tokens.Triggers{nullMap, of(), of("1"), of("9"), of("1", "2"), one(nullValue)}
		} else if p.Triggers.Values["k0"].Unknown {
			maps = []tokens.Triggers{of("1"), of("9"), one(nullValue)}
		}
		for _, m := range maps {
			p.Triggers = m
			list = append(list, p)
		}
		return list
	})
	each(func(p tokens.Plan) []tokens.Plan {
		if !p.RotateAfterDays.Unknown {
			return []tokens.Plan{p}
		}
		a, b, c := p, p, p
		a.RotateAfterDays, b.RotateAfterDays, c.RotateAfterDays = thirty, ninety, noDays
		return []tokens.Plan{a, b, c}
	})
	each(func(p tokens.Plan) (list []tokens.Plan) {
		for _, method := range []tokens.Method{tokens.Replace, tokens.Regenerate} {
			for _, onRevoked := range []tokens.Behavior{tokens.Rotate, tokens.Keep} {
				for _, onExpired := range []tokens.Behavior{tokens.Rotate, tokens.Keep} {
					for _, edited := range []bool{p.Edited, true} { // an unknown value can turn out to be an edit
						q := p
						q.Edited = edited
						if p.Method.Unknown {
							q.Method = known(method)
						}
						if p.OnRevoked.Unknown {
							q.OnRevoked = known(onRevoked)
						}
						if p.OnExpired.Unknown {
							q.OnExpired = known(onExpired)
						}
						list = append(list, q)
					}
				}
			}
		}
		return list
	})
	return plans
}

// Terraform decides at plan, and again at apply, when all values are known. If the plan kept the secret, the apply must not
// rotate it.
func TestDecide_keepAtPlanIsNeverRotateAtApply(t *testing.T) {
	t.Parallel()
	checked := 0
	eachCell(func(c cell) {
		hasUnknown := c.plan.Triggers.Unknown || c.plan.Triggers.Values["k0"].Unknown || c.plan.RotateAfterDays.Unknown || c.plan.Method.Unknown || c.plan.OnRevoked.Unknown || c.plan.OnExpired.Unknown
		if !hasUnknown {
			return
		}
		before, err := tokens.Decide(c.prior, c.plan)
		if err != nil || before.Rotates() {
			return
		}
		for _, plan := range resolutions(c.plan) {
			checked++
			after, err := tokens.Decide(c.prior, plan)
			if after.Rotates() || (err != nil && !errors.Is(err, tokens.ErrKeptEdited)) {
				t.Fatalf("%s: kept at plan, %+v, %v at apply with %+v", c, after, err, plan)
			}
		}
	})
	if checked == 0 {
		t.Error("nothing was checked")
	}
}

// A rotation for any reason happens once: with the state that it leaves, the same plan keeps the secret.
func TestDecide_neverTwiceForOneReason(t *testing.T) {
	t.Parallel()
	eachCell(func(c cell) {
		got, err := tokens.Decide(c.prior, c.plan)
		if err != nil || !got.Rotates() {
			return
		}
		for _, plan := range resolutions(c.plan) {
			after := tokens.Prior{Status: tokens.Active, HasSecret: true, IssuedAt: issued, Triggers: plan.Triggers, RotateAfterDays: plan.RotateAfterDays}
			plan.Edited = false
			if again, err := tokens.Decide(after, plan); err != nil || again.Rotates() || again.Kept {
				t.Fatalf("%s: after the rotation %+v, %v", c, again, err)
			}
		}
	})
}

// The most important reason comes first: a secret that does not work, then an event outside Terraform, then the configuration.
func TestDecide_orderOfReasons(t *testing.T) {
	t.Parallel()
	rotate := known(tokens.Rotate)
	plan := tokens.Plan{Triggers: of("2"), RotateAfterDays: thirty, Method: known(tokens.Replace), OnRevoked: rotate, OnExpired: rotate}
	for status, first := range map[tokens.Status][]tokens.Reason{
		tokens.Active: {}, tokens.Superseded: {tokens.BecauseSuperseded}, tokens.Revoked: {tokens.BecauseRevoked}, tokens.Expired: {tokens.BecauseExpired},
	} {
		got, err := tokens.Decide(tokens.Prior{Status: status, Triggers: of("1"), RotateAfterDays: thirty, RotationDue: true}, plan)
		if want := append(first, tokens.BecauseTriggers, tokens.BecauseDue); err != nil || !slices.Equal(got.Reasons, want) {
			t.Errorf("%s: %v, %v", status, got.Reasons, err)
		}
	}
}
