package provider

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
)

// maxNameLength is the contract's longest name, in characters.
const maxNameLength = 100

// tokenName accepts a name that the API stores unchanged. The API trims names, and Terraform would report an inconsistent result
// if the response had another name than the plan.
type tokenName struct{}

func (tokenName) Description(context.Context) string {
	return "1 to 100 characters, no white space at either end"
}

func (v tokenName) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (tokenName) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	name := req.ConfigValue.ValueString()
	length := utf8.RuneCountInString(name)
	switch {
	case strings.TrimSpace(name) != name:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid name",
			"The name begins or ends with white space, which the API removes. Write it without, or use trimspace().")
	case length == 0:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid name",
			"The name is empty. Write 1 to 100 characters that say what the token is for.")
	case length > maxNameLength:
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid name",
			fmt.Sprintf("The name has %d characters. Write at most %d.", length, maxNameLength))
	}
}

// onlyTrue accepts only true: false would look like a grant of nothing, but it would have no effect.
type onlyTrue struct{}

func (onlyTrue) Description(context.Context) string { return "only true" }

func (v onlyTrue) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (onlyTrue) ValidateBool(_ context.Context, req validator.BoolRequest, resp *validator.BoolResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() || req.ConfigValue.ValueBool() {
		return
	}
	resp.Diagnostics.AddAttributeError(req.Path, "Invalid all_permissions",
		"all_permissions can only be true. Remove it and write permission_set_ids with the ids of the permission sets to grant.")
}

// permissionSetIDs accepts one or more ids that are neither null nor empty.
func permissionSetIDs() []validator.Set {
	return []validator.Set{
		setvalidator.SizeAtLeast(1), setvalidator.NoNullValues(), setvalidator.ValueStringsAre(stringvalidator.LengthAtLeast(1)),
	}
}

// expiryDays accepts the contract's values of inactivity_expiry_days.
func expiryDays() []validator.Int64 { return []validator.Int64{int64validator.OneOf(31, 45, 60, 180)} }

// ValidateConfig requires exactly one of permission_set_ids and all_permissions, and keys that a secret can be encrypted to.
func (r *serviceUserTokenResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config serviceUserTokenModel
	resp.Diagnostics.Append(config.get(ctx, req.Config.Raw)...)
	if !resp.Diagnostics.HasError() {
		validateGrant(config.PermissionSetIDs, config.AllPermissions, &resp.Diagnostics)
		config.validateReaders(&resp.Diagnostics)
	}
}

// validateGrant requires exactly one of permission_set_ids and all_permissions. If one is unknown, it accepts both: the check
// runs again at apply, when all values are known.
func validateGrant(permissionSetIDs, allPermissions attr.Value, diags *diag.Diagnostics) {
	if permissionSetIDs.IsUnknown() || allPermissions.IsUnknown() {
		return
	}
	switch {
	case permissionSetIDs.IsNull() && allPermissions.IsNull():
		diags.AddError("Missing permissions",
			"Neither permission_set_ids nor all_permissions is set. Write permission_set_ids = [\"…\"] with the ids of the permission sets to grant, or all_permissions = true to grant everything.")
	case !permissionSetIDs.IsNull() && !allPermissions.IsNull():
		diags.AddError("Conflicting permissions",
			"Both permission_set_ids and all_permissions are set. Keep permission_set_ids to grant those, or all_permissions = true to grant everything.")
	}
}
