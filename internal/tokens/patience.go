package tokens

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// maxPatience is how long all pauses of a run together may last.
	maxPatience = 10 * time.Second
	// firstPause is the length of the first pause. Each later pause is longer by this much.
	firstPause = 500 * time.Millisecond
)

// patience makes the calls of a run wait together for a service that lags behind its own writes. A run waits at most
// maxPatience, however many tokens are missing. Set wait before use.
type patience struct {
	wait func(context.Context, time.Duration) error

	mu      sync.Mutex
	spent   time.Duration
	next    time.Duration
	pausing chan struct{} // closed when the current pause ends; nil between pauses
}

// pause waits for the next pause to end. Callers that wait at the same time share one pause. It returns false if the run's
// patience is used up or ctx has ended: then do not retry.
func (p *patience) pause(ctx context.Context) bool {
	ended, ok := p.begin(ctx)
	if !ok {
		return false
	}
	select {
	case <-ended:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}

// begin joins the current pause, or begins a new one. The pause does not end with the context of the caller that began it:
// others may wait for it too.
func (p *patience) begin(ctx context.Context) (ended <-chan struct{}, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.pausing != nil {
		return p.pausing, true
	}
	p.next += firstPause
	length := min(p.next, maxPatience-p.spent)
	if length <= 0 {
		return nil, false
	}
	p.spent += length
	pausing := make(chan struct{})
	p.pausing = pausing
	go func() {
		_ = p.wait(context.WithoutCancel(ctx), length)
		p.mu.Lock()
		defer p.mu.Unlock()
		p.pausing = nil
		close(pausing)
	}()
	return pausing, true
}

// patiently retries a call while lagging says that the service lags, until the run's patience is used up. Only a call that the
// API refused may be retried, so lagging must return false for an error after which the API may have acted.
func (s *Service) patiently(ctx context.Context, call func() error, lagging func(error) bool) error {
	for {
		err := call()
		if err == nil || !lagging(err) {
			return err
		}
		if !s.patience.pause(ctx) {
			return cmp.Or(interrupted(ctx), err)
		}
	}
}

// interrupted returns an error if ctx has ended. The service might have shown the token later, so it must not count as gone.
func interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the run was interrupted while it waited for the service to show the token: %w", err)
	}
	return nil
}
