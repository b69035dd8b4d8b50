package tokens

import (
	"regexp"
	"slices"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Filter chooses tokens. A token must fit every field; a field that is nil or empty fits all tokens.
type Filter struct {
	// Statuses are the statuses to choose.
	Statuses []Status
	// Name must match somewhere in the token's name.
	Name *regexp.Regexp
	// PermissionSetID must be one of the token's permission sets. A token with all permissions has none, so it does not fit.
	PermissionSetID string
	// UnusedForDays fits a token that nobody used for at least this many days. A token that was never used counts as unused
	// since it was issued. If the API does not say when that was, the token does not fit.
	UnusedForDays *int64
	// ExpiresWithinDays fits an active token that will expire within this many days unless somebody uses it.
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
