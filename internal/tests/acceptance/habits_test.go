package acceptance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// A sample of the habit matrix with a real CLI, which also checks identities and inconsistent results: create, rename, narrow
// the permissions, rotate once, destroy, with an empty plan after each.
func TestAccHabits_ofOtherServers_changeNothing(t *testing.T) {
	t.Parallel()
	for _, names := range []string{
		"times-seconds-on-create", "times-seconds-in-list,times-offset-in-list", "token-ids-upper-in-reads,permission-set-ids-upper-in-reads",
		"token-ids-upper-in-list,user-ids-upper-in-reads,organization-ids-upper", "proto3-json,numbers-as-strings,status-lower", "bare-lists,no-created-at,no-issued-at",
		"no-content,created-201", "html-body,precondition-409", "clock-a-week-ahead,lag-create-list,lag-create-get", "date-ahead,lag-revoke-writes,lag-create-writes",
	} {
		t.Run(names, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t, func(o *emulator.Options) {
				habits, err := emulator.HabitsNamed(strings.Split(names, ",")...)
				if err != nil {
					t.Fatal(err)
				}
				o.Habits = habits
			})
			w := acctest.WorkspaceIn(e)
			w.Serve()
			reporting, users := e.Emulator.PermissionSetID("Reporting"), e.Emulator.PermissionSetID("Users only")
			for _, c := range []struct {
				name, set, n string
				secrets      int
			}{{"t", reporting, "1", 1}, {"renamed", reporting, "1", 1}, {"renamed", users, "1", 1}, {"renamed", users, "2", 2}} {
				w.Write("main.tf", fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name               = %q
  permission_set_ids = [%q]
  rotate_after_days  = 30
  rotation_triggers  = { n = %q }
}`, c.name, c.set, c.n))
				w.Expect(0, "apply", "-auto-approve")
				w.Expect(0, "plan", "-detailed-exitcode")
				if made := len(e.Secrets()); made != c.secrets {
					t.Errorf("%d secrets were made, want %d", made, c.secrets)
				}
			}
			w.Expect(0, "destroy", "-auto-approve")
			if left := e.Emulator.Tokens(); len(left) > 0 {
				t.Errorf("%d tokens are left", len(left))
			}
		})
	}
}
