package api

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"unicode"
)

// The gRPC codes and reasons of the contract that callers decide on.
const (
	codeNotFound = 5

	reasonInvalidField = "INVALID_FIELD"

	// ReasonActiveTokenLimit: the organization has reached its active-token limit. Metadata has "limit".
	ReasonActiveTokenLimit = "ACTIVE_TOKEN_LIMIT_REACHED"
	// ReasonTokenNotActive: edit and revoke need an active token.
	ReasonTokenNotActive = "TOKEN_NOT_ACTIVE"
	// ReasonTokenActive: regenerate and delete need a revoked or expired token.
	ReasonTokenActive = "TOKEN_ACTIVE"
)

// Error is a response with a status other than 2xx.
type Error struct {
	// Operation is the contract's operationId.
	Operation string
	// Status is the HTTP status.
	Status int
	// Envelope says whether the body is the contract's error envelope: a JSON object with a gRPC code that can be read, or
	// with an ErrorInfo's reason. Without it, something between here and the API may have written the response.
	Envelope bool
	// Code is the gRPC code, in any of its written forms; 0 if there is none.
	Code int
	// Reason is the ErrorInfo's reason; empty when there was none.
	Reason string
	// Metadata is the ErrorInfo's metadata.
	Metadata map[string]string
	// Message is the server's message, made printable, without secrets, at most 300 characters.
	Message string
	// RequestID is the X-Request-ID of the call.
	RequestID string
}

func (e *Error) Error() string {
	message := cmp.Or(e.Message, strings.ToLower(http.StatusText(e.Status)))
	if message != "" {
		message = ": " + message
	}
	return fmt.Sprintf("%s: the server responded %d%s%s", e.Operation, e.Status, message, requestID(e.RequestID))
}

// requestID returns the end of an error's text. It is empty for an error about a whole list, which has no single request.
func requestID(id string) string {
	if id == "" {
		return ""
	}
	return " (request id " + id + ")"
}

// ResponseError is a 2xx response that is not what the contract says. The API has carried out the call.
type ResponseError struct {
	Operation string
	Status    int
	RequestID string
	// Err says what was wrong; it contains nothing of the body.
	Err error
}

func (e *ResponseError) Error() string {
	return fmt.Sprintf("%s: the server responded %d, but %v%s", e.Operation, e.Status, e.Err, requestID(e.RequestID))
}

// Unwrap returns what was wrong.
func (e *ResponseError) Unwrap() error { return e.Err }

// IsNotFound reports whether the API says, with the contract's error envelope, that the thing in the call's path does not
// exist. It is false for a 404 without that envelope, which comes from a wrong host or a proxy, and for a 404 to a call whose
// path names no thing, such as a list.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Code == codeNotFound && !namesNothing(e.Operation)
}

// HasReason reports whether the API refused for the given reason.
func HasReason(err error, reason string) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == reason
}

// IsRefusedState reports whether the token's state may be why a call was refused: the status is 400, 409 or 412, and the
// reason is not an invalid field of the request. The token may already be in the desired state: read it to find out.
func IsRefusedState(err error) bool {
	var e *Error
	if !errors.As(err, &e) || e.Reason == reasonInvalidField {
		return false
	}
	switch e.Status {
	case http.StatusBadRequest, http.StatusConflict, http.StatusPreconditionFailed:
		return true
	}
	return false
}

// MayHaveActed reports whether the API may have carried out a failed call. It may have if no response came after the call was
// sent, if a success has a body that does not fit the contract, after a 5xx, and after any other status without the contract's
// envelope, which a proxy can send after the API did the work. After a 404, 405 or 429 nothing was done, with or without the
// envelope. After every other error, nothing was done either.
func MayHaveActed(err error) bool {
	var refused *Error
	var broken *ResponseError
	var lost *TransportError
	switch {
	case errors.As(err, &refused):
		switch refused.Status {
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusTooManyRequests:
			return false
		}
		return !refused.Envelope || refused.Status >= 500
	case errors.As(err, &broken):
		return true
	case errors.As(err, &lost):
		return lost.Sent
	default:
		return false
	}
}

// IsNotServed reports whether the host does not serve the token API at all: the response to a list or a create is 404 or 405,
// or the response to a list is no JSON object or has none of the contract's keys.
func IsNotServed(err error) bool {
	var refused *Error
	var broken *ResponseError
	var foreign *foreignError
	switch {
	case errors.As(err, &refused):
		return isTokenCollection(refused.Operation) && (refused.Status == http.StatusNotFound || refused.Status == http.StatusMethodNotAllowed)
	case errors.As(err, &broken):
		return isTokenCollection(broken.Operation) && broken.Operation != createServiceUserToken.ID && errors.As(broken.Err, &foreign)
	default:
		return false
	}
}

// isTokenCollection reports whether an operation's path is that of all tokens, so that a 404 means that the path is wrong.
func isTokenCollection(operation string) bool {
	return operation == listServiceUserTokens.ID || operation == listUserTokens.ID || operation == createServiceUserToken.ID
}

// namesNothing reports whether an operation's path has no id in it.
func namesNothing(operation string) bool {
	return slices.ContainsFunc(Operations(), func(o Operation) bool { return o.ID == operation && !strings.Contains(o.Path, "{") })
}

// Printable returns text that is safe to print in a terminal: control and format characters (escape sequences, right-to-left
// marks) become "?", and the text is cut to limit characters.
func Printable(text string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == limit {
			b.WriteString("…")
			break
		}
		if !unicode.IsGraphic(r) || unicode.Is(unicode.Cf, r) {
			r = '?'
		}
		b.WriteRune(r)
		n++
	}
	return b.String()
}
