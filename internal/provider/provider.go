// Package provider is the Terraform provider: schemas, plans and states of service user tokens, and all texts for users.
package provider

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/action"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// Address is the provider's address in the Terraform Registry. The namespace is a placeholder until it is published.
const Address = "registry.terraform.io/safetyculture-community/safetyculture"

// typeName is the provider's type: the prefix of the type of every resource and data source.
const typeName = "safetyculture"

// Options configure the provider. Zero values are the production defaults; main sets Version and OpenTokens, tests replace the rest.
type Options struct {
	// Version is the provider's version.
	Version string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Getenv reads the environment; nil is os.Getenv.
	Getenv func(string) string
	// Transport carries API calls; nil is the client's default.
	Transport http.RoundTripper
	// Wait waits out a rate limit; nil uses a timer.
	Wait func(context.Context, time.Duration) error
	// Backoff is the pause before the first retry of a failed read; 0 is the client's default.
	Backoff time.Duration
	// Random is the source of randomness for sealed boxes; nil is the system's.
	Random io.Reader
	// OpenTokens keeps the open ephemeral tokens, for CloseAll at the end; nil is a new one, on which nobody calls CloseAll.
	OpenTokens *OpenTokens
}

// New returns a function that creates instances of the provider.
func New(opts Options) func() provider.Provider {
	return func() provider.Provider { return newProvider(opts) }
}

func newProvider(opts Options) *safetyCultureProvider {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Getenv == nil {
		opts.Getenv = os.Getenv
	}
	if opts.OpenTokens == nil {
		opts.OpenTokens = NewOpenTokens()
	}
	return &safetyCultureProvider{opts: opts}
}

var (
	_ provider.ProviderWithEphemeralResources = &safetyCultureProvider{}
	_ provider.ProviderWithListResources      = &safetyCultureProvider{}
	_ provider.ProviderWithActions            = &safetyCultureProvider{}
)

type safetyCultureProvider struct {
	opts Options
	data atomic.Pointer[providerData] // nil until Configure has succeeded
}

func (p *safetyCultureProvider) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = typeName
	resp.Version = p.opts.Version
}

func (p *safetyCultureProvider) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Manages service user API tokens of a SafetyCulture organization.",
		Attributes: map[string]schema.Attribute{
			"api_token": schema.StringAttribute{
				Optional: true, Sensitive: true,
				MarkdownDescription: "The API token that the provider authenticates with. Required here or in the environment variable `SAFETYCULTURE_API_TOKEN`; the variable keeps it out of configuration and plan files. Its owner needs the permission *Platform management: Organization*.",
			},
			"base_url": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The API's address. It can have a path prefix. `http://` works for a loopback host only. Environment: `SAFETYCULTURE_BASE_URL`. Default: `" + api.DefaultBaseURL + "`.",
			},
			"organization_id": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "The organization that the API token must belong to. If it belongs to another one, the provider fails before it reads or changes anything. An empty text is an error. Environment: `SAFETYCULTURE_ORGANIZATION_ID`, which holds for every provider block without an `organization_id` of its own.",
			},
			"read_only": schema.BoolAttribute{
				Optional:            true,
				MarkdownDescription: "Refuse every call that changes something. For plans of pull requests and drift jobs. Environment: `SAFETYCULTURE_READ_ONLY`; what the environment switches on, configuration cannot switch off. Default: `false`.",
			},
			"request_timeout": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "How long one attempt of one call may take, as a duration such as `30s` or `1m`. Waiting out a rate limit does not count. Default: `30s`.",
			},
			"max_retries": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "How often one API call is retried, 0 to 10. A call that creates a secret is retried only if the API certainly did not carry it out. Default: `4`.",
				Validators:          []validator.Int64{int64validator.Between(0, 10)},
			},
			"expiry_warning_days": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "Warn when a managed token will expire from inactivity within this many days (0 to 180; 0 disables). Default: `7`.",
				Validators:          []validator.Int64{int64validator.Between(0, 180)},
			},
		},
	}
}

// Configure reads the settings. It calls the API only if the settings name an organization, to check the credential's.
func (p *safetyCultureProvider) Configure(ctx context.Context, req provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	var config providerModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if resp.Diagnostics.HasError() {
		return
	}
	settings := resolveSettings(config, p.opts.Getenv, &resp.Diagnostics)
	if resp.Diagnostics.HasError() {
		return
	}
	client := api.New(api.Options{
		BaseURL:        settings.baseURL,
		Token:          settings.apiToken,
		Version:        p.opts.Version,
		UserAgent:      fmt.Sprintf("terraform-provider-safetyculture/%s (+https://%s) Terraform/%s", p.opts.Version, Address, req.TerraformVersion),
		ReadOnly:       settings.readOnly,
		RequestTimeout: settings.requestTimeout,
		MaxRetries:     settings.maxRetries,
		Transport:      p.opts.Transport,
		Now:            p.opts.Now,
		Wait:           p.opts.Wait,
		Backoff:        p.opts.Backoff,
		Log:            logCall,
	})
	data := &providerData{
		service:           tokens.NewService(client, tokens.Options{Now: p.opts.Now, Wait: p.opts.Wait}),
		expiryWarningDays: settings.expiryWarningDays, openTokens: p.opts.OpenTokens, proxy: proxyFor(settings.baseURL, p.opts.Getenv),
		random: p.opts.Random,
	}
	if settings.organizationID != "" {
		if err := data.service.CheckOrganization(ctx, settings.organizationID); err != nil {
			if settings.organizationByVariable {
				err = variableGuardError{err}
			}
			data.addError(&resp.Diagnostics, "Cannot use the provider's credential", err)
			return
		}
		data.guarded = true
	}
	p.data.Store(data)
	resp.ResourceData = data
	resp.DataSourceData = data
	resp.EphemeralResourceData = data
	resp.ListResourceData = data
	resp.ActionData = data
}

func (p *safetyCultureProvider) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{newServiceUserTokenResource}
}

func (p *safetyCultureProvider) DataSources(context.Context) []func() datasource.DataSource {
	return []func() datasource.DataSource{
		newServiceUserTokensDataSource, newServiceUserTokenDataSource, newUserTokensDataSource,
		newPermissionSetsDataSource, newPermissionSetDataSource, newCallerIdentityDataSource,
	}
}

func (p *safetyCultureProvider) EphemeralResources(context.Context) []func() ephemeral.EphemeralResource {
	return []func() ephemeral.EphemeralResource{newEphemeralServiceUserToken}
}

func (p *safetyCultureProvider) ListResources(context.Context) []func() list.ListResource {
	return []func() list.ListResource{newServiceUserTokenList}
}

func (p *safetyCultureProvider) Actions(context.Context) []func() action.Action {
	return []func() action.Action{newRevokeAction}
}

// providerModel is the provider block.
type providerModel struct {
	APIToken          types.String `tfsdk:"api_token"`
	BaseURL           types.String `tfsdk:"base_url"`
	OrganizationID    types.String `tfsdk:"organization_id"`
	ReadOnly          types.Bool   `tfsdk:"read_only"`
	RequestTimeout    types.String `tfsdk:"request_timeout"`
	MaxRetries        types.Int64  `tfsdk:"max_retries"`
	ExpiryWarningDays types.Int64  `tfsdk:"expiry_warning_days"`
}
