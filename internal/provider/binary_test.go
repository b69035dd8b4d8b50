package provider_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// builtProvider builds the provider's binary once for all tests that need the real one.
var builtProvider = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "provider")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", filepath.Join(dir, "terraform-provider-safetyculture"), "../..")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return dir, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if *live && code == 0 && liveTests.Load() == 0 {
		fmt.Fprintln(os.Stderr, "-live was given, and no test ran on the live host")
		code = 1
	}
	if dir, err := builtProvider(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// workspace is a folder with a configuration, in which the real CLI runs the real binary.
type workspace struct {
	*environment
	dir, cli  string
	tmp       string   // the runs' folder for temporary files
	variables []string // environment variables of every run
	output    bytes.Buffer
}

// newWorkspace returns one whose emulator keeps real time, as the binary does.
func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	return newWorkspaceWith(t, func(*emulator.Options) {})
}

// newWorkspaceWith is newWorkspace with more options of the emulator.
func newWorkspaceWith(t *testing.T, adjust func(*emulator.Options)) *workspace {
	t.Helper()
	w := workspaceIn(newEnvironment(t, func(o *emulator.Options) { o.Now = time.Now; adjust(o) }))
	bin, err := builtProvider()
	w.must(err)
	w.useProvider(bin)
	return w
}

// useProvider lets the CLI take the provider from a folder.
func (w *workspace) useProvider(bin string) {
	w.t.Helper()
	w.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", "safetyculture-community/safetyculture", bin))
}

// workspaceIn returns a workspace in an environment, without a provider yet.
func workspaceIn(e *environment) *workspace {
	e.t.Helper()
	w := &workspace{environment: e, dir: e.t.TempDir(), tmp: e.t.TempDir(), cli: usedCLI(e.t).path}
	w.write("cli.tfrc", "")
	w.write("provider.tf", `terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}`)
	w.variables = []string{"SAFETYCULTURE_API_TOKEN=" + e.em.Bearer(), "SAFETYCULTURE_BASE_URL=" + e.url}
	return w
}

func (w *workspace) write(name, content string) {
	w.t.Helper()
	w.must(os.WriteFile(filepath.Join(w.dir, name), []byte(content), 0o600))
}

func (w *workspace) command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.cli, args...)
	command.Dir = w.dir
	command.Env = append(w.inherited(), w.variables...)
	return command
}

// inherited is this process's environment, without what would reach the CLI or the provider from outside.
func (w *workspace) inherited() []string {
	env := []string{"TF_CLI_CONFIG_FILE=" + filepath.Join(w.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1", "TMPDIR=" + w.tmp}
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if !strings.HasPrefix(name, "TF_") && !strings.HasPrefix(name, "SAFETYCULTURE_") && name != "TMPDIR" {
			env = append(env, variable)
		}
	}
	return env
}

// cliRun runs the CLI and returns its exit code and standard output; everything that it prints is kept in output.
func (w *workspace) cliRun(args ...string) (int, string) {
	w.t.Helper()
	command := w.command(w.t.Context(), args...)
	var stdout, stderr bytes.Buffer // two, because each is written at its own time
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	w.output.Write(stdout.Bytes())
	w.output.Write(stderr.Bytes())
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		w.t.Fatal(err)
	}
	return command.ProcessState.ExitCode(), stdout.String()
}

// expect runs the CLI and fails the test on another exit code.
func (w *workspace) expect(code int, args ...string) string {
	w.t.Helper()
	got, out := w.cliRun(args...)
	if got != code {
		w.t.Fatalf("%s: exit code %d, want %d\n%s", strings.Join(args, " "), got, code, w.output.String())
	}
	return out
}

// driftLines are the resource_drift lines of a refresh-only plan.
func (w *workspace) driftLines() []string {
	w.t.Helper()
	var drift []string
	_, out := w.cliRun("plan", "-refresh-only", "-json")
	for line := range strings.Lines(out) {
		var message struct{ Type string }
		if json.Unmarshal([]byte(line), &message) == nil && message.Type == "resource_drift" {
			drift = append(drift, line)
		}
	}
	return drift
}

const managed = `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
}`

// What a drift job sees: quiet after mere use, and not after any change.
func TestBinary_driftJob(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	w.write("main.tf", managed)
	w.expect(0, "apply", "-auto-approve")
	id := w.only().ID
	w.must(w.em.UseToken(id))
	w.expect(0, "plan", "-detailed-exitcode")
	if drift := w.driftLines(); len(drift) != 0 {
		t.Errorf("after mere use: %v", drift)
	}
	other := "renamed"
	for name, change := range map[string]func() error{
		"rename": func() error { return w.em.EditToken(id, emulator.TokenEdit{Name: &other}) },
		"narrowing": func() error {
			return w.em.EditToken(id, emulator.TokenEdit{PermissionSetIDs: []string{w.em.PermissionSetID("Reporting")}})
		},
		"revocation": func() error { return w.em.RevokeToken(id) },
		"regenerate": func() error { w.regenerateOutside(id); return nil },
	} {
		w.must(change())
		w.expect(2, "plan", "-detailed-exitcode")
		if drift := w.driftLines(); len(drift) != 1 || strings.Contains(drift[0], "scapi_") {
			t.Errorf("after %s: %v", name, drift)
		}
		w.expect(0, "apply", "-auto-approve")
		id = w.only().ID
	}
}

// The words of a plan that rotates, where Terraform says them (OpenTofu words them differently).
func TestBinary_planSaysWhy(t *testing.T) {
	t.Parallel()
	if usedCLI(t).tofu {
		t.Skip("OpenTofu words plan lines differently; the plan's JSON is tested on both")
	}
	w := newWorkspace(t)
	w.write("main.tf", managed)
	w.expect(0, "apply", "-auto-approve")
	w.must(w.em.RevokeToken(w.only().ID))
	mentions(t, w.expect(0, "plan", "-no-color"), `status                 = "revoked" -> (known after apply) # forces replacement`, "-/+ resource", `Token "t" will have a new secret`)
	w.expect(0, "apply", "-auto-approve")
	w.regenerateOutside(w.only().ID)
	mentions(t, w.expect(0, "plan", "-no-color"), `status                 = "superseded" -> (known after apply) # forces replacement`)
}

// A saved plan that is applied after the token was changed outside converges or says so; nothing is lost.
func TestBinary_savedPlanAfterAChangeOutside(t *testing.T) {
	t.Parallel()
	other := "renamed outside"
	for name, c := range map[string]struct {
		happens func(w *workspace, id string)
		code    int
		words   string
	}{
		"nothing":  {func(*workspace, string) {}, 0, ""},
		"renamed":  {func(w *workspace, id string) { w.must(w.em.EditToken(id, emulator.TokenEdit{Name: &other})) }, 0, ""},
		"used":     {func(w *workspace, id string) { w.must(w.em.UseToken(id)) }, 0, ""},
		"revoked":  {func(w *workspace, id string) { w.must(w.em.RevokeToken(id)) }, 1, "Plan again"},
		"gone":     {func(w *workspace, id string) { w.must(w.em.RevokeToken(id)); w.must(w.em.DeleteToken(id)) }, 1, "Plan again"},
		"replaced": {func(w *workspace, id string) { w.regenerateOutside(id) }, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorkspace(t)
			w.write("main.tf", managed)
			w.expect(0, "apply", "-auto-approve")
			w.write("main.tf", strings.ReplaceAll(managed, `"t"`, `"planned"`))
			w.expect(0, "plan", "-out=saved")
			c.happens(w, w.only().ID)
			w.expect(c.code, "apply", "saved")
			mentions(t, w.output.String(), c.words)
			// One more apply, and all is as written, whatever happened.
			w.expect(0, "apply", "-auto-approve")
			w.expect(0, "plan", "-detailed-exitcode")
			if token := w.only(); token.Name != "planned" || token.Status != "TOKEN_STATUS_ACTIVE" || !w.em.Accepts(w.secretInState()) {
				t.Errorf("ended with %+v", token)
			}
		})
	}
}

// managedToken is what state holds of a token that it manages.
type managedToken struct{ ID, Token string }

// inState reads the tokens that state manages; none where there is no state.
func (w *workspace) inState() []managedToken {
	w.t.Helper()
	var state struct {
		Resources []struct {
			Mode, Type string
			Instances  []struct{ Attributes json.RawMessage }
		}
	}
	content, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	w.must(err)
	w.must(json.Unmarshal(content, &state))
	var tokens []managedToken
	for _, r := range state.Resources {
		for _, instance := range r.Instances {
			if r.Mode == "managed" && r.Type == resourceType {
				var token managedToken
				w.must(json.Unmarshal(instance.Attributes, &token))
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}

// secretInState reads the secret of the tested resource.
func (w *workspace) secretInState() string {
	w.t.Helper()
	tokens := w.inState()
	if len(tokens) != 1 {
		w.t.Fatalf("state holds not just one token: %d", len(tokens))
	}
	return tokens[0].Token
}

// A whole life at TRACE, with errors and warnings: no secret ever leaves the state. No terraform_data holds the secret here:
// Terraform itself logs the values of terraform_data at DEBUG (measured with 1.11).
func TestBinary_noSecretIsEverPrinted(t *testing.T) {
	t.Parallel()
	w := newWorkspace(t)
	noSecretIsPrinted := w.traced()
	life := func(name, trigger, method string) string {
		return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name              = %q
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { a = %q }
}
data "safetyculture_service_user_tokens" "all" {}
output "secret" {
  value     = safetyculture_service_user_token.test.token
  sensitive = true
}`, name, method, trigger)
	}
	w.write("main.tf", life("t", "1", "replace"))
	w.expect(0, "apply", "-auto-approve")
	w.write("main.tf", life("renamed", "2", "replace"))
	w.expect(0, "apply", "-auto-approve")
	w.write("main.tf", life("renamed", "3", "regenerate"))
	w.expect(0, "apply", "-auto-approve")
	w.regenerateOutside(w.only().ID)
	w.expect(0, "plan", "-no-color")
	w.em.Fail(emulator.Fault{Operation: "RegenerateServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	w.expect(1, "apply", "-auto-approve")
	w.expect(0, "apply", "-auto-approve")
	w.em.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Status: 500, Call: 1, Body: fmt.Sprintf(`{"code":13,"message":"could not use %s for %s"}`, w.em.Bearer(), w.secretsSoFar()[0])})
	w.write("main.tf", life("again", "3", "regenerate"))
	w.expect(1, "apply", "-auto-approve")
	w.variables[0] = "SAFETYCULTURE_API_TOKEN=wrong-but-secret"
	w.expect(1, "plan")
	w.variables[0] = "SAFETYCULTURE_API_TOKEN=" + w.em.Bearer()
	w.expect(0, "destroy", "-auto-approve")
	noSecretIsPrinted(7, "wrong-but-secret")
}

// traced logs all runs from now on at TRACE. It returns a check that no secret, of at least so many, is in that log, in the
// output, or in a file beside state.
func (w *workspace) traced() (check func(atLeast int, more ...string)) {
	logs := filepath.Join(w.dir, "trace.log")
	w.variables = append(w.variables, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
	return func(atLeast int, more ...string) {
		w.t.Helper()
		log, err := os.ReadFile(logs)
		w.must(err)
		searched := slices.Concat(log, w.output.Bytes(), w.leftovers())
		secrets := append(append(w.secretsSoFar(), w.em.Bearer()), more...)
		found := 0
		for _, secret := range secrets {
			found += bytes.Count(searched, []byte(secret))
		}
		w.t.Logf("%d secrets, %d bytes of output and TRACE log searched, %d occurrences", len(secrets), len(searched), found)
		if found > 0 || len(secrets) < atLeast || !bytes.Contains(log, []byte("API call")) {
			w.t.Errorf("%d occurrences of %d secrets", found, len(secrets))
		}
	}
}

// leftovers is the content of every file that the runs left in the workspace and in the temporary folder, but for state:
// that is where secrets belong.
func (w *workspace) leftovers() []byte {
	w.t.Helper()
	var all []byte
	for _, dir := range []string{w.dir, w.tmp} {
		w.must(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || strings.Contains(entry.Name(), ".tfstate") {
				return err
			}
			content, err := os.ReadFile(path)
			all = append(all, content...)
			return err
		}))
	}
	return all
}

func (e *environment) secretsSoFar() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.secrets...)
}
