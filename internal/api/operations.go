package api

import (
	"net/http"
	"net/url"
	"strings"
)

// Operation is one operation of the contract, as this client calls it.
type Operation struct {
	// ID is the contract's operationId.
	ID string
	// Method is the HTTP method.
	Method string
	// Path is the path below the base URL, with {id} for an element that the call's arguments replace.
	Path string
}

// effect is what a call does to the server. It decides whether the call may be retried after its response was lost.
type effect int

const (
	// reads changes nothing; it may always be retried.
	reads effect = iota
	// changes alters something; it is retried only if the API certainly did not carry it out.
	changes
	// createsSecret creates a secret that the API returns only once. It is retried like changes. Once sent, it runs to its end
	// even if the user interrupts, so that the secret is not lost.
	createsSecret
)

type operation struct {
	Operation
	effect effect
}

// All paths of the API are in this table and nowhere else.
var (
	createServiceUserToken     = operation{Operation{"CreateServiceUserToken", http.MethodPost, "/tokens/v1/service_user_tokens"}, createsSecret}
	listServiceUserTokens      = operation{Operation{"ListServiceUserTokens", http.MethodGet, "/tokens/v1/service_user_tokens"}, reads}
	getServiceUserToken        = operation{Operation{"GetServiceUserToken", http.MethodGet, "/tokens/v1/service_user_tokens/{id}"}, reads}
	updateServiceUserToken     = operation{Operation{"UpdateServiceUserToken", http.MethodPatch, "/tokens/v1/service_user_tokens/{id}"}, changes}
	revokeServiceUserToken     = operation{Operation{"RevokeServiceUserToken", http.MethodPost, "/tokens/v1/service_user_tokens/{id}/revoke"}, changes}
	regenerateServiceUserToken = operation{Operation{"RegenerateServiceUserToken", http.MethodPost, "/tokens/v1/service_user_tokens/{id}/regenerate"}, createsSecret}
	deleteServiceUserToken     = operation{Operation{"DeleteServiceUserToken", http.MethodDelete, "/tokens/v1/service_user_tokens/{id}"}, changes}
	listUserTokens             = operation{Operation{"ListUserTokens", http.MethodGet, "/tokens/v1/user_tokens"}, reads}
	whoAmI                     = operation{Operation{"WhoAmI", http.MethodGet, "/accounts/user/v1/user:WhoAmI"}, reads}
	listPermissionSets         = operation{Operation{"ListPermissionSets", http.MethodPost, "/permissions/v1/permission_sets"}, reads}
	getPermissionSet           = operation{Operation{"GetPermissionSet", http.MethodGet, "/permissions/v1/permission_set/{id}"}, reads}
)

// Operations lists every operation that the client can call.
func Operations() []Operation {
	return []Operation{
		createServiceUserToken.Operation, listServiceUserTokens.Operation, getServiceUserToken.Operation,
		updateServiceUserToken.Operation, revokeServiceUserToken.Operation, regenerateServiceUserToken.Operation,
		deleteServiceUserToken.Operation, listUserTokens.Operation, whoAmI.Operation, listPermissionSets.Operation,
		getPermissionSet.Operation,
	}
}

// url returns the operation's URL with args in its path. Each is escaped as one element, so that an id with a slash or dots
// cannot reach another path.
func (o operation) url(base *url.URL, args []string) *url.URL {
	plain, escaped := base.Path+o.Path, base.EscapedPath()+o.Path
	for _, arg := range args {
		plain = strings.Replace(plain, "{id}", arg, 1)
		escaped = strings.Replace(escaped, "{id}", escapeElement(arg), 1)
	}
	u := *base
	u.Path, u.RawPath = plain, escaped
	return &u
}

// escapeElement escapes a path element. "." and ".." need no escaping by the letter of RFC 3986, but a server or proxy
// that cleans paths would walk up on them.
func escapeElement(element string) string {
	if element == "." || element == ".." {
		return strings.ReplaceAll(element, ".", "%2E")
	}
	return url.PathEscape(element)
}
