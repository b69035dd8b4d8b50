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

// Each arrow in the picture of a token's life is true: the state that the token is found in, and what a plan shows; or, for an
// arrow of an apply, that there is a new secret.
func TestDocs_lifeDiagram(t *testing.T) {
	t.Parallel()
	drawn := readPicture(t, filepath.Join(acctest.RootDir, "docs", "images", "token-life.svg"))
	renamed := "renamed"
	events := map[string]func(l *life){
		"create":              func(*life) {},
		"used":                func(l *life) { l.Env.Must(l.Env.Emulator.UseToken(l.id())) },
		"edited outside":      func(l *life) { l.Env.Must(l.Env.Emulator.EditToken(l.id(), emulator.TokenEdit{Name: &renamed})) },
		"due or trigger":      func(l *life) { l.config["rotation_triggers"] = acctest.Values{"at": "2"} },
		"revoked outside":     func(l *life) { l.Env.Must(l.Env.Emulator.RevokeToken(l.id())) },
		"unused too long":     func(l *life) { l.Env.Clock.Advance(46 * acctest.Day) },
		"regenerated outside": func(l *life) { l.Env.RegenerateOutside(l.id()) },
		"deleted outside": func(l *life) {
			l.Env.Must(l.Env.Emulator.RevokeToken(l.id()))
			l.Env.Must(l.Env.Emulator.DeleteToken(l.id()))
		},
		"destroy": func(l *life) { l.config = nil },
	}
	into := map[string]string{} // the event that leads to a state
	for _, a := range drawn.arrows {
		if what, _, _ := strings.Cut(a.label, " ("); a.from == "active" {
			into[a.to] = what
		}
	}
	unseen := maps.Clone(events)
	for _, a := range drawn.arrows {
		what, shown, _ := strings.Cut(strings.TrimSuffix(a.label, ")"), " (")
		delete(unseen, what)
		l := &life{Simulator: acctest.Simulator{Env: acctest.New(t)}, config: acctest.Values{"name": "t", "all_permissions": true, "rotation_triggers": acctest.Values{"at": "1"}}}
		if a.from != "[*]" {
			l.must(l.Apply(l.config, false))
		}
		if what == "apply" { // from what happened before, back to a token that works
			before := events[into[a.from]]
			if before == nil {
				t.Errorf("%s --> %s: no arrow from active leads to %s", a.from, a.to, a.from)
				continue
			}
			old := l.Current.Text("token")
			before(l)
			l.must(l.Apply(l.config, false))
			if now := l.Current.Text("token"); shown != "new secret" || a.to != "active" || now == old || !l.Env.Emulator.Accepts(now) {
				t.Errorf("%s --> %s: %s: the secret after the apply is not new, or does not work", a.from, a.to, a.label)
			}
			continue
		}
		happens := events[what]
		if happens == nil {
			t.Errorf("%s --> %s: %q is not known to this test", a.from, a.to, a.label)
			continue
		}
		happens(l)
		if state, got := l.shows(); got != shown || a.from == "active" && a.to != "[*]" && state != a.to {
			t.Errorf("%s --> %s: %s: a plan shows %q, and the token is %s", a.from, a.to, a.label, got, state)
		}
	}
	for what := range unseen {
		t.Errorf("the diagram has no arrow for %q", what)
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
		return state, "no drift"
	case p.Replace:
		return state, "-/+"
	case p.Prior.IsNull():
		return state, "+"
	case p.Value.Equal(tftypes.NewValue(c.ObjectType, nil)):
		return state, "-"
	}
	return state, "~"
}
