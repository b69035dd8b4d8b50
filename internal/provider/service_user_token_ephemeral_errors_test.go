package provider_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// An error about an ephemeral token gives its full name, and says correctly what happened to the token, because no state has it.
func TestEphemeral_errors(t *testing.T) {
	t.Parallel()
	const (
		lost      = "CreateServiceUserToken"
		triesMore = "The provider tries again to remove it when the run ends. If it is still listed afterwards, revoke it"
	)
	for name, c := range map[string]struct {
		faults []emulator.Fault
		closes bool
		left   int
		says   []string
	}{
		"refused": {faults: []emulator.Fault{{Operation: lost, Status: 403}}, says: []string{"Cannot open"}},
		"removed": {faults: []emulator.Fault{{Operation: lost, Cut: emulator.CutAfter}}, says: []string{"Cannot open", "was found by its unique name, revoked and deleted"}},
		"left": {
			faults: []emulator.Fault{{Operation: lost, Cut: emulator.CutAfter}, {Operation: "RevokeServiceUserToken", Status: 403}},
			left:   1, says: []string{"Cannot open", "The response was lost", triesMore},
		},
		"not found out": {
			faults: []emulator.Fault{{Operation: lost, Cut: emulator.CutAfter}, {Operation: "ListServiceUserTokens", Status: 403}},
			left:   1, says: []string{"Cannot open", "The response was lost", triesMore},
		},
		"not closed": {
			faults: []emulator.Fault{{Operation: "RevokeServiceUserToken", Status: 403}},
			closes: true, left: 1, says: []string{"Cannot close", triesMore},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			core := e.NewProvider()
			for _, fault := range c.faults {
				e.Emulator.Fail(fault)
			}
			opened := core.OpenEphemeral("run")
			text := acctest.Errors(opened.Diagnostics)
			if c.closes {
				core.NoErrors(opened.Diagnostics)
				text = acctest.Errors(core.CloseEphemeral(opened))
			}
			acctest.ExpectContains(t, text, c.says...)
			if !regexp.MustCompile(`ephemeral token "run ephemeral-[0-9a-f]{8}": `).MatchString(text) {
				t.Errorf("it does not name the token:\n%s", text)
			}
			if strings.Contains(text, "tainted") {
				t.Errorf("it speaks of a state:\n%s", text)
			}
			left := e.Emulator.Tokens()
			if len(left) != c.left {
				t.Fatalf("left: %v", left)
			}
			if c.left > 0 && !strings.Contains(text, `"`+left[0].Name+`"`) {
				t.Errorf("it names another token than %s:\n%s", left[0].Name, text)
			}
			e.Emulator.Heal()
			unclosed := e.OpenTokens.CloseAll(t.Context(), acctest.Tries(1))
			if left := e.Emulator.Tokens(); strings.Contains(text, triesMore) && len(unclosed)+len(left) > 0 {
				t.Errorf("not removed when the run ended: %v", left)
			}
		})
	}
}

// At the end of a run, the provider tries again to close tokens, as long as there is time.
func TestEphemeral_closedAtTheEnd(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tries, left int
	}{"enough tries": {4, 0}, "too few": {3, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			core := e.NewProvider()
			core.NoErrors(core.OpenEphemeral("run").Diagnostics)
			for _, operation := range []string{"RevokeServiceUserToken", "DeleteServiceUserToken"} {
				e.Emulator.Fail(emulator.Fault{Operation: operation, Call: 1, Status: 503})
			}
			e.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 2, Cut: emulator.CutBefore})
			unclosed := e.OpenTokens.CloseAll(t.Context(), acctest.Tries(c.tries))
			if left := e.Emulator.Tokens(); len(left) != c.left || len(unclosed) != c.left || (c.left > 0 && unclosed[0] != left[0].ID) {
				t.Errorf("left: %v, known: %v", left, unclosed)
			}
		})
	}
}

// If another process opened a token and Close failed, the token is closed at the end of this process.
func TestEphemeral_ofAnotherProcess(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	opened := e.NewProvider().OpenEphemeral("run")
	e.OpenTokens = provider.NewOpenTokens()
	e.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Call: 1, Status: 403})
	acctest.ExpectContains(t, acctest.Errors(e.NewProvider().CloseEphemeral(opened)), "tries again to remove it when the run ends")
	if unclosed := e.OpenTokens.CloseAll(t.Context(), acctest.Tries(1)); len(unclosed) > 0 || len(e.Emulator.Tokens()) > 0 {
		t.Errorf("left: %v, known: %v", e.Emulator.Tokens(), unclosed)
	}
}

// The run ends while an Open whose response was lost still looks for its leftover token. CloseAll finds the token by name and
// does not wait for the Open.
func TestEphemeral_runEndsWhileALostResponseIsChecked(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	core := e.NewProvider()
	e.Emulator.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Cut: emulator.CutAfter})
	left := -1
	e.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Call: 1, After: func() {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		e.OpenTokens.CloseAll(ctx, acctest.Tries(1))
		left = len(e.Emulator.Tokens())
	}})
	if text := acctest.Errors(core.OpenEphemeral("run").Diagnostics); text == "" || left != 0 {
		t.Errorf("left: %d\n%s", left, text)
	}
	if unclosed := e.OpenTokens.CloseAll(t.Context(), acctest.Tries(1)); len(unclosed) > 0 {
		t.Errorf("unclosed: %v", unclosed)
	}
}

// The run ends while a create is in flight. The token does not exist yet, and a later attempt closes it.
func TestEphemeral_runEndsWhileACreateIsInFlight(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	core := e.NewProvider()
	begun, finish := make(chan struct{}), make(chan struct{})
	e.Emulator.Fail(emulator.Fault{Operation: "CreateServiceUserToken", Before: func() { close(begun); <-finish }})
	opened := make(chan struct{})
	go func() { defer close(opened); core.OpenEphemeral("run") }()
	<-begun
	unclosed := e.OpenTokens.CloseAll(t.Context(), func(context.Context) bool {
		close(finish)
		<-opened
		return true
	})
	if left := e.Emulator.Tokens(); len(left)+len(unclosed) > 0 {
		t.Errorf("left: %v, unclosed: %v", left, unclosed)
	}
}
