package provider

import (
	"context"
	"fmt"
	"strconv"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

const (
	// ephemeralMark is part of the name of every ephemeral token, before a random part, so that a leftover token can be found.
	ephemeralMark = " ephemeral-"
	// maxEphemeralName leaves room for the mark and the random part.
	maxEphemeralName = 80
	// defaultEphemeralDays is the shortest expiry, so that a leftover token expires as soon as possible.
	defaultEphemeralDays = 31
	// openTokenKey is the key of the token's id in private state, where Close reads it.
	openTokenKey = "id"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = &ephemeralServiceUserToken{}
	_ ephemeral.EphemeralResourceWithClose          = &ephemeralServiceUserToken{}
	_ ephemeral.EphemeralResourceWithValidateConfig = &ephemeralServiceUserToken{}
)

// ephemeralServiceUserToken is a token that exists during one run.
type ephemeralServiceUserToken struct {
	*providerData
}

func newEphemeralServiceUserToken() ephemeral.EphemeralResource { return &ephemeralServiceUserToken{} }

type ephemeralServiceUserTokenModel struct {
	ID                   types.String `tfsdk:"id"`
	Name                 types.String `tfsdk:"name"`
	InactivityExpiryDays types.Int64  `tfsdk:"inactivity_expiry_days"`
	PermissionSetIDs     types.Set    `tfsdk:"permission_set_ids"`
	AllPermissions       types.Bool   `tfsdk:"all_permissions"`
	Token                types.String `tfsdk:"token"`
}

func (r *ephemeralServiceUserToken) Metadata(_ context.Context, _ ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = typeName + "_service_user_token"
}

func (r *ephemeralServiceUserToken) Configure(_ context.Context, req ephemeral.ConfigureRequest, _ *ephemeral.ConfigureResponse) {
	r.providerData, _ = req.ProviderData.(*providerData)
}

func (r *ephemeralServiceUserToken) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "A service user API token that exists during one run and is never in state: for a secret that this run uses and nobody keeps, such as the credential of another provider instance. " +
			"Terraform opens it during plan and again during apply. Each time, the provider creates a new token, and revokes and deletes it when everything in the run that uses it is done. **Do not deliver the secret or store it elsewhere**: it stops working when the run ends.",
		Attributes: map[string]schema.Attribute{
			"id": schema.StringAttribute{Computed: true, MarkdownDescription: "The token's id."},
			"name": schema.StringAttribute{
				Required:            true,
				MarkdownDescription: "What the token is for: 1 to 80 characters, no white space at either end. The token's name is this text, followed by `" + ephemeralMark + "` and eight random characters, so that a leftover token can be found.",
				Validators:          []validator.String{tokenName{}, stringvalidator.UTF8LengthAtMost(maxEphemeralName)},
			},
			"inactivity_expiry_days": schema.Int64Attribute{
				Optional: true, Computed: true,
				MarkdownDescription: "After how many days without use a leftover token expires: `31`, `45`, `60` or `180`. Default: `" + strconv.Itoa(defaultEphemeralDays) + "`.",
				Validators:          expiryDays(),
			},
			"permission_set_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Ids of the permission sets to grant, at least one. Exactly one of `permission_set_ids` and `all_permissions` must be set.",
				Validators:          permissionSetIDs(),
			},
			"all_permissions": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Grant all permissions; only `true` can be written. Exactly one of `permission_set_ids` and `all_permissions` must be set.",
				Validators:          []validator.Bool{onlyTrue{}},
			},
			"token": schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: "The secret."},
		},
	}
}

// ValidateConfig requires exactly one of permission_set_ids and all_permissions.
func (r *ephemeralServiceUserToken) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var config ephemeralServiceUserTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !resp.Diagnostics.HasError() {
		validateGrant(config.PermissionSetIDs, config.AllPermissions, &resp.Diagnostics)
	}
}

// Open creates a new token. It never regenerates one: Terraform calls Open during plan too, where a regenerate would stop a live
// secret from working.
func (r *ephemeralServiceUserToken) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var data ephemeralServiceUserTokenModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &data)...)
	validateGrant(data.PermissionSetIDs, data.AllPermissions, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	if data.InactivityExpiryDays.IsNull() {
		data.InactivityExpiryDays = types.Int64Value(defaultEphemeralDays)
	}
	name := data.Name.ValueString() + ephemeralMark + uuid.NewString()[:8]
	issued, removed, err := r.openTokens.open(ctx, name, func() (tokens.Issued, error) {
		return r.service.Issue(ctx, api.NewServiceUserToken{
			Name:                 name,
			InactivityExpiryDays: data.InactivityExpiryDays.ValueInt64(),
			PermissionSetIDs:     stringsOf(ctx, data.PermissionSetIDs),
		})
	}, r.service)
	if err != nil {
		r.addError(&resp.Diagnostics, "Cannot open ephemeral token "+quoted(name), ephemeralError{error: err, removed: removed})
		return
	}
	data.ID = types.StringValue(issued.Token.ID)
	data.Token = types.StringValue(issued.Secret.Reveal())
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, openTokenKey, fmt.Appendf(nil, "%q", issued.Token.ID))...)
	resp.Diagnostics.Append(resp.Result.Set(ctx, data)...)
}

// ephemeralError says why an ephemeral token could not be opened or closed. A leftover token is in no state.
type ephemeralError struct {
	error
	closing bool
	// removed says that the response to the create was lost, and that the leftover token was found and removed.
	removed bool
}

// Unwrap returns the reason.
func (e ephemeralError) Unwrap() error { return e.error }

// Close revokes and deletes the token.
func (r *ephemeralServiceUserToken) Close(ctx context.Context, req ephemeral.CloseRequest, resp *ephemeral.CloseResponse) {
	private, diags := req.Private.GetKey(ctx, openTokenKey)
	resp.Diagnostics.Append(diags...)
	id, err := strconv.Unquote(string(private))
	if err == nil {
		err = r.openTokens.close(ctx, id, r.service)
	}
	if err != nil {
		r.addError(&resp.Diagnostics, "Cannot close ephemeral token "+quoted(r.openTokens.nameOf(id)), ephemeralError{error: err, closing: true})
	}
}
