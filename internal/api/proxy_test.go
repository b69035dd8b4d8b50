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
	"syscall"
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

// A proxy that does not connect is named as the cause, with or without a response of its own; the API received nothing.
func TestProxyThatDoesNotConnect_isTheCause(t *testing.T) {
	t.Parallel()
	says := func(status string) string {
		return "http://" + listen(t, func(conn net.Conn) {
			if readRequest(conn) == nil {
				_, _ = io.WriteString(conn, "HTTP/1.1 "+status+" scapi_words \x1b[31m\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
			}
		})
	}
	for name, c := range map[string]struct {
		proxy         string
		dial          error // why the proxy is not reached
		says          string
		reads, writes int // attempts of a read and of any other call
	}{
		"407":       {says("407"), nil, "407 Proxy Authentication Required", 1, 1},
		"403":       {says("403"), nil, "403 Forbidden", 1, 1},
		"502":       {says("502"), nil, "502 Bad Gateway", 5, 1},
		"other":     {says("599"), nil, "connect to the API: 599", 5, 1},
		"not found": {"http://proxy.invalid:8080", &net.DNSError{Err: "no such host", Name: "proxy.invalid", IsNotFound: true}, "no such host", 1, 1},
		"no port":   {"http://proxy.invalid:8080", syscall.ECONNREFUSED, "connection refused", 5, 5},
		"SOCKS":     {"socks5://" + listen(t, func(net.Conn) {}), nil, "socks", 5, 1},
	} {
		for _, k := range kinds {
			transport := through(t, c.proxy)
			if c.dial != nil {
				transport.DialContext = func(context.Context, string, string) (net.Conn, error) {
					return nil, &net.OpError{Op: "dial", Err: c.dial}
				}
			}
			s := serve(t, k.good)
			s.url = "https://api.example.invalid"
			err := k.do(t.Context(), s.client(func(o *api.Options) { o.Transport = transport }))
			lost := transportError(t, err)
			if lost.Cause != api.CauseProxy || lost.Sent || api.MayHaveActed(err) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "scapi_") {
				t.Errorf("%s, %s: %s, sent %t, %v", k.name, name, lost.Cause, lost.Sent, err)
			}
			if want := map[bool]int{true: c.reads, false: c.writes}[k.reads]; len(s.logs) != want {
				t.Errorf("%s, %s: %d attempts, want %d", k.name, name, len(s.logs), want)
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
		response(407, `<html>`, "Content-Type", "text/html")(w, r)
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
