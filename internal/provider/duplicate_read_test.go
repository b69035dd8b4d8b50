package provider_test

import (
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

func TestDuplicate_comparesIDs(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	in := e.NewProvider(nil).Create(acctest.Basic)
	c := e.NewProvider(nil)
	_, first := c.Read(in)
	_, second := c.Read(in)
	if acctest.Warnings(first) != "" || !strings.Contains(acctest.Warnings(second), `Token "t" is at two addresses`) {
		t.Errorf("first: %q, second: %q", acctest.Warnings(first), acctest.Warnings(second))
	}
	if _, diags := e.NewProvider(nil).Read(in); acctest.Warnings(diags) != "" {
		t.Errorf("another run: %q", acctest.Warnings(diags))
	}
}
