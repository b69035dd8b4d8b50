package examples_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// A deployment fails, and the pipeline revokes its token by the action: that one stops working, the other one's does not, and
// the next apply deploys again with a new token.
func TestAccFailedDeployment_revokesItsToken(t *testing.T) {
	t.Parallel()
	w := inExample(t, acctest.FailedExample)
	status := func() map[string]int {
		active := map[string]int{}
		for _, token := range w.Emulator.ActiveTokens() {
			active[token.Name]++
		}
		return active
	}
	variable(w, "deploy", `{ payroll-export = "exit 3", warehouse-sync = "exit 0" }`)
	w.Expect(1, "apply", "-auto-approve")
	if got := status(); got["payroll-export"] != 1 || got["warehouse-sync"] != 1 {
		t.Fatalf("after the failure: %v", got)
	}
	w.Emulator.ForgetCalls()
	w.Expect(0, "apply", "-auto-approve", "-invoke=action.safetyculture_revoke_service_user_token.failed", `-target=safetyculture_service_user_token.consumer["payroll-export"]`)
	w.ExpectWrites("RevokeServiceUserToken")
	if got := status(); got["payroll-export"] != 0 || got["warehouse-sync"] != 1 {
		t.Errorf("after the action: %v", got)
	}
	variable(w, "deploy", `{ payroll-export = "test -n \"$TOKEN\"", warehouse-sync = "exit 0" }`)
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-detailed-exitcode")
	if got := status(); got["payroll-export"] != 1 || got["warehouse-sync"] != 1 {
		t.Errorf("after the next apply: %v", got)
	}
}
