// Package contracttest judges calls and answers by the contract, for tests.
package contracttest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// faultHeader marks a response that breaks the contract on purpose: a fault changed it, or a habit that the contract forbids,
// which its value then names. The emulator sets it; the referee takes it off.
const faultHeader = "X-Emulator-Fault"

// Referee returns a handler around h that fails the test on any request or answer that the contract does not allow. An
// answer that a fault of the emulator, or a forbidden habit, has changed is not judged; its request is, and so is what such a
// habit left as it was.
func Referee(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	judge, err := NewJudge()
	if err != nil {
		t.Fatalf("the contract is not valid: %v", err)
	}
	f := &referee{t: t, next: h, judge: judge}
	t.Cleanup(f.end)
	return f
}

type referee struct {
	t     testing.TB
	next  http.Handler
	judge *Judge

	mu   sync.Mutex
	over bool // the test has ended
}

func (f *referee) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
}

func (f *referee) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller went away
	}
	call, err := f.judge.Request(r, body)
	if err != nil {
		f.fail("the contract does not allow the request %s %s: %v", r.Method, r.URL.Path, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	recorder := httptest.NewRecorder()
	f.next.ServeHTTP(recorder, r)
	answer := recorder.Result()
	faulty := answer.Header.Get(faultHeader) != ""
	answer.Header.Del(faultHeader)
	if !faulty && err == nil {
		if err := call.Answer(r.Context(), answer.StatusCode, answer.Header, recorder.Body.Bytes()); err != nil {
			f.fail("the contract does not allow the answer %d to %s %s: %v", answer.StatusCode, r.Method, r.URL.Path, err)
		}
	}
	for name, values := range answer.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = w.Write(recorder.Body.Bytes())
}

// fail fails the test, unless it is over: a call that it did not wait for must not bring the others down. The lock keeps
// the test from ending in between.
func (f *referee) fail(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.t.Errorf(format, args...)
	}
}
