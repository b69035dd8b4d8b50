package provider_test

import (
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The list of permission sets fails once, for all names of a run.
func TestPermissionSets_failedListIsOneError(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.Emulator.Fail(emulator.Fault{Operation: "ListPermissionSets", Status: 403})
	c := e.NewProvider()
	_, first := c.ReadData("safetyculture_permission_set", acctest.Values{"name": "Reporting"})
	_, second := c.ReadData("safetyculture_permission_set", acctest.Values{"name": "Users only"})
	acctest.ExpectContains(t, acctest.Errors(first), "Platform management: Organization")
	acctest.ExpectContains(t, acctest.Errors(second), `named "Users only"`, "Same cause as another error in this run: ListPermissionSets: the server responded 403")
	if n := len(e.Emulator.Calls()); n != 1 {
		t.Errorf("%d calls", n)
	}
}

// More permission sets than fit on a page, and one list for all names of a run.
func TestPermissionSetDataSources_pages(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	for i := range 140 {
		e.Emulator.AddPermissionSet(fmt.Sprintf("Site %03d", i), "sites_read")
	}
	c := e.NewProvider()
	for i := range 140 {
		set, diags := c.ReadData("safetyculture_permission_set", acctest.Values{"name": fmt.Sprintf("Site %03d", i)})
		c.NoErrors(diags)
		if id := (acctest.Instance{State: set}).Text("id"); id == "" {
			t.Fatalf("Site %03d has no id", i)
		}
	}
	all, diags := c.ReadData("safetyculture_permission_sets", acctest.Values{})
	c.NoErrors(diags)
	var sets []tftypes.Value
	e.Must(acctest.Attribute(all, "permission_sets").As(&sets))
	if calls := len(e.Emulator.CallsOf("ListPermissionSets")); len(sets) != 145 || calls != 2 {
		t.Errorf("%d sets in %d calls, want 145 in 2", len(sets), calls)
	}
}
