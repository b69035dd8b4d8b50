package provider_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// configureWith configures a provider in an environment of variables, and returns its errors.
func configureWith(t *testing.T, e *acctest.Env, variables map[string]string, settings acctest.Values) (*acctest.Provider, string) {
	t.Helper()
	opts := e.Options()
	opts.Getenv = func(name string) string { return variables[name] }
	c, diags := acctest.Configure(t, opts, settings)
	return c, acctest.Errors(diags)
}

// Configuration wins over environment, and environment over default. Either can switch read_only on.
func TestSettings_precedence(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	good := map[string]string{"SAFETYCULTURE_API_TOKEN": e.Emulator.Bearer(), "SAFETYCULTURE_BASE_URL": e.URL, "SAFETYCULTURE_ORGANIZATION_ID": e.Emulator.OrganizationID()}
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
		settings  acctest.Values
		fails     string // "" works, else what the error of a create says
	}{
		"all from the environment":               {good, acctest.Values{}, ""},
		"all from configuration":                 {nil, acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": e.URL, "organization_id": e.Emulator.OrganizationID()}, ""},
		"token: configuration wins":              {other("SAFETYCULTURE_API_TOKEN", "wrong"), acctest.Values{"api_token": e.Emulator.Bearer()}, ""},
		"token: environment is used":             {other("SAFETYCULTURE_API_TOKEN", "wrong"), acctest.Values{}, "401"},
		"URL: configuration wins":                {other("SAFETYCULTURE_BASE_URL", "https://127.0.0.1:1"), acctest.Values{"base_url": e.URL}, ""},
		"URL: environment is used":               {other("SAFETYCULTURE_BASE_URL", "https://127.0.0.1:1"), acctest.Values{}, "Nothing listens at base_url"},
		"organization: configuration wins":       {other("SAFETYCULTURE_ORGANIZATION_ID", "role_x"), acctest.Values{"organization_id": e.Emulator.OrganizationID()}, ""},
		"organization: environment is used":      {other("SAFETYCULTURE_ORGANIZATION_ID", "role_x"), acctest.Values{}, "role_x"},
		"read-only by configuration":             {good, acctest.Values{"read_only": true}, "read-only"},
		"read-only by environment":               {other("SAFETYCULTURE_READ_ONLY", "true"), acctest.Values{}, "read-only"},
		"read-only cannot be switched off":       {other("SAFETYCULTURE_READ_ONLY", "1"), acctest.Values{"read_only": false}, "read-only"},
		"read-only false in the environment":     {other("SAFETYCULTURE_READ_ONLY", "false"), acctest.Values{}, ""},
		"read-only by configuration, not env":    {other("SAFETYCULTURE_READ_ONLY", "false"), acctest.Values{"read_only": true}, "read-only"},
		"null in configuration falls through":    {good, acctest.Values{"api_token": nil, "base_url": nil, "organization_id": nil}, ""},
		"empty variables are not set":            {map[string]string{"SAFETYCULTURE_BASE_URL": "", "SAFETYCULTURE_ORGANIZATION_ID": "", "SAFETYCULTURE_READ_ONLY": ""}, acctest.Values{"api_token": e.Emulator.Bearer(), "base_url": e.URL}, ""},
		"numbers and durations from their block": {good, acctest.Values{"max_retries": 0, "request_timeout": "10s", "expiry_warning_days": 0}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run, text := configureWith(t, e, c.variables, c.settings)
			if text == "" {
				p := run.Plan(acctest.Instance{}, acctest.Basic)
				text = acctest.Errors(p.Diagnostics)
				if text == "" {
					_, _, diags := run.Apply(p, acctest.Instance{}, acctest.DestroyFirst)
					text = acctest.Errors(diags)
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
	e := acctest.New(t)
	server := httptest.NewServer(http.StripPrefix("/prefix/v0", e.Emulator))
	t.Cleanup(server.Close)
	e.URL = server.URL + "/prefix/v0/"
	e.NewProvider().Create(acctest.Basic)
	if len(e.Emulator.Tokens()) != 1 {
		t.Error("nothing was created below the prefix")
	}
}

// Bad settings fail in Configure, before anything is sent. The error says what to write, and has no credential.
func TestSettings_bad(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	token := e.Emulator.Bearer()
	for name, c := range map[string]struct {
		variables map[string]string
		settings  acctest.Values
		want      []string
	}{
		"no token":               {nil, acctest.Values{"base_url": e.URL}, []string{"Missing API token", "SAFETYCULTURE_API_TOKEN", "api_token"}},
		"unknown token":          {nil, acctest.Values{"api_token": acctest.Unknown, "base_url": e.URL}, []string{"Unknown api_token", "SAFETYCULTURE_API_TOKEN"}},
		"unknown URL":            {nil, acctest.Values{"api_token": token, "base_url": acctest.Unknown}, []string{"Unknown base_url"}},
		"unknown read_only":      {nil, acctest.Values{"api_token": token, "base_url": e.URL, "read_only": acctest.Unknown}, []string{"Unknown read_only"}},
		"token with a line end":  {nil, acctest.Values{"api_token": token + "\n", "base_url": e.URL}, []string{"Invalid API token", "trimspace"}},
		"token not ASCII":        {nil, acctest.Values{"api_token": token + "é", "base_url": e.URL}, []string{"Invalid API token"}},
		"http to a remote host":  {nil, acctest.Values{"api_token": token, "base_url": "http://api.example.com"}, []string{"Invalid base_url", "loopback", "https://api.example.com"}},
		"relative URL":           {nil, acctest.Values{"api_token": token, "base_url": "api.example.com"}, []string{"must be absolute", "https://"}},
		"URL with user info":     {nil, acctest.Values{"api_token": token, "base_url": "https://me:" + token + "@api.example.com"}, []string{"user name or password"}},
		"URL with a query":       {nil, acctest.Values{"api_token": token, "base_url": e.URL + "?a=b"}, []string{"query"}},
		"other scheme":           {nil, acctest.Values{"api_token": token, "base_url": "ftp://127.0.0.1"}, []string{"https://"}},
		"timeout not a duration": {nil, acctest.Values{"api_token": token, "base_url": e.URL, "request_timeout": "soon"}, []string{"request_timeout", "30s"}},
		"timeout too short":      {nil, acctest.Values{"api_token": token, "base_url": e.URL, "request_timeout": "1ms"}, []string{"1s to 10m"}},
		"read-only not a bool":   {map[string]string{"SAFETYCULTURE_READ_ONLY": "on"}, acctest.Values{"api_token": token, "base_url": e.URL}, []string{"SAFETYCULTURE_READ_ONLY", "true or false"}},
		"wrong organization":     {nil, acctest.Values{"api_token": token, "base_url": e.URL, "organization_id": "role_other"}, []string{"Cannot use the provider's credential", "role_other", e.Emulator.OrganizationID()}},
	} {
		_, text := configureWith(t, e, c.variables, c.settings)
		acctest.ExpectContains(t, text, c.want...)
		if strings.Contains(text, token) {
			t.Errorf("%s: the error shows the credential: %s", name, text)
		}
	}
	for _, call := range e.Emulator.Calls() {
		if call.Operation != "WhoAmI" {
			t.Errorf("%s was called", call.Operation)
		}
	}
}

// A host that serves something else, as the vendor's does, does not look like an empty organization.
func TestSettings_hostWithoutTheTokenAPI(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"404 JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusNotFound)
			_, _ = w.Write([]byte(`{"code":5,"message":"Not Found","details":[]}`))
		},
		"404 text": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "404", http.StatusNotFound) },
		"405":      func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusMethodNotAllowed) },
		"a page":   func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>welcome</html>")) },
		"other JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"hello":"world"}`))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			in := e.NewProvider().Create(acctest.Basic)
			mux := http.NewServeMux()
			mux.Handle("/accounts/", e.Emulator) // the vendor serves WhoAmI too
			mux.HandleFunc("/", handler)
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			e.URL = server.URL
			c := e.NewProvider()
			kept, diags := c.Read(in)
			acctest.ExpectContains(t, acctest.Errors(diags), "does not serve the token API", "publishes no API", "last looked: October 2026", "emulator", "No state was changed")
			if !kept.State.Equal(in.State) {
				t.Error("the state changed")
			}
			if p := e.NewProvider().Plan(acctest.Instance{}, acctest.Basic); acctest.Errors(p.Diagnostics) == "" {
				t.Error("a create is planned on a host that cannot do it")
			}
		})
	}
}

// A redirect does not mean another host, and an empty list is no error: a token is gone only after a 404 in the contract's form.
func TestSettings_redirectAndEmptyListAreNoOtherHost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		list, get http.HandlerFunc
		says      string
	}{
		"redirect": {list: func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://example.com/", http.StatusFound)
		}, says: "Set base_url to the address of the API"},
		"empty list, other page": {list: writesJSON("{}"), get: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "404", http.StatusNotFound) }, says: "404"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			in := e.NewProvider(nil).Create(acctest.Basic)
			mux := http.NewServeMux()
			mux.Handle("/accounts/", e.Emulator)
			mux.HandleFunc("/tokens/v1/service_user_tokens", c.list)
			if c.get != nil {
				mux.HandleFunc("/tokens/v1/service_user_tokens/", c.get)
			}
			server := httptest.NewServer(mux)
			t.Cleanup(server.Close)
			e.URL = server.URL
			kept, diags := e.NewProvider(nil).Read(in)
			acctest.ExpectContains(t, acctest.Errors(diags), c.says)
			if strings.Contains(acctest.Errors(diags), "does not serve the token API") || !kept.State.Equal(in.State) {
				t.Errorf("another host, or another state: %s", acctest.Errors(diags))
			}
		})
	}
}

func writesJSON(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(body))
	}
}
