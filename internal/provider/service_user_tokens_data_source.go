package provider

import (
	"context"
	"regexp"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/setvalidator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

type serviceUserTokensDataSource struct {
	*configured
}

func newServiceUserTokensDataSource() datasource.DataSource { return &serviceUserTokensDataSource{} }

// serviceUserTokensModel is the data source in configuration and state.
type serviceUserTokensModel struct {
	Statuses          types.Set                `tfsdk:"statuses"`
	NameRegex         types.String             `tfsdk:"name_regex"`
	PermissionSetID   types.String             `tfsdk:"permission_set_id"`
	UnusedForDays     types.Int64              `tfsdk:"unused_for_days"`
	ExpiresWithinDays types.Int64              `tfsdk:"expires_within_days"`
	Tokens            []listedServiceUserToken `tfsdk:"tokens"`
	ActiveCount       types.Int64              `tfsdk:"active_count"`
	ActiveLimit       types.Int64              `tfsdk:"active_limit"`
	Remaining         types.Int64              `tfsdk:"remaining"`
}

// listedServiceUserToken is one token of a data source: everything but the secret.
type listedServiceUserToken struct {
	ID                   types.String      `tfsdk:"id"`
	Name                 types.String      `tfsdk:"name"`
	Status               types.String      `tfsdk:"status"`
	ServiceUserID        types.String      `tfsdk:"service_user_id"`
	InactivityExpiryDays types.Int64       `tfsdk:"inactivity_expiry_days"`
	AllPermissions       types.Bool        `tfsdk:"all_permissions"`
	PermissionSetIDs     types.Set         `tfsdk:"permission_set_ids"`
	CreatedAt            timetypes.RFC3339 `tfsdk:"created_at"`
	CreatedByID          types.String      `tfsdk:"created_by_id"`
	CreatedByName        types.String      `tfsdk:"created_by_name"`
	IssuedAt             timetypes.RFC3339 `tfsdk:"issued_at"`
	LastUsedAt           timetypes.RFC3339 `tfsdk:"last_used_at"`
	ExpiresAt            timetypes.RFC3339 `tfsdk:"expires_at"`
	RevokedAt            timetypes.RFC3339 `tfsdk:"revoked_at"`
}

func (d *serviceUserTokensDataSource) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = typeName + "_service_user_tokens"
}

func (d *serviceUserTokensDataSource) Configure(_ context.Context, req datasource.ConfigureRequest, _ *datasource.ConfigureResponse) {
	d.configured, _ = req.ProviderData.(*configured)
}

func (d *serviceUserTokensDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists the organization's service user tokens, without their secrets. All arguments are optional, and a token must fit all that are set. All lists of one run are answered from one reading.",
		Attributes: map[string]schema.Attribute{
			"statuses": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Only tokens of these statuses: `active`, `revoked`, `expired`.",
				Validators: []validator.Set{setvalidator.SizeAtLeast(1), setvalidator.ValueStringsAre(
					stringvalidator.OneOf(string(tokens.Active), string(tokens.Revoked), string(tokens.Expired)))},
			},
			"name_regex": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only tokens in whose name this regular expression ([RE2](https://github.com/google/re2/wiki/Syntax)) matches.",
				Validators:          []validator.String{validRegex{}},
			},
			"permission_set_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only tokens with this permission set. Tokens with all permissions list no permission sets and are left out.",
				Validators:          []validator.String{stringvalidator.LengthAtLeast(1)},
			},
			"unused_for_days": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Only tokens not used for at least so many days. A token that was never used counts as unused since `issued_at`.",
				Validators:          []validator.Int64{int64validator.Between(0, 36500)},
			},
			"expires_within_days": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Only active tokens that inactivity will end within so many days unless they are used.",
				Validators:          []validator.Int64{int64validator.Between(0, 36500)},
			},
			"tokens": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The tokens, sorted by name, then id.",
				NestedObject:        schema.NestedAttributeObject{Attributes: listedTokenAttributes()},
			},
			"active_count": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many active service user tokens the organization has, whatever was asked for."},
			"active_limit": schema.Int64Attribute{Computed: true, MarkdownDescription: "How many it may have."},
			"remaining":    schema.Int64Attribute{Computed: true, MarkdownDescription: "How many more it may have: `active_limit` less `active_count`, never below 0."},
		},
	}
}

func listedTokenAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	instant := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, CustomType: timetypes.RFC3339Type{}, MarkdownDescription: description + " (RFC 3339, UTC)."}
	}
	return map[string]schema.Attribute{
		"id":                     text("The token's id."),
		"name":                   text("The token's name."),
		"status":                 text("`active`, `revoked` or `expired`."),
		"service_user_id":        text("The service user that the token acts as."),
		"inactivity_expiry_days": schema.Int64Attribute{Computed: true, MarkdownDescription: "After how many days without use the token expires."},
		"all_permissions":        schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the token has all permissions."},
		"permission_set_ids":     schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Ids of the token's permission sets. Empty where it has all permissions."},
		"created_at":             instant("When the token was created"),
		"created_by_id":          text("Id of the user who created it."),
		"created_by_name":        text("Name of the user who created it."),
		"issued_at":              instant("When its current secret was made"),
		"last_used_at":           instant("When its current secret was last used; null when never"),
		"expires_at":             instant("When inactivity ends it unless it is used before"),
		"revoked_at":             instant("When it was revoked; null when it was not"),
	}
}

// Read answers from the run's list.
func (d *serviceUserTokensDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var data serviceUserTokensModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	filter := data.filter(ctx, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	list, err := d.service.List(ctx)
	if err != nil {
		d.addErrorOnce(&resp.Diagnostics, "Cannot list the service user tokens", err)
		return
	}
	now := d.service.Now()
	data.Tokens = []listedServiceUserToken{}
	for _, t := range list.Tokens {
		if filter.Matches(t, now) {
			data.Tokens = append(data.Tokens, listed(t))
		}
	}
	data.ActiveCount = types.Int64Value(list.ActiveCount)
	data.ActiveLimit = types.Int64Value(list.ActiveLimit)
	data.Remaining = types.Int64Value(max(0, list.ActiveLimit-list.ActiveCount))
	resp.Diagnostics.Append(resp.State.Set(ctx, data)...)
}

func (m serviceUserTokensModel) filter(ctx context.Context, diags *diag.Diagnostics) tokens.Filter {
	filter := tokens.Filter{
		PermissionSetID:   m.PermissionSetID.ValueString(),
		UnusedForDays:     m.UnusedForDays.ValueInt64Pointer(),
		ExpiresWithinDays: m.ExpiresWithinDays.ValueInt64Pointer(),
	}
	for _, status := range stringsOf(ctx, m.Statuses) {
		filter.Statuses = append(filter.Statuses, tokens.Status(status))
	}
	if text := m.NameRegex.ValueString(); text != "" {
		var err error
		if filter.Name, err = regexp.Compile(text); err != nil {
			diags.AddAttributeError(path.Root("name_regex"), "Invalid name_regex", err.Error())
		}
	}
	return filter
}

func listed(t api.ServiceUserToken) listedServiceUserToken {
	return listedServiceUserToken{
		ID:                   types.StringValue(t.ID),
		Name:                 types.StringValue(t.Name),
		Status:               types.StringValue(string(tokens.StatusOf(t))),
		ServiceUserID:        types.StringValue(t.ServiceUserID),
		InactivityExpiryDays: types.Int64Value(t.InactivityExpiryDays),
		AllPermissions:       types.BoolValue(t.AllPermissions),
		PermissionSetIDs:     stringSet(t.PermissionSetIDs),
		CreatedAt:            timeValue(t.CreatedAt),
		CreatedByID:          types.StringValue(t.CreatedBy.UserID),
		CreatedByName:        types.StringValue(t.CreatedBy.Name),
		IssuedAt:             timeValue(t.IssuedAt),
		LastUsedAt:           timeOrNull(t.LastUsedAt),
		ExpiresAt:            timeValue(t.ExpiresAt),
		RevokedAt:            timeOrNull(t.RevokedAt),
	}
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
