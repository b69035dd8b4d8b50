package emulator

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// savedVersion is the version of the form below. Restore refuses any other.
const savedVersion = 1

// saved is the form in which Save writes an emulator. The journal, rate limits and writes that are not visible yet are not in it.
type saved struct {
	Version       int                 `json:"version"`
	Organizations []savedOrganization `json:"organizations"`
	Users         []savedUser         `json:"users"`
}

type savedOrganization struct {
	ID             string               `json:"id"`
	Administrator  string               `json:"administrator"`
	Tokens         []savedToken         `json:"tokens"`
	UserTokens     []savedUserToken     `json:"user_tokens"`
	PermissionSets []savedPermissionSet `json:"permission_sets"`
}

type savedUser struct {
	ID           string   `json:"id"`
	First        string   `json:"first"`
	Last         string   `json:"last"`
	Organization string   `json:"organization"`
	Permissions  []string `json:"permissions,omitempty"`
	SecretHashes []string `json:"secret_sha256,omitempty"` // of a person's API tokens
}

type savedToken struct {
	ID             string     `json:"id"`
	Name           string     `json:"name"`
	User           string     `json:"user"`
	ExpiryDays     int        `json:"expiry_days"`
	All            bool       `json:"all_permissions,omitempty"`
	PermissionSets []string   `json:"permission_sets,omitempty"`
	CreatedAt      time.Time  `json:"created_at"`
	CreatedBy      string     `json:"created_by"`
	IssuedAt       time.Time  `json:"issued_at"`
	LastUsedAt     *time.Time `json:"last_used_at,omitempty"`
	RevokedAt      *time.Time `json:"revoked_at,omitempty"`
	SecretHash     string     `json:"secret_sha256"`
}

type savedUserToken struct {
	ID         string     `json:"id"`
	Name       string     `json:"name"`
	User       string     `json:"user"`
	CreatedAt  time.Time  `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at,omitempty"`
}

type savedPermissionSet struct {
	ID          string    `json:"id"`
	Name        string    `json:"name"`
	Description string    `json:"description"`
	ModifiedAt  time.Time `json:"modified_at"`
	Permissions []string  `json:"permissions"`
}

// Save returns the organizations, users and tokens as JSON, for Restore. It has hashes and no secrets.
func (e *Emulator) Save() []byte {
	e.mu.Lock()
	defer e.mu.Unlock()
	users := map[string]*user{}
	s := saved{Version: savedVersion}
	for _, o := range e.organizations {
		users[o.administrator.id] = o.administrator
		so := savedOrganization{ID: o.id, Administrator: o.administrator.id}
		for _, t := range o.tokens {
			users[t.user.id], users[t.createdBy.id] = t.user, t.createdBy
			so.Tokens = append(so.Tokens, savedToken{
				t.id, t.name, t.user.id, t.expiryDays, t.all, t.permissionSets, t.createdAt, t.createdBy.id, t.issuedAt, t.lastUsedAt, t.revokedAt,
				hex.EncodeToString(t.secret[:]),
			})
		}
		for _, t := range o.userTokens {
			users[t.user.id] = t.user
			so.UserTokens = append(so.UserTokens, savedUserToken{t.id, t.name, t.user.id, t.createdAt, t.lastUsedAt})
		}
		for _, p := range o.permissionSets {
			so.PermissionSets = append(so.PermissionSets, savedPermissionSet{p.id, p.name, p.description, p.modifiedAt, p.permissions})
		}
		s.Organizations = append(s.Organizations, so)
	}
	hashes := map[string][]string{}
	for h, u := range e.bearers {
		users[u.id] = u
		if u.token == nil {
			hashes[u.id] = append(hashes[u.id], hex.EncodeToString(h[:]))
		}
	}
	for _, u := range users {
		slices.Sort(hashes[u.id])
		s.Users = append(s.Users, savedUser{u.id, u.first, u.last, u.organization.id, u.permissions, hashes[u.id]})
	}
	slices.SortFunc(s.Users, func(a, b savedUser) int { return cmp.Compare(a.ID, b.ID) })
	text, _ := json.MarshalIndent(s, "", "  ") // nothing in it can fail
	return append(text, '\n')
}

// Restore returns an emulator with what Save returned. Options.Tokens and Options.Seed are not used: the ids of a seed are
// already there. The administrator of the first organization authenticates with Options.Bearer, or with a new API token if
// that is empty, because only the hash of the old one was saved.
func Restore(opts Options, text []byte) (*Emulator, error) {
	var s saved
	if err := json.Unmarshal(text, &s); err != nil {
		return nil, err
	}
	if s.Version != savedVersion {
		return nil, fmt.Errorf("version %d is not known; this emulator reads version %d", s.Version, savedVersion)
	}
	if len(s.Organizations) == 0 {
		return nil, errors.New("there is no organization")
	}
	opts.Seed = 0
	e := prepare(opts)
	if err := e.restore(s); err != nil {
		return nil, err
	}
	first := e.organizations[0].administrator
	maps.DeleteFunc(e.bearers, func(_ hash, u *user) bool { return u == first })
	e.bearers[hashOf(e.opts.Bearer)] = first
	return e, nil
}

func (e *Emulator) restore(s saved) error {
	organizations, users := map[string]*organization{}, map[string]*user{}
	for _, so := range s.Organizations {
		organizations[so.ID] = &organization{id: so.ID}
		e.organizations = append(e.organizations, organizations[so.ID])
	}
	for _, su := range s.Users {
		u := &user{id: su.ID, first: su.First, last: su.Last, organization: organizations[su.Organization], permissions: su.Permissions}
		if u.organization == nil {
			return fmt.Errorf("user %s is in no organization", su.ID)
		}
		users[su.ID] = u
		for _, text := range su.SecretHashes {
			if err := e.accept(text, u); err != nil {
				return err
			}
		}
	}
	for i, so := range s.Organizations {
		if err := e.restoreOrganization(e.organizations[i], so, users); err != nil {
			return fmt.Errorf("organization %s: %w", so.ID, err)
		}
	}
	return nil
}

func (e *Emulator) restoreOrganization(o *organization, so savedOrganization, users map[string]*user) error {
	if o.administrator = users[so.Administrator]; o.administrator == nil {
		return errors.New("the administrator is not one of the users")
	}
	for _, p := range so.PermissionSets {
		o.permissionSets = append(o.permissionSets, permissionSet{p.ID, p.Name, p.Description, p.ModifiedAt, p.Permissions})
	}
	for _, st := range so.Tokens {
		t := &token{
			id: st.ID, name: st.Name, user: users[st.User], expiryDays: st.ExpiryDays, all: st.All, permissionSets: st.PermissionSets,
			createdAt: st.CreatedAt, createdBy: users[st.CreatedBy], issuedAt: st.IssuedAt, lastUsedAt: st.LastUsedAt, revokedAt: st.RevokedAt,
		}
		if t.user == nil || t.createdBy == nil {
			return fmt.Errorf("token %s: its users are not known", st.ID)
		}
		if err := e.accept(st.SecretHash, t.user); err != nil {
			return fmt.Errorf("token %s: %w", st.ID, err)
		}
		_, _ = hex.Decode(t.secret[:], []byte(st.SecretHash))
		t.user.token = t
		o.tokens = append(o.tokens, t)
	}
	for _, st := range so.UserTokens {
		t := &userToken{st.ID, st.Name, users[st.User], st.CreatedAt, st.LastUsedAt}
		if t.user == nil {
			return fmt.Errorf("user token %s: its user is not known", st.ID)
		}
		o.userTokens = append(o.userTokens, t)
	}
	return nil
}

// accept makes the emulator accept the secret with this hash, as the given user's.
func (e *Emulator) accept(hexHash string, u *user) error {
	var h hash
	decoded, err := hex.DecodeString(hexHash)
	if err != nil || len(decoded) != len(h) {
		return errors.New("secret_sha256 is not the hash of a secret")
	}
	copy(h[:], decoded)
	e.bearers[h] = u
	return nil
}
