package api_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

const bearer = "scapi_bearer-of-the-test"

const tokenJSON = `{"id":"t1","name":"n","service_user_id":"u","status":"TOKEN_STATUS_ACTIVE","inactivity_expiry_days":45,"all_permissions":true,
"permission_set_ids":[],"created_at":"2026-01-02T03:04:05Z","created_by":{"user_id":"u","name":"x"},"issued_at":"2026-01-02T03:04:05.1234567Z","expires_at":"2026-02-02T03:04:05.00Z","new_field":{"a":[1]}}`

// server responds to each call with the next of its handlers, then always with the last one, and records the requests.
type server struct {
	t        *testing.T
	url      string
	handlers []http.HandlerFunc

	mu       sync.Mutex
	requests []*http.Request
	bodies   []string
	waits    []time.Duration
	logs     []api.LogEntry
	at       time.Time
}

func serve(t *testing.T, handlers ...http.HandlerFunc) *server {
	t.Helper()
	s := &server{t: t, handlers: handlers, at: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)}
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	s.url = listener.URL
	return s
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	n := len(s.requests)
	s.requests, s.bodies = append(s.requests, r), append(s.bodies, string(body))
	s.mu.Unlock()
	s.handlers[min(n, len(s.handlers)-1)](w, r)
}

func (s *server) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.requests)
}

// client returns a client whose waits move a clock instead of waiting.
func (s *server) client(adjust func(*api.Options)) *api.Client {
	s.t.Helper()
	base, err := api.ParseBaseURL(s.url)
	if err != nil {
		s.t.Fatal(err)
	}
	opts := api.Options{
		BaseURL: base, Token: secret.New(bearer), Version: "1.2.3", UserAgent: "agent", MaxRetries: 4, Backoff: time.Microsecond,
		Jitter: func(time.Duration) time.Duration { return 0 },
		Now: func() time.Time {
			s.mu.Lock()
			defer s.mu.Unlock()
			return s.at
		},
		Wait: func(ctx context.Context, d time.Duration) error {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.waits = append(s.waits, d)
			s.at = s.at.Add(d)
			return ctx.Err()
		},
		Log: func(_ context.Context, entry api.LogEntry) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.logs = append(s.logs, entry)
		},
	}
	if adjust != nil {
		adjust(&opts)
	}
	return api.New(opts)
}

// response returns a handler that sends this response; headers are names and values in turn.
func response(status int, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func cut(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

// cutInBody announces more than it sends.
func cutInBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "1000")
	_, _ = io.WriteString(w, `{"service_user_token":`)
}

var (
	goodToken  = response(200, `{"service_user_token":`+tokenJSON+`}`)
	goodSecret = response(200, `{"service_user_token":`+tokenJSON+`,"secret":"scapi_new"}`)
	emptyList  = response(200, `{"service_user_tokens":[],"next_page_token":null,"active_count":0,"active_limit":20}`)
)
