package provider

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// OpenTokens are the ephemeral tokens that this process has opened and not closed. Terraform does not call Close after an
// interrupt, or if something that uses the token fails. So the program that serves the provider calls CloseAll at the end. It
// is safe for concurrent use.
type OpenTokens struct {
	mu    sync.Mutex
	byKey map[string]openToken // by id, or by name while the id is unknown
}

// openToken is an open token, and the service whose credential opened it.
type openToken struct {
	id        string // empty until it is open, and if the response was lost
	opening   bool   // the create is in flight
	name      string
	createdAt time.Time
	service   *tokens.Service
}

// NewOpenTokens returns an OpenTokens without tokens.
func NewOpenTokens() *OpenTokens { return &OpenTokens{byKey: map[string]openToken{}} }

// open opens a token with a unique name. It adds the name before it creates the token, because the run can end in between.
// After a lost response, it removes the leftover token at once. removed reports that it found one and removed it. If it found
// none, CloseAll looks for the name again.
func (o *OpenTokens) open(ctx context.Context, name string, create func() (tokens.Issued, error), service *tokens.Service) (issued tokens.Issued, removed bool, err error) {
	o.add(name, openToken{name: name, opening: true, service: service})
	defer o.endOpening(name, &err)
	issued, err = create()
	var lost *tokens.LostCreateError
	if !errors.As(err, &lost) {
		if err == nil {
			o.add(issued.Token.ID, openToken{id: issued.Token.ID, name: name, createdAt: issued.Token.CreatedAt, service: service})
		}
		return issued, false, err
	}
	removed = len(lost.Candidates) > 0
	for _, t := range lost.Candidates { // their name is unique, so this run created them
		o.add(t.ID, openToken{id: t.ID, name: name, createdAt: t.CreatedAt, service: service})
		removed = o.close(context.WithoutCancel(ctx), t.ID, service) == nil && removed
	}
	return issued, removed, err
}

// endOpening forgets a name after its token was opened. It keeps the name if the response was lost and no leftover token was
// found: the token may appear later.
func (o *OpenTokens) endOpening(name string, err *error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	byName, ok := o.byKey[name]
	var lost *tokens.LostCreateError
	if ok && errors.As(*err, &lost) && len(lost.Candidates) == 0 {
		byName.opening = false
		o.byKey[name] = byName
		return
	}
	delete(o.byKey, name)
}

func (o *OpenTokens) add(key string, token openToken) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.byKey[key] = token
}

// close revokes and deletes a token, with the credential that opened it. If another process opened it, close uses the given
// service. If close fails, the token stays open, so that CloseAll tries again.
func (o *OpenTokens) close(ctx context.Context, key string, service *tokens.Service) error {
	o.mu.Lock()
	opened, ok := o.byKey[key]
	if !ok { // another process opened it: its age is not known
		opened = openToken{id: key, name: key, service: service}
		o.byKey[key] = opened
	}
	o.mu.Unlock()
	err := opened.remove(ctx)
	if err == nil {
		o.mu.Lock()
		defer o.mu.Unlock()
		delete(o.byKey, key)
	}
	return err
}

// errStillOpening is returned for a token that was not found while its create is in flight.
var errStillOpening = errors.New("the token is still being opened")

func (t openToken) remove(ctx context.Context) error {
	if t.id == "" {
		found, err := t.service.RetireNamed(ctx, t.name)
		if err == nil && found == 0 && t.opening {
			return errStillOpening
		}
		return err
	}
	return t.service.Retire(ctx, tokens.Prior{ID: t.id, CreatedAt: t.createdAt}, tokens.DestroyDelete)
}

// nameOf returns the name of an open token, or the id if another process opened it.
func (o *OpenTokens) nameOf(id string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return cmp.Or(o.byKey[id].name, id)
}

// CloseAll closes all tokens that are open or in creation. If some are left, it calls mayRetry and retries if that returns true:
// nothing closes them later, and closing twice does no harm. It stops when ctx ends, because Terraform kills a plugin that takes
// longer than about two seconds to stop. It returns the ids, or names, of the tokens that it could not close.
func (o *OpenTokens) CloseAll(ctx context.Context, mayRetry func(context.Context) bool) []string {
	for {
		var closing sync.WaitGroup
		for id, opened := range o.all() {
			closing.Go(func() { _ = o.close(ctx, id, opened.service) })
		}
		closing.Wait()
		if left := o.all(); len(left) == 0 || !mayRetry(ctx) {
			return slices.Collect(maps.Keys(left))
		}
	}
}

// all returns the tokens that are open now.
func (o *OpenTokens) all() map[string]openToken {
	o.mu.Lock()
	defer o.mu.Unlock()
	return maps.Clone(o.byKey)
}
