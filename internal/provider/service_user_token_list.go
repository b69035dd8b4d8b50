package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework-validators/listvalidator"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

var _ list.ListResourceWithConfigure = &serviceUserTokenList{}

// serviceUserTokenList finds tokens that exist, for terraform query.
type serviceUserTokenList struct {
	*providerData
}

func newServiceUserTokenList() list.ListResource { return &serviceUserTokenList{} }

func (l *serviceUserTokenList) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = typeName + "_service_user_token"
}

func (l *serviceUserTokenList) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	l.providerData, _ = req.ProviderData.(*providerData)
}

func (l *serviceUserTokenList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Finds the organization's service user tokens, for `terraform query` (Terraform 1.14 and later) to write configuration that imports them. All arguments are optional, and a token must fit all that are set.",
		Attributes: map[string]schema.Attribute{
			"statuses":            schema.ListAttribute{Optional: true, ElementType: types.StringType, MarkdownDescription: statusesDescription + ". Default: `active`; only active tokens can be imported.", Validators: []validator.List{listvalidator.SizeAtLeast(1), listvalidator.ValueStringsAre(oneOfStatuses())}},
			"name_regex":          schema.StringAttribute{Optional: true, MarkdownDescription: nameRegexDescription, Validators: nameRegexValidators()},
			"permission_set_id":   schema.StringAttribute{Optional: true, MarkdownDescription: permissionSetIDDescription, Validators: permissionSetIDValidators()},
			"unused_for_days":     schema.Int64Attribute{Optional: true, MarkdownDescription: unusedForDaysDescription, Validators: daysValidators()},
			"expires_within_days": schema.Int64Attribute{Optional: true, MarkdownDescription: expiresWithinDaysDescription, Validators: daysValidators()},
		},
	}
}

type serviceUserTokenListModel struct {
	Statuses types.List `tfsdk:"statuses"`
	tokenFilterModel
}

// List returns tokens from the run's list, up to the requested limit.
func (l *serviceUserTokenList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var diags diag.Diagnostics
	chosen := l.choose(ctx, req, &diags)
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	stream.Results = func(push func(list.ListResult) bool) {
		for _, token := range chosen {
			if !push(l.result(ctx, req, token)) {
				return
			}
		}
	}
}

func (l *serviceUserTokenList) choose(ctx context.Context, req list.ListRequest, diags *diag.Diagnostics) []api.ServiceUserToken {
	var config serviceUserTokenListModel
	diags.Append(req.Config.Get(ctx, &config)...)
	filter := config.filter(config.Statuses.Elements(), diags)
	if diags.HasError() {
		return nil
	}
	if len(filter.Statuses) == 0 {
		filter.Statuses = []tokens.Status{tokens.Active}
	}
	all, err := l.service.List(ctx)
	if err != nil {
		l.addError(diags, "Cannot list the service user tokens", err)
		return nil
	}
	chosen, now := []api.ServiceUserToken{}, l.service.Now()
	for _, token := range all.Tokens {
		if int64(len(chosen)) < req.Limit && filter.Matches(token, now) {
			chosen = append(chosen, token)
		}
	}
	return chosen
}

// result returns a token as an import would store it.
func (l *serviceUserTokenList) result(ctx context.Context, req list.ListRequest, token api.ServiceUserToken) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = api.Printable(token.Name, maxNameLength)
	state, err := l.importedState(ctx, token)
	if err != nil {
		l.addError(&result.Diagnostics, "Cannot list token "+quoted(token.Name), err)
		return result
	}
	result.Diagnostics.Append(result.Identity.Set(ctx, state.identity())...)
	if req.IncludeResource {
		result.Diagnostics.Append(result.Resource.Set(ctx, state)...)
	}
	return result
}
