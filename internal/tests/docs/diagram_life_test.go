package docs_test

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Each arrow in the picture of a token's life is true. An event leads from active to the state that the token is found in. From
// there, "plan" and a symbol is what a plan shows, and the arrow leads to what an apply makes of it.
func TestDocs_lifeDiagram(t *testing.T) {
	t.Parallel()
	drawn := readPicture(t, filepath.Join(acctest.RootDir, "docs", "images", "token-life.svg"))
	renamed := "renamed"
	events := map[string]func(l *life){
		"edited outside":            func(l *life) { l.Env.Must(l.Env.Emulator.EditToken(l.id(), emulator.TokenEdit{Name: &renamed})) },
		"due, or a trigger changed": func(l *life) { l.config["rotation_triggers"] = acctest.Values{"at": "2"} },
		"revoked outside":           func(l *life) { l.Env.Must(l.Env.Emulator.RevokeToken(l.id())) },
		"unused too long":           func(l *life) { l.Env.Clock.Advance(46 * acctest.Day) },
		"regenerated outside":       func(l *life) { l.Env.RegenerateOutside(l.id()) },
		"deleted outside": func(l *life) {
			l.Env.Must(l.Env.Emulator.RevokeToken(l.id()))
			l.Env.Must(l.Env.Emulator.DeleteToken(l.id()))
		},
	}
	into := map[string]func(l *life){"start": func(*life) {}, "active": func(l *life) { l.config = nil }} // the event that leads to a state
	unseen := maps.Clone(events)
	for _, a := range drawn.arrows {
		if happens := events[a.label]; happens != nil && a.from == "active" {
			into[a.to] = happens
			delete(unseen, a.label)
		}
	}
	for what := range unseen {
		t.Errorf("the picture has no arrow for %q", what)
	}
	plans, kept := 0, 0
	for _, a := range drawn.arrows {
		l := &life{Simulator: acctest.Simulator{Env: acctest.New(t)}, config: acctest.Values{"name": "t", "all_permissions": true, "rotation_triggers": acctest.Values{"at": "1"}}}
		symbol, isPlan := strings.CutPrefix(a.label, "plan ")
		switch {
		case isPlan:
			plans++
			l.checkPlan(a, symbol, into[a.from])
		case events[a.label] != nil:
			l.must(l.Apply(l.config, acctest.DestroyFirst))
			events[a.label](l)
			if state, _ := l.shows(); state != a.to && (state != "active" || a.to != "edited" && a.to != "due") {
				t.Errorf("%s: the token is %s, and the arrow leads to %s", a.label, state, a.to)
			}
		case a.label == "used: no plan" && a.from == a.to:
			kept++
			l.must(l.Apply(l.config, acctest.DestroyFirst))
			l.Env.Must(l.Env.Emulator.UseToken(l.id()))
			l.expect(a, a.to, "")
		case a.label == "keep: only a warning" && a.from == a.to:
			kept++
			l.config["on_"+a.from] = "keep"
			l.must(l.Apply(l.config, acctest.DestroyFirst))
			into[a.from](l)
			l.expect(a, a.to, "")
		default:
			t.Errorf("%s --> %s: %q is not known to this test", a.from, a.to, a.label)
		}
	}
	if plans != len(events)+2 || kept != 3 {
		t.Errorf("the picture has %d plans and %d arrows without one", plans, kept)
	}
}

// checkPlan checks what a plan shows in the state that an event leads to, and what its apply makes of the token.
func (l *life) checkPlan(a arrow, symbol string, happens func(l *life)) {
	t := l.Env.T
	t.Helper()
	if happens == nil {
		t.Errorf("%s --> %s: no event leads to %s", a.from, a.to, a.from)
		return
	}
	var id, secret string
	if a.from != "start" {
		l.must(l.Apply(l.config, acctest.DestroyFirst))
		id, secret = l.id(), l.Current.Text("token")
	}
	happens(l)
	if _, shown := l.shows(); shown != symbol {
		t.Errorf("%s --> %s: a plan shows %q, and not %q", a.from, a.to, shown, symbol)
	}
	l.must(l.Apply(l.config, acctest.DestroyFirst))
	var becomes string
	switch {
	case l.Current == nil:
		becomes = "end"
	case a.from == "deleted" && l.id() != id && l.Env.Emulator.Accepts(l.Current.Text("token")):
		becomes = "another"
	case l.Env.Emulator.Accepts(l.Current.Text("token")) && (l.Current.Text("token") == secret) == (symbol == "~"):
		becomes = "active"
	}
	if becomes != a.to {
		t.Errorf("%s --> %s: the apply leads to %q", a.from, a.to, becomes)
	}
}

// expect fails unless the token is found in a state and a plan shows that.
func (l *life) expect(a arrow, state, shown string) {
	l.Env.T.Helper()
	if gotState, gotShown := l.shows(); gotState != state || gotShown != shown {
		l.Env.T.Errorf("%s --> %s: %s: a plan shows %q, and the token is %s", a.from, a.to, a.label, gotShown, gotState)
	}
}

// life is a Simulator whose configuration changes.
type life struct {
	acctest.Simulator
	config acctest.Values
}

func (l *life) must(text string) {
	l.Env.T.Helper()
	if text != "" {
		l.Env.T.Fatal(text)
	}
}

func (l *life) id() string { return l.Current.Text("id") }

// shows returns the state that a token is found in, and what a plan shows for it, in the diagram's words.
func (l *life) shows() (state, shown string) {
	l.Env.T.Helper()
	c := l.Env.NewProvider()
	l.must(l.Refresh(c))
	state = "deleted"
	if l.Current != nil {
		state = l.Current.Text("status")
	}
	p, text := l.Plan(c, l.config)
	l.must(text)
	switch {
	case p == nil:
		return state, ""
	case p.Replace:
		return state, "-/+"
	case p.Prior.IsNull():
		return state, "+"
	case p.Value.Equal(tftypes.NewValue(c.ObjectType, nil)):
		return state, "-"
	}
	return state, "~"
}
