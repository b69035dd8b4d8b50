package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// importByName is what an import id begins with when it is a name.
const importByName = "name:"

// importTarget is what an import names: a token by id or by exact name and, where an identity says so, the organization
// that it must be in.
type importTarget struct{ id, name, organizationID string }

func (t importTarget) String() string {
	if t.name != "" {
		return importByName + t.name
	}
	return t.id
}

// ImportState finds a token by id, by "name:" and its exact name, or by identity, and fills the whole state, so that Read
// that follows has nothing to guess.
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
	state, err := r.adopt(ctx, found)
	if err != nil {
		r.addError(&resp.Diagnostics, summary, err)
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...) // in full, however little of it the import named
	resp.Diagnostics.AddWarning(fmt.Sprintf("Token %s is imported without its secret", quoted(found.Name)),
		"The API shows a secret only when it is made, so token is null in state. Whatever is given the secret would get nothing: guard it with a precondition that token is not null. The token itself is not touched; rotating it brings a secret into state.")
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
