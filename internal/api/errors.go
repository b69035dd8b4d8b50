package api

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"syscall"
	"unicode"
)

// The gRPC codes and reasons of the contract that callers decide on.
const (
	codeNotFound = 5

	// ReasonActiveTokenLimit: the organization has as many active tokens as it may have. Metadata has "limit".
	ReasonActiveTokenLimit = "ACTIVE_TOKEN_LIMIT_REACHED"
	// ReasonTokenNotActive: edit and revoke need an active token.
	ReasonTokenNotActive = "TOKEN_NOT_ACTIVE"
	// ReasonTokenActive: regenerate and delete need a revoked or expired token.
	ReasonTokenActive = "TOKEN_ACTIVE"
)

// Error is an answer that says no.
type Error struct {
	// Operation is the contract's operationId.
	Operation string
	// Status is the HTTP status.
	Status int
	// Code is the gRPC code; 0 when the answer was not the contract's error envelope.
	Code int
	// Envelope says that the answer was the contract's error envelope.
	Envelope bool
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

// TransportError is a call without an answer.
type TransportError struct {
	Operation string
	RequestID string
	// Cause is the kind of failure.
	Cause Cause
	// Sent says whether the server may have received the call.
	Sent bool
	Err  error
}

func (e *TransportError) Error() string {
	return fmt.Sprintf("%s: no answer: %v%s", e.Operation, e.Err, requestID(e.RequestID))
}

// Unwrap returns the network's error.
func (e *TransportError) Unwrap() error { return e.Err }

// Cause is a kind of failure that a user can do something about.
type Cause string

// The causes.
const (
	CauseProxy       Cause = "proxy"
	CauseTLS         Cause = "TLS"
	CauseDNS         Cause = "DNS"
	CauseRefused     Cause = "connection refused"
	CauseTimeout     Cause = "timeout"
	CauseInterrupted Cause = "interrupted"
	CauseRateLimit   Cause = "rate limit"
	CauseConnection  Cause = "connection"
)

// unsentError is a failure before the attempt was sent.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// harmlessError is a network's error in words that are fit for a user's eyes.
type harmlessError struct {
	words string
	err   error
}

func (e *harmlessError) Error() string { return e.words }
func (e *harmlessError) Unwrap() error { return e.err }

// causeOf finds the kind of a network failure.
func causeOf(err error) Cause {
	var unsent *unsentError
	var certificate *tls.CertificateVerificationError
	var unknownAuthority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	var record tls.RecordHeaderError
	var remote *net.OpError
	var dns *net.DNSError
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, context.Canceled):
		return CauseInterrupted
	case errors.As(err, &unsent):
		return CauseRateLimit
	case errors.As(err, &remote) && remote.Op == "proxyconnect":
		return CauseProxy
	case errors.As(err, &certificate), errors.As(err, &unknownAuthority), errors.As(err, &hostname),
		errors.As(err, &invalid), errors.Is(err, http.ErrSchemeMismatch),
		errors.As(err, &record) && record.Conn != nil,          // without it, TLS stood and broke later
		errors.As(err, &remote) && remote.Op == "remote error": // a TLS alert of the server
		return CauseTLS
	case errors.As(err, &dns):
		return CauseDNS
	case errors.Is(err, syscall.ECONNREFUSED):
		return CauseRefused
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return CauseTimeout
	default:
		return CauseConnection
	}
}

// maySent reports whether the server may have received the call: always, unless the connection never stood.
func maySent(err error) bool {
	var unsent *unsentError
	var dial *net.OpError
	if errors.As(err, &unsent) {
		return false
	}
	if errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "remote error") {
		return dial.Op == "remote error" // a TLS alert can come after the call was sent
	}
	switch causeOf(err) {
	case CauseProxy, CauseTLS, CauseDNS, CauseRefused:
		return false
	}
	return true
}

// IsNotFound reports whether the API said, in the contract's own words, that a thing is not there. A 404 without the
// contract's envelope comes from something else (a wrong host, a proxy) and is not that.
func IsNotFound(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == http.StatusNotFound && e.Code == codeNotFound
}

// HasReason reports whether the API refused for the given reason.
func HasReason(err error, reason string) bool {
	var e *Error
	return errors.As(err, &e) && e.Reason == reason
}

// MayHaveActed reports whether a failed call may have been acted on all the same: no answer after it was sent, a broken
// answer, or 5xx. Every other error is a plain no.
func MayHaveActed(err error) bool {
	var refused *Error
	var broken *AnswerError
	var lost *TransportError
	switch {
	case errors.As(err, &refused):
		return refused.Status >= 500
	case errors.As(err, &broken):
		return true
	case errors.As(err, &lost):
		return lost.Sent
	default:
		return false
	}
}

// IsNotServed reports whether a failed call says that the host does not serve the token API at all: a list or a create
// answered with 404, 405, a redirect, or something that is not the contract.
func IsNotServed(err error) bool {
	var refused *Error
	var broken *AnswerError
	switch {
	case errors.As(err, &refused):
		s := refused.Status
		return namesNoToken(refused.Operation) && (s == http.StatusNotFound || s == http.StatusMethodNotAllowed || (s >= 300 && s < 400))
	case errors.As(err, &broken):
		return broken.Operation == listServiceUserTokens.ID || broken.Operation == listUserTokens.ID
	default:
		return false
	}
}

// namesNoToken reports whether an operation's path names no single token, so that a 404 is about the path itself.
func namesNoToken(operation string) bool {
	return operation == listServiceUserTokens.ID || operation == listUserTokens.ID || operation == createServiceUserToken.ID
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
