// Package contracttest judges calls and answers by the contract, for tests.
package contracttest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract"
)

// faultHeader marks an answer that breaks the contract on purpose. The emulator sets it; the referee takes it off.
const faultHeader = "X-Emulator-Fault"

// Document loads the contract. It is the same one at each call.
var Document = sync.OnceValues(func() (*openapi3.T, error) {
	document, err := openapi3.NewLoader().LoadFromData(contract.OpenAPI)
	if err != nil {
		return nil, err
	}
	// Tests serve the contract at an address of their own.
	document.Servers = nil
	return document, document.Validate(context.Background())
})

var router = sync.OnceValues(func() (routers.Router, error) {
	document, err := Document()
	if err != nil {
		return nil, err
	}
	return legacy.NewRouter(document)
})

// Referee returns a handler around h that fails the test on any request or answer that the contract does not allow. An
// answer that a fault of the emulator has changed is not judged; its request is.
func Referee(t testing.TB, h http.Handler) http.Handler {
	t.Helper()
	routes, err := router()
	if err != nil {
		t.Fatalf("the contract is not valid: %v", err)
	}
	f := &referee{t: t, next: h, routes: routes}
	t.Cleanup(f.end)
	return f
}

type referee struct {
	t      testing.TB
	next   http.Handler
	routes routers.Router

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
	input, err := f.judgeRequest(r, body)
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
		if err := judgeAnswer(r.Context(), input, answer, recorder.Body.Bytes()); err != nil {
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

func (f *referee) judgeRequest(r *http.Request, body []byte) (*openapi3filter.RequestValidationInput, error) {
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	// The library matches the unescaped path, where an id with an escaped slash would look like two elements.
	copied.URL.Path, copied.URL.RawPath = r.URL.EscapedPath(), ""
	route, params, err := f.routes.FindRoute(copied)
	if err != nil {
		return nil, err
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		SkipSettingDefaults: true, // a default would fill a field in, and a request be judged that nobody sent
	}
	// Its texts hold no value, so that a failing test does not print a secret.
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("%s at %v", err.Reason, err.JSONPointer())
	})
	input := &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route, Options: options}
	if err := onlyDeclared(route, copied, body); err != nil {
		return nil, err
	}
	return input, openapi3filter.ValidateRequest(r.Context(), input)
}

// onlyDeclared refuses a query parameter or a body that the operation does not have, which the library lets pass.
func onlyDeclared(route *routers.Route, r *http.Request, body []byte) error {
	if route.Operation.RequestBody == nil && len(body) > 0 {
		return errors.New("the operation has no request body")
	}
	for name := range r.URL.Query() {
		if route.Operation.Parameters.GetByInAndName(openapi3.ParameterInQuery, name) == nil {
			return fmt.Errorf("the query parameter %q is not in it", name)
		}
	}
	return nil
}

func judgeAnswer(ctx context.Context, input *openapi3filter.RequestValidationInput, answer *http.Response, body []byte) error {
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: input, Status: answer.StatusCode, Header: answer.Header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: input.Options,
	})
}
