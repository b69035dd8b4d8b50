// Package browser tests the emulator's page in a real browser, beside real Terraform with the real provider.
package browser

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// repository is the root of the repository, from this package.
var repository = filepath.Join("..", "..", "..")

// programs builds the provider and the emulator once for all tests, into a folder that TestMain removes.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "browser")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", dir+string(filepath.Separator), ".", "./internal/cmd/emulator")
	command.Dir = repository
	if out, err := command.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("go build: %w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := programs(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// host is an emulator program.
type host struct {
	t           *testing.T
	bin         string
	url, bearer string
}

// startEmulator runs the program until the test ends, and reads its address from its output.
func startEmulator(t *testing.T, args ...string) *host {
	t.Helper()
	bin, err := programs()
	h := &host{t: t, bin: bin}
	h.must(err)
	command := exec.Command(filepath.Join(bin, "emulator"), args...)
	stdout, err := command.StdoutPipe()
	h.must(err)
	h.must(command.Start())
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	for lines := bufio.NewScanner(stdout); h.bearer == "" && lines.Scan(); {
		if after, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_BASE_URL="); ok {
			h.url = after
		}
		if after, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_API_TOKEN="); ok {
			h.bearer = after
		}
	}
	if h.bearer == "" {
		t.Fatal("the emulator did not say where it listens")
	}
	return h
}

func (h *host) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

// usedCLI is the CLI that the tests run.
var usedCLI = sync.OnceValues(func() (cli.Program, error) { return cli.Find(context.Background(), "") })

// workspace is a folder in which the CLI runs the provider on a host.
type workspace struct {
	*host
	folder *cli.Folder
}

func newWorkspace(h *host) *workspace {
	h.t.Helper()
	program, err := usedCLI()
	h.must(err)
	dir := h.t.TempDir()
	settings := filepath.Join(dir, "cli.tfrc")
	h.must(cli.WriteSettings(settings, map[string]string{cli.Source: h.bin}))
	w := &workspace{h, program.In(dir, settings, "SAFETYCULTURE_BASE_URL="+h.url, "SAFETYCULTURE_API_TOKEN="+h.bearer)}
	w.write("provider.tf", `terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}`)
	return w
}

func (w *workspace) write(name, content string) {
	w.t.Helper()
	w.must(w.folder.Write(name, content))
}

// run runs the CLI and returns its standard output.
func (w *workspace) run(args ...string) string {
	w.t.Helper()
	output, err := w.folder.Run(w.t.Context(), args...)
	w.must(err)
	return output
}

func (w *workspace) apply(args ...string) {
	w.t.Helper()
	w.run(append([]string{"apply", "-auto-approve", "-no-color"}, args...)...)
}

// planned is a plan of the only resource: its actions, and its state before.
type planned struct {
	actions string
	status  string
	due     bool
}

func (w *workspace) plan() planned {
	w.t.Helper()
	w.run("plan", "-no-color", "-out=plan.tfplan")
	var plan struct {
		ResourceChanges []struct {
			Change struct {
				Actions []string
				Before  struct {
					Status string
					Due    bool `json:"rotation_due"`
				}
			}
		} `json:"resource_changes"`
	}
	w.must(json.Unmarshal([]byte(w.run("show", "-json", "plan.tfplan")), &plan))
	if len(plan.ResourceChanges) != 1 {
		w.t.Fatalf("the plan is about %d resources", len(plan.ResourceChanges))
	}
	change := plan.ResourceChanges[0].Change
	return planned{strings.Join(change.Actions, ", "), change.Before.Status, change.Before.Due}
}

func (w *workspace) expect(when string, want planned) {
	w.t.Helper()
	if got := w.plan(); got != want {
		w.t.Errorf("%s: the plan is %+v, want %+v", when, got, want)
	}
}
