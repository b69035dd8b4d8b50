package emulator

import (
	"fmt"
	"slices"
	"time"
)

// Token is a service user token as a test sees it.
type Token struct {
	ID, Name, ServiceUserID, Status string
	CreatedBy                       string // a person's name
	InactivityExpiryDays            int
	AllPermissions                  bool
	PermissionSetIDs                []string
	CreatedAt, IssuedAt, ExpiresAt  time.Time
	LastUsedAt, RevokedAt           *time.Time
}

func (e *Emulator) view(t *token) Token {
	return Token{
		ID: t.id, Name: t.name, ServiceUserID: t.user.id, Status: t.status(e.instant()), InactivityExpiryDays: t.expiryDays,
		AllPermissions: t.all, PermissionSetIDs: slices.Clone(t.permissionSets), CreatedAt: t.createdAt, IssuedAt: t.issuedAt,
		CreatedBy: t.createdBy.name(), ExpiresAt: t.expiresAt(), LastUsedAt: t.lastUsedAt, RevokedAt: t.revokedAt,
	}
}

// The methods below do what people do in the web app of the first organization. They follow the contract's rules and return an
// error for what a rule forbids. They are not in the journal, and faults do not affect them.

// Tokens returns all tokens, oldest first.
func (e *Emulator) Tokens() []Token {
	e.mu.Lock()
	defer e.mu.Unlock()
	var list []Token
	for _, t := range e.organizations[0].tokens {
		list = append(list, e.view(t))
	}
	return list
}

// ActiveTokens returns the active tokens, oldest first.
func (e *Emulator) ActiveTokens() []Token {
	var active []Token
	for _, t := range e.Tokens() {
		if t.Status == statusActive {
			active = append(active, t)
		}
	}
	return active
}

// Token returns one token.
func (e *Emulator) Token(id string) (Token, bool) {
	for _, t := range e.Tokens() {
		if t.ID == id {
			return t, true
		}
	}
	return Token{}, false
}

// CreateToken makes a token in the administrator's name and returns it with its secret.
func (e *Emulator) CreateToken(in TokenInput) (Token, string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	t, secret, err := e.create(e.organizations[0].administrator, in)
	if err != nil {
		return Token{}, "", err
	}
	return e.view(t), secret, nil
}

// EditToken edits an active token.
func (e *Emulator) EditToken(id string, in TokenEdit) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err := e.edit(e.organizations[0], id, in)
	return err
}

// RevokeToken revokes an active token.
func (e *Emulator) RevokeToken(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, err := e.revoke(e.organizations[0], id)
	return err
}

// RegenerateToken gives an inactive token a new secret, which it returns.
func (e *Emulator) RegenerateToken(id string) (string, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, secret, err := e.regenerate(e.organizations[0], id)
	return secret, err
}

// DeleteToken deletes an inactive token.
func (e *Emulator) DeleteToken(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.remove(e.organizations[0], id)
}

// UseToken uses an active token's secret once.
func (e *Emulator) UseToken(id string) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	t, err := e.organizations[0].find(id)
	if err != nil {
		return err
	}
	now := e.instant()
	if t.status(now) != statusActive {
		return unauthenticated
	}
	t.lastUsedAt = &now
	return nil
}

func (e *Emulator) addOrganization(bearer string) *organization {
	o := &organization{id: e.random.organizationID(), permissionSets: e.newPermissionSets(e.instant())}
	o.administrator = &user{id: e.random.userID(), first: "Alex", last: "Example", organization: o, permissions: []string{PermissionOrganization, PermissionUsers, PermissionGroups}}
	for i := range 3 {
		o.userTokens = append(o.userTokens, &userToken{
			id: e.random.uuid(), name: fmt.Sprintf("personal %d", i+1), user: o.administrator, createdAt: e.instant().AddDate(0, 0, -20*i),
		})
	}
	e.bearers[hashOf(bearer)] = o.administrator
	e.organizations = append(e.organizations, o)
	return o
}

// seed creates the tokens that Options ask for. Above the active-token limit, it revokes the previous token before it creates
// the next one.
func (e *Emulator) seed() {
	o := e.organizations[0]
	for i := range e.opts.Tokens {
		if o.activeCount(e.instant()) == e.opts.ActiveTokenLimit {
			now := e.instant()
			o.tokens[len(o.tokens)-1].revokedAt = &now
		}
		if _, _, err := e.create(o.administrator, TokenInput{Name: fmt.Sprintf("integration-%04d", i+1)}); err != nil {
			panic(err) // the name is valid and a slot is free
		}
	}
}
