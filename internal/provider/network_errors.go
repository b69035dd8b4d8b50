package provider

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// explainCall explains a failed API call.
func explainCall(err error, proxy string) (what, advice string) {
	var refused *api.Error
	var broken *api.ResponseError
	var lost *api.TransportError
	switch {
	case errors.As(err, &refused):
		return err.Error(), adviceOnRefusal(refused, proxy)
	case errors.As(err, &broken):
		return err.Error(), "Something between here and the API may have changed the response, or base_url points to something else."
	case errors.As(err, &lost):
		return err.Error(), adviceOnTransport(lost, proxy)
	}
	return err.Error(), ""
}

func adviceOnRefusal(e *api.Error, proxy string) string {
	switch {
	case e.Reason == api.ReasonTokenNotActive:
		return "The token is no longer active: it was revoked, or it expired, since the plan was made. Plan again."
	case e.Reason == api.ReasonTokenActive:
		return "The token is active again: somebody regenerated it since it was last read. Plan again."
	case e.Status == 401:
		return "The API does not accept the provider's token: it is wrong, revoked, expired or regenerated. No state was changed. Put a working token into " + envAPIToken + "."
	case e.Status == 407:
		return adviceOnProxyPassword(proxy)
	case e.Status == 403 && !e.Envelope:
		return "Something between here and the API refused the request: the response is not in the API's form, so this is no missing permission. Look at " + intermediaries(proxy) + ", and check base_url."
	case e.Status == 403:
		return "The owner of the provider's token needs the permission \"Platform management: Organization\". No state was changed."
	case e.Status == 404 && e.Operation == whoAmI:
		return "The host of base_url does not say who owns the provider's token, so it does not serve this API. Check base_url. No state was changed."
	case e.Status == 404 && api.IsNotFound(e):
		return "It may have been deleted outside Terraform. Plan again to see."
	case e.Status == 429:
		return "Still rate-limited after all retries (max_retries). Run again in a minute, or with a lower -parallelism."
	case e.Status >= 300 && e.Status < 400:
		return "Set base_url to the address of the API."
	case e.Status == 400 && e.Metadata["field"] != "":
		return "Correct " + e.Metadata["field"] + " in the configuration."
	case e.Status >= 500:
		return "The service failed. Run again; if it fails again, give the request id to the service's support."
	}
	return ""
}

// whoAmI is the operation that returns the credential's owner. Its path names no token, so a 404 says nothing about a token.
const whoAmI = "WhoAmI"

func adviceOnTransport(e *api.TransportError, proxy string) string {
	switch e.Cause {
	case api.CauseProxy:
		return adviceOnProxy(e, proxy)
	case api.CauseTLS:
		return "No TLS connection could be made: the server's certificate is not trusted here, or it speaks no TLS 1.2 or later. Check base_url and the clock. " +
			"If a proxy inspects traffic, trust its certificate authority where this system looks for it: on Linux in SSL_CERT_FILE or SSL_CERT_DIR, on macOS in the keychain, on Windows in the certificate store."
	case api.CauseDNS:
		return "The host of base_url cannot be found. Check base_url and the name server."
	case api.CauseRefused:
		return "Nothing listens at base_url. Check base_url, and that the server runs."
	case api.CauseTimeout:
		return "The server did not respond in time. Run again, or raise request_timeout."
	case api.CauseInterrupted:
		return "The run was interrupted. Run again."
	case api.CauseRateLimit:
		return "Run again later."
	}
	return "The connection was lost. Run again."
}

// adviceOnProxy returns advice for a request that did not get through the proxy.
func adviceOnProxy(e *api.TransportError, proxy string) string {
	var dns *net.DNSError
	switch {
	case strings.Contains(strings.ToLower(e.Err.Error()), "proxy authentication required"): // Go's text of 407
		return adviceOnProxyPassword(proxy)
	case errors.As(e.Err, &dns):
		return "The proxy's host cannot be found. Check " + intermediaries(proxy) + "."
	case errors.Is(e.Err, syscall.ECONNREFUSED):
		return "Nothing listens at the proxy's address. Check " + intermediaries(proxy) + "."
	}
	return "The proxy did not let the request through. Check " + intermediaries(proxy) + "."
}

func adviceOnProxyPassword(proxy string) string {
	return "The proxy asks for a password. Write user and password into HTTPS_PROXY (http://USER:PASSWORD@HOST:PORT), or the host of base_url into NO_PROXY to go around the proxy. Look at " + intermediaries(proxy) + "."
}

// intermediaries names what lies between the provider and the API.
func intermediaries(proxy string) string {
	if proxy == "" {
		return "proxies, gateways and firewalls on the way"
	}
	return fmt.Sprintf("the proxy %s (from HTTPS_PROXY or HTTP_PROXY)", proxy)
}
