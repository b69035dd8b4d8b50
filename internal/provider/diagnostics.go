package provider

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// lastLook is when we last searched the vendor's public reference for a token API.
const lastLook = "October 2026"

// untracked says what to do about an ephemeral token that could not be removed.
const untracked = "The provider tries again to remove it when the run ends. If it is still listed afterwards, revoke it: it is in no state, and its name ends in \"" + ephemeralMark + "\" and eight characters."

// explain returns the detail of a diagnostic for an error: what went wrong, and what to do. No other function does. proxy is
// the proxy that requests go through; empty if there is none.
func explain(err error, proxy string) string {
	what, advice := err.Error(), ""
	switch {
	case isPlanError(err):
		what, advice = planError(err)
	case errors.Is(err, errOwnToken):
		what = "The provider itself authenticates with this token (or with another secret of its service user), and the change would lock it out"
		advice = "Authenticate with another token for this change: make one by hand or with another configuration, put it into " + envAPIToken + ", and run again. To stop managing this token without touching it, use a removed block or terraform state rm."
	case isReadersError(err):
		advice = adviceOnReaders(err)
	case errors.Is(err, errUnencrypted):
		advice = adviceOnUnencrypted(err)
	case errors.Is(err, errOtherDecision):
		advice = "Nothing was changed. Make a new plan, with this version of the provider."
	case errors.Is(err, api.ErrReadOnly):
		what = "The provider is read-only, and this would change something"
		advice = "Nothing was sent. To make changes, unset " + envReadOnly + " and read_only."
	case errors.Is(err, errUnknownOrganization):
		advice = "It may be in another organization than the provider's credential, so it stays in state. Set organization_id in the provider block (or " + envOrganizationID + "). Then, with a credential of that organization, a token that is not found counts as deleted."
	case errors.Is(err, tokens.ErrInactive):
		advice = "Importing it would plan a new secret at once. Regenerate it in the web app before you import it, or create a new token."
	case errors.Is(err, tokens.ErrGone):
		what, advice = "There is no such token in the organization that the provider's credential belongs to", "Check the id or the name, and the credential's organization."
	case errors.Is(err, tokens.ErrNoPermissionSet):
		what, advice = "There is no such permission set in the organization that the provider's credential belongs to", "Check the id or the exact name; the data source safetyculture_permission_sets lists them all."
	default:
		what, advice = explainType(err, proxy)
	}
	what = capitalized(what)
	if advice == "" {
		return what + "."
	}
	return what + ".\n\n" + advice
}

func explainType(err error, proxy string) (what, advice string) {
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
		return organization.Error(), "Through this credential every token of the expected organization would look deleted. Nothing was changed. Use a credential of " + quoted(organization.Want) + "." + guardedBy(err)
	case errors.As(err, &ambiguous):
		return ambiguous.Error(), adviceOnName(ambiguous)
	case errors.As(err, &ambiguousSet):
		return ambiguousSet.Error(), "Use the id of the one that you mean: " + permissionSetsText(ambiguousSet.Sets) + "."
	case errors.As(err, &lostCreate):
		return explainLostCreate(lostCreate, ephemeral, isEphemeral)
	case errors.As(err, &lostRegenerate):
		return explainLostRegenerate(lostRegenerate)
	case errors.As(err, &quota):
		return explainQuota(quota)
	case api.IsNotServed(err):
		return err.Error(), "This host does not serve the token API. The vendor publishes no API for service user tokens (last looked: " + lastLook + "); this provider speaks a contract of its own, which its emulator implements. See the provider's documentation for the emulator, and for what works on the vendor's host today. No state was changed."
	}
	return explainCall(err, proxy)
}

func planError(err error) (what, advice string) {
	if errors.Is(err, errOneGrantIgnored) {
		return err.Error(), "Write both into ignore_changes, as [permission_set_ids, all_permissions], to keep the permissions that were granted outside Terraform. Or write neither, to restore the configured permissions."
	}
	if errors.Is(err, tokens.ErrUndecided) {
		return "the value of " + err.Error(), "It decides what happens to the secret. Give it a value that does not wait for other resources."
	}
	return err.Error(), "Put name, expiry and permissions back to what they were, or write on_revoked or on_expired = \"rotate\" to get an active token with a new secret."
}

// waysToRevoke says how to revoke a token that is in no state.
const waysToRevoke = "in the web app, with the action safetyculture_revoke_service_user_token and -invoke (Terraform 1.14), or by importing and then destroying it"

// explainLostCreate explains a create whose response was lost. No field tells which run created a token, so the text claims
// nothing: only the user can know which token nobody needs.
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

// leftovers lists the tokens that the lost create may have created.
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

// explainQuota explains a QuotaError. The tokens were listed after the refusal, so a slot can be free by now.
func explainQuota(e *tokens.QuotaError) (what, advice string) {
	if !e.Quota.Full() {
		return e.Err.Error(), fmt.Sprintf("No slot was free when this was tried. By now the organization has %d of %d active service user tokens: run again.", e.Quota.Active, e.Quota.Limit)
	}
	return fmt.Sprintf("the organization has %d of %d active service user tokens, so there is no free slot (%v)", e.Quota.Active, e.Quota.Limit, e.Err),
		"Revoke a token that nobody needs, then run again." + stalestText(e.Quota)
}

// adviceOnName says which tokens have the name. A replacement with create_before_destroy has two tokens of one name until it
// ends, and keeps them if it stops half way.
func adviceOnName(e *tokens.AmbiguousNameError) string {
	advice := "Use the id of the one that you mean: " + idsOf(e.Tokens) + "."
	newest := slices.MaxFunc(e.Tokens, func(a, b api.ServiceUserToken) int { return a.CreatedAt.Compare(b.CreatedAt) })
	if !newest.Active() || !slices.ContainsFunc(e.Tokens, func(t api.ServiceUserToken) bool { return !t.CreatedAt.Equal(newest.CreatedAt) }) {
		return advice
	}
	rotation := "A rotation may be in progress: with create_before_destroy, the new token is made before the old one is destroyed. If this configuration manages the token, write its id, such as safetyculture_service_user_token.x.id, instead of its name."
	return advice + " " + rotation
}

// stalestText lists the tokens that are unused for longest; empty if there are none.
func stalestText(quota tokens.Quota) string {
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
		if since.IsZero() {
			lines[i] = fmt.Sprintf("  - %s (%s): never used", quoted(t.Name), printableID(t.ID))
		}
	}
	return " Unused for longest:\n" + strings.Join(lines, "\n")
}

func idsOf(list []api.ServiceUserToken) string {
	ids := make([]string, len(list))
	for i, t := range list {
		created := ""
		if !t.CreatedAt.IsZero() {
			created = ", created " + t.CreatedAt.UTC().Format("2006-01-02 15:04:05 MST")
		}
		ids[i] = fmt.Sprintf("%s (%s%s)", printableID(t.ID), tokens.StatusOf(t), created)
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

func capitalized(text string) string { return strings.ToUpper(text[:1]) + text[1:] }

func printableID(id string) string { return api.Printable(id, 60) }

// quoted returns text from outside in quotes, without characters that control a terminal.
func quoted(text string) string { return `"` + api.Printable(text, 120) + `"` }

// warnOfExpiry warns if a token will soon expire from inactivity. It sends nothing.
func (c *providerData) warnOfExpiry(t api.ServiceUserToken, diags *diag.Diagnostics) {
	now := c.service.Now()
	if c.expiryWarningDays == 0 || !tokens.ExpiresWithin(t, c.expiryWarningDays, now) {
		return
	}
	since := tokens.UnusedSince(t)
	used := fmt.Sprintf("It was last used %d days ago", tokens.AgeInDays(since, now))
	switch {
	case since.IsZero():
		used = "It was never used"
	case t.LastUsedAt == nil:
		used = fmt.Sprintf("It was issued %d days ago and never used", tokens.AgeInDays(since, now))
	}
	diags.AddWarning(fmt.Sprintf("Token %s expires soon", quoted(t.Name)),
		fmt.Sprintf("%s and expires on %s unless used.", used, t.ExpiresAt.UTC().Format(time.DateOnly)))
}
