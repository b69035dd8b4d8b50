package provider

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
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

// tokenType is the resource's type.
const tokenType = typeName + "_service_user_token"

type serviceUserTokenResource struct {
	*providerData // nil until the provider is configured
}

func newServiceUserTokenResource() resource.Resource { return &serviceUserTokenResource{} }

func (r *serviceUserTokenResource) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = tokenType
}

func (r *serviceUserTokenResource) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.providerData, _ = req.ProviderData.(*providerData)
}

// Create issues a token and stores it at once, because the API does not return the secret again.
func (r *serviceUserTokenResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan serviceUserTokenModel
	resp.Diagnostics.Append(plan.get(ctx, req.Plan.Raw)...)
	// Validated again, now that all values are known: permissions that turn out to be null would grant everything.
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
	who, err := plan.readers()
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	issued, err := r.service.Issue(ctx, api.NewServiceUserToken{
		Name:                 plan.Name.ValueString(),
		InactivityExpiryDays: plan.InactivityExpiryDays.ValueInt64(),
		PermissionSetIDs:     stringsOf(ctx, plan.PermissionSetIDs),
	})
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	plan.setIssued(issued, caller.OrganizationID)
	if err := plan.keepSecret(issued.Secret, who, r.random); err != nil {
		r.addError(&resp.Diagnostics, summary, err)
	}
	resp.Diagnostics.Append(plan.store(ctx, &resp.State, resp.Identity)...)
}

// Read takes the token from the run's list. It removes a token from state only if the token certainly does not exist.
func (r *serviceUserTokenResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state serviceUserTokenModel
	resp.Diagnostics.Append(state.get(ctx, req.State.Raw)...)
	if resp.Diagnostics.HasError() {
		return
	}
	found, organizationID, err := r.find(ctx, state, resp.Identity)
	if errors.Is(err, tokens.ErrGone) {
		// The framework reports an error for a read without an identity, and Terraform before 1.12 keeps none.
		resp.Diagnostics.Append(state.storeIdentity(ctx, resp.Identity)...)
		resp.State.RemoveResource(ctx)
		return
	}
	if err != nil {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot read token %s", quoted(state.Name.ValueString())), err)
		return
	}
	state.observe(found, organizationID, r.service.Earliest())
	r.warnOfExpiry(found, &resp.Diagnostics)
	r.warnOfSecondRead(state, &resp.Diagnostics)
	resp.Diagnostics.Append(state.store(ctx, &resp.State, resp.Identity)...)
}

// errUnknownOrganization is returned if a token was not found, and the state does not say which organization it belongs to.
var errUnknownOrganization = errors.New("the token was not found, and the state does not say which organization it belongs to")

// find returns a token and its organization. If an older version of the provider or an edit left the state without an
// organization, find returns the credential's, but only if it finds the token: otherwise the token may be in another
// organization.
func (r *serviceUserTokenResource) find(ctx context.Context, state serviceUserTokenModel, identity *tfsdk.ResourceIdentity) (api.ServiceUserToken, string, error) {
	prior := state.prior()
	if prior.OrganizationID == "" {
		var known serviceUserTokenIdentity
		identity.Get(ctx, &known) // it may have no organization either
		prior.OrganizationID = known.OrganizationID.ValueString()
	}
	found, err := r.service.LookupManaged(ctx, prior)
	if prior.OrganizationID != "" {
		return found, prior.OrganizationID, err
	}
	if errors.Is(err, tokens.ErrGone) && !r.guarded {
		return found, "", errUnknownOrganization
	}
	if err != nil {
		return found, "", err
	}
	caller, err := r.service.Caller(ctx)
	return found, caller.OrganizationID, err
}

// Update rotates the token in place if the plan says so, and then sends the edits.
func (r *serviceUserTokenResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, state serviceUserTokenModel
	resp.Diagnostics.Append(plan.get(ctx, req.Plan.Raw)...)
	resp.Diagnostics.Append(state.get(ctx, req.State.Raw)...)
	if resp.Diagnostics.HasError() {
		return
	}
	summary := fmt.Sprintf("Cannot update token %s", quoted(state.Name.ValueString()))
	rotates, err := rotatesInPlace(plan, state)
	if err == nil {
		err = r.mayUpdate(ctx, plan, state, rotates)
	}
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	if rotates {
		if !r.regenerate(ctx, plan, &state, resp) {
			return
		}
	}
	if edit := plan.edit(ctx, state); !edit.IsEmpty() {
		if _, err := r.service.Edit(ctx, state.prior(), edit); err != nil {
			r.addError(&resp.Diagnostics, summary, err)
			return
		}
	}
	plan.Token, plan.EncryptedToken, plan.SealedBoxTokens = state.Token, state.EncryptedToken, state.SealedBoxTokens
	plan.Status, plan.IssuedAt, plan.RotationDue = state.Status, state.IssuedAt, knownOr(plan.RotationDue, state.RotationDue)
	resp.Diagnostics.Append(plan.store(ctx, &resp.State, resp.Identity)...)
}

// errOtherDecision is returned if the plan shows a new secret and its values do not cause one, or the other way round.
var errOtherDecision = errors.New("the plan and the values that it holds disagree on whether the token gets a new secret")

// rotatesInPlace makes ModifyPlan's decision again, from the same values, and compares it with the plan. So the provider revokes
// nothing that no plan showed.
func rotatesInPlace(plan, state serviceUserTokenModel) (bool, error) {
	decision, err := tokens.Decide(state.prior(), plan.planFrom(state))
	if err == nil && decision.Rotates() != plan.IssuedAt.IsUnknown() {
		err = errOtherDecision
	}
	return decision.Rotates(), err
}

// mayUpdate fails if the update would lock the provider out, or if the credential belongs to another organization.
func (r *serviceUserTokenResource) mayUpdate(ctx context.Context, plan, state serviceUserTokenModel, rotates bool) error {
	if err := r.service.CheckOrganization(ctx, state.OrganizationID.ValueString()); err != nil {
		return err
	}
	if !rotates && !plan.permissionsChange(state) {
		return nil
	}
	return r.refuseOwn(ctx, state.ServiceUserID.ValueString())
}

// regenerate gives the token a new secret and writes the state after each step. After the revoke, state says tokens.BegunRotation,
// so that the next apply continues if a later step fails. The new secret is in state before any edit is sent.
func (r *serviceUserTokenResource) regenerate(ctx context.Context, plan serviceUserTokenModel, state *serviceUserTokenModel, resp *resource.UpdateResponse) bool {
	diags := &resp.Diagnostics
	summary := fmt.Sprintf("Cannot regenerate token %s", quoted(state.Name.ValueString()))
	who, err := plan.readers()
	if err != nil {
		r.addError(diags, summary, err)
		return false
	}
	id := state.ID.ValueString()
	pending := func() {
		status, due := tokens.BegunRotation()
		state.Status, state.RotationDue = types.StringValue(string(status)), types.BoolValue(due)
		diags.Append(state.store(ctx, &resp.State, resp.Identity)...)
	}
	if status := tokens.Status(state.Status.ValueString()); status != tokens.Revoked && status != tokens.Expired {
		if err := r.service.Revoke(ctx, state.prior()); err != nil {
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
	prior := state.prior()
	state.setIssued(issued, state.OrganizationID.ValueString())
	if err := state.keepSecret(issued.Secret, who, r.random); err != nil {
		// Nobody has the new secret, so it must not stay active.
		r.addError(diags, summary, unencryptedError{err, r.service.Revoke(context.WithoutCancel(ctx), prior)})
		pending()
		return false
	}
	// The values that caused the rotation go into state with the secret, so that a failed edit does not cause another rotation.
	state.RotationTriggers, state.RotateAfterDays = plan.RotationTriggers, plan.RotateAfterDays
	state.AgeRecipients, state.SealedBoxPublicKeys = plan.AgeRecipients, plan.SealedBoxPublicKeys
	diags.Append(state.store(ctx, &resp.State, resp.Identity)...)
	return !diags.HasError()
}

func knownOr(value, fallback types.Bool) types.Bool {
	if value.IsUnknown() {
		return fallback
	}
	return value
}

// Delete retires the token as on_destroy in state says. It succeeds if the token was revoked or deleted before.
func (r *serviceUserTokenResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state serviceUserTokenModel
	resp.Diagnostics.Append(state.get(ctx, req.State.Raw)...)
	if resp.Diagnostics.HasError() {
		return
	}
	err := r.service.CheckOrganization(ctx, state.OrganizationID.ValueString())
	if err == nil {
		err = r.refuseOwn(ctx, state.ServiceUserID.ValueString())
	}
	if err == nil && state.OrganizationID.ValueString() == "" {
		// Check that the token is in the credential's organization, or certainly gone: otherwise it would only look deleted.
		if _, _, err = r.find(ctx, state, req.Identity); errors.Is(err, tokens.ErrGone) {
			err = nil
		}
	}
	if err == nil {
		err = r.service.Retire(ctx, state.prior(), tokens.OnDestroy(state.OnDestroy.ValueString()))
	}
	if err != nil {
		r.addError(&resp.Diagnostics, fmt.Sprintf("Cannot destroy token %s", quoted(state.Name.ValueString())), err)
	}
}
