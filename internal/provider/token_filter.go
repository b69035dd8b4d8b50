package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// tokenFilterModel has the arguments that choose tokens, in the data source of all tokens and in the list resource. Their schemas
// have different types, so they share only the parts below. statuses is in neither: a list resource cannot have sets.
type tokenFilterModel struct {
	NameRegex         types.String `tfsdk:"name_regex"`
	PermissionSetID   types.String `tfsdk:"permission_set_id"`
	UnusedForDays     types.Int64  `tfsdk:"unused_for_days"`
	ExpiresWithinDays types.Int64  `tfsdk:"expires_within_days"`
}

const (
	statusesDescription          = "Only tokens of these statuses: `active`, `revoked`, `expired`"
	nameRegexDescription         = "Only tokens in whose name this regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)) matches."
	permissionSetIDDescription   = "Only tokens with this permission set. Tokens with all permissions list no permission sets and are left out."
	unusedForDaysDescription     = "Only tokens that were not used for at least this many days. A token that was never used counts as unused since `issued_at`."
	expiresWithinDaysDescription = "Only active tokens that will expire within this many days unless somebody uses them."
)

func oneOfStatuses() validator.String {
	return stringvalidator.OneOf(string(tokens.Active), string(tokens.Revoked), string(tokens.Expired))
}

func nameRegexValidators() []validator.String { return []validator.String{validRegex{}} }

func permissionSetIDValidators() []validator.String {
	return []validator.String{stringvalidator.LengthAtLeast(1)}
}

func daysValidators() []validator.Int64 { return []validator.Int64{int64validator.Between(0, 36500)} }

func (m tokenFilterModel) filter(statuses []attr.Value, diags *diag.Diagnostics) tokens.Filter {
	filter := tokens.Filter{
		PermissionSetID:   m.PermissionSetID.ValueString(),
		UnusedForDays:     m.UnusedForDays.ValueInt64Pointer(),
		ExpiresWithinDays: m.ExpiresWithinDays.ValueInt64Pointer(),
	}
	for _, status := range statuses {
		filter.Statuses = append(filter.Statuses, tokens.Status(status.(types.String).ValueString()))
	}
	if text := m.NameRegex.ValueString(); text != "" {
		var err error
		if filter.Name, err = regexp.Compile(text); err != nil {
			diags.AddAttributeError(path.Root("name_regex"), "Invalid name_regex", err.Error())
		}
	}
	return filter
}

// validRegex accepts a regular expression that Go can compile.
type validRegex struct{}

func (validRegex) Description(context.Context) string { return "a regular expression (RE2)" }

func (v validRegex) MarkdownDescription(ctx context.Context) string { return v.Description(ctx) }

func (validRegex) ValidateString(_ context.Context, req validator.StringRequest, resp *validator.StringResponse) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := regexp.Compile(req.ConfigValue.ValueString()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Invalid name_regex",
			"Write a regular expression in RE2 syntax, such as ^ci-: "+err.Error()+".")
	}
}
