package contracttest_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
)

// spy is a test that only notes its errors.
type spy struct {
	testing.TB
	errors []string
	ctx    context.Context
}

func (s *spy) Helper()                  {}
func (s *spy) Context() context.Context { return s.ctx }
func (s *spy) Errorf(format string, args ...any) {
	s.errors = append(s.errors, fmt.Sprintf(format, args...))
}

// judge sends one request through a referee to a server that answers status and body.
func judge(t *testing.T, method, path, in string, status int, out string, header http.Header) []string {
	t.Helper()
	s := &spy{TB: t, ctx: t.Context()}
	server := httptest.NewServer(contracttest.Referee(s, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for name, values := range header {
			w.Header()[name] = values
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(out))
	})))
	defer server.Close()
	req, err := http.NewRequestWithContext(t.Context(), method, server.URL+path, strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.StatusCode != status || resp.Header.Get("X-Emulator-Fault") != "" {
		t.Errorf("the referee changed the answer: %d %v", resp.StatusCode, resp.Header)
	}
	return s.errors
}

const (
	who     = "/accounts/user/v1/user:WhoAmI"
	list    = "/tokens/v1/service_user_tokens"
	goodWho = `{"user_id":"u","organisation_id":"o","firstname":"f","lastname":"l","more":1}`
)

func TestRefereeLetsPassWhatTheContractAllows(t *testing.T) {
	t.Parallel()
	if errors := judge(t, "GET", who, "", 200, goodWho, nil); len(errors) > 0 {
		t.Error(errors)
	}
}

func TestRefereeFailsWhatItDoesNot(t *testing.T) {
	t.Parallel()
	refused := `{"code":5,"message":"m","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"R","domain":"safetyculture.io","metadata":{}}]}`
	for name, c := range map[string]struct {
		method, path, in string
		status           int
		out              string
		header           http.Header
	}{
		"unknown route":               {"GET", "/nowhere", "", 404, refused, nil},
		"wrong method":                {"PUT", who, "", 405, refused, nil},
		"undeclared parameter":        {"GET", who + "?x=1", "", 200, goodWho, nil},
		"page size over the maximum":  {"GET", list + "?page_size=101", "", 401, refused, nil},
		"undeclared field":            {"POST", list, `{"name":"a","colour":1}`, 401, refused, nil},
		"both grants":                 {"PATCH", list + "/x", `{"permission_set_ids":["a"],"all_permissions":true}`, 401, refused, nil},
		"undeclared status":           {"GET", who, "", 418, refused, nil},
		"missing field in the answer": {"GET", who, "", 200, `{"user_id":"u"}`, nil},
		"error without the envelope":  {"GET", who, "", 401, `{"error":"no"}`, nil},
		"content type":                {"GET", who, "", 200, goodWho, http.Header{"Content-Type": {"text/html"}}},
	} {
		if errors := judge(t, c.method, c.path, c.in, c.status, c.out, c.header); len(errors) == 0 {
			t.Errorf("%s passed", name)
		}
	}
}

func TestRefereeDoesNotJudgeFaults(t *testing.T) {
	t.Parallel()
	fault := http.Header{"X-Emulator-Fault": {"1"}}
	if errors := judge(t, "GET", who, "", 502, "<html>", fault); len(errors) > 0 {
		t.Error(errors)
	}
	if errors := judge(t, "GET", who+"?x=1", "", 502, "<html>", fault); len(errors) == 0 {
		t.Error("a bad request passed because its answer was a fault")
	}
}
