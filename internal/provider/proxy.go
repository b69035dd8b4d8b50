package provider

import (
	"cmp"
	"net/url"

	"golang.org/x/net/http/httpproxy"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// proxyFor returns the address of the proxy for requests to base, without user and password; empty if there is none. It reads
// the same environment variables as Go's HTTP transport.
func proxyFor(base *url.URL, getenv func(string) string) string {
	either := func(upper, lower string) string { return cmp.Or(getenv(upper), getenv(lower)) }
	config := httpproxy.Config{
		HTTPProxy:  either("HTTP_PROXY", "http_proxy"),
		HTTPSProxy: either("HTTPS_PROXY", "https_proxy"),
		NoProxy:    either("NO_PROXY", "no_proxy"),
		CGI:        getenv("REQUEST_METHOD") != "",
	}
	proxy, err := config.ProxyFunc()(base)
	if err != nil || proxy == nil {
		return ""
	}
	return api.Printable((&url.URL{Scheme: proxy.Scheme, Host: proxy.Host}).String(), 120)
}
