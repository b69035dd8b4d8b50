//go:build !race

package faults_test

// Without the race detector every cell runs.
const (
	oneOf   = 1
	sampled = ""
)
