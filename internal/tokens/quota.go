package tokens

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Quota is how many active tokens the organization has and may have, and which of them nobody seems to need.
type Quota struct {
	Active, Limit int64
	// Stalest are active tokens, those unused for longest first, at most five. Quota leaves it empty if enough slots are
	// free.
	Stalest []api.ServiceUserToken
	// At is when this was looked at.
	At time.Time
}

// Full reports whether there is no free slot. A limit that is not known is never full.
func (q Quota) Full() bool { return q.Short(1) }

// Short reports whether fewer slots are free than are wanted. A limit that is not known is never short.
func (q Quota) Short(wanted int64) bool { return q.Limit > 0 && q.Active+wanted > q.Limit }

// QuotaError is a create or regenerate that was refused because no slot is free.
type QuotaError struct {
	Quota Quota
	Err   error
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("the organization has %d of %d active tokens: %v", e.Quota.Active, e.Quota.Limit, e.Err)
}

// Unwrap returns the API's refusal.
func (e *QuotaError) Unwrap() error { return e.Err }

// Quota returns the organization's quota as this run knows it. It names the stalest tokens if fewer slots are free than
// are wanted.
func (s *Service) Quota(ctx context.Context, wanted int64) (Quota, error) {
	if _, err := s.listing(ctx); err != nil {
		return Quota{}, err
	}
	list := s.inventory.merge()
	quota := Quota{Active: list.ActiveCount, Limit: list.ActiveLimit, At: s.Now()}
	if quota.Short(wanted) {
		quota.Stalest = stalest(list.Tokens, "")
	}
	return quota, nil
}

// Wrote reports whether this run has changed any token.
func (s *Service) Wrote() bool { return s.inventory.writes.Load() > 0 }

// refusals keep what explains a refusal. Refusals come in numbers, and one fresh list explains all of them until this run
// has changed something.
type refusals struct {
	mu     sync.Mutex
	looked bool
	writes int64 // of the run, when it was looked
	fresh  api.ServiceUserTokenList
	at     time.Time
	err    error
}

// look returns a fresh list that is not older than this run's last change.
func (r *refusals) look(ctx context.Context, s *Service) (api.ServiceUserTokenList, time.Time, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if writes := s.inventory.writes.Load(); !r.looked || r.writes != writes {
		r.fresh, r.err = s.listForQuota(ctx)
		r.looked, r.writes, r.at = ctx.Err() == nil, writes, s.Now()
	}
	return r.fresh, r.at, r.err
}

// listForQuota lists the active tokens, which are all that count, or all tokens if those cannot be listed by themselves.
func (s *Service) listForQuota(ctx context.Context) (api.ServiceUserTokenList, error) {
	list, reliable, err := s.listActive(ctx)
	if err != nil || reliable {
		return list, err
	}
	return s.client.ListServiceUserTokens(ctx)
}

// quotaError explains a refusal with a fresh list: what this run knows may be what led to it. A refusal without the
// contract's reason is one for want of a slot only if there is none. If the list fails, the API's own words have to do.
func (s *Service) quotaError(ctx context.Context, name string, refusal error) error {
	fresh, at, err := s.refusals.look(ctx, s)
	if err != nil {
		return refusal
	}
	quota := Quota{Active: fresh.ActiveCount, Limit: fresh.ActiveLimit, Stalest: stalest(fresh.Tokens, name), At: at}
	if !api.HasReason(refusal, api.ReasonActiveTokenLimit) && !quota.Full() {
		return refusal
	}
	return &QuotaError{Quota: quota, Err: refusal}
}

// stalest are active tokens that nobody seems to need, at most five: first those of the name that was to be created and
// that nothing has used, because a create whose response was lost leaves one; then those unused for longest.
func stalest(all []api.ServiceUserToken, name string) []api.ServiceUserToken {
	var active []api.ServiceUserToken
	for _, t := range all {
		if t.Active() {
			active = append(active, t)
		}
	}
	leftover := func(t api.ServiceUserToken) int {
		if name != "" && neverUsed(t) && SameName(t.Name, name) {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(active, func(a, b api.ServiceUserToken) int {
		return cmp.Or(leftover(a)-leftover(b), unknownLast(UnusedSince(a), UnusedSince(b)), UnusedSince(a).Compare(UnusedSince(b)))
	})
	return active[:min(5, len(active))]
}

// unknownLast sorts a time that is not known behind those that are: nothing says that such a token is not needed.
func unknownLast(a, b time.Time) int {
	switch {
	case a.IsZero() == b.IsZero():
		return 0
	case a.IsZero():
		return 1
	}
	return -1
}

// UnusedSince is when a token was last used, or issued when it never was, or created where the API does not say that; zero
// where it says none of these.
func UnusedSince(t api.ServiceUserToken) time.Time {
	if t.LastUsedAt != nil {
		return *t.LastUsedAt
	}
	return knownTime(t.IssuedAt, t.CreatedAt)
}

// ExpiresWithin reports whether inactivity will end an active token within so many days unless it is used.
func ExpiresWithin(t api.ServiceUserToken, days int64, now time.Time) bool {
	return t.Active() && !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(afterDays(now, days))
}
