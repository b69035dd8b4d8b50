package policies

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/itchyny/gojq"
	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/loader"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
)

var (
	policyDir = filepath.Join(repository, "examples", "policies", "policy")
	dataDir   = filepath.Join(repository, "examples", "policies", "data")
	filter    = filepath.Join(repository, "examples", "policies", "sanitize", "plan.jq")
)

// loaded are the rules and the data as they are shipped.
var loaded = sync.OnceValues(func() (*loader.Result, error) {
	return loader.NewFileLoader().WithProcessAnnotation(true).WithRegoVersion(ast.RegoV1).All([]string{policyDir, dataDir})
})

// compiled are the rules, ready to be asked.
var compiled = sync.OnceValues(func() (*ast.Compiler, error) {
	bundle, err := loaded()
	if err != nil {
		return nil, err
	}
	modules := map[string]*ast.Module{}
	for name, file := range bundle.Modules {
		modules[name] = file.Parsed
	}
	compiler := ast.NewCompiler()
	compiler.Compile(modules)
	if compiler.Failed() {
		return nil, compiler.Errors
	}
	return compiler, nil
})

// review asks the rules about a plan in JSON, with the shipped data but for the entries of token_review in data, and with the
// limits of these tests and any credential. It returns "rule address" of each finding, sorted.
func review(t *testing.T, plan []byte, data object) []string {
	t.Helper()
	found := []string{}
	for _, finding := range findings(t, plan, data) {
		found = append(found, finding["id"].(string)+" "+finding["address"].(string))
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// messages are what a user reads about a plan, with the shipped data.
func messages(t *testing.T, plan []byte) []string {
	t.Helper()
	var texts []string
	for _, finding := range findings(t, plan, nil) {
		texts = append(texts, finding["msg"].(string))
	}
	return texts
}

func findings(t *testing.T, plan []byte, data object) []object {
	t.Helper()
	var input any
	if err := json.Unmarshal(plan, &input); err != nil {
		t.Fatal(err)
	}
	bundle, err := loaded()
	if err != nil {
		t.Fatal(err)
	}
	shipped, _ := bundle.Documents["token_review"].(object)
	entries := maps.Clone(shipped)
	entries["limits"], entries["credentials"] = limits(nil), nil
	maps.Copy(entries, data)
	rules, err := compiled()
	if err != nil {
		t.Fatal(err)
	}
	result, err := rego.New(rego.Query("data.safetyculture.deny"), rego.Input(input), rego.Compiler(rules),
		rego.Store(inmem.NewFromObject(object{"token_review": entries}))).Eval(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(result) != 1 {
		t.Fatalf("deny is undefined")
	}
	var found []object
	for _, each := range result[0].Expressions[0].Value.([]any) {
		finding := each.(object)
		text, ok := strings.CutPrefix(finding["msg"].(string), fmt.Sprintf("%s: %s: ", finding["id"], finding["address"]))
		if !ok || !saysHowToFix(text) {
			t.Errorf("a finding without its rule, its address or how to fix it: %v", finding)
		}
		found = append(found, finding)
	}
	return found
}

// howToFix is how the end of a message begins, after a semicolon.
var howToFix = regexp.MustCompile(`^[^;]+; (add|destroy|fix|have|keep|make|pass|remove|set|use|write) [^;]+$`)

func saysHowToFix(text string) bool { return howToFix.MatchString(text) }

// filterProgram is the filter as gojq runs it.
var filterProgram = sync.OnceValues(func() (*gojq.Code, error) {
	text, err := os.ReadFile(filter)
	if err != nil {
		return nil, err
	}
	query, err := gojq.Parse(string(text))
	if err != nil {
		return nil, err
	}
	return gojq.Compile(query)
})

// filteredBy is a document after the filter, by gojq.
func filteredBy(t *testing.T, document []byte) ([]byte, error) {
	t.Helper()
	program, err := filterProgram()
	if err != nil {
		t.Fatal(err)
	}
	var input any
	if err := json.Unmarshal(document, &input); err != nil {
		t.Fatal(err)
	}
	value, _ := program.Run(input).Next()
	if err, ok := value.(error); ok {
		return nil, err
	}
	return json.Marshal(value)
}

// jqProgram is jq on PATH; empty where there is none, or gojq takes its place (with-cli.sh).
var jqProgram = sync.OnceValue(func() string {
	path, err := exec.LookPath("jq")
	if version, _ := exec.Command("jq", "--version").Output(); err != nil || bytes.HasPrefix(version, []byte("gojq")) {
		return ""
	}
	return path
})

// sanitized is a plan after the filter: by gojq, and by jq where the machine has it, which must agree.
func sanitized(t *testing.T, plan []byte) []byte {
	t.Helper()
	out, err := filteredBy(t, plan)
	if err != nil {
		t.Fatal(err)
	}
	if jq := jqProgram(); jq != "" {
		command := exec.CommandContext(t.Context(), jq, "-f", filter)
		command.Stdin = bytes.NewReader(plan)
		byJQ, err := command.Output()
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, out, byJQ) {
			t.Errorf("jq and gojq do not agree:\n%s\n%s", byJQ, out)
		}
	}
	return out
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var left, right any
	for document, value := range map[*[]byte]*any{&a: &left, &b: &right} {
		if err := json.Unmarshal(*document, value); err != nil {
			t.Fatal(err)
		}
	}
	return reflect.DeepEqual(left, right)
}
