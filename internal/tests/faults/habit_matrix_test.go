package faults_test

import (
	"flag"
	"math/rand/v2"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// habitPairs is the number of random pairs of habits in the matrix.
const habitPairs = 90

// lives are sequences of changes to a token. Each step says how many secrets its plan shows.
var lives = map[string]func(l *life){
	"edits": func(l *life) {
		config := acctest.With(acctest.Basic, acctest.Values{"rotate_after_days": 30})
		l.apply(1, config, acctest.DestroyFirst)
		l.quiet(config)
		l.quiet(config)
		l.Env.Must(l.Env.Emulator.UseToken(l.id()))
		l.quiet(config)
		config = acctest.With(config, acctest.Values{"name": "renamed"})
		l.apply(0, config, acctest.DestroyFirst)
		l.quiet(config)
		sets := []string{l.Env.Emulator.PermissionSetID("Reporting"), l.Env.Emulator.PermissionSetID("Users only")}
		config = acctest.With(config, acctest.Values{"all_permissions": nil, "permission_set_ids": sets})
		l.apply(0, config, acctest.DestroyFirst)
		l.quiet(config)
		config = acctest.With(config, acctest.Values{"permission_set_ids": sets[1:], "inactivity_expiry_days": 60})
		l.apply(0, config, acctest.DestroyFirst)
		l.quiet(config)
	},
	"replace": func(l *life) {
		for i, n := range []string{"1", "2", "3"} {
			l.apply(1, triggered(n, nil), i == 2)
			l.quiet(triggered(n, nil))
		}
	},
	"regenerate": func(l *life) {
		in := acctest.Values{"rotation_method": "regenerate", "on_revoked": "keep"}
		for _, n := range []string{"1", "2"} {
			l.apply(1, triggered(n, in), false)
			l.quiet(triggered(n, in))
		}
		config := triggered("3", acctest.With(in, acctest.Values{"name": "and renamed"}))
		l.apply(1, config, acctest.DestroyFirst)
		l.quiet(config)
	},
	"revoked outside": func(l *life) {
		l.apply(1, acctest.Basic, acctest.DestroyFirst)
		l.settle()
		l.Env.Must(l.Env.Emulator.RevokeToken(l.id()))
		l.settle()
		l.apply(1, acctest.Basic, acctest.DestroyFirst)
		l.quiet(acctest.Basic)
	},
	"regenerated outside": func(l *life) {
		if slices.Contains(l.habits.Missing, "issued_at") {
			return // without it nobody can see that a secret is another one
		}
		l.apply(1, acctest.Basic, acctest.DestroyFirst)
		l.settle()
		l.Env.RegenerateOutside(l.id())
		l.settle()
		l.planned++ // that of the one who regenerated it
		l.apply(1, acctest.Basic, acctest.DestroyFirst)
		l.quiet(acctest.Basic)
	},
	"import": func(l *life) {
		token, _ := l.Env.CreateOutside("t")
		l.Env.Outside = nil
		l.planned++
		l.settle()
		l.try(func() string { return l.Import(token.ID) })
		l.quiet(acctest.Basic)
		l.apply(0, acctest.With(acctest.Basic, acctest.Values{"name": "renamed"}), false)
		l.apply(0, nil, acctest.DestroyFirst)
	},
	"destroy at once": func(l *life) {
		l.apply(1, acctest.Basic, acctest.DestroyFirst)
		l.apply(0, nil, acctest.DestroyFirst)
	},
	"data sources": func(l *life) {
		l.apply(1, acctest.Basic, acctest.DestroyFirst)
		l.try(l.ListTokens)
		l.apply(0, nil, acctest.DestroyFirst)
	},
	"ephemeral": func(l *life) {
		l.try(func() string { l.planned++; return l.UseEphemeral() })
		l.expectActive()
	},
}

// TestHabitMatrix runs the lives of tokens on servers with each odd habit, and with random pairs of habits. With every habit,
// runs converge, exactly the planned secrets are created, the active tokens are in state or named in an error, and plans are
// empty if nothing happened.
func TestHabitMatrix(t *testing.T) {
	t.Parallel()
	var cells, violations atomic.Int64
	t.Run("cells", func(t *testing.T) {
		for _, habits := range habitsToTry() {
			for name, live := range lives {
				t.Run(habits.Name+"/"+name, func(t *testing.T) {
					t.Parallel()
					cells.Add(1)
					t.Cleanup(func() {
						if t.Failed() {
							violations.Add(1)
						}
					})
					live(newLife(t, habits))
				})
			}
		}
	})
	t.Logf("%d cells, %d violations", cells.Load(), violations.Load())
	if flag.Lookup("test.run").Value.String() == "" && cells.Load() < 1400 {
		t.Error("the matrix lost its cells")
	}
}

// habitsToTry returns no habit, each habit alone, and random pairs. HABIT_SEED chooses the pairs.
func habitsToTry() []emulator.NamedHabit {
	all := emulator.NamedHabits()
	random := rand.New(rand.NewPCG(habitSeed, 0))
	chosen := append([]emulator.NamedHabit{{Name: "none"}}, all...)
	for range habitPairs {
		a, b := pick(random, all...), pick(random, all...)
		chosen = append(chosen, emulator.NamedHabit{Name: a.Name + "+" + b.Name, Habits: emulator.Merge(a.Habits, b.Habits)})
	}
	return chosen
}

// habitSeed chooses the pairs.
const habitSeed = 1

// falseWords are words that no error may contain if the server only has odd habits.
var falseWords = []string{"safe to run again. ", "deleted outside", "does not serve the token API", "Unexpected Identity", "scapi_", "<html>", "106751", "-1 days", "inconsistent"}

func expectTrueWords(t *testing.T, text string) {
	t.Helper()
	for _, words := range falseWords {
		if strings.Contains(text, words) {
			t.Errorf("an error says %q: %s", words, text)
		}
	}
}
