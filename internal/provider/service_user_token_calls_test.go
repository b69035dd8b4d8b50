package provider_test

import (
	"slices"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The API's page size is no limit: 21 and 101 tokens are all seen.
func TestToken_manyTokens(t *testing.T) {
	t.Parallel()
	for _, n := range []int{21, 101} {
		e := acctest.New(t, func(o *emulator.Options) { o.ActiveTokenLimit = 200 })
		c := e.NewProvider()
		var made []acctest.Instance
		for range n {
			made = append(made, c.Create(acctest.Values{"name": "t", "all_permissions": true}))
		}
		e.Emulator.ForgetCalls()
		c = e.NewProvider()
		for _, in := range made {
			read, diags := c.Read(in)
			c.NoErrors(diags)
			if p := c.Plan(read, acctest.Values{"name": "t", "all_permissions": true}); p.HasChanges() {
				t.Fatalf("with %d tokens, the plan of one changes something", n)
			}
		}
		if want := (n + 99) / 100; len(e.Emulator.CallsOf("ListServiceUserTokens")) != want || len(e.Emulator.Calls()) != want+1 {
			t.Errorf("%d tokens cost %d calls, want %d pages and one WhoAmI", n, len(e.Emulator.Calls()), want)
		}
	}
}

// The headers name the integration.
func TestToken_callsAreIdentified(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.NewProvider().Create(acctest.Values{"name": "t", "all_permissions": true})
	for _, call := range e.Emulator.Calls() {
		if got := call.Header.Get("Sc-Integration-Id"); got != "terraform-provider-safetyculture" {
			t.Errorf("%s: sc-integration-id is %q", call.Operation, got)
		}
		acctest.ExpectContains(t, call.Header.Get("User-Agent"), "terraform-provider-safetyculture/test", "Terraform/1.11.0")
		if call.RequestID == "" || call.Header.Get("Sc-Integration-Version") != "test" {
			t.Errorf("%s: request id %q, version %q", call.Operation, call.RequestID, call.Header.Get("Sc-Integration-Version"))
		}
	}
}

// The calls of one create: WhoAmI, the list, the create. Nothing is read back.
func TestToken_createIsThreeCalls(t *testing.T) {
	t.Parallel()
	e := acctest.New(t)
	e.NewProvider().Create(acctest.Values{"name": "t", "all_permissions": true})
	want := []string{"ListServiceUserTokens", "WhoAmI", "CreateServiceUserToken"}
	if got := acctest.Operations(e.Emulator.Calls()); !slices.Equal(got, want) {
		t.Errorf("calls %v, want %v", got, want)
	}
}
