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

// OpenTokens are the ephemeral tokens of this process that were opened and not closed. Terraform skips Close after an error in
// something that uses a token, or after an interrupt, so the program that serves the provider calls CloseAll at the end. It is
// safe for concurrent use.
type OpenTokens struct {
	mu    sync.Mutex
	byKey map[string]openToken // by id, or by name as long as the id is not known
}

// openToken is a token that was opened, and the service whose credential opened it.
type openToken struct {
	id        string // empty while it is being opened, and if a lost response did not tell it
	opening   bool   // it may be made at any moment
	name      string
	createdAt time.Time
	service   *tokens.Service
}

// NewOpenTokens returns an empty one.
func NewOpenTokens() *OpenTokens { return &OpenTokens{byKey: map[string]openToken{}} }

// open opens a token of a name that nothing else has. It is known here, by that name, before it exists: the run can end
// while a lost response is looked into. After a lost response, what it may have made is removed at once; removed reports that
// there was something, and that it is gone. What was not found is looked for by its name again at the end.
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
	for _, t := range lost.Candidates { // the name is unique, so they are this run's
		o.add(t.ID, openToken{id: t.ID, name: name, createdAt: t.CreatedAt, service: service})
		removed = o.close(context.WithoutCancel(ctx), t.ID, service) == nil && removed
	}
	return issued, removed, err
}

// endOpening ends the opening of a name. It stays known by its name only if a lost response may have left what was not found.
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

// close closes a token with the credential that opened it, or with the given one if another process opened it: it is
// revoked and deleted. One that could not be closed stays open, so that CloseAll tries again.
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

// errStillOpening is a token that was not found because it is not made yet.
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

// nameOf is the name of an open token, and the id of one that another process opened.
func (o *OpenTokens) nameOf(id string) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return cmp.Or(o.byKey[id].name, id)
}

// CloseAll closes all tokens that are open or in creation. If some are left, it calls again, which says whether to retry: closing
// twice does no harm, and nothing closes them later. It ends with ctx, because Terraform kills a plugin that takes longer than
// about two seconds to stop. It returns the ids, or names, of the tokens that it could not close.
func (o *OpenTokens) CloseAll(ctx context.Context, again func(context.Context) bool) []string {
	for {
		var closing sync.WaitGroup
		for id, opened := range o.all() {
			closing.Go(func() { _ = o.close(ctx, id, opened.service) })
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
	return maps.Clone(o.byKey)
}
