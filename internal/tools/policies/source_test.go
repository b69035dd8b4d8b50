package policies

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

var sourceDir = filepath.Join(repository, "examples", "policies", "source")

// sourceRules builds the source rules once, into the programs' folder.
var sourceRules = sync.OnceValues(func() (string, error) {
	dir, err := programs()
	if err != nil {
		return "", err
	}
	program, err := filepath.Abs(filepath.Join(dir, "source-rules"))
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", program, ".")
	command.Dir = sourceDir
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return program, nil
})

// sourceFinding is a line that the source rules print: rule, file and line, address, text.
var sourceFinding = regexp.MustCompile(`^([a-z_]+): (\S+:\d+): ([^:]+): (.*)$`)

// reviewSource asks the source rules about a folder, beside the one before the change. It returns "rule address" of each finding,
// sorted, and all that was printed.
func reviewSource(t *testing.T, data, before, after string) (found []string, printed string) {
	t.Helper()
	program, err := sourceRules()
	if err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), program, "-data", data, "-base", before, after)
	out, err := command.Output()
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	end := len(lines) - 1
	for _, line := range lines[:end] {
		match := sourceFinding.FindStringSubmatch(line)
		if match == nil || !saysHowToFix(match[4]) {
			t.Errorf("a finding without its rule, its place or how to fix it: %s", line)
			continue
		}
		found = append(found, match[1]+" "+match[3])
	}
	var exit *exec.ExitError
	if failed := errors.As(err, &exit); failed != (end > 0) || failed && exit.ExitCode() != 1 || !strings.HasPrefix(lines[end], fmt.Sprintf("%d findings in ", end)) {
		t.Fatalf("%d findings, and %v: %s", end, err, out)
	}
	slices.Sort(found)
	return slices.Compact(found), string(out)
}

// sourceCase is a change, and what the source rules find in it: "rule address" of each finding. Its main.tf is written to a
// folder where the token ws is live.
type sourceCase struct {
	rule, name string
	plan       string            // main.tf
	files      map[string]string // others, by path
	links      map[string]string // symbolic links, by path
	before     map[string]string // files of the folder before the change, besides its main.tf
	cli        string            // what a CLI does: see the constants
	needs      string            // the oldest CLIs that can do it, such as 1.9
	want       []string
}

// What the CLI does with a case. A plan that tells prints the secret; one that refuses says so without it.
const (
	tells     = "tells"
	plans     = "plans"
	refuses   = "refuses"
	validates = "validates"
	notRun    = "not run" // it needs a provider, a host or a program that no test may use
)

// live is the configuration before a change.
var live = token("ws", rotates+createFirst)

// sourceFiles are all files of a case, with main.tf and what every workspace has.
func (c sourceCase) sourceFiles(w *workspace) map[string]string {
	fixed, err := os.ReadFile(filepath.Join(w.Dir, "fixed.tf"))
	w.must(err)
	files := map[string]string{"fixed.tf": string(fixed), "main.tf": c.plan}
	maps.Copy(files, c.files)
	return files
}

// folderOf is a new folder with these files, as a fresh checkout has them.
func folderOf(t *testing.T, files, links map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(content), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Each rule finds what it is for in configurations that a real CLI takes, and nothing else.
func TestSource(t *testing.T) {
	base := newWorkspace(t, 1)
	base.apply(live)
	tally := &sourceTally{positive: map[string]int{}, twins: map[string]int{}}
	t.Cleanup(func() { tally.report(t) }) // after the parallel tests
	for _, c := range sourceRuleCases() {
		t.Run(c.rule+"/"+c.name, func(t *testing.T) {
			t.Parallel()
			files := c.sourceFiles(base)
			before := map[string]string{"fixed.tf": files["fixed.tf"], "main.tf": live}
			maps.Copy(before, c.before)
			after := folderOf(t, files, c.links)
			found, printed := reviewSource(t, dataDir, folderOf(t, before, nil), after)
			want := slices.Sorted(slices.Values(c.want))
			if !slices.Equal(found, want) {
				t.Errorf("found\n  %s\nwant\n  %s\n%s", strings.Join(found, "\n  "), strings.Join(want, "\n  "), printed)
			}
			tally.add(t, c, c.runCLI(t, base, after))
		})
	}
}

// runCLI lets the CLI plan the change, and says whether it did what the case says.
func (c sourceCase) runCLI(t *testing.T, base *workspace, after string) bool {
	t.Helper()
	if c.cli == notRun || !cliIsAtLeast(t, c.needs) {
		return false
	}
	w := base.inFolder(t)
	w.must(os.CopyFS(w.Dir, os.DirFS(after)))
	if _, err := w.tryCLI("get", "-no-color"); err != nil {
		t.Fatal(err)
	}
	command := []string{"plan", "-no-color", "-input=false"}
	if c.cli == validates {
		command = []string{"validate", "-no-color"}
	}
	out, err := w.tryCLI(command...)
	said := string(out)
	if err != nil {
		said += err.Error()
	}
	state, readErr := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	w.must(readErr)
	secret := aLiveSecret.Find(state)
	if secret == nil {
		t.Fatal("there is no secret in state")
	}
	told := strings.Contains(said, string(secret)) || strings.Contains(said, w.em.Bearer())
	if told != (c.cli == tells) {
		t.Errorf("the plan tells the secret: %t, want %s", told, c.cli)
	}
	if (err != nil) != (c.cli == refuses) && c.cli != tells {
		t.Errorf("%v, want %s", err, c.cli)
	}
	return true
}

var aLiveSecret = regexp.MustCompile(`scapi_[0-9a-f]{64}`)

// inFolder is the same emulator with a copy of the state, and with no configuration.
func (w *workspace) inFolder(t *testing.T) *workspace {
	t.Helper()
	folder, copied := *w.Folder, *w
	folder.Dir = t.TempDir()
	copied.Folder, copied.t = &folder, t
	state, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	copied.must(err)
	copied.write("terraform.tfstate", string(state))
	return &copied
}

func cliIsAtLeast(t *testing.T, version string) bool {
	t.Helper()
	program, err := usedCLI()
	if err != nil {
		t.Fatal(err)
	}
	var major, minor int
	if _, err := fmt.Sscanf(version, "%d.%d", &major, &minor); version != "" && err != nil {
		t.Fatal(err)
	}
	is := program.Version.Segments()
	return is[0] > major || is[0] == major && is[1] >= minor
}

// sourceTally counts what was judged as it should be.
type sourceTally struct {
	mu              sync.Mutex
	positive, twins map[string]int
	run             int
}

func (n *sourceTally) add(t *testing.T, c sourceCase, run bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if t.Failed() {
		return
	}
	if len(c.want) > 0 {
		n.positive[c.rule]++
	} else {
		n.twins[c.rule]++
	}
	if run {
		n.run++
	}
}

func (n *sourceTally) report(t *testing.T) {
	positive, twins := 0, 0
	rules := shippedSourceRules(t)
	for _, rule := range rules {
		positive, twins = positive+n.positive[rule], twins+n.twins[rule]
		if !t.Failed() && flag.Lookup("test.run").Value.String() == "" && (n.positive[rule] == 0 || n.twins[rule] == 0) {
			t.Errorf("%s: %d findings and %d twins; at least one of each is needed", rule, n.positive[rule], n.twins[rule])
		}
	}
	fmt.Printf("%d source rules, %d changes that they find and %d harmless twins, %d of them planned by the CLI\n", len(rules), positive, twins, n.run)
}

// shippedSourceRules are the ids that the program can print.
func shippedSourceRules(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(sourceDir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%v: no files", err)
	}
	var ids []string
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, call := range regexp.MustCompile(`(?:find|findFile)\("([a-z_]+)"`).FindAllSubmatch(content, -1) {
			ids = append(ids, string(call[1]))
		}
		if lines := bytes.Count(content, []byte("\n")); lines >= 300 {
			t.Errorf("%s has %d lines; a file stays under 300", file, lines)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// runProgram returns all that a program prints.
func runProgram(t *testing.T, program string, args ...string) (string, error) {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), program, args...).CombinedOutput()
	return string(out), err
}

// exitCode is 0 where there is no error, and -1 where the program did not run.
func exitCode(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	return -1
}
