package emulator

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"
)

// FaultHeader marks a response that a fault has changed, or a habit that the contract forbids: it may break the contract on
// purpose. Its value names such habits.
const FaultHeader = "X-Emulator-Fault"

// Cut is where a connection is cut.
type Cut int

// The places.
const (
	CutNone Cut = iota
	// CutBefore cuts before the work is done: the call was not acted on.
	CutBefore
	// CutAfter cuts after the work is done: the call was acted on, and its caller sees nothing.
	CutAfter
)

// Fault is something that goes wrong with a call.
type Fault struct {
	// Operation is the operationId; empty for any.
	Operation string
	// Call is which matching call from now on goes wrong, 1 for the next; 0 for every one.
	Call int
	// Every is which matching calls go wrong, with Call 0: each third for 3; 0 or 1 for each one.
	Every int
	// Token limits it to calls on the token with this id; empty for any.
	Token string
	// Delay is waited before the work, or after it with DelayAfter.
	Delay      time.Duration
	DelayAfter bool
	// Cut cuts the connection.
	Cut Cut
	// Status is answered. The work is not done, unless AfterWork; without the work, the call is not counted and the response
	// carries no x-ratelimit-* but those of Header.
	Status    int
	AfterWork bool
	// Body is the response's body, with Status. Empty without ContentType is the contract's error for the status.
	Body string
	// Empty answers an empty body, with Status.
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

	foreign bool // somebody else's answer: without the service's headers
}

// Fail makes calls go wrong from now on.
func (e *Emulator) Fail(f Fault) { e.faults.add(f) }

// Heal forgets all faults.
func (e *Emulator) Heal() { e.faults.clear() }

// faults are those that are in force.
type faults struct {
	mu       sync.Mutex
	pending  []*pendingFault
	standing []*pendingFault // habits: they are not healed, and strike what the pending ones do not
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

// next counts a call and returns the fault that strikes it, the oldest where there are several.
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

// fault is what an intermediary does to calls.
func (i Intermediary) fault() Fault {
	return Fault{
		Operation: i.Operation, Every: i.Every, Status: i.Status, AfterWork: i.AfterWork, foreign: true, OmitRateLimitHeaders: true,
		Body: fmt.Sprintf(htmlPage, http.StatusText(i.Status)), ContentType: "text/html",
	}
}

// before is what goes wrong before the work; false cuts the connection.
func (f Fault) before(r *http.Request) bool {
	if f.Before != nil {
		f.Before()
	}
	if f.Delay > 0 && !f.DelayAfter && !pause(r.Context(), f.Delay) {
		return false
	}
	return f.Cut != CutBefore
}

// after is what goes wrong after the work; false cuts the connection.
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

// changesAnswer says that the response may break the contract. One that is only late, or cut off, does not.
func (f Fault) changesAnswer() bool { return f.Status != 0 || f.Rewrite != nil || len(f.Header) > 0 }

// rawBody is a body that is written as it is.
type rawBody struct {
	contentType string
	bytes       []byte
}

// answer is what the caller sees instead of the real answer. An error of the contract is written as dress writes errors.
func (f *Fault) answer(real answer, dress func(answer) answer) answer {
	if f.Rewrite != nil {
		_, bytes := real.content()
		header := http.Header{}
		maps.Copy(header, f.Header)
		status, rewritten := f.Rewrite(real.status, header, bytes)
		f.Header = header
		return answer{status: status, body: rawBody{f.contentType(), rewritten}}
	}
	switch {
	case f.Status == 0:
		return real
	case f.Empty || f.Body != "" || f.ContentType != "":
		return answer{status: f.Status, body: rawBody{f.contentType(), []byte(f.Body)}}
	default:
		return dress(answer{status: f.Status, body: ofStatus(f.Status).body()})
	}
}

func (f *Fault) contentType() string {
	if f.ContentType == "" {
		return "application/json"
	}
	return f.ContentType
}
