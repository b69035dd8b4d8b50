// Package contracttest checks requests and responses against the contract, for tests.
package contracttest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
)

// faultHeader marks a response that breaks the contract on purpose, because of a fault or a habit. The emulator sets it; the
// handler removes it.
const faultHeader = "X-Emulator-Fault"

// Handler returns a handler around h that fails the test if a request or a response breaks the contract. It does not check
// responses that have faultHeader; it does check their requests.
func Handler(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	checker, err := NewChecker()
	if err != nil {
		t.Fatalf("the contract is not valid: %v", err)
	}
	f := &handler{t: t, next: h, checker: checker}
	t.Cleanup(f.end)
	return f
}

type handler struct {
	t       testing.TB
	next    http.Handler
	checker *Checker

	mu   sync.Mutex
	over bool // the test has ended
}

func (f *handler) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
}

func (f *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the caller closed the connection
	}
	call, err := f.checker.Request(r, body)
	if err != nil {
		f.fail("the contract does not allow the request %s %s: %v", r.Method, r.URL.Path, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	recorder := httptest.NewRecorder()
	f.next.ServeHTTP(recorder, r)
	resp := recorder.Result()
	faulty := resp.Header.Get(faultHeader) != ""
	resp.Header.Del(faultHeader)
	if !faulty && err == nil {
		if err := call.Response(r.Context(), resp.StatusCode, resp.Header, recorder.Body.Bytes()); err != nil {
			f.fail("the contract does not allow the response %d to %s %s: %v", resp.StatusCode, r.Method, r.URL.Path, err)
		}
	}
	for name, values := range resp.Header {
		w.Header()[name] = values
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(recorder.Body.Bytes())
}

// fail fails the test, unless the test has ended: Errorf would then panic and end all other tests. The lock keeps the test
// from ending in between.
func (f *handler) fail(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.over {
		f.t.Errorf(format, args...)
	}
}
