// Package api speaks the token API of the contract over HTTP: one method per operation, typed errors, no Terraform.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/go-retryablehttp"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

const (
	// DefaultBaseURL is the vendor's documented API host.
	DefaultBaseURL = "https://api.safetyculture.io"
	// DefaultRequestTimeout bounds one attempt of one call, its response's body included.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultMaxRetries is how often a call is retried, if retrying it is safe.
	DefaultMaxRetries = 4
	// maxResponseBytes is the largest response that is read. A page of 100 tokens is about 50 KiB.
	maxResponseBytes = 8 << 20
)

// ErrReadOnly is returned, with nothing sent, when a read-only client is asked to make a change.
var ErrReadOnly = errors.New("the provider is read-only")

// ErrNoID is returned, with nothing sent, for an empty id: the path would name another resource.
var ErrNoID = errors.New("the id is empty")

// Options are what a Client needs. Only BaseURL and Token have no usable zero value.
type Options struct {
	// BaseURL is the API's address, as checked by ParseBaseURL. A path is kept as a prefix of every call.
	BaseURL *url.URL
	// Token is the API token that every call carries.
	Token secret.String
	// Version is this provider's version, sent as sc-integration-version.
	Version string
	// UserAgent is sent as User-Agent.
	UserAgent string
	// ReadOnly makes every call that changes something return ErrReadOnly, with nothing sent.
	ReadOnly bool
	// RequestTimeout bounds one attempt; 0 is DefaultRequestTimeout. Waiting out a rate limit does not count.
	RequestTimeout time.Duration
	// MaxRetries is how often one call may be retried; 0 means never.
	MaxRetries int
	// Transport carries the calls; nil is a transport of its own (TLS 1.2 or later, proxy from the environment).
	Transport http.RoundTripper
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Wait waits out a rate limit or until the context ends; nil uses a timer.
	Wait func(context.Context, time.Duration) error
	// Backoff is the pause before the first retry of a failed read, doubled each time; 0 is half a second.
	Backoff time.Duration
	// Jitter returns a random duration from 0 up to the given one; nil is uniformly random.
	Jitter func(time.Duration) time.Duration
	// Log receives every attempt and every wait; nil logs nothing. Entries hold no body and no secret.
	Log func(context.Context, LogEntry)
}

// Client calls the API. It is safe for concurrent use. All its calls share one view of the rate limit.
type Client struct {
	opts  Options
	retry *retryablehttp.Client

	mu      sync.Mutex
	secrets []secret.String // the API token, and every secret that the API returned
	clock   *time.Duration  // the server's clock minus this machine's; nil until it was measured
}

// New returns a client. It sends nothing.
func New(opts Options) *Client {
	if opts.RequestTimeout == 0 {
		opts.RequestTimeout = DefaultRequestTimeout
	}
	if opts.Backoff == 0 {
		opts.Backoff = 500 * time.Millisecond
	}
	if opts.Transport == nil {
		opts.Transport = NewTransport()
	}
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.Wait == nil {
		opts.Wait = Wait
	}
	if opts.Jitter == nil {
		opts.Jitter = func(limit time.Duration) time.Duration { return rand.N(limit) } //nolint:gosec // spreads load, guards nothing
	}
	if opts.Log == nil {
		opts.Log = func(context.Context, LogEntry) {}
	}
	c := &Client{secrets: []secret.String{opts.Token}}
	tell := opts.Log
	opts.Log = func(ctx context.Context, entry LogEntry) { tell(ctx, c.masked(entry)) }
	c.opts, c.retry = opts, newRetryClient(opts)
	return c
}

// masked returns the log entry without any secret that this client has sent or received, even inside an error or an id.
func (c *Client) masked(entry LogEntry) LogEntry {
	entry.Path = c.harmless(entry.Path, 500)
	if entry.Err != nil {
		entry.Err = errors.New(c.harmless(entry.Err.Error(), 500))
	}
	return entry
}

// remember keeps a secret that the API returned, so that harmless removes it from later texts.
func (c *Client) remember(s secret.String) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.secrets = append(c.secrets, s)
}

// call is one use of an operation.
type call struct {
	operation
	args  []string   // the path's elements in braces, in order, unescaped
	query url.Values // may be nil
	in    any        // the request's body; nil for none
	out   any        // where the response goes
	// anyBody says that every 2xx response is success, even if its body cannot be read.
	anyBody bool
}

// do performs a call. Every error that it returns is one of errors.go, or ErrReadOnly or ErrNoID, wrapped with the operation.
func (c *Client) do(ctx context.Context, spec call) error {
	if c.opts.ReadOnly && spec.effect != reads {
		return fmt.Errorf("%s: %w", spec.ID, ErrReadOnly)
	}
	if slices.Contains(spec.args, "") {
		return fmt.Errorf("%s: %w", spec.ID, ErrNoID)
	}
	requestID := uuid.NewString()
	req, err := c.newRequest(ctx, spec, requestID)
	if err != nil {
		return fmt.Errorf("%s: %w", spec.ID, err)
	}
	resp, err := c.retry.Do(req)
	if err != nil {
		return c.newTransportError(spec.ID, requestID, err)
	}
	arrived := c.opts.Now()
	defer func() { _ = resp.Body.Close() }()
	if id := resp.Header.Get("X-Request-Id"); id != "" {
		requestID = c.harmless(id, 100)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return c.newTransportError(spec.ID, requestID, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		refused := c.newError(spec.ID, requestID, resp, body)
		if refused.Envelope {
			c.measureClock(resp.Header, arrived)
		}
		return refused
	}
	if err := c.decode(resp, body, spec.out); err == nil {
		c.measureClock(resp.Header, arrived)
	} else if !spec.anyBody {
		return &ResponseError{Operation: spec.ID, Status: resp.StatusCode, RequestID: requestID, Err: err}
	}
	return nil
}

func (c *Client) newRequest(ctx context.Context, spec call, requestID string) (*retryablehttp.Request, error) {
	var body any
	if spec.in != nil {
		data, err := json.Marshal(spec.in)
		if err != nil {
			return nil, err
		}
		body = data
	}
	target := spec.url(c.opts.BaseURL, spec.args)
	target.RawQuery = spec.query.Encode()
	req, err := retryablehttp.NewRequestWithContext(attemptContext(ctx, spec.operation), spec.Method, target.String(), body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("X-Request-ID", requestID)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// harmless makes a server's text safe to show: without secrets, and without characters that control a terminal.
func (c *Client) harmless(text string, limit int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return Printable(secret.Scrub(text, c.secrets...), limit)
}

// newTransportError wraps a network error and makes its text harmless, because it can quote what the server sent.
func (c *Client) newTransportError(operation, requestID string, err error) *TransportError {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // url.Error contains the whole URL, with page tokens
	}
	words := &harmlessError{c.harmless(err.Error(), 300), err}
	return &TransportError{Operation: operation, RequestID: requestID, Cause: causeOf(err), Sent: maySent(err), Err: words}
}
