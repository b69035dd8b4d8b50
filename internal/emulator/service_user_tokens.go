package emulator

import (
	"time"
)

// tokenJSON is T of the contract. Its form varies as the contract allows: fraction digits of times, and the
// order of permission sets.
type tokenJSON struct {
	ID                   string     `json:"id"`
	Name                 string     `json:"name"`
	ServiceUserID        string     `json:"service_user_id"`
	Status               string     `json:"status"`
	InactivityExpiryDays int        `json:"inactivity_expiry_days"`
	AllPermissions       bool       `json:"all_permissions"`
	PermissionSetIDs     []string   `json:"permission_set_ids"`
	CreatedAt            string     `json:"created_at"`
	CreatedBy            personJSON `json:"created_by"`
	IssuedAt             string     `json:"issued_at"`
	LastUsedAt           *string    `json:"last_used_at,omitempty"`
	ExpiresAt            string     `json:"expires_at"`
	RevokedAt            *string    `json:"revoked_at,omitempty"`
}

type personJSON struct {
	UserID string `json:"user_id"`
	Name   string `json:"name"`
}

func (e *Emulator) tokenJSON(t *token) tokenJSON {
	e.responses++
	turn := e.responses
	ids := make([]string, len(t.permissionSets))
	for i, id := range t.permissionSets {
		ids[(i+turn)%len(ids)] = id
	}
	return tokenJSON{
		ID: t.id, Name: t.name, ServiceUserID: t.user.id, Status: t.status(e.instant()),
		InactivityExpiryDays: t.expiryDays, AllPermissions: t.all, PermissionSetIDs: ids,
		CreatedAt: timeText(t.createdAt, turn), CreatedBy: personJSON{t.createdBy.id, t.createdBy.first + " " + t.createdBy.last},
		IssuedAt: timeText(t.issuedAt, turn+1), LastUsedAt: optionalTime(t.lastUsedAt, turn), ExpiresAt: timeText(t.expiresAt(), turn),
		RevokedAt: optionalTime(t.revokedAt, turn),
	}
}

// timeText writes a time with zero, two or seven fraction digits, as the vendor's services do: in turn, if the instant
// has so few digits.
func timeText(at time.Time, turn int) string {
	layout := "2006-01-02T15:04:05.0000000Z"
	switch {
	case at.Nanosecond() == 0 && turn%3 == 0:
		layout = "2006-01-02T15:04:05Z"
	case at.Nanosecond()%int(10*time.Millisecond) == 0 && turn%3 == 1:
		layout = "2006-01-02T15:04:05.00Z"
	}
	return at.UTC().Format(layout)
}

func optionalTime(at *time.Time, turn int) *string {
	if at == nil {
		return nil
	}
	text := timeText(*at, turn)
	return &text
}

type tokenResponse struct {
	Token  tokenJSON `json:"service_user_token"`
	Secret string    `json:"secret,omitempty"`
}

func (e *Emulator) readCreate(r *request) (work, error) {
	var in struct {
		Name                 string    `json:"name"`
		InactivityExpiryDays *int      `json:"inactivity_expiry_days"`
		PermissionSetIDs     *[]string `json:"permission_set_ids"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	input := TokenInput{Name: in.Name}
	if in.InactivityExpiryDays != nil {
		if err := checkExpiry(*in.InactivityExpiryDays); err != nil {
			return nil, err
		}
		input.InactivityExpiryDays = *in.InactivityExpiryDays
	}
	if in.PermissionSetIDs != nil {
		input.PermissionSetIDs = e.ids(*in.PermissionSetIDs)
	}
	return func() (any, error) {
		t, secret, err := e.create(r.caller, input)
		if err != nil {
			return nil, err
		}
		e.note(r.call.Operation, r.caller.organization, t.id, nil)
		return tokenResponse{e.tokenJSON(t), secret}, nil
	}, nil
}

func (e *Emulator) readGet(r *request) (work, error) {
	return func() (any, error) {
		return e.tokenOr(e.get(r.caller.organization, r.call.TokenID))
	}, nil
}

// tokenOr is the response of an operation that returns a token without a secret.
func (e *Emulator) tokenOr(t *token, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	return tokenResponse{Token: e.tokenJSON(t)}, nil
}

func (e *Emulator) readUpdate(r *request) (work, error) {
	var in struct {
		Name                 *string   `json:"name"`
		InactivityExpiryDays *int      `json:"inactivity_expiry_days"`
		PermissionSetIDs     *[]string `json:"permission_set_ids"`
		AllPermissions       *bool     `json:"all_permissions"`
	}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	edit := TokenEdit{Name: in.Name, InactivityExpiryDays: in.InactivityExpiryDays}
	switch {
	case in.Name == nil && in.InactivityExpiryDays == nil && in.PermissionSetIDs == nil && in.AllPermissions == nil:
		return nil, invalid("body", "names nothing to change")
	case in.PermissionSetIDs != nil && in.AllPermissions != nil:
		return nil, invalid("all_permissions", "cannot be given together with permission_set_ids")
	case in.AllPermissions != nil && !*in.AllPermissions:
		return nil, invalid("all_permissions", "can only be true; give permission_set_ids instead")
	}
	edit.AllPermissions = in.AllPermissions != nil
	if in.PermissionSetIDs != nil {
		edit.PermissionSetIDs = e.ids(*in.PermissionSetIDs)
	}
	return func() (any, error) {
		var t *token
		err := e.change(r, canBeEdited, func(o *organization, id string) (err error) {
			t, err = e.edit(o, id, edit)
			return err
		})
		return e.tokenOr(t, err)
	}, nil
}

func (e *Emulator) readRevoke(r *request) (work, error) {
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	return func() (any, error) {
		var t *token
		err := e.change(r, canBeRevoked, func(o *organization, id string) (err error) {
			t, err = e.revoke(o, id)
			return err
		})
		return e.tokenOr(t, err)
	}, nil
}

func (e *Emulator) readRegenerate(r *request) (work, error) {
	if err := readBody(r, &struct{}{}); err != nil {
		return nil, err
	}
	return func() (any, error) {
		var t *token
		var secret string
		err := e.change(r, canBeRegenerated, func(o *organization, id string) (err error) {
			t, secret, err = e.regenerate(o, id)
			return err
		})
		if err != nil {
			return nil, err
		}
		return tokenResponse{e.tokenJSON(t), secret}, nil
	}, nil
}

func (e *Emulator) readDelete(r *request) (work, error) {
	return func() (any, error) {
		return struct{}{}, e.change(r, canBeDeleted, e.remove)
	}, nil
}
