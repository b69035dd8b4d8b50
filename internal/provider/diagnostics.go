package provider

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// lastLook is when the vendor's public reference was last searched for a token API.
const lastLook = "October 2026"

// untracked is what to do about an ephemeral token that could not be removed.
const untracked = "The provider tries again to remove it when the run ends. If it is still listed afterwards, revoke it: no state knows of it, and its name ends in \"" + ephemeralMark + "\" and eight characters."

// addFullError turns an error into words: what was tried is the summary; what was answered and what to do next are the
// detail. It is the only place that does.
func addFullError(diags *diag.Diagnostics, summary string, err error) {
	diags.AddError(summary, explain(err))
}

func explain(err error) string {
	what, advice := err.Error(), ""
	switch {
	case isPlanError(err):
		what, advice = planError(err)
	case errors.Is(err, errOwnToken):
		what = "The provider itself authenticates with this token (or with another secret of its service user), and the change would lock it out"
		advice = "Authenticate with another token for this change: make one by hand or with another configuration, put it into " + envAPIToken + ", and run again. To stop managing this token without touching it, use a removed block or terraform state rm."
	case errors.Is(err, api.ErrReadOnly):
		what = "The provider is read-only, and this would change something"
		advice = "Nothing was sent. Unset " + envReadOnly + " and read_only where changes are meant to be made."
	case errors.Is(err, errUnknownOrganization):
		advice = "It may be in another organization than that of the provider's credential, so it stays in state. Set organization_id in the provider block (or " + envOrganizationID + "): with a credential of the right organization, a token that is not found then counts as deleted."
	case errors.Is(err, tokens.ErrInactive):
		advice = "Importing it would plan a new secret at once. Regenerate it in the web app first and import it then, or create a new token."
	case errors.Is(err, tokens.ErrGone):
		what, advice = "There is no such token in the organization that the provider's credential belongs to", "Check the id or the name, and the credential's organization."
	case errors.Is(err, tokens.ErrNoPermissionSet):
		what, advice = "There is no such permission set in the organization that the provider's credential belongs to", "Check the id or the exact name; the data source safetyculture_permission_sets lists them all."
	default:
		what, advice = explainType(err)
	}
	what = strings.ToUpper(what[:1]) + what[1:]
	if advice == "" {
		return what + "."
	}
	return what + ".\n\n" + advice
}

func explainType(err error) (what, advice string) {
	var organization *tokens.WrongOrganizationError
	var ambiguous *tokens.AmbiguousNameError
	var ambiguousSet *tokens.AmbiguousPermissionSetError
	var quota *tokens.QuotaError
	var lostCreate *tokens.LostCreateError
	var lostRegenerate *tokens.LostRegenerateError
	var ephemeral ephemeralError
	isEphemeral := errors.As(err, &ephemeral)
	switch {
	case ephemeral.closing:
		return err.Error(), untracked
	case errors.As(err, &organization):
		return organization.Error(), "Through this credential every token of the expected organization would look deleted. Nothing was changed. Use a credential of " + quoted(organization.Want) + "."
	case errors.As(err, &ambiguous):
		return ambiguous.Error(), "Use the id of the one that you mean: " + idsOf(ambiguous.Tokens) + "."
	case errors.As(err, &ambiguousSet):
		return ambiguousSet.Error(), "Use the id of the one that you mean: " + permissionSetsText(ambiguousSet.Sets) + "."
	case errors.As(err, &lostCreate):
		return explainLostCreate(lostCreate, ephemeral, isEphemeral)
	case errors.As(err, &lostRegenerate):
		return explainLostRegenerate(lostRegenerate)
	case errors.As(err, &quota):
		return explainQuota(quota)
	case api.IsNotServed(err):
		return err.Error(), "This host does not serve the token API. The vendor publishes no API for service user tokens (last looked: " + lastLook + "); this provider speaks a contract of its own, which its emulator keeps. See the provider's documentation for the emulator, and for what works on the vendor's host today. No state was changed."
	}
	return explainCall(err)
}

// explainCall advises on one failed call.
func explainCall(err error) (what, advice string) {
	var refused *api.Error
	var broken *api.AnswerError
	var lost *api.TransportError
	switch {
	case errors.As(err, &refused):
		return err.Error(), adviceOnRefusal(refused)
	case errors.As(err, &broken):
		return err.Error(), "Something between here and the API may have changed the answer, or base_url points to something else."
	case errors.As(err, &lost):
		return err.Error(), adviceOnTransport(lost)
	}
	return err.Error(), ""
}

func adviceOnRefusal(e *api.Error) string {
	switch {
	case e.Reason == api.ReasonTokenNotActive:
		return "The token is no longer active: it was revoked, or it expired, since the plan was made. Plan again."
	case e.Reason == api.ReasonTokenActive:
		return "The token is active again: somebody regenerated it since it was last read. Plan again."
	case e.Status == 401:
		return "The API does not accept the provider's token: it is wrong, revoked, expired or regenerated. No state was changed. Put a working token into " + envAPIToken + "."
	case e.Status == 403:
		return "The owner of the provider's token needs the permission \"Platform management: Organization\". No state was changed."
	case e.Status == 404 && api.IsNotFound(e):
		return "It may have been deleted outside Terraform. Plan again to see."
	case e.Status == 429:
		return "The rate limit did not clear within the repetitions that max_retries allows. Run again in a minute, or with a lower -parallelism."
	case e.Status >= 300 && e.Status < 400:
		return "Set base_url to the address that the API answers at."
	case e.Status == 400 && e.Metadata["field"] != "":
		return "Correct " + e.Metadata["field"] + " in the configuration."
	case e.Status >= 500:
		return "The service failed. Run again; if it goes on, give the request id to the service's support."
	}
	return ""
}

func adviceOnTransport(e *api.TransportError) string {
	switch e.Cause {
	case api.CauseTLS:
		return "No TLS connection could be made: the server's certificate is not trusted here, or it speaks no TLS 1.2 or later. Check base_url, the clock, and that a proxy's certificate authority is installed (SSL_CERT_FILE)."
	case api.CauseDNS:
		return "The host of base_url cannot be found. Check base_url and the name server."
	case api.CauseRefused:
		return "Nothing listens at base_url. Check base_url and HTTPS_PROXY, and that the server runs."
	case api.CauseTimeout:
		return "The server did not answer in time. Run again, or raise request_timeout."
	case api.CauseInterrupted:
		return "The run was interrupted. Run again."
	case api.CauseRateLimit:
		return "Run again later."
	}
	return "The connection was lost. Run again."
}

func planError(err error) (what, advice string) {
	if errors.Is(err, tokens.ErrUndecided) {
		return "the value of " + err.Error(), "It decides what happens to the secret. Give it a value that does not wait for other resources."
	}
	return err.Error(), "Put name, expiry and permissions back to what they were, or write on_revoked or on_expired = \"rotate\" to get an active token with a new secret."
}

// waysToRevoke is how to get rid of a token that no state holds.
const waysToRevoke = "in the web app, with the action safetyculture_revoke_service_user_token and -invoke (Terraform 1.14), or by importing and then destroying it"

// explainLostCreate says what a create whose response was lost may have left. Nothing tells whose a token is, so the
// words are careful: only the user can know which token nobody needs.
func explainLostCreate(e *tokens.LostCreateError, ephemeral ephemeralError, isEphemeral bool) (what, advice string) {
	what = e.Err.Error()
	switch {
	case ephemeral.removed:
		return what, "The response was lost, and with it the secret. The token that the request created was found by its unique name, revoked and deleted. Run again."
	case isEphemeral:
		return what, "The response was lost, and with it the secret. " + untracked
	case len(e.Candidates) > 0:
		return what, "The response was lost, and with it the secret. One of these tokens may be the one that this request created; nobody has its secret. Another run may also have created them at the same time, so none was touched and none is in state:\n" +
			leftovers(e.Candidates) + "\nFind out which one nobody needs and revoke it: " + waysToRevoke + ". Then run again."
	case e.LookupErr != nil:
		return what, "The response was lost, and checking for a leftover token also failed (" + e.LookupErr.Error() + "). An active token of this name may exist whose secret nobody has. Look for it in the list of tokens and revoke it: " + waysToRevoke + ". Then run again."
	}
	return what, "The response was lost. The list of tokens shows no new token of this name, but one may still appear: look at the list before you run again, and revoke a token of this name that was never used: " + waysToRevoke + "."
}

// leftovers lists tokens whose secret nobody may have.
func leftovers(candidates []api.ServiceUserToken) string {
	lines := make([]string, len(candidates))
	for i, t := range candidates {
		lines[i] = "  - " + printableID(t.ID)
		if !t.CreatedAt.IsZero() {
			lines[i] += ", created " + t.CreatedAt.UTC().Format("2006-01-02 15:04:05 MST")
		}
		if by := cmp.Or(t.CreatedBy.Name, t.CreatedBy.UserID); by != "" {
			lines[i] += " by " + quoted(by)
		}
	}
	return strings.Join(lines, "\n")
}

func explainLostRegenerate(e *tokens.LostRegenerateError) (what, advice string) {
	if e.CleanupErr != nil {
		return e.Err.Error(), "The response was lost, and with it the new secret. The token may be active with a secret that nobody has (revoking it failed: " + e.CleanupErr.Error() + "). Run again: it is regenerated once more."
	}
	return e.Err.Error(), "The response was lost, and with it the new secret. The token is revoked, and nobody has a secret that works. It is safe to run again: it is regenerated once more."
}

// explainQuota: the refusal comes before the look at the organization, so a slot can have come free since.
func explainQuota(e *tokens.QuotaError) (what, advice string) {
	if !e.Quota.Full() {
		return e.Err.Error(), fmt.Sprintf("No slot was free when this was tried. By now the organization has %d of %d active service user tokens: run again.", e.Quota.Active, e.Quota.Limit)
	}
	return fmt.Sprintf("the organization has %d of %d active service user tokens, so there is no free slot (%v)", e.Quota.Active, e.Quota.Limit, e.Err),
		"Revoke a token that nobody needs, then run again." + stalest(e.Quota)
}

// stalest lists the tokens that nobody seems to need.
func stalest(quota tokens.Quota) string {
	if len(quota.Stalest) == 0 {
		return ""
	}
	lines := make([]string, len(quota.Stalest))
	for i, t := range quota.Stalest {
		since := tokens.UnusedSince(t)
		word := "last used"
		if t.LastUsedAt == nil {
			word = "never used, issued"
		}
		lines[i] = fmt.Sprintf("  - %s (%s): %s %d days ago", quoted(t.Name), printableID(t.ID), word, tokens.AgeInDays(since, quota.At))
	}
	return " Unused for longest:\n" + strings.Join(lines, "\n")
}

func idsOf(list []api.ServiceUserToken) string {
	ids := make([]string, len(list))
	for i, t := range list {
		ids[i] = fmt.Sprintf("%s (%s, created %s)", printableID(t.ID), tokens.StatusOf(t), t.CreatedAt.UTC().Format("2006-01-02 15:04:05 MST"))
	}
	return strings.Join(ids, ", ")
}

func permissionSetsText(sets []api.PermissionSet) string {
	ids := make([]string, len(sets))
	for i, set := range sets {
		ids[i] = printableID(set.ID)
	}
	return strings.Join(ids, ", ")
}

func printableID(id string) string { return api.Printable(id, 60) }

// quoted writes a name or id from outside so that it cannot harm a terminal.
func quoted(text string) string { return `"` + api.Printable(text, 120) + `"` }

// onceErrors keeps what concerns a whole run from being said once for every resource.
type onceErrors struct {
	said  sync.Map // by text
	quota atomic.Bool
}

// addError adds an error in full the first time. One that every resource of the run runs into is short from then on; it is
// still an error of each, because a resource that could not be read must not look as if it was. Terraform prints errors in
// an order of its own, and those of check blocks as warnings, so each gives the reason, and which of them has the advice
// cannot be said.
func (c *configured) addError(diags *diag.Diagnostics, summary string, err error) {
	if isRunWide(err) {
		if _, said := c.once.said.LoadOrStore(explain(err), true); said {
			diags.AddError(summary, "The same reason as elsewhere in this run: "+brief(err)+". It is given in full once, with what to do.")
			return
		}
	}
	addFullError(diags, summary, err)
}

// brief is why a call failed, in a few words.
func brief(err error) string {
	var refused *api.Error
	var broken *api.AnswerError
	var lost *api.TransportError
	switch {
	case errors.As(err, &refused):
		return fmt.Sprintf("%s: the server answered %d", refused.Operation, refused.Status)
	case errors.As(err, &broken):
		return broken.Operation + ": the answer could not be read"
	case errors.As(err, &lost):
		return fmt.Sprintf("%s: no answer (%s)", lost.Operation, lost.Cause)
	}
	return err.Error()
}

// isRunWide: a failed list, a refused credential, or one of another organization concerns every resource alike.
func isRunWide(err error) bool {
	var list *tokens.ListFailedError
	var caller *tokens.CallerError
	var organization *tokens.WrongOrganizationError
	var sets *tokens.PermissionSetsError
	return errors.As(err, &list) || errors.As(err, &caller) || errors.As(err, &organization) || errors.As(err, &sets)
}

// warnOfExpiry warns of a token that inactivity will soon end. It uses what was read anyway.
func (c *configured) warnOfExpiry(t api.ServiceUserToken, diags *diag.Diagnostics) {
	now := c.service.Now()
	if c.expiryWarningDays == 0 || !tokens.ExpiresWithin(t, c.expiryWarningDays, now) {
		return
	}
	used := fmt.Sprintf("It was last used %d days ago", tokens.AgeInDays(tokens.UnusedSince(t), now))
	if t.LastUsedAt == nil {
		used = fmt.Sprintf("It was issued %d days ago and never used", tokens.AgeInDays(t.IssuedAt, now))
	}
	diags.AddWarning(fmt.Sprintf("Token %s expires soon", quoted(t.Name)),
		fmt.Sprintf("%s and expires on %s unless used.", used, t.ExpiresAt.UTC().Format(time.DateOnly)))
}
