package provider

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// ModifyPlan decides what happens to the secret and shows it. It never asks the clock: Terraform calls it again at apply,
// and it must come to the same decision. It is not asked anything before the provider is configured.
func (r *serviceUserTokenResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	switch {
	case r.configured == nil:
	case req.Plan.Raw.IsNull():
		r.planDestroy(ctx, req, resp)
	case req.State.Raw.IsNull():
		r.planCreate(ctx, req, resp)
	default:
		r.planUpdate(ctx, req, resp)
	}
}

func (r *serviceUserTokenResource) planDestroy(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var state serviceUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	if err := r.refuseOwn(ctx, state.ServiceUserID.ValueString()); err != nil {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot plan to destroy token %s", quoted(state.Name.ValueString())), err)
	}
}

// planCreate plans a new token, or the new half of a replacement: Terraform plans that with no prior state, but with the
// private data that planUpdate has planned.
func (r *serviceUserTokenResource) planCreate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan serviceUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	if resp.Diagnostics.HasError() {
		return
	}
	mark, diags := req.Private.GetKey(ctx, ownTokenKey)
	resp.Diagnostics.Append(diags...)
	if string(mark) == "true" {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot plan to replace token %s", quoted(plan.Name.ValueString())), errOwnToken)
		return
	}
	r.warnOfFullQuota(ctx, &resp.Diagnostics)
}

func (r *serviceUserTokenResource) planUpdate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state serviceUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	name := quoted(state.Name.ValueString())
	decision, err := tokens.Decide(state.held(), plan.planned(state))
	if err != nil {
		r.addError(&resp.Diagnostics, "Cannot plan token "+name, err)
		return
	}
	if !r.guardOwn(ctx, plan, state, decision, req, resp) {
		return
	}
	switch {
	case decision.Rotates():
		showRotation(ctx, decision, resp)
		r.warnOfRotation(state, decision, &resp.Diagnostics)
	case decision.Kept:
		warnOfKept(state, &resp.Diagnostics)
	case state.RotationDue.ValueBool():
		// The verdict was made with another rotate_after_days; the next Read makes a new one.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("rotation_due"), false)...)
	}
}

// ownTokenKey marks, in planned private data, the token that the provider authenticates with. Only so can the plan of a
// replacement that Terraform decides on by itself (-replace) be refused: its second half has no prior state to look at.
const ownTokenKey = "own_token"

// guardOwn keeps the mark true, and refuses what would lock the provider out.
func (r *serviceUserTokenResource) guardOwn(ctx context.Context, plan, state serviceUserTokenModel, decision tokens.Decision, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) bool {
	summary := "Cannot plan token " + quoted(state.Name.ValueString())
	own, err := r.service.IsOwn(ctx, state.ServiceUserID.ValueString())
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return false
	}
	marked, diags := req.Private.GetKey(ctx, ownTokenKey)
	resp.Diagnostics.Append(diags...)
	if own || marked != nil {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, ownTokenKey, fmt.Appendf(nil, "%t", own))...)
	}
	if own && (decision.Rotates() || plan.permissionsChange(state)) {
		r.addError(&resp.Diagnostics, summary, errOwnToken)
	}
	return !resp.Diagnostics.HasError()
}

// showRotation makes the plan say what will be new and why.
func showRotation(ctx context.Context, decision tokens.Decision, resp *resource.ModifyPlanResponse) {
	unknown := map[string]attr.Value{
		"token": types.StringUnknown(), "status": types.StringUnknown(),
		"issued_at": timetypes.NewRFC3339Unknown(), "rotation_due": types.BoolUnknown(),
	}
	if decision.Method == tokens.Replace {
		unknown["id"], unknown["service_user_id"] = types.StringUnknown(), types.StringUnknown()
		unknown["created_at"] = timetypes.NewRFC3339Unknown()
		for _, reason := range decision.Reasons {
			resp.RequiresReplace.Append(path.Root(attributeOf(reason)))
		}
	}
	for name, value := range unknown {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// attributeOf is the attribute that the plan marks with "forces replacement".
func attributeOf(reason tokens.Reason) string {
	switch reason {
	case tokens.BecauseTriggers:
		return "rotation_triggers"
	case tokens.BecauseDue:
		return "rotation_due"
	default:
		return "status"
	}
}

// warnOfRotation says which token rotates, why, and what that means for those who use it.
func (r *serviceUserTokenResource) warnOfRotation(state serviceUserTokenModel, decision tokens.Decision, diags *diag.Diagnostics) {
	reasons := make([]string, len(decision.Reasons))
	for i, reason := range decision.Reasons {
		reasons[i] = string(reason)
		if reason == tokens.BecauseDue {
			reasons[i] += fmt.Sprintf(" (its secret is %d days old)", tokens.AgeInDays(state.held().IssuedAt, r.service.Now()))
		}
	}
	used := ""
	if known, ok := r.service.Known(state.ID.ValueString()); ok && known.LastUsedAt != nil {
		used = fmt.Sprintf(" It was last used %s.", known.LastUsedAt.UTC().Format("2006-01-02 15:04 MST"))
	} else if ok {
		used = " It was never used."
	}
	how := "A new token is made, and the old one is revoked and deleted."
	if decision.Method == tokens.Regenerate {
		how = "The same token gets a new secret, and the old one stops working at once."
	}
	diags.AddWarning(fmt.Sprintf("Token %s will have a new secret", quoted(state.Name.ValueString())),
		fmt.Sprintf("It rotates because %s.%s %s Custom integrations (scripts, Workato, direct API calls) stop working until they get the new secret. "+
			"Built-in SafetyCulture integrations (Power BI, Microsoft Teams, SharePoint) use tokens of their own and are not affected.",
			strings.Join(reasons, ", and "), used, how))
}

// warnOfKept says that a dead token stays dead because the configuration says so.
func warnOfKept(state serviceUserTokenModel, diags *diag.Diagnostics) {
	status := state.Status.ValueString()
	diags.AddWarning(fmt.Sprintf("Token %s is %s and kept", quoted(state.Name.ValueString()), status),
		fmt.Sprintf("Its secret is not accepted, and on_%s = \"keep\" plans nothing. To get a new secret, write on_%s = \"rotate\"; to let go of the token, remove the resource.", status, status))
}

// warnOfFullQuota warns once in a run when a plan creates tokens and no slot is free. It can say no more than "may": a
// provider does not see what the same plan destroys first. At apply, when this run has written, it is silent.
func (r *serviceUserTokenResource) warnOfFullQuota(ctx context.Context, diags *diag.Diagnostics) {
	if r.service.Wrote() || r.once.quota.Load() {
		return
	}
	quota, err := r.service.Quota(ctx)
	if err != nil {
		r.addError(diags, "Cannot plan a new token", err)
		return
	}
	if quota.Full() && r.once.quota.CompareAndSwap(false, true) {
		diags.AddWarning("No free slot for another token",
			fmt.Sprintf("The organization has %d of %d active service user tokens, so creating one may fail unless this plan destroys others first.%s",
				quota.Active, quota.Limit, stalest(quota)))
	}
}

// isPlanError reports whether an error is a plan that cannot be made, as opposed to a call that failed.
func isPlanError(err error) bool {
	return errors.Is(err, tokens.ErrUndecided) || errors.Is(err, tokens.ErrKeptEdited)
}
