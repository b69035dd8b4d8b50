package tools

import (
	"fmt"
	"os"
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
