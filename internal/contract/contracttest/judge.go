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

// Judge says whether requests and answers are what the contract allows.
type Judge struct {
	routes routers.Router
}

// NewJudge returns a judge. The error says what is wrong with the contract itself.
func NewJudge() (*Judge, error) {
	routes, err := router()
	return &Judge{routes}, err
}

// JudgedCall is a request of one operation of the contract, whose response can be judged.
type JudgedCall struct {
	input *openapi3filter.RequestValidationInput
}

// Request judges a request. A request that its operation does not allow is an error, and a call all the same: nil is
// returned only for one that belongs to no operation.
func (j *Judge) Request(r *http.Request, body []byte) (*JudgedCall, error) {
	copied := r.Clone(r.Context())
	copied.Body = io.NopCloser(bytes.NewReader(body))
	// The library matches the unescaped path, where an id with an escaped slash would look like two elements.
	copied.URL.Path, copied.URL.RawPath = r.URL.EscapedPath(), ""
	route, params, err := j.routes.FindRoute(copied)
	if err != nil {
		return nil, err
	}
	options := &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true,
		SkipSettingDefaults: true, // a default would fill a field in, and a request be judged that nobody sent
	}
	// Its texts hold no value, so that a failing test does not print a secret.
	options.WithCustomSchemaErrorFunc(func(err *openapi3.SchemaError) string {
		return fmt.Sprintf("%s at %v", cmp.Or(err.Reason, "the schema's "+strconv.Quote(err.SchemaField)+" is broken"), err.JSONPointer())
	})
	input := &openapi3filter.RequestValidationInput{Request: copied, PathParams: params, Route: route, Options: options}
	if err := onlyDeclared(route, copied, body); err != nil {
		return &JudgedCall{input}, err
	}
	return &JudgedCall{input}, openapi3filter.ValidateRequest(r.Context(), input)
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

// Operation is the call's operationId.
func (c *JudgedCall) Operation() string { return c.input.Route.Operation.OperationID }

// Answer judges a response to the call: its status, headers and body.
func (c *JudgedCall) Answer(ctx context.Context, status int, header http.Header, body []byte) error {
	return openapi3filter.ValidateResponse(ctx, &openapi3filter.ResponseValidationInput{
		RequestValidationInput: c.input, Status: status, Header: header,
		Body: io.NopCloser(bytes.NewReader(body)), Options: c.input.Options,
	})
}
