package contracttest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract"
)

// Document loads the contract. Every call returns the same document.
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

// Checker checks requests and responses against the contract.
type Checker struct {
	routes routers.Router
}

// NewChecker returns a checker. The error says what is wrong with the contract itself.
func NewChecker() (*Checker, error) {
	routes, err := router()
	return &Checker{routes}, err
}

// Call is a checked request to one operation of the contract. It can check the response too.
type Call struct {
	input *openapi3filter.RequestValidationInput
}

// Request checks a request. If its operation does not allow the request, it returns an error and the call. The call is nil
// only if the request belongs to no operation.
func (k *Checker) Request(r *http.Request, body []byte) (*Call, error) {
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	// The library matches the unescaped path, where an id with an escaped slash would look like two elements.
	copied.URL.Path, copied.URL.RawPath = r.URL.EscapedPath(), ""
	route, params, err := k.routes.FindRoute(copied)
	if err != nil {
		return nil, err
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		SkipSettingDefaults: true, // a default would fill in a field that the request does not have
	}
	// The errors contain no value, so that a failing test does not print a secret.
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("%s at %v", cmp.Or(err.Reason, "the schema's "+strconv.Quote(err.SchemaField)+" is broken"), err.JSONPointer())
	})
	input := &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route, Options: options}
	if err := onlyDeclared(route, copied, body); err != nil {
		return &Call{input}, err
	}
	return &Call{input}, openapi3filter.ValidateRequest(r.Context(), input)
}

// onlyDeclared returns an error for a query parameter or a body that the operation does not have. The library accepts them.
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

// Operation returns the call's operationId.
func (c *Call) Operation() string { return c.input.Route.Operation.OperationID }

// Response checks a response to the call: its status, headers and body.
func (c *Call) Response(ctx context.Context, status int, header http.Header, body []byte) error {
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: c.input, Status: status, Header: header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: c.input.Options,
	})
}
