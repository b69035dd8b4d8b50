package acceptance_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// currentFor is the current secret of the two slots, as a reader reads it or in clear.
func currentFor(w *acctest.Workspace, r *acctest.Reader) string {
	w.T.Helper()
	var outputs struct {
		Current   struct{ Value string }
		Encrypted struct{ Value string }
	}
	w.Must(json.Unmarshal([]byte(w.Expect(0, "output", "-json")), &outputs))
	if r == nil {
		return outputs.Current.Value
	}
	return r.ReadAge(outputs.Encrypted.Value)
}

// Other readers reach one token at a time: each run leaves the secret that consumers have from the run before.
func TestAccTwoSlot_readersReachOneTokenAtATime(t *testing.T) {
	t.Parallel()
	first, second := acctest.NewReader(), acctest.NewReader()
	for name, way := range map[string]struct {
		argument func(turn int) string
		wait     time.Duration
	}{
		"by triggers": {func(turn int) string { return fmt.Sprintf("rotation = %d", turn) }, 0},
		"by age":      {func(int) string { return "period_days = 10\n  inactivity_expiry_days = 180" }, 12 * acctest.Day},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, w := slotsWorkspace(t)
			use := func(turn int, readers *acctest.Reader) {
				arguments := way.argument(turn)
				if readers != nil {
					arguments += fmt.Sprintf("\n  age_recipients = [%q]", readers.Age)
				}
				useModule(w, module(t, "two-slot"), arguments)
				w.Write("encrypted.tf", `output "encrypted" { value = module.slots.current_encrypted_token }`)
			}
			use(0, nil)
			w.Expect(0, "init")
			w.Expect(0, "apply", "-auto-approve")
			w.Expect(0, "apply", "-auto-approve") // stores which one is next
			current, readers, turn := currentFor(w, nil), (*acctest.Reader)(nil), 0
			for _, next := range []*acctest.Reader{first, second, nil} {
				s.e.Emulator.ForgetCalls()
				use(turn, next)
				w.Expect(0, "apply", "-auto-approve")
				s.e.ExpectWrites() // nothing before its turn
				if currentFor(w, readers) != current {
					t.Error("the current secret changed before its turn")
				}
				for range 2 {
					turn++
					s.e.Clock.Advance(way.wait)
					use(turn, next)
					w.Expect(0, "apply", "-auto-approve")
					w.Expect(0, "apply", "-auto-approve")
					previous := current
					current = currentFor(w, next)
					if current == previous || !s.e.Emulator.Accepts(current) {
						t.Errorf("turn %d: the readers have no new secret that works", turn)
					}
					if !s.e.Emulator.Accepts(previous) {
						t.Errorf("turn %d: the previous secret no longer works", turn)
					}
				}
				readers = next
			}
			w.Expect(0, "destroy", "-auto-approve")
		})
	}
}
