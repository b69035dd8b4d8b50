package webapp_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// pages are all kinds of pages, by what they are.
func (f *fixture) pages() map[string]response {
	active, _ := f.create("active")
	revoked, _ := f.create("revoked")
	f.must(f.em.RevokeToken(revoked.ID))
	return map[string]response{
		"list": f.get("/"), "list with a notice": f.get("/?done=revoked"), "create": f.get("/web/tokens/new"), "refused": f.post("/web/tokens/new"),
		"secret": f.post("/web/tokens/new", "name", "new", "days", "45", "permissions", "all"), "edit": f.get(pathOf(active, "edit")),
		"revoke": f.get(pathOf(active, "revoke")), "regenerate": f.get(pathOf(revoked, "regenerate")), "delete": f.get(pathOf(revoked, "delete")),
		"gone": f.get("/web/tokens/gone/edit"),
	}
}

// A foreign host name that resolves to this machine (DNS rebinding) gets neither the page nor the API.
func TestOnlyLoopback(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	for host, allowed := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:8080": true, "127.9.9.9:1": true, "[::1]:8080": true, "[::1]": true, "localhost": true, "LocalHost:80": true,
		"evil.example": false, "evil.example:8080": false, "localhost.evil.example": false, "127.0.0.1.evil.example": false, "192.0.2.7": false,
		"0.0.0.0:80": false, "[2001:db8::1]:80": false, "": false,
	} {
		for _, path := range []string{"/", "/web/tokens/new", "/web/files/page.js", tokensPath} {
			got := f.send("GET", path, nil, func(r *http.Request) {
				r.Host = host
				if host == "" { // net/http would put the address there
					r.URL.Opaque, r.Host = "//evil.example"+path, ""
				}
				r.Header.Set("Authorization", "Bearer "+f.em.Bearer())
			})
			if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[allowed]; got.status != want {
				t.Errorf("%q %s: %d, want %d", host, path, got.status, want)
			}
		}
	}
}

// Another web site can send no form.
func TestPage_refusesFormsOfOtherSites(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	active, _ := f.create("active")
	revoked, _ := f.create("revoked")
	f.must(f.em.RevokeToken(revoked.ID))
	before := fmt.Sprintf("%+v %d", f.em.Tokens(), f.clock.Days())
	forms := map[string]string{
		"/web/tokens/new": "name=a&days=45&permissions=all", pathOf(active, "edit"): "name=b&days=45&permissions=all", pathOf(active, "revoke"): "",
		pathOf(revoked, "regenerate"): "", pathOf(revoked, "delete"): "", "/web/clock": "days=45",
	}
	for path, body := range forms {
		for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "sec-fetch-site": "same-site", "Origin": "http://evil.example", "origin": "null"} {
			got := f.send("POST", path, strings.NewReader(body), func(r *http.Request) {
				asForm(r)
				r.Header.Set(header, value)
			})
			if got.status != http.StatusForbidden {
				t.Errorf("%s with %s %s: %d", path, header, value, got.status)
			}
		}
	}
	if after := fmt.Sprintf("%+v %d", f.em.Tokens(), f.clock.Days()); after != before {
		t.Errorf("changed from %s to %s", before, after)
	}
	// The same forms are accepted from the page itself.
	for path, body := range forms {
		got := f.send("POST", path, strings.NewReader(body), func(r *http.Request) {
			asForm(r)
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			r.Header.Set("Origin", f.url)
		})
		if got.status == http.StatusForbidden { // in any order, some are refused for what the one before has done
			t.Errorf("%s of the page itself: %d %s", path, got.status, got.body)
		}
	}
}

// A GET changes nothing, because a link on another site can cause it.
func TestPage_readingChangesNothing(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	token, _ := f.create("a")
	before := fmt.Sprintf("%+v %d", f.em.Tokens(), f.clock.Days())
	for _, path := range []string{"/web/tokens/new?name=x&days=45&permissions=all", "/web/clock?days=45", pathOf(token, "edit") + "?name=x&days=45&permissions=all", pathOf(token, "revoke"), pathOf(token, "delete")} {
		f.get(path)
	}
	if r := f.get("/web/clock"); r.status != http.StatusMethodNotAllowed {
		t.Errorf("the clock's form can be read: %d", r.status)
	}
	// A query in the form's address has no effect.
	f.post("/web/clock?days=45")
	f.post("/web/tokens/new?name=x&days=45&permissions=all")
	if after := fmt.Sprintf("%+v %d", f.em.Tokens(), f.clock.Days()); after != before {
		t.Errorf("changed from %s to %s", before, after)
	}
}

// Each page, also a refused one, forbids code and content of others, framing and storing.
func TestPage_headers(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	pages := f.pages()
	for _, file := range []string{"page.css", "page.js", "icon.svg"} {
		pages[file] = f.get("/web/files/" + file)
		if pages[file].status != http.StatusOK {
			t.Errorf("%s: %d", file, pages[file].status)
		}
	}
	pages["of another site"] = f.send("POST", "/web/clock", nil, func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") })
	for name, r := range pages {
		csp := map[string]bool{}
		for directive := range strings.SplitSeq(r.header.Get("Content-Security-Policy"), "; ") {
			csp[directive] = true
		}
		for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
			if !csp[want] {
				t.Errorf("%s: the policy lacks %q", name, want)
			}
		}
		if r.header.Get("Cache-Control") != "no-store" || r.header.Get("X-Content-Type-Options") != "nosniff" || r.header.Get("Referrer-Policy") != "same-origin" {
			t.Errorf("%s: %v", name, r.header)
		}
	}
	for file, want := range map[string]string{"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml", "list": "text/html"} {
		if got := pages[file].header.Get("Content-Type"); !strings.HasPrefix(got, want) {
			t.Errorf("%s is %s", file, got)
		}
	}
}

// The policy blocks inline code and what others serve, so the pages must not have any.
func TestPage_hasNoInlineCode(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	for name, r := range f.pages() {
		for _, e := range parse(t, r.body).all(func(*element) bool { return true }) {
			for attr, value := range e.attr {
				leads := attr == "src" || attr == "href" || attr == "action"
				if attr == "style" || strings.HasPrefix(attr, "on") || leads && !regexp.MustCompile(`^/([^/]|$)`).MatchString(value) {
					t.Errorf("%s: <%s %s=%q>", name, e.name, attr, value)
				}
			}
			if (e.name == "script" || e.name == "style") && e.text != "" {
				t.Errorf("%s: <%s> with content", name, e.name)
			}
		}
	}
}

// Text of tokens, people and callers is never HTML.
func TestPage_escapes(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	const evil = `</bdi><script>alert(1)</script><img src=x onerror=alert(1)> "'&`
	set := f.em.AddPermissionSet(evil)
	token, secret, err := f.em.CreateToken(emulator.TokenInput{Name: evil, PermissionSetIDs: []string{set}})
	f.must(err)
	f.call(secret, "GET", "/"+strings.ReplaceAll(strings.ReplaceAll(evil, "/", "%2F"), " ", "%20"), "")
	f.call(secret, "GET", "/accounts/user/v1/user:WhoAmI", "")
	pages := map[string]response{
		"list": f.get("/"), "create": f.get("/web/tokens/new"), "edit": f.get(pathOf(token, "edit")), "revoke": f.get(pathOf(token, "revoke")),
		"refused": f.post(pathOf(token, "edit"), "name", evil+strings.Repeat("x", 100), "days", evil, "permissions", evil, "set", evil),
		"notice":  f.get("/?done=" + strings.ReplaceAll(evil, " ", "+")),
		"secret":  f.post("/web/tokens/new", "name", evil, "days", "45", "permissions", "all"),
	}
	for name, r := range pages {
		page := parse(t, r.body)
		if scripts := page.all(named("script")); len(scripts) != 1 || len(page.all(named("img"))) != 0 {
			t.Errorf("%s: text became elements", name)
		}
	}
	f.must(f.em.RevokeToken(token.ID))
	got := rows(t, f.get("/").body, "service-user-tokens")
	if got[0][1] != "Revoked" { // both are as old
		got[0] = got[1]
	}
	if got[0][0] != evil || got[0][2] != evil {
		t.Errorf("the text is not shown as it is: %q", got)
	}
}

// A secret is only in the response that shows it.
func TestPage_secretIsShownOnce(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	secret := f.shownSecret(f.post("/web/tokens/new", "name", "a", "days", "45", "permissions", "all"))
	token := f.only()
	f.call(secret, "GET", tokensPath, "")
	f.call(secret, "GET", tokensPath+"/"+secret, "") // a caller's mistake
	f.call(f.em.Bearer(), "PATCH", tokensPath+"/"+token.ID, `{"name":"b","secret":"`+secret+`"}`)
	f.must(f.em.RevokeToken(token.ID))
	again := f.shownSecret(f.post(pathOf(token, "regenerate")))
	f.call(secret, "GET", tokensPath+"/"+secret, "") // one that works no more
	pages := f.pages()
	pages["after all"] = f.get("/")
	for name, r := range pages {
		for _, s := range []string{secret, again, f.em.Bearer()} {
			if strings.Contains(r.body, s) || strings.Contains(fmt.Sprint(r.header), s) {
				t.Errorf("%s holds a secret", name)
			}
		}
	}
}
