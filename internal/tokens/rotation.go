package tokens

import (
	"errors"
	"fmt"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Status is a token's status as Terraform shows it.
type Status string

// The statuses. A status that the contract does not know is shown in the same form, and nothing is planned for it.
const (
	Active  Status = "active"
	Revoked Status = "revoked"
	Expired Status = "expired"
	// Superseded is an active token whose secret is not in state: it was regenerated outside Terraform, or by a rotation that
	// has lost it.
	Superseded Status = "superseded"
)

// Method is how a rotation is done.
type Method string

// The methods.
const (
	// Replace makes a new token and retires the old one.
	Replace Method = "replace"
	// Regenerate gives the same token a new secret in place.
	Regenerate Method = "regenerate"
)

// Policy is what to do with a token that was found inactive.
type Policy string

// The policies.
const (
	Rotate Policy = "rotate"
	Keep   Policy = "keep"
)

// Value is a value of a plan: known, null, or not known yet.
type Value[T comparable] struct {
	Known T
	// Null and Unknown exclude each other and a Known value.
	Null, Unknown bool
}

// Of is a known value.
func Of[T comparable](v T) Value[T] { return Value[T]{Known: v} }

// Triggers are rotation_triggers: a map that can be null or unknown, of values that can be null or unknown.
type Triggers struct {
	Null, Unknown bool
	Values        map[string]Value[string]
}

// Held is what prior state holds of a token.
type Held struct {
	ID string
	// OrganizationID is empty in a state that was written before there was one.
	OrganizationID string
	CreatedAt      time.Time
	Status         Status
	// HasSecret says that state holds a secret, in clear or encrypted.
	HasSecret       bool
	IssuedAt        time.Time
	Triggers        Triggers
	RotateAfterDays Value[int64]
	// RotationDue says that the secret has reached its age, or that a rotation was begun and did not end.
	RotationDue bool
}

// Planned is what a plan wants of a token.
type Planned struct {
	Triggers             Triggers
	RotateAfterDays      Value[int64]
	Method               Value[Method]
	OnRevoked, OnExpired Value[Policy]
	// AgeRecipients and SealedBoxKeys say whether the secret is to have other readers of either kind.
	AgeRecipients, SealedBoxKeys Readers
	// OnReadersChanged is for a secret that is to have other readers; null is Rotate.
	OnReadersChanged Value[Policy]
	// Edited says that the plan changes name, expiry or permissions to values that are known and different.
	Edited bool
}

// Reason is why a token rotates. Its text ends the sentence "The secret rotates because".
type Reason string

// The reasons, in the order in which they are given.
const (
	BecauseSuperseded Reason = "it was regenerated, and its new secret is not in state"
	BecauseRevoked    Reason = "it was found revoked"
	BecauseExpired    Reason = "it was found expired by inactivity"
	BecauseTriggers   Reason = "rotation_triggers changed"
	BecauseDue        Reason = "it is due for rotation"
	BecauseRecipients Reason = "age_recipients changed"
	BecauseBoxKeys    Reason = "sealed_box_public_keys changed"
)

// Decision is what a plan does with a token's secret.
type Decision struct {
	// Reasons is empty when the secret stays.
	Reasons []Reason
	// Method is how it rotates; empty when it stays.
	Method Method
	// Kept says that the token is inactive and stays so because the configuration says "keep".
	Kept bool
	// ReadersWait says that the secret stays, and that other readers wait for the next one.
	ReadersWait bool
}

// Rotates reports whether there will be a new secret.
func (d Decision) Rotates() bool { return len(d.Reasons) > 0 }

// Nothing reports whether the secret stays and there is nothing to say about it.
func (d Decision) Nothing() bool { return !d.Rotates() && !d.Kept && !d.ReadersWait }

// The errors of Decide. Each is a plan that cannot be made.
var (
	ErrUndecided  = errors.New("must be known during plan")
	ErrKeptEdited = errors.New("the API edits active tokens only")
)

// Decide is the whole rotation rule: from prior state and plan to "keep" or "rotate, and why". It asks neither the clock
// nor the API, because Terraform decides twice, at plan and at apply, and both must come out the same.
func Decide(held Held, plan Planned) (Decision, error) {
	var reasons []Reason
	add := func(yes bool, reason Reason) {
		if yes {
			reasons = append(reasons, reason)
		}
	}
	inactive, err := inactivePolicy(held, plan)
	if err != nil {
		return Decision{}, err
	}
	add(held.Status == Superseded, BecauseSuperseded)
	add(held.Status == Revoked && inactive == Rotate, BecauseRevoked)
	add(held.Status == Expired && inactive == Rotate, BecauseExpired)
	add(triggersChanged(held.Triggers, plan.Triggers), BecauseTriggers)
	add(isDue(held, plan), BecauseDue)
	wait := false
	if held.HasSecret && inactive != Keep {
		if wait, err = readersWait(plan); err != nil {
			return Decision{}, err
		}
		add(plan.AgeRecipients == OtherReaders && !wait, BecauseRecipients)
		add(plan.SealedBoxKeys == OtherReaders && !wait, BecauseBoxKeys)
	}

	if len(reasons) == 0 {
		if inactive == Keep && plan.Edited {
			return Decision{}, fmt.Errorf("a token that is %s cannot be edited: %w", held.Status, ErrKeptEdited)
		}
		return Decision{Kept: inactive == Keep, ReadersWait: wait}, nil
	}
	if plan.Method.Unknown {
		return Decision{}, fmt.Errorf("rotation_method %w", ErrUndecided)
	}
	return Decision{Reasons: reasons, Method: plan.Method.Known}, nil
}

// inactivePolicy is what the plan says of a token in the held status; empty for an active one.
func inactivePolicy(held Held, plan Planned) (Policy, error) {
	switch {
	case held.Status == Revoked && plan.OnRevoked.Unknown:
		return "", fmt.Errorf("on_revoked %w", ErrUndecided)
	case held.Status == Expired && plan.OnExpired.Unknown:
		return "", fmt.Errorf("on_expired %w", ErrUndecided)
	case held.Status == Revoked:
		return plan.OnRevoked.Known, nil
	case held.Status == Expired:
		return plan.OnExpired.Known, nil
	}
	return "", nil
}

// triggersChanged: a changed, added or removed key, an unknown value or an unknown map. Adding or removing the whole map
// is not a change, so that starting or ending to use triggers costs no secret.
func triggersChanged(held, plan Triggers) bool {
	if held.Null || plan.Null {
		return false
	}
	if plan.Unknown || len(held.Values) != len(plan.Values) {
		return true
	}
	for key, value := range plan.Values {
		if before, ok := held.Values[key]; !ok || value.Unknown || before != value {
			return true
		}
	}
	return false
}

// isDue: a rotation that was begun on an inactive token goes on, whatever else changed. For an active one, Read has
// set rotation_due by the rotate_after_days in state, so a new number takes effect at the next Read. A number that is not known yet may
// turn out to be the same, and then the token is due.
func isDue(held Held, plan Planned) bool {
	if !held.RotationDue {
		return false
	}
	inactive := held.Status == Revoked || held.Status == Expired
	return inactive || plan.RotateAfterDays.Unknown || plan.RotateAfterDays == held.RotateAfterDays
}

// Observed is what Read makes of a token that the API has returned.
type Observed struct {
	Status              Status
	CreatedAt, IssuedAt time.Time
	RotationDue         bool
}

// Observe compares what the API returns with what state holds. This is where the clock is asked, and only here: now is the
// earliest time that any clock says.
func Observe(held Held, found api.ServiceUserToken, now time.Time) Observed {
	seen := Observed{Status: StatusOf(found), CreatedAt: keptTime(held.CreatedAt, found.CreatedAt), IssuedAt: keptTime(held.IssuedAt, found.IssuedAt)}
	switch {
	case held.HasSecret:
		// issued_at in state is that of the secret in state. A later one belongs to a secret that Terraform never saw.
		if found.Active() && after(found.IssuedAt, held.IssuedAt) {
			seen.Status = Superseded
		}
		seen.IssuedAt = held.IssuedAt
	case found.Active() && (held.RotationBegun() || held.Status == Superseded):
		// A rotation made a secret that nobody has, and state holds no other whose time would tell. The status tells it until
		// there is one, however often the token is read.
		seen.Status = Superseded
	}
	seen.RotationDue = held.RotationBegun() || (found.Active() && reachedAge(knownTime(seen.IssuedAt, found.IssuedAt), held.RotateAfterDays, now))
	return seen
}

// BegunRotation is what state holds of a token from the revoke of a rotation in place until its new secret: revoked, and
// due. Nothing else looks like it, because a token that others revoke becomes inactive in Read, which takes rotation_due
// back. So a rotation that fails half way goes on in the next apply, whatever on_revoked says.
func BegunRotation() (status Status, due bool) { return Revoked, true }

// RotationBegun reports whether this provider began a rotation in place and did not get to its end. See BegunRotation.
func (h Held) RotationBegun() bool {
	return h.RotationDue && (h.Status == Revoked || h.Status == Expired)
}

// reachedAge reports whether a secret is at least so many days of 24 hours old.
func reachedAge(issuedAt time.Time, days Value[int64], now time.Time) bool {
	if issuedAt.IsZero() || days.Null || days.Unknown || days.Known < 1 {
		return false
	}
	return !now.Before(afterDays(issuedAt, days.Known))
}

// afterDays is so many days of 24 hours after an instant, in any zone. More days than a calendar holds are far away.
func afterDays(t time.Time, days int64) time.Time {
	const most = 1_000_000
	return t.UTC().AddDate(0, 0, int(min(days, most)))
}
