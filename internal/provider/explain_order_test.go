package provider

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/readers"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// An error often wraps another one, and a response has a status and a reason. Each row fits two pieces of advice, and must get
// the more helpful one.
func TestExplain_order(t *testing.T) {
	t.Parallel()
	refused := func(status int, change ...func(*api.Error)) *api.Error {
		e := &api.Error{Operation: "UpdateServiceUserToken", Status: status, Envelope: true}
		for _, c := range change {
			c(e)
		}
		return e
	}
	reason := func(r string) func(*api.Error) { return func(e *api.Error) { e.Reason = r } }
	operation := func(o string) func(*api.Error) { return func(e *api.Error) { e.Operation = o } }
	lost := &api.TransportError{Operation: "CreateServiceUserToken", Cause: api.CauseTimeout, Sent: true, Err: fmt.Errorf("timeout")}
	wrong := &tokens.WrongOrganizationError{Want: "role_1", Got: "role_2"}
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"lost create, not the timeout in it":             {&tokens.LostCreateError{Err: lost}, "The response was lost"},
		"lost create of an ephemeral token":              {ephemeralError{error: &tokens.LostCreateError{Err: lost}}, "tries again to remove it"},
		"removed after a lost create":                    {ephemeralError{error: &tokens.LostCreateError{Err: lost}, removed: true}, "found by its unique name"},
		"closing, whatever failed":                       {ephemeralError{error: refused(503), closing: true}, "tries again to remove it"},
		"lost regenerate, not the timeout in it":         {&tokens.LostRegenerateError{Err: lost}, "The token is revoked, and nobody has a secret that works"},
		"lost regenerate that could not be cleaned up":   {&tokens.LostRegenerateError{Err: lost, CleanupErr: refused(503)}, "may be active"},
		"quota, not the refusal in it":                   {&tokens.QuotaError{Quota: tokens.Quota{Active: 20, Limit: 20}, Err: refused(400)}, "Revoke a token that nobody needs"},
		"organization, also by a variable":               {variableGuardError{wrong}, envOrganizationID},
		"inactive, when imported":                        {fmt.Errorf("import: %w", tokens.ErrInactive), "Regenerate it in the web app before you import it"},
		"gone, when imported":                            {fmt.Errorf("import: %w", tokens.ErrGone), "Check the id or the name"},
		"not gone, if the organization is not known":     {fmt.Errorf("%w: %w", errUnknownOrganization, tokens.ErrGone), "so it stays in state"},
		"undecided, not the grant":                       {fmt.Errorf("on_revoked %w", tokens.ErrUndecided), "does not wait for other resources"},
		"private key, not the attribute":                 {readersError{ageRecipientsAttribute, &readers.KeyError{Err: readers.ErrPrivateKey}}, "make a new pair"},
		"unencrypted after a regenerate, not the create": {unencryptedError{err: errUnencrypted}, "The token is revoked"},
		"own token, not read-only":                       {fmt.Errorf("%w: %w", errOwnToken, api.ErrReadOnly), "another token for this change"},
		"a host without the API, not a deleted token":    {refused(404, operation("ListServiceUserTokens")), "does not serve the token API"},
		"a reason, not its status":                       {refused(403, reason(api.ReasonTokenNotActive)), "no longer active"},
		"the other reason, not its status":               {refused(409, reason(api.ReasonTokenActive)), "active again"},
		"a proxy's password":                             {refused(407), "The proxy asks for a password"},
		"a firewall, not a missing permission":           {refused(403, func(e *api.Error) { e.Envelope = false }), "no missing permission"},
		"a missing permission":                           {refused(403), "needs the permission"},
		"WhoAmI unknown, not a deleted token":            {refused(404, operation(whoAmI)), "does not say who owns"},
		"a field, not the status":                        {refused(400, func(e *api.Error) { e.Metadata = map[string]string{"field": "name"} }), "Correct name"},
	} {
		if text := explain(c.err, ""); !strings.Contains(text, c.says) {
			t.Errorf("%s: %q is missing in: %s", name, c.says, text)
		}
	}
}
