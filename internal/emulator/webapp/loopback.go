package webapp

import (
	"net"
	"net/http"
	"net/url"
	"strings"
)

// IsLoopback reports whether a host names this machine and nothing else.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return strings.EqualFold(host, "localhost") || ip != nil && ip.IsLoopback()
}

// OnlyLoopback refuses requests for another host. Without it, a web site whose name resolves to a loopback address
// (DNS rebinding) would have the same origin as the emulator's page, and could read it.
func OnlyLoopback(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !IsLoopback((&url.URL{Host: r.Host}).Hostname()) {
			http.Error(w, "The emulator serves 127.0.0.1, [::1] and localhost only, and the Host header of this request names another host.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
