package acctest

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
)

// The two responses for an unknown path: that of the vendor's gateway, and that of a web server in front of it.
const (
	GatewayNotFound = `{"code": 5, "message": "Not Found", "details": []}`
	WebNotFound     = `<html><body>404 Not Found</body></html>`
)

// VendorLike serves the known part of the vendor's API: WhoAmI and permission sets. Every other path does not exist.
func VendorLike(e *Env, notFound string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/tokens/") {
			w.WriteHeader(http.StatusNotFound)
			_, _ = fmt.Fprint(w, notFound)
			return
		}
		e.Emulator.ServeHTTP(w, r)
	}))
	e.T.Cleanup(server.Close)
	e.mu.Lock() // a provider that is served already reads it at its next start
	defer e.mu.Unlock()
	e.URL = server.URL
}
