package emulator

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// request is a call that the emulator is serving.
type request struct {
	*http.Request
	caller *user
	call   *Call
}

// response is what the emulator sends.
type response struct {
	status int
	body   any
	// breaks names the habits because of which it breaks the contract.
	breaks []string
}

// serve takes one call through its steps: the caller, the rate limit, the request's form, the work, the response. Faults act
// before and after the work.
func (e *Emulator) serve(w http.ResponseWriter, req *http.Request, r route) {
	call := e.newCall(req, r)
	fault, faulted := e.faults.next(r.ID, call.TokenID)
	if faulted && !fault.before(req) {
		e.journal(call)
		panic(http.ErrAbortHandler)
	}
	var result response
	if !fault.replacesWork() {
		result = e.dress(r.ID, e.perform(&request{req, nil, &call}, r))
	}
	if faulted {
		result = fault.apply(result, func(a response) response { return e.dress(r.ID, a) })
	}
	call.Status = result.status
	if faulted && fault.Cut == CutAfter {
		call.Status = 0
	}
	e.journal(call)
	if faulted {
		if !fault.after(req) {
			panic(http.ErrAbortHandler)
		}
		if fault.changesResponse() {
			w.Header().Set(FaultHeader, "1")
		}
	}
	e.write(w, call, result, fault)
}

// perform does a call's work and returns its response, without faults and habits.
func (e *Emulator) perform(r *request, route route) response {
	body, err := e.carryOut(r, route)
	if err != nil {
		var refused *refusal
		if !errors.As(err, &refused) {
			refused = ofStatus(http.StatusInternalServerError)
		}
		return response{status: refused.status, body: refused.body()}
	}
	return response{status: http.StatusOK, body: body}
}

func (e *Emulator) carryOut(r *request, route route) (any, error) {
	if err := e.admit(r, route); err != nil {
		return nil, err
	}
	do, err := route.read(e, r)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	body, err := do()
	r.call.Acted = err == nil
	return body, err
}

// admit sets the call's caller and checks its rate limit and permission. A service user's call counts as a use of its token.
func (e *Emulator) admit(r *request, route route) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	u := e.callerOf(r.Request)
	if u == nil {
		return unauthenticated
	}
	r.caller = u
	if !e.windowOf(u).admit(e.instant(), e.opts.RateLimit) {
		return rateLimited
	}
	if u.token != nil {
		now := e.instant()
		u.token.lastUsedAt = &now
	}
	if route.manages && !u.may(PermissionOrganization) {
		return denied("managing tokens needs the permission \"Platform management: Organization\"")
	}
	return nil
}

// callerOf returns the user of a request's API token; nil if the token is not accepted.
func (e *Emulator) callerOf(req *http.Request) *user {
	scheme, bearer, ok := strings.Cut(req.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") {
		return nil
	}
	return e.userOf(bearer)
}

func (e *Emulator) callerID(req *http.Request) string {
	e.mu.Lock()
	defer e.mu.Unlock()
	if u := e.callerOf(req); u != nil {
		return u.id
	}
	return ""
}

// userOf returns the user of an API token; nil if the token is not accepted.
func (e *Emulator) userOf(bearer string) *user {
	u := e.bearers[hashOf(bearer)]
	if u != nil && u.token != nil && u.token.status(e.instant()) != statusActive {
		return nil
	}
	return u
}

// Accepts reports whether the API would accept a secret now. It does not count as a use of the token.
func (e *Emulator) Accepts(secret string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.userOf(secret) != nil
}

// window counts a user's calls.
type window struct {
	start time.Time
	calls int
}

func (e *Emulator) windowOf(u *user) *window {
	if e.windows[u.id] == nil {
		e.windows[u.id] = &window{}
	}
	return e.windows[u.id]
}

func (w *window) admit(now time.Time, limit int) bool {
	// If the clock was set back, a new window starts: the old one would stay open until the clock has caught up.
	if since := now.Sub(w.start); since < 0 || since >= rateLimitWindow {
		w.start, w.calls = now, 0
	}
	w.calls++
	return limit < 0 || w.calls <= limit
}

// write sends the response. It is the only function that does.
func (e *Emulator) write(w http.ResponseWriter, call Call, result response, fault Fault) {
	e.ownHeaders(w.Header(), call, fault)
	if len(result.breaks) > 0 {
		w.Header().Set(FaultHeader, strings.Join(result.breaks, ","))
	}
	// If a fault replaced the work, the call was not counted.
	if !e.opts.OmitRateLimitHeaders && !fault.OmitRateLimitHeaders && !fault.replacesWork() {
		e.rateLimitHeaders(w.Header(), call.CallerID)
	}
	for name, values := range fault.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	contentType, body := result.content()
	if contentType != "" {
		w.Header().Set("Content-Type", contentType)
	}
	w.WriteHeader(result.status)
	_, _ = w.Write(body)
}

func (a response) content() (contentType string, body []byte) {
	if raw, ok := a.body.(rawBody); ok {
		return raw.contentType, raw.bytes
	}
	body, _ = json.Marshal(a.body)
	return "application/json", body
}

// ownHeaders sets the headers that the service sets itself. An intermediary sends no request id, and its clock is right.
func (e *Emulator) ownHeaders(header http.Header, call Call, fault Fault) {
	if fault.foreign {
		header.Set("Date", e.opts.Now().UTC().Format(http.TimeFormat))
		return
	}
	header.Set("Date", e.instant().Add(e.opts.Habits.DateOffset).Format(http.TimeFormat))
	header.Set("X-Request-ID", call.RequestID)
}

func (e *Emulator) rateLimitHeaders(header http.Header, userID string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	window, limit := e.windows[userID], e.opts.RateLimit
	if window == nil || limit < 0 {
		return
	}
	reset := rateLimitWindow - e.instant().Sub(window.start)
	header.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(max(0, limit-window.calls)))
	header.Set("X-RateLimit-Reset", strconv.Itoa(max(0, int(math.Ceil(reset.Seconds())))))
}
