package main

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// noteUnwanted notes the token of a create that should have been refused.
func (l *life) noteUnwanted(resp response) {
	var made tokenResponse
	if json.Unmarshal(resp.body, &made) == nil {
		l.note(made)
	}
}

// changes are the operations on one token that change it.
func changes(path string) map[string]request {
	return map[string]request{
		updateOperation:     {method: http.MethodPatch, path: path, body: fields{"inactivity_expiry_days": 31}},
		revokeOperation:     post(path+"/revoke", fields{}),
		regenerateOperation: post(path+"/regenerate", fields{}),
		deleteOperation:     {method: http.MethodDelete, path: path},
	}
}

var changingOperations = []string{updateOperation, revokeOperation, regenerateOperation, deleteOperation}

func (l *life) unknownIDs(ctx context.Context) {
	for _, operation := range changingOperations {
		l.refuses(ctx, operation, "an unknown id is not found", changes(tokensPath + "/" + unknownID())[operation], notFound)
	}
}

func (l *life) unauthenticated(ctx context.Context) {
	for _, operation := range changingOperations {
		l.refuses(ctx, operation, "an unknown bearer is refused", changes(l.path(""))[operation].as(secret.New("not-a-token")), unauthenticated)
	}
}

// works checks that WhoAmI with the secret returns the token's service user.
func (l *life) works(ctx context.Context, operation, title string, s secret.String) {
	var who caller
	l.succeeds(ctx, operation, title, get(whoAmIPath).as(s), &who, func() (bool, string, string) {
		return who.UserID == l.token.ServiceUserID, "the user_id is the token's service_user_id", "another user_id"
	})
}

func (l *life) reads(ctx context.Context, title string, want func(serviceUserToken) (bool, string)) {
	l.tokenIs(ctx, "GetServiceUserToken", title, get(l.path("")), want)
}

// tokenIs checks the token in a call's response. Its id and service user must always be those of this token.
func (l *life) tokenIs(ctx context.Context, operation, title string, r request, want func(serviceUserToken) (bool, string)) {
	var got tokenResponse
	l.succeeds(ctx, operation, title, r, &got, func() (bool, string, string) {
		t := got.Token
		if t.ID != l.token.ID || t.ServiceUserID != l.token.ServiceUserID {
			return false, "the same id and service_user_id", "others"
		}
		good, expected := want(t)
		return good, expected, shortly(t)
	})
}

// edits changes each field. issued_at must not change.
func (l *life) edits(ctx context.Context) {
	sameSecret := func(t serviceUserToken) bool { return t.IssuedAt.Equal(l.token.IssuedAt) && t.Active() }
	name := l.prefix + "renamed"
	l.tokenIs(ctx, updateOperation, "changes the name alone", l.patch(fields{"name": name}), func(t serviceUserToken) (bool, string) {
		return t.Name == name && t.InactivityExpiryDays == 31 && l.granted(t) && sameSecret(t), "the new name, and all else as before"
	})
	l.tokenIs(ctx, updateOperation, "changes the expiry alone", l.patch(fields{"inactivity_expiry_days": 180}), func(t serviceUserToken) (bool, string) {
		return t.Name == name && t.InactivityExpiryDays == 180 && l.granted(t) && sameSecret(t), "180 days, and all else as before"
	})
	const title = "changes the permission sets alone"
	if len(l.sets) < 2 {
		l.skip(updateOperation, title, "there are fewer than two permission sets")
	} else {
		l.tokenIs(ctx, updateOperation, title, l.patch(fields{"permission_set_ids": l.sets[1:2]}), func(t serviceUserToken) (bool, string) {
			return slices.Equal(t.PermissionSetIDs, l.sets[1:2]) && !t.AllPermissions && t.Name == name && sameSecret(t), "the other permission set, and all else as before"
		})
	}
	l.tokenIs(ctx, updateOperation, "grants all permissions", l.patch(fields{"all_permissions": true}), func(t serviceUserToken) (bool, string) {
		return t.AllPermissions && len(t.PermissionSetIDs) == 0 && t.Name == name && sameSecret(t), "all permissions, and all else as before"
	})
	l.refuses(ctx, updateOperation, "nothing to change is refused", l.patch(fields{}), invalid("body"))
	l.refuses(ctx, updateOperation, "an unknown field is refused", l.patch(fields{"nonsense": true}), invalid("nonsense"))
	both := fields{"all_permissions": true, "permission_set_ids": []string{unknownID()}}
	l.refuses(ctx, updateOperation, "all_permissions with permission sets is refused", l.patch(both), refusal{status: http.StatusBadRequest, code: 3})
	l.reads(ctx, "shows the edits", func(t serviceUserToken) (bool, string) {
		return t.Name == name && t.InactivityExpiryDays == 180 && t.AllPermissions, "what the edits returned"
	})
}

// revokes revokes the token; the secret must stop working.
func (l *life) revokes(ctx context.Context, title string) {
	l.tokenIs(ctx, revokeOperation, title, post(l.path("/revoke"), fields{}), func(t serviceUserToken) (bool, string) {
		return t.Status == api.StatusRevoked && t.RevokedAt != nil, "a revoked token with the time of it"
	})
	l.refuses(ctx, revokeOperation, title+": the secret is refused", get(whoAmIPath).as(l.secret), unauthenticated)
}

// regenerates creates a new secret for the same token.
func (l *life) regenerates(ctx context.Context) {
	made := l.newSecret(ctx, regenerateOperation, "gives the same token a new secret", post(l.path("/regenerate"), fields{}), func(t serviceUserToken) (bool, string) {
		same := t.ID == l.token.ID && t.ServiceUserID == l.token.ServiceUserID && t.AllPermissions && t.InactivityExpiryDays == 180
		return same && t.Active() && t.IssuedAt.After(l.token.IssuedAt) && t.RevokedAt == nil && t.LastUsedAt == nil,
			"the same token, active, issued later, neither revoked nor used"
	})
	if made.Secret.IsZero() {
		l.skip(regenerateOperation, "the new secret and the old one", "it was not regenerated")
		return
	}
	l.check(regenerateOperation, "the new secret is another one", made.Secret.Reveal() != l.secret.Reveal(), "another secret", "the old one")
	l.refuses(ctx, regenerateOperation, "the old secret stays refused", get(whoAmIPath).as(l.secret), unauthenticated)
	l.works(ctx, regenerateOperation, "the new secret is accepted", made.Secret)
	l.secret = made.Secret
	l.revokes(ctx, "revokes a regenerated token")
}

// deletes deletes the token.
func (l *life) deletes(ctx context.Context) {
	var empty struct{}
	gone := request{method: http.MethodDelete, path: l.path("")}
	l.succeeds(ctx, deleteOperation, "deletes a revoked token", gone, &empty)
	l.refuses(ctx, deleteOperation, "a deleted token is not found", gone, notFound)
	l.refuses(ctx, "GetServiceUserToken", "a deleted token is not found", get(l.path("")), notFound)
}

// cleanUp deletes all remaining tokens of this run, by id and by name, even after an interrupt.
func (l *life) cleanUp(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanUpTimeout)
	defer cancel()
	cleaner := l.client.opts.apiClient()
	list, err := cleaner.ListServiceUserTokens(ctx)
	doomed := l.made
	for _, t := range list.Tokens {
		if strings.HasPrefix(t.Name, l.prefix) && !slices.Contains(doomed, t.ID) {
			doomed = append(doomed, t.ID)
		}
	}
	for _, id := range doomed {
		err = errors.Join(err, retire(ctx, cleaner, id))
	}
	problem := ""
	if err != nil {
		problem = "look for names that begin with " + l.prefix + ": " + l.client.harmless(err.Error(), 400)
	}
	l.check("clean-up", "everything that this run made is deleted", err == nil, "nothing is left", problem)
}
