package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

const (
	callTimeout      = 30 * time.Second
	maxResponseBytes = 8 << 20
	// maxWaits is how often one call waits out a rate limit.
	maxWaits = 3
)

// reads are the operations that change nothing.
var reads = []string{"ListServiceUserTokens", "GetServiceUserToken", "ListUserTokens", "WhoAmI", "ListPermissionSets", "GetPermissionSet"}

// errReadOnly stops a call that changes something if the user did not allow changes. No check makes such a call.
var errReadOnly = errors.New("not sent: changes were not allowed")

type clientOptions struct {
	base      *url.URL
	bearer    secret.String
	transport http.RoundTripper
	now       func() time.Time
	wait      func(context.Context, time.Duration) error
	backoff   time.Duration // between the clean-up's retries; 0 is the default of the provider's client
}

// client sends one call at a time, exactly as a check wants it, and checks each response against the contract. The provider's
// own client would retry, correct or refuse some of these calls.
type client struct {
	opts    clientOptions
	http    *http.Client
	checker *contracttest.Checker
	write   bool
	secrets []secret.String // the API token, and every secret in a response
	seen    observations
}

func newClient(opts clientOptions, write bool) (*client, error) {
	checker, err := contracttest.NewChecker()
	if err != nil {
		return nil, err
	}
	return &client{
		opts: opts, checker: checker, write: write, secrets: []secret.String{opts.bearer},
		http: &http.Client{
			Transport: opts.transport, Timeout: callTimeout,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}, nil
}

// request is one call as a check wants it sent.
type request struct {
	method, path string // the path is escaped
	query        string
	body         any            // nil for none
	bearer       *secret.String // nil is the administrator's; the zero secret sends none
}

// response is the response to a call, or the reason why there was none.
type response struct {
	status int
	header http.Header
	body   []byte
	// unfit says how the response breaks the contract's document; empty if it fits, or if the contract does not have the path.
	unfit string
	err   error  // why there was no response
	words string // describes the response, without secrets
}

// send sends a call, waits while the rate limit lasts, and checks the response.
func (c *client) send(ctx context.Context, r request) response {
	for waits := 0; ; waits++ {
		resp := c.sendOnce(ctx, r)
		if resp.status != http.StatusTooManyRequests || waits == maxWaits {
			return resp
		}
		seconds, err := strconv.Atoi(resp.header.Get("X-RateLimit-Reset"))
		if err != nil || seconds < 1 || seconds > 60 {
			seconds = 5
		}
		if c.opts.wait(ctx, time.Duration(seconds)*time.Second) != nil {
			return resp
		}
	}
}

func (c *client) sendOnce(ctx context.Context, r request) response {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return response{err: err}
		}
	}
	requestID := uuid.NewString()
	req, err := c.httpRequest(ctx, r, body, requestID)
	if err != nil {
		return response{err: err}
	}
	call, err := c.operation(ctx, r, body)
	if err != nil {
		return response{err: err}
	}
	received, err := c.http.Do(req)
	if err != nil {
		return c.noResponse(err)
	}
	defer func() { _ = received.Body.Close() }()
	resp := response{status: received.StatusCode, header: received.Header}
	if resp.body, err = io.ReadAll(io.LimitReader(received.Body, maxResponseBytes)); err != nil {
		return c.noResponse(err)
	}
	if call != nil {
		if err := call.Response(ctx, resp.status, resp.header, resp.body); err != nil {
			resp.unfit = c.harmless(err.Error(), 400)
		}
	}
	c.seen.note(c, operationOf(call), requestID, resp)
	resp.words = c.describe(resp)
	return resp
}

func (c *client) httpRequest(ctx context.Context, r request, body []byte, requestID string) (*http.Request, error) {
	target := strings.TrimSuffix(c.opts.base.String(), "/") + r.path
	if r.query != "" {
		target += "?" + r.query
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", userAgent)
	req.Header.Set("X-Request-ID", requestID)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	bearer := c.opts.bearer
	if r.bearer != nil {
		bearer = *r.bearer
	}
	if !bearer.IsZero() {
		req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
	}
	return req, nil
}

// operation returns the contract's operation of a call; nil if the contract has none. If the user did not allow changes, it
// returns errReadOnly for a call that makes one. Every call goes through here before it is sent.
func (c *client) operation(ctx context.Context, r request, body []byte) (*contracttest.Call, error) {
	plain, err := http.NewRequestWithContext(ctx, r.method, "http://contract"+r.path+"?"+r.query, http.NoBody)
	if err != nil {
		return nil, err
	}
	plain.Header.Set("Content-Type", "application/json")
	call, _ := c.checker.Request(plain, body) // many checks send what the contract does not allow
	isRead := r.method == http.MethodGet || r.method == http.MethodHead || slices.Contains(reads, operationOf(call))
	if !isRead && !c.write {
		return nil, errReadOnly
	}
	return call, nil
}

func operationOf(call *contracttest.Call) string {
	if call == nil {
		return ""
	}
	return call.Operation()
}

func (c *client) noResponse(err error) response {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // url.Error contains the URL
	}
	return response{err: err, words: "no response: " + c.harmless(err.Error(), 200)}
}

// remember keeps a secret, so that harmless removes it from texts.
func (c *client) remember(s secret.String) { c.secrets = append(c.secrets, s) }

func (c *client) harmless(text string, limit int) string {
	return api.Printable(secret.Scrub(strings.ReplaceAll(text, "\n", " "), c.secrets...), limit)
}

// envelope is the contract's error.
type envelope struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Details []struct {
		Reason   string            `json:"reason"`
		Metadata map[string]string `json:"metadata"`
	} `json:"details"`
}

// describe describes a response: an error by its envelope, anything else by its status alone, because the body can hold secrets
// that this program does not know.
func (c *client) describe(resp response) string {
	if resp.status < 400 {
		return strconv.Itoa(resp.status)
	}
	var e envelope
	if err := json.Unmarshal(resp.body, &e); err != nil || e.Code == 0 {
		return fmt.Sprintf("%d without the contract's error envelope (%s)", resp.status, c.harmless(resp.header.Get("Content-Type"), 60))
	}
	words := fmt.Sprintf("%d, code %d", resp.status, e.Code)
	if len(e.Details) > 0 {
		words += ", reason " + c.harmless(e.Details[0].Reason, 60)
		if field := e.Details[0].Metadata["field"]; field != "" {
			words += ", field " + c.harmless(field, 60)
		}
	}
	return words + ": " + c.harmless(e.Message, 160)
}

// readPage reads a page of the list. If the response is none, problem says why.
func readPage(resp response) (page tokenPage, problem string) {
	switch {
	case resp.status != http.StatusOK:
		return page, resp.words
	case resp.unfit != "":
		return page, resp.words + ", but " + resp.unfit
	}
	if err := json.Unmarshal(resp.body, &page); err != nil {
		return page, "it cannot be read"
	}
	return page, ""
}

// pathElement returns an id escaped as an element of a path.
func pathElement(id string) string { return url.PathEscape(id) }
