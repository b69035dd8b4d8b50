package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// result is how one test ended, and why it was skipped.
type result struct {
	name    string
	skipped bool
	reason  string
}

// readResults reads the events that `go test -json` wrote. A test that ran in several packages is one result each.
func readResults(events io.Reader) ([]result, error) {
	type key struct{ pkg, test string }
	output := map[key]string{}
	var results []result
	decoder := json.NewDecoder(events)
	for {
		var event struct{ Action, Package, Test, Output string }
		err := decoder.Decode(&event)
		if errors.Is(err, io.EOF) {
			return results, nil
		}
		if err != nil {
			return nil, err
		}
		at := key{event.Package, event.Test}
		switch {
		case event.Test == "": // About a whole package; one without tests says "skip" too.
		case event.Action == "output":
			output[at] += event.Output
		case event.Action == "pass" || event.Action == "fail":
			results = append(results, result{name: event.Test})
		case event.Action == "skip":
			results = append(results, result{name: event.Test, skipped: true, reason: reason(output[at])})
		}
	}
}

// reason picks what a test said when it skipped: its output without the lines that `go test` adds.
func reason(output string) string {
	var said []string
	for line := range strings.Lines(output) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "===") || strings.HasPrefix(line, "---") {
			continue
		}
		if place, text, found := strings.Cut(line, ": "); found && strings.Contains(place, ".go:") {
			line = text
		}
		said = append(said, line)
	}
	if len(said) == 0 {
		return "no reason given"
	}
	return strings.Join(said, " ")
}

// report prints how many tests were skipped, and why.
func report(out io.Writer, results []result, used cli) {
	names := map[string][]string{}
	skipped := 0
	for _, r := range results {
		if r.skipped {
			names[r.reason] = append(names[r.reason], r.name)
			skipped++
		}
	}
	_, _ = fmt.Fprintf(out, "%d of %d tests skipped on %s %s\n", skipped, len(results), used.name, used.version)
	reasons := make([]string, 0, len(names))
	for why := range names {
		reasons = append(reasons, why)
	}
	slices.Sort(reasons)
	for _, why := range reasons {
		slices.Sort(names[why])
		_, _ = fmt.Fprintf(out, "  %d: %s\n     %s\n", len(names[why]), why, strings.Join(names[why], ", "))
	}
}
