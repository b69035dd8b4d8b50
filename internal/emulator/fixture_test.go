package emulator_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

const (
	tokensPath = "/tokens/v1/service_user_tokens"
	whoAmIPath = "/accounts/user/v1/user:WhoAmI"
)

// fixture is an emulator, its address and a clock.
type fixture struct {
	t      *testing.T
	em     *emulator.Emulator
	url    string
	mu     sync.Mutex
	at     time.Time
	issued []string
}

// start starts an emulator, and checks every call against the contract.
func start(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	f := newFixture(opts, t)
	f.listen(contracttest.Handler(t, f.em))
	return f
}

// startBare starts one without these checks, for requests that the contract does not allow.
func startBare(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	f := newFixture(opts, t)
	f.listen(f.em)
	return f
}

func newFixture(opts emulator.Options, t *testing.T) *fixture {
	f := &fixture{t: t, at: time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)}
	opts.Now = f.now
	opts.OnSecret = func(secret string) { f.issued = append(f.issued, secret) }
	f.em = emulator.New(opts)
	return f
}

func (f *fixture) listen(h http.Handler) {
	server := httptest.NewServer(h)
	f.t.Cleanup(server.Close)
	f.url = server.URL
}

func (f *fixture) now() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.at
}

func (f *fixture) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.at = f.at.Add(d)
}

// token is a token as a response has it.
type token struct {
	ID, Name, Status string
	ServiceUserID    string   `json:"service_user_id"`
	PermissionSetIDs []string `json:"permission_set_ids"`
	AllPermissions   bool     `json:"all_permissions"`
	Expiry           int      `json:"inactivity_expiry_days"`
	CreatedBy        struct {
		UserID string `json:"user_id"`
	} `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	IssuedAt   time.Time  `json:"issued_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  time.Time  `json:"expires_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
}

// reply is a decoded response.
type reply struct {
	status  int
	header  http.Header
	raw     string
	err     error
	Token   token `json:"service_user_token"`
	Secret  string
	Code    int
	Message string
	Details []struct {
		Reason   string
		Metadata map[string]string
	}
	Tokens []token `json:"service_user_tokens"`
	Next   string  `json:"next_page_token"`
	Active int     `json:"active_count"`
	Limit  int     `json:"active_limit"`
	UserID string  `json:"user_id"`
}

func (r reply) reason() string {
	if len(r.Details) == 0 {
		return ""
	}
	return r.Details[0].Reason
}

func (f *fixture) call(bearer, method, path, body string) reply {
	f.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, in)
	if err != nil {
		f.t.Fatal(err)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return reply{err: err}
	}
	defer func() { _ = resp.Body.Close() }()
	data, _ := io.ReadAll(resp.Body)
	r := reply{status: resp.StatusCode, header: resp.Header, raw: string(data)}
	_ = json.Unmarshal(data, &r)
	return r
}

// do calls as the administrator.
func (f *fixture) do(method, path, body string) reply {
	f.t.Helper()
	return f.call(f.em.Bearer(), method, path, body)
}

// make creates a token, and fails the test if that fails.
func (f *fixture) make(body string) reply {
	f.t.Helper()
	r := f.do("POST", tokensPath, body)
	if r.status != http.StatusOK || r.Secret == "" {
		f.t.Fatalf("create: %d %s", r.status, r.raw)
	}
	return r
}

func (f *fixture) expect(r reply, status int, reason string) {
	f.t.Helper()
	if r.status != status || r.reason() != reason {
		f.t.Errorf("got %d %s (%s), want %d %s", r.status, r.reason(), r.Message, status, reason)
	}
}
