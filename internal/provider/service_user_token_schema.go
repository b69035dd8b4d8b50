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

// The defaults of settings that the API does not have. An import fills them in.
const (
	defaultExpiryDays = 45
	defaultMethod     = string(tokens.Replace)
	defaultBehavior   = string(tokens.Rotate)
	defaultOnDestroy  = string(tokens.DestroyDelete)
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
				MarkdownDescription: "Grant all permissions; only `true` can be written. The web app preselects all permissions; here you must write it. Exactly one of `permission_set_ids` and `all_permissions` must be set. Changed in place; the secret stays.",
				Validators:          []validator.Bool{onlyTrue{}},
			},
			"rotation_triggers":      rotationTriggersAttribute(),
			"rotate_after_days":      rotateAfterDaysAttribute(),
			"rotation_due":           rotationDueAttribute(),
			"rotation_method":        enumAttribute(defaultMethod, []string{string(tokens.Replace), string(tokens.Regenerate)}, "How a new secret is made. `replace`: a new token with a new id; the old one is destroyed, as `on_destroy` in state says. `regenerate`: keeps the token and its id; the old secret stops working immediately, and `prevent_destroy` does not stop it. Changing the method changes no secret."),
			"on_revoked":             enumAttribute(defaultBehavior, []string{string(tokens.Rotate), string(tokens.Keep)}, "What to plan for a token that was found revoked. `rotate`: a new secret. `keep`: only a warning; you cannot change the token's name, expiry or permissions then."),
			"on_expired":             enumAttribute(defaultBehavior, []string{string(tokens.Rotate), string(tokens.Keep)}, "What to plan for a token that has expired from inactivity. `rotate`: a new secret. `keep`: only a warning; you cannot change the token's name, expiry or permissions then."),
			"on_destroy":             enumAttribute(defaultOnDestroy, []string{string(tokens.DestroyDelete), string(tokens.DestroyRevoke)}, "What destroy does. `delete`: revoke, then delete. `revoke`: revoke and keep the record for audit. A replacement does the same with the old token, unless OpenTofu's `lifecycle.destroy = false` keeps it active. Destroy reads the value from state: change it, apply, then destroy."),
			"age_recipients":         ageRecipientsSchema(),
			"sealed_box_public_keys": boxKeysSchema(),
			"on_readers_changed": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "What to plan if the readers change. `rotate`: a new secret. `keep`: only a warning; the changed keys wait for the next secret. Until then the current secret stays as it is: encrypted to the old keys, or in clear text. Default: `rotate`.",
				Validators:          []validator.String{stringvalidator.OneOf(string(tokens.Rotate), string(tokens.Keep))},
			},
			"token":           tokenAttribute(),
			"encrypted_token": computedString("The secret, encrypted to `age_recipients`: an armored age file. Null if these are not set, or if state holds no secret (after an import)."),
			"sealed_box_tokens": schema.MapAttribute{
				Computed: true, ElementType: types.StringType,
				MarkdownDescription: "The secret as a sealed box for each of `sealed_box_public_keys`, in base64, by label. Null if these are not set, or if state holds no secret (after an import).",
				PlanModifiers:       []planmodifier.Map{mapplanmodifier.UseStateForUnknown()},
			},
			"status":          computedString("`active`, `revoked`, `expired`, or `superseded`: regenerated, and state does not hold the new secret. This happens outside Terraform, or when a response is lost."),
			"organization_id": computedString("The organization that the token belongs to. Known in the plan of a new token: Terraform stops an apply with the credential of another organization before anything is sent."),
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
		MarkdownDescription: "The secret. The API shows it once, when it is made; Terraform keeps it in state. Null after an import, and for a secret that was made with `age_recipients` or `sealed_box_public_keys`: add a `precondition` that it is not null wherever you pass it on.",
		PlanModifiers:       []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}
}

func ageRecipientsSchema() schema.Attribute {
	return schema.SetAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Public keys of the people and jobs that may read the secret: age recipients (`age1…`, or `age1pq1…` only) and SSH public keys (`ssh-ed25519`, `ssh-rsa`). The secret is then in `encrypted_token`, and `token` is null. Can be set together with `sealed_box_public_keys`. If you add, remove or change a key, the secret rotates, as `rotation_method` says; the comment of an SSH key does not count. If state holds no secret, or the token is kept revoked or expired, the keys wait for the next secret. They must be known during plan if state holds a secret or the token is replaced: do not put `depends_on` on the data source that a key comes from.",
	}
}

func boxKeysSchema() schema.Attribute {
	return schema.MapAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Public keys of NaCl sealed boxes, such as those of GitHub repositories: a label of your choice to the base64 of 32 bytes. The secret is then in `sealed_box_tokens`, by label, and `token` is null. If you add, remove or change a label or key, the secret rotates, by the same rules as for `age_recipients`.",
	}
}

func rotationTriggersAttribute() schema.Attribute {
	return schema.MapAttribute{
		Optional: true, ElementType: types.StringType,
		MarkdownDescription: "Any values. The secret rotates if a value changes, a key is added or removed, or a value is not known during plan. It does not rotate if you add or remove the whole map.",
	}
}

func rotateAfterDaysAttribute() schema.Attribute {
	return schema.Int64Attribute{
		Optional:            true,
		MarkdownDescription: "Rotate when the secret reaches this age in days (minimum 1). A new or changed number takes effect in the next run.",
		Validators:          []validator.Int64{int64validator.Between(1, 36500)},
	}
}

func rotationDueAttribute() schema.Attribute {
	return schema.BoolAttribute{
		Computed:            true,
		MarkdownDescription: "Whether the secret has reached `rotate_after_days`, or a rotation has begun and is not finished. Computed when the token is read.",
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
