package provider_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Terraform changes ten resources at a time. The calls for one token do not wait for those for another: here, each call waits
// until all ten have arrived.
func TestCallsForManyTokensOverlap(t *testing.T) {
	t.Parallel()
	const tokens = 10
	e := acctest.New(t)
	c := e.NewProvider(acctest.Values{"max_retries": 0, "request_timeout": "10s"})
	each := func(do func(i int)) {
		var all sync.WaitGroup
		for i := range tokens {
			all.Go(func() { do(i) })
		}
		all.Wait()
	}
	for _, operation := range []string{"CreateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken"} {
		e.Emulator.Fail(emulator.Fault{Operation: operation, Before: meeting(t, tokens)})
	}
	var made [tokens]acctest.Instance
	each(func(i int) {
		made[i] = c.Create(acctest.With(acctest.Basic, acctest.Values{"name": fmt.Sprint("t", i)}))
	})
	each(func(i int) {
		if _, diags := c.Destroy(made[i]); acctest.Errors(diags) != "" {
			t.Error(acctest.Errors(diags))
		}
	})
	if left := len(e.Emulator.Tokens()); left != 0 {
		t.Errorf("%d tokens are left", left)
	}
}

// meeting waits until it was called this many times, or until the test has failed.
func meeting(t *testing.T, calls int) func() {
	var mu sync.Mutex
	come, complete := 0, make(chan struct{})
	return func() {
		mu.Lock()
		if come++; come == calls {
			close(complete)
		}
		mu.Unlock()
		select {
		case <-complete:
		case <-t.Context().Done():
		}
	}
}
