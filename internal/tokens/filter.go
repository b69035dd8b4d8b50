package tokens

import (
	"regexp"
	"slices"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Filter chooses tokens. Fields that are nil or empty choose all; the others must all fit.
type Filter struct {
	// Statuses are the statuses to choose.
	Statuses []Status
	// Name must match somewhere in the token's name.
	Name *regexp.Regexp
	// PermissionSetID must be among the token's. A token with all permissions lists none and is not chosen.
	PermissionSetID string
	// UnusedForDays: not used for at least so many days; a token never used counts as unused since it was issued. One that
	// does not say when that was is not chosen.
	UnusedForDays *int64
	// ExpiresWithinDays: active, and inactivity will end it within so many days unless it is used.
	ExpiresWithinDays *int64
}

// Matches reports whether the filter chooses a token.
func (f Filter) Matches(t api.ServiceUserToken, now time.Time) bool {
	switch {
	case len(f.Statuses) > 0 && !slices.Contains(f.Statuses, StatusOf(t)):
		return false
	case f.Name != nil && !f.Name.MatchString(t.Name):
		return false
	case f.PermissionSetID != "" && !slices.ContainsFunc(t.PermissionSetIDs, func(id string) bool { return api.SameID(id, f.PermissionSetID) }):
		return false
	case f.UnusedForDays != nil && (UnusedSince(t).IsZero() || afterDays(UnusedSince(t), *f.UnusedForDays).After(now)):
		return false
	case f.ExpiresWithinDays != nil && !ExpiresWithin(t, *f.ExpiresWithinDays, now):
		return false
	}
	return true
}
