package provider

import (
	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// listedServiceUserToken is a token in a data source, without its secret.
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

func listedTokenAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"id":                     textAttribute("The token's id."),
		"name":                   textAttribute("The token's name."),
		"status":                 textAttribute("`active`, `revoked` or `expired`."),
		"service_user_id":        textAttribute("The service user that the token acts as."),
		"inactivity_expiry_days": schema.Int64Attribute{Computed: true, MarkdownDescription: "After how many days without use the token expires."},
		"all_permissions":        schema.BoolAttribute{Computed: true, MarkdownDescription: "Whether the token has all permissions."},
		"permission_set_ids":     schema.SetAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: "Ids of the token's permission sets. Empty if it has all permissions."},
		"created_at":             timeAttribute("When the token was created"),
		"created_by_id":          textAttribute("Id of the user who created it."),
		"created_by_name":        textAttribute("Name of the user who created it."),
		"issued_at":              timeAttribute("When its current secret was made"),
		"last_used_at":           timeAttribute("When its current secret was last used; null if never"),
		"expires_at":             timeAttribute("When it will expire unless somebody uses it"),
		"revoked_at":             timeAttribute("When it was revoked; null if it was not revoked"),
	}
}

// textAttribute returns a computed text attribute of a data source.
func textAttribute(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, MarkdownDescription: description}
}

// timeAttribute returns a computed time attribute of a data source.
func timeAttribute(description string) schema.Attribute {
	return schema.StringAttribute{Computed: true, CustomType: timetypes.RFC3339Type{}, MarkdownDescription: description + " (RFC 3339, UTC)."}
}

func listedOf(t api.ServiceUserToken) listedServiceUserToken {
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
