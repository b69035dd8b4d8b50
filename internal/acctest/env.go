package acctest

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// Address is the address of the tested resource in most tests.
const Address = "safetyculture_service_user_token.test"

// Env is the environment of one test: its own emulator, whose calls are checked against the contract, a clock, and a provider
// that can reach only this emulator.
type Env struct {
	T        *testing.T
	Emulator *emulator.Emulator
	URL      string
	Clock    *Clock
	// Transport carries the provider's calls; nil is the provider's own.
	Transport http.RoundTripper
	// OpenTokens keeps the ephemeral tokens that are open, as main does.
	OpenTokens *provider.OpenTokens

	mu      sync.Mutex
	secrets []string // every secret that the emulator has created
	Outside []string // ids of active tokens that the test created outside Terraform
	Waits   []time.Duration
	// credential is the API token of a provider that this process serves; empty means the administrator's.
	credential string
}

// UseCredential sets another API token for a provider that this process serves, from its next start on.
func (e *Env) UseCredential(secret string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.credential = secret
}

// New starts an emulator for one test. Each of adjust changes its options.
func New(t *testing.T, adjust ...func(*emulator.Options)) *Env {
	t.Helper()
	e := &Env{T: t, Clock: newClock(), OpenTokens: provider.NewOpenTokens()}
	opts := emulator.Options{Now: e.Clock.Now, OnSecret: e.noteSecret, RateLimit: -1}
	for _, change := range adjust {
		change(&opts)
	}
	e.Emulator = emulator.New(opts)
	server := httptest.NewServer(contracttest.Handler(t, e.Emulator))
	t.Cleanup(server.Close)
	e.URL = server.URL
	return e
}

func (e *Env) noteSecret(secret string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secrets = append(e.secrets, secret)
}

// NewTransport returns a transport whose connections end with the test.
func (e *Env) NewTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	e.T.Cleanup(transport.CloseIdleConnections)
	return transport
}

// Options are the options of a provider that reaches this emulator only. The process's environment variables do not reach it.
func (e *Env) Options() provider.Options {
	return provider.Options{
		Version: "test", Now: e.Clock.Now, Backoff: time.Millisecond, Transport: e.Transport, OpenTokens: e.OpenTokens,
		Getenv: func(string) string { return "" },
		Wait: func(ctx context.Context, d time.Duration) error {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.Waits = append(e.Waits, d)
			e.Clock.Advance(d)
			return ctx.Err()
		},
	}
}

// ActiveIDs returns the ids of active tokens, without those that the test created outside Terraform.
func (e *Env) ActiveIDs() []string {
	var ids []string
	for _, t := range e.Emulator.ActiveTokens() {
		if !slices.Contains(e.Outside, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// CreateOutside creates a token outside Terraform, and returns it with its secret.
func (e *Env) CreateOutside(name string, permissionSets ...string) (emulator.Token, string) {
	e.T.Helper()
	in := emulator.TokenInput{Name: name, InactivityExpiryDays: 45}
	for _, set := range permissionSets {
		in.PermissionSetIDs = append(in.PermissionSetIDs, e.Emulator.PermissionSetID(set))
	}
	token, secret, err := e.Emulator.CreateToken(in)
	if err != nil {
		e.T.Fatal(err)
	}
	e.Outside = append(e.Outside, token.ID)
	return token, secret
}

// OnlyToken returns the emulator's only token, not counting those that were created outside Terraform.
func (e *Env) OnlyToken() emulator.Token {
	e.T.Helper()
	var managed []emulator.Token
	for _, t := range e.Emulator.Tokens() {
		if !slices.Contains(e.Outside, t.ID) {
			managed = append(managed, t)
		}
	}
	if len(managed) != 1 {
		e.T.Fatalf("want one token, have %d", len(managed))
	}
	return managed[0]
}

// Must fails the test on an error of something that it does outside Terraform.
func (e *Env) Must(err error) {
	e.T.Helper()
	if err != nil {
		e.T.Fatal(err)
	}
}

// Writes lists the calls that changed something since the journal was last emptied.
func (e *Env) Writes() []string {
	var changed []string
	for _, call := range e.Emulator.Calls() {
		switch call.Operation {
		case "ListServiceUserTokens", "GetServiceUserToken", "ListUserTokens", "WhoAmI", "ListPermissionSets", "GetPermissionSet":
		default:
			changed = append(changed, call.Operation)
		}
	}
	return changed
}

// ExpectWrites fails unless exactly these calls changed something, and empties the journal.
func (e *Env) ExpectWrites(want ...string) {
	e.T.Helper()
	if got := e.Writes(); !slices.Equal(got, want) {
		e.T.Errorf("calls that change something: %v, want %v", got, want)
	}
	e.Emulator.ForgetCalls()
}

// CheckWrites returns a check that exactly these calls changed something.
func (e *Env) CheckWrites(want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got := e.Writes()
		e.Emulator.ForgetCalls()
		if !slices.Equal(got, want) {
			return fmt.Errorf("calls that change something: %v, want %v", got, want)
		}
		return nil
	}
}

// Clock is a clock that moves on Advance, and by a millisecond at each reading, so that no two events of a test have the same
// time.
type Clock struct {
	mu   sync.Mutex
	now  time.Time
	real bool // now is added to real time
}

func newClock() *Clock { return &Clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

// newRealClock returns a clock with real time. Advance moves it ahead of real time.
func newRealClock() *Clock { return &Clock{real: true} }

// Now returns the test's time, a millisecond later at each reading.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.real {
		return time.Now().Add(c.now.Sub(time.Time{}))
	}
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Day is 24 hours.
const Day = 24 * time.Hour

// WhoAmI calls WhoAmI with an API token and returns the status.
func (e *Env) WhoAmI(bearer string) int {
	e.T.Helper()
	req, err := http.NewRequestWithContext(e.T.Context(), http.MethodGet, e.URL+"/accounts/user/v1/user:WhoAmI", nil)
	e.Must(err)
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	e.Must(err)
	_ = resp.Body.Close()
	return resp.StatusCode
}

// RegenerateOutside creates a new secret for a token outside Terraform.
func (e *Env) RegenerateOutside(id string) {
	e.T.Helper()
	e.Clock.Advance(5 * time.Second) // within two seconds, a new secret counts as the old one
	e.Must(e.Emulator.RevokeToken(id))
	_, err := e.Emulator.RegenerateToken(id)
	e.Must(err)
}

// Operations returns the names of the operations that were called.
func Operations(calls []emulator.Call) []string {
	names := make([]string, len(calls))
	for i, call := range calls {
		names[i] = call.Operation
	}
	return names
}
