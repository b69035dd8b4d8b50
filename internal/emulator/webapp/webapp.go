// Package webapp serves the emulator's page: what people do with API tokens in the vendor's web app, in a browser.
package webapp

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"strconv"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

const (
	prefix       = "/web/"
	shownCalls   = 20
	maxFormBytes = 64 << 10
)

// policy lets the page load its own style sheet, script and icon, and nothing else.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

//go:embed page.html
var pageText string

//go:embed page.css page.js icon.svg
var files embed.FS

// app is the page of one emulator.
type app struct {
	em       *emulator.Emulator
	clock    *Clock
	template *template.Template
}

// Handler serves the page at "/" and below "/web/". Every other request goes to the emulator, as if there were no page.
func Handler(em *emulator.Emulator, clock *Clock) http.Handler {
	a := &app{em, clock, template.Must(template.New("page").Funcs(functions).Parse(pageText))}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", a.showList)
	mux.HandleFunc("GET /web/tokens/new", a.showCreate)
	mux.HandleFunc("POST /web/tokens/new", a.create)
	mux.HandleFunc("GET /web/tokens/{id}/edit", a.of(a.showEdit))
	mux.HandleFunc("POST /web/tokens/{id}/edit", a.of(a.edit))
	mux.HandleFunc("GET /web/tokens/{id}/{action}", a.of(a.showConfirmation))
	mux.HandleFunc("POST /web/tokens/{id}/{action}", a.of(a.confirm))
	mux.HandleFunc("POST /web/clock", a.moveClock)
	mux.Handle("GET /web/files/", http.StripPrefix("/web/files/", http.FileServerFS(files)))
	page := protect(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead
		if strings.HasPrefix(r.URL.Path, prefix) || reads && r.URL.Path == "/" {
			page.ServeHTTP(w, r)
			return
		}
		em.ServeHTTP(w, r)
	})
}

// protect keeps other web sites from sending the page's forms, from framing it and from running code in it, and keeps
// browsers from storing it: it can hold a secret.
func protect(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Cache-Control", "no-store")
		header.Set("Content-Security-Policy", policy)
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Referrer-Policy", "same-origin")
		header.Set("X-Content-Type-Options", "nosniff")
		r.Body = http.MaxBytesReader(w, r.Body, maxFormBytes)
		next.ServeHTTP(w, r)
	})
}

// show writes the page, with a dialog or a notice on it.
func (a *app) show(w http.ResponseWriter, status int, d *dialog, n *notice) {
	v := &view{Snapshot: a.em.Snapshot(shownCalls), Days: a.clock.Days(), Dialog: d, Notice: n}
	var body bytes.Buffer
	if err := a.template.Execute(&body, v); err != nil {
		http.Error(w, "The page could not be written.", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(body.Bytes())
}

// refuse shows the API's refusal in the dialog of the form.
func (a *app) refuse(w http.ResponseWriter, err error, d *dialog) {
	status, message := emulator.Refusal(err)
	d.Problem = message
	a.show(w, status, d, nil)
}

// done redirects to the list, so that a reload reads and changes nothing.
func done(w http.ResponseWriter, r *http.Request, what string) {
	http.Redirect(w, r, "/?done="+what, http.StatusSeeOther)
}

func (a *app) showList(w http.ResponseWriter, r *http.Request) {
	var n *notice
	if text := notices[r.URL.Query().Get("done")]; text != "" {
		n = &notice{text, false}
	}
	a.show(w, http.StatusOK, nil, n)
}

func (a *app) moveClock(w http.ResponseWriter, r *http.Request) {
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil || !a.clock.Move(days) {
		a.show(w, http.StatusBadRequest, nil, &notice{"The clock can be moved to at most 3650 days from the real time.", true})
		return
	}
	done(w, r, "clock")
}

// of serves a page about the token that the path names.
func (a *app) of(serve func(http.ResponseWriter, *http.Request, emulator.Token)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if t, found := a.em.Token(r.PathValue("id")); found {
			serve(w, r, t)
			return
		}
		a.show(w, http.StatusNotFound, nil, &notice{"There is no service user token with this id.", true})
	}
}
