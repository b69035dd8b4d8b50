package provider

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// OpenTokens are the ephemeral tokens of this process that were opened and not closed. Terraform skips Close when
// something that uses a token fails, or when the run is interrupted, so whoever serves the provider calls CloseAll at the
// end. It is safe for concurrent use.
type OpenTokens struct {
	mu      sync.Mutex
	opening sync.WaitGroup
	open    map[string]openToken // by id
}

// openToken is a token that was opened, and the service whose credential opened it.
type openToken struct {
	name    string
	service *tokens.Service
}

// NewOpenTokens returns an empty one.
func NewOpenTokens() *OpenTokens { return &OpenTokens{open: map[string]openToken{}} }

// issue opens a token: it is known here from the moment that it exists.
func (o *OpenTokens) issue(create func() (tokens.Issued, error), service *tokens.Service) (tokens.Issued, error) {
	o.opening.Add(1)
	defer o.opening.Done()
	issued, err := create()
	made := issued.Token
	var lost *tokens.LostCreateError
	if errors.As(err, &lost) && lost.Left != nil {
		made = *lost.Left
	}
	if made.ID != "" {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.open[made.ID] = openToken{made.Name, service}
	}
	return issued, err
}

// retire closes a token with the credential that opened it, or with the given one where another process opened it: it is
// revoked and deleted. One that could not be closed stays open, so that CloseAll tries again.
func (o *OpenTokens) retire(ctx context.Context, id string, service *tokens.Service) error {
	o.mu.Lock()
	opened, ok := o.open[id]
	if !ok {
		opened = openToken{id, service}
		o.open[id] = opened
	}
	o.mu.Unlock()
	err := opened.service.Retire(ctx, id, false)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.open, id)
	}
	return err
}

// nameOf is the name of an open token, and the id of one that another process opened.
func (o *OpenTokens) nameOf(id string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return cmp.Or(o.open[id].name, id)
}

// CloseAll waits for tokens that are just being made, and closes all that are open. After each try that left some it asks
// again whether to try once more: closing can be repeated, and nobody comes after it. It ends with ctx: Terraform kills a
// plugin that takes longer than about two seconds to stop. It returns the ids of tokens that it could not close.
func (o *OpenTokens) CloseAll(ctx context.Context, again func(context.Context) bool) []string {
	made := make(chan struct{})
	go func() { o.opening.Wait(); close(made) }()
	select {
	case <-made:
	case <-ctx.Done():
	}
	for {
		var closing sync.WaitGroup
		for id, opened := range o.all() {
			closing.Go(func() { _ = o.retire(ctx, id, opened.service) })
		}
		closing.Wait()
		if left := o.all(); len(left) == 0 || !again(ctx) {
			return slices.Collect(maps.Keys(left))
		}
	}
}

// all are the tokens that are open now.
func (o *OpenTokens) all() map[string]openToken {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.open)
}
