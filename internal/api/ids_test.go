package api_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func TestSameID_ignoresLetterCase(t *testing.T) {
	t.Parallel()
	if !api.SameID("1B4E28BA-2FA1-11D2-883F-0016D3CCA427", "1b4e28ba-2fa1-11d2-883f-0016d3cca427") {
		t.Error("one id in two letter cases is two ids")
	}
	if api.SameID("user_a", "user_b") {
		t.Error("two ids are one")
	}
}
