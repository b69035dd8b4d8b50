package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// The contract's paths.
const (
	tokensPath         = "/tokens/v1/service_user_tokens"
	userTokensPath     = "/tokens/v1/user_tokens"
	whoAmIPath         = "/accounts/user/v1/user:WhoAmI"
	permissionSetsPath = "/permissions/v1/permission_sets"
	permissionSetPath  = "/permissions/v1/permission_set/"
)

// checker makes the checks, one after the other, and adds each to the report.
type checker struct {
	client *client
	report report
	sets   []string // ids of existing permission sets
}

// all makes every check that is allowed. Afterwards, and after every error, it deletes the tokens that it created.
func (k *checker) all(ctx context.Context) {
	var caller caller
	if !k.succeeds(ctx, "WhoAmI", "returns the caller", get(whoAmIPath), &caller) {
		k.skip("every other operation", "everything else", "the credential or the host does not work: see WhoAmI")
		return
	}
	k.authentication(ctx)
	k.permissionSets(ctx)
	if !k.client.write {
		k.lists(ctx)
		k.skip("service user tokens", "create, edit, revoke, regenerate, delete", "only reads were allowed; WRITE=1 allows tokens of its own")
	} else {
		l := newLife(k)
		l.begin(ctx)
		k.lists(ctx)
		l.live(ctx)
		l.cleanUp(ctx)
	}
	k.userTokens(ctx, caller)
	k.unknownRoutes(ctx)
	k.everyResponse()
}

type caller struct {
	UserID string `json:"user_id"`
}

// check adds a check to the report, as ok or as a difference.
func (k *checker) check(operation, title string, good bool, expected, received string) {
	if good {
		k.passes(operation, title)
		return
	}
	k.differs(operation, title, expected, received)
}

// passes adds a check to the report as ok. It returns true.
func (k *checker) passes(operation, title string) bool {
	k.report.results = append(k.report.results, result{operation: operation, title: title, verdict: ok})
	return true
}

// differs adds a check to the report as a difference. It returns false.
func (k *checker) differs(operation, title, expected, received string) bool {
	k.report.results = append(k.report.results, result{operation: operation, title: title, verdict: differs, expected: expected, received: received})
	return false
}

func (k *checker) skip(operation, title, why string) {
	k.report.results = append(k.report.results, result{operation: operation, title: title, verdict: notChecked, why: why})
}

// further is a condition on a response that the contract's document cannot express.
type further func() (good bool, expected, received string)

// succeeds checks that the response to a call is 200, fits the contract and meets the further conditions. It reads the response
// into out.
func (k *checker) succeeds(ctx context.Context, operation, title string, r request, out any, wants ...further) bool {
	resp, fine := k.sent(ctx, operation, title, r)
	if !fine {
		return false
	}
	err := json.Unmarshal(resp.body, out) // even if the response does not fit: the clean-up needs the id of a token in it
	switch {
	case resp.status != http.StatusOK:
		return k.differs(operation, title, "200", resp.words)
	case resp.unfit != "":
		return k.differs(operation, title, "a response that fits the contract's document", resp.words+", but "+resp.unfit)
	case err != nil:
		return k.differs(operation, title, "JSON of the contract", resp.words+", which cannot be read")
	}
	for _, want := range wants {
		if good, expected, received := want(); !good {
			return k.differs(operation, title, expected, received)
		}
	}
	return k.passes(operation, title)
}

// refusal is an error of the contract.
type refusal struct {
	status, code  int
	reason, field string // empty: any
}

var (
	unauthenticated = refusal{status: http.StatusUnauthorized, code: 16}
	notFound        = refusal{status: http.StatusNotFound, code: 5}
	notActive       = refusal{status: http.StatusBadRequest, code: 9, reason: api.ReasonTokenNotActive}
	stillActive     = refusal{status: http.StatusBadRequest, code: 9, reason: api.ReasonTokenActive}
)

func invalid(field string) refusal {
	return refusal{status: http.StatusBadRequest, code: 3, reason: "INVALID_FIELD", field: field}
}

func (w refusal) words() string {
	words := fmt.Sprintf("%d, code %d", w.status, w.code)
	if w.reason != "" {
		words += ", reason " + w.reason
	}
	if w.field != "" {
		words += ", field " + w.field
	}
	return words
}

func (w refusal) is(resp response) bool {
	var e envelope
	if json.Unmarshal(resp.body, &e) != nil || resp.status != w.status || e.Code != w.code || len(e.Details) == 0 {
		return false
	}
	first := e.Details[0]
	return (w.reason == "" || w.reason == first.Reason) && (w.field == "" || w.field == first.Metadata["field"])
}

// refuses checks that a call is refused with the contract's error.
func (k *checker) refuses(ctx context.Context, operation, title string, r request, want refusal) response {
	resp, fine := k.sent(ctx, operation, title, r)
	switch {
	case !fine:
	case !want.is(resp):
		k.differs(operation, title, want.words(), resp.words)
	case resp.unfit != "":
		k.differs(operation, title, "an error that fits the contract's document", resp.words+", but "+resp.unfit)
	default:
		k.passes(operation, title)
	}
	return resp
}

// sent sends a call. It returns false if there is no response to check; the report then says so.
func (k *checker) sent(ctx context.Context, operation, title string, r request) (response, bool) {
	if ctx.Err() != nil {
		k.skip(operation, title, "interrupted")
		return response{}, false
	}
	resp := k.client.send(ctx, r)
	switch {
	case ctx.Err() != nil:
		k.skip(operation, title, "interrupted")
	case resp.err != nil:
		k.differs(operation, title, "a response", resp.words)
	case resp.status == http.StatusTooManyRequests:
		k.skip(operation, title, "the server's rate limit was not over after three waits")
	default:
		return resp, true
	}
	return resp, false
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

func getWith(path, query string) request {
	return request{method: http.MethodGet, path: path, query: query}
}

func post(path string, body any) request {
	return request{method: http.MethodPost, path: path, body: body}
}

func (r request) as(bearer secret.String) request {
	r.bearer = &bearer
	return r
}

// fields is a request's body.
type fields map[string]any

// unknownID returns an id that does not exist.
func unknownID() string { return uuid.NewString() }
