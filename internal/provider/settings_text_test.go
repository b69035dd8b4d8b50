package provider_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// A setting with white space, a line end or a character that cannot be seen is refused. The error says where it comes from
// and what to write, and has no character that controls a terminal.
func TestSettings_whiteSpaceIsRefused(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	good := map[string]string{
		"api_token": e.Emulator.Bearer(), "base_url": e.URL, "organization_id": e.Emulator.OrganizationID(), "request_timeout": "30s",
		"SAFETYCULTURE_API_TOKEN": e.Emulator.Bearer(), "SAFETYCULTURE_BASE_URL": e.URL, "SAFETYCULTURE_ORGANIZATION_ID": e.Emulator.OrganizationID(), "SAFETYCULTURE_READ_ONLY": "true",
	}
	headlines := map[string]string{
		"api_token": "Invalid API token", "base_url": "Invalid base_url", "organization_id": "Invalid organization_id", "request_timeout": "Invalid request_timeout",
		"SAFETYCULTURE_API_TOKEN": "Invalid API token", "SAFETYCULTURE_BASE_URL": "Invalid base_url", "SAFETYCULTURE_ORGANIZATION_ID": "Invalid organization_id", "SAFETYCULTURE_READ_ONLY": "Invalid SAFETYCULTURE_READ_ONLY",
	}
	for name, value := range good {
		for _, broken := range []string{value + "\r", value + "\n", " " + value, value + "\u00a0", value + "\u200b", value[:2] + "\t" + value[2:], value + "\x1b[2J", " "} {
			variables, settings := map[string]string{}, acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": e.URL}
			if strings.HasPrefix(name, "SAFETYCULTURE_") {
				variables[name] = broken
				for attribute, variable := range map[string]string{"api_token": "SAFETYCULTURE_API_TOKEN", "base_url": "SAFETYCULTURE_BASE_URL"} {
					if name == variable {
						delete(settings, attribute)
					}
				}
			} else {
				settings[name] = broken
			}
			_, text := configureWith(t, e, variables, settings)
			acctest.ExpectContains(t, text, headlines[name], name)
			for _, r := range text {
				if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
					t.Errorf("%s=%q: %U reaches the terminal", name, broken, r)
				}
			}
			if strings.Contains(text, e.Emulator.Bearer()) {
				t.Errorf("%s=%q: the error shows the credential", name, broken)
			}
		}
	}
	e.ExpectWrites()
	if n := len(e.Emulator.Calls()); n > 0 {
		t.Errorf("%d calls were sent", n)
	}
}

// An empty text in the provider block is an error: otherwise it would switch off the guard, or mean the vendor's host.
func TestSettings_emptyTextIsRefused(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	variables := map[string]string{"SAFETYCULTURE_API_TOKEN": e.Emulator.Bearer(), "SAFETYCULTURE_BASE_URL": e.URL, "SAFETYCULTURE_ORGANIZATION_ID": e.Emulator.OrganizationID()}
	for name, want := range map[string][]string{
		"api_token":       {"Invalid API token", "is an empty text", "SAFETYCULTURE_API_TOKEN"},
		"base_url":        {"Invalid base_url", "is an empty text", "https://api.safetyculture.io"},
		"organization_id": {"Invalid organization_id", "is an empty text", "Write the id", "or remove it"},
		"request_timeout": {"Invalid request_timeout", "30s", "or remove it"},
	} {
		_, text := configureWith(t, e, variables, acctest.Values{name: ""})
		acctest.ExpectContains(t, text, want...)
	}
}

// The organization in the environment holds for every alias, so its error says where it comes from. The error of the block does
// not.
func TestSettings_guardOfTheEnvironmentIsNamed(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	organization, stranger := e.Emulator.AddOrganization()
	settings := acctest.Values{"api_token": stranger, "base_url": e.URL}
	_, text := configureWith(t, e, map[string]string{"SAFETYCULTURE_ORGANIZATION_ID": e.Emulator.OrganizationID()}, settings)
	acctest.ExpectContains(t, text, "Cannot use the provider's credential", organization, e.Emulator.OrganizationID(), "comes from the environment variable SAFETYCULTURE_ORGANIZATION_ID", "alias", "write organization_id")
	_, text = configureWith(t, e, nil, acctest.With(settings, acctest.Values{"organization_id": e.Emulator.OrganizationID()}))
	acctest.ExpectContains(t, text, "Cannot use the provider's credential", organization)
	if strings.Contains(text, "SAFETYCULTURE_ORGANIZATION_ID") {
		t.Errorf("the variable is named, and it is not set: %s", text)
	}
	if _, text = configureWith(t, e, map[string]string{"SAFETYCULTURE_ORGANIZATION_ID": e.Emulator.OrganizationID()}, acctest.With(settings, acctest.Values{"organization_id": organization})); text != "" {
		t.Errorf("an organization_id of the block does not win: %s", text)
	}
}
