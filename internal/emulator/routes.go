package emulator

import (
	"net/http"
	"strings"
)

// Operation is one operation of the contract, as the emulator serves it.
type Operation struct {
	// ID is the contract's operationId.
	ID string
	// Method is the HTTP method.
	Method string
	// Path is the route, with {id} in place of the id.
	Path string
}

// route is an operation and its implementation.
type route struct {
	Operation
	// manages says that the operation needs the permission to manage tokens.
	manages bool
	// read parses the request and checks its form. The work that it returns runs under the lock.
	read func(e *Emulator, r *request) (work, error)
}

// work carries an operation out and returns the response's body.
type work func() (any, error)

// routes returns all operations of the emulator.
func routes() []route {
	const tokens, sets = "/tokens/v1/service_user_tokens", "/permissions/v1"
	return []route{
		{Operation{"CreateServiceUserToken", http.MethodPost, tokens}, true, (*Emulator).readCreate},
		{Operation{"ListServiceUserTokens", http.MethodGet, tokens}, true, (*Emulator).readList},
		{Operation{"GetServiceUserToken", http.MethodGet, tokens + "/{id}"}, true, (*Emulator).readGet},
		{Operation{"UpdateServiceUserToken", http.MethodPatch, tokens + "/{id}"}, true, (*Emulator).readUpdate},
		{Operation{"RevokeServiceUserToken", http.MethodPost, tokens + "/{id}/revoke"}, true, (*Emulator).readRevoke},
		{Operation{"RegenerateServiceUserToken", http.MethodPost, tokens + "/{id}/regenerate"}, true, (*Emulator).readRegenerate},
		{Operation{"DeleteServiceUserToken", http.MethodDelete, tokens + "/{id}"}, true, (*Emulator).readDelete},
		{Operation{"ListUserTokens", http.MethodGet, "/tokens/v1/user_tokens"}, false, (*Emulator).readListUserTokens},
		{Operation{"WhoAmI", http.MethodGet, "/accounts/user/v1/user:WhoAmI"}, false, (*Emulator).readWhoAmI},
		{Operation{"ListPermissionSets", http.MethodPost, sets + "/permission_sets"}, false, (*Emulator).readListPermissionSets},
		{Operation{"GetPermissionSet", http.MethodGet, sets + "/permission_set/{id}"}, false, (*Emulator).readGetPermissionSet},
	}
}

// Operations lists every operation that the emulator serves.
func Operations() []Operation {
	var operations []Operation
	for _, r := range routes() {
		operations = append(operations, r.Operation)
	}
	return operations
}

func (e *Emulator) newMux() *http.ServeMux {
	mux := http.NewServeMux()
	paths := map[string]bool{}
	for _, r := range routes() {
		mux.HandleFunc(r.Method+" "+r.Path, func(w http.ResponseWriter, req *http.Request) {
			if req.Method != r.Method { // ServeMux serves HEAD as GET; the contract has no HEAD
				e.refuse(w, req, methodNotAllowed)
				return
			}
			e.serve(w, req, r)
		})
		paths[r.Path] = true
	}
	for path := range paths {
		mux.HandleFunc(path, func(w http.ResponseWriter, req *http.Request) { e.refuse(w, req, methodNotAllowed) })
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) { e.refuse(w, req, unknownRoute) })
	return mux
}

// refuse responds to a request that belongs to no operation.
func (e *Emulator) refuse(w http.ResponseWriter, req *http.Request, why *refusal) {
	call := e.newCall(req, route{})
	sent := e.dress("", response{status: why.status, body: why.body()})
	call.Status = sent.status
	e.journal(call)
	e.write(w, call, sent, Fault{OmitRateLimitHeaders: true})
}

func (e *Emulator) newCall(req *http.Request, r route) Call {
	header := req.Header.Clone()
	header.Del("Authorization")
	call := Call{
		Operation: r.ID, Method: req.Method, Path: req.URL.Path, CallerID: e.callerID(req),
		RequestID: req.Header.Get("X-Request-ID"), Header: header, Time: e.instant(),
	}
	if r.manages { // the other routes' ids are not those of tokens
		call.TokenID = e.id(req.PathValue("id"))
	}
	if call.RequestID == "" || len(call.RequestID) > 100 || strings.ContainsFunc(call.RequestID, func(r rune) bool { return r <= ' ' || r > '~' }) {
		call.RequestID = newRequestID()
	}
	return call
}
