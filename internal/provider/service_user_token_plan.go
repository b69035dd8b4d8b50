package provider

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
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
	case r.providerData == nil:
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
	resp.Diagnostics.Append(state.get(ctx, req.State.Raw)...)
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
	resp.Diagnostics.Append(plan.get(ctx, req.Plan.Raw)...)
	if resp.Diagnostics.HasError() {
		return
	}
	mark, diags := req.Private.GetKey(ctx, ownTokenKey)
	resp.Diagnostics.Append(diags...)
	replaces, diags := req.Private.GetKey(ctx, priorInstanceKey)
	resp.Diagnostics.Append(diags...)
	if err := refuseReplacement(plan, string(mark) == "true", replaces != nil); err != nil {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot plan to replace token %s", quoted(plan.Name.ValueString())), err)
		return
	}
	r.warnOfSlots(ctx, replaces != nil, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if _, err := plan.readers(); err != nil {
		r.addError(&resp.Diagnostics, "Cannot plan a new token", err)
		return
	}
	caller, err := r.service.Caller(ctx)
	if err != nil {
		r.addError(&resp.Diagnostics, "Cannot plan a new token", err)
		return
	}
	secret := plan.plannedSecret()
	maps.DeleteFunc(secret, func(_ string, value attr.Value) bool { return value.IsUnknown() }) // the framework has done these
	setPlan(ctx, secret, resp)
	// Known in the plan, so that reviewers see it, and so that Terraform itself stops an apply with the credential of
	// another organization: it compares this value with the one that was planned.
	resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("organization_id"), caller.OrganizationID)...)
}

// refuseReplacement refuses to replace the provider's own token, and any token while it is not known who will read the new
// secret: the old one could be destroyed first, and then the keys turn out to be unusable.
func refuseReplacement(plan serviceUserTokenModel, own, replaces bool) error {
	switch {
	case own:
		return errOwnToken
	case replaces:
		return plan.knowsReaders()
	}
	return nil
}

// priorInstanceKey marks, in planned private data, that there is a prior instance. The plan of the new half of a
// replacement finds it, and the plan of a token that replaces no other does not.
const priorInstanceKey = "prior_instance"

// errOneGrantIgnored is a plan whose grant is half the configuration's and half what was granted outside Terraform.
var errOneGrantIgnored = errors.New("permission_set_ids and all_permissions must change together")

// checkGrant refuses a plan that sets both grants or neither. The configuration sets exactly one (ValidateConfig), so
// ignore_changes has put the prior value of one beside it. Nothing could be sent for it, and it would be shown for ever.
func checkGrant(plan serviceUserTokenModel) error {
	if plan.PermissionSetIDs.IsUnknown() || plan.AllPermissions.IsUnknown() {
		return nil
	}
	switch sets, all := !plan.PermissionSetIDs.IsNull(), !plan.AllPermissions.IsNull(); {
	case sets && all:
		return fmt.Errorf("%w: the permissions were changed outside Terraform, ignore_changes names only one of the two attributes, and the plan would set both", errOneGrantIgnored)
	case !sets && !all:
		return fmt.Errorf("%w: the permissions were changed outside Terraform, ignore_changes names only one of the two attributes, and the plan would set neither", errOneGrantIgnored)
	}
	return nil
}

func (r *serviceUserTokenResource) planUpdate(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	var plan, state serviceUserTokenModel
	resp.Diagnostics.Append(plan.get(ctx, req.Plan.Raw)...)
	resp.Diagnostics.Append(state.get(ctx, req.State.Raw)...)
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, priorInstanceKey, []byte("true"))...)
	decision, own, err := r.decide(ctx, plan, state)
	resp.Diagnostics.Append(markOwn(ctx, own, req, resp)...)
	if err != nil {
		r.addError(&resp.Diagnostics, "Cannot plan token "+quoted(state.Name.ValueString()), err)
		return
	}
	if decision.ReadersWait || decision.Kept && state.hasSecret() && plan.planFrom(state).ChangesReaders() {
		plan.warnOfWaitingReaders(state, decision, &resp.Diagnostics)
	}
	switch {
	case decision.Rotates():
		showRotation(ctx, plan, decision, resp)
		r.warnOfRotation(ctx, state, decision, &resp.Diagnostics)
		plan.warnOfReaders(state, &resp.Diagnostics)
	case decision.Kept:
		warnOfKept(state, &resp.Diagnostics)
	case state.RotationDue.ValueBool():
		// The verdict was made with another rotate_after_days; the next Read makes a new one.
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root("rotation_due"), false)...)
	}
}

// decide decides what happens to the secret of a token, and whether the token is the one that the provider authenticates
// with. It is the same whether or not a plan is shown, and asks the API nothing that the run does not know already.
func (c *providerData) decide(ctx context.Context, plan, state serviceUserTokenModel) (decision tokens.Decision, own bool, err error) {
	_, unreadable := plan.readers()
	if err := cmp.Or(unreadable, checkGrant(plan), c.service.CheckOrganization(ctx, state.OrganizationID.ValueString())); err != nil {
		return decision, false, err
	}
	if decision, err = tokens.Decide(state.prior(), plan.planFrom(state)); err != nil {
		return decision, false, err
	}
	own, err = c.service.IsOwn(ctx, state.ServiceUserID.ValueString())
	if err == nil && own && (decision.Rotates() || plan.permissionsChange(state)) {
		err = errOwnToken
	}
	return decision, own, err
}

// ownTokenKey marks, in planned private data, the token that the provider authenticates with. Only so can the plan of a
// replacement that Terraform decides on by itself (-replace) be refused: its second half has no prior state to look at.
const ownTokenKey = "own_token"

// markOwn keeps the mark in planned private data true to whether the token is the provider's own.
func markOwn(ctx context.Context, own bool, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) diag.Diagnostics {
	marked, diags := req.Private.GetKey(ctx, ownTokenKey)
	if own || marked != nil {
		diags.Append(resp.Private.SetKey(ctx, ownTokenKey, fmt.Appendf(nil, "%t", own))...)
	}
	return diags
}

// showRotation makes the plan say what will be new and why.
func showRotation(ctx context.Context, plan serviceUserTokenModel, decision tokens.Decision, resp *resource.ModifyPlanResponse) {
	values := plan.plannedSecret()
	values["status"], values["issued_at"], values["rotation_due"] = types.StringUnknown(), timetypes.NewRFC3339Unknown(), types.BoolUnknown()
	if decision.Method == tokens.Replace {
		values["id"], values["service_user_id"], values["created_at"] = types.StringUnknown(), types.StringUnknown(), timetypes.NewRFC3339Unknown()
		for _, reason := range decision.Reasons {
			resp.RequiresReplace.Append(path.Root(attributeThatShows(reason)))
		}
	}
	setPlan(ctx, values, resp)
}

func setPlan(ctx context.Context, values map[string]attr.Value, resp *resource.ModifyPlanResponse) {
	for name, value := range values {
		resp.Diagnostics.Append(resp.Plan.SetAttribute(ctx, path.Root(name), value)...)
	}
}

// attributeThatShows is the attribute that the plan marks with "forces replacement".
func attributeThatShows(reason tokens.Reason) string {
	switch reason {
	case tokens.BecauseTriggers:
		return "rotation_triggers"
	case tokens.BecauseDue:
		return "rotation_due"
	case tokens.BecauseRecipients:
		return "age_recipients"
	case tokens.BecauseBoxKeys:
		return "sealed_box_public_keys"
	default:
		return "status"
	}
}

// warnOfRotation says which token rotates, why, and what that means for those who use it.
func (r *serviceUserTokenResource) warnOfRotation(ctx context.Context, state serviceUserTokenModel, decision tokens.Decision, diags *diag.Diagnostics) {
	reasons := make([]string, len(decision.Reasons))
	for i, reason := range decision.Reasons {
		reasons[i] = string(reason)
		switch prior := state.prior(); {
		case reason != tokens.BecauseDue:
		case prior.RotationBegun():
			reasons[i] += " (a rotation was begun and did not end)"
		case !prior.IssuedAt.IsZero():
			reasons[i] += fmt.Sprintf(" (its secret is %d days old)", tokens.AgeInDays(state.prior().IssuedAt, r.service.Now()))
		}
	}
	used := ""
	if known, ok := r.service.Known(state.ID.ValueString()); ok && known.LastUsedAt != nil {
		used = fmt.Sprintf(" It was last used %s.", known.LastUsedAt.UTC().Format("2006-01-02 15:04 MST"))
	} else if ok {
		used = " It was never used."
	}
	how := "The same token gets a new secret, and the old one stops working at once."
	if decision.Method != tokens.Regenerate {
		how = "A new token is made, and the old one is " + endOf(state) + ", unless OpenTofu's lifecycle.destroy = false keeps it active." + r.replacementsNeed(ctx)
	}
	diags.AddWarning(fmt.Sprintf("Token %s will have a new secret", quoted(state.Name.ValueString())),
		fmt.Sprintf("It rotates because %s.%s %s Custom integrations (scripts, Workato, direct API calls) stop working until they get the new secret. "+
			"Built-in SafetyCulture integrations (Power BI, Microsoft Teams, SharePoint) use tokens of their own and are not affected.",
			strings.Join(reasons, ", and "), used, how))
}

// endOf is what a destroy does with a token, as on_destroy in prior state says.
func endOf(state serviceUserTokenModel) string {
	if tokens.OnDestroy(state.OnDestroy.ValueString()) == tokens.DestroyRevoke {
		return "revoked and its record kept"
	}
	return "revoked and deleted"
}

// warnOfKept says that a dead token stays dead because the configuration says so.
func warnOfKept(state serviceUserTokenModel, diags *diag.Diagnostics) {
	status := state.Status.ValueString()
	diags.AddWarning(fmt.Sprintf("Token %s is %s and kept", quoted(state.Name.ValueString()), status),
		fmt.Sprintf("Its secret is not accepted, and on_%s = \"keep\" plans nothing. To get a new secret, write on_%s = \"rotate\"; to let go of the token, remove the resource.", status, status))
}

// isPlanError reports whether an error is a plan that cannot be made, as opposed to a call that failed.
func isPlanError(err error) bool {
	return errors.Is(err, tokens.ErrUndecided) || errors.Is(err, tokens.ErrKeptEdited) || errors.Is(err, errOneGrantIgnored)
}
