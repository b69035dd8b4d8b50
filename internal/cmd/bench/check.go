package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The targets of a plan with 1,000 tokens that do not depend on how fast a machine is. The memory's is in report.go.
const (
	checkedTokens = 1000
	mostCalls     = 12
)

// check plans with 1,000 tokens once, and fails when that takes more calls or memory than it may.
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
	s.ForgetCalls()
	peak, err := peakOfPlans(ctx, w, 1)
	if err != nil {
		return err
	}
	calls := s.Calls()
	_, _ = fmt.Fprintf(stdout, "A plan with %s tokens: %d API calls, at most %d; %s of memory in the plugin, below %s.\n",
		count(checkedTokens), len(calls), mostCalls, mebibytes(peak), mebibytes(mostPeak))
	refused := func(c emulator.Call) bool { return c.Status == http.StatusTooManyRequests }
	if len(calls) > mostCalls || peak >= mostPeak || slices.ContainsFunc(calls, refused) {
		return fmt.Errorf("a plan with %s tokens takes more than it may", count(checkedTokens))
	}
	return nil
}
