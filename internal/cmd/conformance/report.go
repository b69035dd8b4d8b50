package main

import (
	"fmt"
	"io"
)

// verdict is how a check ended.
type verdict string

const (
	ok         verdict = "ok"
	differs    verdict = "differs"
	notChecked verdict = "not checked"
)

// result is one check. A difference says what was expected and what was received; a check that was not made says why.
type result struct {
	operation, title   string
	verdict            verdict
	expected, received string
	why                string
}

// report has every check, in order.
type report struct {
	results []result
}

func (r *report) count(v verdict) int {
	n := 0
	for _, result := range r.results {
		if result.verdict == v {
			n++
		}
	}
	return n
}

func (r *report) print(out io.Writer) {
	for _, result := range r.results {
		_, _ = fmt.Fprintf(out, "%-11s  %s: %s\n", result.verdict, result.operation, result.title)
		switch result.verdict {
		case differs:
			_, _ = fmt.Fprintf(out, "%13sexpected: %s\n%13sreceived: %s\n", "", result.expected, "", result.received)
		case notChecked:
			_, _ = fmt.Fprintf(out, "%13swhy: %s\n", "", result.why)
		}
	}
	_, _ = fmt.Fprintf(out, "\n%d checks: %d ok, %d differ, %d not checked\n", len(r.results), r.count(ok), r.count(differs), r.count(notChecked))
}
