package faults_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// life is one token on a server with odd habits, and the checks after each step.
type life struct {
	acctest.Simulator
	habits  emulator.Habits
	planned int // secrets that a plan showed, or that the test made
	lost    int // secrets that an error says may be lost
}

// maxTries is how often a user runs Terraform again after an error.
const maxTries = 12

func newLife(t *testing.T, habits emulator.NamedHabit) *life {
	t.Helper()
	e := acctest.New(t, func(o *emulator.Options) { o.Habits = habits.Habits })
	e.Transport = e.NewTransport()
	return &life{Simulator: acctest.Simulator{Env: e}, habits: habits.Habits}
}

// try runs something until it succeeds. It may fail only if the server refuses, loses or delays something.
func (l *life) try(run func() string) {
	t := l.Env.T
	t.Helper()
	var texts []string
	for tries := range maxTries {
		text := run()
		if text == "" {
			return
		}
		texts = append(texts, text)
		expectTrueWords(t, text)
		l.lost += strings.Count(text, "The response was lost, and with it the")
		l.removeLeftovers(text)
		l.settle()
		for range tries { // others call too: a gateway does not hit the same call of each run
			l.Env.WhoAmI(l.Env.Emulator.Bearer())
		}
	}
	t.Fatalf("does not converge:\n%s", strings.Join(texts, "\n\n"))
}

// apply applies a configuration whose plan shows this many secrets; a nil one destroys.
func (l *life) apply(secrets int, config acctest.Values, order acctest.Order) {
	t := l.Env.T
	t.Helper()
	l.planned += secrets
	l.try(func() string { return l.Simulator.Apply(config, order) })
	l.expectActive()
	// If a response was lost, the secret may or may not have been created.
	if made := len(l.Env.Secrets()); made < l.planned || made > l.planned+l.lost {
		t.Errorf("%d secrets were made; %d were planned, %d may have been lost", made, l.planned, l.lost)
	}
	if (l.Current != nil) != (config != nil) {
		t.Fatalf("state holds a token: %t", l.Current != nil)
	}
}

// expectActive fails unless the active tokens are those in state, and the secret in state works.
func (l *life) expectActive() {
	t := l.Env.T
	t.Helper()
	inState := inStates(&l.Simulator)
	for i, id := range inState {
		inState[i] = strings.ToLower(id)
	}
	if active := l.Env.ActiveIDs(); !slices.Equal(active, inState) {
		t.Errorf("active on the server: %v, in state: %v", active, inState)
	}
	if l.Current != nil && l.Current.Text("token") != "" && !l.Env.Emulator.Accepts(l.Current.Text("token")) {
		t.Error("the secret in state does not work")
	}
}

// removeLeftovers follows the advice in the error of a lost create.
func (l *life) removeLeftovers(text string) {
	inState := strings.ToLower(strings.Join(inStates(&l.Simulator), " "))
	for _, id := range l.Env.ActiveIDs() {
		if strings.Contains(inState, id) {
			continue
		}
		if !strings.Contains(strings.ToLower(text), id) && !strings.Contains(text, "one may still appear") && !strings.Contains(text, "checking for a leftover token also failed") && !strings.Contains(text, "tries again to remove it") {
			l.Env.T.Errorf("token %s is active, in no state, and no error names it: %s", id, text)
		}
		_ = l.Env.Emulator.RevokeToken(id)
		l.settle() // a server that lags does not see it at once
		l.Env.Must(l.Env.Emulator.DeleteToken(id))
	}
}

// id returns the id of the token in state, as the emulator writes it.
func (l *life) id() string { return strings.ToLower(l.Current.Text("id")) }

// settle lets writes become visible, as they do in the time between two runs.
func (l *life) settle() { l.Env.Clock.Advance(5 * time.Second) }

// quiet fails if a plan shows a change although nothing happened. With lags, a plan may show an edit, but never a new secret.
func (l *life) quiet(config acctest.Values) {
	t := l.Env.T
	t.Helper()
	patience := 1
	if len(l.habits.Lags) > 0 {
		patience = 4
	}
	var seen string
	for range patience {
		if seen = l.look(config); seen == "" {
			return
		}
		if strings.Contains(seen, "new secret") {
			break
		}
		l.settle()
	}
	t.Fatalf("nothing happened, and a plan shows: %s", seen)
}

// look returns what a plan shows: a change by the refresh, or a planned change; empty if nothing.
func (l *life) look(config acctest.Values) string {
	t := l.Env.T
	t.Helper()
	before := *l.Current
	var p *acctest.Plan
	l.try(func() string {
		c, diags := l.Env.Configure(nil)
		if text := acctest.Errors(diags); text != "" {
			return text
		}
		if text := l.Refresh(c); text != "" {
			return text
		}
		var text string
		p, text = l.Plan(c, config)
		return text
	})
	switch {
	case l.Current == nil:
		return "the token does not exist: a new secret"
	case p != nil && (p.Replace || p.IsUnknown("token")):
		return "a new secret, because of " + strings.Join(p.ReplacePaths, ", ")
	case p != nil:
		return "an update"
	case !before.State.Equal(l.Current.State):
		return "drift: " + differences(before, *l.Current)
	}
	return ""
}

// differences names the text attributes that differ.
func differences(a, b acctest.Instance) string {
	var names []string
	for _, name := range []string{"id", "name", "status", "organization_id", "service_user_id", "created_at", "issued_at"} {
		if a.Text(name) != b.Text(name) {
			names = append(names, name+": "+a.Text(name)+" -> "+b.Text(name))
		}
	}
	return strings.Join(names, "; ")
}
