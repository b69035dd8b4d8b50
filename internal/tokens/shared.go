package tokens

import (
	"context"
	"sync"
)

// shared is a value that is fetched once, whoever asks first, and then kept, its error too. Its zero value is ready.
type shared[T any] struct {
	mu    sync.Mutex
	done  chan struct{} // closed when the fetch has ended; nil before the first one asks
	value T             // written before done is closed, and read after
	err   error
}

// start begins to fetch, unless somebody did before, and returns a channel that is closed when the fetch has ended. The
// fetch does not run on the context of the one who asked first: a caller that is cancelled must not fail the others.
func (s *shared[T]) start(ctx context.Context, fetch func(context.Context) (T, error)) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.done == nil {
		done := make(chan struct{})
		s.done = done
		go func() {
			defer close(done)
			s.value, s.err = fetch(context.WithoutCancel(ctx))
		}()
	}
	return s.done
}

// get returns the value, or the context's error if that ends before the fetch does.
func (s *shared[T]) get(ctx context.Context, fetch func(context.Context) (T, error)) (T, error) {
	done := s.start(ctx, fetch)
	if !isDone(done) {
		select {
		case <-done:
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
	}
	return s.value, s.err
}

// started reports whether the fetch was begun.
func (s *shared[T]) started() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.done != nil
}

func isDone(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}
