package contracttest_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
)

// spy is a test that only records its errors.
type spy struct {
	testing.TB
	errors []string
	after  []func()
}

func (s *spy) Helper()          {}
func (s *spy) Cleanup(f func()) { s.after = append(s.after, f) }
func (s *spy) Errorf(format string, args ...any) {
	s.errors = append(s.errors, fmt.Sprintf(format, args...))
}

// exchange is a request, and the response of a server to it.
type exchange struct {
	method, path, in string
	status           int
	out              string
	header           http.Header
}

// check sends a request through the handler to a server that sends the response. It returns what the handler reports.
func check(t *testing.T, c exchange) []string {
	t.Helper()
	s := &spy{TB: t}
	server := httptest.NewServer(contracttest.Handler(s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Request-ID", "r")
		for name, values := range c.header {
			w.Header()[name] = values
		}
		w.WriteHeader(c.status)
		_, _ = w.Write([]byte(c.out))
	})))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), c.method, server.URL+c.path, strings.NewReader(c.in))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != c.status || resp.Header.Get("X-Emulator-Fault") != "" {
		t.Errorf("the handler changed the response: %d %v", resp.StatusCode, resp.Header)
	}
	return s.errors
}

const (
	who     = "/accounts/user/v1/user:WhoAmI"
	list    = "/tokens/v1/service_user_tokens"
	goodWho = `{"user_id":"u","organisation_id":"o","firstname":"f","lastname":"l","more":1}`

	goodToken = `{"id":"7c1f3d0e-8a51-4b0c-9d53-0f5e8a3f1b11","name":"t","service_user_id":"user_00000000000000000000000000000000",` +
		`"status":"TOKEN_STATUS_ACTIVE","inactivity_expiry_days":45,"all_permissions":true,"permission_set_ids":[],"created_at":"2026-05-04T03:02:00Z",` +
		`"created_by":{"user_id":"u","name":"n"},"issued_at":"2026-05-04T03:02:00Z","expires_at":"2026-06-18T03:02:00Z"}`
)

func TestHandler_acceptsWhatTheContractAllows(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]exchange{
		"more fields than are known": {"GET", who, "", 200, goodWho, nil},
		"rate limit":                 {"GET", who, "", 200, goodWho, http.Header{"X-Ratelimit-Reset": {"7"}}},
		"token":                      {"GET", list + "/x", "", 200, `{"service_user_token":` + goodToken + `}`, nil},
		"token and secret":           {"POST", list + "/x/regenerate", "{}", 200, `{"service_user_token":` + goodToken + `,"secret":"s"}`, nil},
		"null at the end of a list":  {"GET", list, "", 200, `{"service_user_tokens":[],"next_page_token":null,"active_count":0,"active_limit":20}`, nil},
	} {
		if errors := check(t, c); len(errors) > 0 {
			t.Errorf("%s: %v", name, errors)
		}
	}
}

// A request can arrive after the test has ended. It gets its response, and does not fail the test.
func TestHandler_isSilentAfterTheTest(t *testing.T) {
	t.Parallel()
	s := &spy{TB: t}
	h := contracttest.Handler(s, http.NotFoundHandler())
	bad := httptest.NewRequestWithContext(t.Context(), "GET", "/nowhere", nil)
	h.ServeHTTP(httptest.NewRecorder(), bad)
	if len(s.errors) != 1 {
		t.Errorf("before its end: %v", s.errors)
	}
	for _, end := range s.after {
		end()
	}
	late := httptest.NewRecorder()
	h.ServeHTTP(late, bad)
	if len(s.errors) != 1 || late.Code != http.StatusNotFound {
		t.Errorf("after its end: %v, %d", s.errors, late.Code)
	}
}

func TestHandler_keepsACutConnection(t *testing.T) {
	t.Parallel()
	s := &spy{TB: t}
	h := contracttest.Handler(s, http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	defer func() {
		got, _ := recover().(error)
		if !errors.Is(got, http.ErrAbortHandler) || len(s.errors) > 0 {
			t.Errorf("recovered %v, errors %v", got, s.errors)
		}
	}()
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), "GET", who, nil))
}

func TestHandler_namesNoSecret(t *testing.T) {
	t.Parallel()
	const secret = "scapi_do_not_print"
	for _, errors := range [][]string{
		check(t, exchange{"GET", list + "/x", "", 200, `{"service_user_token":` + goodToken + `,"secret":"` + secret + `"}`, nil}),
		check(t, exchange{"POST", list + "/x/regenerate", "{}", 200, `{"service_user_token":{},"secret":"` + secret + `"}`, nil}),
		check(t, exchange{"POST", list, `{"name":1,"secret":"` + secret + `"}`, 401, `{}`, nil}),
	} {
		if len(errors) == 0 || strings.Contains(strings.Join(errors, " "), secret) {
			t.Errorf("said %v", errors)
		}
	}
}

func TestHandler_failsForWhatTheContractForbids(t *testing.T) {
	t.Parallel()
	refused := `{"code":5,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":"safetyculture.io","metadata":{}}]}`
	for name, c := range map[string]exchange{
		"unknown route":                 {"GET", "/nowhere", "", 404, refused, nil},
		"wrong method":                  {"PUT", who, "", 405, refused, nil},
		"undeclared parameter":          {"GET", who + "?x=1", "", 200, goodWho, nil},
		"page size over the maximum":    {"GET", list + "?page_size=101", "", 401, refused, nil},
		"undeclared field":              {"POST", list, `{"name":"a","colour":1}`, 401, refused, nil},
		"body where there is none":      {"DELETE", list + "/x", `{}`, 401, refused, nil},
		"wrong type in the request":     {"POST", list, `{"name":1}`, 401, refused, nil},
		"null in the request":           {"POST", list, `{"name":"a","permission_set_ids":null}`, 401, refused, nil},
		"wrong expiry":                  {"POST", list, `{"name":"a","inactivity_expiry_days":44}`, 401, refused, nil},
		"empty permission sets":         {"POST", list, `{"name":"a","permission_set_ids":[]}`, 401, refused, nil},
		"empty edit":                    {"PATCH", list + "/x", `{}`, 401, refused, nil},
		"request without a body":        {"POST", list + "/x/revoke", ``, 401, refused, nil},
		"secret in a token's response":  {"POST", list + "/x/revoke", `{}`, 200, `{"service_user_token":` + goodToken + `,"secret":"s"}`, nil},
		"response without its secret":   {"POST", list + "/x/regenerate", `{}`, 200, `{"service_user_token":` + goodToken + `}`, nil},
		"time that is not in UTC":       {"GET", list + "/x", ``, 200, `{"service_user_token":` + strings.ReplaceAll(goodToken, "00Z", "00+02:00") + `}`, nil},
		"no request id":                 {"GET", who, "", 200, goodWho, http.Header{"X-Request-Id": nil}},
		"rate limit in words":           {"GET", who, "", 200, goodWho, http.Header{"X-Ratelimit-Reset": {"soon"}}},
		"both grants":                   {"PATCH", list + "/x", `{"permission_set_ids":["a"],"all_permissions":true}`, 401, refused, nil},
		"undeclared status":             {"GET", who, "", 418, refused, nil},
		"missing field in the response": {"GET", who, "", 200, `{"user_id":"u"}`, nil},
		"error without the envelope":    {"GET", who, "", 401, `{"error":"no"}`, nil},
		"content type":                  {"GET", who, "", 200, goodWho, http.Header{"Content-Type": {"text/html"}}},
	} {
		if errors := check(t, c); len(errors) == 0 {
			t.Errorf("%s passed", name)
		}
	}
}

func TestHandler_checksNoFaults(t *testing.T) {
	t.Parallel()
	fault := http.Header{"X-Emulator-Fault": {"1"}}
	if errors := check(t, exchange{"GET", who, "", 502, "<html>", fault}); len(errors) > 0 {
		t.Error(errors)
	}
	if errors := check(t, exchange{"GET", who + "?x=1", "", 502, "<html>", fault}); len(errors) == 0 {
		t.Error("a bad request passed because its response was a fault")
	}
}
