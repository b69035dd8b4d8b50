package main

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

const events = `{"Action":"run","Package":"p","Test":"TestRuns"}
{"Action":"pass","Package":"p","Test":"TestRuns"}
{"Action":"output","Package":"p","Test":"TestOld","Output":"=== RUN   TestOld\n"}
{"Action":"output","Package":"p","Test":"TestOld","Output":"    life_test.go:12: needs 1.12: skipping test\n"}
{"Action":"output","Package":"p","Test":"TestOld","Output":"--- SKIP: TestOld (0.00s)\n"}
{"Action":"skip","Package":"p","Test":"TestOld"}
{"Action":"fail","Package":"p","Test":"TestFails"}
{"Action":"skip","Package":"without/tests"}
`

var old = cli{"terraform", "1.11.4"}

func TestReadResults(t *testing.T) {
	got, err := readResults(strings.NewReader(events))
	if err != nil {
		t.Fatal(err)
	}
	want := []result{{name: "TestRuns"}, {name: "TestOld", skipped: true, reason: "needs 1.12: skipping test"}, {name: "TestFails"}}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, err := readResults(strings.NewReader("not JSON")); err == nil {
		t.Error("a file that is not JSON was accepted")
	}
}

func TestReport(t *testing.T) {
	results, _ := readResults(strings.NewReader(events))
	var out bytes.Buffer
	report(&out, results, old)
	want := "1 of 3 tests skipped on terraform 1.11.4\n  1: needs 1.12: skipping test\n     TestOld\n"
	if out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
}

func TestCompare(t *testing.T) {
	results, _ := readResults(strings.NewReader(events))
	for name, test := range map[string]struct {
		rules   string
		used    cli
		partial bool
		want    string // a part of the only problem; empty: no problem
	}{
		"listed":                     {rules: "terraform<1.12 TestOld", used: old},
		"listed for every version":   {rules: "any TestOld # why", used: cli{"tofu", "1.11.0"}},
		"not listed":                 {rules: "", used: old, want: "TestOld skipped, and is not listed: needs 1.12"},
		"listed for newer versions":  {rules: "terraform<1.11 TestOld", used: old, want: "not listed"},
		"listed for the other CLI":   {rules: "tofu TestOld", used: old, want: "not listed"},
		"listed, and ran":            {rules: "any TestOld\nany TestRuns", used: old, want: "TestRuns is listed, and ran"},
		"listed, and gone":           {rules: "any TestOld\nany TestGone", used: old, want: "TestGone is listed, and no such test"},
		"listed, and not in the run": {rules: "any TestOld\nany TestGone", used: old, partial: true},
	} {
		t.Run(name, func(t *testing.T) {
			rules, err := parseRules(test.rules)
			if err != nil {
				t.Fatal(err)
			}
			got := compare(results, rules, test.used, test.partial)
			switch {
			case test.want == "" && len(got) > 0:
				t.Errorf("got %q, want no problem", got)
			case test.want != "" && (len(got) != 1 || !strings.Contains(got[0], test.want)):
				t.Errorf("got %q, want one problem with %q", got, test.want)
			}
		})
	}
}

func TestParseRules(t *testing.T) {
	if _, err := parseRules(expected); err != nil {
		t.Errorf("expected.txt: %v", err)
	}
	for _, bad := range []string{"TestOnly", "pulumi TestX", "terraform>1.2 TestX", "any TestX why"} {
		if _, err := parseRules(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestParseCLI(t *testing.T) {
	for answer, want := range map[string]cli{
		"Terraform v1.11.4\non linux_amd64\n": old,
		"OpenTofu v1.12.6\non linux_amd64\n":  {"tofu", "1.12.6"},
	} {
		if got, err := parseCLI(answer); err != nil || got != want {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
	}
	if _, err := parseCLI("GNU Make 4.3"); err == nil {
		t.Error("make was taken for a CLI")
	}
}
