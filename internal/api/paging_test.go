package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// pages serves n items as the contract says: page_size at a time, page_token to go on.
func pages(t *testing.T, field string, n int, item func(i int) string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		size, err := strconv.Atoi(r.URL.Query().Get("page_size"))
		if err != nil || size < 1 || size > 100 {
			t.Errorf("page_size %q", r.URL.Query().Get("page_size"))
		}
		from, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Query().Get("page_token"), "from "))
		to := min(from+size, n)
		var items []string
		for i := from; i < to; i++ {
			items = append(items, item(i))
		}
		next := "null"
		if to < n {
			next = fmt.Sprintf(`"from %d"`, to)
		}
		response(200, fmt.Sprintf(`{%q:[%s],"next_page_token":%s,"active_count":%d,"active_limit":200}`, field, strings.Join(items, ","), next, n))(w, r)
	}
}

func tokenWithID(id string) string {
	return strings.Replace(tokenJSON, `"id":"t1"`, fmt.Sprintf(`"id":%q`, id), 1)
}

func TestListsOfEverySize(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 20, 21, 99, 100, 101, 200, 201, 1000} {
		calls := max(1, (n+99)/100)
		s := serve(t, pages(t, "service_user_tokens", n, func(i int) string { return tokenWithID(fmt.Sprint("t", i)) }))
		list, err := s.client(nil).ListServiceUserTokens(t.Context())
		if err != nil || len(list.Tokens) != n || list.ActiveCount != int64(n) || list.ActiveLimit != 200 || s.calls() != calls {
			t.Errorf("%d service user tokens: got %d in %d calls, %v", n, len(list.Tokens), s.calls(), err)
		}
		for i, token := range list.Tokens {
			if token.ID != fmt.Sprint("t", i) {
				t.Errorf("%d is %s", i, token.ID)
			}
		}
		s = serve(t, pages(t, "user_tokens", n, func(i int) string { return fmt.Sprintf(`{"id":"u%d"}`, i) }))
		people, err := s.client(nil).ListUserTokens(t.Context(), "somebody")
		if err != nil || len(people.Tokens) != n || people.ActiveCount != int64(n) || s.calls() != calls {
			t.Errorf("%d user tokens: got %d in %d calls, %v", n, len(people.Tokens), s.calls(), err)
		}
		for _, r := range s.requests {
			if r.URL.Query().Get("user_id") != "somebody" {
				t.Error("a later page is somebody else's")
			}
		}
	}
}

// An item that moves to another page while the pages are read is listed once, as it was read last.
func TestListsHoldNothingTwice(t *testing.T) {
	t.Parallel()
	s := serve(t,
		response(200, `{"service_user_tokens":[`+tokenWithID("a")+`,`+tokenWithID("b")+`],"next_page_token":"2","active_count":9,"active_limit":20}`),
		response(200, `{"service_user_tokens":[`+strings.Replace(tokenWithID("b"), "ACTIVE", "REVOKED", 1)+`,`+tokenWithID("c")+`],"active_count":8,"active_limit":20}`))
	list, err := s.client(nil).ListServiceUserTokens(t.Context())
	if err != nil || len(list.Tokens) != 3 || list.Tokens[1].Status != api.StatusRevoked || list.ActiveCount != 8 {
		t.Errorf("%+v, %v", list, err)
	}
	s = serve(t, response(200, `{"user_tokens":[{"id":"a","name":"old"},{"id":"b"}],"next_page_token":"2"}`), response(200, `{"user_tokens":[{"id":"a","name":"new"},{"id":"c"}]}`))
	people, err := s.client(nil).ListUserTokens(t.Context(), "")
	if err != nil || len(people.Tokens) != 3 || people.Tokens[0].Name != "new" {
		t.Errorf("%+v, %v", people, err)
	}
}

// The end of a list, in each way that an API writes it.
func TestNextPageToken(t *testing.T) {
	t.Parallel()
	for _, end := range []string{``, `,"next_page_token":null`, `,"next_page_token":""`} {
		s := serve(t, response(200, `{"service_user_tokens":[]`+end+`}`))
		if _, err := s.client(nil).ListServiceUserTokens(t.Context()); err != nil || s.calls() != 1 {
			t.Errorf("%q: %d calls, %v", end, s.calls(), err)
		}
	}
	// A page without items is not the end; a page token goes back as it came.
	const odd = "a+b/c=&d%é \\u0000"
	s := serve(t, response(200, `{"service_user_tokens":[],"next_page_token":"`+odd+`"}`), response(200, `{"service_user_tokens":[`+tokenJSON+`]}`))
	list, err := s.client(nil).ListServiceUserTokens(t.Context())
	if err != nil || len(list.Tokens) != 1 || s.requests[1].URL.Query().Get("page_token") != strings.Replace(odd, `\u0000`, "\x00", 1) {
		t.Errorf("%+v, %v, %q", list, err, s.requests[1].URL.RawQuery)
	}
}

// A call returns the whole list or an error, never only some pages.
func TestListThatFailsHalfWay(t *testing.T) {
	t.Parallel()
	first := response(200, `{"service_user_tokens":[`+tokenJSON+`],"next_page_token":"2"}`)
	for name, second := range map[string]http.HandlerFunc{"refused": response(403, ``), "broken": response(200, `{`), "something else": response(200, `{"up":true}`), "400": response(400, `{"code":3}`)} {
		if _, err := serve(t, first, second).client(nil).ListServiceUserTokens(t.Context()); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	// A retry continues with the page that failed, not with the first one.
	s := serve(t, first, response(503, ``), response(429, ``, "x-ratelimit-reset", "1"), cut, response(200, `{"service_user_tokens":[`+tokenWithID("t2")+`]}`))
	list, err := s.client(nil).ListServiceUserTokens(t.Context())
	if err != nil || len(list.Tokens) != 2 || s.calls() != 5 || s.requests[4].URL.Query().Get("page_token") != "2" {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestUserTokenListThatNeverEnds(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"user_tokens":[],"next_page_token":"again"}`))
	if _, err := s.client(nil).ListUserTokens(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "would never end") || s.calls() != 2 {
		t.Errorf("%v after %d calls", err, s.calls())
	}
}

// The list is complete, even if a server's total counts something else. A trustworthy total saves the call for an empty page.
func TestPermissionSetsOfEverySize(t *testing.T) {
	t.Parallel()
	for total, tt := range map[string]struct {
		write func(page, all int) string
		calls map[int]int
	}{
		"number":            {func(_, all int) string { return fmt.Sprintf(`,"total_results":%d`, all) }, map[int]int{0: 1, 1: 1, 99: 1, 100: 2, 101: 2, 200: 2, 250: 3}},
		"string":            {func(_, all int) string { return fmt.Sprintf(`,"total_results":"%d"`, all) }, map[int]int{0: 1, 1: 1, 99: 1, 100: 2, 101: 2, 200: 2, 250: 3}},
		"null":              {func(int, int) string { return `,"total_results":null` }, map[int]int{0: 1, 1: 2, 99: 2, 100: 2, 101: 3, 200: 3, 250: 4}},
		"missing":           {func(int, int) string { return `` }, map[int]int{0: 1, 1: 2, 99: 2, 100: 2, 101: 3, 200: 3, 250: 4}},
		"that of each page": {func(page, _ int) string { return fmt.Sprintf(`,"total_results":%d`, page) }, map[int]int{0: 1, 1: 1, 99: 1, 100: 2, 101: 2, 200: 3, 250: 3}},
	} {
		for n, calls := range tt.calls {
			var s *server
			s = serve(t, func(w http.ResponseWriter, r *http.Request) {
				var search string
				var limit, offset int
				s.mu.Lock()
				body := s.bodies[len(s.bodies)-1]
				s.mu.Unlock()
				if _, err := fmt.Sscanf(body, `{"search":%q,"limit":%d,"offset":%d}`, &search, &limit, &offset); err != nil || search != "a b" || limit != 100 {
					t.Errorf("body %s: %v", body, err)
				}
				var items []string
				for i := offset; i < min(offset+limit, n); i++ {
					items = append(items, fmt.Sprintf(`{"permission_set":{"identifier":{"id":"p%d"}}}`, i))
				}
				response(200, `{"permission_sets":[`+strings.Join(items, ",")+`]`+tt.write(len(items), n)+`}`)(w, r)
			})
			sets, err := s.client(nil).ListPermissionSets(t.Context(), "a b")
			if err != nil || len(sets) != n || !slices.IsSortedFunc(sets, func(a, b api.PermissionSet) int { return len(a.ID) - len(b.ID) }) {
				t.Errorf("%d sets, total %s: got %d, %v", n, total, len(sets), err)
			}
			if s.calls() != calls {
				t.Errorf("%d sets, total %s: %d calls, want %d", n, total, s.calls(), calls)
			}
		}
	}
}

// Without this check, a server that ignores the offset and says no total would get a thousand calls for the same page.
func TestPermissionSetListThatNeverEnds(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"permission_sets":[{"id":"a"},{"id":"b"}]}`))
	if _, err := s.client(nil).ListPermissionSets(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "would never end") || s.calls() != 2 {
		t.Errorf("%v after %d calls", err, s.calls())
	}
	n := 0
	s = serve(t, func(w http.ResponseWriter, r *http.Request) {
		n++
		response(200, fmt.Sprintf(`{"permission_sets":[{"id":"p%d"}]}`, n))(w, r)
	})
	if _, err := s.client(nil).ListPermissionSets(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "more than 1000 pages") {
		t.Errorf("%v after %d calls", err, s.calls())
	}
}

func TestListFollowsPages(t *testing.T) {
	t.Parallel()
	page := func(next string, ids ...string) http.HandlerFunc {
		var items []string
		for _, id := range ids {
			items = append(items, strings.Replace(tokenJSON, `"id":"t1"`, fmt.Sprintf(`"id":%q`, id), 1))
		}
		return response(200, fmt.Sprintf(`{"service_user_tokens":[%s],"next_page_token":%q,"active_count":3,"active_limit":20}`, strings.Join(items, ","), next))
	}
	s := serve(t, page("p2", "a", "b"), page("p3", "b", "c"), page("", "d"))
	list, err := s.client(nil).ListServiceUserTokens(t.Context())
	var ids []string
	for _, token := range list.Tokens {
		ids = append(ids, token.ID)
	}
	if err != nil || !slices.Equal(ids, []string{"a", "b", "c", "d"}) || list.ActiveCount != 3 || list.ActiveLimit != 20 {
		t.Errorf("%v, %v", ids, err)
	}
	if s.requests[1].URL.Query().Get("page_token") != "p2" || s.requests[2].URL.Query().Get("page_token") != "p3" {
		t.Error("the pages' tokens were not sent")
	}
	for name, s := range map[string]*server{"repeats": serve(t, page("p2", "a"), page("p2", "b")), "alternates": serve(t, page("p2", "a"), page("p3", "b"), page("p2", "c"))} {
		if _, err := s.client(nil).ListServiceUserTokens(t.Context()); err == nil || !strings.Contains(err.Error(), "would never end") || s.calls() > 4 {
			t.Errorf("%s: %v after %d calls", name, err, s.calls())
		}
	}
	n := 0
	endless := serve(t, func(w http.ResponseWriter, r *http.Request) { n++; page(fmt.Sprint(n), fmt.Sprint("t", n))(w, r) })
	if _, err := endless.client(nil).ListServiceUserTokens(t.Context()); err == nil || !strings.Contains(err.Error(), "more than 1000 pages") {
		t.Errorf("endless: %v", err)
	}
}
