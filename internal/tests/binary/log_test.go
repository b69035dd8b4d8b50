package binary_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The binary writes a log only if Terraform shows it.
func TestAccBinary_logsOnlyWhatIsShown(t *testing.T) {
	t.Parallel()
	for variable, shown := range map[string]bool{"TF_LOG_CORE=ERROR": false, "TF_LOG=DEBUG": true, "TF_LOG_PROVIDER=DEBUG": true} {
		w := acctest.NewWorkspace(t)
		bin, err := acctest.BuiltProvider()
		w.Must(err)
		const name = "terraform-provider-safetyculture"
		wrapper, written := t.TempDir(), filepath.Join(t.TempDir(), "stderr")
		script := fmt.Sprintf("#!/bin/sh\nexec '%s' \"$@\" 2>>'%s'\n", filepath.Join(bin, name), written)
		w.Must(os.WriteFile(filepath.Join(wrapper, name), []byte(script), 0o700))
		settings, err := os.ReadFile(filepath.Join(w.Dir, "cli.tfrc"))
		w.Must(err)
		w.Write("cli.tfrc", strings.ReplaceAll(string(settings), bin, wrapper))
		w.Variables = append(w.Variables, variable)
		w.Write("main.tf", acctest.OneToken)
		w.Expect(2, "plan", "-detailed-exitcode")
		log, err := os.ReadFile(written)
		w.Must(err)
		if calls := bytes.Count(log, []byte("API call")); (calls > 0) != shown || (len(log) > 5000) != shown {
			t.Errorf("%s: %d bytes of log, %d lines of calls", variable, len(log), calls)
		}
	}
}
