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

// take makes a list that was just read the base of what the run knows, unless the list of all tokens is that already. It
// returns the base. The count comes with the list's last page, so it counts what the run has changed before.
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

// miss notes a token that the list of the active ones lacks, and returns how many different ones those are by now.
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

// inBase returns a token of the list. The caller holds the lock.
func (i *inventory) inBase(id string) (api.ServiceUserToken, bool) {
	if i.base == nil {
		return api.ServiceUserToken{}, false
	}
	t, ok := i.base.byID[api.IDKey(id)]
	return t, ok
}

// recent returns what the run itself has written or read of a token.
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

// known returns what the run knows of a token, by what it has written or read itself or else by the list.
func (i *inventory) known(id string) (t api.ServiceUserToken, deleted, ok bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if t, deleted, ok := i.recentLocked(id); ok {
		return t, deleted, ok
	}
	t, ok = i.inBase(id)
	return t, false, ok
}

// seen reports whether a token was in a list that was read before, or whether this run has read or written it, also if it
// has deleted it since. Only the list of all tokens shows that a token was not there: the list of the active ones lacks an
// inactive one that others may have regenerated since. Such a token counts as not seen, so that a leftover is never hidden.
func (s *Service) seen(id string, before listing) bool {
	_, _, recent := s.inventory.recent(id)
	_, listed := before.byID[api.IDKey(id)]
	return recent || listed
}

// merge lays the run's changes over the list. Call it after a list was read.
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

// activeCount is the organization's number of active tokens: what the list said, and by how much the run's changes have
// moved it. A list that agrees with its number shows of each token whether it was counted, also of one that was changed
// while the list was read, and a token that it lacks was not. Of any other list the number is right and the tokens may not
// be: it counts what the run knew when the number came. The caller holds the lock.
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
