package tools

import (
	"regexp"
	"strings"
	"testing"
)

// CONTRIBUTING says of each direct dependency, and of no other module, why it is there.
func TestDependencies_eachHasAReason(t *testing.T) {
	t.Parallel()
	direct := map[string]bool{}
	for _, match := range regexp.MustCompile(`(?m)^\t(\S+) v\S+$`).FindAllStringSubmatch(read(t, "../../go.mod"), -1) {
		direct[match[1]] = true
	}
	_, section, _ := strings.Cut(read(t, "../../CONTRIBUTING.md"), "## Why each dependency")
	section, _, _ = strings.Cut(section, "\n## ")
	for _, match := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| (.+) \\|$").FindAllStringSubmatch(section, -1) {
		if !direct[match[1]] || len(match[2]) < 10 {
			t.Errorf("%s is no direct dependency, or has no reason", match[1])
		}
		delete(direct, match[1])
	}
	for module := range direct {
		t.Errorf("CONTRIBUTING does not say why %s is needed", module)
	}
}
