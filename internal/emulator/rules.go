package emulator

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// rule returns an error if a token's state does not allow a write.
type rule func(t *token, now time.Time) error

var (
	canBeEdited      = activeTo("edited")
	canBeRevoked     = activeTo("revoked")
	canBeRegenerated = inactiveTo("regenerated")
	canBeDeleted     = inactiveTo("deleted")
)

func activeTo(be string) rule {
	return func(t *token, now time.Time) error {
		if t.status(now) != statusActive {
			return precondition("TOKEN_NOT_ACTIVE", "only an active token can be "+be)
		}
		return nil
	}
}

func inactiveTo(be string) rule {
	return func(t *token, now time.Time) error {
		if t.status(now) == statusActive {
			return precondition("TOKEN_ACTIVE", "only a revoked or expired token can be "+be)
		}
		return nil
	}
}

// id returns an id of a request in the emulator's own form: lower case.
func (e *Emulator) id(text string) string {
	if e.opts.Habits.anyLetterCase() {
		return strings.ToLower(text)
	}
	return text
}

// ids does the same for several ids.
func (e *Emulator) ids(texts []string) []string {
	own := []string{}
	for _, text := range texts {
		own = append(own, e.id(text))
	}
	return own
}

func (e *Emulator) checkSlot(o *organization) error {
	if o.activeCount(e.instant()) < e.opts.ActiveTokenLimit {
		return nil
	}
	err := precondition("ACTIVE_TOKEN_LIMIT_REACHED", "the organization has as many active service user tokens as it may have")
	err.metadata = map[string]string{"limit": fmt.Sprint(e.opts.ActiveTokenLimit)}
	return err
}

func checkName(name string) (string, error) {
	name = strings.TrimSpace(name)
	if n := utf8.RuneCountInString(name); n < 1 || n > 100 {
		return "", invalid("name", "must have 1 to 100 characters")
	}
	return name, nil
}

func checkExpiry(days int) error {
	if !slices.Contains(InactivityExpiryChoices(), days) {
		return invalid("inactivity_expiry_days", "must be 31, 45, 60 or 180")
	}
	return nil
}

func (o *organization) checkPermissionSets(ids []string) error {
	if len(ids) == 0 {
		return invalid("permission_set_ids", "must not be empty")
	}
	for _, id := range ids {
		if !slices.ContainsFunc(o.permissionSets, func(p permissionSet) bool { return p.id == id }) {
			return invalid("permission_set_ids", "has an id that no permission set has")
		}
	}
	return nil
}

func distinct(ids []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(ids)))
}
