package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// importByName is the prefix of an import id that is a name.
const importByName = "name:"

// importTarget is what an import names: a token, by id or by exact name. An identity can also name the token's organization.
type importTarget struct{ id, name, organizationID string }

func (t importTarget) String() string {
	if t.name != "" {
		return importByName + t.name
	}
	return t.id
}

// ImportState finds a token by id, by "name:" and its exact name, or by identity. It fills the whole state, so that the Read
// that follows has all values.
func (r *serviceUserTokenResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	target, ok := importTargetOf(ctx, req, resp)
	if !ok {
		return
	}
	summary := fmt.Sprintf("Cannot import token %s", quoted(target.String()))
	if err := r.service.CheckOrganization(ctx, target.organizationID); err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	found, err := r.service.Adoptable(ctx, target.id, target.name)
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	state, err := r.importedState(ctx, found)
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	state.keepIdentity(target)
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...) // the whole identity, even if the import named a part of it
	r.warnOfImport(found, &resp.Diagnostics)
}

// warnOfImport warns, once in a run, that an import brings no secret. The plan names every imported token, and Terraform does
// not group the warnings of imports: 50 of them would fill the screen.
func (c *providerData) warnOfImport(found api.ServiceUserToken, diags *diag.Diagnostics) {
	if !c.once.imported.CompareAndSwap(false, true) {
		return
	}
	diags.AddWarning("A token is imported without its secret",
		fmt.Sprintf("token is null in the state of %s, and of every other token that this run imports, because the API shows a secret only when it is made. Resources that use token would receive null: add a precondition to each that token is not null. "+
			"The token itself is not changed; a rotation brings a secret into state.", quoted(found.Name)))
}

// keepIdentity writes the ids in the letter case that the import uses. Terraform reports an error if an identity changes during
// an import.
func (m *serviceUserTokenModel) keepIdentity(target importTarget) {
	if api.SameID(m.ID.ValueString(), target.id) {
		m.ID = types.StringValue(target.id)
	}
	if api.SameID(m.OrganizationID.ValueString(), target.organizationID) {
		m.OrganizationID = types.StringValue(target.organizationID)
	}
}

func importTargetOf(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) (importTarget, bool) {
	target := importTarget{id: req.ID}
	if req.ID == "" && req.Identity != nil && !req.Identity.Raw.IsFullyNull() {
		var identity serviceUserTokenIdentity
		resp.Diagnostics.Append(req.Identity.Get(ctx, &identity)...)
		target = importTarget{id: identity.ID.ValueString(), organizationID: identity.OrganizationID.ValueString()}
	} else if name, ok := strings.CutPrefix(req.ID, importByName); ok {
		target = importTarget{name: name}
	}
	if !resp.Diagnostics.HasError() && strings.TrimSpace(target.id+target.name) == "" {
		resp.Diagnostics.AddError("Invalid import id", "Write the token's id, or name: followed by its exact name, such as name:warehouse-sync.")
	}
	return target, !resp.Diagnostics.HasError()
}
