//go:build race

package binary_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The real binary runs with the race detector while Terraform works on many tokens at once: reads, changes, rotations,
// refusals, an ephemeral token and its clean-up. It runs if the tests themselves are built with the detector.
func TestAccBinary_race(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t, func(o *emulator.Options) { o.ActiveTokenLimit = 60 })
	bin, err := acctest.BuiltWithRaceDetector()
	w.Must(err)
	w.UseProvider(bin)
	reports := t.TempDir()
	w.Variables = append(w.Variables, "GORACE=log_path="+filepath.Join(reports, "race"))
	config := func(n int, name, trigger string) string {
		return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  count             = %d
  name              = "%s-${count.index %% 3}"
  all_permissions   = true
  rotation_method   = count.index %% 2 == 0 ? "replace" : "regenerate"
  rotation_triggers = { n = %q }
}
data "safetyculture_permission_set" "one" {
  count = 10
  name  = "Reporting"
}
`, n, name, trigger) + acctest.EphemeralList
	}
	for _, step := range []struct {
		config string
		code   int
		args   []string
	}{
		{config(40, "t", "1"), 0, []string{"apply", "-auto-approve", "-parallelism=20"}},
		{config(40, "u", "2"), 0, []string{"apply", "-auto-approve", "-parallelism=20"}},
		{config(70, "u", "2"), 1, []string{"apply", "-auto-approve", "-parallelism=20"}}, // more than there is room for
		{"", 0, []string{"apply", "-auto-approve", "-parallelism=20"}},                   // not destroy: that would open a token, and no slot is free
	} {
		w.Write("main.tf", step.config)
		w.Expect(step.code, step.args...)
	}
	if found, err := filepath.Glob(filepath.Join(reports, "race*")); len(found) > 0 {
		text, _ := os.ReadFile(found[0])
		t.Errorf("the race detector reports, in %d files: %v\n%s", len(found), err, text)
	}
	if left := w.Emulator.ActiveTokens(); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
