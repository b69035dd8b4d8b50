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

// BuiltProvider builds the provider's binary once for all tests that need the real one.
var BuiltProvider = sync.OnceValues(func() (string, error) {
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
	if dir, err := BuiltProvider(); err == nil {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// Workspace is a folder with a configuration, in which the real CLI runs the real binary.
type Workspace struct {
	*Env
	Dir, CLI  string
	Temp      string   // the runs' folder for temporary files
	Variables []string // environment variables of every run
	Output    bytes.Buffer
}

// NewWorkspace returns one whose emulator keeps real time, as the binary does.
func NewWorkspace(t *testing.T) *Workspace {
	t.Helper()
	return NewWorkspaceWith(t, func(*emulator.Options) {})
}

// NewWorkspaceWith is newWorkspace with more options of the emulator.
func NewWorkspaceWith(t *testing.T, adjust func(*emulator.Options)) *Workspace {
	t.Helper()
	w := WorkspaceIn(New(t, func(o *emulator.Options) { o.Now = time.Now; adjust(o) }))
	bin, err := BuiltProvider()
	w.Must(err)
	w.UseProvider(bin)
	return w
}

// UseProvider lets the CLI take the provider from a folder.
func (w *Workspace) UseProvider(bin string) {
	w.T.Helper()
	w.Write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n  }\n  direct {}\n}\n", "safetyculture-community/safetyculture", bin))
}

// WorkspaceIn returns a workspace in an environment, without a provider yet.
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

func (w *Workspace) Write(name, content string) {
	w.T.Helper()
	w.Must(os.WriteFile(filepath.Join(w.Dir, name), []byte(content), 0o600))
}

func (w *Workspace) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.CLI, args...)
	command.Dir = w.Dir
	command.Env = append(w.Inherited(), w.Variables...)
	return command
}

// Inherited is this process's environment, without what would reach the CLI or the provider from outside.
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

// RunCLI runs the CLI and returns its exit code and standard output; everything that it prints is kept in output.
func (w *Workspace) RunCLI(args ...string) (int, string) {
	w.T.Helper()
	command := w.Command(w.T.Context(), args...)
	var stdout, stderr bytes.Buffer // two, because each is written at its own time
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

// driftLines are the resource_drift lines of a refresh-only plan.
func driftLines(w *Workspace) []string {
	w.T.Helper()
	var drift []string
	_, out := w.RunCLI("plan", "-refresh-only", "-json")
	for line := range strings.Lines(out) {
		var message struct{ Type string }
		if json.Unmarshal([]byte(line), &message) == nil && message.Type == "resource_drift" {
			drift = append(drift, line)
		}
	}
	return drift
}

const OneToken = `resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
}`

// What a drift job sees: quiet after mere use, and not after any change.
func TestBinary_driftJob(t *testing.T) {
	t.Parallel()
	w := NewWorkspace(t)
	w.Write("main.tf", OneToken)
	w.Expect(0, "apply", "-auto-approve")
	id := w.OnlyToken().ID
	w.Must(w.Emulator.UseToken(id))
	w.Expect(0, "plan", "-detailed-exitcode")
	if drift := driftLines(w); len(drift) != 0 {
		t.Errorf("after mere use: %v", drift)
	}
	other := "renamed"
	for name, change := range map[string]func() error{
		"rename": func() error { return w.Emulator.EditToken(id, emulator.TokenEdit{Name: &other}) },
		"narrowing": func() error {
			return w.Emulator.EditToken(id, emulator.TokenEdit{PermissionSetIDs: []string{w.Emulator.PermissionSetID("Reporting")}})
		},
		"revocation": func() error { return w.Emulator.RevokeToken(id) },
		"regenerate": func() error { w.RegenerateOutside(id); return nil },
	} {
		w.Must(change())
		w.Expect(2, "plan", "-detailed-exitcode")
		if drift := driftLines(w); len(drift) != 1 || strings.Contains(drift[0], "scapi_") {
			t.Errorf("after %s: %v", name, drift)
		}
		w.Expect(0, "apply", "-auto-approve")
		id = w.OnlyToken().ID
	}
}

// The words of a plan that rotates, where Terraform says them (OpenTofu words them differently).
func TestBinary_planSaysWhy(t *testing.T) {
	t.Parallel()
	if UsedCLI(t).Tofu {
		t.Skip("OpenTofu words plan lines differently; the plan's JSON is tested on both")
	}
	w := NewWorkspace(t)
	w.Write("main.tf", OneToken)
	w.Expect(0, "apply", "-auto-approve")
	w.Must(w.Emulator.RevokeToken(w.OnlyToken().ID))
	ExpectContains(t, w.Expect(0, "plan", "-no-color"), `status                 = "revoked" -> (known after apply) # forces replacement`, "-/+ resource", `Token "t" will have a new secret`)
	w.Expect(0, "apply", "-auto-approve")
	w.RegenerateOutside(w.OnlyToken().ID)
	ExpectContains(t, w.Expect(0, "plan", "-no-color"), `status                 = "superseded" -> (known after apply) # forces replacement`)
}

// A saved plan that is applied after the token was changed outside converges or says so; nothing is lost.
func TestBinary_savedPlanAfterAChangeOutside(t *testing.T) {
	t.Parallel()
	other := "renamed outside"
	for name, c := range map[string]struct {
		happens func(w *Workspace, id string)
		code    int
		words   string
	}{
		"nothing":  {func(*Workspace, string) {}, 0, ""},
		"renamed":  {func(w *Workspace, id string) { w.Must(w.Emulator.EditToken(id, emulator.TokenEdit{Name: &other})) }, 0, ""},
		"used":     {func(w *Workspace, id string) { w.Must(w.Emulator.UseToken(id)) }, 0, ""},
		"revoked":  {func(w *Workspace, id string) { w.Must(w.Emulator.RevokeToken(id)) }, 1, "Plan again"},
		"gone":     {func(w *Workspace, id string) { w.Must(w.Emulator.RevokeToken(id)); w.Must(w.Emulator.DeleteToken(id)) }, 1, "Plan again"},
		"replaced": {func(w *Workspace, id string) { w.RegenerateOutside(id) }, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorkspace(t)
			w.Write("main.tf", OneToken)
			w.Expect(0, "apply", "-auto-approve")
			w.Write("main.tf", strings.ReplaceAll(OneToken, `"t"`, `"planned"`))
			w.Expect(0, "plan", "-out=saved")
			c.happens(w, w.OnlyToken().ID)
			w.Expect(c.code, "apply", "saved")
			ExpectContains(t, w.Output.String(), c.words)
			// One more apply, and all is as written, whatever happened.
			w.Expect(0, "apply", "-auto-approve")
			w.Expect(0, "plan", "-detailed-exitcode")
			if token := w.OnlyToken(); token.Name != "planned" || token.Status != "TOKEN_STATUS_ACTIVE" || !w.Emulator.Accepts(w.SecretInState()) {
				t.Errorf("ended with %+v", token)
			}
		})
	}
}

// StateToken is what state holds of a token that it manages.
type StateToken struct{ ID, Token string }

// TokensInState reads the tokens that state manages; none where there is no state.
func (w *Workspace) TokensInState() []StateToken {
	w.T.Helper()
	var state struct {
		Resources []struct {
			Mode, Type string
			Instances  []struct{ Attributes json.RawMessage }
		}
	}
	content, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	w.Must(err)
	w.Must(json.Unmarshal(content, &state))
	var tokens []StateToken
	for _, r := range state.Resources {
		for _, instance := range r.Instances {
			if r.Mode == "managed" && r.Type == ResourceType {
				var token StateToken
				w.Must(json.Unmarshal(instance.Attributes, &token))
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}

// SecretInState reads the secret of the tested resource.
func (w *Workspace) SecretInState() string {
	w.T.Helper()
	tokens := w.TokensInState()
	if len(tokens) != 1 {
		w.T.Fatalf("state holds not just one token: %d", len(tokens))
	}
	return tokens[0].Token
}

// A whole life at TRACE, with errors and warnings: no secret ever leaves the state. No terraform_data holds the secret here:
// Terraform itself logs the values of terraform_data at DEBUG (measured with 1.11).
func TestBinary_noSecretIsEverPrinted(t *testing.T) {
	t.Parallel()
	w := NewWorkspace(t)
	noSecretIsPrinted := w.Trace()
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
	w.Write("main.tf", life("t", "1", "replace"))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", life("renamed", "2", "replace"))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", life("renamed", "3", "regenerate"))
	w.Expect(0, "apply", "-auto-approve")
	w.RegenerateOutside(w.OnlyToken().ID)
	w.Expect(0, "plan", "-no-color")
	w.Emulator.Fail(emulator.Fault{Operation: "RegenerateServiceUserToken", Cut: emulator.CutAfter, Call: 1})
	w.Expect(1, "apply", "-auto-approve")
	w.Expect(0, "apply", "-auto-approve")
	w.Emulator.Fail(emulator.Fault{Operation: "UpdateServiceUserToken", Status: 500, Call: 1, Body: fmt.Sprintf(`{"code":13,"message":"could not use %s for %s"}`, w.Emulator.Bearer(), w.Secrets()[0])})
	w.Write("main.tf", life("again", "3", "regenerate"))
	w.Expect(1, "apply", "-auto-approve")
	w.Variables[0] = "SAFETYCULTURE_API_TOKEN=wrong-but-secret"
	w.Expect(1, "plan")
	w.Variables[0] = "SAFETYCULTURE_API_TOKEN=" + w.Emulator.Bearer()
	w.Expect(0, "destroy", "-auto-approve")
	noSecretIsPrinted(7, "wrong-but-secret")
}

// Trace logs all runs from now on at TRACE. It returns a check that no secret, of at least so many, is in that log, in the
// output, or in a file beside state.
func (w *Workspace) Trace() (check func(atLeast int, more ...string)) {
	logs := filepath.Join(w.Dir, "trace.log")
	w.Variables = append(w.Variables, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
	return func(atLeast int, more ...string) {
		w.T.Helper()
		log, err := os.ReadFile(logs)
		w.Must(err)
		searched := slices.Concat(log, w.Output.Bytes(), w.leftovers())
		secrets := append(append(w.Secrets(), w.Emulator.Bearer()), more...)
		found := 0
		for _, secret := range secrets {
			found += bytes.Count(searched, []byte(secret))
		}
		w.T.Logf("%d secrets, %d bytes of output and TRACE log searched, %d occurrences", len(secrets), len(searched), found)
		if found > 0 || len(secrets) < atLeast || !bytes.Contains(log, []byte("API call")) {
			w.T.Errorf("%d occurrences of %d secrets", found, len(secrets))
		}
	}
}

// leftovers is the content of every file that the runs left in the workspace and in the temporary folder, but for state:
// that is where secrets belong.
func (w *Workspace) leftovers() []byte {
	w.T.Helper()
	var all []byte
	for _, dir := range []string{w.Dir, w.Temp} {
		w.Must(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
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

func (e *Env) Secrets() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.secrets...)
}
