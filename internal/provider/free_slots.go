package provider

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/hashicorp/terraform-plugin-framework/diag"
)

// plannedSlots counts the tokens of a plan that need a free slot. A provider sees neither what the same plan destroys nor in
// which order, so its warnings say "may". Each is given once in a run.
type plannedSlots struct {
	creates            atomic.Int64 // new tokens that replace no other
	replacements       atomic.Int64
	createsWarned      atomic.Bool
	replacementsWarned atomic.Bool
}

// warnOfSlots warns once in a run if a plan creates more tokens than slots are free. For a replacement, which replacementsNeed
// counts, it warns only if no slot is free. It does not warn during apply, after the run has changed a token.
func (c *providerData) warnOfSlots(ctx context.Context, replacement bool, diags *diag.Diagnostics) {
	wanted := int64(1)
	if !replacement {
		wanted = c.slots.creates.Add(1)
	}
	if c.service.Wrote() || c.slots.createsWarned.Load() {
		return
	}
	quota, err := c.service.Quota(ctx, wanted)
	if err != nil {
		c.addError(diags, "Cannot plan a new token", err)
		return
	}
	if !quota.Short(wanted) || !c.slots.createsWarned.CompareAndSwap(false, true) {
		return
	}
	if quota.Full() {
		diags.AddWarning("No free slot for another token",
			fmt.Sprintf("The organization has %d of %d active service user tokens, so creating one may fail unless this plan destroys others first.%s",
				quota.Active, quota.Limit, stalestText(quota)))
		return
	}
	diags.AddWarning("More tokens are planned than slots are free",
		fmt.Sprintf("The organization has %d of %d active service user tokens, so %s free. This plan creates %d tokens or more, so some of them may fail unless it destroys others first.%s",
			quota.Active, quota.Limit, slotsAre(quota.Limit-quota.Active), wanted, stalestText(quota)))
}

// replacementsNeed says, once in a run, that a plan replaces more tokens than slots are free. That matters only with
// create_before_destroy, which a provider cannot see, so the text is part of the warning about a rotation.
func (c *providerData) replacementsNeed(ctx context.Context) string {
	wanted := c.slots.replacements.Add(1)
	if c.service.Wrote() || c.slots.replacementsWarned.Load() {
		return ""
	}
	quota, err := c.service.Quota(ctx, wanted)
	if err != nil || !quota.Short(wanted) || !c.slots.replacementsWarned.CompareAndSwap(false, true) {
		return "" // if the list failed, the plan of the new token says why
	}
	return fmt.Sprintf(" %s free (%d of %d are active), and this plan replaces %d or more: with create_before_destroy, each needs a free slot before its old token is destroyed, so some may fail.",
		capitalized(slotsAre(quota.Limit-quota.Active)), quota.Active, quota.Limit, wanted)
}

func slotsAre(free int64) string {
	switch {
	case free <= 0:
		return "no slot is"
	case free == 1:
		return "1 slot is"
	default:
		return fmt.Sprintf("%d slots are", free)
	}
}
