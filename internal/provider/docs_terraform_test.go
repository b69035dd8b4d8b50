package provider_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
)

// Every Terraform block of every page is formatted and valid. Which ones are checked how:
//
//   - a block that is an example's file is applied by TestExamples, or run by TestExample_terraformTest (.tftest.hcl),
//     where this CLI can do what the example needs;
//   - any other is validated by the CLI as it stands, after the test has declared what a fragment may leave out: the
//     provider, variables, and tokens that another part of the configuration has;
//   - of a block that uses other providers, which no test may fetch, those parts are only parsed. The rest is validated,
//     and so is each of their references to it;
//   - what this CLI is too old for is only parsed.
func TestDocs_terraformBlocks(t *testing.T) {
	t.Parallel()
	examples := exampleFiles(t)
	validator := workspaceIn(newEnvironment(t, nil))
	validator.serve()
	var applied, validated, inPart, parsed int
	for _, p := range pages(t) {
		for _, block := range p.blocks {
			if block.language != "terraform" {
				continue
			}
			where := fmt.Sprintf("%s:%d", block.page, block.line)
			if slices.Contains(examples, strings.TrimSpace(block.text)) {
				applied++
				continue
			}
			if string(hclwrite.Format([]byte(block.text))) != block.text {
				t.Errorf("%s is not formatted as terraform fmt does", where)
			}
			f, err := readFragment(block.text)
			if err != nil {
				t.Errorf("%s: %v", where, err)
				continue
			}
			if problem := f.unguarded(); problem != "" {
				t.Errorf("%s: %s", where, problem)
			}
			if lack := f.needs.lackedBy(usedCLI(t)); lack != "" {
				parsed++
				t.Logf("%s: only parsed: it %s", where, lack)
				continue
			}
			if out := validator.validate(f); out != "" {
				t.Errorf("%s: %s\nvalidated was:\n%s", where, out, f.source())
			}
			validated++
			if len(f.parsedOnly) > 0 {
				inPart++
				parsed += len(f.parsedOnly)
				t.Logf("%s: only parsed: %s", where, strings.Join(f.parsedOnly, ", "))
			}
		}
	}
	t.Logf("%d blocks checked: %d are applied as examples, %d validated here, %d of them in part; %d blocks or parts of blocks were only parsed",
		applied+validated, applied, validated, inPart, parsed)
	if applied == 0 || validated == 0 {
		t.Error("blocks of one kind are not found")
	}
}

// exampleFiles are the texts of the files that tests of the examples use, on this CLI.
func exampleFiles(t *testing.T) []string {
	t.Helper()
	var texts []string
	err := filepath.WalkDir(examplesDir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(path) != ".tf" && filepath.Ext(path) != ".hcl" {
			return err
		}
		folder, err := filepath.Rel(examplesDir, filepath.Dir(path))
		if err != nil {
			return err
		}
		if needs, ok := newerExamples[filepath.ToSlash(folder)]; ok && needs.lackedBy(usedCLI(t)) != "" {
			return nil
		}
		text, err := os.ReadFile(path)
		texts = append(texts, strings.TrimSpace(string(text)))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return texts
}

// An example that this CLI cannot run does not count as run.
func TestDocs_newerExamplesCountWhereTheyRun(t *testing.T) {
	t.Parallel()
	counted := exampleFiles(t)
	for folder, needs := range newerExamples {
		files, err := filepath.Glob(filepath.Join(examplesDir, filepath.FromSlash(folder), "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: no files, %v", folder, err)
		}
		text, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		runs := needs.lackedBy(usedCLI(t)) == ""
		if counts := slices.Contains(counted, strings.TrimSpace(string(text))); counts != runs {
			t.Errorf("%s: counts %t, runs %t", folder, counts, runs)
		}
	}
}

// validate says what the CLI has against a fragment.
func (w *workspace) validate(f *fragment) string {
	w.t.Helper()
	at := *w
	at.dir = w.t.TempDir()
	at.output = bytes.Buffer{}
	at.write("cli.tfrc", "")
	args := []string{"validate", "-no-color"}
	if f.query {
		at.write("main.tfquery.hcl", f.text)
		at.write("main.tf", f.missing())
		args = append(args, "-query")
	} else {
		at.write("main.tf", f.source())
	}
	if code, _ := at.cliRun(args...); code != 0 {
		return at.output.String()
	}
	return ""
}

// fragment is a block of a page, made into a configuration that can be validated.
type fragment struct {
	file       *hclwrite.File
	text       string
	parsedOnly []string        // what was taken out
	declared   map[string]bool // addresses
	references map[string]bool // what the configuration refers to, in full
	needs      capability
	query      bool // it is for terraform query
}

func readFragment(text string) (*fragment, error) {
	parsed, diags := hclsyntax.ParseConfig([]byte(text), "block.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.Join(diags.Errs()...)
	}
	f := &fragment{text: text, declared: map[string]bool{}, references: map[string]bool{}, needs: needsNothing}
	f.file, diags = hclwrite.ParseConfig([]byte(text), "block.tf", hcl.InitialPos)
	if diags.HasErrors() {
		return nil, errors.Join(diags.Errs()...)
	}
	body := parsed.Body.(*hclsyntax.Body)
	if len(body.Attributes) > 0 {
		return nil, errors.New("an argument stands outside any block")
	}
	_ = hclsyntax.VisitAll(body, func(node hclsyntax.Node) hcl.Diagnostics {
		if e, ok := node.(*hclsyntax.ScopeTraversalExpr); ok {
			r := e.Range()
			f.references[text[r.Start.Byte:r.End.Byte]] = true
		}
		return nil
	})
	for _, block := range f.file.Body().Blocks() {
		f.take(block)
	}
	return f, nil
}

// take notes what a block declares, and takes it out when it belongs to another provider.
func (f *fragment) take(block *hclwrite.Block) {
	labels := block.Labels()
	switch block.Type() {
	case "resource":
		f.declared[strings.Join(labels, ".")] = true
	case "data", "ephemeral", "module":
		f.declared[block.Type()+"."+strings.Join(labels, ".")] = true
	case "variable":
		f.declared["var."+labels[0]] = true
	case "locals":
		for name := range block.Body().Attributes() {
			f.declared["local."+name] = true
		}
	case "terraform":
		f.takeSettings(block)
		return
	case "import":
		if block.Body().GetAttribute("identity") != nil {
			f.needs = needsIdentity
		}
	case "action":
		f.needs = needsActions
	case "list":
		f.needs, f.query = needsQuery, true
	}
	ours := len(labels) == 0 || strings.HasPrefix(labels[0], "safetyculture") || labels[0] == "terraform_data" ||
		slices.Contains([]string{"variable", "output", "module", "check"}, block.Type())
	if !ours {
		f.parsedOnly = append(f.parsedOnly, block.Type()+" "+strings.Join(labels, "."))
		f.file.Body().RemoveBlock(block)
	}
}

// takeSettings takes out other providers, and OpenTofu's encryption, which Terraform does not know.
func (f *fragment) takeSettings(block *hclwrite.Block) {
	for _, inner := range block.Body().Blocks() {
		switch inner.Type() {
		case "required_providers":
			f.declared["required_providers"] = inner.Body().GetAttribute("safetyculture") != nil
			for name := range inner.Body().Attributes() {
				if name != "safetyculture" {
					f.parsedOnly = append(f.parsedOnly, "provider "+name)
					inner.Body().RemoveAttribute(name)
				}
			}
		case "encryption":
			f.parsedOnly = append(f.parsedOnly, "OpenTofu's encryption")
			block.Body().RemoveBlock(inner)
		}
	}
}

// source is the configuration to validate.
func (f *fragment) source() string {
	return string(f.file.Bytes()) + "\n# Declared by the test:\n" + f.missing()
}

// missing is what the block leaves out, and everything that it refers to, so that the names of attributes are checked
// where they are used in a part that was taken out.
func (f *fragment) missing() string {
	var out strings.Builder
	if !f.declared["required_providers"] {
		out.WriteString("terraform {\n  required_providers {\n    safetyculture = { source = \"safetyculture-community/safetyculture\" }\n  }\n}\n")
	}
	declared := maps.Clone(f.declared)
	for i, reference := range sorted(f.references) {
		root, rest, _ := strings.Cut(reference, ".")
		name, _, _ := strings.Cut(rest, ".")
		name, _, _ = strings.Cut(name, "[")
		address := root + "." + name
		switch {
		case root == "var" && !declared[address]:
			fmt.Fprintf(&out, "variable %q {}\n", name)
		case root == resourceType && !declared[address]:
			fmt.Fprintf(&out, "resource %q %q {\n  name            = %q\n  all_permissions = true\n}\n", resourceType, name, name)
		}
		declared[address] = true
		ours := slices.Contains([]string{resourceType, "var", "local", "module"}, root) || strings.HasPrefix(rest, "safetyculture_")
		if ours && len(f.parsedOnly) > 0 {
			fmt.Fprintf(&out, "locals {\n  reference_%d = %s\n}\n", i, reference)
		}
	}
	return out.String()
}

// unguarded says where a secret is handed to another provider without a precondition that it is known: after an import
// it is null, and null would be written over a live one.
func (f *fragment) unguarded() string {
	if !slices.ContainsFunc(f.parsedOnly, func(part string) bool { return strings.HasPrefix(part, "resource ") }) {
		return ""
	}
	for reference := range f.references {
		if strings.HasPrefix(reference, resourceType+".") && strings.HasSuffix(reference, ".token") && !strings.Contains(f.text, reference+" != null") {
			return "nothing guards " + reference + " against being null"
		}
	}
	return ""
}

func sorted(set map[string]bool) []string {
	var list []string
	for entry := range set {
		list = append(list, entry)
	}
	slices.Sort(list)
	return list
}

// A broken block is found, wherever it is broken.
func TestDocs_brokenBlocksAreFound(t *testing.T) {
	t.Parallel()
	validator := workspaceIn(newEnvironment(t, nil))
	validator.serve()
	for name, text := range map[string]string{
		"unknown argument":              "resource \"safetyculture_service_user_token\" \"a\" {\n  name = \"a\"\n  all_permissions = true\n  nme = \"a\"\n}",
		"wrong type":                    "resource \"safetyculture_service_user_token\" \"a\" {\n  name = \"a\"\n  all_permissions = true\n  rotate_after_days = \"soon\"\n}",
		"unknown attribute in a part":   "resource \"vault_kv_secret_v2\" \"a\" {\n  data = safetyculture_service_user_token.a.secret\n}",
		"unknown type":                  "resource \"safetyculture_token\" \"a\" {\n}",
		"undeclared module":             "output \"a\" {\n  value = module.a.current\n}",
		"an argument of the data block": "data \"safetyculture_service_user_tokens\" \"a\" {\n  status = \"active\"\n}",
	} {
		f, err := readFragment(text)
		if err != nil {
			t.Fatal(err)
		}
		if validator.validate(f) == "" {
			t.Errorf("%s: not found in\n%s", name, f.source())
		}
	}
	for _, text := range []string{"resource {", "name = 1", "resource \"vault_kv_secret_v2\" \"a\" {\n  data = safetyculture_service_user_token.a.token\n}"} {
		if f, err := readFragment(text); err == nil && f.unguarded() == "" {
			t.Errorf("nothing found in %s", text)
		}
	}
}
