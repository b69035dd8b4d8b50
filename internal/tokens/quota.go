package tokens

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Quota is how many active tokens the organization has and may have, and which of them nobody seems to need.
type Quota struct {
	Active, Limit int64
	// Stalest are active tokens, those unused for longest first, at most five.
	Stalest []api.ServiceUserToken
	// At is when this was looked at.
	At time.Time
}

// Full reports whether there is no free slot. A limit that is not known is never full.
func (q Quota) Full() bool { return q.Limit > 0 && q.Active >= q.Limit }

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

// Quota returns the organization's quota as this run knows it.
func (s *Service) Quota(ctx context.Context) (Quota, error) {
	list, err := s.List(ctx)
	if err != nil {
		return Quota{}, err
	}
	return s.quotaOf(list.Tokens, list.ActiveCount, list.ActiveLimit), nil
}

// Wrote reports whether this run has changed any token.
func (s *Service) Wrote() bool { return s.inventory.written.Load() }

// quotaError explains a refusal with a fresh list: what this run knows may be what led to it. Where that fails, the API's
// own words have to do.
func (s *Service) quotaError(ctx context.Context, refusal error) error {
	fresh, err := s.client.ListServiceUserTokens(ctx)
	if err != nil {
		return refusal
	}
	return &QuotaError{Quota: s.quotaOf(fresh.Tokens, fresh.ActiveCount, fresh.ActiveLimit), Err: refusal}
}

func (s *Service) quotaOf(all []api.ServiceUserToken, active, limit int64) Quota {
	var stalest []api.ServiceUserToken
	for _, t := range all {
		if t.Active() {
			stalest = append(stalest, t)
		}
	}
	slices.SortStableFunc(stalest, func(a, b api.ServiceUserToken) int { return UnusedSince(a).Compare(UnusedSince(b)) })
	return Quota{Active: active, Limit: limit, Stalest: stalest[:min(5, len(stalest))], At: s.now()}
}

// UnusedSince is when a token was last used, or issued when it never was.
func UnusedSince(t api.ServiceUserToken) time.Time {
	if t.LastUsedAt != nil {
		return *t.LastUsedAt
	}
	return t.IssuedAt
}

// ExpiresWithin reports whether inactivity will end an active token within so many days unless it is used.
func ExpiresWithin(t api.ServiceUserToken, days int64, now time.Time) bool {
	return t.Active() && !t.ExpiresAt.IsZero() && !t.ExpiresAt.After(afterDays(now, days))
}
