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
	callTimeout    = 30 * time.Second
	maxAnswerBytes = 8 << 20
	// maxWaits is how often one call waits out a rate limit.
	maxWaits = 3
)

// reads are the operations that change nothing.
var reads = []string{"ListServiceUserTokens", "GetServiceUserToken", "ListUserTokens", "WhoAmI", "ListPermissionSets", "GetPermissionSet"}

// errReadOnly stops a call that changes something where that was not allowed. No check should ever see it.
var errReadOnly = errors.New("not sent: changes were not allowed")

type clientOptions struct {
	base      *url.URL
	bearer    secret.String
	transport http.RoundTripper
	now       func() time.Time
	wait      func(context.Context, time.Duration) error
	backoff   time.Duration // of the clean-up's repetitions; 0 is the provider's client's own
}

// client sends one call at a time, exactly as it is told to, and judges each response by the contract. The provider's own
// client would repeat, correct and refuse calls that a check has to send.
type client struct {
	opts    clientOptions
	http    *http.Client
	judge   *contracttest.Judge
	write   bool
	secrets []secret.String // the bearer, and every secret that was answered
	seen    observations
}

func newClient(opts clientOptions, write bool) (*client, error) {
	judge, err := contracttest.NewJudge()
	if err != nil {
		return nil, err
	}
	return &client{
		opts: opts, judge: judge, write: write, secrets: []secret.String{opts.bearer},
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

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   []byte
	// unfit says how the response breaks the contract's document; empty when it fits, or the route is not in it.
	unfit string
	err   error  // why there was no response
	words string // what was answered, in words that hold no secret
}

// send sends a call, waits out rate limits, and judges the response.
func (c *client) send(ctx context.Context, r request) answer {
	for waits := 0; ; waits++ {
		a := c.sendOnce(ctx, r)
		if a.status != http.StatusTooManyRequests || waits == maxWaits {
			return a
		}
		seconds, err := strconv.Atoi(a.header.Get("X-RateLimit-Reset"))
		if err != nil || seconds < 1 || seconds > 60 {
			seconds = 5
		}
		if c.opts.wait(ctx, time.Duration(seconds)*time.Second) != nil {
			return a
		}
	}
}

func (c *client) sendOnce(ctx context.Context, r request) answer {
	var body []byte
	if r.body != nil {
		var err error
		if body, err = json.Marshal(r.body); err != nil {
			return answer{err: err}
		}
	}
	requestID := uuid.NewString()
	req, err := c.httpRequest(ctx, r, body, requestID)
	if err != nil {
		return answer{err: err}
	}
	call, err := c.judged(ctx, r, body)
	if err != nil {
		return answer{err: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return c.noAnswer(err)
	}
	defer func() { _ = resp.Body.Close() }()
	a := answer{status: resp.StatusCode, header: resp.Header}
	if a.body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswerBytes)); err != nil {
		return c.noAnswer(err)
	}
	if call != nil {
		if err := call.Answer(ctx, a.status, a.header, a.body); err != nil {
			a.unfit = c.harmless(err.Error(), 400)
		}
	}
	c.seen.note(c, operationOf(call), requestID, a)
	a.words = c.describe(a)
	return a
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

// judged finds the operation that a call belongs to; nil where the contract has none. It refuses a call that changes
// something where that was not allowed: nothing is sent past it.
func (c *client) judged(ctx context.Context, r request, body []byte) (*contracttest.JudgedCall, error) {
	plain, err := http.NewRequestWithContext(ctx, r.method, "http://contract"+r.path+"?"+r.query, http.NoBody)
	if err != nil {
		return nil, err
	}
	plain.Header.Set("Content-Type", "application/json")
	call, _ := c.judge.Request(plain, body) // many checks send what the contract does not allow
	isRead := r.method == http.MethodGet || r.method == http.MethodHead || slices.Contains(reads, operationOf(call))
	if !isRead && !c.write {
		return nil, errReadOnly
	}
	return call, nil
}

func operationOf(call *contracttest.JudgedCall) string {
	if call == nil {
		return ""
	}
	return call.Operation()
}

func (c *client) noAnswer(err error) answer {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err // url.Error repeats the URL
	}
	return answer{err: err, words: "no answer: " + c.harmless(err.Error(), 200)}
}

// remember keeps a secret that was answered, so that nothing shows it.
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

// describe says what was answered: of an error its envelope, of anything else the status alone, because a body may hold
// secrets that nobody told this program about.
func (c *client) describe(a answer) string {
	if a.status < 400 {
		return strconv.Itoa(a.status)
	}
	var e envelope
	if err := json.Unmarshal(a.body, &e); err != nil || e.Code == 0 {
		return fmt.Sprintf("%d without the contract's error envelope (%s)", a.status, c.harmless(a.header.Get("Content-Type"), 60))
	}
	words := fmt.Sprintf("%d, code %d", a.status, e.Code)
	if len(e.Details) > 0 {
		words += ", reason " + c.harmless(e.Details[0].Reason, 60)
		if field := e.Details[0].Metadata["field"]; field != "" {
			words += ", field " + c.harmless(field, 60)
		}
	}
	return words + ": " + c.harmless(e.Message, 160)
}

// readPage reads a response to the list; the problem is empty when it is one.
func readPage(a answer) (page tokenPage, problem string) {
	switch {
	case a.status != http.StatusOK:
		return page, a.words
	case a.unfit != "":
		return page, a.words + ", but " + a.unfit
	}
	if err := json.Unmarshal(a.body, &page); err != nil {
		return page, "it cannot be read"
	}
	return page, ""
}

// pathElement is an id as an element of a path.
func pathElement(id string) string { return url.PathEscape(id) }
