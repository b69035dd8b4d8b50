package tokens_test

import (
	"regexp"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

func TestFilter(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	used := issued.Add(10 * day)
	token := api.ServiceUserToken{
		Name: "ci deploy", Status: api.StatusActive, PermissionSetIDs: []string{"p1", "p2"}, IssuedAt: issued, LastUsedAt: &used, ExpiresAt: used.Add(31 * day),
	}
	days := func(n int64) *int64 { return &n }
	for name, c := range map[string]struct {
		filter tokens.Filter
		at     time.Time
		want   bool
	}{
		"empty":                      {tokens.Filter{}, used, true},
		"status":                     {tokens.Filter{Statuses: []tokens.Status{tokens.Active}}, used, true},
		"other status":               {tokens.Filter{Statuses: []tokens.Status{tokens.Revoked}}, used, false},
		"name":                       {tokens.Filter{Name: regexp.MustCompile("^ci ")}, used, true},
		"other name":                 {tokens.Filter{Name: regexp.MustCompile("^hr ")}, used, false},
		"permission set":             {tokens.Filter{PermissionSetID: "p2"}, used, true},
		"other permission set":       {tokens.Filter{PermissionSetID: "p3"}, used, false},
		"unused, a second too few":   {tokens.Filter{UnusedForDays: days(5)}, used.Add(5*day - time.Second), false},
		"unused, exactly":            {tokens.Filter{UnusedForDays: days(5)}, used.Add(5 * day), true},
		"expires, a second too late": {tokens.Filter{ExpiresWithinDays: days(1)}, used.Add(30*day - time.Second), false},
		"expires, exactly":           {tokens.Filter{ExpiresWithinDays: days(1)}, used.Add(30 * day), true},
		"all fit":                    {tokens.Filter{Statuses: []tokens.Status{tokens.Active}, PermissionSetID: "p1", UnusedForDays: days(1)}, used.Add(2 * day), true},
		"all but one fit":            {tokens.Filter{Statuses: []tokens.Status{tokens.Active}, PermissionSetID: "p3", UnusedForDays: days(1)}, used.Add(2 * day), false},
	} {
		if got := c.filter.Matches(token, c.at); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	token.LastUsedAt = nil
	if !(tokens.Filter{UnusedForDays: days(10)}).Matches(token, used) {
		t.Error("a token never used does not count as unused since it was issued")
	}
	token.Status = api.StatusRevoked
	if tokens.ExpiresWithin(token, 1000, used) {
		t.Error("a revoked token is about to expire")
	}
}
