package examples_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The example with the real binary, where each provider instance is a process of its own.
func TestAccEphemeral_example(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.CreateOutside("by hand")
	w.Write("provider.tf", "") // the example has what it says
	onlyStateAdds := w.OnlyStateAdds()
	for i, text := range sources(t, filepath.Join(acctest.ExamplesDir, "ephemeral-resources", acctest.ResourceType)) {
		w.Write(fmt.Sprintf("example_%d.tf", i), text)
	}
	variable(w, "permission_set_ids", fmt.Sprintf("[%q]", w.Emulator.PermissionSetID("Platform administration")))
	for _, command := range []string{"plan", "apply", "destroy"} {
		args := []string{command}
		if command != "plan" {
			args = append(args, "-auto-approve")
		}
		w.Expect(0, args...)
		onlyStateAdds()
		if command == "apply" {
			acctest.ExpectContains(t, w.Expect(0, "output", "active_tokens"), "1")
		}
	}
	if w.OpenedEphemeral() < 4 {
		t.Errorf("opened %d times", w.OpenedEphemeral())
	}
}
