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

// Quota is the organization's number of active tokens, its limit, and the tokens that nobody seems to need.
type Quota struct {
	Active, Limit int64
	// Stalest are at most five active tokens, those that are unused for longest first. It is empty if enough slots are free.
	Stalest []api.ServiceUserToken
	// At is when the tokens were listed.
	At time.Time
}

// Full reports whether there is no free slot. It is false if the limit is unknown.
func (q Quota) Full() bool { return q.Short(1) }

// Short reports whether fewer than the wanted number of slots are free. It is false if the limit is unknown.
func (q Quota) Short(wanted int64) bool { return q.Limit > 0 && q.Active+wanted > q.Limit }

// QuotaError is returned if the API refused a create or regenerate because no slot is free.
type QuotaError struct {
	Quota Quota
	Err   error
}

func (e *QuotaError) Error() string {
	return fmt.Sprintf("the organization has %d of %d active tokens: %v", e.Quota.Active, e.Quota.Limit, e.Err)
}

// Unwrap returns the API's refusal.
func (e *QuotaError) Unwrap() error { return e.Err }

// Quota returns the organization's quota as this run knows it, with the stalest tokens if fewer than the wanted number of
// slots are free.
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

// refusals keeps the list that explains refusals. Many creates can be refused in one run, and one list explains all of them
// until this run has changed a token.
type refusals struct {
	mu     sync.Mutex
	listed bool
	writes int64 // the run's writes before the list
	fresh  api.ServiceUserTokenList
	at     time.Time
	err    error
}

// list returns a list that is newer than this run's last change.
func (r *refusals) list(ctx context.Context, s *Service) (api.ServiceUserTokenList, time.Time, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if writes := s.inventory.writes.Load(); !r.listed || r.writes != writes {
		r.fresh, r.err = s.listForQuota(ctx)
		r.listed, r.writes, r.at = ctx.Err() == nil, writes, s.Now()
	}
	return r.fresh, r.at, r.err
}

// listForQuota lists the active tokens, because only they count. If that list is not reliable, it lists all tokens.
func (s *Service) listForQuota(ctx context.Context) (api.ServiceUserTokenList, error) {
	list, reliable, err := s.listActive(ctx)
	if err != nil || reliable {
		return list, err
	}
	return s.client.ListServiceUserTokens(ctx)
}

// quotaError explains a refusal with a new list, because what this run knows may be out of date. A refusal without the
// contract's reason counts as a QuotaError only if no slot is free. If the list fails, it returns the refusal.
func (s *Service) quotaError(ctx context.Context, name string, refusal error) error {
	fresh, at, err := s.refusals.list(ctx, s)
	if err != nil {
		return refusal
	}
	quota := Quota{Active: fresh.ActiveCount, Limit: fresh.ActiveLimit, Stalest: stalest(fresh.Tokens, name), At: at}
	if !api.HasReason(refusal, api.ReasonActiveTokenLimit) && !quota.Full() {
		return refusal
	}
	return &QuotaError{Quota: quota, Err: refusal}
}

// stalest returns at most five active tokens that nobody seems to need. Unused tokens with the given name come first: a create
// whose response was lost leaves such a token. Then come those that are unused for longest.
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

// unknownLast sorts an unknown time last: nothing says that nobody needs such a token.
func unknownLast(a, b time.Time) int {
	switch {
	case a.IsZero() == b.IsZero():
		return 0
	case a.IsZero():
		return 1
	}
	return -1
}

// UnusedSince returns when a token was last used. If it was never used, it returns when it was issued or, if the API does not
// say that, created. It is zero if the API says none of these.
func UnusedSince(t api.ServiceUserToken) time.Time {
	if t.LastUsedAt != nil {
		return *t.LastUsedAt
	}
	return knownTime(t.IssuedAt, t.CreatedAt)
}

// ExpiresWithin reports whether an active token will expire within this many days unless somebody uses it.
func ExpiresWithin(t api.ServiceUserToken, days int64, now time.Time) bool {
	return t.Active() && !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(afterDays(now, days))
}
