// Package tools has tests of the scripts beside it.
package tools

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a script and returns all that it prints.
func run(t *testing.T, env []string, args ...string) (string, error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", args...)
	command.Env = append(os.Environ(), env...)
	out, err := command.CombinedOutput()
	return string(out), err
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	return file
}

// record is what `go test -json` writes.
const record = `{"Time":"2026-03-01T12:00:00Z","Action":"run","Package":"p","Test":"TestRuns"}
{"Time":"2026-03-01T12:00:00Z","Action":"pass","Package":"p","Test":"TestRuns","Elapsed":0}
{"Time":"2026-03-01T12:00:00Z","Action":"output","Package":"p","Test":"TestOld","Output":"{\"Action\":\"skip\",\"Package\":\"p\",\"Test\":\"TestOutput\"}\n"}
{"Time":"2026-03-01T12:00:00Z","Action":"skip","Package":"p","Test":"TestOld/a_case","Elapsed":0}
{"Action":"fail","Package":"p","Test":"TestFails"}
{"Action":"skip","Package":"without/tests","Elapsed":0}
`

func TestCheckSkips(t *testing.T) {
	t.Parallel()
	const terraform, tofu = "Terraform v1.11.4", "OpenTofu v1.11.5"
	for name, c := range map[string]struct {
		list, cli string
		partial   bool
		want      string // in an error; empty: none
	}{
		"listed":                     {list: "terraform<1.12  TestOld/a_case", cli: terraform},
		"listed for every version":   {list: "# a list\n\nany TestOld/a_case # why", cli: tofu},
		"not listed":                 {list: "", cli: terraform, partial: true, want: "TestOld/a_case: skipped, and not listed"},
		"listed for older versions":  {list: "terraform<1.11 TestOld/a_case", cli: terraform, want: "skipped, and not listed"},
		"1.9 is older than 1.11":     {list: "terraform<1.11 TestOld/a_case", cli: "Terraform v1.9.0"},
		"a pre-release is no older":  {list: "terraform<1.12 TestOld/a_case", cli: "Terraform v1.12.0-rc1", want: "skipped, and not listed"},
		"listed for the other CLI":   {list: "tofu TestOld/a_case", cli: terraform, want: "skipped, and not listed"},
		"listed, and ran":            {list: "any TestOld/a_case\nany TestRuns", cli: terraform, want: "TestRuns: listed, and ran"},
		"listed, and failed":         {list: "any TestOld/a_case\nany TestFails", cli: terraform, want: "TestFails: listed, and ran"},
		"listed, and gone":           {list: "any TestOld/a_case\nany TestGone", cli: terraform, want: "TestGone: listed, and no such test"},
		"gone where it would run":    {list: "any TestOld/a_case\ntofu TestGone", cli: terraform, want: "TestGone: listed, and no such test"},
		"listed, and not in the run": {list: "any TestOld/a_case\nany TestGone", cli: terraform, partial: true},
		"no CLI that it knows":       {list: "any TestOld/a_case Why", cli: "GNU Make 4.3", want: "neither Terraform nor OpenTofu"},
		"more than a name":           {list: "any TestOld/a_case Why", cli: terraform, want: "cannot be read"},
		"another comparison":         {list: "terraform>1.2 TestOld/a_case", cli: terraform, want: "cannot be read"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := []string{"check-skips.sh", write(t, "record", record), write(t, "list", c.list)}
			if c.partial {
				args = append(args, "partial")
			}
			out, err := run(t, []string{"TF_ACC_TERRAFORM_PATH=" + write(t, "cli", "#!/bin/sh\necho '"+c.cli+"'\n")}, args...)
			if c.want == "" && (err != nil || !strings.HasPrefix(out, "1 tests were skipped on "+c.cli)) || c.want != "" && (err == nil || !strings.Contains(out, c.want)) {
				t.Errorf("%v: %s\nwant %q", err, out, c.want)
			}
		})
	}
}

// The list itself can be read, as this is the run of a test that is not in it.
func TestCheckSkips_list(t *testing.T) {
	t.Parallel()
	ran := write(t, "record", `{"Action":"pass","Package":"p","Test":"TestRuns"}`+"\n")
	cli := []string{"TF_ACC_TERRAFORM_PATH=" + write(t, "cli", "#!/bin/sh\necho Terraform v1.14.9\n")}
	if out, err := run(t, cli, "check-skips.sh", ran, "expected-skips.txt", "partial"); err != nil {
		t.Errorf("%v: %s", err, out)
	}
	for _, nothing := range []string{write(t, "record", ""), "missing"} {
		if out, err := run(t, cli, "check-skips.sh", nothing, "expected-skips.txt", "partial"); err == nil || !strings.Contains(out, "records no test") {
			t.Errorf("a run of no test: %v: %s", err, out)
		}
	}
}
