package tokens

import (
	"errors"
	"fmt"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Status is a token's status as Terraform shows it.
type Status string

// The statuses. The API may return others: they are shown in the same form, and nothing is planned for them.
const (
	Active  Status = "active"
	Revoked Status = "revoked"
	Expired Status = "expired"
	// Superseded is the status of an active token whose secret is not in state: it was regenerated outside Terraform, or by a
	// rotation that lost the secret.
	Superseded Status = "superseded"
)

// Method is how a rotation makes the new secret.
type Method string

// The methods.
const (
	// Replace creates a new token and retires the old one.
	Replace Method = "replace"
	// Regenerate gives the same token a new secret in place.
	Regenerate Method = "regenerate"
)

// Behavior is what a plan does with a token that was found inactive, or whose readers change.
type Behavior string

// The behaviors.
const (
	// Rotate plans a new secret.
	Rotate Behavior = "rotate"
	// Keep plans nothing.
	Keep Behavior = "keep"
)

// Value is a value in a plan: known, null or unknown.
type Value[T comparable] struct {
	Known T
	// At most one of Null and Unknown is true. Known is then the zero value.
	Null, Unknown bool
}

// Triggers is the map rotation_triggers. The map and each of its values can be null or unknown.
type Triggers struct {
	Null, Unknown bool
	Values        map[string]Value[string]
}

// Prior is what prior state holds of a token.
type Prior struct {
	ID string
	// OrganizationID is empty if an older version of the provider wrote the state.
	OrganizationID string
	CreatedAt      time.Time
	Status         Status
	// HasSecret says that state holds a secret, in clear text or encrypted.
	HasSecret       bool
	IssuedAt        time.Time
	Triggers        Triggers
	RotateAfterDays Value[int64]
	// RotationDue says that the secret has reached its age, or that a rotation in place is not finished.
	RotationDue bool
}

// Plan is what a plan says about a token.
type Plan struct {
	Triggers             Triggers
	RotateAfterDays      Value[int64]
	Method               Value[Method]
	OnRevoked, OnExpired Value[Behavior]
	// AgeRecipients and SealedBoxKeys say whether the plan changes the readers of either kind.
	AgeRecipients, SealedBoxKeys ReadersChange
	// OnReadersChanged is what to do if the readers change; null means Rotate.
	OnReadersChanged Value[Behavior]
	// Edited says that the plan changes name, expiry or permissions, and that the new value is known.
	Edited bool
}

// Reason is why a token rotates. Its text ends the sentence "The secret rotates because".
type Reason string

// The reasons, in the order in which a warning lists them.
const (
	BecauseSuperseded Reason = "it was regenerated, and its new secret is not in state"
	BecauseRevoked    Reason = "it was found revoked"
	BecauseExpired    Reason = "it was found expired by inactivity"
	BecauseTriggers   Reason = "rotation_triggers changed"
	BecauseDue        Reason = "it is due for rotation"
	BecauseRecipients Reason = "age_recipients changed"
	BecauseBoxKeys    Reason = "sealed_box_public_keys changed"
)

// Decision says what a plan does with a token's secret.
type Decision struct {
	// Reasons says why the secret rotates; empty if it stays.
	Reasons []Reason
	// Method is how it rotates; empty if it stays.
	Method Method
	// Kept says that the token is inactive and stays inactive because the configuration says "keep".
	Kept bool
	// ReadersWait says that the secret stays, and that the changed readers wait for the next one.
	ReadersWait bool
}

// Rotates reports whether the plan makes a new secret.
func (d Decision) Rotates() bool { return len(d.Reasons) > 0 }

// Nothing reports whether the secret stays and no warning is due.
func (d Decision) Nothing() bool { return !d.Rotates() && !d.Kept && !d.ReadersWait }

// The errors of Decide: Terraform cannot make the plan.
var (
	// ErrUndecided: a value that decides about the secret is unknown.
	ErrUndecided = errors.New("must be known during plan")
	// ErrKeptEdited: the plan edits a token that is kept inactive.
	ErrKeptEdited = errors.New("the API edits active tokens only")
)

// Decide is the whole rotation rule: it decides from prior state and plan whether the secret stays or rotates, and why. It
// uses neither the clock nor the API, because Terraform calls it at plan and again at apply, and both decisions must agree.
func Decide(prior Prior, plan Plan) (Decision, error) {
	var reasons []Reason
	add := func(yes bool, reason Reason) {
		if yes {
			reasons = append(reasons, reason)
		}
	}
	inactive, err := inactiveBehavior(prior, plan)
	if err != nil {
		return Decision{}, err
	}
	add(prior.Status == Superseded, BecauseSuperseded)
	add(prior.Status == Revoked && inactive == Rotate, BecauseRevoked)
	add(prior.Status == Expired && inactive == Rotate, BecauseExpired)
	add(triggersChanged(prior.Triggers, plan.Triggers), BecauseTriggers)
	add(isDue(prior, plan), BecauseDue)
	wait := false
	if prior.HasSecret && inactive != Keep {
		if wait, err = readersWait(plan); err != nil {
			return Decision{}, err
		}
		add(plan.AgeRecipients == OtherReaders && !wait, BecauseRecipients)
		add(plan.SealedBoxKeys == OtherReaders && !wait, BecauseBoxKeys)
	}

	if len(reasons) == 0 {
		if inactive == Keep && plan.Edited {
			return Decision{}, fmt.Errorf("a token that is %s cannot be edited: %w", prior.Status, ErrKeptEdited)
		}
		return Decision{Kept: inactive == Keep, ReadersWait: wait}, nil
	}
	if plan.Method.Unknown {
		return Decision{}, fmt.Errorf("rotation_method %w", ErrUndecided)
	}
	return Decision{Reasons: reasons, Method: plan.Method.Known}, nil
}

// inactiveBehavior returns what the plan says about a token with the prior status; empty if it is active.
func inactiveBehavior(prior Prior, plan Plan) (Behavior, error) {
	switch {
	case prior.Status == Revoked && plan.OnRevoked.Unknown:
		return "", fmt.Errorf("on_revoked %w", ErrUndecided)
	case prior.Status == Expired && plan.OnExpired.Unknown:
		return "", fmt.Errorf("on_expired %w", ErrUndecided)
	case prior.Status == Revoked:
		return plan.OnRevoked.Known, nil
	case prior.Status == Expired:
		return plan.OnExpired.Known, nil
	}
	return "", nil
}

// triggersChanged reports whether a value changed, a key was added or removed, or the map or a value is unknown. To add or
// remove the whole map is no change, so that you can begin or stop to use triggers without a new secret.
func triggersChanged(prior, plan Triggers) bool {
	if prior.Null || plan.Null {
		return false
	}
	if plan.Unknown || len(prior.Values) != len(plan.Values) {
		return true
	}
	for key, value := range plan.Values {
		if before, ok := prior.Values[key]; !ok || value.Unknown || before != value {
			return true
		}
	}
	return false
}

// isDue reports whether a token rotates because of rotation_due. If a rotation of an inactive token has begun, it goes on,
// whatever else changed. For an active token, Read has computed rotation_due from the rotate_after_days in state, so a changed
// number counts only after the next Read. An unknown number may be the same as before, so the token is due.
func isDue(prior Prior, plan Plan) bool {
	if !prior.RotationDue {
		return false
	}
	inactive := prior.Status == Revoked || prior.Status == Expired
	return inactive || plan.RotateAfterDays.Unknown || plan.RotateAfterDays == prior.RotateAfterDays
}

// Observed is what Read stores of a token that the API returned.
type Observed struct {
	Status              Status
	CreatedAt, IssuedAt time.Time
	RotationDue         bool
}

// Observe compares the API's response with prior state. It is the only part of the rule that uses the clock: now is
// Service.Earliest.
func Observe(prior Prior, found api.ServiceUserToken, now time.Time) Observed {
	seen := Observed{Status: StatusOf(found), CreatedAt: keptTime(prior.CreatedAt, found.CreatedAt), IssuedAt: keptTime(prior.IssuedAt, found.IssuedAt)}
	switch {
	case prior.HasSecret:
		// issued_at in state belongs to the secret in state. A later time belongs to a secret that Terraform never saw.
		if found.Active() && after(found.IssuedAt, prior.IssuedAt) {
			seen.Status = Superseded
		}
		seen.IssuedAt = prior.IssuedAt
	case found.Active() && (prior.RotationBegun() || prior.Status == Superseded):
		// A rotation made a secret that nobody has, and state holds no older secret whose issued_at would show that. So the
		// status keeps it until there is a new secret, however often the token is read.
		seen.Status = Superseded
	}
	seen.RotationDue = prior.RotationBegun() || (found.Active() && reachedAge(knownTime(seen.IssuedAt, found.IssuedAt), prior.RotateAfterDays, now))
	return seen
}

// BegunRotation returns what state holds between the two steps of a rotation in place, revoke and regenerate: the token is
// revoked and rotation_due is true. State holds this combination in no other case: if somebody else revokes a token, Read sets
// rotation_due to false. So the next apply continues a rotation that failed half way, whatever on_revoked says.
func BegunRotation() (status Status, due bool) { return Revoked, true }

// RotationBegun reports whether this provider began a rotation in place and did not finish it. See BegunRotation.
func (p Prior) RotationBegun() bool {
	return p.RotationDue && (p.Status == Revoked || p.Status == Expired)
}

// reachedAge reports whether a secret is at least this many days of 24 hours old.
func reachedAge(issuedAt time.Time, days Value[int64], now time.Time) bool {
	if issuedAt.IsZero() || days.Null || days.Unknown || days.Known < 1 {
		return false
	}
	return !now.Before(afterDays(issuedAt, days.Known))
}

// afterDays returns the instant that many days of 24 hours later. The limit keeps the year in a range that time.Time holds.
func afterDays(t time.Time, days int64) time.Time {
	const most = 1_000_000
	return t.UTC().AddDate(0, 0, int(min(days, most)))
}
