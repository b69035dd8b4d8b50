package api

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
)

// TransportError is a call without a response.
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
	return fmt.Sprintf("%s: no response: %v%s", e.Operation, e.Err, requestID(e.RequestID))
}

// Unwrap returns the network's error.
func (e *TransportError) Unwrap() error { return e.Err }

// Cause is a kind of failure that a user can do something about.
type Cause string

// The causes.
const (
	CauseTLS         Cause = "TLS"
	CauseDNS         Cause = "DNS"
	CauseRefused     Cause = "connection refused"
	CauseTimeout     Cause = "timeout"
	CauseInterrupted Cause = "interrupted"
	CauseRateLimit   Cause = "rate limit"
	// CauseProxy: the connection through the proxy of the environment could not be made. The API received nothing.
	CauseProxy      Cause = "proxy"
	CauseConnection Cause = "connection"
)

// unsentError is a failure before the attempt was sent.
type unsentError struct{ err error }

func (e *unsentError) Error() string { return e.err.Error() }
func (e *unsentError) Unwrap() error { return e.err }

// harmlessError is a network error with a text that is safe to show: no secrets, no control characters.
type harmlessError struct {
	words string
	err   error
}

func (e *harmlessError) Error() string { return e.words }
func (e *harmlessError) Unwrap() error { return e.err }

// causeOf returns the kind of a network failure.
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
	case isOfProxy(err):
		return CauseProxy
	case errors.As(err, &certificate), errors.As(err, &unknownAuthority), errors.As(err, &hostname),
		errors.As(err, &invalid), errors.Is(err, http.ErrSchemeMismatch),
		errors.As(err, &record) && record.Conn != nil,          // without Conn, the handshake succeeded and TLS failed later
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

// maySent reports whether the server may have received the call: always, unless the connection was never established.
func maySent(err error) bool {
	var unsent *unsentError
	var dial *net.OpError
	if errors.As(err, &unsent) || isOfProxy(err) {
		return false
	}
	if errors.As(err, &dial) && (dial.Op == "dial" || dial.Op == "remote error") {
		return dial.Op == "remote error" // a TLS alert can come after the call was sent
	}
	switch causeOf(err) {
	case CauseTLS, CauseDNS, CauseRefused:
		return false
	}
	return true
}

// proxyRefusal is a proxy's refusal to connect to the API: the call was not sent.
type proxyRefusal struct{ status int }

func (e *proxyRefusal) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the proxy refuses to connect to the API: %d %s", e.status, http.StatusText(e.status)))
}

// refusalOfProxy turns a proxy's response to CONNECT into a typed error. Without it, net/http returns only the status text.
func refusalOfProxy(_ context.Context, _ *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyRefusal{resp.StatusCode}
}

// isOfProxy reports whether a connection through a proxy was never established: the proxy was unreachable, or it refused.
func isOfProxy(err error) bool {
	var refusal *proxyRefusal
	var op *net.OpError
	return errors.As(err, &refusal) || (errors.As(err, &op) && (op.Op == "proxyconnect" || strings.HasPrefix(op.Op, "socks")))
}
