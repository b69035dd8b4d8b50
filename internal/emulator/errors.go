package emulator

import (
	"fmt"
	"net/http"
)

// The gRPC codes of the contract's error table.
const (
	codeInvalidArgument    = 3
	codeNotFound           = 5
	codePermissionDenied   = 7
	codeResourceExhausted  = 8
	codeFailedPrecondition = 9
	codeUnimplemented      = 12
	codeInternal           = 13
	codeUnavailable        = 14
	codeUnauthenticated    = 16
)

// refusal is an error of the contract.
type refusal struct {
	status, code    int
	reason, message string
	metadata        map[string]string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s: %s", r.status, r.reason, r.message) }

func invalid(field, message string) *refusal {
	return &refusal{
		status: http.StatusBadRequest, code: codeInvalidArgument, reason: "INVALID_FIELD",
		message: field + " " + message, metadata: map[string]string{"field": field},
	}
}

func notFound(message string) *refusal {
	return &refusal{status: http.StatusNotFound, code: codeNotFound, reason: "NOT_FOUND", message: message}
}

func precondition(reason, message string) *refusal {
	return &refusal{status: http.StatusBadRequest, code: codeFailedPrecondition, reason: reason, message: message}
}

func denied(message string) *refusal {
	return &refusal{status: http.StatusForbidden, code: codePermissionDenied, reason: "PERMISSION_DENIED", message: message}
}

var (
	unauthenticated = &refusal{
		status: http.StatusUnauthorized, code: codeUnauthenticated, reason: "UNAUTHENTICATED",
		message: "the bearer token is missing, unknown, revoked or expired",
	}
	unknownRoute     = notFound("unknown route")
	noSuchToken      = notFound("there is no service user token with this id")
	methodNotAllowed = &refusal{
		status: http.StatusMethodNotAllowed, code: codeUnimplemented, reason: "METHOD_NOT_ALLOWED",
		message: "this route has no such method",
	}
	rateLimited = &refusal{
		status: http.StatusTooManyRequests, code: codeResourceExhausted, reason: "RATE_LIMITED", message: "too many calls; wait for the window to reset",
	}
)

// ofStatus is the contract's error for a status that a fault asks for.
func ofStatus(status int) *refusal {
	switch status {
	case http.StatusTooManyRequests:
		return rateLimited
	case http.StatusUnauthorized:
		return unauthenticated
	case http.StatusForbidden:
		return denied("the bearer may not do this")
	case http.StatusNotFound:
		return notFound("there is no such thing")
	case http.StatusServiceUnavailable:
		return &refusal{status: status, code: codeUnavailable, reason: "UNAVAILABLE", message: "the service is unavailable"}
	default:
		return &refusal{status: status, code: codeInternal, reason: "INTERNAL", message: "an internal error occurred"}
	}
}

// body is the contract's error envelope.
func (r *refusal) body() any {
	metadata := r.metadata
	if metadata == nil {
		metadata = map[string]string{}
	}
	return map[string]any{
		"code": r.code, "message": r.message,
		"details": []any{map[string]any{
			"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": r.reason, "domain": "safetyculture.io", "metadata": metadata,
		}},
	}
}
