package main

import (
	"context"
	"fmt"
	"io"
)

// The targets of a plan with 1,000 tokens that hold even on a busy machine. The others are in report.go.
const (
	checkedTokens = 1000
	checkedRuns   = 3
	mostCalls     = 12
)

// check plans with 1,000 tokens, and fails if the plan misses a target.
func check(ctx context.Context, m *machine, stdout io.Writer) error {
	s, err := startService(size{tokens: checkedTokens}, checkedTokens)
	if err != nil {
		return err
	}
	defer s.server.Close()
	w, err := managing(ctx, m, "check", join(providerBlock(s, ""), tokenBlock(checkedTokens, "")), importBlock(checkedTokens, ""))
	if err != nil {
		return err
	}
	var own, nothing []use
	var calls traffic
	for range checkedRuns {
		idle, err := w.with(m.nothing).use(ctx)
		if err != nil {
			return err
		}
		takeTraffic(s)
		busy, err := w.use(ctx)
		if err != nil {
			return err
		}
		calls = takeTraffic(s)
		own, nothing = append(own, busy), append(nothing, idle)
	}
	return verdict(stdout, calls, medianUse(own), medianUse(nothing))
}

// verdict prints the cost of a plan, and fails if the plan misses a target.
func verdict(stdout io.Writer, calls traffic, own, nothing use) error {
	_, _ = fmt.Fprintf(stdout, "A plan with %s tokens: %d API calls, at most %d; %s of memory in the plugin, below %s; %s of CPU time in it, %s times that of a plugin that does nothing, at most %.2f times.\n",
		count(checkedTokens), calls.calls, mostCalls, mebibytes(own.peak), mebibytes(mostPeak), seconds(own.cpu), ratio(own.cpu, nothing.cpu), mostCPURatio)
	if calls.calls > mostCalls || calls.refused > 0 || own.peak >= mostPeak || own.cpu.Seconds() > mostCPURatio*nothing.cpu.Seconds() {
		return fmt.Errorf("a plan with %s tokens takes more than it may", count(checkedTokens))
	}
	return nil
}
