package tokens

import (
	"context"
	"sync"
)

// shared is a value, or an error, that the first caller fetches and all later callers get. Its zero value is ready to use.
type shared[T any] struct {
	mu    sync.Mutex
	done  chan struct{} // closed when the fetch has ended; nil before it begins
	value T             // written before done is closed, read afterwards
	err   error
}

// start begins the fetch, unless it has begun before. It returns a channel that is closed when the fetch has ended. The fetch
// does not end with the context of the first caller: if that caller is canceled, the others must not fail.
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

// get returns the value, or the context's error if the context ends before the fetch.
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

// started reports whether the fetch has begun.
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
