package emulator

import (
	"slices"
	"time"
)

// Lag is a write that is not visible at once. The write's own response, the secrets that are accepted, and the
// active-token limit are never late.
type Lag struct {
	// Operation is the operationId of the write; empty for all writes.
	Operation string
	// InList makes the list show the token as it was before the write.
	InList bool
	// InGet does the same for GetServiceUserToken.
	InGet bool
	// InWrites does the same for later writes: the API checks them against the token's state before the write.
	InWrites bool
	// Responses is how many responses to each of these do not show it. They are counted for each token.
	Responses int
	// For is how long they do not show it, by the emulator's clock.
	For time.Duration
}

// place is where a token is read.
type place int

const (
	inList place = iota
	inGet
	inWrites
	places
)

// unseen is a write that is not yet visible in some places.
type unseen struct {
	organization *organization
	before       *token // a copy; nil if there was none
	in           [places]bool
	left         [places]int
	until        time.Time
}

// reading is one look at a token.
type reading struct {
	organization *organization
	place        place
	now          time.Time
	// counts: the look counts as one of Lag.Responses.
	counts bool
}

// hides reports whether a reading does not show the write yet.
func (u *unseen) hides(r reading) bool {
	if u.organization != r.organization || !u.in[r.place] {
		return false
	}
	late := r.now.Before(u.until) || u.left[r.place] > 0
	if r.counts && u.left[r.place] > 0 {
		u.left[r.place]--
	}
	return late
}

func (u *unseen) over(now time.Time) bool {
	return !now.Before(u.until) && u.left == [places]int{}
}

// note keeps what a token was before a write, if the write lags. The methods here need the lock.
func (e *Emulator) note(operation string, o *organization, id string, before *token) {
	now := e.instant()
	kept := slices.DeleteFunc(e.unseen[id], func(u *unseen) bool { return u.over(now) })
	for _, lag := range e.opts.Habits.Lags {
		if lag.Operation != "" && lag.Operation != operation {
			continue
		}
		u := &unseen{organization: o, before: before, in: [places]bool{lag.InList, lag.InGet, lag.InWrites}}
		for p := range u.in {
			if u.in[p] {
				u.left[p] = lag.Responses
			}
		}
		if lag.For > 0 {
			u.until = now.Add(lag.For)
		}
		kept = append(kept, u)
	}
	if len(kept) == 0 {
		delete(e.unseen, id)
		return
	}
	e.unseen[id] = kept
}

// seen returns a token as a reading shows it; nil if it does not show the token. t is the token's current state, nil if it was
// deleted. Writes become visible in their order, so the oldest write that still lags decides.
func (e *Emulator) seen(r reading, id string, t *token) *token {
	hidden := false
	for _, u := range e.unseen[id] {
		if u.hides(r) && !hidden {
			t, hidden = u.before, true
		}
	}
	return t
}

// get returns a token as GetServiceUserToken shows it.
func (e *Emulator) get(o *organization, id string) (*token, error) {
	t, _ := o.find(id)
	shown := e.seen(reading{organization: o, place: inGet, now: e.instant(), counts: true}, id, t)
	if shown == nil {
		return nil, noSuchToken
	}
	return shown, nil
}

// change carries out a write on the token that a request names.
func (e *Emulator) change(r *request, rule rule, write func(o *organization, id string) error) error {
	o, id := r.caller.organization, r.call.TokenID
	t, _ := o.find(id)
	now := e.instant()
	shown := e.seen(reading{organization: o, place: inWrites, now: now, counts: true}, id, t)
	if shown == nil {
		return noSuchToken
	}
	if err := rule(shown, now); err != nil {
		return err
	}
	var before *token
	if t != nil {
		copied := *t
		before = &copied
	}
	if err := write(o, id); err != nil {
		return err
	}
	e.note(r.call.Operation, o, id, before)
	return nil
}

// listed is a token of a list: its current state, nil if it was deleted, and its place in the list, which no write changes.
type listed struct {
	cursor
	token *token
}

// listed returns the tokens that a list may show, with those that are deleted. Use seen to find out whether they are visible.
func (e *Emulator) listed(o *organization) []listed {
	var all []listed
	for _, t := range o.tokens {
		all = append(all, listed{cursor{t.createdAt, t.id}, t})
	}
	for id, writes := range e.unseen {
		before := writes[len(writes)-1].before
		if _, err := o.find(id); err != nil && before != nil {
			all = append(all, listed{cursor{before.createdAt, id}, nil})
		}
	}
	return all
}
