package provider_test

import (
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A rotation by age happens only when both clocks agree: neither a proxy's wrong Date nor a machine whose clock is ahead makes a
// secret of 12 days due after 30.
func TestDue_oneWrongClockMakesNothingDue(t *testing.T) {
	t.Parallel()
	config := acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30})
	for name, c := range map[string]struct {
		habits emulator.Habits
		due    bool
	}{
		"a proxy's Date is ahead":       {emulator.Habits{DateOffset: 20 * acctest.Day}, false},
		"this machine is ahead":         {emulator.Habits{ClockOffset: -20 * acctest.Day}, false},
		"both are right, and it is due": {emulator.Habits{}, true},
	} {
		e := acctest.New(t, func(o *emulator.Options) { o.Habits = c.habits })
		in := e.NewProvider().Create(config)
		days := time.Duration(12)
		if c.due {
			days = 31
		}
		e.Clock.Advance(days * acctest.Day)
		run, read := e.Refreshed(in)
		p := run.Plan(read, config)
		run.NoErrors(p.Diagnostics)
		if p.Replace != c.due {
			t.Errorf("%s: a new secret is planned: %t (%s)", name, p.Replace, acctest.Warnings(p.Diagnostics))
		}
	}
}
