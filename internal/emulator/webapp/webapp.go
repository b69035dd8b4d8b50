// Package webapp serves the emulator's page: what people do with API tokens in the vendor's web app, in a browser.
package webapp

import (
	"bytes"
	"embed"
	"errors"
	"html/template"
	"net/http"
	"slices"
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
	mux.HandleFunc("GET /web/tokens/{id}/edit", a.showEdit)
	mux.HandleFunc("POST /web/tokens/{id}/edit", a.edit)
	mux.HandleFunc("GET /web/tokens/{id}/{action}", a.showConfirmation)
	mux.HandleFunc("POST /web/tokens/{id}/{action}", a.confirm)
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

// refuse shows what the API would respond, in the dialog that it is about.
func (a *app) refuse(w http.ResponseWriter, err error, d *dialog) {
	status, message := emulator.Refusal(err)
	if errors.Is(err, errTooFar) || errors.Is(err, errForm) {
		status = http.StatusBadRequest
	}
	if d == nil || status == http.StatusNotFound {
		a.show(w, status, nil, &notice{"Not done: " + message + ".", true})
		return
	}
	d.Problem = message
	a.show(w, status, d, nil)
}

// done goes back to the list, which a reload then reads and does not change.
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
	if err != nil {
		err = errForm
	} else {
		err = a.clock.Move(days)
	}
	if err != nil {
		a.refuse(w, err, nil)
		return
	}
	done(w, r, "clock")
}

// token returns the token that a request's path names, or answers that there is none.
func (a *app) token(w http.ResponseWriter, r *http.Request) (emulator.Token, bool) {
	t, found := a.em.Token(r.PathValue("id"))
	if !found {
		a.show(w, http.StatusNotFound, nil, &notice{"There is no service user token with this id.", true})
	}
	return t, found
}

// input is what the form of a token says. What is wrong with it, the emulator says.
type input struct {
	Name    string
	Days    int
	All     bool
	SetIDs  []string
	problem error
}

var errForm = errors.New("the form is incomplete or too large")

func readInput(r *http.Request) input {
	if err := r.ParseForm(); err != nil {
		return input{problem: errForm}
	}
	in := input{Name: r.PostForm.Get("name"), All: r.PostForm.Get("permissions") == "all"}
	var err error
	if in.Days, err = strconv.Atoi(r.PostForm.Get("days")); err != nil || in.Days == 0 {
		in.Days = -1 // not 0, for which the emulator would take its default
	}
	if !in.All {
		in.SetIDs = append([]string{}, r.PostForm["set"]...) // not nil, which would be all permissions
	}
	return in
}

// Has reports whether a permission set is chosen.
func (in input) Has(id string) bool { return slices.Contains(in.SetIDs, id) }
