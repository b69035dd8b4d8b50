package tokens_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

var everyReaders = []tokens.ReadersChange{tokens.SameReaders, tokens.OtherReaders, tokens.UnknownReaders}

// readersCell is one combination of the values that decide about changed readers.
type readersCell struct {
	prior tokens.Prior
	plan  tokens.Plan
}

func eachReadersCell(do func(readersCell)) {
	for _, status := range []tokens.Status{tokens.Active, tokens.Revoked, tokens.Expired, tokens.Superseded} {
		for _, behavior := range []tokens.Behavior{tokens.Rotate, tokens.Keep} {
			for _, triggered := range []bool{false, true} {
				for _, hasSecret := range []bool{false, true} {
					for _, recipients := range everyReaders {
						for _, boxKeys := range everyReaders {
							for _, onChanged := range []tokens.Value[tokens.Behavior]{{Null: true}, known(tokens.Rotate), known(tokens.Keep), {Unknown: true}} {
								c := readersCell{
									tokens.Prior{Status: status, HasSecret: hasSecret, Triggers: of("1")},
									tokens.Plan{
										Triggers: of("1"), Method: known(tokens.Regenerate), OnRevoked: known(behavior), OnExpired: known(behavior),
										AgeRecipients: recipients, SealedBoxKeys: boxKeys, OnReadersChanged: onChanged,
									},
								}
								if triggered {
									c.plan.Triggers = of("2")
								}
								do(c)
							}
						}
					}
				}
			}
		}
	}
}

// withoutReaders returns the decision if the readers stay.
func (c readersCell) withoutReaders(t *testing.T) tokens.Decision {
	t.Helper()
	plan := c.plan
	plan.AgeRecipients, plan.SealedBoxKeys = tokens.SameReaders, tokens.SameReaders
	d, err := tokens.Decide(c.prior, plan)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Changed readers rotate the secret if state holds one, unless the token is kept inactive or the readers wait. They must be
// known only if they decide.
func TestDecide_readers(t *testing.T) {
	t.Parallel()
	cells, rotating, undecided := 0, 0, 0
	eachReadersCell(func(c readersCell) {
		cells++
		inactive := c.prior.Status == tokens.Revoked || c.prior.Status == tokens.Expired
		decides := c.prior.HasSecret && !(inactive && c.plan.OnRevoked.Known == tokens.Keep)
		got, err := tokens.Decide(c.prior, c.plan)
		if unknown := c.plan.AgeRecipients == tokens.UnknownReaders || c.plan.SealedBoxKeys == tokens.UnknownReaders; decides && unknown {
			undecided++
			name := map[bool]string{true: "age_recipients", false: "sealed_box_public_keys"}[c.plan.AgeRecipients == tokens.UnknownReaders]
			if !errors.Is(err, tokens.ErrUndecided) || !strings.Contains(err.Error(), name) {
				t.Errorf("%+v: %+v, %v", c, got, err)
			}
			return
		}
		mayWait := decides && c.plan.ChangesReaders()
		if mayWait && c.plan.OnReadersChanged.Unknown {
			if !errors.Is(err, tokens.ErrUndecided) || !strings.Contains(err.Error(), "on_readers_changed") {
				t.Errorf("%+v: %+v, %v", c, got, err)
			}
			return
		}
		wait := mayWait && c.plan.OnReadersChanged.Known == tokens.Keep
		want := c.withoutReaders(t)
		for reason, other := range map[tokens.Reason]tokens.ReadersChange{tokens.BecauseRecipients: c.plan.AgeRecipients, tokens.BecauseBoxKeys: c.plan.SealedBoxKeys} {
			if decides && !wait && other == tokens.OtherReaders {
				want.Reasons, want.Method = append(want.Reasons, reason), tokens.Regenerate
			}
		}
		if err != nil || !slices.Equal(sorted(got.Reasons), sorted(want.Reasons)) || got.Kept != want.Kept || got.Method != want.Method || got.ReadersWait != (wait && !got.Rotates()) {
			t.Errorf("%+v: %+v, %v, want %+v", c, got, err, want)
		}
		if got.Rotates() {
			rotating++
		}
	})
	if cells == 0 || rotating == 0 || undecided == 0 {
		t.Errorf("%d cells, %d that rotate, %d undecided", cells, rotating, undecided)
	}
}

// If the plan kept the secret, the apply must not rotate it when the readers are known.
func TestDecide_readersKeepAtPlanIsNeverRotateAtApply(t *testing.T) {
	t.Parallel()
	eachReadersCell(func(c readersCell) {
		if got, err := tokens.Decide(c.prior, c.plan); err != nil || got.Rotates() {
			return
		}
		if c.plan.OnReadersChanged.Unknown {
			c.plan.OnReadersChanged = known(tokens.Rotate)
		}
		for _, recipients := range everyReaders[:2] {
			for _, boxKeys := range everyReaders[:2] {
				later := c.plan
				if later.AgeRecipients == tokens.UnknownReaders {
					later.AgeRecipients = recipients
				}
				if later.SealedBoxKeys == tokens.UnknownReaders {
					later.SealedBoxKeys = boxKeys
				}
				if got, err := tokens.Decide(c.prior, later); err != nil || got.Rotates() {
					t.Errorf("%+v: kept at plan, %+v, %v at apply", c, got, err)
				}
			}
		}
	})
}
