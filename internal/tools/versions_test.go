package tools

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// versionsOf reads a line of internal/cli/versions.txt: Terraform's version, and OpenTofu's.
func versionsOf(t *testing.T, name string) (terraform, tofu string) {
	t.Helper()
	match := regexp.MustCompile(`(?m)^` + name + ` +(\S+) +(\S+)`).FindStringSubmatch(read(t, "../cli/versions.txt"))
	if match == nil {
		t.Fatalf("versions.txt has no line %s", name)
	}
	return match[1], match[2]
}

func read(t *testing.T, file string) string {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// minors are all minor versions from one to another, as the workflow names them.
func minors(t *testing.T, from, to, rest string) string {
	t.Helper()
	minor := func(version string) int {
		n, err := strconv.Atoi(strings.Split(version, ".")[1])
		if err != nil || !strings.HasPrefix(version, "1.") {
			t.Fatalf("%s: %v", version, err)
		}
		return n
	}
	var all []string
	for n := minor(from); n <= minor(to); n++ {
		all = append(all, fmt.Sprintf(`"1.%d.%s"`, n, rest))
	}
	return "version: [" + strings.Join(append(all, "latest"), ", ") + "]"
}

// The workflow tests every minor version from the oldest to the newest, and no other file names a version of its own.
func TestVersions(t *testing.T) {
	t.Parallel()
	oldest, oldestTofu := versionsOf(t, "oldest")
	newest, newestTofu := versionsOf(t, "newest")
	for _, file := range []string{"../../.github/workflows/test.yml", "../../.github/workflows/nightly.yml"} {
		workflow := read(t, file)
		for _, want := range []string{minors(t, oldest, newest, "*"), minors(t, oldestTofu, newestTofu, "x")} {
			if !strings.Contains(workflow, want) {
				t.Errorf("%s lacks %s", file, want)
			}
		}
	}
	for _, file := range []string{"../../GNUmakefile", "../../.ci/run", "with-cli.sh", "get-cli.sh"} {
		for _, version := range []string{newest, newestTofu, oldest, oldestTofu} {
			if strings.Contains(read(t, file), version) {
				t.Errorf("%s names %s: take it from versions.txt", file, version)
			}
		}
	}
	for _, file := range []string{"../../README.md", "../../docs/index.md"} {
		for _, want := range []string{"Terraform " + short(oldest), "OpenTofu " + short(oldestTofu)} {
			if !strings.Contains(strings.Join(strings.Fields(read(t, file)), " "), want) {
				t.Errorf("%s does not say that the provider is for %s or later", file, want)
			}
		}
	}
}

// short is a version without its patch level.
func short(version string) string { return version[:strings.LastIndex(version, ".")] }

// named finds "Terraform 1.14", and "OpenTofu 1.11, 1.12 and 1.13" as three.
var named = regexp.MustCompile(`\b(Terraform|OpenTofu)\s+(v?1\.\d+(?:\.\d+)?(?:(?:,| and| or| to)\s+v?1\.\d+(?:\.\d+)?)*)`)

// unknownVersions are the versions that a text names and versions.txt does not: not in the product's column, and not a minor
// version between the oldest and the newest of it.
func unknownVersions(t *testing.T, text string) (unknown []string) {
	t.Helper()
	lines := regexp.MustCompile(`(?m)^[a-z-]+ +(\S+) +(\S+)`).FindAllStringSubmatch(read(t, "../cli/versions.txt"), -1)
	known := map[string]bool{}
	for _, line := range lines {
		known["Terraform "+line[1]], known["OpenTofu "+line[2]] = true, true
	}
	oldest, oldestTofu := versionsOf(t, "oldest")
	newest, newestTofu := versionsOf(t, "newest")
	for product, tested := range map[string]string{"Terraform": minors(t, oldest, newest, "*"), "OpenTofu": minors(t, oldestTofu, newestTofu, "*")} {
		for _, minor := range regexp.MustCompile(`1\.\d+`).FindAllString(tested, -1) {
			known[product+" "+minor] = true
		}
	}
	for _, match := range named.FindAllStringSubmatch(text, -1) {
		for _, version := range regexp.MustCompile(`1\.\d+(?:\.\d+)?`).FindAllString(match[2], -1) {
			if name := match[1] + " " + version; !known[name] {
				unknown = append(unknown, name)
			}
		}
	}
	return unknown
}

// What documents, examples, workflows and the provider's own words name is in versions.txt.
func TestVersions_documents(t *testing.T) {
	t.Parallel()
	listed, err := exec.CommandContext(t.Context(), "git", "-C", "../..", "ls-files", "--", "README.md", "CONTRIBUTING.md", "SECURITY.md", "templates", "examples", ".github", "internal/*.go").Output()
	if err != nil {
		t.Fatal(err)
	}
	mentions := 0
	for file := range strings.FieldsSeq(string(listed)) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		text := read(t, "../../"+file)
		mentions += len(named.FindAllString(text, -1))
		for _, version := range unknownVersions(t, text) {
			t.Errorf("%s names %s, which is not in internal/cli/versions.txt: add a line that says what it is for", file, version)
		}
	}
	if mentions < 20 {
		t.Errorf("only %d mentions were found", mentions)
	}
	got := unknownVersions(t, "Terraform 1.3, 1.14 and 1.99, OpenTofu 1.14 or\nOpenTofu v1.12.6, Terraform v1.16.9")
	if want := "[Terraform 1.3 Terraform 1.99 OpenTofu 1.14 Terraform 1.16.9]"; fmt.Sprint(got) != want {
		t.Errorf("found %v, want %s", got, want)
	}
}
