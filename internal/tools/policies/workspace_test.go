// Package policies tests examples/policies on plans that the real CLI makes with the real provider on the emulator.
package policies

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// repository is the root of the repository, from this package.
var repository = filepath.Join("..", "..", "..")

// programs builds the provider once for all tests, into a folder that TestMain removes.
var programs = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "policies")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", dir+string(filepath.Separator), ".")
	command.Dir = repository
	if out, err := command.CombinedOutput(); err != nil {
		return dir, fmt.Errorf("go build: %w: %s", err, out)
	}
	if out, err := exec.Command("go", "build", "-o", filepath.Join(dir, "others"), "./others").CombinedOutput(); err != nil {
		return dir, fmt.Errorf("go build: %w: %s", err, out)
	}
	for name := range otherProviders {
		if err := os.Symlink("others", filepath.Join(dir, "terraform-provider-"+name)); err != nil {
			return dir, err
		}
	}
	// The same program under another source address, example.com/mirror/sc.
	return dir, os.Symlink("terraform-provider-safetyculture", filepath.Join(dir, "terraform-provider-sc"))
})

// otherProviders are those that a program of these tests stands in for, by their names, with their sources.
var otherProviders = map[string]string{
	"vault": "hashicorp/vault", "aws": "hashicorp/aws", "github": "integrations/github",
	"http": "hashicorp/http", "external": "hashicorp/external", "local": "hashicorp/local", "null": "hashicorp/null",
}

// usedCLI is the CLI that the tests run.
var usedCLI = sync.OnceValues(func() (cli.Program, error) { return cli.Find(context.Background(), "") })

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, _ := programs(); dir != "" {
		_ = os.RemoveAll(dir)
	}
	os.Exit(code)
}

// workspace is a folder with a configuration, and an emulator of its own.
type workspace struct {
	*cli.Folder
	t   *testing.T
	em  *emulator.Emulator
	url string
}

// newWorkspace starts an emulator with so many tokens that others have made.
func newWorkspace(t *testing.T, foreign int) *workspace {
	t.Helper()
	bin, err := programs()
	w := &workspace{t: t, em: emulator.New(emulator.Options{Tokens: foreign, RateLimit: -1})}
	w.must(err)
	program, err := usedCLI()
	w.must(err)
	server := httptest.NewServer(w.em)
	t.Cleanup(server.Close)
	w.url = server.URL
	dir := t.TempDir()
	settings := filepath.Join(dir, "cli.tfrc")
	overrides := map[string]string{cli.Source: bin, "example.com/mirror/sc": bin}
	overrides["example.com/mirror/vault"] = bin
	for _, source := range otherProviders {
		overrides[source] = bin
	}
	w.must(cli.WriteSettings(settings, overrides))
	w.Folder = program.In(dir, settings, "SAFETYCULTURE_BASE_URL="+w.url, "SAFETYCULTURE_API_TOKEN="+w.em.Bearer(),
		fmt.Sprintf("TF_VAR_sets=[%q]", w.permissionSet()), "TF_VAR_credential="+w.em.Bearer())
	w.write("fixed.tf", fixed)
	return w
}

// fixed is the file fixed.tf of a workspace.
const fixed = `terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}
variable "sets" {
  type = set(string)
}
`

func (w *workspace) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func (w *workspace) write(name, content string) {
	w.t.Helper()
	w.must(w.Write(name, content))
}

// tryCLI runs the CLI and returns its standard output, and all output in the error.
func (w *workspace) tryCLI(args ...string) ([]byte, error) {
	out, err := w.Run(w.t.Context(), args...)
	return []byte(out), err
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
	server := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/revoke") {
			http.Error(rw, `{"code":7,"message":"not now"}`, http.StatusForbidden)
			return
		}
		w.em.ServeHTTP(rw, r)
	}))
	defer server.Close()
	direct := w.Env
	w.Env = append(slices.Clone(direct), "SAFETYCULTURE_BASE_URL="+server.URL)
	w.configure(configuration)
	if _, err := w.tryCLI("apply", "-auto-approve", "-no-color"); err == nil || !strings.Contains(err.Error(), "not now") {
		w.t.Fatalf("the apply should have failed to revoke: %v", err)
	}
	w.Env = direct
}

// configure writes the root module. BEARER in it stands for the emulator's credential.
func (w *workspace) configure(configuration string) {
	w.t.Helper()
	w.must(w.tryConfigure(configuration))
}

// tryConfigure is the same with what Terraform refuses.
func (w *workspace) tryConfigure(configuration string) error {
	w.t.Helper()
	w.write("main.tf", strings.ReplaceAll(configuration, "BEARER", w.em.Bearer()))
	w.write("bearer.txt", w.em.Bearer())
	_, err := w.tryCLI("get", "-no-color")
	return err
}

// plan is the plan of a configuration in JSON. A plan that ends in an error is saved too.
func (w *workspace) plan(configuration string, mayFail bool, args ...string) []byte {
	w.t.Helper()
	plan, err := w.tryPlan(configuration, args...)
	if err != nil && !mayFail {
		w.t.Fatal(err)
	}
	return plan
}

// tryPlan is the same with what Terraform refuses, and nil where it saved no plan.
func (w *workspace) tryPlan(configuration string, args ...string) ([]byte, error) {
	w.t.Helper()
	if err := w.tryConfigure(configuration); err != nil {
		return nil, err
	}
	_, refused := w.tryCLI(append([]string{"plan", "-no-color", "-out=plan.tfplan"}, args...)...)
	if _, err := os.Stat(filepath.Join(w.Dir, "plan.tfplan")); errors.Is(err, fs.ErrNotExist) {
		return nil, refused
	}
	return w.runCLI("show", "-json", "plan.tfplan"), refused
}

// fork is a copy of the folder at the same emulator, for what changes nothing there.
func (w *workspace) fork(t *testing.T) *workspace {
	t.Helper()
	folder, copied := *w.Folder, *w
	folder.Dir = t.TempDir()
	copied.Folder, copied.t = &folder, t
	copied.must(os.CopyFS(folder.Dir, os.DirFS(w.Dir)))
	return &copied
}

// permissionSet is the id of the permission set that tokens have; ephemeral ones manage tokens themselves.
func (w *workspace) permissionSet() string { return w.em.PermissionSetID("Platform administration") }

// revoke revokes the token of this name, as somebody would in the web app.
func (w *workspace) revoke(name string) {
	w.t.Helper()
	w.must(w.em.RevokeToken(w.tokenID(name)))
}

// tokenID is the id of the token of this name in state.
func (w *workspace) tokenID(name string) string {
	w.t.Helper()
	var state struct {
		Resources []struct {
			Instances []struct {
				Deposed    string
				Attributes struct{ ID, Name string }
			}
		}
	}
	content, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	w.must(err)
	w.must(json.Unmarshal(content, &state))
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if instance.Attributes.Name == name && instance.Deposed == "" {
				return instance.Attributes.ID
			}
		}
	}
	w.t.Fatalf("no token %q in state", name)
	return ""
}

// cliOf is the CLI that the tests run.
func cliOf(t *testing.T) cli.Program {
	t.Helper()
	program, err := usedCLI()
	if err != nil {
		t.Fatal(err)
	}
	return program
}
