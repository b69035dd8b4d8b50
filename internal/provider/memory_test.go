package provider_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

func TestCollectLessOften_unlessTheUserSaysHowOften(t *testing.T) {
	t.Parallel()
	for gogc, want := range map[string]int{"": 400, "50": 0, "off": 0} {
		got := 0
		provider.CollectLessOften(func(string) string { return gogc }, func(percent int) int { got = percent; return 100 })
		if got != want {
			t.Errorf("GOGC=%q: set to %d, want %d", gogc, got, want)
		}
	}
}
