package api_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// through is the default transport with a proxy in place of the environment's.
func through(t *testing.T, proxy string) *http.Transport {
	t.Helper()
	u, err := url.Parse(proxy)
	if err != nil {
		t.Fatal(err)
	}
	transport := api.NewTransport()
	transport.Proxy = http.ProxyURL(u)
	return transport
}

// A proxy that does not connect is named as the cause, whatever it says or does not say; the API received nothing.
func TestProxyThatDoesNotConnect_isTheCause(t *testing.T) {
	t.Parallel()
	says := func(status string, asked *atomic.Int32) string {
		return "http://" + listen(t, func(conn net.Conn) {
			asked.Add(1)
			if readRequest(conn) == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 "+status+" scapi_words \x1b[31m\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
		})
	}
	closed := listen(t, func(net.Conn) {})
	for name, c := range map[string]struct {
		status       string
		proxy        string
		says         string
		reads, tries int32 // how often a read and any other call asks the proxy
	}{
		"407":       {status: "407", says: "407 Proxy Authentication Required", reads: 1, tries: 1},
		"403":       {status: "403", says: "403 Forbidden", reads: 1, tries: 1},
		"502":       {status: "502", says: "502 Bad Gateway", reads: 5, tries: 1},
		"other":     {status: "599", says: "connect to the API: 599", reads: 5, tries: 1},
		"not found": {proxy: "http://proxy.invalid:8080", says: "no such host"},
		"no port":   {proxy: "http://" + unusedAddress(t), says: "connection refused"},
		"SOCKS":     {proxy: "socks5://" + closed, says: "socks"},
	} {
		for _, k := range kinds {
			var asked atomic.Int32
			proxy := c.proxy
			if c.status != "" {
				proxy = says(c.status, &asked)
			}
			transport := through(t, proxy)
			if name == "not found" {
				transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "proxy.invalid", IsNotFound: true}}
				}
			}
			s := serve(t, k.good)
			s.url = "https://api.example.invalid"
			err := k.do(t.Context(), s.client(func(o *api.Options) { o.Transport = transport }))
			lost := transportError(t, err)
			if lost.Cause != api.CauseProxy || lost.Sent || api.MayHaveActed(err) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "scapi_") {
				t.Errorf("%s, %s: %s, sent %t, %v", k.name, name, lost.Cause, lost.Sent, err)
			}
			if want := map[bool]int32{true: c.reads, false: c.tries}[k.reads]; asked.Load() != want {
				t.Errorf("%s, %s: asked the proxy %d times, want %d", k.name, name, asked.Load(), want)
			}
			if n := len(s.logs); name == "not found" && n != 1 {
				t.Errorf("%s, %s: %d attempts", k.name, name, n)
			}
		}
	}
}

// A 407 without CONNECT is a response like any other: refused, not retried, and not the contract's.
func TestProxy407_toAPlainRequest_isRefused(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		answer(407, `<html>`, "Content-Type", "text/html")(w, r)
	})
	s := serve(t, goodToken)
	_, err := s.client(func(o *api.Options) { o.Transport = through(t, proxy.url) }).GetServiceUserToken(t.Context(), "x")
	var e *api.Error
	if !errors.As(err, &e) || e.Status != 407 || e.Envelope || asked.Load() != 1 || s.calls() != 0 {
		t.Errorf("asked %d times, %v", asked.Load(), err)
	}
}

func TestProxyThatConnects(t *testing.T) {
	t.Parallel()
	target := httptest.NewTLSServer(goodToken)
	t.Cleanup(target.Close)
	proxy := listen(t, func(conn net.Conn) {
		if readRequest(conn) != nil {
			return
		}
		onward, err := net.Dial("tcp", target.Listener.Addr().String())
		if err != nil {
			return
		}
		defer func() { _ = onward.Close() }()
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		go func() { _, _ = io.Copy(onward, conn) }()
		_, _ = io.Copy(conn, onward)
	})
	transport := through(t, "http://"+proxy)
	transport.TLSClientConfig.RootCAs = target.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	t.Cleanup(transport.CloseIdleConnections)
	s := serve(t, goodToken)
	s.url = "https://example.com" // a name of the test certificate
	if _, err := s.client(func(o *api.Options) { o.Transport, o.MaxRetries = transport, 0 }).GetServiceUserToken(t.Context(), "x"); err != nil {
		t.Error(err)
	}
}

// unusedAddress is an address that nothing listens at.
func unusedAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	return listener.Addr().String()
}
