package api_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// Every page of the active tokens is requested with the filter.
func TestListActive_filtersEveryPage(t *testing.T) {
	t.Parallel()
	s := serve(t, pages(t, "service_user_tokens", 250, func(i int) string { return tokenWithID(fmt.Sprint("t", i)) }))
	list, err := s.client(nil).ListActiveServiceUserTokens(t.Context())
	if err != nil || len(list.Tokens) != 250 || list.ActiveCount != 250 || !list.Counted || s.calls() != 3 {
		t.Errorf("got %d of %d in %d calls, %v", len(list.Tokens), list.ActiveCount, s.calls(), err)
	}
	for _, r := range s.requests {
		if got := r.URL.Query().Get("status"); got != "TOKEN_STATUS_ACTIVE" {
			t.Errorf("%s: status %q", r.URL, got)
		}
	}
}

// A token that is not active ends the list with its page: a server that ignores the filter can have many more.
func TestListActive_stopsAtATokenThatIsNotActive(t *testing.T) {
	t.Parallel()
	for _, status := range []string{"TOKEN_STATUS_REVOKED", "REVOKED", "expired", "TOKEN_STATUS_SUSPENDED"} {
		s := serve(t, pages(t, "service_user_tokens", 1000, func(i int) string {
			if i == 150 {
				return strings.Replace(tokenWithID("other"), "TOKEN_STATUS_ACTIVE", status, 1)
			}
			return tokenWithID(fmt.Sprint("t", i))
		}))
		if _, err := s.client(nil).ListActiveServiceUserTokens(t.Context()); !errors.Is(err, api.ErrNotFiltered) || s.calls() != 2 {
			t.Errorf("%s: %d calls, %v", status, s.calls(), err)
		}
	}
	for _, status := range []string{"ACTIVE", "active"} { // the same status in another form
		s := serve(t, response(200, tokenPage(strings.Replace(tokenJSON, "TOKEN_STATUS_ACTIVE", status, 1))))
		if list, err := s.client(nil).ListActiveServiceUserTokens(t.Context()); err != nil || len(list.Tokens) != 1 {
			t.Errorf("%s: %v", status, err)
		}
	}
}

// Counted is true only if the API said the count.
func TestList_counted(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		tokenPage(tokenJSON): true,
		`{"service_user_tokens":[],"active_count":0,"active_limit":20}`:   true,
		`{"service_user_tokens":[],"active_count":"0"}`:                   true,
		`{"service_user_tokens":[` + tokenJSON + `],"active_limit":20}`:   false,
		`{"service_user_tokens":[` + tokenJSON + `],"active_count":null}`: false,
	} {
		list, err := serve(t, response(200, body)).client(nil).ListActiveServiceUserTokens(t.Context())
		if err != nil || list.Counted != want {
			t.Errorf("%s: counted %t, %v", body, list.Counted, err)
		}
	}
}

func TestIsInvalidRequest(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]bool{400: true, 422: true, 401: false, 403: false, 404: false, 405: false, 409: false, 429: false, 500: false, 501: false, 503: false} {
		_, err := serve(t, response(status, `{"code":3,"message":"no"}`)).client(func(o *api.Options) { o.MaxRetries = 0 }).ListActiveServiceUserTokens(t.Context())
		if err == nil || api.IsInvalidRequest(err) != want {
			t.Errorf("%d: %t, %v", status, api.IsInvalidRequest(err), err)
		}
	}
	if api.IsInvalidRequest(nil) || api.IsInvalidRequest(&api.TransportError{}) || api.IsInvalidRequest(&api.ResponseError{Status: 400}) {
		t.Error("what is no refusal counts as one")
	}
}
