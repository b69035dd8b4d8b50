package tokens_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/tokens"
)

// fixture is an emulator with a clock, and services that call it.
type fixture struct {
	t   *testing.T
	em  *emulator.Emulator
	url string

	mu     sync.Mutex
	at     time.Time
	waited time.Duration
	onWait func()   // called with each wait; may be nil
	lists  []string // the status filter of each list; empty for all
}

func newFixture(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	b := &fixture{t: t, at: issued}
	opts.Now, opts.RateLimit = b.now, -1
	b.em = emulator.New(opts)
	server := httptest.NewServer(b.recordLists(contracttest.Handler(t, b.em)))
	t.Cleanup(server.Close)
	b.url = server.URL
	return b
}

func (b *fixture) recordLists(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/service_user_tokens") && r.Method == http.MethodGet {
			b.mu.Lock()
			b.lists = append(b.lists, strings.ToLower(strings.TrimPrefix(r.URL.Query().Get("status"), "TOKEN_STATUS_")))
			b.mu.Unlock()
		}
		next.ServeHTTP(w, r)
	})
}

// expectCalls fails unless the run has requested this many pages of the active tokens and of all tokens, and this many single
// tokens. It empties the journal.
func (b *fixture) expectCalls(active, whole, gets int) {
	b.t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	gotActive := 0
	for _, status := range b.lists {
		gotActive += strings.Count(status, "active")
	}
	if gotWhole, gotGets := len(b.lists)-gotActive, len(b.em.CallsOf(get)); gotActive != active || gotWhole != whole || gotGets != gets {
		b.t.Errorf("%d pages of active tokens, %d of all, %d tokens by themselves; want %d, %d, %d", gotActive, gotWhole, gotGets, active, whole, gets)
	}
	b.lists = nil
	b.em.ForgetCalls()
}

// now moves the clock ahead, so that no two events have the same time.
func (b *fixture) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(time.Microsecond)
	return b.at
}

func (b *fixture) advance(days int) { b.passes(time.Duration(days) * 24 * time.Hour) }

func (b *fixture) passes(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.at = b.at.Add(d)
}

// service returns a new run.
func (b *fixture) service() *tokens.Service { return b.serviceAt(b.now) }

// serviceAt returns a new run on a machine with another clock.
func (b *fixture) serviceAt(now func() time.Time) *tokens.Service {
	b.t.Helper()
	base, err := api.ParseBaseURL(b.url)
	if err != nil {
		b.t.Fatal(err)
	}
	return tokens.NewService(api.New(api.Options{
		BaseURL: base, Token: secret.New(b.em.Bearer()), Now: now, MaxRetries: 2, Backoff: time.Microsecond, RequestTimeout: time.Minute,
	}), tokens.Options{Now: now, Wait: func(ctx context.Context, d time.Duration) error {
		b.passes(d)
		if b.onWait != nil {
			b.onWait()
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.waited += d
		return ctx.Err()
	}})
}

// prior returns the prior state of a token that is not young.
func prior(id string) tokens.Prior {
	return tokens.Prior{ID: id, CreatedAt: issued.Add(-24 * time.Hour)}
}

func (b *fixture) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *fixture) make(name string) emulator.Token {
	b.t.Helper()
	token, _, err := b.em.CreateToken(emulator.TokenInput{Name: name})
	b.must(err)
	return token
}

// hideAll makes the list return no tokens.
func (b *fixture) hideAll() {
	b.em.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Rewrite: func(status int, _ http.Header, _ []byte) (int, []byte) {
		return status, []byte(`{"service_user_tokens":[],"next_page_token":null,"active_count":0,"active_limit":20}`)
	}})
}

// notYet makes the first n calls of an operation respond 404: the service lags behind its own writes.
func (b *fixture) notYet(operation string, n int) {
	for call := range n {
		b.em.Fail(emulator.Fault{Operation: operation, Call: call + 1, Status: http.StatusNotFound})
	}
}

// priorOf returns the prior state of a token of the emulator.
func priorOf(t emulator.Token) tokens.Prior {
	return tokens.Prior{ID: t.ID, CreatedAt: t.CreatedAt, IssuedAt: t.IssuedAt, HasSecret: true, Status: tokens.Active}
}

// scripted returns a service whose responses come from a function, for behavior that the contract forbids.
func scripted(respond func(r *http.Request) (status int, body string)) *tokens.Service {
	base, _ := api.ParseBaseURL(api.DefaultBaseURL)
	client := api.New(api.Options{BaseURL: base, Token: secret.New("t"), Transport: transport(func(r *http.Request) (*http.Response, error) {
		status, body := respond(r)
		return &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(bytes.NewReader([]byte(body))), Request: r}, nil
	})})
	return tokens.NewService(client, tokens.Options{Now: func() time.Time { return issued }})
}

type transport func(*http.Request) (*http.Response, error)

func (f transport) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func tokenJSON(id, name string) string {
	return fmt.Sprintf(`{"id":%q,"name":%q,"status":"TOKEN_STATUS_ACTIVE","issued_at":"2026-01-01T12:00:00Z"}`, id, name)
}

// stillActive makes the first n calls of an operation fail because the token is active: the service lags behind a revoke.
func (b *fixture) stillActive(operation string, n int) {
	for call := 1; call <= n; call++ {
		b.em.Fail(emulator.Fault{Operation: operation, Call: call, Status: 400, Body: `{"code":9,"message":"the token is active","details":[{"reason":"TOKEN_ACTIVE"}]}`})
	}
}

// listedRevoked returns a run whose list shows a revoked token, and the token's id.
func (b *fixture) listedRevoked() (s *tokens.Service, id string) {
	token := b.make("t")
	b.must(b.em.RevokeToken(token.ID))
	s = b.service()
	_, err := s.List(b.t.Context())
	b.must(err)
	return s, token.ID
}

// regenerated regenerates a token, and returns its prior state afterwards.
func (b *fixture) regenerated(id string) tokens.Prior {
	_, err := b.em.RegenerateToken(id)
	b.must(err)
	token, _ := b.em.Token(id)
	return priorOf(token)
}

// known returns a known value.
func known[T comparable](v T) tokens.Value[T] { return tokens.Value[T]{Known: v} }
