package main

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// service is an emulator on a loopback port, whose latency can be changed.
type service struct {
	*emulator.Emulator
	server  *httptest.Server
	latency atomic.Int64 // a time.Duration
}

// startService starts an emulator with active and revoked tokens, and the contract's rate limit. Its active-token limit is one
// higher than the given one, because the revoked tokens were active first.
func startService(has size, limit int) (*service, error) {
	tokens := emulator.New(emulator.Options{Tokens: has.tokens, ActiveTokenLimit: limit + 1})
	for range has.revoked {
		token, _, err := tokens.CreateToken(emulator.TokenInput{Name: "revoked"})
		if err == nil {
			err = tokens.RevokeToken(token.ID)
		}
		if err != nil {
			return nil, err
		}
	}
	s := &service{Emulator: tokens}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Duration(s.latency.Load()))
		s.ServeHTTP(w, r)
	}))
	return s, nil
}

// traffic is one run's API calls, from the journal.
type traffic struct {
	calls, refused int
	waited         time.Duration
}

func (t traffic) plus(other traffic) traffic {
	return traffic{t.calls + other.calls, t.refused + other.refused, t.waited + other.waited}
}

// takeTraffic returns the traffic since the last time, and empties the journals.
func takeTraffic(services ...*service) (sum traffic) {
	for _, s := range services {
		sum = sum.plus(trafficOf(s.Calls()))
		s.ForgetCalls()
	}
	return sum
}

// shortestWait is the shortest pause that counts as a wait for the rate limit. Other pauses between calls are shorter.
const shortestWait = 2 * time.Second

// trafficOf counts the calls and those that the rate limit refused, and adds up the waits after a refusal.
func trafficOf(calls []emulator.Call) traffic {
	t := traffic{calls: len(calls)}
	calls = slices.SortedFunc(slices.Values(calls), func(a, b emulator.Call) int { return a.Time.Compare(b.Time) })
	for i, call := range calls {
		if call.Status != http.StatusTooManyRequests {
			continue
		}
		t.refused++
		if i+1 < len(calls) {
			if gap := calls[i+1].Time.Sub(call.Time); gap > shortestWait {
				t.waited += gap
			}
		}
	}
	return t
}
