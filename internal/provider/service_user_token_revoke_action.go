package provider

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/action/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

var (
	_ action.ActionWithConfigure  = &revokeAction{}
	_ action.ActionWithModifyPlan = &revokeAction{}
)

// revokeAction revokes a token at once, for incidents.
type revokeAction struct {
	*providerData
}

func newRevokeAction() action.Action { return &revokeAction{} }

type revokeActionModel struct {
	ID types.String `tfsdk:"id"`
}

func (a *revokeAction) Metadata(_ context.Context, _ action.MetadataRequest, resp *action.MetadataResponse) {
	resp.TypeName = typeName + "_revoke_service_user_token"
}

func (a *revokeAction) Configure(_ context.Context, req action.ConfigureRequest, _ *action.ConfigureResponse) {
	a.providerData, _ = req.ProviderData.(*providerData)
}

func (a *revokeAction) Schema(_ context.Context, _ action.SchemaRequest, resp *action.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Revokes a service user token at once, for incidents (Terraform 1.14 and later). Its secret stops working; the record stays. If Terraform manages the token, the next plan shows it as revoked and does what its `on_revoked` says.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "The token's id. The token may be revoked or expired already. An id that does not exist is an error, and so is the token that the provider itself authenticates with.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
		},
	}
}

// ModifyPlan reports what would make Invoke fail, before anything is changed.
func (a *revokeAction) ModifyPlan(ctx context.Context, req action.ModifyPlanRequest, resp *action.ModifyPlanResponse) {
	var config revokeActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if a.providerData == nil || resp.Diagnostics.HasError() || config.ID.IsUnknown() {
		return
	}
	if _, err := a.target(ctx, config.ID.ValueString()); err != nil {
		a.addError(&resp.Diagnostics, "Cannot plan to revoke token "+quoted(config.ID.ValueString()), err)
	}
}

// Invoke revokes the token.
func (a *revokeAction) Invoke(ctx context.Context, req action.InvokeRequest, resp *action.InvokeResponse) {
	var config revokeActionModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	summary := "Cannot revoke token " + quoted(config.ID.ValueString())
	token, err := a.target(ctx, config.ID.ValueString())
	if err != nil {
		a.addError(&resp.Diagnostics, summary, err)
		return
	}
	progress := func(what string) {
		resp.SendProgress(action.InvokeProgressEvent{Message: fmt.Sprintf("Token %s (%s) %s", quoted(token.Name), printableID(token.ID), what)})
	}
	if !token.Active() {
		progress("is " + string(tokens.StatusOf(token)) + " already: nothing was done.")
		return
	}
	progress("is being revoked.")
	if err := a.service.Revoke(ctx, tokens.Prior{ID: token.ID, CreatedAt: token.CreatedAt}); err != nil {
		a.addError(&resp.Diagnostics, summary, err)
		return
	}
	progress("is revoked: its secret does not work any more.")
}

// target requests the token to revoke. It fails with errOwnToken for the provider's own.
func (a *revokeAction) target(ctx context.Context, id string) (api.ServiceUserToken, error) {
	token, err := a.service.Fetch(ctx, id)
	var refused *api.Error
	if errors.As(err, &refused) && refused.Status == http.StatusNotFound {
		// A host without the token API responds 404 to every id. In an incident, the error must not send anybody to look for
		// another id there.
		if _, listErr := a.service.List(ctx); api.IsNotServed(listErr) {
			err = listErr
		}
	}
	if err != nil {
		return api.ServiceUserToken{}, err
	}
	return token, a.refuseOwn(ctx, token.ServiceUserID)
}
