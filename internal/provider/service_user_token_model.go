package provider

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// serviceUserTokenModel is the resource in configuration, plan and state.
type serviceUserTokenModel struct {
	ID                   types.String      `tfsdk:"id"`
	Name                 types.String      `tfsdk:"name"`
	InactivityExpiryDays types.Int64       `tfsdk:"inactivity_expiry_days"`
	PermissionSetIDs     types.Set         `tfsdk:"permission_set_ids"`
	AllPermissions       types.Bool        `tfsdk:"all_permissions"`
	RotationTriggers     types.Map         `tfsdk:"rotation_triggers"`
	RotateAfterDays      types.Int64       `tfsdk:"rotate_after_days"`
	RotationDue          types.Bool        `tfsdk:"rotation_due"`
	RotationMethod       types.String      `tfsdk:"rotation_method"`
	OnRevoked            types.String      `tfsdk:"on_revoked"`
	OnExpired            types.String      `tfsdk:"on_expired"`
	OnDestroy            types.String      `tfsdk:"on_destroy"`
	AgeRecipients        types.Set         `tfsdk:"age_recipients"`
	SealedBoxPublicKeys  types.Map         `tfsdk:"sealed_box_public_keys"`
	OnReadersChanged     types.String      `tfsdk:"on_readers_changed"`
	Token                types.String      `tfsdk:"token"`
	EncryptedToken       types.String      `tfsdk:"encrypted_token"`
	SealedBoxTokens      types.Map         `tfsdk:"sealed_box_tokens"`
	Status               types.String      `tfsdk:"status"`
	OrganizationID       types.String      `tfsdk:"organization_id"`
	ServiceUserID        types.String      `tfsdk:"service_user_id"`
	CreatedAt            timetypes.RFC3339 `tfsdk:"created_at"`
	IssuedAt             timetypes.RFC3339 `tfsdk:"issued_at"`
}

// observe sets the fields that Read found. The secret, and the fields that the API does not have, stay as they are.
func (m *serviceUserTokenModel) observe(found api.ServiceUserToken, organizationID string, now time.Time) {
	seen := tokens.Observe(m.prior(), found, now)
	if m.Name.IsNull() || !tokens.SameName(m.Name.ValueString(), found.Name) {
		m.Name = types.StringValue(found.Name)
	}
	m.InactivityExpiryDays = types.Int64Value(found.InactivityExpiryDays)
	m.grant(found)
	m.identify(found, organizationID)
	m.Status = types.StringValue(string(seen.Status))
	m.CreatedAt, m.IssuedAt = timeValue(seen.CreatedAt), timeValue(seen.IssuedAt)
	m.RotationDue = types.BoolValue(seen.RotationDue)
}

// adopt fills an empty model with a token that is imported. The API does not have the behaviors, so they get their defaults. So
// the first plan of a configuration that does not set them is empty.
func (m *serviceUserTokenModel) adopt(found api.ServiceUserToken, organizationID string, now time.Time) {
	*m = serviceUserTokenModel{
		PermissionSetIDs:    types.SetNull(types.StringType),
		RotationTriggers:    types.MapNull(types.StringType),
		AgeRecipients:       types.SetNull(types.StringType),
		SealedBoxPublicKeys: types.MapNull(types.StringType),
		SealedBoxTokens:     types.MapNull(types.StringType),
		RotationMethod:      types.StringValue(defaultMethod),
		OnRevoked:           types.StringValue(defaultBehavior),
		OnExpired:           types.StringValue(defaultBehavior),
		OnDestroy:           types.StringValue(defaultOnDestroy),
	}
	m.observe(found, organizationID, now)
	m.CreatedAt, m.IssuedAt = timeValue(found.CreatedAt), timeValue(found.IssuedAt)
}

// setIssued sets the fields that a create or regenerate returned, except the secret: see keepSecret.
func (m *serviceUserTokenModel) setIssued(issued tokens.Issued, organizationID string) {
	m.identify(issued.Token, organizationID)
	m.Status = types.StringValue(string(tokens.StatusOf(issued.Token)))
	m.IssuedAt = timeValue(issued.Token.IssuedAt)
	m.RotationDue = types.BoolValue(false)
}

// identify sets the fields that identify the token. If ids differ only in letter case, they stay as they are: Terraform reports
// an error for a changed identity.
func (m *serviceUserTokenModel) identify(found api.ServiceUserToken, organizationID string) {
	m.ID = keptID(m.ID, found.ID)
	m.OrganizationID = keptID(m.OrganizationID, organizationID)
	m.ServiceUserID = keptID(m.ServiceUserID, found.ServiceUserID)
	if m.CreatedAt.IsNull() || m.CreatedAt.IsUnknown() { // operations write the same instant with different digits
		m.CreatedAt = timeValue(found.CreatedAt)
	}
}

func (m *serviceUserTokenModel) grant(found api.ServiceUserToken) {
	if found.AllPermissions {
		m.AllPermissions = types.BoolValue(true)
		m.PermissionSetIDs = types.SetNull(types.StringType)
		return
	}
	m.AllPermissions = types.BoolNull()
	m.PermissionSetIDs = keptIDs(m.PermissionSetIDs, found.PermissionSetIDs)
}

// prior returns what the rotation rule needs of a prior state.
func (m *serviceUserTokenModel) prior() tokens.Prior {
	return tokens.Prior{
		ID:              m.ID.ValueString(),
		OrganizationID:  m.OrganizationID.ValueString(),
		CreatedAt:       instantOf(m.CreatedAt),
		Status:          tokens.Status(m.Status.ValueString()),
		HasSecret:       m.hasSecret(),
		IssuedAt:        instantOf(m.IssuedAt),
		Triggers:        triggersOf(m.RotationTriggers),
		RotateAfterDays: int64Of(m.RotateAfterDays),
		RotationDue:     m.RotationDue.ValueBool(),
	}
}

// planFrom returns what the rotation rule needs of a plan that starts from this state.
func (m *serviceUserTokenModel) planFrom(state serviceUserTokenModel) tokens.Plan {
	return tokens.Plan{
		Triggers:         triggersOf(m.RotationTriggers),
		RotateAfterDays:  int64Of(m.RotateAfterDays),
		Method:           stringOf[tokens.Method](m.RotationMethod),
		OnRevoked:        stringOf[tokens.Behavior](m.OnRevoked),
		OnExpired:        stringOf[tokens.Behavior](m.OnExpired),
		AgeRecipients:    readersOf(m.AgeRecipients, state.AgeRecipients, ageFingerprints),
		SealedBoxKeys:    readersOf(m.SealedBoxPublicKeys, state.SealedBoxPublicKeys, boxFingerprints),
		OnReadersChanged: stringOf[tokens.Behavior](m.OnReadersChanged),
		Edited: knownAndDifferent(m.Name, state.Name) || knownAndDifferent(m.InactivityExpiryDays, state.InactivityExpiryDays) ||
			knownAndDifferent(m.PermissionSetIDs, state.PermissionSetIDs) && !sameIDs(m.PermissionSetIDs, state.PermissionSetIDs) || knownAndDifferent(m.AllPermissions, state.AllPermissions),
	}
}

// edit returns the API's fields that differ between state and plan.
func (m *serviceUserTokenModel) edit(ctx context.Context, state serviceUserTokenModel) api.Edit {
	var edit api.Edit
	if !tokens.SameName(m.Name.ValueString(), state.Name.ValueString()) {
		edit.Name = m.Name.ValueStringPointer()
	}
	if !m.InactivityExpiryDays.Equal(state.InactivityExpiryDays) {
		edit.InactivityExpiryDays = m.InactivityExpiryDays.ValueInt64Pointer()
	}
	if m.AllPermissions.ValueBool() {
		edit.AllPermissions = !state.AllPermissions.ValueBool()
	} else if !sameIDs(m.PermissionSetIDs, state.PermissionSetIDs) {
		edit.PermissionSetIDs = stringsOf(ctx, m.PermissionSetIDs)
	}
	return edit
}

// permissionsChange reports whether a plan changes permissions, or may change them because a value is unknown.
func (m *serviceUserTokenModel) permissionsChange(state serviceUserTokenModel) bool {
	return !m.AllPermissions.Equal(state.AllPermissions) || !sameIDs(m.PermissionSetIDs, state.PermissionSetIDs)
}

// knownAndDifferent reports whether the plan's value is fully known and differs from state. An unknown value may turn out to be
// the same.
func knownAndDifferent(plan, state attr.Value) bool {
	if plan.Equal(state) {
		return false
	}
	value, err := plan.ToTerraformValue(context.Background())
	return err == nil && value.IsFullyKnown()
}

// timeValue returns an instant in one form, so that another number of fraction digits is no difference. A zero time, which the
// API did not say, becomes null.
func timeValue(at time.Time) timetypes.RFC3339 {
	if at.IsZero() {
		return timetypes.NewRFC3339Null()
	}
	return timetypes.NewRFC3339ValueMust(at.UTC().Format(time.RFC3339Nano))
}

// instantOf returns the instant of a time in state; zero if it is null, unknown or not a time.
func instantOf(value timetypes.RFC3339) time.Time {
	at, _ := time.Parse(time.RFC3339Nano, value.ValueString())
	return at
}

func stringSet(values []string) types.Set {
	values = slices.Compact(slices.Sorted(slices.Values(values)))
	elements := make([]attr.Value, len(values))
	for i, v := range values {
		elements[i] = types.StringValue(v)
	}
	return types.SetValueMust(types.StringType, elements)
}

// sameIDs reports whether two sets hold the same ids, ignoring letter case. It is false if an id is unknown.
func sameIDs(a, b types.Set) bool {
	if a.IsNull() != b.IsNull() {
		return false
	}
	forms, known := formsByKey(a)
	others, othersKnown := formsByKey(b)
	return known && othersKnown && maps.EqualFunc(forms, others, func(_, _ []string) bool { return true })
}

// formsByKey returns the ids of a set as they are written, by api.IDKey. known is false if one of them is unknown.
func formsByKey(set types.Set) (forms map[string][]string, known bool) {
	forms = map[string][]string{}
	for _, element := range set.Elements() {
		id, ok := element.(types.String)
		if !ok || id.IsUnknown() {
			return nil, false
		}
		key := api.IDKey(id.ValueString())
		forms[key] = append(forms[key], id.ValueString())
	}
	return forms, !set.IsUnknown()
}

// keptIDs returns the ids that were found, each in the letter case of the prior set.
func keptIDs(prior types.Set, found []string) types.Set {
	forms, _ := formsByKey(prior)
	kept := make([]string, 0, len(found))
	for _, id := range found {
		if written := forms[api.IDKey(id)]; len(written) > 0 {
			kept = append(kept, written...)
			continue
		}
		kept = append(kept, id)
	}
	return stringSet(kept)
}

// keptID returns the prior id if the found one is the same, ignoring letter case, or if the response leaves it out. Otherwise it
// returns the found one.
func keptID(prior types.String, found string) types.String {
	if !prior.IsNull() && !prior.IsUnknown() && (found == "" || api.SameID(prior.ValueString(), found)) {
		return prior
	}
	return types.StringValue(found)
}

func stringsOf(ctx context.Context, set types.Set) []string {
	values := make([]string, 0, len(set.Elements()))
	set.ElementsAs(ctx, &values, false) // plan and schema guarantee that all elements are known strings
	return values
}

func triggersOf(m types.Map) tokens.Triggers {
	triggers := tokens.Triggers{Null: m.IsNull(), Unknown: m.IsUnknown()}
	if len(m.Elements()) > 0 {
		triggers.Values = make(map[string]tokens.Value[string], len(m.Elements()))
	}
	for key, value := range m.Elements() {
		triggers.Values[key] = stringOf[string](value.(types.String))
	}
	return triggers
}

func stringOf[T ~string](v types.String) tokens.Value[T] {
	return tokens.Value[T]{Known: T(v.ValueString()), Null: v.IsNull(), Unknown: v.IsUnknown()}
}

func int64Of(v types.Int64) tokens.Value[int64] {
	return tokens.Value[int64]{Known: v.ValueInt64(), Null: v.IsNull(), Unknown: v.IsUnknown()}
}

func timeOrNull(at *time.Time) timetypes.RFC3339 {
	if at == nil {
		return timetypes.NewRFC3339Null()
	}
	return timeValue(*at)
}
