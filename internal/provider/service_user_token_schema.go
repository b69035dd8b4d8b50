package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework-validators/stringvalidator"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/boolplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/int64default"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringdefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// The values of on_destroy, and the defaults that import has to fill in because the API knows nothing of them.
const (
	destroyDelete = "delete"
	destroyRevoke = "revoke"

	defaultExpiryDays = 45
	defaultMethod     = string(tokens.Replace)
	defaultPolicy     = string(tokens.Rotate)
	defaultOnDestroy  = destroyDelete
)

func (r *serviceUserTokenResource) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "An API token of a service user: a long-lived credential of an integration. An organization can have at most 20 active ones. " +
			"Use `for_each` with the name as key for many tokens, not `count`: with a list that shifts, `count` renames tokens in place and gives secrets to other integrations. " +
			"A new secret is a new resource instance: every rotation shows in the plan as a replacement (or, with `rotation_method = \"regenerate\"`, as an in-place update of `token`) before it happens.",
		Attributes: map[string]schema.Attribute{
			"id":   computedString("The token's id."),
			"name": nameAttribute(),
			"inactivity_expiry_days": schema.Int64Attribute{
				Optional: true, Computed: true, Default: int64default.StaticInt64(defaultExpiryDays),
				MarkdownDescription: "After how many days without use the token expires: `31`, `45`, `60` or `180`. A token in use does not expire. Changed in place; the secret stays. Default: `45`.",
				Validators:          expiryDays(),
			},
			"permission_set_ids": schema.SetAttribute{
				Optional: true, ElementType: types.StringType,
				MarkdownDescription: "Ids of the service user's permission sets (the product also calls them global roles), at least one; letter case does not matter. Exactly one of `permission_set_ids` and `all_permissions` must be set, and `ignore_changes` must name both or neither. Changed in place; the secret stays.",
				Validators:          permissionSetIDs(),
			},
			"all_permissions": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Grant all permissions; only `true` can be written. The web app preselects them; here a grant of everything is written down. Exactly one of `permission_set_ids` and `all_permissions` must be set. Changed in place; the secret stays.",
				Validators:          []validator.Bool{onlyTrue{}},
			},
			"rotation_triggers":      rotationTriggersAttribute(),
			"rotate_after_days":      rotateAfterDaysAttribute(),
			"rotation_due":           rotationDueAttribute(),
			"rotation_method":        enumAttribute(defaultMethod, []string{string(tokens.Replace), string(tokens.Regenerate)}, "How a new secret is made. `replace`: a new token with a new id; the old one is destroyed, as `on_destroy` in state says. `regenerate`: keeps the token and its id; the old secret stops working immediately, and `prevent_destroy` does not stop it. Changing the method changes no secret."),
			"on_revoked":             enumAttribute(defaultPolicy, []string{string(tokens.Rotate), string(tokens.Keep)}, "What to plan for a token that was found revoked. `rotate`: a new secret. `keep`: nothing but a warning; its name, expiry and permissions can then not be changed."),
			"on_expired":             enumAttribute(defaultPolicy, []string{string(tokens.Rotate), string(tokens.Keep)}, "What to plan for a token that inactivity has ended. `rotate`: a new secret. `keep`: nothing but a warning; its name, expiry and permissions can then not be changed."),
			"on_destroy":             enumAttribute(defaultOnDestroy, []string{destroyDelete, destroyRevoke}, "What destroy does. `delete`: revoke, then delete. `revoke`: revoke and keep the record for audit. It is what becomes of the old token of a replacement, too, unless OpenTofu's `lifecycle.destroy = false` keeps it active. Destroy reads it from state: change it, apply, then destroy."),
			"age_recipients":         ageRecipientsSchema(),
			"sealed_box_public_keys": boxKeysSchema(),
			"on_readers_changed": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "What to plan for a secret that is to have other readers. `rotate`: a new secret. `keep`: nothing but a warning; the changed keys wait for the next secret. Until then this one stays as it is: encrypted to the keys of before, or in clear. Default: `rotate`.",
				Validators:          []validator.String{stringvalidator.OneOf(string(tokens.Rotate), string(tokens.Keep))},
			},
			"token":           tokenAttribute(),
			"encrypted_token": computedString("The secret, encrypted to `age_recipients`: an armored age file. Null without them, and if state holds no secret (after an import)."),
			"sealed_box_tokens": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The secret as a sealed box for each of `sealed_box_public_keys`, in base64, by label. Null without them, and if state holds no secret (after an import).",
				PlanModifiers:       []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
			},
			"status":          computedString("`active`, `revoked`, `expired`, or `superseded`: regenerated, and state does not hold the new secret. This happens outside Terraform, or when a response is lost."),
			"organization_id": computedString("The organization that the token belongs to. Known in the plan of a new token: an apply with the credential of another organization is stopped before anything is sent."),
			"service_user_id": computedString("The service user that the token acts as."),
			"created_at":      computedTime("When the token was created (RFC 3339, UTC)."),
			"issued_at":       computedTime("When the secret in state was made (RFC 3339, UTC): by create or by regenerate."),
		},
	}
}

func nameAttribute() schema.Attribute {
	return schema.StringAttribute{
		Required:            true,
		MarkdownDescription: "What the token is for: 1 to 100 characters, no white space at either end. Need not be unique. Changed in place; the secret stays.",
		Validators:          []validator.String{tokenName{}},
	}
}

func tokenAttribute() schema.Attribute {
	return schema.StringAttribute{
		Computed: true, Sensitive: true,
		MarkdownDescription: "The secret. The API shows it once, when it is made; it is kept in state and nowhere else. Null after an import, and for a secret that was made with `age_recipients` or `sealed_box_public_keys`: add a `precondition` that it is not null wherever you pass it on.",
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func ageRecipientsSchema() schema.Attribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Public keys of those who are to read the secret: age recipients (`age1…`, or `age1pq1…` only) and SSH public keys (`ssh-ed25519`, `ssh-rsa`). The secret is then in `encrypted_token`, and `token` is null. Can be set together with `sealed_box_public_keys`. A key that is added, removed or changed gives a new secret, by `rotation_method`; the comment of an SSH key is not part of it. Without a secret in state, and for a token that is kept revoked or expired, the keys wait for the next secret. Must be known during plan if state holds a secret or the token is replaced: do not put `depends_on` on the data source that a key comes from.",
	}
}

func boxKeysSchema() schema.Attribute {
	return schema.MapAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Public keys of NaCl sealed boxes, such as those of GitHub repositories: a label of your choice to the base64 of 32 bytes. The secret is then in `sealed_box_tokens`, by label, and `token` is null. A label or key that is added, removed or changed gives a new secret, with the same rules as for `age_recipients`.",
	}
}

func rotationTriggersAttribute() schema.Attribute {
	return schema.MapAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Any values. The secret rotates when a value changes, a key comes or goes, or a value is not known during plan. Adding or removing the whole map does not rotate.",
	}
}

func rotateAfterDaysAttribute() schema.Attribute {
	return schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: "Rotate when the secret reaches this age in days (minimum 1). A number that is added or changed takes effect from the next run.",
		Validators:          []validator.Int64{int64validator.Between(1, 36500)},
	}
}

func rotationDueAttribute() schema.Attribute {
	return schema.BoolAttribute{
		Computed:            true,
		MarkdownDescription: "Whether the secret has reached `rotate_after_days`, or a rotation was begun and did not end. Set when the token is read.",
		PlanModifiers:       []planmodifier.Bool{boolplanmodifier.UseStateForUnknown()},
	}
}

func enumAttribute(defaultValue string, values []string, description string) schema.Attribute {
	return schema.StringAttribute{
		Optional: true, Computed: true, Default: stringdefault.StaticString(defaultValue),
		MarkdownDescription: description + " Default: `" + defaultValue + "`.",
		Validators:          []validator.String{stringvalidator.OneOf(values...)},
	}
}

func computedString(description string) schema.Attribute {
	return schema.StringAttribute{
		Computed: true, MarkdownDescription: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func computedTime(description string) schema.Attribute {
	return schema.StringAttribute{
		Computed: true, CustomType: timetypes.RFC3339Type{}, MarkdownDescription: description,
		PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}
