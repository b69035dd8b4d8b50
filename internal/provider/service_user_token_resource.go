package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

var (
	_ resource.ResourceWithConfigure      = &serviceUserTokenResource{}
	_ resource.ResourceWithModifyPlan     = &serviceUserTokenResource{}
	_ resource.ResourceWithImportState    = &serviceUserTokenResource{}
	_ resource.ResourceWithValidateConfig = &serviceUserTokenResource{}
)

type serviceUserTokenResource struct {
	*configured // nil until the provider is configured
}

func newServiceUserTokenResource() resource.Resource { return &serviceUserTokenResource{} }

func (r *serviceUserTokenResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_service_user_token"
}

func (r *serviceUserTokenResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.configured, _ = req.ProviderData.(*configured)
}

// Create issues a token and stores it at once: the API does not show its secret again.
func (r *serviceUserTokenResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan serviceUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	// Asked once more with all values known: permissions that turned out null would be a grant of everything.
	validateGrant(plan.PermissionSetIDs, plan.AllPermissions, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	summary := fmt.Sprintf("Cannot create token %s", quoted(plan.Name.ValueString()))
	if err := r.checkPlannedOrganization(ctx, plan); err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	caller, err := r.service.Caller(ctx)
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	issued, err := r.issue(ctx, plan)
	if issued.Token.ID != "" {
		plan.issue(issued, caller.OrganizationID)
		resp.Diagnostics.Append(plan.store(ctx, &resp.State, resp.Identity)...)
	}
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
	}
}

// issue makes the token of a plan. One that a lost answer left behind and that could not be removed comes with the error, and
// without a secret: Terraform has to know of it. Stored beside an error it is tainted, and the next apply removes it.
func (r *serviceUserTokenResource) issue(ctx context.Context, plan serviceUserTokenModel) (tokens.Issued, error) {
	issued, err := r.service.Issue(ctx, api.NewServiceUserToken{
		Name:                 plan.Name.ValueString(),
		InactivityExpiryDays: plan.InactivityExpiryDays.ValueInt64(),
		PermissionSetIDs:     stringsOf(ctx, plan.PermissionSetIDs),
	})
	var lost *tokens.LostCreateError
	if errors.As(err, &lost) && lost.Left != nil {
		issued.Token = *lost.Left
	}
	return issued, err
}

// Read answers from the run's list. Only a token that is surely gone leaves the state.
func (r *serviceUserTokenResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state serviceUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	// Also for a token that is gone: the framework takes a read without an identity for an error, and a Terraform before
	// 1.12 keeps none that it could go on with.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	found, err := r.service.LookupIn(ctx, state.OrganizationID.ValueString(), state.ID.ValueString())
	if errors.Is(err, tokens.ErrGone) {
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot read token %s", quoted(state.Name.ValueString())), err)
		return
	}
	state.observe(found, state.OrganizationID.ValueString(), r.service.Now())
	r.warnOfExpiry(found, &resp.Diagnostics)
	r.warnOfSecondRead(state, &resp.Diagnostics)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
}

// Update rotates in place where the plan says so, and then sends the edits.
func (r *serviceUserTokenResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state serviceUserTokenModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	summary := fmt.Sprintf("Cannot update token %s", quoted(state.Name.ValueString()))
	if err := r.mayUpdate(ctx, plan, state); err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	if plan.Token.IsUnknown() {
		if !r.regenerate(ctx, plan, &state, resp) {
			return
		}
	}
	if edit := plan.edit(ctx, state); !edit.IsEmpty() {
		if _, err := r.service.Edit(ctx, state.ID.ValueString(), edit); err != nil {
			r.addError(&resp.Diagnostics, summary, err)
			return
		}
	}
	plan.Token, plan.Status, plan.IssuedAt, plan.RotationDue = state.Token, state.Status, state.IssuedAt, knownOr(plan.RotationDue, state.RotationDue)
	resp.Diagnostics.Append(plan.store(ctx, &resp.State, resp.Identity)...)
}

// mayUpdate refuses what would lock the provider out, and another organization's credential.
func (r *serviceUserTokenResource) mayUpdate(ctx context.Context, plan, state serviceUserTokenModel) error {
	if err := r.service.CheckOrganization(ctx, state.OrganizationID.ValueString()); err != nil {
		return err
	}
	if !plan.Token.IsUnknown() && !plan.permissionsChange(state) {
		return nil
	}
	return r.refuseOwn(ctx, state.ServiceUserID.ValueString())
}

// regenerate gives the token a new secret, writing the state after each step: "revoked" and due once it is revoked, so
// that a later failure goes on where it stopped, and the new secret before any edit is tried.
func (r *serviceUserTokenResource) regenerate(ctx context.Context, plan serviceUserTokenModel, state *serviceUserTokenModel, resp *resource.UpdateResponse) bool {
	diags := &resp.Diagnostics
	summary := fmt.Sprintf("Cannot regenerate token %s", quoted(state.Name.ValueString()))
	id := state.ID.ValueString()
	pending := func() {
		state.Status = types.StringValue(string(tokens.Revoked))
		state.RotationDue = types.BoolValue(true)
		diags.Append(state.store(ctx, &resp.State, resp.Identity)...)
	}
	if status := tokens.Status(state.Status.ValueString()); status != tokens.Revoked && status != tokens.Expired {
		if err := r.service.Revoke(ctx, id); err != nil {
			r.addError(diags, summary, err)
			return false
		}
		pending()
	}
	issued, err := r.service.Regenerate(ctx, id)
	if err != nil {
		var lost *tokens.LostRegenerateError
		if errors.As(err, &lost) {
			pending()
		}
		r.addError(diags, summary, err)
		return false
	}
	state.issue(issued, state.OrganizationID.ValueString())
	// What made it rotate goes into state with the secret, so that a failing edit does not make it rotate again.
	state.RotationTriggers, state.RotateAfterDays = plan.RotationTriggers, plan.RotateAfterDays
	diags.Append(state.store(ctx, &resp.State, resp.Identity)...)
	return !diags.HasError()
}

func knownOr(value, fallback types.Bool) types.Bool {
	if value.IsUnknown() {
		return fallback
	}
	return value
}

// Delete retires the token as on_destroy in state says. What others have done already is fine.
func (r *serviceUserTokenResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state serviceUserTokenModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.service.CheckOrganization(ctx, state.OrganizationID.ValueString())
	if err == nil {
		err = r.refuseOwn(ctx, state.ServiceUserID.ValueString())
	}
	if err == nil {
		err = r.service.Retire(ctx, state.ID.ValueString(), state.OnDestroy.ValueString() == destroyRevoke)
	}
	if err != nil {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot destroy token %s", quoted(state.Name.ValueString())), err)
	}
}
