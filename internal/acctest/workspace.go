package acctest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Workspace is a folder with a configuration, in which the real CLI runs a provider: the built binary (NewWorkspace), or one
// that this process serves with the test's clock (WorkspaceIn and Serve).
type Workspace struct {
	*Env
	Dir, CLI  string
	Temp      string   // the runs' folder for temporary files
	Variables []string // environment variables of every run
	Output    bytes.Buffer
}

// withoutPluginTLS makes the CLI talk to the binary without TLS. The CLI and go-plugin create keys and certificates for every
// process of a plugin, which takes more than half of a small run's CPU time and is no code of this provider. Tests of a
// newcomer's path, the demo and the policies run with TLS, as users do.
const withoutPluginTLS = "TF_DISABLE_PLUGIN_TLS=1"

// NewWorkspace returns a workspace in which the CLI runs the built binary. Its emulator keeps real time, as the binary does;
// each of adjust changes its options.
func NewWorkspace(t *testing.T, adjust ...func(*emulator.Options)) *Workspace {
	t.Helper()
	clock := newRealClock()
	w := WorkspaceIn(New(t, append([]func(*emulator.Options){func(o *emulator.Options) { o.Now = clock.Now }}, adjust...)...))
	w.Clock = clock
	bin, err := BuiltProvider()
	w.Must(err)
	w.UseProvider(bin)
	w.Variables = append(w.Variables, withoutPluginTLS)
	return w
}

// UseProvider makes the CLI take the provider from a folder.
func (w *Workspace) UseProvider(bin string) {
	w.T.Helper()
	w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", "safetyculture-community/safetyculture", bin))
}

// WorkspaceIn returns a workspace for an Env, without a provider yet: call Serve or UseProvider.
func WorkspaceIn(e *Env) *Workspace {
	e.T.Helper()
	w := &Workspace{Env: e, Dir: e.T.TempDir(), Temp: e.T.TempDir(), CLI: UsedCLI(e.T).Path}
	w.Write("cli.tfrc", "")
	w.Write("provider.tf", `terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}`)
	w.Variables = []string{"SAFETYCULTURE_API_TOKEN=" + e.Emulator.Bearer(), "SAFETYCULTURE_BASE_URL=" + e.URL}
	return w
}

// Write writes a file of the workspace, and makes the folders above it.
func (w *Workspace) Write(name, content string) {
	w.T.Helper()
	file := filepath.Join(w.Dir, filepath.FromSlash(name))
	w.Must(os.MkdirAll(filepath.Dir(file), 0o700))
	w.Must(os.WriteFile(file, []byte(content), 0o600))
}

// Command is a call of the CLI in the workspace, not started yet.
func (w *Workspace) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.CLI, args...)
	command.Dir = w.Dir
	command.Env = append(w.Inherited(), w.Variables...)
	return command
}

// Inherited returns this process's environment, without settings of the CLI and the provider.
func (w *Workspace) Inherited() []string {
	env := []string{"TF_CLI_CONFIG_FILE=" + filepath.Join(w.Dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TMPDIR=" + w.Temp}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "SAFETYCULTURE_") && name != "TMPDIR" {
			env = append(env, variable)
		}
	}
	return env
}

// RunCLI runs the CLI and returns its exit code and standard output. It keeps everything that the CLI prints in output.
func (w *Workspace) RunCLI(args ...string) (int, string) {
	w.T.Helper()
	command := w.Command(w.T.Context(), args...)
	var stdout, stderr bytes.Buffer // two, because the CLI writes to both at the same time
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	w.Output.Write(stdout.Bytes())
	w.Output.Write(stderr.Bytes())
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.T.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String()
}

// Expect runs the CLI and fails the test on another exit code.
func (w *Workspace) Expect(code int, args ...string) string {
	w.T.Helper()
	got, out := w.RunCLI(args...)
	if got != code {
		w.T.Fatalf("%s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, w.Output.String())
	}
	return out
}
