package emulator

import (
	"errors"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// DefaultInactivityExpiryDays is the inactivity expiry of a token that is created without one.
const DefaultInactivityExpiryDays = 45

// InactivityExpiryChoices returns every inactivity expiry that a token can have, in days.
func InactivityExpiryChoices() []int { return []int{31, DefaultInactivityExpiryDays, 60, 180} }

// Snapshot is the first organization as the web app shows it, at one instant.
type Snapshot struct {
	// At is the instant, on the emulator's clock.
	At             time.Time
	OrganizationID string
	// Tokens and UserTokens are in the order of the API's lists, newest first.
	Tokens                         []Token
	ActiveTokens, ActiveTokenLimit int
	UserTokens                     []UserToken
	ActiveUserTokenLimit           int // of each person
	PermissionSets                 []PermissionSet
	Calls                          []CallSummary // newest first
}

// UserToken is a person's API token.
type UserToken struct {
	Name, Owner, Status  string
	CreatedAt, ExpiresAt time.Time
	LastUsedAt           *time.Time
}

// PermissionSet is a permission set that a token can get.
type PermissionSet struct{ ID, Name, Description string }

// CallSummary is one call of the journal in a form that holds no secret.
type CallSummary struct {
	Time         time.Time
	Method, Path string
	// Status is 0 if the connection was cut.
	Status int
	// Caller is the name of the person or the service user, an id if the user is gone, and empty if the API token was not
	// accepted.
	Caller string
}

// Snapshot returns the first organization with the last calls of the journal, up to the given number.
func (e *Emulator) Snapshot(calls int) Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	o, now := e.organizations[0], e.instant()
	s := Snapshot{
		At: now, OrganizationID: o.id, ActiveTokens: o.activeCount(now), ActiveTokenLimit: e.opts.ActiveTokenLimit,
		ActiveUserTokenLimit: e.opts.ActiveUserTokenLimit,
	}
	tokens, _ := cut(o.tokens, func(t *token) cursor { return cursor{t.createdAt, t.id} }, page{size: len(o.tokens)})
	for _, t := range tokens {
		s.Tokens = append(s.Tokens, e.view(t))
	}
	userTokens, _ := cut(o.userTokens, func(t *userToken) cursor { return cursor{t.createdAt, t.id} }, page{size: len(o.userTokens)})
	for _, t := range userTokens {
		s.UserTokens = append(s.UserTokens, UserToken{t.name, t.user.name(), t.status(now), t.createdAt, t.expiresAt(), t.lastUsedAt})
	}
	for _, p := range o.permissionSets {
		s.PermissionSets = append(s.PermissionSets, PermissionSet{p.id, p.name, p.description})
	}
	names := map[string]string{}
	for _, u := range e.bearers {
		names[u.id] = u.name()
	}
	for _, c := range e.calls[max(0, len(e.calls)-calls):] {
		caller, known := names[c.CallerID]
		if !known {
			caller = c.CallerID
		}
		s.Calls = append(s.Calls, CallSummary{c.Time, c.Method, e.withoutSecrets(c.Path), c.Status, caller})
	}
	slices.Reverse(s.Calls)
	return s
}

// name returns a user's name in the web app. A service user has its token's name.
func (u *user) name() string {
	if u.token != nil {
		return u.token.name
	}
	return u.first + " " + u.last
}

var secretForm = regexp.MustCompile(`scapi_\w+`)

// WithoutSecrets returns a path without the secrets that a caller has put into it by mistake.
func (e *Emulator) WithoutSecrets(path string) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.withoutSecrets(path)
}

// withoutSecrets finds a secret by its form, or by its hash if the form is another one.
func (e *Emulator) withoutSecrets(path string) string {
	elements := strings.Split(path, "/")
	for i, element := range elements {
		if e.bearers[hashOf(element)] != nil {
			elements[i] = "…"
		}
	}
	return secretForm.ReplaceAllString(strings.Join(elements, "/"), "scapi_…")
}

// Refusal returns the status and the message with which the API would refuse, for an error of this package.
func Refusal(err error) (status int, message string) {
	var refused *refusal
	if errors.As(err, &refused) {
		return refused.status, refused.message
	}
	return http.StatusInternalServerError, err.Error()
}
