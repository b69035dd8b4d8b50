package emulator

import (
	"slices"
	"time"
)

// Token statuses of the contract.
const (
	statusActive  = "TOKEN_STATUS_ACTIVE"
	statusRevoked = "TOKEN_STATUS_REVOKED"
	statusExpired = "TOKEN_STATUS_EXPIRED"
)

// organization is one customer of the service.
type organization struct {
	id             string
	administrator  *user
	tokens         []*token // oldest first
	userTokens     []*userToken
	permissionSets []permissionSet
}

// user is a person or a service user.
type user struct {
	id, first, last string
	organization    *organization
	permissions     []string
	token           *token // a service user's token; nil for a person
}

// token is a service user token. Its secret is kept as a hash.
type token struct {
	id, name       string
	user           *user
	expiryDays     int
	all            bool
	permissionSets []string
	createdAt      time.Time
	createdBy      *user
	issuedAt       time.Time
	lastUsedAt     *time.Time
	revokedAt      *time.Time
	secret         hash
}

type userToken struct {
	id, name   string
	user       *user
	createdAt  time.Time
	lastUsedAt *time.Time
}

// userTokenExpiryDays is the vendor's documented inactivity expiry of a person's token.
const userTokenExpiryDays = 30

func (t *token) expiresAt() time.Time {
	used := t.issuedAt
	if t.lastUsedAt != nil && t.lastUsedAt.After(used) {
		used = *t.lastUsedAt
	}
	return used.AddDate(0, 0, t.expiryDays)
}

// status is computed at each call, because a token expires without any action.
func (t *token) status(now time.Time) string {
	switch {
	case t.revokedAt != nil:
		return statusRevoked
	case !now.Before(t.expiresAt()):
		return statusExpired
	default:
		return statusActive
	}
}

func (t *userToken) expiresAt() time.Time {
	used := t.createdAt
	if t.lastUsedAt != nil {
		used = *t.lastUsedAt
	}
	return used.AddDate(0, 0, userTokenExpiryDays)
}

func (o *organization) activeCount(now time.Time) int {
	n := 0
	for _, t := range o.tokens {
		if t.status(now) == statusActive {
			n++
		}
	}
	return n
}

func (o *organization) find(id string) (*token, error) {
	for _, t := range o.tokens {
		if t.id == id {
			return t, nil
		}
	}
	return nil, noSuchToken
}

// instant returns the time of the emulator's own clock in the precision of the API's finest time format, 100 ns.
func (e *Emulator) instant() time.Time {
	return e.opts.Now().UTC().Add(e.opts.Habits.ClockOffset).Truncate(100 * time.Nanosecond)
}

// TokenInput are the fields of a new token.
type TokenInput struct {
	Name string
	// InactivityExpiryDays is 31, 45, 60 or 180; 0 is 45.
	InactivityExpiryDays int
	// PermissionSetIDs nil is all permissions.
	PermissionSetIDs []string
}

// TokenEdit changes a token. Nil fields stay.
type TokenEdit struct {
	Name                 *string
	InactivityExpiryDays *int
	PermissionSetIDs     []string
	AllPermissions       bool
}

// create, edit, revoke, regenerate and remove are the contract's rules. All of them need the lock.

func (e *Emulator) create(by *user, in TokenInput) (*token, string, error) {
	o := by.organization
	if in.InactivityExpiryDays == 0 {
		in.InactivityExpiryDays = DefaultInactivityExpiryDays
	}
	name, err := checkName(in.Name)
	if err == nil {
		err = checkExpiry(in.InactivityExpiryDays)
	}
	if err == nil && in.PermissionSetIDs != nil {
		err = o.checkPermissionSets(in.PermissionSetIDs)
	}
	if err == nil {
		err = e.checkSlot(o)
	}
	if err != nil {
		return nil, "", err
	}
	id := e.random.userID()
	t := &token{
		id: e.random.uuid(), name: name, expiryDays: in.InactivityExpiryDays, all: in.PermissionSetIDs == nil,
		permissionSets: distinct(in.PermissionSetIDs), createdAt: e.instant(), createdBy: by,
	}
	t.user = &user{id: id, first: name, last: "(service user)", organization: o, token: t}
	o.tokens = append(o.tokens, t)
	return t, e.issue(t, t.createdAt), nil
}

// issue gives a token a new secret; the old one stops working.
func (e *Emulator) issue(t *token, at time.Time) string {
	secret := e.random.secret()
	delete(e.bearers, t.secret)
	t.secret, t.issuedAt, t.lastUsedAt, t.revokedAt = hashOf(secret), at, nil, nil
	e.bearers[t.secret] = t.user
	e.opts.OnSecret(secret)
	return secret
}

func (e *Emulator) edit(o *organization, id string, in TokenEdit) (*token, error) {
	t, err := o.find(id)
	if err != nil {
		return nil, err
	}
	if err := canBeEdited(t, e.instant()); err != nil {
		return nil, err
	}
	name, days := t.name, t.expiryDays
	if in.Name != nil {
		if name, err = checkName(*in.Name); err != nil {
			return nil, err
		}
	}
	if in.InactivityExpiryDays != nil {
		days = *in.InactivityExpiryDays
		if err := checkExpiry(days); err != nil {
			return nil, err
		}
	}
	if in.PermissionSetIDs != nil {
		if err := o.checkPermissionSets(in.PermissionSetIDs); err != nil {
			return nil, err
		}
		t.all, t.permissionSets = false, distinct(in.PermissionSetIDs)
	} else if in.AllPermissions {
		t.all, t.permissionSets = true, nil
	}
	t.name, t.expiryDays = name, days
	return t, nil
}

func (e *Emulator) revoke(o *organization, id string) (*token, error) {
	t, err := o.find(id)
	if err != nil {
		return nil, err
	}
	now := e.instant()
	if err := canBeRevoked(t, now); err != nil {
		return nil, err
	}
	t.revokedAt = &now
	return t, nil
}

func (e *Emulator) regenerate(o *organization, id string) (*token, string, error) {
	t, err := o.find(id)
	if err != nil {
		return nil, "", err
	}
	now := e.instant()
	if err := canBeRegenerated(t, now); err != nil {
		return nil, "", err
	}
	if err := e.checkSlot(o); err != nil {
		return nil, "", err
	}
	return t, e.issue(t, now), nil
}

func (e *Emulator) remove(o *organization, id string) error {
	t, err := o.find(id)
	if err != nil {
		return err
	}
	if err := canBeDeleted(t, e.instant()); err != nil {
		return err
	}
	delete(e.bearers, t.secret)
	o.tokens = slices.DeleteFunc(o.tokens, func(other *token) bool { return other == t })
	return nil
}
