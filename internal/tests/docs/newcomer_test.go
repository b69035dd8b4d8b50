package docs_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// A newcomer's path works as the README and the guides describe it: build the provider, start the emulator, apply, look for
// drift, rotate, destroy. Only the build folder differs, and the test confirms every prompt.
func TestAccDocs_newcomersPath(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	guide := pageOf(t, "docs/guides/get-started.md")
	install, start, apply, look := guide.shell(0), guide.shell(1), guide.shell(2), guide.shell(3)

	cloning := "git clone https://github.com/safetyculture-community/terraform-provider-safetyculture\ncd terraform-provider-safetyculture\n"
	if !strings.HasPrefix(install, cloning) {
		t.Fatalf("the guide clones otherwise:\n%s", install)
	}
	n.export(n.run(acctest.RootDir, strings.TrimPrefix(install, cloning)))
	n.startEmulator(start)

	help := n.run(n.Dir, "emulator -help 2>&1 || true")
	for _, flag := range regexp.MustCompile("`(-[a-z-]+)[ `]").FindAllStringSubmatch(string(guide.source[strings.Index(string(guide.source), "| Flag |"):]), -1) {
		if !strings.Contains(help, "  "+flag[1]) {
			t.Errorf("the guide names %s, which the emulator does not know", flag[1])
		}
	}

	n.Write("main.tf", guide.terraform(0))
	said := n.run(n.Dir, apply)
	acctest.ExpectContains(t, said, "1 added, 0 changed, 0 destroyed")
	first := said[strings.LastIndex(said, "\n")+1:] // the secret is printed last, without an end of line
	if len(n.tokens()) != 1 || n.call("/accounts/user/v1/user:WhoAmI", first, nil) != http.StatusOK {
		t.Errorf("the guide's first token does not work, or is not alone: %d", len(n.tokens()))
	}

	acctest.ExpectContains(t, n.run(n.Dir, pageOf(t, "docs/guides/run-in-ci.md").shell(2)), "No changes.")

	acctest.ExpectContains(t, n.run(n.Dir, look), "No changes.", "1 added, 0 changed, 1 destroyed", "Destroy complete! Resources: 1 destroyed.")
	if len(n.tokens()) > 0 || n.call("/accounts/user/v1/user:WhoAmI", first, nil) != http.StatusUnauthorized {
		t.Errorf("the guide's end leaves %d tokens", len(n.tokens()))
	}

	clone, err := filepath.Abs(acctest.RootDir)
	n.Must(err)
	acctest.ExpectContains(t, n.run(n.Dir, strings.ReplaceAll(pageOf(t, "docs/guides/scheduled-checks.md").shell(0), "PATH/OF/THE/CLONE", clone)), "All checks hold.")

	// The README has the same configuration.
	n.Write("main.tf", pageOf(t, "README.md").terraform(0))
	acctest.ExpectContains(t, n.run(n.Dir, "terraform apply\nterraform plan\nterraform destroy\n"), "1 added, 0 changed, 0 destroyed", "No changes.", "Resources: 1 destroyed.")
}

// newcomer is a user with a shell and an empty folder.
type newcomer struct {
	*acctest.Workspace
	bin   string // a folder in PATH
	build string // where make builds
}

func newNewcomer(t *testing.T) *newcomer {
	t.Helper()
	n := &newcomer{acctest.WorkspaceIn(acctest.New(t)), t.TempDir(), t.TempDir()}
	n.Must(os.Remove(filepath.Join(n.Dir, "provider.tf")))
	n.Must(os.Symlink(n.CLI, filepath.Join(n.bin, "terraform")))
	n.Variables = []string{"PATH=" + n.bin + string(os.PathListSeparator) + os.Getenv("PATH"), "MAKEFLAGS=BUILD=" + n.build, "MAKELEVEL="}
	return n
}

// run runs commands of a page in a folder, and returns what they print. The first that fails ends them.
func (n *newcomer) run(dir, script string) string {
	n.T.Helper()
	command := n.Command(n.T.Context())
	bash, err := exec.LookPath("bash")
	n.Must(err)
	command.Path, command.Args, command.Dir = bash, []string{"bash", "-e", "-c", script}, dir
	command.Stdin = yes{}
	out, err := command.CombinedOutput()
	if err != nil {
		n.T.Fatalf("%v\n%s\nsays:\n%s", err, script, out)
	}
	return string(out)
}

// yes confirms every prompt.
type yes struct{}

func (yes) Read(p []byte) (int, error) { return copy(p, "yes\n"), nil }

// export sets the variables of a program's lines that begin with export.
func (n *newcomer) export(said string) {
	n.T.Helper()
	found := false
	for line := range strings.Lines(said) {
		if variable, is := strings.CutPrefix(strings.TrimSpace(line), "export "); is {
			n.Variables = append(n.Variables, variable)
			found = true
		}
	}
	if !found {
		n.T.Fatalf("nothing to export:\n%s", said)
	}
}

// startEmulator starts the program that the guide starts with go run. It ends with the test.
func (n *newcomer) startEmulator(command string) {
	n.T.Helper()
	path, is := strings.CutPrefix(strings.TrimSpace(command), "go run ")
	if !is {
		n.T.Fatalf("the guide starts the emulator otherwise: %s", command)
	}
	program := filepath.Join(n.bin, "emulator")
	n.run(acctest.RootDir, "go build -o '"+program+"' "+path)
	emulator := exec.CommandContext(n.T.Context(), program)
	stdout, err := emulator.StdoutPipe()
	n.Must(err)
	n.Must(emulator.Start())
	n.T.Cleanup(func() {
		_ = emulator.Process.Kill()
		_ = emulator.Wait()
	})
	var said bytes.Buffer
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "SAFETYCULTURE_ORGANIZATION_ID") { // its last
			break
		}
	}
	n.export(said.String())
}

// exported returns the last exported value of a variable.
func (n *newcomer) exported(name string) string {
	value := ""
	for _, variable := range n.Variables {
		if after, is := strings.CutPrefix(variable, name+"="); is {
			value = after
		}
	}
	return value
}

// call calls the emulator program and returns the status.
func (n *newcomer) call(path, bearer string, into any) int {
	n.T.Helper()
	req, err := http.NewRequestWithContext(n.T.Context(), http.MethodGet, n.exported("SAFETYCULTURE_BASE_URL")+path, nil)
	n.Must(err)
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	n.Must(err)
	defer func() { _ = resp.Body.Close() }()
	if into != nil {
		n.Must(json.NewDecoder(resp.Body).Decode(into))
	}
	return resp.StatusCode
}

// tokens are the tokens that the emulator program has.
func (n *newcomer) tokens() []any {
	n.T.Helper()
	var list struct {
		Tokens []any `json:"service_user_tokens"`
	}
	if status := n.call("/tokens/v1/service_user_tokens", n.exported("SAFETYCULTURE_API_TOKEN"), &list); status != http.StatusOK {
		n.T.Fatalf("the emulator responds %d", status)
	}
	return list.Tokens
}

// pageOf is a page by its name.
func pageOf(t *testing.T, name string) page {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(acctest.RootDir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return readPage(name, content)
}

// shell is the n-th block of commands of a page.
func (p page) shell(n int) string { return p.blockOf("sh", n) }

// terraform is the n-th block of configuration of a page.
func (p page) terraform(n int) string { return p.blockOf("terraform", n) }

func (p page) blockOf(language string, n int) string {
	for _, block := range p.blocks {
		if block.language != language {
			continue
		}
		if n == 0 {
			return block.text
		}
		n--
	}
	return "exit 9 # " + p.name + " has too few blocks"
}
