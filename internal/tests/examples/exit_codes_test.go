package examples_test

import (
	"testing"

	"github.com/hashicorp/go-version"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The guide on CI says which exit codes a drift job can rely on. Terraform decides them, and changes them between versions.
func TestAccExitCodes_ofPlansWithoutChanges(t *testing.T) {
	t.Parallel()
	const (
		data   = "data \"safetyculture_service_user_tokens\" \"all\" {}\n"
		assert = "  assert {\n    condition     = data.safetyculture_service_user_tokens.all.remaining >= 0\n    error_message = \"No slot is free.\"\n  }\n"
	)
	used := acctest.UsedCLI(t)
	noisy := func(is bool) int { // what plan -refresh-only exits with
		if is && !used.Tofu {
			return 2
		}
		return 0
	}
	for name, c := range map[string]struct {
		configuration     string
		plan, refreshOnly int
	}{
		"tokens only":                   {"", 0, noisy(used.Version.LessThan(version.Must(version.NewVersion("1.15"))))},
		"a data source outside a check": {data + "check \"slots\" {\n" + assert + "}\n", 0, noisy(true)},
		"a data source inside a check":  {"check \"slots\" {\n" + data + assert + "}\n", 2, noisy(true)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			w.Write("main.tf", acctest.OneToken+"\n"+c.configuration)
			w.Expect(0, "apply", "-auto-approve")
			w.Expect(c.plan, "plan", "-detailed-exitcode")
			w.Expect(c.refreshOnly, "plan", "-refresh-only", "-detailed-exitcode")
		})
	}
}
