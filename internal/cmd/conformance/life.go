package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/google/uuid"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

const (
	createOperation     = "CreateServiceUserToken"
	updateOperation     = "UpdateServiceUserToken"
	revokeOperation     = "RevokeServiceUserToken"
	regenerateOperation = "RegenerateServiceUserToken"
	deleteOperation     = "DeleteServiceUserToken"
)

type tokenResponse struct {
	Token  serviceUserToken `json:"service_user_token"`
	Secret secret.String    `json:"secret"`
}

// life is the life of a token that this run creates.
type life struct {
	*checker
	prefix string // of the names of this run's tokens only
	made   []string
	token  serviceUserToken // the zero token if no token was created
	secret secret.String
}

func newLife(k *checker) *life {
	return &life{checker: k, prefix: contracttest.NamePrefix + "conformance-" + uuid.NewString()[:8] + "-"}
}

// begin creates two tokens, so that the list has pages.
func (l *life) begin(ctx context.Context) {
	l.refusedCreates(ctx)
	name := l.prefix + "first"
	made := l.newSecret(ctx, createOperation, "creates the requested token", post(tokensPath, l.grant(fields{"name": name, "inactivity_expiry_days": 31})),
		func(t serviceUserToken) (bool, string) {
			return t.Name == name && t.InactivityExpiryDays == 31 && t.Active() && t.LastUsedAt == nil && t.RevokedAt == nil && l.granted(t),
				"an active token of that name, expiry and permissions, never used"
		})
	l.token, l.secret = made.Token, made.Secret
	l.newSecret(ctx, createOperation, "expires after 45 days by default", post(tokensPath, l.grant(fields{"name": l.prefix + "second"})),
		func(t serviceUserToken) (bool, string) { return t.InactivityExpiryDays == 45, "45 days" })
}

// refusedCreates checks that creates that the contract forbids create no token.
func (l *life) refusedCreates(ctx context.Context) {
	name := l.prefix + "refused"
	long := name
	for len(long) <= 100 {
		long += "x"
	}
	for _, c := range []struct {
		title string
		body  fields
		field string
	}{
		{"an empty name is refused", fields{"name": ""}, "name"},
		{"a name of over 100 characters is refused", fields{"name": long}, "name"},
		{"an expiry of 44 days is refused", fields{"name": name, "inactivity_expiry_days": 44}, "inactivity_expiry_days"},
		{"no permission sets are refused", fields{"name": name, "permission_set_ids": []string{}}, "permission_set_ids"},
		{"an unknown permission set is refused", fields{"name": name, "permission_set_ids": []string{unknownID()}}, "permission_set_ids"},
		{"null is refused", fields{"name": name, "permission_set_ids": nil}, "permission_set_ids"},
		{"an unknown field is refused", fields{"name": name, "nonsense": true}, "nonsense"},
	} {
		l.noteUnwanted(l.refuses(ctx, createOperation, c.title, post(tokensPath, c.body), invalid(c.field)))
	}
	nobody := post(tokensPath, fields{"name": name}).as(secret.New("not-a-token"))
	l.noteUnwanted(l.refuses(ctx, createOperation, "an unknown bearer is refused", nobody, unauthenticated))
}

// live calls every operation on the token.
func (l *life) live(ctx context.Context) {
	l.unknownIDs(ctx)
	if l.token.ID == "" {
		l.skip("service user tokens", "edit, revoke, regenerate, delete", "no token could be made")
		return
	}
	l.works(ctx, createOperation, "the secret is accepted, and its caller is the service user", l.secret)
	l.reads(ctx, "its use shows in last_used_at", func(t serviceUserToken) (bool, string) { return t.LastUsedAt != nil, "a time in last_used_at" })
	l.edits(ctx)
	l.refuses(ctx, deleteOperation, "an active token is refused", request{method: http.MethodDelete, path: l.path("")}, stillActive)
	l.refuses(ctx, regenerateOperation, "an active token is refused", post(l.path("/regenerate"), fields{}), stillActive)
	l.unauthenticated(ctx)
	l.works(ctx, updateOperation, "the secret is accepted as before", l.secret)
	l.revokes(ctx, "revokes")
	l.refuses(ctx, revokeOperation, "a revoked token is refused", post(l.path("/revoke"), fields{}), notActive)
	l.refuses(ctx, updateOperation, "a revoked token is refused", l.patch(fields{"name": l.token.Name}), notActive)
	l.regenerates(ctx)
	l.deletes(ctx)
}

// newSecret makes a call that creates a secret. It notes the token in the response, so that the clean-up deletes it, and returns
// it even if it differs from the request: later checks can use it. Without an id or a secret, it returns the zero token.
func (l *life) newSecret(ctx context.Context, operation, title string, r request, want func(serviceUserToken) (bool, string)) tokenResponse {
	var made tokenResponse
	l.succeeds(ctx, operation, title, r, &made, func() (bool, string, string) {
		good, expected := want(made.Token)
		return good, expected, shortly(made.Token)
	})
	l.note(made)
	if made.Token.ID == "" || made.Secret.IsZero() {
		return tokenResponse{}
	}
	return made
}

func (l *life) note(made tokenResponse) {
	if made.Token.ID != "" && !slices.Contains(l.made, made.Token.ID) {
		l.made = append(l.made, made.Token.ID)
	}
	if !made.Secret.IsZero() {
		l.client.remember(made.Secret)
	}
}

// shortly describes a token of this run in a few words.
func shortly(t serviceUserToken) string {
	return fmt.Sprintf("status %s, %d days, all permissions %t, %d permission sets, used %t, revoked %t",
		api.Printable(string(t.Status), 40), t.InactivityExpiryDays, t.AllPermissions, len(t.PermissionSetIDs), t.LastUsedAt != nil, t.RevokedAt != nil)
}

// grant returns the smallest grant for this run's tokens: one permission set, if there is one.
func (l *life) grant(body fields) fields {
	if len(l.sets) > 0 {
		body["permission_set_ids"] = l.sets[:1]
	}
	return body
}

func (l *life) granted(t serviceUserToken) bool {
	if len(l.sets) == 0 {
		return t.AllPermissions
	}
	return !t.AllPermissions && slices.Equal(t.PermissionSetIDs, l.sets[:1])
}

func (l *life) path(rest string) string { return tokensPath + "/" + pathElement(l.token.ID) + rest }

func (l *life) patch(body fields) request {
	return request{method: http.MethodPatch, path: l.path(""), body: body}
}
