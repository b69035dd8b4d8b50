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

// onceErrors keeps what concerns a whole run from being said in full for every resource.
type onceErrors struct {
	said     sync.Map // errors, by text without the request id
	imported atomic.Bool
}

// addError adds an error in full the first time. One that every resource of the run runs into is short from then on; it is
// still an error of each, because a resource that could not be read must not look as if it was. Terraform prints errors in
// an order of its own, and those of check blocks as warnings, so each gives the reason, and which of them has the advice
// cannot be said.
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

// brief is why a call failed, in a few words.
func brief(err error) string {
	var quota *tokens.QuotaError
	var refused *api.Error
	var broken *api.ResponseError
	var lost *api.TransportError
	switch {
	case errors.As(err, &quota):
		return fmt.Sprintf("no slot was free, and the organization may have %d active service user tokens", quota.Quota.Limit)
	case errors.As(err, &refused):
		return fmt.Sprintf("%s: the server responded %d", refused.Operation, refused.Status)
	case errors.As(err, &broken):
		return broken.Operation + ": the response could not be read"
	case errors.As(err, &lost):
		return fmt.Sprintf("%s: no response (%s)", lost.Operation, lost.Cause)
	}
	return err.Error()
}

// withoutRequestID is what an error has in common with others of its kind: refusals for one reason differ in their ids.
func withoutRequestID(detail string, err error) string {
	var refused *api.Error
	if errors.As(err, &refused) && refused.RequestID != "" {
		return strings.ReplaceAll(detail, refused.RequestID, "")
	}
	return detail
}

// isRunWide: a failed list, a refused credential, one of another organization, or the want of a free slot concerns every
// resource alike.
func isRunWide(err error) bool {
	var list *tokens.ListFailedError
	var caller *tokens.CallerError
	var organization *tokens.WrongOrganizationError
	var sets *tokens.PermissionSetsError
	var quota *tokens.QuotaError
	return errors.As(err, &list) || errors.As(err, &caller) || errors.As(err, &organization) || errors.As(err, &sets) || errors.As(err, &quota)
}
