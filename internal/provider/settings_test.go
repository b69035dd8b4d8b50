package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// configureWith configures a provider in an environment of variables, and returns its errors.
func configureWith(t *testing.T, e *environment, variables map[string]string, settings values) (*core, string) {
	t.Helper()
	opts := e.options()
	opts.Getenv = func(name string) string { return variables[name] }
	c, diags := configure(t, opts, settings)
	return c, errorsOf(diags)
}

// Configuration beats environment beats default; read_only alone is switched on by either.
func TestSettings_precedence(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	good := map[string]string{"SAFETYCULTURE_API_TOKEN": e.em.Bearer(), "SAFETYCULTURE_BASE_URL": e.url, "SAFETYCULTURE_ORGANIZATION_ID": e.em.OrganizationID()}
	other := func(name, value string) map[string]string {
		variables := map[string]string{name: value}
		for key, kept := range good {
			if key != name {
				variables[key] = kept
			}
		}
		return variables
	}
	for name, c := range map[string]struct {
		variables map[string]string
		settings  values
		fails     string // "" works, else what the error of a create says
	}{
		"all from the environment":               {good, values{}, ""},
		"all from configuration":                 {nil, values{"api_token": e.em.Bearer(), "base_url": e.url, "organization_id": e.em.OrganizationID()}, ""},
		"token: configuration wins":              {other("SAFETYCULTURE_API_TOKEN", "wrong"), values{"api_token": e.em.Bearer()}, ""},
		"token: environment is used":             {other("SAFETYCULTURE_API_TOKEN", "wrong"), values{}, "401"},
		"URL: configuration wins":                {other("SAFETYCULTURE_BASE_URL", "https://127.0.0.1:1"), values{"base_url": e.url}, ""},
		"URL: environment is used":               {other("SAFETYCULTURE_BASE_URL", "https://127.0.0.1:1"), values{}, "Nothing listens at base_url"},
		"organization: configuration wins":       {other("SAFETYCULTURE_ORGANIZATION_ID", "role_x"), values{"organization_id": e.em.OrganizationID()}, ""},
		"organization: environment is used":      {other("SAFETYCULTURE_ORGANIZATION_ID", "role_x"), values{}, "role_x"},
		"read-only by configuration":             {good, values{"read_only": true}, "read-only"},
		"read-only by environment":               {other("SAFETYCULTURE_READ_ONLY", "true"), values{}, "read-only"},
		"read-only cannot be switched off":       {other("SAFETYCULTURE_READ_ONLY", "1"), values{"read_only": false}, "read-only"},
		"read-only false in the environment":     {other("SAFETYCULTURE_READ_ONLY", "false"), values{}, ""},
		"read-only by configuration, not env":    {other("SAFETYCULTURE_READ_ONLY", "false"), values{"read_only": true}, "read-only"},
		"null in configuration falls through":    {good, values{"api_token": nil, "base_url": nil, "organization_id": nil}, ""},
		"empty variables are not set":            {map[string]string{"SAFETYCULTURE_BASE_URL": "", "SAFETYCULTURE_ORGANIZATION_ID": "", "SAFETYCULTURE_READ_ONLY": ""}, values{"api_token": e.em.Bearer(), "base_url": e.url}, ""},
		"numbers and durations from their block": {good, values{"max_retries": 0, "request_timeout": "10s", "expiry_warning_days": 0}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, text := configureWith(t, e, c.variables, c.settings)
			if text == "" {
				p := run.plan(instance{}, basic)
				text = errorsOf(p.diags)
				if text == "" {
					_, _, diags := run.apply(p, instance{}, false)
					text = errorsOf(diags)
				}
			}
			if (text == "") != (c.fails == "") || !strings.Contains(text, c.fails) {
				t.Errorf("got %q, want %q", text, c.fails)
			}
		})
	}
}

func TestSettings_pathPrefixIsKept(t *testing.T) {
	t.Parallel()
	e := &environment{t: t, em: emulator.New(emulator.Options{}), clock: newClock()}
	server := httptest.NewServer(http.StripPrefix("/prefix/v0", e.em))
	t.Cleanup(server.Close)
	e.url = server.URL + "/prefix/v0/"
	e.newCore(nil).create(basic)
	if len(e.em.Tokens()) != 1 {
		t.Error("nothing was created below the prefix")
	}
}

// Bad settings fail in Configure, before anything is sent, with words that say what to write and no credential.
func TestSettings_bad(t *testing.T) {
	t.Parallel()
	e := newEnvironment(t, nil)
	token := e.em.Bearer()
	for name, c := range map[string]struct {
		variables map[string]string
		settings  values
		want      []string
	}{
		"no token":               {nil, values{"base_url": e.url}, []string{"Missing API token", "SAFETYCULTURE_API_TOKEN", "api_token"}},
		"unknown token":          {nil, values{"api_token": unknown, "base_url": e.url}, []string{"Unknown api_token", "SAFETYCULTURE_API_TOKEN"}},
		"unknown URL":            {nil, values{"api_token": token, "base_url": unknown}, []string{"Unknown base_url"}},
		"unknown read_only":      {nil, values{"api_token": token, "base_url": e.url, "read_only": unknown}, []string{"Unknown read_only"}},
		"token with a line end":  {nil, values{"api_token": token + "\n", "base_url": e.url}, []string{"Invalid API token", "trimspace"}},
		"token not ASCII":        {nil, values{"api_token": token + "é", "base_url": e.url}, []string{"Invalid API token"}},
		"http to a remote host":  {nil, values{"api_token": token, "base_url": "http://api.example.com"}, []string{"Invalid base_url", "loopback", "https://api.example.com"}},
		"relative URL":           {nil, values{"api_token": token, "base_url": "api.example.com"}, []string{"must be absolute", "https://"}},
		"URL with user info":     {nil, values{"api_token": token, "base_url": "https://me:" + token + "@api.example.com"}, []string{"user name or password"}},
		"URL with a query":       {nil, values{"api_token": token, "base_url": e.url + "?a=b"}, []string{"query"}},
		"other scheme":           {nil, values{"api_token": token, "base_url": "ftp://127.0.0.1"}, []string{"https://"}},
		"timeout not a duration": {nil, values{"api_token": token, "base_url": e.url, "request_timeout": "soon"}, []string{"request_timeout", "30s"}},
		"timeout too short":      {nil, values{"api_token": token, "base_url": e.url, "request_timeout": "1ms"}, []string{"1s to 10m"}},
		"read-only not a bool":   {map[string]string{"SAFETYCULTURE_READ_ONLY": "on"}, values{"api_token": token, "base_url": e.url}, []string{"SAFETYCULTURE_READ_ONLY", "true or false"}},
		"wrong organization":     {nil, values{"api_token": token, "base_url": e.url, "organization_id": "role_other"}, []string{"Cannot use the provider's credential", "role_other", e.em.OrganizationID()}},
	} {
		_, text := configureWith(t, e, c.variables, c.settings)
		mentions(t, text, c.want...)
		if strings.Contains(text, token) {
			t.Errorf("%s: the error shows the credential: %s", name, text)
		}
	}
	for _, call := range e.em.Calls() {
		if call.Operation != "WhoAmI" {
			t.Errorf("%s was called", call.Operation)
		}
	}
}

// A host that serves something else, as the vendor's does, is told apart from an empty organization.
func TestSettings_hostWithoutTheTokenAPI(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"404 JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"code":5,"message":"Not Found","details":[]}`))
		},
		"404 text": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "404", http.StatusNotFound) },
		"405":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusMethodNotAllowed) },
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com/", http.StatusFound)
		},
		"a page": func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>welcome</html>")) },
		"other JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := newEnvironment(t, nil)
			in := e.newCore(nil).create(basic)
			mux := http.NewServeMux()
			mux.Handle("/accounts/", e.em) // who am I is served by the vendor too
			mux.HandleFunc("/", answer)
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			e.url = server.URL
			c := e.newCore(nil)
			kept, diags := c.read(in)
			mentions(t, errorsOf(diags), "does not serve the token API", "publishes no API", "last looked: October 2026", "emulator", "No state was changed")
			if !kept.state.Equal(in.state) {
				t.Error("the state changed")
			}
			if p := e.newCore(nil).plan(instance{}, basic); errorsOf(p.diags) == "" {
				t.Error("a create is planned on a host that cannot do it")
			}
		})
	}
}
