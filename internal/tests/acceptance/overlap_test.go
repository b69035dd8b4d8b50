package acceptance_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// With create_before_destroy, a consumer in the same configuration is updated while both secrets work, before the old one is
// revoked. The consumer here is a second token, whose name comes from the first one's secret.
func TestAccOverlap_createBeforeDestroy(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	const config = `resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_triggers = { a = %q }
  lifecycle { create_before_destroy = true }
}
resource "safetyculture_service_user_token" "consumer" {
  name            = "uses ${nonsensitive(sha256(safetyculture_service_user_token.test.token))}"
  all_permissions = true
}`
	var old, last string
	seen := false
	e.Emulator.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Before: func() {
		secrets := e.Secrets()
		last = secrets[len(secrets)-1]
		// The old secret is used for real between the two steps.
		seen = e.WhoAmI(old) == 200 && e.WhoAmI(last) == 200
	}})
	e.Run(
		resource.TestStep{Config: e.Config(config, "1"), Check: acctest.SaveSecret(&old)},
		resource.TestStep{
			PreConfig: e.Emulator.ForgetCalls, Config: e.Config(config, "2"),
			ConfigPlanChecks: acctest.PreApply(acctest.Actions("create", "delete"), acctest.ForcedBy("rotation_triggers")),
			Check:            e.CheckWrites("CreateServiceUserToken", "UpdateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken"),
		},
	)
	if !seen || last == old {
		t.Error("there was no moment at which both secrets worked")
	}
}

// module copies the two-slot module into a folder for this test, and returns its path.
func module(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join(acctest.ExamplesDir, "modules", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Fatal(err)
	}
	return path
}

// slots notes the current secret after each run. It checks that both secrets work, and that the secret of the previous run,
// which consumers still have, does too.
type slots struct {
	e       *acctest.Env
	current []string
}

func (s *slots) apply(w *acctest.Workspace) {
	s.e.T.Helper()
	w.Expect(0, "apply", "-auto-approve")
	var outputs map[string]struct{ Value string }
	s.e.Must(json.Unmarshal([]byte(w.Expect(0, "output", "-json")), &outputs))
	current, previous := outputs["current"].Value, outputs["previous"].Value
	if current == previous || !s.e.Emulator.Accepts(current) || !s.e.Emulator.Accepts(previous) {
		s.e.T.Fatalf("run %d: current works: %t, previous works: %t", len(s.current), s.e.Emulator.Accepts(current), s.e.Emulator.Accepts(previous))
	}
	if n := len(s.current); n > 0 && current != s.current[n-1] && previous != s.current[n-1] {
		s.e.T.Fatalf("run %d: the secret that consumers have is neither current nor previous", n)
	}
	s.current = append(s.current, current)
}

// rotations counts how often the current secret changed.
func (s *slots) rotations() int { return len(slices.Compact(slices.Clone(s.current))) - 1 }

const outputs = `
output "current" {
  value     = module.slots.current
  sensitive = true
}
output "previous" {
  value     = module.slots.previous
  sensitive = true
}`

// slotsWorkspace is a workspace that uses the module with the given arguments.
func slotsWorkspace(t *testing.T) (*slots, *acctest.Workspace) {
	t.Helper()
	e := acctest.New(t)
	w := acctest.WorkspaceIn(e)
	w.Serve()
	return &slots{e: e}, w
}

func useModule(w *acctest.Workspace, path, arguments string) {
	w.T.Helper()
	w.Write("main.tf", fmt.Sprintf("module \"slots\" {\n  source = %q\n  name = \"sync\"\n  all_permissions = true\n  %s\n}\n%s", path, arguments, outputs))
}

// With triggers, each step of the counter rotates one of the two tokens, in turn.
func TestAccTwoSlot_byTriggers(t *testing.T) {
	t.Parallel()
	s, w := slotsWorkspace(t)
	for rotation := range 5 {
		useModule(w, module(t, "two-slot"), fmt.Sprintf("rotation = %d", rotation))
		if rotation == 0 {
			w.Expect(0, "init")
		}
		s.apply(w)
		w.Expect(0, "plan", "-detailed-exitcode")
	}
	if s.rotations() != 4 {
		t.Errorf("%d rotations, want 4", s.rotations())
	}
	w.Expect(0, "destroy", "-auto-approve")
	if left := s.e.Emulator.Tokens(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}

// With age alone: a run every few days for four periods, and one after a long pause without runs.
func TestAccTwoSlot_byAge(t *testing.T) {
	t.Parallel()
	s, w := slotsWorkspace(t)
	useModule(w, module(t, "two-slot"), "period_days = 10\n  inactivity_expiry_days = 180")
	w.Expect(0, "init")
	issued := s.e.Clock.Now()
	for _, wait := range []time.Duration{0, 5, 5, 2, 3, 5, 3, 5, 3, 5, 60, 1, 1, 9, 3} {
		s.e.Clock.Advance(wait * acctest.Day)
		s.apply(w)
		if n := s.rotations(); n > 0 && s.current[len(s.current)-2] != s.current[len(s.current)-1] {
			if lived := s.e.Clock.Now().Sub(issued); lived < 10*acctest.Day {
				t.Errorf("rotated again after %s: consumers had less than a period", lived)
			}
			issued = s.e.Clock.Now()
		}
	}
	if n := s.rotations(); n < 5 {
		t.Errorf("%d rotations in %d runs", n, len(s.current))
	}
}

// The module refuses triggers and age together, which could rotate both tokens in one run.
func TestAccTwoSlot_oneWayOnly(t *testing.T) {
	t.Parallel()
	s, w := slotsWorkspace(t)
	for i, arguments := range []string{"", "period_days = 10\n  rotation = 1"} {
		useModule(w, module(t, "two-slot"), arguments)
		if i == 0 {
			w.Expect(0, "init")
		}
		w.Expect(1, "apply", "-auto-approve")
		acctest.ExpectContains(t, w.Output.String(), "exactly one of period_days and rotation")
	}
	s.e.ExpectWrites()
}
