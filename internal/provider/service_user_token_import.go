package provider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// importByName is what an import id begins with when it is a name.
const importByName = "name:"

// ImportState finds a token by id or by "name:" and its exact name, and fills the whole state, so that Read that follows
// has nothing to guess.
func (r *serviceUserTokenResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	id, name := req.ID, ""
	if after, ok := strings.CutPrefix(req.ID, importByName); ok {
		id, name = "", after
	}
	if strings.TrimSpace(id+name) == "" {
		resp.Diagnostics.AddError("Invalid import id", "Write the token's id, or name: followed by its exact name, such as name:warehouse-sync.")
		return
	}
	summary := fmt.Sprintf("Cannot import token %s", quoted(req.ID))
	caller, err := r.service.Caller(ctx)
	if err != nil {
		addError(&resp.Diagnostics, summary, err)
		return
	}
	found, err := r.service.Adoptable(ctx, id, name)
	if err != nil {
		addError(&resp.Diagnostics, summary, err)
		return
	}
	var state serviceUserTokenModel
	state.adopt(found, caller.OrganizationID, r.service.Now())
	resp.Diagnostics.Append(resp.State.Set(ctx, state)...)
	resp.Diagnostics.AddWarning(fmt.Sprintf("Token %s is imported without its secret", quoted(found.Name)),
		"The API shows a secret only when it is made, so token is null in state. Whatever is given the secret would get nothing: guard it with a precondition that token is not null. The token itself is not touched; rotating it brings a secret into state.")
}
