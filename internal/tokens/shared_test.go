package tokens

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
)

// However many callers there are at once, the value is fetched once, and all get it.
func TestShared_fetchesOnce(t *testing.T) {
	t.Parallel()
	var s shared[int]
	var fetches atomic.Int64
	release := make(chan struct{})
	fetch := func(context.Context) (int, error) {
		fetches.Add(1)
		<-release
		return 7, nil
	}
	if s.started() {
		t.Error("it is started before anybody asked")
	}
	s.start(t.Context(), fetch)
	if !s.started() {
		t.Error("it is not started")
	}
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			if value, err := s.get(t.Context(), fetch); value != 7 || err != nil {
				t.Errorf("got %d, %v", value, err)
			}
		})
	}
	close(release)
	all.Wait()
	if fetches.Load() != 1 {
		t.Errorf("%d fetches", fetches.Load())
	}
}

// An error is kept like a value, and not fetched again.
func TestShared_keepsTheError(t *testing.T) {
	t.Parallel()
	var s shared[int]
	first, second := errors.New("first"), errors.New("second")
	for _, next := range []error{first, second} {
		if _, err := s.get(t.Context(), func(context.Context) (int, error) { return 0, next }); !errors.Is(err, first) {
			t.Errorf("got %v", err)
		}
	}
}

// If a caller's context ends, the caller gets its error, and the fetch goes on for the others. If the value is there already, a
// canceled caller gets it too.
func TestShared_aCanceledCallerFailsAlone(t *testing.T) {
	t.Parallel()
	var s shared[int]
	release := make(chan struct{})
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	fetch := func(ctx context.Context) (int, error) {
		<-release
		return 7, ctx.Err()
	}
	if _, err := s.get(canceled, fetch); !errors.Is(err, context.Canceled) {
		t.Errorf("the canceled caller got %v", err)
	}
	close(release)
	for _, ctx := range []context.Context{t.Context(), canceled} {
		if value, err := s.get(ctx, fetch); value != 7 || err != nil {
			t.Errorf("got %d, %v", value, err)
		}
	}
}
