package webapp_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator/webapp"
)

const tokensPath = "/tokens/v1/service_user_tokens"

// fixture is an emulator with its page, as the program serves them.
type fixture struct {
	t     *testing.T
	em    *emulator.Emulator
	clock *webapp.Clock
	url   string
}

func start(t *testing.T, opts emulator.Options) *fixture {
	t.Helper()
	now := time.Date(2026, 5, 4, 3, 2, 1, 0, time.UTC)
	f := &fixture{t: t, clock: webapp.NewClock(func() time.Time { return now })}
	opts.Now = f.clock.Now
	f.em = emulator.New(opts)
	server := httptest.NewServer(webapp.OnlyLoopback(webapp.Handler(f.em, f.clock)))
	t.Cleanup(server.Close)
	f.url = server.URL
	return f
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

// response is a response of the page. Redirects are not followed.
type response struct {
	status   int
	header   http.Header
	body     string
	location string
}

func (f *fixture) send(method, path string, body io.Reader, change func(*http.Request)) response {
	f.t.Helper()
	req, err := http.NewRequestWithContext(f.t.Context(), method, f.url+path, body)
	f.must(err)
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	f.must(err)
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	f.must(err)
	return response{resp.StatusCode, resp.Header, string(data), resp.Header.Get("Location")}
}

func (f *fixture) get(path string) response {
	f.t.Helper()
	return f.send("GET", path, nil, nil)
}

// post sends a form as a browser does: pairs are names and values.
func (f *fixture) post(path string, pairs ...string) response {
	f.t.Helper()
	return f.send("POST", path, strings.NewReader(form(pairs...).Encode()), asForm)
}

func asForm(r *http.Request) { r.Header.Set("Content-Type", "application/x-www-form-urlencoded") }

func form(pairs ...string) url.Values {
	values := url.Values{}
	for pair := range slices.Chunk(pairs, 2) {
		values.Add(pair[0], pair[1])
	}
	return values
}

// call is a call of the API. It returns the status and the message of an error.
func (f *fixture) call(bearer, method, path, body string) (int, string) {
	f.t.Helper()
	resp := f.send(method, path, strings.NewReader(body), func(r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+bearer)
	})
	var content struct{ Message string }
	_ = json.Unmarshal([]byte(resp.body), &content)
	return resp.status, content.Message
}

// create makes a token as somebody else would, not on the page.
func (f *fixture) create(name string) (emulator.Token, string) {
	f.t.Helper()
	token, secret, err := f.em.CreateToken(emulator.TokenInput{Name: name})
	f.must(err)
	return token, secret
}

func (f *fixture) only() emulator.Token {
	f.t.Helper()
	tokens := f.em.Tokens()
	if len(tokens) != 1 {
		f.t.Fatalf("there are %d tokens, want one", len(tokens))
	}
	return tokens[0]
}

func pathOf(t emulator.Token, action string) string { return "/web/tokens/" + t.ID + "/" + action }

// element is an element of a page.
type element struct {
	name     string
	attr     map[string]string
	text     string // its own and that of what it holds
	children []*element
}

// parse reads a page, which is checked on the way: every element is closed.
func parse(t *testing.T, page string) *element {
	t.Helper()
	decoder := xml.NewDecoder(strings.NewReader(page))
	decoder.Strict, decoder.AutoClose, decoder.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	open := []*element{{name: "page"}}
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return open[0]
		}
		if err != nil {
			t.Fatalf("%v\n%s", err, page)
		}
		switch token := token.(type) {
		case xml.StartElement:
			e := &element{name: token.Name.Local, attr: map[string]string{}}
			for _, a := range token.Attr {
				e.attr[a.Name.Local] = a.Value
			}
			parent := open[len(open)-1]
			parent.children = append(parent.children, e)
			open = append(open, e)
		case xml.EndElement:
			open = open[:len(open)-1]
		case xml.CharData:
			for _, e := range open {
				e.text += string(token)
			}
		}
	}
}

// all returns the elements below e that match, in the order of the page.
func (e *element) all(match func(*element) bool) []*element {
	var found []*element
	for _, child := range e.children {
		if match(child) {
			found = append(found, child)
		}
		found = append(found, child.all(match)...)
	}
	return found
}

func named(names ...string) func(*element) bool {
	return func(e *element) bool { return slices.Contains(names, e.name) }
}

// words is the text without the page's line breaks.
func (e *element) words() string { return strings.Join(strings.Fields(e.text), " ") }

// rows returns the cells of a section's table, row by row, without the head.
func rows(t *testing.T, page, section string) [][]string {
	t.Helper()
	var found [][]string
	for _, s := range parse(t, page).all(named("section")) {
		if s.attr["aria-labelledby"] != section {
			continue
		}
		for _, row := range s.all(named("tr"))[1:] {
			var cells []string
			for _, cell := range row.all(named("th", "td")) {
				cells = append(cells, cell.words())
			}
			found = append(found, cells)
		}
	}
	return found
}

// dialogOf returns the page's dialog; nil is none.
func dialogOf(t *testing.T, page string) *element {
	t.Helper()
	found := parse(t, page).all(named("dialog"))
	if len(found) == 0 {
		return nil
	}
	return found[0]
}
