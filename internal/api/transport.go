package api

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"time"
)

// integrationID names this provider to the vendor in the sc-integration-id header.
const integrationID = "terraform-provider-safetyculture"

// NewTransport returns the transport that a Client uses by default: TLS 1.2 or later, proxy from the environment.
func NewTransport() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	t.OnProxyConnectResponse = refusalOfProxy
	return t
}

// newHTTPClient returns a client that sends one attempt through these steps: wait while the rate limit's gate is closed,
// bound the attempt's time and size, add the headers, log, send.
func newHTTPClient(opts Options) *http.Client {
	var chain http.RoundTripper = opts.Transport
	chain = &logStep{next: chain, now: opts.Now, log: opts.Log}
	chain = &headerStep{next: chain, opts: opts}
	chain = &attemptStep{next: chain, timeout: opts.RequestTimeout}
	chain = &gateStep{next: chain, opts: opts}
	return &http.Client{
		Transport: chain,
		// A redirect is a response like any other, and an error: see newError.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// headerStep adds the headers of every call.
type headerStep struct {
	next http.RoundTripper
	opts Options
}

func (s *headerStep) RoundTrip(req *http.Request) (*http.Response, error) {
	req = req.Clone(req.Context())
	req.Header.Set("Authorization", "Bearer "+s.opts.Token.Reveal())
	req.Header.Set("User-Agent", s.opts.UserAgent)
	req.Header.Set("Sc-Integration-Id", integrationID)
	req.Header.Set("Sc-Integration-Version", s.opts.Version)
	return s.next.RoundTrip(req)
}

// attemptStep bounds one attempt's time and size. It reads the whole body within that time, so that a response that is cut
// off is a failed attempt, and the decoder sees only whole responses.
type attemptStep struct {
	next    http.RoundTripper
	timeout time.Duration
}

func (s *attemptStep) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), s.timeout)
	defer cancel()
	resp, err := s.next.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxResponseBytes+1))
	_ = resp.Body.Close()
	if err != nil {
		return nil, &readError{err}
	}
	if len(body) > maxResponseBytes {
		return nil, &readError{errTooLarge}
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// errTooLarge is returned for a response over maxResponseBytes.
var errTooLarge = fmt.Errorf("the response is larger than %d MiB", maxResponseBytes>>20)

// readError is a failure after the server began to respond: it has received the request.
type readError struct{ err error }

func (e *readError) Error() string { return "reading the response: " + e.err.Error() }
func (e *readError) Unwrap() error { return e.err }

// LogEntry is one attempt or one wait. It holds no body, no query and no header but the request id.
type LogEntry struct {
	// Message says what happened.
	Message string
	// Method and Path are the attempt's; the path is escaped. Empty for a wait.
	Method, Path string
	// RequestID is the X-Request-ID that was sent.
	RequestID string
	// Status is the response's; 0 if there was none.
	Status int
	// Duration is how long the attempt took or the wait will take.
	Duration time.Duration
	// Err is why there was no response.
	Err error
}

// logStep logs every attempt.
type logStep struct {
	next http.RoundTripper
	now  func() time.Time
	log  func(context.Context, LogEntry)
}

func (s *logStep) RoundTrip(req *http.Request) (*http.Response, error) {
	start := s.now()
	resp, err := s.next.RoundTrip(req)
	entry := LogEntry{
		Message: "API call", Method: req.Method, Path: req.URL.EscapedPath(),
		RequestID: req.Header.Get("X-Request-Id"), Duration: s.now().Sub(start), Err: err,
	}
	if resp != nil {
		entry.Status = resp.StatusCode
	}
	s.log(req.Context(), entry)
	return resp, err
}

// Wait waits for d on a timer, or until ctx ends.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
