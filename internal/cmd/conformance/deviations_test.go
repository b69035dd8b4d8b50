package main

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// exchange is a call with its recorded response, which a deviating server can still change.
type exchange struct {
	call *http.Request
	said *httptest.ResponseRecorder
}

func (x exchange) is(method, suffix string) bool {
	return x.call.Method == method && strings.HasSuffix(x.call.URL.Path, suffix)
}

// one: the call is about one token, and not one of its verbs.
func (x exchange) one(method string) bool {
	rest, ok := strings.CutPrefix(x.call.URL.Path, tokensPath+"/")
	return ok && x.call.Method == method && !strings.Contains(rest, "/")
}

func (x exchange) replace(old, with string) {
	x.said.Body = bytes.NewBufferString(strings.Replace(x.said.Body.String(), old, with, 1))
}

// deviating returns a handler that deviates: request changes the call before the emulator gets it, and respond changes the
// emulator's response.
func deviating(request func(*http.Request, string), respond func(exchange)) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			if request != nil {
				request(r, string(body))
			}
			recorder := httptest.NewRecorder()
			next.ServeHTTP(recorder, r)
			if respond != nil {
				respond(exchange{r, recorder})
			}
			for name, values := range recorder.Header() {
				w.Header()[name] = values
			}
			w.WriteHeader(recorder.Code)
			_, _ = w.Write(recorder.Body.Bytes())
		})
	}
}

func setBody(r *http.Request, body string) {
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
}

var onePage = regexp.MustCompile(`page_size=1(&|$)`)

// deviations are servers that break one rule each, and the checks that must report it.
var deviations = map[string]struct {
	write   bool
	request func(*http.Request, string)
	respond func(exchange)
	want    []string
}{
	"WhoAmI has no organization": {
		respond: func(x exchange) { x.replace(`"organisation_id"`, `"org"`) },
		want:    []string{"WhoAmI: returns the caller"},
	},
	"any bearer may list": {
		respond: func(x exchange) {
			if x.is("GET", tokensPath) && x.said.Code == 401 {
				x.said.Code, x.said.Body = 200, bytes.NewBufferString(`{"service_user_tokens":[],"next_page_token":"","active_count":0,"active_limit":20}`)
			}
		},
		want: []string{"ListServiceUserTokens: an unknown bearer is refused", "ListServiceUserTokens: no bearer is refused"},
	},
	"an unknown id is forbidden": {
		respond: func(x exchange) {
			if x.one("GET") && x.said.Code == 404 {
				x.said.Code = 403
				x.replace(`"code":5`, `"code":7`)
			}
		},
		want: []string{"GetServiceUserToken: an unknown id is not found"},
	},
	"404 without an envelope": {
		respond: func(x exchange) {
			if x.one("GET") && x.said.Code == 404 {
				x.said.Body = bytes.NewBufferString(`{}`)
			}
		},
		want: []string{"GetServiceUserToken: an unknown id is not found"},
	},
	"a detail without its domain": {
		respond: func(x exchange) {
			if x.one("GET") && x.said.Code == 404 {
				x.replace(`"domain":"safetyculture.io",`, ``)
			}
		},
		want: []string{"GetServiceUserToken: an unknown id is not found"},
	},
	"page_size is ignored": {
		request: func(r *http.Request, _ string) {
			r.URL.RawQuery = onePage.ReplaceAllString(r.URL.RawQuery, "page_size=2$1")
		},
		want: []string{"ListServiceUserTokens: page_size=1 gives the same tokens, one a page", "ListUserTokens: page_size=1 returns one, and that there are more"},
	},
	"page_size=101 is taken": {
		request: func(r *http.Request, _ string) {
			r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "page_size=101", "page_size=100")
		},
		want: []string{"ListServiceUserTokens: page_size=101 is refused", "ListUserTokens: page_size=101 is refused"},
	},
	"the status filter is ignored": {
		request: func(r *http.Request, _ string) {
			if r.URL.Query().Get("status") != "NONSENSE" {
				r.URL.RawQuery, _, _ = strings.Cut(r.URL.RawQuery, "&status=")
			}
		},
		want: []string{"ListServiceUserTokens: status=TOKEN_STATUS_ACTIVE filters", "ListServiceUserTokens: status=TOKEN_STATUS_REVOKED filters", "ListServiceUserTokens: status=TOKEN_STATUS_EXPIRED filters"},
	},
	"unknown parameters are taken": {
		request: func(r *http.Request, _ string) { r.URL.RawQuery = strings.ReplaceAll(r.URL.RawQuery, "nonsense=1", "") },
		want:    []string{"ListServiceUserTokens: an unknown parameter is refused", "ListUserTokens: an unknown parameter is refused"},
	},
	"active_count is wrong": {
		respond: func(x exchange) {
			if x.is("GET", tokensPath) {
				x.replace(`"active_count":2`, `"active_count":21`)
			}
		},
		want: []string{"ListServiceUserTokens: active_count counts the active tokens", "ListServiceUserTokens: active_count is within active_limit"},
	},
	"a token of the list has its secret": {
		respond: func(x exchange) {
			if x.is("GET", tokensPath) {
				x.replace(`"id":`, `"secret":"s","id":`)
			}
		},
		want: []string{"ListServiceUserTokens: returns every page"},
	},
	"X-Request-ID is not echoed": {
		respond: func(x exchange) { x.said.Header().Set("X-Request-Id", "made-up") },
		want:    []string{"every response: echoes X-Request-ID"},
	},
	"x-ratelimit-reset is missing": {
		respond: func(x exchange) { x.said.Header().Del("X-RateLimit-Reset") },
		want:    []string{"every response: rate-limit headers come together, and no more calls remain than the limit"},
	},
	"the bearer is repeated": {
		respond: func(x exchange) {
			if x.is("GET", whoAmIPath) && x.said.Code == 200 {
				x.replace(`"firstname":"`, `"firstname":"`+x.call.Header.Get("Authorization"))
			}
		},
		want: []string{"every response: holds no secret but the new one of create and regenerate"},
	},
	"create takes null for all permissions": {
		write: true,
		request: func(r *http.Request, body string) {
			setBody(r, strings.ReplaceAll(body, `,"permission_set_ids":null`, ""))
		},
		want: []string{"CreateServiceUserToken: null is refused"},
	},
	"another default expiry": {
		write: true,
		request: func(r *http.Request, body string) {
			if strings.Contains(body, "-second") {
				setBody(r, strings.Replace(body, `{`, `{"inactivity_expiry_days":60,`, 1))
			}
		},
		want: []string{"CreateServiceUserToken: expires after 45 days by default"},
	},
	"a rename resets the expiry": {
		write: true,
		request: func(r *http.Request, body string) {
			setBody(r, strings.ReplaceAll(body, `-renamed"}`, `-renamed","inactivity_expiry_days":45}`))
		},
		want: []string{"UpdateServiceUserToken: changes the name alone"},
	},
	"revoke responds, and does nothing": {
		write: true,
		request: func(r *http.Request, _ string) {
			if path, is := strings.CutSuffix(r.URL.Path, "/revoke"); is && r.Header.Get("User-Agent") == userAgent && r.Header.Get("Sc-Integration-Id") == "" {
				r.Method, r.URL.Path = http.MethodGet, path
				setBody(r, "")
			}
		},
		want: []string{
			"RevokeServiceUserToken: revokes", "RevokeServiceUserToken: revokes: the secret is refused", "RevokeServiceUserToken: a revoked token is refused",
			"UpdateServiceUserToken: a revoked token is refused", "RegenerateServiceUserToken: gives the same token a new secret",
			"DeleteServiceUserToken: deletes a revoked token", "DeleteServiceUserToken: a deleted token is not found", "GetServiceUserToken: a deleted token is not found",
		},
	},
	"regenerate returns another id": {
		write: true,
		respond: func(x exchange) {
			if x.is("POST", "/regenerate") && x.said.Code == 200 {
				_, rest, _ := strings.Cut(x.said.Body.String(), `"id":"`)
				x.replace(rest[:8], "00000000")
			}
		},
		want: []string{"RegenerateServiceUserToken: gives the same token a new secret"},
	},
	"every use returns the old secret": {
		write: true,
		respond: func(x exchange) {
			if x.is("GET", whoAmIPath) && x.said.Code == 200 {
				x.replace(`"lastname":"`, `"lastname":"`+x.call.Header.Get("Authorization"))
			}
		},
		want: []string{"every response: holds no secret but the new one of create and regenerate"},
	},
	"nothing can be deleted": {
		write: true,
		respond: func(x exchange) {
			if x.one("DELETE") && x.said.Code == 200 {
				x.said.Code = 500
			}
		},
		want: []string{"DeleteServiceUserToken: deletes a revoked token", "clean-up: everything that this run made is deleted"},
	},
}

// Each deviation is reported by the checks about it, and by no others.
func TestDeviationsAreFound(t *testing.T) {
	t.Parallel()
	for name, c := range deviations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost(t, emulator.Options{Tokens: 4, ActiveTokenLimit: 20}, deviating(c.request, c.respond))
			for _, token := range h.em.Tokens()[:2] {
				if err := h.em.RevokeToken(token.ID); err != nil {
					t.Fatal(err)
				}
			}
			h.write = c.write
			found, err := h.run(t.Context())
			if !errors.Is(err, errDiffers) || !slices.Equal(found, c.want) {
				t.Errorf("%v\nfound %q\nwant  %q\n%s", err, found, c.want, h.out.String())
			}
			if left := len(h.em.Tokens()); left != 4 {
				t.Errorf("%d tokens are there afterwards, want 4", left)
			}
		})
	}
}
