package provider

import (
	"context"
	"errors"
	"sync"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// OpenTokens are the ephemeral tokens of this process that were opened and not closed. Terraform skips Close when
// something that uses a token fails, or when the run is interrupted, so whoever serves the provider calls CloseAll at the
// end. It is safe for concurrent use.
type OpenTokens struct {
	mu      sync.Mutex
	opening sync.WaitGroup
	open    map[string]*tokens.Service // by token id
}

// NewOpenTokens returns an empty one.
func NewOpenTokens() *OpenTokens { return &OpenTokens{open: map[string]*tokens.Service{}} }

// issue opens a token: it is known here from the moment that it exists.
func (o *OpenTokens) issue(create func() (tokens.Issued, error), service *tokens.Service) (tokens.Issued, error) {
	o.opening.Add(1)
	defer o.opening.Done()
	issued, err := create()
	id := issued.Token.ID
	var lost *tokens.LostCreateError
	if errors.As(err, &lost) && lost.Left != nil {
		id = lost.Left.ID
	}
	if id != "" {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.open[id] = service
	}
	return issued, err
}

// retire closes a token with the credential that opened it, or with the given one where another process opened it: it is
// revoked and deleted. One that could not be closed stays open, so that CloseAll tries again.
func (o *OpenTokens) retire(ctx context.Context, id string, service *tokens.Service) error {
	o.mu.Lock()
	if opener, ok := o.open[id]; ok {
		service = opener
	}
	o.mu.Unlock()
	err := service.Retire(ctx, id, false)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.open, id)
	}
	return err
}

// CloseAll waits for tokens that are just being made, and closes all that are open. It ends with ctx: Terraform kills a
// plugin that takes longer than about two seconds to stop. It returns the ids of tokens that it could not close.
func (o *OpenTokens) CloseAll(ctx context.Context) []string {
	made := make(chan struct{})
	go func() { o.opening.Wait(); close(made) }()
	select {
	case <-made:
	case <-ctx.Done():
	}
	o.mu.Lock()
	left := make(map[string]*tokens.Service, len(o.open))
	for id, service := range o.open {
		left[id] = service
	}
	o.mu.Unlock()
	var closing sync.WaitGroup
	for id, service := range left {
		closing.Go(func() { _ = o.retire(ctx, id, service) })
	}
	closing.Wait()
	o.mu.Lock()
	defer o.mu.Unlock()
	ids := make([]string, 0, len(o.open))
	for id := range o.open {
		ids = append(ids, id)
	}
	return ids
}
