package provider

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// onceErrors records which texts about a whole run were given already, so that each is given once.
type onceErrors struct {
	said     sync.Map    // errors, by text without the request id
	imported atomic.Bool // the warning of imports
}

// addError adds an error. If the error concerns the whole run, it is given in full once and is short afterwards. Every resource
// still gets an error, because a resource that was not read must not look as if it was. Each short text gives the cause but does
// not say where the full one is: Terraform prints errors in its own order, and those of check blocks as warnings.
func (c *providerData) addError(diags *diag.Diagnostics, summary string, err error) {
	detail := explain(err, c.proxy)
	if isRunWide(err) {
		if _, said := c.once.said.LoadOrStore(withoutRequestID(detail, err), true); said {
			diags.AddError(summary, "Same cause as another error in this run: "+brief(err)+". That error explains what to do.")
			return
		}
	}
	diags.AddError(summary, detail)
}

// brief says in a few words why a call failed.
func brief(err error) string {
	var quota *tokens.QuotaError
	var refused *api.Error
	var broken *api.ResponseError
	var lost *api.TransportError
	switch {
	case errors.As(err, &quota):
		return fmt.Sprintf("no slot was free: the limit is %d active service user tokens", quota.Quota.Limit)
	case errors.As(err, &refused):
		return fmt.Sprintf("%s: the server responded %d", refused.Operation, refused.Status)
	case errors.As(err, &broken):
		return broken.Operation + ": the response could not be read"
	case errors.As(err, &lost):
		return fmt.Sprintf("%s: no response (%s)", lost.Operation, lost.Cause)
	}
	return err.Error()
}

// withoutRequestID returns the detail of an error without its request id: refusals with the same cause differ only in that.
func withoutRequestID(detail string, err error) string {
	var refused *api.Error
	if errors.As(err, &refused) && refused.RequestID != "" {
		return strings.ReplaceAll(detail, refused.RequestID, "")
	}
	return detail
}

// isRunWide reports whether an error concerns every resource of the run: a list failed, the API refused the credential or the
// credential belongs to another organization, or no slot is free.
func isRunWide(err error) bool {
	var list *tokens.ListFailedError
	var caller *tokens.CallerError
	var organization *tokens.WrongOrganizationError
	var sets *tokens.PermissionSetsError
	var quota *tokens.QuotaError
	return errors.As(err, &list) || errors.As(err, &caller) || errors.As(err, &organization) || errors.As(err, &sets) || errors.As(err, &quota)
}
