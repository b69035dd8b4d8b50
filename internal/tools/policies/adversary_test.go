package policies

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// attack is a change by an author who wants a secret out, permissions widened or the rules off. It begins where ws is a live
// token that somebody approved long ago.
type attack struct {
	name    string                 // what the author does, as the list of limits says it
	modules map[string]string      // files of the change besides main.tf: of a name without a dot, the main.tf of a module's folder
	before  string                 // applied first, instead of wsToken
	outside func(*workspace)       // what happens outside Terraform then
	plan    string                 // main.tf of the change
	args    []string               // of terraform plan
	needs   func(cli.Program) bool // which CLIs can do it; all if nil
	edit    func(plan object)      // adds to the plan what this CLI does not write
	data    object                 // entries of token_review
	finds   map[layer][]string     // the findings, by the layer that has them
	limit   string                 // what holds against it, where no layer finds it
	twin    string                 // a harmless main.tf of the same kind, which all layers let pass
}

// found are findings, "rule address" each, by layer.
type found map[layer][]string

// layer is one of the reviews of a change. byCLI is what Terraform and the provider refuse themselves: its finding is a part of
// their message.
type layer string

const (
	byCLI    layer = "Terraform"
	bySource layer = "source"
	byPlan   layer = "plan"
	bySearch layer = "search"
)

// judged is what a layer can look at.
type judged struct {
	*workspace        // its folder holds the configuration after the change, and the state
	before     string // a folder with the configuration before the change
	plan       []byte // in JSON, unfiltered; nil where Terraform refused to plan
	data       object // entries of token_review
}

// layers are the reviews, each with what returns its findings: "rule address" each, sorted.
var layers = map[layer]func(*testing.T, judged) []string{
	bySource: func(t *testing.T, j judged) []string {
		found, _ := reviewSource(t, dataDir, checkout(t, j.before), checkout(t, j.Dir))
		return found
	},
	bySearch: func(t *testing.T, j judged) []string {
		if j.plan == nil {
			return nil
		}
		paths, _ := searchPlan(t, j.plan)
		for i, path := range paths { // in which of them a value stands, each CLI decides itself
			paths[i], _, _ = strings.Cut(path, " ")
		}
		return slices.Compact(paths)
	},
	byPlan: func(t *testing.T, j judged) []string {
		if j.plan == nil {
			return nil
		}
		found := withoutSecrets(review(t, j.plan, j.data))
		if filtered := withoutSecrets(review(t, sanitized(t, j.plan), j.data)); !slices.Equal(filtered, found) {
			t.Errorf("after the filter, found\n  %s\nand without it\n  %s", strings.Join(filtered, "\n  "), strings.Join(found, "\n  "))
		}
		return found
	},
}

// checkout is a folder as a fresh checkout has it: without what the CLI has made there.
func checkout(t *testing.T, dir string) string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".terraform":
			return filepath.SkipDir
		case entry.IsDir() || strings.Contains(entry.Name(), "tfstate") || slices.Contains([]string{"plan.tfplan", "bearer.txt", "cli.tfrc"}, entry.Name()):
			return nil
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		content, err := os.ReadFile(path)
		files[filepath.ToSlash(name)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return folderOf(t, files, nil)
}

// withoutSecrets are findings without the secrets, and the numbers of removed words, that their addresses may hold.
func withoutSecrets(findings []string) []string {
	for i, finding := range findings {
		findings[i] = removed.ReplaceAllString(aSecret.ReplaceAllString(finding, "(removed)"), "(removed)")
		findings[i] = longKey.ReplaceAllString(findings[i], `["(removed)"]`)
	}
	slices.Sort(findings)
	return slices.Compact(findings)
}

// aSecret is the emulator's secret of a token, which the filter takes out of an address.
var aSecret = regexp.MustCompile(`scapi_[0-9a-f]{64}`)

// longKey is the key of an instance that the filter takes out because it is long.
var longKey = regexp.MustCompile(`\["[^"]{41,}"\]`)

// attacks are all of them, by what their author wants.
func attacks() map[string][]attack {
	return map[string][]attack{
		"shows the secret":    slices.Concat(showingAttacks(), fileAttacks()),
		"sends the secret":    slices.Concat(sendingAttacks(), providerAttacks(), pathAttacks()),
		"widens permissions":  wideningAttacks(),
		"weakens a token":     weakeningAttacks(),
		"goes round approval": approvalAttacks(),
	}
}

// wsToken is the configuration before an attack.
var wsToken = token("ws", rotates+createFirst)

const wsAddress = prefix + "ws"

// attackData is what the rules are given besides what is shipped: a set-up that somebody has finished.
func attackData(own object) object {
	data := object{"limits": limits(object{"permission_set_ids": []any{permissionSet}}), "credentials": credentials(credential("safetyculture", nil))}
	maps.Copy(data, own)
	return data
}

// Each attack is found by the layers that its row names, and by no other; its harmless twin by none.
func TestAdversary(t *testing.T) {
	t.Parallel()
	base := newWorkspace(t, 1)
	base.apply(wsToken)
	tally := &adversaryTally{found: map[layer]int{}}
	t.Cleanup(func() { tally.report(t) }) // after the parallel tests
	for aim, rows := range attacks() {
		for _, a := range rows {
			if a.needs != nil && !a.needs(cliOf(t)) {
				tally.notRun++
				continue
			}
			t.Run(aim+"/"+a.name, func(t *testing.T) {
				t.Parallel()
				if (len(a.finds) == 0) != (a.limit != "") {
					t.Fatal("an attack is found by a layer, or has a limit that says what holds against it")
				}
				a.run(t, base, a.plan, a.args, a.finds)
				if a.twin != "" {
					a.run(t, base, a.twin, nil, nil)
				}
				tally.add(t, a)
			})
		}
	}
}

// run plans a configuration and compares the findings of each layer with those that are wanted.
func (a attack) run(t *testing.T, base *workspace, configuration string, args []string, want found) {
	t.Helper()
	w, before := base.fork(t), a.before
	if before != "" {
		w = newWorkspace(t, 1)
	} else {
		before = wsToken
	}
	for name, content := range a.modules {
		if !strings.Contains(name, ".") {
			name += "/main.tf"
		}
		w.write(name, content)
	}
	if a.before != "" {
		w.apply(a.before)
	}
	if a.outside != nil {
		a.outside(w)
	}
	j := judged{workspace: w, before: t.TempDir(), data: w.named(attackData(a.data))}
	w.must(os.CopyFS(j.before, os.DirFS(w.Dir)))
	w.must(os.WriteFile(filepath.Join(j.before, "main.tf"), []byte(before), 0o600))
	plan, refused := w.tryPlan(configuration, args...)
	got := found{}
	if refused != nil {
		for _, text := range want[byCLI] {
			if !strings.Contains(oneLine(refused.Error()), text) {
				t.Errorf("Terraform says something else than %q: %v", text, refused)
			}
			got[byCLI] = want[byCLI]
		}
		if len(want[byCLI]) == 0 {
			t.Fatal(refused)
		}
	}
	if plan != nil && a.edit != nil {
		plan = w.edited(plan, a.edit)
	}
	j.plan = plan
	for name, find := range layers {
		if findings := find(t, j); len(findings) > 0 {
			got[name] = findings
		}
	}
	for _, name := range slices.Sorted(maps.Keys(joined(got, want))) {
		wanted := slices.Sorted(slices.Values(want[name]))
		if !slices.Equal(got[name], wanted) {
			t.Errorf("%s: found\n  %s\nwant\n  %s\nin\n%s", name, strings.Join(got[name], "\n  "), strings.Join(wanted, "\n  "), configuration)
		}
	}
}

func joined(a, b found) found {
	both := maps.Clone(a)
	maps.Copy(both, b)
	return both
}

// oneLine is a message of Terraform without its frame and its line breaks.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.NewReplacer("│", " ", "╷", " ", "╵", " ").Replace(text)), " ")
}

// adversaryTally counts what was found, by layer.
type adversaryTally struct {
	mu                           sync.Mutex
	cases, twins, limits, notRun int
	found                        map[layer]int
}

func (n *adversaryTally) add(t *testing.T, a attack) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if t.Failed() {
		return
	}
	n.cases++
	if a.twin != "" {
		n.twins++
	}
	if a.limit != "" {
		n.limits++
	}
	for name := range a.finds {
		n.found[name]++
	}
}

func (n *adversaryTally) report(t *testing.T) {
	t.Helper()
	by := []string{}
	for _, name := range slices.Sorted(maps.Keys(n.found)) {
		by = append(by, fmt.Sprintf("%d by %s", n.found[name], name))
	}
	fmt.Printf("%d adversary cases (found: %s), %d limits, %d harmless twins\n", n.cases, strings.Join(by, ", "), n.limits, n.twins)
	if n.notRun > 0 {
		fmt.Printf("NOT RUN: %d adversary cases that this CLI cannot do\n", n.notRun)
	}
}
