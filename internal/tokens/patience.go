package tokens

import (
	"cmp"
	"context"
	"fmt"
	"sync"
	"time"
)

const (
	// maxPatience is how long a run waits, in all its pauses together, for a service that lags behind its own writes.
	maxPatience = 10 * time.Second
	// firstPause is the first pause; each one after it is longer by as much.
	firstPause = 500 * time.Millisecond
)

// patience lets the calls of a run wait together for a service that lags behind its own writes. A run waits maxPatience
// at most, however many tokens are missing. Its zero value needs wait.
type patience struct {
	wait func(context.Context, time.Duration) error

	mu      sync.Mutex
	spent   time.Duration
	next    time.Duration
	pausing chan struct{} // closed when the pause that is going on ends; nil between pauses
}

// pause waits for a moment. Callers that wait at the same time share one pause. It reports whether to try again: not if
// the run's patience is used up or ctx has ended.
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

// begin joins the pause that is going on, or begins another one. The pause does not run on the context of the
// caller that began it: others may wait for it too.
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

// patiently makes a call again for as long as its error says that the service lags, and the run's patience lasts. Only
// calls that were refused may be made again, so lagging must not accept an error of a call that may have acted.
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

// interrupted is an error if ctx has ended. What a service that lags would have shown later is not known then, and must not
// count as gone.
func interrupted(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("the run was interrupted while it waited for the service to show the token: %w", err)
	}
	return nil
}
