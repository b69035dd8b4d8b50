package binary_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// layOutMirror puts the built provider into a mirror as this version, and lets the workspace's CLI install from there.
func layOutMirror(w *acctest.Workspace, mirror, version, binary string) {
	w.T.Helper()
	script := exec.CommandContext(w.T.Context(), "bash", filepath.Join(acctest.RootDir, "internal", "tools", "lay-out-mirror.sh"),
		mirror, version, runtime.GOOS+"_"+runtime.GOARCH, binary)
	settings, err := script.Output()
	w.Must(err)
	w.Write("cli.tfrc", string(settings))
}

// What a company without the public registry does: init installs from a filesystem mirror and locks the checksum, and what
// is installed plans and applies. Another binary under the same version is refused.
func TestAccMirror_installPlanApply(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	folder, err := acctest.BuiltProvider()
	w.Must(err)
	binary := filepath.Join(folder, "terraform-provider-safetyculture")
	mirror := filepath.Join(t.TempDir(), "mirror")
	layOutMirror(w, mirror, "0.0.1", binary)
	layOutMirror(w, mirror, "0.1.0", binary)
	w.Write("provider.tf", `terraform {
  required_providers {
    safetyculture = {
      source  = "safetyculture-community/safetyculture"
      version = "~> 0.1"
    }
  }
}`)
	w.Write("main.tf", `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
}`)
	w.Expect(0, "init")
	lock, err := os.ReadFile(filepath.Join(w.Dir, ".terraform.lock.hcl"))
	w.Must(err)
	acctest.ExpectContains(t, string(lock), `"0.1.0"`, `"h1:`)
	w.Expect(0, "plan", "-out=saved.tfplan")
	w.Expect(0, "apply", "saved.tfplan")
	w.Expect(0, "plan", "-detailed-exitcode")
	if !w.Emulator.Accepts(w.SecretInState()) {
		t.Error("the secret in state does not work")
	}
	w.Expect(0, "destroy", "-auto-approve")

	// Another runner, with the lock file: the same bytes are installed again, and others are not.
	w.Must(os.RemoveAll(filepath.Join(w.Dir, ".terraform")))
	w.Expect(0, "init", "-lockfile=readonly")
	w.Must(os.RemoveAll(filepath.Join(w.Dir, ".terraform")))
	other := filepath.Join(t.TempDir(), "other")
	content, err := os.ReadFile(binary)
	w.Must(err)
	w.Must(os.WriteFile(other, append(content, 0), 0o700))
	layOutMirror(w, mirror, "0.1.0", other)
	w.Output.Reset()
	w.Expect(1, "init", "-no-color")
	if said := unwrapped(w.Output.String()); !strings.Contains(said, "checksums") {
		t.Errorf("the error does not speak of checksums: %s", said)
	}
}
