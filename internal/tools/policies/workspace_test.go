// Package policies tests examples/policies on plans that the real CLI makes with the real provider on the emulator.
package policies

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// repository is the root of the repository, from this package.
var repository = filepath.Join("..", "..", "..")

// programs builds the provider and the emulator once for all tests, into a folder that TestMain removes.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "policies")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", dir+string(filepath.Separator), ".", "./internal/cmd/emulator")
	command.Dir = repository
	if out, err := command.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("go build: %w: %s", err, out)
	}
	// The same program under another source address, example.com/mirror/sc.
	return dir, os.Symlink("terraform-provider-safetyculture", filepath.Join(dir, "terraform-provider-sc"))
})

// runProgram runs the CLI outside any workspace.
func runProgram(args ...string) (string, error) {
	out, err := exec.Command(os.Getenv("TF_ACC_TERRAFORM_PATH"), args...).Output()
	return string(out), err
}

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := programs(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// workspace is a folder with a configuration, and an emulator of its own.
type workspace struct {
	t           *testing.T
	dir, cli    string
	url, bearer string
	environment []string
	log         string // the emulator's, a file with a line for each call
}

// newWorkspace starts an emulator with so many tokens that others have made.
func newWorkspace(t *testing.T, foreign int) *workspace {
	t.Helper()
	bin, err := programs()
	w := &workspace{t: t, dir: t.TempDir(), cli: os.Getenv("TF_ACC_TERRAFORM_PATH")}
	w.must(err)
	if w.cli == "" {
		t.Fatal("TF_ACC_TERRAFORM_PATH is not set; run the tests with: make policy")
	}
	w.startEmulator(filepath.Join(bin, "emulator"), foreign)
	w.write("cli.tfrc", fmt.Sprintf("provider_installation {\n  dev_overrides {\n    %q = %q\n    %q = %q\n  }\n  direct {}\n}\n",
		"safetyculture-community/safetyculture", bin, "example.com/mirror/sc", bin))
	w.write("fixed.tf", `terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}
variable "sets" {
  type = set(string)
}
`)
	w.environment = []string{
		"SAFETYCULTURE_BASE_URL=" + w.url, "SAFETYCULTURE_API_TOKEN=" + w.bearer,
		"TF_CLI_CONFIG_FILE=" + filepath.Join(w.dir, "cli.tfrc"), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1",
		"TF_VAR_sets=" + fmt.Sprintf("[%q]", w.permissionSet()), "TF_VAR_credential=" + w.bearer,
	}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SAFETYCULTURE_") {
			w.environment = append(w.environment, variable)
		}
	}
	return w
}

// startEmulator runs the program until the test ends, and reads from it where it listens.
func (w *workspace) startEmulator(program string, foreign int) {
	w.t.Helper()
	command := exec.Command(program, "-tokens", fmt.Sprint(foreign), "-rate-limit", "-1", "-verbose")
	w.log = filepath.Join(w.t.TempDir(), "calls")
	log, err := os.Create(w.log)
	w.must(err)
	defer func() { _ = log.Close() }()
	command.Stderr = log
	stdout, err := command.StdoutPipe()
	w.must(err)
	w.must(command.Start())
	w.t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	lines := bufio.NewScanner(stdout)
	for w.bearer == "" && lines.Scan() {
		if after, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_BASE_URL="); ok {
			w.url = after
		}
		if after, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_API_TOKEN="); ok {
			w.bearer = after
		}
	}
	if w.url == "" || w.bearer == "" {
		w.t.Fatal("the emulator did not say where it listens")
	}
}

func (w *workspace) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) write(name, content string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	w.must(os.MkdirAll(filepath.Dir(file), 0o700))
	w.must(os.WriteFile(file, []byte(content), 0o600))
}

// tryCLI runs the CLI and returns its standard output, and all output in the error.
func (w *workspace) tryCLI(args ...string) ([]byte, error) {
	command := exec.CommandContext(w.t.Context(), w.cli, args...)
	command.Dir, command.Env = w.dir, w.environment
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.Bytes(), fmt.Errorf("%s: %w\n%s%s", strings.Join(args, " "), err, stdout.Bytes(), stderr.Bytes())
	}
	return stdout.Bytes(), nil
}

func (w *workspace) runCLI(args ...string) []byte {
	w.t.Helper()
	out, err := w.tryCLI(args...)
	w.must(err)
	return out
}

// apply makes what a configuration says; an empty one changes nothing.
func (w *workspace) apply(configuration string) {
	w.t.Helper()
	if configuration != "" {
		w.configure(configuration)
		w.runCLI("apply", "-auto-approve", "-no-color")
	}
}

// applyInPart applies a configuration while the API revokes nothing: what is replaced stays, deposed.
func (w *workspace) applyInPart(configuration string) {
	w.t.Helper()
	behind, err := url.Parse(w.url)
	w.must(err)
	pass := httputil.NewSingleHostReverseProxy(behind)
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/revoke") {
			http.Error(rw, `{"code":7,"message":"not now"}`, http.StatusForbidden)
			return
		}
		pass.ServeHTTP(rw, r)
	}))
	defer server.Close()
	direct := w.environment
	w.environment = append(slices.Clone(direct), "SAFETYCULTURE_BASE_URL="+server.URL)
	w.configure(configuration)
	if _, err := w.tryCLI("apply", "-auto-approve", "-no-color"); err == nil || !strings.Contains(err.Error(), "not now") {
		w.t.Fatalf("the apply should have failed to revoke: %v", err)
	}
	w.environment = direct
}

// configure writes the root module. BEARER in it stands for the emulator's credential.
func (w *workspace) configure(configuration string) {
	w.t.Helper()
	w.write("main.tf", strings.ReplaceAll(configuration, "BEARER", w.bearer))
	w.write("bearer.txt", w.bearer)
	w.runCLI("get")
}

// plan is the plan of a configuration in JSON. A plan that ends in an error is saved too.
func (w *workspace) plan(configuration string, mayFail bool, args ...string) []byte {
	w.t.Helper()
	w.configure(configuration)
	if _, err := w.tryCLI(append([]string{"plan", "-no-color", "-out=plan.tfplan"}, args...)...); err != nil && !mayFail {
		w.t.Fatal(err)
	}
	return w.runCLI("show", "-json", "plan.tfplan")
}

// call calls the API as the administrator.
func (w *workspace) call(method, path string, answer any) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.url+path, strings.NewReader("{}"))
	w.must(err)
	req.Header.Set("Authorization", "Bearer "+w.bearer)
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	w.must(err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		w.t.Fatalf("%s %s: %s", method, path, resp.Status)
	}
	if answer != nil {
		w.must(json.NewDecoder(resp.Body).Decode(answer))
	}
}

// permissionSet is the id of some permission set.
func (w *workspace) permissionSet() string {
	w.t.Helper()
	var answer struct {
		PermissionSets []struct {
			PermissionSet struct{ Identifier struct{ ID string } } `json:"permission_set"`
		} `json:"permission_sets"`
	}
	w.call(http.MethodPost, "/permissions/v1/permission_sets", &answer)
	if len(answer.PermissionSets) == 0 || answer.PermissionSets[0].PermissionSet.Identifier.ID == "" {
		w.t.Fatal("the emulator has no permission set")
	}
	return answer.PermissionSets[0].PermissionSet.Identifier.ID
}

// revoke revokes the token of this name, as somebody would in the web app.
func (w *workspace) revoke(name string) {
	w.t.Helper()
	w.call(http.MethodPost, w.tokenPath(name)+"/revoke", nil)
}

// tokenPath is the API's path of the token of this name in state.
func (w *workspace) tokenPath(name string) string {
	w.t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct {
				Deposed    string
				Attributes struct{ ID, Name string }
			}
		}
	}
	content, err := os.ReadFile(filepath.Join(w.dir, "terraform.tfstate"))
	w.must(err)
	w.must(json.Unmarshal(content, &state))
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if instance.Attributes.Name == name && instance.Deposed == "" {
				return "/tokens/v1/service_user_tokens/" + instance.Attributes.ID
			}
		}
	}
	w.t.Fatalf("no token %q in state", name)
	return ""
}
