package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// FaultHeader marks a response that a fault or a forbidden habit has changed: it may break the contract on purpose. Its value
// names the habits.
const FaultHeader = "X-Emulator-Fault"

// Cut is where a connection is cut.
type Cut int

// The places.
const (
	CutNone Cut = iota
	// CutBefore cuts before the work: the call is not carried out.
	CutBefore
	// CutAfter cuts after the work: the call is carried out, and its response is lost.
	CutAfter
)

// Fault is something that goes wrong with a call.
type Fault struct {
	// Operation is the operationId; empty for any.
	Operation string
	// Call says which matching call goes wrong, 1 for the next one; 0 for every one.
	Call int
	// Every says which matching calls go wrong if Call is 0: every third for 3; 0 or 1 for every one.
	Every int
	// Token limits it to calls on the token with this id; empty for any.
	Token string
	// Delay is a pause before the work, or after it with DelayAfter.
	Delay      time.Duration
	DelayAfter bool
	// Cut cuts the connection.
	Cut Cut
	// Status is the response's status. The work is not done, unless AfterWork is set; without the work, the call is not counted
	// and the response has no x-ratelimit-* headers except those in Header.
	Status    int
	AfterWork bool
	// Body is the response's body, with Status. Empty without ContentType is the contract's error for the status.
	Body string
	// Empty sends an empty body, with Status.
	Empty bool
	// ContentType is the body's; empty is JSON.
	ContentType string
	// Header is added to the response.
	Header http.Header
	// OmitRateLimitHeaders leaves x-ratelimit-* out.
	OmitRateLimitHeaders bool
	// Rewrite changes the response's status and body right after the work. The headers that it sets are added.
	Rewrite func(status int, header http.Header, body []byte) (int, []byte)
	// Before and After are run before and after the work, outside the emulator's lock.
	Before, After func()

	foreign bool // an intermediary's response: without the service's headers
}

// Fail makes calls go wrong from now on.
func (e *Emulator) Fail(f Fault) { e.faults.add(f) }

// Heal removes all faults.
func (e *Emulator) Heal() { e.faults.clear() }

// faults are the current faults.
type faults struct {
	mu       sync.Mutex
	pending  []*pendingFault
	standing []*pendingFault // of habits: Heal keeps them, and they apply to calls without a pending fault
}

type pendingFault struct {
	Fault
	seen int
}

func (f *faults) add(fault Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = append(f.pending, &pendingFault{Fault: fault})
}

func (f *faults) stand(fault Fault) {
	f.standing = append(f.standing, &pendingFault{Fault: fault})
}

func (f *faults) clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pending = nil
}

// next counts a call and returns its fault; the oldest one if several match.
func (f *faults) next(operation, tokenID string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var struck *pendingFault
	for _, p := range slices.Concat(f.pending, f.standing) {
		if (p.Operation != "" && p.Operation != operation) || (p.Token != "" && p.Token != tokenID) {
			continue
		}
		p.seen++
		if struck == nil && p.strikes() {
			struck = p
		}
	}
	f.pending = slices.DeleteFunc(f.pending, func(p *pendingFault) bool { return p.Call != 0 && p.seen >= p.Call })
	if struck == nil {
		return Fault{}, false
	}
	return struck.Fault, true
}

func (p *pendingFault) strikes() bool {
	if p.Call != 0 {
		return p.Call == p.seen
	}
	return p.Every <= 1 || p.seen%p.Every == 0
}

// fault returns the fault that acts as the intermediary does.
func (i Intermediary) fault() Fault {
	return Fault{
		Operation: i.Operation, Every: i.Every, Status: i.Status, AfterWork: i.AfterWork, foreign: true, OmitRateLimitHeaders: true,
		Body: fmt.Sprintf(htmlPage, http.StatusText(i.Status)), ContentType: "text/html",
	}
}

// before does the fault's part before the work; false cuts the connection.
func (f Fault) before(r *http.Request) bool {
	if f.Before != nil {
		f.Before()
	}
	if f.Delay > 0 && !f.DelayAfter && !pause(r.Context(), f.Delay) {
		return false
	}
	return f.Cut != CutBefore
}

// after does the fault's part after the work; false cuts the connection.
func (f Fault) after(r *http.Request) bool {
	if f.After != nil {
		f.After()
	}
	if f.Delay > 0 && f.DelayAfter && !pause(r.Context(), f.Delay) {
		return false
	}
	return f.Cut != CutAfter
}

func (f Fault) replacesWork() bool { return f.Status != 0 && !f.AfterWork }

// changesResponse reports whether the response may break the contract. A response that is only late or cut off does not.
func (f Fault) changesResponse() bool { return f.Status != 0 || f.Rewrite != nil || len(f.Header) > 0 }

// rawBody is a body that is sent unchanged.
type rawBody struct {
	contentType string
	bytes       []byte
}

// apply returns what the caller gets instead of the real response. An error of the contract gets the habits' form by dress.
func (f *Fault) apply(real response, dress func(response) response) response {
	if f.Rewrite != nil {
		_, bytes := real.content()
		header := http.Header{}
		maps.Copy(header, f.Header)
		status, rewritten := f.Rewrite(real.status, header, bytes)
		f.Header = header
		return response{status: status, body: rawBody{f.contentType(), rewritten}}
	}
	switch {
	case f.Status == 0:
		return real
	case f.Empty || f.Body != "" || f.ContentType != "":
		return response{status: f.Status, body: rawBody{f.contentType(), []byte(f.Body)}}
	default:
		return dress(response{status: f.Status, body: ofStatus(f.Status).body()})
	}
}

func (f *Fault) contentType() string {
	if f.ContentType == "" {
		return "application/json"
	}
	return f.ContentType
}
