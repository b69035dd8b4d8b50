package api_test

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// listen accepts one connection after the other and passes each to speak. It returns the address.
func listen(t *testing.T, speak func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() { defer func() { _ = conn.Close() }(); speak(conn) }()
		}
	}()
	return listener.Addr().String()
}

// readRequest reads one whole request, body included.
func readRequest(conn net.Conn) error {
	req, err := http.ReadRequest(bufio.NewReader(conn))
	if err == nil {
		_, err = io.Copy(io.Discard, req.Body)
	}
	return err
}

func transportError(t *testing.T, err error) *api.TransportError {
	t.Helper()
	var lost *api.TransportError
	if !errors.As(err, &lost) {
		t.Fatalf("got %v, want a TransportError", err)
	}
	return lost
}

// A TLS connection that breaks after the call was sent is a lost response: the create may have been carried out. If the
// connection was never established, it was not.
func TestTLSThatBreaks(t *testing.T) {
	t.Parallel()
	trusted := httptest.NewTLSServer(goodSecret)
	t.Cleanup(trusted.Close)
	afterwards := listen(t, func(conn net.Conn) {
		over := tls.Server(conn, trusted.TLS)
		if over.Handshake() == nil && readRequest(over) == nil {
			_, _ = io.WriteString(conn, "this is not a TLS record")
		}
	})
	before := listen(t, func(conn net.Conn) { _, _ = io.WriteString(conn, "this is not a TLS record") })
	for name, c := range map[string]struct {
		address string
		sent    bool
	}{"after the call": {afterwards, true}, "in the handshake": {before, false}} {
		s := serve(t, goodSecret)
		s.url = "https://" + c.address
		transport := api.NewTransport()
		transport.TLSClientConfig.RootCAs = trusted.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		_, _, err := s.client(func(o *api.Options) { o.Transport = transport }).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
		if lost := transportError(t, err); lost.Sent != c.sent || api.MayHaveActed(err) != c.sent {
			t.Errorf("%s: sent %t, %v", name, lost.Sent, err)
		}
	}
}

// A network error can quote what a server sent in place of a response. It is made harmless like a message.
func TestTransportErrorsAreHarmless(t *testing.T) {
	t.Parallel()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"a\x1b[31mred", "scapi_in-a-name"}}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	config := &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{certificate}, PrivateKey: key}}}
	says := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			if readRequest(conn) == nil {
				_, _ = io.WriteString(conn, text)
			}
		}
	}
	for name, url := range map[string]string{
		"certificate's names": "https://localhost" + strings.TrimPrefix(listen(t, func(conn net.Conn) { _ = tls.Server(conn, config).Handshake() }), "127.0.0.1"),
		"header":              "http://" + listen(t, says("HTTP/1.1 200 OK\r\nscapi_from-the-server\x1b[31m and "+bearer+"\r\n\r\n")),
		"status line":         "http://" + listen(t, says("scapi_from-the-server "+bearer+"\r\n\r\n")),
		"Location":            "http://" + listen(t, says("HTTP/1.1 302 Found\r\nLocation: http://[scapi_from-the-server "+bearer+"\r\nContent-Length: 0\r\n\r\n")),
	} {
		s := serve(t, goodToken)
		s.url = url
		_, err := s.client(func(o *api.Options) { o.MaxRetries = 0 }).GetServiceUserToken(t.Context(), "x")
		text := fmt.Sprint(transportError(t, err))
		if strings.Contains(text, "scapi_") || strings.ContainsFunc(text, func(r rune) bool { return r < ' ' }) {
			t.Errorf("%s: %q", name, text)
		}
		if logged := fmt.Sprintf("%+v", s.logs); strings.Contains(logged, "scapi_") || strings.Contains(logged, "\x1b") {
			t.Errorf("%s is logged: %q", name, logged)
		}
	}
}

// No kind of call follows a redirect to another host. Each returns an error that says so.
func TestRedirectOfEveryKindOfCall(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		other := serve(t, k.good)
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, location := range []string{other.url + "/x", "/tokens/v1/elsewhere", ""} {
				s := serve(t, response(status, ``, "Location", location))
				err := k.do(t.Context(), s.client(nil))
				if err == nil || !strings.Contains(err.Error(), "redirects are not followed") || s.calls() != 1 || !api.MayHaveActed(err) || api.IsNotServed(err) {
					t.Errorf("%s, %d to %q: %d calls, %v", k.name, status, location, s.calls(), err)
				}
			}
		}
		if other.calls() != 0 {
			t.Errorf("%s: the credential reached another host", k.name)
		}
	}
}

// If a server drops a kept-alive connection, net/http itself retries some calls. It must not retry these.
func TestKeptAliveConnectionThatIsCut(t *testing.T) {
	t.Parallel()
	for _, k := range kinds {
		if k.reads {
			continue
		}
		s := serve(t, goodToken, cut, k.good)
		c := s.client(nil)
		if _, err := c.GetServiceUserToken(t.Context(), "x"); err != nil {
			t.Fatal(err)
		}
		err := k.do(t.Context(), c)
		if err == nil || !api.MayHaveActed(err) || s.calls() != 2 || s.requests[0].RemoteAddr != s.requests[1].RemoteAddr {
			t.Errorf("%s: %d calls, %v", k.name, s.calls(), err)
		}
	}
}

func TestTransportSpeaksHTTP2(t *testing.T) {
	t.Parallel()
	var protocol atomic.Value
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { protocol.Store(r.Proto); goodToken(w, r) }))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	s := serve(t, goodToken)
	s.url = server.URL
	transport := api.NewTransport()
	transport.TLSClientConfig.RootCAs = server.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	if _, err := s.client(func(o *api.Options) { o.Transport = transport }).GetServiceUserToken(t.Context(), "x"); err != nil || protocol.Load() != "HTTP/2.0" {
		t.Errorf("%v, %v", protocol.Load(), err)
	}
	if transport.TLSClientConfig.MinVersion != tls.VersionTLS12 || transport == http.DefaultTransport {
		t.Error("not a TLS 1.2 transport of its own")
	}
}

// fails is a transport that fails.
type fails struct{ err error }

func (f fails) RoundTrip(*http.Request) (*http.Response, error) { return nil, f.err }

// Every failure has a cause that a user can do something about, and says whether the server can have received the call.
func TestCauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err   error
		cause api.Cause
		sent  bool
	}{
		"DNS, bare":                 {&net.DNSError{Err: "no such host", Name: "x"}, api.CauseDNS, false},
		"DNS timeout":               {&net.OpError{Op: "dial", Err: &net.DNSError{Err: "timeout", IsTimeout: true}}, api.CauseDNS, false},
		"proxy not found":           {&net.OpError{Op: "proxyconnect", Err: &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host"}}}, api.CauseProxy, false},
		"proxy refuses":             {&net.OpError{Op: "proxyconnect", Err: &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}}, api.CauseProxy, false},
		"proxy's certificate":       {&net.OpError{Op: "proxyconnect", Err: x509.UnknownAuthorityError{}}, api.CauseProxy, false},
		"proxy, interrupted":        {&net.OpError{Op: "proxyconnect", Err: context.Canceled}, api.CauseInterrupted, false},
		"SOCKS proxy refuses":       {&net.OpError{Op: "socks connect", Err: errors.New("connection refused")}, api.CauseProxy, false},
		"dial without route":        {&net.OpError{Op: "dial", Err: errors.New("no route to host")}, api.CauseConnection, false},
		"dial timeout":              {&net.OpError{Op: "dial", Err: context.DeadlineExceeded}, api.CauseTimeout, false},
		"unknown authority":         {x509.UnknownAuthorityError{}, api.CauseTLS, false},
		"wrong host":                {&tls.CertificateVerificationError{Err: x509.HostnameError{Certificate: &x509.Certificate{}, Host: "x"}}, api.CauseTLS, false},
		"expired certificate":       {x509.CertificateInvalidError{Cert: &x509.Certificate{}, Reason: x509.Expired}, api.CauseTLS, false},
		"reset while reading":       {&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, api.CauseConnection, true},
		"broken pipe while writing": {&net.OpError{Op: "write", Err: errors.New("broken pipe")}, api.CauseConnection, true},
		"end of file":               {io.ErrUnexpectedEOF, api.CauseConnection, true},
		"deadline":                  {context.DeadlineExceeded, api.CauseTimeout, true},
		"canceled":                  {context.Canceled, api.CauseInterrupted, true},
		"anything else":             {errors.New("x"), api.CauseConnection, true},
	} {
		s := serve(t, goodToken)
		_, _, err := s.client(func(o *api.Options) { o.Transport, o.MaxRetries = fails{c.err}, 0 }).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
		lost := transportError(t, err)
		if lost.Cause != c.cause || lost.Sent != c.sent || api.MayHaveActed(err) != c.sent || !errors.Is(err, c.err) || lost.Operation != "CreateServiceUserToken" || lost.RequestID == "" {
			t.Errorf("%s: %s, sent %t, %v", name, lost.Cause, lost.Sent, err)
		}
	}
}

// A transport's error contains the URL. The client's error must not contain its query, which holds page tokens.
func TestErrorsHoldNoQuery(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_tokens":[],"next_page_token":"opaque-page"}`), cut)
	_, err := s.client(func(o *api.Options) { o.MaxRetries = 0 }).ListServiceUserTokens(t.Context())
	if err == nil || strings.Contains(err.Error(), "opaque-page") || strings.Contains(fmt.Sprintf("%+v", s.logs), "opaque-page") {
		t.Errorf("%v, %+v", err, s.logs)
	}
}

// The credential never follows a redirect.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	other := serve(t, goodToken)
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := serve(t, response(status, ``, "Location", other.url+"/x"))
		_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
		if err == nil || !strings.Contains(err.Error(), "redirect") || !strings.Contains(err.Error(), fmt.Sprint(status)) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if other.calls() != 0 {
		t.Error("the credential reached another host")
	}
}

func TestTransport(t *testing.T) {
	t.Parallel()
	if api.NewTransport().Proxy == nil {
		t.Error("the proxy of the environment is not used")
	}
	selfSigned := httptest.NewTLSServer(goodToken)
	defer selfSigned.Close()
	old := httptest.NewUnstartedServer(goodToken)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11, MinVersion: tls.VersionTLS10}
	old.StartTLS()
	defer old.Close()
	notFound := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		return nil, &net.OpError{Op: "dial", Err: &net.DNSError{Err: "no such host", Name: "nowhere.example", IsNotFound: true}}
	}}
	trusting := api.NewTransport()
	trusting.TLSClientConfig.RootCAs = old.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	for name, c := range map[string]struct {
		url       string
		transport http.RoundTripper
		cause     api.Cause
	}{
		"certificate": {selfSigned.URL, nil, api.CauseTLS},
		"TLS 1.1":     {old.URL, trusting, api.CauseTLS},
		"no TLS":      {"https" + strings.TrimPrefix(serve(t, goodToken).url, "http"), nil, api.CauseTLS},
		"DNS":         {"https://nowhere.example", notFound, api.CauseDNS},
	} {
		s := serve(t, goodToken)
		s.url = c.url
		_, _, err := s.client(func(o *api.Options) { o.Transport = c.transport }).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
		var lost *api.TransportError
		// An alert of the server can come after the call was sent.
		if !errors.As(err, &lost) || lost.Cause != c.cause || lost.Sent != (name == "TLS 1.1") || api.MayHaveActed(err) != lost.Sent {
			t.Errorf("%s: %v", name, err)
		}
	}
}
