package api

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
)

// ParseBaseURL reads the address of an API. It may carry a path prefix. http:// is allowed to a loopback host only: a
// credential never travels in clear text. Errors say what to write instead and do not contain the user info.
func ParseBaseURL(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil {
		return nil, errors.New("it is not a URL; write it like " + DefaultBaseURL)
	}
	switch {
	case u.User != nil:
		return nil, errors.New("it must not carry a user name or password; the credential goes into api_token")
	case u.Scheme != "http" && u.Scheme != "https", u.Hostname() == "":
		return nil, errors.New("it must be absolute: https://, a host, and optionally a path; write it like " + DefaultBaseURL)
	case u.RawQuery != "" || u.Fragment != "" || u.ForceQuery:
		return nil, errors.New("it must not carry a query or a fragment")
	case u.Scheme == "http" && !isLoopback(u.Hostname()):
		return nil, fmt.Errorf("http:// is allowed to a loopback host such as 127.0.0.1 only, because the API token would travel in clear text; write https://%s", u.Host)
	}
	u.Path, u.RawPath = strings.TrimRight(u.Path, "/"), strings.TrimRight(u.RawPath, "/")
	return u, nil
}

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
