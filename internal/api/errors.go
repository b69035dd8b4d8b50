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

	// ReasonActiveTokenLimit: the organization has as many active tokens as it may have. Metadata has "limit".
	ReasonActiveTokenLimit = "ACTIVE_TOKEN_LIMIT_REACHED"
	// ReasonTokenNotActive: edit and revoke need an active token.
	ReasonTokenNotActive = "TOKEN_NOT_ACTIVE"
	// ReasonTokenActive: regenerate and delete need a revoked or expired token.
	ReasonTokenActive = "TOKEN_ACTIVE"
)

// Error is a response that says no.
type Error struct {
	// Operation is the contract's operationId.
	Operation string
	// Status is the HTTP status.
	Status int
	// Envelope says whether the body is the contract's error envelope: a JSON object with a gRPC code that can be read, or
	// with an ErrorInfo's reason. Without it, something between here and the API may have written the response.
	Envelope bool
	// Code is the gRPC code, however it is written; 0 where there is none.
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
	return fmt.Sprintf("%s: the server answered %d%s%s", e.Operation, e.Status, message, requestID(e.RequestID))
}

// requestID ends an error's words. A list that never ends has no one request to name.
func requestID(id string) string {
	if id == "" {
		return ""
	}
	return " (request id " + id + ")"
}

// AnswerError is a 2xx answer that is not what the contract says. The call was acted on.
type AnswerError struct {
	Operation string
	Status    int
	RequestID string
	// Err says what was wrong; it holds nothing of the body.
	Err error
}

func (e *AnswerError) Error() string {
	return fmt.Sprintf("%s: the server answered %d, but %v%s", e.Operation, e.Status, e.Err, requestID(e.RequestID))
}

// Unwrap returns what was wrong.
func (e *AnswerError) Unwrap() error { return e.Err }

// IsNotFound reports whether the API said, in the contract's own words, that the thing is not there that the call's path
// names. A 404 without the contract's envelope comes from something else (a wrong host, a proxy) and is not that; nor is a
// 404 to a call that names nothing, such as a list.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Code == codeNotFound && !namesNothing(e.Operation)
}

// HasReason reports whether the API refused for the given reason.
func HasReason(err error, reason string) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == reason
}

// IsRefusedState reports whether a call was refused with a status that says that the token's state does not allow it: 400,
// 409 or 412, whatever the reason, unless the reason is a field of the request. The token may be as wanted already: look.
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

// MayHaveActed reports whether a failed call may have been acted on all the same: no response after it was sent, a success
// whose body is not the contract's, 5xx, or any other status without the contract's envelope, which something between here
// and the API can write after the work is done. A 404, 405 or 429 says even then that nothing was done. Every other error
// is a plain no.
func MayHaveActed(err error) bool {
	var refused *Error
	var broken *AnswerError
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

// IsNotServed reports whether a failed call says that the host does not serve the token API at all: a list or a create
// answered with 404 or 405, or a list with something that is no JSON object or has none of the contract's keys.
func IsNotServed(err error) bool {
	var refused *Error
	var broken *AnswerError
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

// isTokenCollection reports whether an operation is about tokens and its path names none, so that a 404 is about the path.
func isTokenCollection(operation string) bool {
	return operation == listServiceUserTokens.ID || operation == listUserTokens.ID || operation == createServiceUserToken.ID
}

// namesNothing reports whether an operation is one whose path has no element that is filled in.
func namesNothing(operation string) bool {
	return slices.ContainsFunc(Operations(), func(o Operation) bool { return o.ID == operation && !strings.Contains(o.Path, "{") })
}

// Printable returns text that cannot harm a terminal: control and format characters (escape sequences, right-to-left
// marks) become "?", and it is cut to limit characters.
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
