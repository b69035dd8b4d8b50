package acceptance_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/querycheck"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The same with terraform query and an import block, on a Terraform that has them.
func TestAccQuery_command(t *testing.T) {
	t.Parallel()
	acctest.NeedsQuery.OrSkip(t)
	e := acctest.New(t)
	token, _ := e.CreateOutside("made by hand", "Reporting")
	identity := map[string]knownvalue.Check{"id": knownvalue.StringExact(token.ID), "organization_id": knownvalue.StringExact(e.Emulator.OrganizationID())}
	resource.UnitTest(t, resource.TestCase{
		ProtoV6ProviderFactories: e.Factories(),
		Steps: []resource.TestStep{{
			Query: true,
			Config: e.Config(`list "safetyculture_service_user_token" "x" {
  provider         = safetyculture
  include_resource = true
  config {
    name_regex = "^made"
  }
}`),
			QueryResultChecks: []querycheck.QueryResultCheck{
				querycheck.ExpectLength("safetyculture_service_user_token.x", 1),
				querycheck.ExpectIdentity("safetyculture_service_user_token.x", identity),
			},
		}},
	})
}

// The round trip with Terraform itself: the configuration that a query writes is imported unchanged, and the next plan is empty.
func TestAccQuery_roundTrip(t *testing.T) {
	t.Parallel()
	acctest.NeedsQuery.OrSkip(t)
	w := acctest.WorkspaceIn(acctest.New(t))
	w.CreateOutside("broad")
	w.CreateOutside("narrow", "Reporting", "Users only")
	old, _ := w.CreateOutside("old")
	w.Must(w.Emulator.RevokeToken(old.ID))
	w.Serve()
	w.Write("find.tfquery.hcl", "list \"safetyculture_service_user_token\" \"all\" {\n  provider         = safetyculture\n  include_resource = true\n}\n")
	w.Expect(0, "init")
	w.Expect(0, "query", "-generate-config-out=generated.tf")
	out := w.Expect(2, "plan", "-no-color", "-detailed-exitcode")
	acctest.ExpectContains(t, out, "2 to import, 0 to add, 0 to change, 0 to destroy")
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-detailed-exitcode")
	w.ExpectWrites()
}
