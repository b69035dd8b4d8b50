// Package emulator implements the token API's contract in memory, for development, demos and tests.
package emulator

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"path"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"
)

// The contract's limits.
const (
	defaultActiveTokenLimit     = 20
	defaultActiveUserTokenLimit = 10
	defaultRateLimit            = 800
	rateLimitWindow             = 60 * time.Second
	maxBodyBytes                = 1 << 20
)

// Options are what an emulator starts with. The zero value is usable.
type Options struct {
	// Bearer is the API token of the first organization's administrator; empty generates one.
	Bearer string
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Seed makes ids and secrets the same each time; 0 makes them random.
	Seed uint64
	// ActiveTokenLimit is how many active service user tokens an organization may have; 0 is 20.
	ActiveTokenLimit int
	// ActiveUserTokenLimit is how many active tokens a person may have; 0 is 10.
	ActiveUserTokenLimit int
	// RateLimit is how many calls a user may make in 60 seconds; 0 is 800, negative is no limit.
	RateLimit int
	// OmitRateLimitHeaders leaves x-ratelimit-* out of every response, because the real service may.
	OmitRateLimitHeaders bool
	// Latency is a pause before every response.
	Latency time.Duration
	// Tokens is how many service user tokens there are at the start: active ones up to the limit, then revoked ones.
	Tokens int
	// PermissionSetShape is how permission sets are nested in responses.
	PermissionSetShape PermissionSetShape
	// Habits are ways in which this server differs from the emulator's usual form.
	Habits Habits
	// OnSecret is called with every new secret; nil calls nothing. The emulator itself keeps only hashes. OnSecret runs under
	// the emulator's lock, so it must not call the emulator.
	OnSecret func(secret string)
}

// PermissionSetShape is one of the three ways in which clients were seen to read permission sets.
type PermissionSetShape int

// The shapes.
const (
	// ShapeNested is {"permission_set": {"identifier": {…}, "permissions": {…}}}.
	ShapeNested PermissionSetShape = iota
	// ShapeIdentifier is {"identifier": {…}, "permissions": {…}}.
	ShapeIdentifier
	// ShapeFlat has all fields at the top.
	ShapeFlat
)

// Emulator is the API as an http.Handler. It is safe for concurrent use.
type Emulator struct {
	opts   Options
	plain  bool // it has no habits
	mux    *http.ServeMux
	faults faults

	mu            sync.Mutex
	random        *randomness
	organizations []*organization
	bearers       map[hash]*user
	windows       map[string]*window // by user id
	calls         []Call
	responses     int                  // how many tokens were sent, to vary their form
	unseen        map[string][]*unseen // by token id, oldest first
}

// New returns an emulator with one organization, its administrator, and the tokens that Options ask for.
func New(opts Options) *Emulator {
	e := prepare(opts)
	e.addOrganization(e.opts.Bearer)
	e.seed()
	return e
}

// prepare returns an emulator that has no organization yet.
func prepare(opts Options) *Emulator {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	if opts.ActiveTokenLimit == 0 {
		opts.ActiveTokenLimit = defaultActiveTokenLimit
	}
	if opts.ActiveUserTokenLimit == 0 {
		opts.ActiveUserTokenLimit = defaultActiveUserTokenLimit
	}
	if opts.RateLimit == 0 {
		opts.RateLimit = defaultRateLimit
	}
	if opts.OnSecret == nil {
		opts.OnSecret = func(string) {}
	}
	e := &Emulator{opts: opts, random: newRandomness(opts.Seed), bearers: map[hash]*user{}, windows: map[string]*window{}, unseen: map[string][]*unseen{}}
	e.plain = reflect.ValueOf(opts.Habits).IsZero()
	for _, i := range opts.Habits.Intermediaries {
		e.faults.stand(i.fault())
	}
	if e.opts.Bearer == "" {
		e.opts.Bearer = e.random.secret()
	}
	e.mux = e.newMux()
	return e
}

// Bearer returns the API token of the first organization's administrator.
func (e *Emulator) Bearer() string { return e.opts.Bearer }

// OrganizationID is the first organization's id.
func (e *Emulator) OrganizationID() string { return e.first().id }

// CallerID is the user id of the first organization's administrator.
func (e *Emulator) CallerID() string { return e.first().administrator.id }

// first returns the first organization. It takes the lock, because adding another organization can move the list.
func (e *Emulator) first() *organization {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.organizations[0]
}

// AddOrganization adds an organization with an administrator, and returns its id and the administrator's API token.
func (e *Emulator) AddOrganization() (organizationID, bearer string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	bearer = e.random.secret()
	return e.addOrganization(bearer).id, bearer
}

// AddPerson adds a person with these permissions to the first organization, and returns the user id and API token.
func (e *Emulator) AddPerson(permissions ...string) (userID, bearer string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	bearer = e.random.secret()
	u := &user{id: e.random.userID(), first: "Robin", last: "Example", organization: e.organizations[0], permissions: permissions}
	e.bearers[hashOf(bearer)] = u
	return u.id, bearer
}

// ServeHTTP implements http.Handler.
func (e *Emulator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	// net/http notices a closed connection only after the body was read. Without this, a pause would outlast its caller.
	r.Body = receive(http.MaxBytesReader(w, r.Body, maxBodyBytes))
	if e.opts.Latency > 0 && !pause(r.Context(), e.opts.Latency) {
		panic(http.ErrAbortHandler)
	}
	// ServeMux redirects a path such as //tokens. An API does not, and a client with such a bug must see an error.
	if p := r.URL.EscapedPath(); !strings.HasPrefix(p, "/") || path.Clean(p) != p {
		e.refuse(w, r, unknownRoute)
		return
	}
	e.mux.ServeHTTP(w, r)
}

// pause waits for d, or until ctx ends, and reports whether it waited to the end.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// Call is one call in the journal.
type Call struct {
	// Operation is the contract's operationId; empty for a path that is not in the contract.
	Operation string
	// Method and Path are the request's.
	Method, Path string
	// TokenID is the service user token in the path; empty if there is none.
	TokenID string
	// CallerID is the user of the API token; empty if the token is not accepted.
	CallerID string
	// RequestID is the X-Request-ID of the response.
	RequestID string
	// Header is the request's, without Authorization.
	Header http.Header
	// Status is the status that the caller got; 0 if the connection was cut.
	Status int
	// Acted says that the call was carried out, even if its response was changed or lost.
	Acted bool
	// Time is when the call arrived.
	Time time.Time
}

// Calls returns the journal, oldest call first.
func (e *Emulator) Calls() []Call {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.calls)
}

// CallsOf returns the calls of one operation.
func (e *Emulator) CallsOf(operation string) []Call {
	var calls []Call
	for _, call := range e.Calls() {
		if call.Operation == operation {
			calls = append(calls, call)
		}
	}
	return calls
}

// ForgetCalls empties the journal.
func (e *Emulator) ForgetCalls() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = nil
}

func (e *Emulator) journal(call Call) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.calls = append(e.calls, call)
}

func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}
