package provider

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// The environment variables of the provider block.
const (
	envAPIToken       = "SAFETYCULTURE_API_TOKEN"
	envBaseURL        = "SAFETYCULTURE_BASE_URL"
	envOrganizationID = "SAFETYCULTURE_ORGANIZATION_ID"
	envReadOnly       = "SAFETYCULTURE_READ_ONLY"
)

// defaultExpiryWarningDays is how long before an expiry by inactivity a warning begins.
const defaultExpiryWarningDays = 7

// settings are what the provider block and the environment come to.
type settings struct {
	apiToken          secret.String
	baseURL           *url.URL
	organizationID    string
	readOnly          bool
	requestTimeout    time.Duration
	maxRetries        int
	expiryWarningDays int64
}

// resolveSettings decides precedence: configuration beats environment beats default. Only read_only is different: either
// can switch it on. Every error says what to write instead, and none repeats a credential.
func resolveSettings(config providerModel, getenv func(string) string, diags *diag.Diagnostics) settings {
	if !allKnown(config, diags) {
		return settings{}
	}
	text := func(value interface{ ValueString() string }, env string) string {
		if s := value.ValueString(); s != "" {
			return s
		}
		return getenv(env)
	}
	s := settings{
		apiToken:          resolveAPIToken(text(config.APIToken, envAPIToken), diags),
		organizationID:    text(config.OrganizationID, envOrganizationID),
		readOnly:          config.ReadOnly.ValueBool() || readOnlyByEnvironment(getenv, diags),
		requestTimeout:    resolveTimeout(config.RequestTimeout.ValueString(), diags),
		maxRetries:        api.DefaultMaxRetries,
		expiryWarningDays: defaultExpiryWarningDays,
	}
	if !config.MaxRetries.IsNull() {
		s.maxRetries = int(config.MaxRetries.ValueInt64())
	}
	if !config.ExpiryWarningDays.IsNull() {
		s.expiryWarningDays = config.ExpiryWarningDays.ValueInt64()
	}
	base := text(config.BaseURL, envBaseURL)
	if base == "" {
		base = api.DefaultBaseURL
	}
	var err error
	if s.baseURL, err = api.ParseBaseURL(base); err != nil {
		diags.AddAttributeError(path.Root("base_url"), "Invalid base_url", fmt.Sprintf("base_url (or %s) cannot be used: %s.", envBaseURL, err))
	}
	return s
}

// allKnown refuses a provider block that waits for other resources: nothing can be read or planned through it.
func allKnown(config providerModel, diags *diag.Diagnostics) bool {
	for name, value := range map[string]attr.Value{
		"api_token": config.APIToken, "base_url": config.BaseURL, "organization_id": config.OrganizationID,
		"read_only": config.ReadOnly, "request_timeout": config.RequestTimeout, "max_retries": config.MaxRetries,
		"expiry_warning_days": config.ExpiryWarningDays,
	} {
		if !value.IsUnknown() {
			continue
		}
		detail := "Its value is known only after apply, and the provider needs it to plan. Use a value that is known now"
		if name == "api_token" {
			detail += ", set the environment variable " + envAPIToken + " instead,"
		}
		diags.AddAttributeError(path.Root(name), "Unknown "+name,
			detail+" or first apply what it depends on: terraform apply -target=ADDRESS.")
	}
	return !diags.HasError()
}

func resolveAPIToken(text string, diags *diag.Diagnostics) secret.String {
	switch {
	case text == "":
		diags.AddAttributeError(path.Root("api_token"), "Missing API token",
			"The provider needs an API token. Set the environment variable "+envAPIToken+", or api_token in the provider block from a sensitive variable.")
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r < '!' || r > '~' }):
		diags.AddAttributeError(path.Root("api_token"), "Invalid API token",
			"The API token holds white space or a character that no token has. If it was read from a file, remove the line end: trimspace(file(...)), or $(cat FILE) in a shell.")
	}
	return secret.New(text)
}

func readOnlyByEnvironment(getenv func(string) string, diags *diag.Diagnostics) bool {
	text := getenv(envReadOnly)
	if text == "" {
		return false
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		diags.AddAttributeError(path.Root("read_only"), "Invalid "+envReadOnly,
			fmt.Sprintf("%s is %q. Write true or false.", envReadOnly, api.Printable(text, 40)))
	}
	return on
}

func resolveTimeout(text string, diags *diag.Diagnostics) time.Duration {
	if text == "" {
		return api.DefaultRequestTimeout
	}
	timeout, err := time.ParseDuration(text)
	if err != nil || timeout < time.Second || timeout > 10*time.Minute {
		diags.AddAttributeError(path.Root("request_timeout"), "Invalid request_timeout",
			fmt.Sprintf("request_timeout is %q. Write a duration from 1s to 10m, such as 30s.", api.Printable(text, 40)))
	}
	return timeout
}
