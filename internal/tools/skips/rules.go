package main

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// cli is the program that the tests drove.
type cli struct {
	name    string // "terraform" or "tofu"
	version string
}

// parseCLI reads the first line of `terraform version` or `tofu version`.
func parseCLI(answer string) (cli, error) {
	first, _, _ := strings.Cut(answer, "\n")
	product, version, _ := strings.Cut(strings.TrimSpace(first), " v")
	switch product {
	case "Terraform":
		return cli{"terraform", version}, nil
	case "OpenTofu":
		return cli{"tofu", version}, nil
	}
	return cli{}, fmt.Errorf("neither Terraform nor OpenTofu says %q", first)
}

// rule is one line of expected.txt: on this CLI, this test skips.
type rule struct {
	cli   string // "terraform", "tofu" or "any"
	below string // only versions below this one; empty: every version
	test  string
}

var rulePattern = regexp.MustCompile(`^(any|terraform|tofu)(?:<(\d+\.\d+))?\s+(\S+)$`)

// parseRules reads expected.txt.
func parseRules(text string) ([]rule, error) {
	var rules []rule
	for line := range strings.Lines(text) {
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		match := rulePattern.FindStringSubmatch(line)
		if match == nil {
			return nil, fmt.Errorf("cannot read %q", line)
		}
		rules = append(rules, rule{cli: match[1], below: match[2], test: match[3]})
	}
	return rules, nil
}

// applies says whether a rule is about the CLI that was used.
func (r rule) applies(used cli) bool {
	if r.cli != "any" && r.cli != used.name {
		return false
	}
	return r.below == "" || less(used.version, r.below)
}

// less compares two versions by major and minor number; nothing here depends on a patch release.
func less(a, b string) bool {
	aMajor, aMinor := majorMinor(a)
	bMajor, bMinor := majorMinor(b)
	return aMajor < bMajor || aMajor == bMajor && aMinor < bMinor
}

func majorMinor(version string) (major, minor int) {
	numbers := strings.SplitN(version, ".", 3)
	major, _ = strconv.Atoi(numbers[0])
	if len(numbers) > 1 {
		minor, _ = strconv.Atoi(numbers[1])
	}
	return major, minor
}

// compare lists what differs between the tests that skipped and those that were expected to.
func compare(results []result, rules []rule, used cli, partial bool) []string {
	expected := map[string]bool{}
	for _, r := range rules {
		if r.applies(used) {
			expected[r.test] = true
		}
	}
	var problems []string
	seen := map[string]bool{}
	for _, r := range results {
		seen[r.name] = true
		switch {
		case r.skipped && !expected[r.name]:
			problems = append(problems, fmt.Sprintf("%s skipped, and is not listed: %s", r.name, r.reason))
		case !r.skipped && expected[r.name]:
			problems = append(problems, fmt.Sprintf("%s is listed, and ran: take it out of the list", r.name))
		}
	}
	for _, r := range rules {
		if !seen[r.test] && !partial {
			problems = append(problems, fmt.Sprintf("%s is listed, and no such test was run", r.test))
		}
	}
	return problems
}
