//go:build race

package faults_test

// With the race detector, a cell takes ten times as long, and most cells run the same goroutines.
const (
	oneOf   = 16
	sampled = " (a sample, with the race detector)"
)
