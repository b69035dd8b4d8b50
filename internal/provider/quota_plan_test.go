package provider_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestQuota_moreTokensPlannedThanSlotsAreFree(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	fillUp(e, 15)
	run := e.NewProvider(nil)
	var warnings []string
	for i := range 10 {
		p := run.Plan(acctest.Instance{}, acctest.Basic)
		run.NoErrors(p.Diagnostics)
		if text := acctest.Warnings(p.Diagnostics); text != "" {
			warnings = append(warnings, fmt.Sprintf("create %d: %s", i+1, text))
		}
	}
	if len(warnings) != 1 {
		t.Fatalf("warnings: %q", warnings)
	}
	acctest.ExpectContains(t, warnings[0], "create 6: More tokens are planned than slots are free", "15 of 20", "5 slots are free", "creates 6 tokens or more", "may fail", `"by hand 00"`)
	if n := len(e.Emulator.CallsOf("ListServiceUserTokens")); n != 1 {
		t.Errorf("the warning took %d lists", n)
	}
}

func TestQuota_replacementsNeedSlotsOnlyIfCreatedFirst(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ byHand, sentences int }{{14, 0}, {16, 1}, {17, 1}} {
		e := acctest.New(t)
		fillUp(e, c.byHand)
		before, after := acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "1"}}), acctest.With(acctest.Basic, acctest.Values{"rotation_triggers": acctest.Values{"a": "2"}})
		var managed []acctest.Instance
		for range 3 {
			managed = append(managed, e.NewProvider(nil).Create(before))
		}
		run := e.NewProvider(nil)
		var text string
		for _, in := range managed {
			p := run.Plan(in, after)
			run.NoErrors(p.Diagnostics)
			text += acctest.Warnings(p.Diagnostics) + "\n"
		}
		if n := strings.Count(text, "with create_before_destroy, each needs a free slot"); n != c.sentences {
			t.Errorf("with %d free: said %d times, want %d\n%s", 17-c.byHand, n, c.sentences, text)
		}
		if strings.Contains(text, "More tokens are planned") {
			t.Errorf("replacements were counted as creates: %s", text)
		}
		switch c.byHand {
		case 16:
			acctest.ExpectContains(t, text, "1 slot is free (19 of 20 are active)", "replaces 2 or more")
		case 17:
			acctest.ExpectContains(t, text, "No slot is free (20 of 20 are active)", "replaces 1 or more", "No free slot for another token")
		}
	}
}
