package provider

import (
	"cmp"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

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

// defaultExpiryWarningDays is how many days before a token expires from inactivity the provider begins to warn.
const defaultExpiryWarningDays = 7

// settings are the values of the provider block and the environment, with defaults.
type settings struct {
	apiToken       secret.String
	baseURL        *url.URL
	organizationID string
	// organizationByVariable says that organizationID comes from the environment, so it holds for every alias.
	organizationByVariable bool
	readOnly               bool
	requestTimeout         time.Duration
	maxRetries             int
	expiryWarningDays      int64
}

// resolveSettings resolves the settings: configuration wins over environment, and environment over default. Only read_only is
// different: either can switch it on. Every error says what to write instead, and none contains a credential.
func resolveSettings(config providerModel, getenv func(string) string, diags *diag.Diagnostics) settings {
	if !allKnown(config, diags) {
		return settings{}
	}
	s := settings{
		apiToken:          resolveAPIToken(settingOf("api_token", config.APIToken, envAPIToken, getenv), diags),
		baseURL:           resolveBaseURL(settingOf("base_url", config.BaseURL, envBaseURL, getenv), diags),
		readOnly:          config.ReadOnly.ValueBool() || readOnlyByEnvironment(getenv, diags),
		requestTimeout:    resolveTimeout(settingOf("request_timeout", config.RequestTimeout, "", getenv), diags),
		maxRetries:        api.DefaultMaxRetries,
		expiryWarningDays: defaultExpiryWarningDays,
	}
	organization := settingOf("organization_id", config.OrganizationID, envOrganizationID, getenv)
	if problem := organization.problem(showValue); problem != "" {
		diags.AddAttributeError(path.Root("organization_id"), "Invalid organization_id",
			problem+" Write the id of the organization that the API token must belong to, such as role_0123…, or remove it to accept the API token's own.")
	}
	s.organizationID, s.organizationByVariable = organization.value, !organization.inBlock
	if !config.MaxRetries.IsNull() {
		s.maxRetries = int(config.MaxRetries.ValueInt64())
	}
	if !config.ExpiryWarningDays.IsNull() {
		s.expiryWarningDays = config.ExpiryWarningDays.ValueInt64()
	}
	return s
}

// textSetting is a text setting and its source.
type textSetting struct {
	value string
	// from names the attribute or the environment variable, as the beginning of a sentence.
	from string
	// inBlock says that the value is in the provider block, even if it is empty.
	inBlock bool
}

// settingOf reads a text from the provider block or, if it is not set there, from an environment variable. An empty variable
// counts as unset. An empty text in the block does not: an empty organization_id would silently switch its guard off.
func settingOf(attribute string, written types.String, variable string, getenv func(string) string) textSetting {
	if !written.IsNull() {
		return textSetting{value: written.ValueString(), from: attribute + " in the provider block", inBlock: true}
	}
	if variable == "" {
		return textSetting{}
	}
	return textSetting{value: getenv(variable), from: "The environment variable " + variable}
}

// shown says whether an error shows the value of a setting.
type shown bool

const (
	showValue shown = true
	hideValue shown = false
)

// problem says what is wrong with the text; empty if nothing is. No setting may hold white space or a character that cannot be
// seen. Show the value only if it is no secret. It is quoted, because a control character would change the terminal.
func (s textSetting) problem(value shown) string {
	if s.inBlock && s.value == "" {
		return s.from + " is an empty text."
	}
	if !strings.ContainsFunc(s.value, func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) }) {
		return ""
	}
	text := ""
	if value == showValue {
		text = " (" + quoted(s.value) + ")"
	}
	return s.from + " holds white space, a line end or a character that cannot be seen" + text + ". If it was read from a file, remove the line end: trimspace(file(…)) in configuration, or $(tr -d '\\r\\n' <FILE) in a shell."
}

// allKnown reports whether all settings are known, and adds an error for each that is not. A provider with an unknown setting can
// neither read nor plan.
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

func resolveAPIToken(text textSetting, diags *diag.Diagnostics) secret.String {
	problem := text.problem(hideValue)
	switch {
	case problem != "":
		diags.AddAttributeError(path.Root("api_token"), "Invalid API token",
			problem+" Remove api_token to use the environment variable "+envAPIToken+", or write the API token.")
	case text.value == "":
		diags.AddAttributeError(path.Root("api_token"), "Missing API token",
			"The provider needs an API token. Set the environment variable "+envAPIToken+", or api_token in the provider block from a sensitive variable.")
	case strings.ContainsFunc(text.value, func(r rune) bool { return r > '~' }):
		diags.AddAttributeError(path.Root("api_token"), "Invalid API token",
			"The API token holds a character that no token has. Copy it again.")
	}
	return secret.New(text.value)
}

func resolveBaseURL(text textSetting, diags *diag.Diagnostics) *url.URL {
	if problem := text.problem(hideValue); problem != "" {
		diags.AddAttributeError(path.Root("base_url"), "Invalid base_url",
			problem+" Write the API's address like "+api.DefaultBaseURL+", or remove it to use that one.")
		return nil
	}
	base, err := api.ParseBaseURL(cmp.Or(text.value, api.DefaultBaseURL))
	if err != nil {
		diags.AddAttributeError(path.Root("base_url"), "Invalid base_url", fmt.Sprintf("%s cannot be used as base_url: %s.", text.from, err))
	}
	return base
}

func readOnlyByEnvironment(getenv func(string) string, diags *diag.Diagnostics) bool {
	text := getenv(envReadOnly)
	if text == "" {
		return false
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		diags.AddAttributeError(path.Root("read_only"), "Invalid "+envReadOnly,
			fmt.Sprintf("The environment variable %s is %s. Write true or false, without white space.", envReadOnly, quoted(text)))
	}
	return on
}

func resolveTimeout(text textSetting, diags *diag.Diagnostics) time.Duration {
	if text.value == "" && !text.inBlock {
		return api.DefaultRequestTimeout
	}
	timeout, err := time.ParseDuration(text.value)
	if err != nil || timeout < time.Second || timeout > 10*time.Minute {
		diags.AddAttributeError(path.Root("request_timeout"), "Invalid request_timeout",
			fmt.Sprintf("request_timeout is %s. Write a duration from 1s to 10m, such as 30s, without white space, or remove it.", quoted(text.value)))
	}
	return timeout
}
