package webapp

import (
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// view is the template's data.
type view struct {
	emulator.Snapshot
	Days   int // the clock's
	Dialog *dialog
	Notice *notice
}

// notices are the messages above the list after an action.
var notices = map[string]string{
	"saved": "Changes saved.", "revoked": "Token revoked.", "deleted": "Token deleted.", "clock": "Clock moved.",
}

// notice is a line above the list.
type notice struct {
	Text    string
	Problem bool
}

// SetNames returns the names of a token's permission sets.
func (v *view) SetNames(t emulator.Token) []string {
	var names []string
	for _, set := range v.PermissionSets {
		if slices.Contains(t.PermissionSetIDs, set.ID) {
			names = append(names, set.Name)
		}
	}
	return names
}

// Offset says how the clock differs from the real time.
func (v *view) Offset() string {
	switch {
	case v.Days > 0:
		return days(v.Days) + " ahead of real time"
	case v.Days < 0:
		return days(-v.Days) + " behind real time"
	default:
		return "real time"
	}
}

// Until returns how long it is from the clock's time until another.
func (v *view) Until(t time.Time) string {
	left := t.Sub(v.At)
	switch whole := int(left.Abs().Round(24*time.Hour) / (24 * time.Hour)); {
	case whole == 0 && left < 0:
		return "less than a day ago"
	case whole == 0:
		return "in less than a day"
	case left < 0:
		return days(whole) + " ago"
	default:
		return "in " + days(whole)
	}
}

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

var functions = template.FuncMap{
	"machineTime": func(t time.Time) string { return t.UTC().Format(time.RFC3339) },
	"minute":      func(t time.Time) string { return t.UTC().Format("2\u00a0Jan\u00a02006, 15:04") },
	"second":      func(t time.Time) string { return t.UTC().Format("15:04:05") },
	// status words TOKEN_STATUS_ACTIVE as the web app does: Active.
	"status": func(status string) string {
		word := strings.ToLower(strings.TrimPrefix(status, "TOKEN_STATUS_"))
		return strings.ToUpper(word[:1]) + word[1:]
	},
	"active":     func(status string) bool { return status == "TOKEN_STATUS_ACTIVE" },
	"statusText": http.StatusText,
	"expiries":   emulator.InactivityExpiryChoices,
	"isDefault":  func(days int) bool { return days == emulator.DefaultInactivityExpiryDays },
}
