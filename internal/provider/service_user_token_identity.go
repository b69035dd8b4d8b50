package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

var _ resource.ResourceWithIdentity = &serviceUserTokenResource{}

// serviceUserTokenIdentity identifies the token of a resource. It never changes, not even when the token is regenerated.
type serviceUserTokenIdentity struct {
	ID             types.String `tfsdk:"id"`
	OrganizationID types.String `tfsdk:"organization_id"`
}

func (r *serviceUserTokenResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = tokenIdentitySchema()
}

func tokenIdentitySchema() identityschema.Schema {
	return identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"id": identityschema.StringAttribute{RequiredForImport: true, Description: "The token's id."},
		"organization_id": identityschema.StringAttribute{
			OptionalForImport: true,
			Description:       "The organization that the token belongs to. When written, an import through a credential of another organization is refused.",
		},
	}}
}

// identity returns the identity of the model's token.
func (m *serviceUserTokenModel) identity() serviceUserTokenIdentity {
	return serviceUserTokenIdentity{ID: m.ID, OrganizationID: m.OrganizationID}
}

// store writes a token's state and identity.
func (m *serviceUserTokenModel) store(ctx context.Context, state *tfsdk.State, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	diags := state.Set(ctx, m)
	diags.Append(m.storeIdentity(ctx, identity)...)
	return diags
}

// storeIdentity writes a token's identity if there is none yet. Terraform reports an error for a changed identity, even if only
// the letter case of an id changes, or if the organization was unknown before.
func (m *serviceUserTokenModel) storeIdentity(ctx context.Context, identity *tfsdk.ResourceIdentity) diag.Diagnostics {
	if !identity.Raw.IsFullyNull() {
		var prior types.String
		if diags := identity.GetAttribute(ctx, path.Root("id"), &prior); diags.HasError() || api.SameID(prior.ValueString(), m.ID.ValueString()) {
			return diags
		}
	}
	return identity.Set(ctx, m.identity())
}
