package tokens

import (
	"maps"
	"slices"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// change is what a run has written or read of one token.
type change struct {
	before formerly              // when the organization's number of active tokens was read
	after  *api.ServiceUserToken // nil: deleted
}

// formerly says whether a token was active before a change.
type formerly bool

const (
	formerlyActive   formerly = true
	formerlyInactive formerly = false
)

// take makes a new list the base of what the run knows, unless the base is already the list of all tokens. It returns the
// base. A list's number of active tokens comes with its last page, so it includes the changes that the run made before.
func (i *inventory) take(list listing) listing {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.base != nil && i.base.whole {
		return *i.base
	}
	for id, c := range i.changes {
		c.before = formerly(isActive(c.after))
		i.changes[id] = c
	}
	i.base, i.merged = &list, nil
	return list
}

// listed returns the list that the run works with, if one was read.
func (i *inventory) listed() (listing, bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.base == nil {
		return listing{}, false
	}
	return *i.base, true
}

// miss records a token that is not in the list of active tokens. It returns how many different tokens were missing so far.
func (i *inventory) miss(id string) int {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.missed == nil {
		i.missed = map[string]bool{}
	}
	i.missed[api.IDKey(id)] = true
	return len(i.missed)
}

// written keeps the token that the API returned for a call that changed it. before is as in put.
func (i *inventory) written(t api.ServiceUserToken, before formerly) {
	i.writes.Add(1)
	i.put(t.ID, &t, before)
}

// put keeps a token as it is after a call; nil is deleted. before is what the call tells about the token's earlier state. It
// counts only if the run did not know the token.
func (i *inventory) put(id string, after *api.ServiceUserToken, before formerly) {
	id = api.IDKey(id)
	i.mu.Lock()
	defer i.mu.Unlock()
	c, known := i.changes[id]
	if !known {
		c.before = before
		if listed, ok := i.inBase(id); ok {
			c.before = formerly(listed.Active())
		}
	}
	c.after = after
	if i.changes == nil {
		i.changes = map[string]change{}
	}
	i.changes[id], i.merged = c, nil
}

// inBase returns a token of the base list. The caller holds the lock.
func (i *inventory) inBase(id string) (api.ServiceUserToken, bool) {
	if i.base == nil {
		return api.ServiceUserToken{}, false
	}
	t, ok := i.base.byID[api.IDKey(id)]
	return t, ok
}

// recent returns what this run wrote or read of a token by itself, outside a list.
func (i *inventory) recent(id string) (t api.ServiceUserToken, deleted, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.recentLocked(id)
}

func (i *inventory) recentLocked(id string) (t api.ServiceUserToken, deleted, ok bool) {
	c, ok := i.changes[api.IDKey(id)]
	if c.after != nil {
		t = *c.after
	}
	return t, ok && c.after == nil, ok
}

// known returns what the run knows of a token: what it wrote or read by itself, or else what the list says.
func (i *inventory) known(id string) (t api.ServiceUserToken, deleted, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if t, deleted, ok := i.recentLocked(id); ok {
		return t, deleted, ok
	}
	t, ok = i.inBase(id)
	return t, false, ok
}

// seen reports whether the earlier list has a token, or this run read, wrote or deleted it. A token that was inactive is not
// in the list of active tokens, and others may have regenerated it since. It counts as not seen, so that no leftover token is
// hidden.
func (s *Service) seen(id string, before listing) bool {
	_, _, recent := s.inventory.recent(id)
	_, listed := before.byID[api.IDKey(id)]
	return recent || listed
}

// merge returns the list with the run's changes. Call it after a list was read.
func (i *inventory) merge() List {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.merged != nil {
		return *i.merged
	}
	list := List{ActiveCount: i.activeCount(), ActiveLimit: i.base.activeLimit}
	merged := maps.Clone(i.base.byID)
	for id, c := range i.changes {
		delete(merged, id)
		if c.after != nil {
			merged[id] = *c.after
		}
	}
	list.Tokens = slices.Collect(maps.Values(merged))
	sortByName(list.Tokens, func(t api.ServiceUserToken) (name, id string) { return t.Name, t.ID })
	i.merged = &list
	return list
}

// activeCount returns the organization's number of active tokens: the list's number, plus what the run has changed. The
// caller holds the lock.
//
// If the list agrees with its number, it tells which tokens were counted: the active ones in it and no others. That is true
// even for a token that changed while the list was read. Otherwise only the number is right, and what the run knew of each
// token when the number came tells which were counted.
func (i *inventory) activeCount() int64 {
	count := i.base.activeCount
	for id, c := range i.changes {
		counted := bool(c.before)
		if i.base.agrees {
			counted = i.base.byID[id].Active()
		}
		count += countOf(isActive(c.after)) - countOf(counted)
	}
	return count
}

func isActive(t *api.ServiceUserToken) bool { return t != nil && t.Active() }

func countOf(active bool) int64 {
	if active {
		return 1
	}
	return 0
}
