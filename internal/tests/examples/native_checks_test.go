package examples_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// Each condition of the example fails a plan with its message, and a check warns. Neither creates a token.
func TestAccExamples_nativeChecks(t *testing.T) {
	t.Parallel()
	example, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, "native-checks", "main.tf"))
	if err != nil {
		t.Fatal(err)
	}
	const (
		lateExpiry     = "set inactivity_expiry_days to at most 60"
		allPermissions = "set permission_set_ids instead of all_permissions"
		noRotation     = "set rotate_after_days or rotation_triggers"
		fewSlots       = "Fewer than 2 free slots are left (1)"
		rotation       = "rotate_after_days      = 90"
	)
	for name, c := range map[string]struct {
		variable, replace, with string
		foreign, code           int
		want                    string // of these messages, the only one
	}{
		"as it is":                {},
		"expires late":            {variable: "TF_VAR_inactivity_expiry_days=180", code: 1, want: lateExpiry},
		"all permissions":         {replace: "permission_set_ids     = var.permission_set_ids", with: "all_permissions = true", code: 1, want: allPermissions},
		"no rotation":             {replace: rotation, code: 1, want: noRotation},
		"rotation by triggers":    {replace: rotation, with: `rotation_triggers = { a = "1" }`},
		"one free slot is left":   {foreign: 19, want: fewSlots},
		"two free slots are left": {foreign: 18},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.WorkspaceIn(acctest.New(t))
			w.Serve()
			w.Write("provider.tf", "") // the example has what it says
			if c.replace != "" && !strings.Contains(string(example), c.replace) {
				t.Fatalf("the example has no %q", c.replace)
			}
			w.Write("main.tf", strings.ReplaceAll(string(example), c.replace+"\n", c.with+"\n"))
			w.Variables = append(w.Variables, fmt.Sprintf("TF_VAR_permission_set_ids=[%q]", w.Emulator.PermissionSetID("Reporting")), c.variable)
			for i := range c.foreign {
				w.CreateOutside(fmt.Sprintf("by hand %d", i))
			}
			w.Expect(c.code, "plan", "-no-color")
			// The CLI wraps lines.
			said := strings.Join(strings.Fields(strings.NewReplacer("│", "", "╷", "", "╵", "").Replace(w.Output.String())), " ")
			for _, message := range []string{lateExpiry, allPermissions, noRotation, fewSlots} {
				if got, want := strings.Contains(said, message), message == c.want; got != want {
					t.Errorf("says %q: %t, want %t\n%s", message, got, want, said)
				}
			}
			w.ExpectWrites()
		})
	}
}
