package provider

import (
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// readTokens are the tokens that a run has read. Terraform reads each managed instance once in a run, so if a token is read
// twice, it is at two addresses.
type readTokens struct {
	mu  sync.Mutex
	ids map[string]bool // by api.IDKey
}

// again records that a token was read, and reports whether it was read before in this run.
func (r *readTokens) again(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	key := api.IDKey(id)
	if r.ids[key] {
		return true
	}
	if r.ids == nil {
		r.ids = map[string]bool{}
	}
	r.ids[key] = true
	return false
}

// warnOfSecondRead warns if two resource instances manage one token: destroying either instance revokes the token. Call it only
// for a token that was found.
func (c *providerData) warnOfSecondRead(state serviceUserTokenModel, diags *diag.Diagnostics) {
	if !c.reads.again(state.ID.ValueString()) {
		return
	}
	diags.AddWarning(fmt.Sprintf("Token %s is at two addresses", quoted(state.Name.ValueString())),
		fmt.Sprintf("Two resource instances manage the same token (%s), for example because it was imported twice. Destroying or rotating either of them takes the token away from both. "+
			"Keep one address, and let go of the other without destroying the token: remove its resource block and its import block, and write a removed block with from = ADDRESS and lifecycle { destroy = false }, or run terraform state rm ADDRESS. "+
			"If this run does that already, nothing more is needed. The provider sees only the tokens that one provider configuration reads in one run: none in another state or under another alias.",
			printableID(state.ID.ValueString())))
}
