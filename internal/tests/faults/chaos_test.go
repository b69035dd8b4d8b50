package faults_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// number reads a number from the environment.
func number(t *testing.T, name string, fallback uint64) uint64 {
	t.Helper()
	text := os.Getenv(name)
	if text == "" {
		return fallback
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return n
}

// TestChaos makes random configuration edits, changes outside Terraform, and faults, with three tokens of one name. After each
// step, one run without a fault must converge. CHAOS_SEED and CHAOS_STEPS reproduce or lengthen the test.
func TestChaos(t *testing.T) {
	t.Parallel()
	seed, steps := number(t, "CHAOS_SEED", 1), number(t, "CHAOS_STEPS", 500)
	t.Logf("CHAOS_SEED=%d CHAOS_STEPS=%d", seed, steps)
	e := acctest.New(t, slots)
	e.Transport = timingOut{e.NewTransport()}
	bystander, _ := e.CreateOutside("t")
	walk := &chaos{e: e, random: rand.New(rand.NewPCG(seed, 0)), second: startSecondRun(e)}
	for range 3 {
		walk.worlds = append(walk.worlds, &chaosWorld{Simulator: acctest.Simulator{Env: e}, config: acctest.With(acctest.Basic, nil)})
	}
	for step := range steps {
		what := walk.step()
		if token, ok := e.Emulator.Token(bystander.ID); !ok || token.Status != "TOKEN_STATUS_ACTIVE" || token.Name != "t" {
			t.Error("a token outside Terraform was touched")
		}
		if t.Failed() {
			t.Fatalf("CHAOS_SEED=%d: step %d: %s", seed, step, what)
		}
	}
}

// chaosWorld is one token and its current configuration; nil means that it was removed.
type chaosWorld struct {
	acctest.Simulator
	config acctest.Values
	order  acctest.Order
}

type chaos struct {
	e      *acctest.Env
	second *secondRun
	random *rand.Rand
	worlds []*chaosWorld
}

func pick[T any](r *rand.Rand, of ...T) T { return of[r.IntN(len(of))] }

// step does something to one of the tokens, and checks what must hold. It returns what it did.
func (c *chaos) step() string {
	w := pick(c.random, c.worlds...)
	what := []string{c.outside(w), c.edit(w), c.fault()}
	w.order = pick(c.random, acctest.CreateFirst, acctest.DestroyFirst)
	first := w.Apply(w.config, w.order)
	what = append(what, "first: "+first)
	atMostOneCreate(c.e)
	c.e.Emulator.Heal()
	c.second.removeLeftovers(first, c.inStates()...)
	text := w.Apply(w.config, w.order)
	if strings.Contains(text, "the API edits active tokens only") {
		// A revoked token that is kept cannot be edited. This is the solution that the error names.
		w.config = acctest.With(w.config, acctest.Values{"on_revoked": "rotate", "on_expired": "rotate"})
		text = w.Apply(w.config, w.order)
	}
	what = append(what, "second: "+text)
	if text != "" {
		c.e.T.Error("a run without a fault fails")
	}
	atMostOneCreate(c.e)
	c.agrees()
	if text == "" && w.HasChanges(w.config) {
		c.e.T.Error("another plan would do something")
	}
	c.second.end()
	// The test's own token must be used from time to time, or it would expire from inactivity.
	c.e.Must(c.e.Emulator.UseToken(c.e.Outside[0]))
	return strings.Join(what, "; ")
}

// inStates are the ids of the tokens that the states hold.
func (c *chaos) inStates() []string {
	var ids []string
	for _, w := range c.worlds {
		ids = append(ids, inStates(&w.Simulator)...)
	}
	return ids
}

// agrees checks that the active tokens are those of the three states, and that the secrets in state work if they should.
func (c *chaos) agrees() {
	var inState []string
	for _, w := range c.worlds {
		if w.Current == nil {
			continue
		}
		token, _ := c.e.Emulator.Token(w.Current.Text("id"))
		if token.Status != "TOKEN_STATUS_ACTIVE" {
			continue
		}
		inState = append(inState, token.ID)
		if w.Current.Text("status") == "active" && !c.e.Emulator.Accepts(w.Current.Text("token")) {
			c.e.T.Errorf("the secret of %s does not work", token.ID)
		}
	}
	slices.Sort(inState)
	if active := c.e.ActiveIDs(); !slices.Equal(active, inState) {
		c.e.T.Errorf("active in the emulator: %v, in the states: %v", active, inState)
	}
}

// outside changes a token outside Terraform, or moves the clock.
func (c *chaos) outside(w *chaosWorld) string {
	c.e.Clock.Advance(5 * time.Second) // two secrets of one moment count as one
	choice := c.random.IntN(10)
	if choice < 2 {
		days := c.random.IntN(20)
		for range days {
			c.e.Clock.Advance(acctest.Day)
			c.e.Must(c.e.Emulator.UseToken(c.e.Outside[0]))
		}
		return fmt.Sprintf("%d days pass", days)
	}
	if w.Current == nil {
		return "nothing"
	}
	id := w.Current.Text("id")
	name, days := pick(c.random, "t", "u"), pick(c.random, 31, 60)
	act := map[int]func() error{
		2: func() error { return c.e.Emulator.RevokeToken(id) },
		3: func() error { return c.e.Emulator.DeleteToken(id) },
		4: func() error { _, err := c.e.Emulator.RegenerateToken(id); return err },
		5: func() error {
			return c.e.Emulator.EditToken(id, emulator.TokenEdit{Name: &name, InactivityExpiryDays: &days})
		},
		6: func() error { return c.e.Emulator.UseToken(id) },
	}[choice]
	if act == nil {
		return "nothing"
	}
	return fmt.Sprintf("outside %d: %v", choice, act()) // what the rules refuse is no change
}

// edit changes the configuration.
func (c *chaos) edit(w *chaosWorld) string {
	r := c.random
	change := pick(r, acctest.Values{}, acctest.Values{}, acctest.Values{"name": pick(r, "t", "u", "v")}, acctest.Values{"inactivity_expiry_days": pick(r, 31, 45, 60, 180)},
		acctest.Values{"all_permissions": nil, "permission_set_ids": []string{c.e.Emulator.PermissionSetID("Reporting")}}, acctest.Values{"all_permissions": true, "permission_set_ids": nil},
		acctest.Values{"rotation_triggers": acctest.Values{"n": strconv.Itoa(r.IntN(3))}}, acctest.Values{"rotation_triggers": nil}, acctest.Values{"rotate_after_days": pick[any](r, nil, 1, 10, 30)},
		acctest.Values{"rotation_method": pick(r, "replace", "regenerate")}, acctest.Values{"on_revoked": pick(r, "rotate", "keep")}, acctest.Values{"on_expired": pick(r, "rotate", "keep")},
		acctest.Values{"on_destroy": pick(r, "delete", "revoke")})
	switch {
	case w.config == nil:
		w.config = acctest.With(acctest.Basic, nil)
		return "created"
	case r.IntN(12) == 0:
		w.config = nil
		return "removed"
	}
	w.config = acctest.With(w.config, change)
	return fmt.Sprintf("edited %v", change)
}

// fault adds a fault to one kind of call, or none.
func (c *chaos) fault() string {
	if c.random.IntN(3) == 0 {
		return "no fault"
	}
	names := make([]string, 0, len(faultKinds))
	for name := range faultKinds {
		names = append(names, name)
	}
	slices.Sort(names)
	name := pick(c.random, names...)
	fault := faultKinds[name]
	fault.Operation = pick(c.random, "WhoAmI", "ListServiceUserTokens", "GetServiceUserToken", "CreateServiceUserToken", "UpdateServiceUserToken",
		"RevokeServiceUserToken", "RegenerateServiceUserToken", "DeleteServiceUserToken")
	fault.Call = pick(c.random, 0, 1, 1, 2)
	c.e.Emulator.Fail(fault)
	return fmt.Sprintf("%s of %s, call %d", name, fault.Operation, fault.Call)
}
