package main

import (
	"fmt"
	"regexp"
	"strings"
)

// sectionOf is the text below a version's heading, which has the day of the release: "## 0.1.0 - 2026-12-01", with or
// without brackets around the version.
func sectionOf(changelog, version string) (string, error) {
	heading := regexp.MustCompile(`^## \[?` + regexp.QuoteMeta(version) + `\]?( - \d{4}-\d{2}-\d{2})?$`)
	var section strings.Builder
	dated, inside := false, false
	for line := range strings.Lines(changelog) {
		if strings.HasPrefix(line, "## ") {
			match := heading.FindStringSubmatch(strings.TrimSpace(line))
			inside = match != nil
			dated = dated || inside && match[1] != ""
			continue
		}
		if inside && !regexp.MustCompile(`^\[[^]]+\]: `).MatchString(line) { // links of headings stand at the end of the file
			section.WriteString(line)
		}
	}
	text := strings.TrimSpace(section.String())
	switch {
	case text == "":
		return "", fmt.Errorf("CHANGELOG.md has no section, or an empty one, for %s; rename \"Unreleased\" to \"%s - YYYY-MM-DD\"", version, version)
	case !dated:
		return "", fmt.Errorf("CHANGELOG.md's section for %s has no date; write \"## %s - YYYY-MM-DD\"", version, version)
	}
	return text + "\n", nil
}
