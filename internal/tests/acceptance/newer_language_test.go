package acceptance_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// served returns a workspace whose CLI runs the provider of this process.
func served(t *testing.T) *acctest.Workspace {
	t.Helper()
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	return w
}

// An import block in a module takes a token over, and plans nothing else.
func TestAccImport_inAModule(t *testing.T) {
	t.Parallel()
	acctest.NeedsModuleImport.OrSkip(t)
	w := served(t)
	token, _ := w.CreateOutside("made by hand")
	w.Write("main.tf", fmt.Sprintf("module \"token\" {\n  source = \"./token\"\n  id     = %q\n}\n", token.ID))
	w.Write("token/main.tf", `variable "id" { type = string }
terraform {
  required_providers {
    safetyculture = { source = "safetyculture-community/safetyculture" }
  }
}
import {
  to = safetyculture_service_user_token.this
  id = var.id
}
resource "safetyculture_service_user_token" "this" {
  name            = "made by hand"
  all_permissions = true
}`)
	w.Expect(0, "init")
	acctest.ExpectContains(t, w.Expect(0, "apply", "-auto-approve", "-no-color"), "1 imported, 0 added, 0 changed, 0 destroyed")
	w.Expect(0, "plan", "-detailed-exitcode")
	w.ExpectWrites()
}

// OpenTofu's enabled = false destroys the token, and true makes another one.
func TestAccEnabled(t *testing.T) {
	t.Parallel()
	acctest.NeedsEnabled.OrSkip(t)
	w := served(t)
	config := func(enabled bool) string {
		return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name            = "t"
  all_permissions = true
  lifecycle {
    enabled = %t
  }
}`, enabled)
	}
	w.Write("main.tf", config(true))
	w.Expect(0, "init")
	w.Expect(0, "apply", "-auto-approve")
	first := w.SecretInState()
	w.Write("main.tf", config(false))
	w.Expect(0, "apply", "-auto-approve")
	if w.Emulator.Accepts(first) || len(w.TokensInState()) > 0 {
		t.Error("the token outlived enabled = false")
	}
	w.Write("main.tf", config(true))
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-detailed-exitcode")
	if second := w.SecretInState(); second == first || !w.Emulator.Accepts(second) {
		t.Error("there is no new secret that works")
	}
}

// OpenTofu's for_each in a provider block: a provider for each organization, each with its own credential.
func TestAccProviderForEach(t *testing.T) {
	t.Parallel()
	acctest.NeedsProviderForEach.OrSkip(t)
	w := acctest.NewWorkspace(t) // each alias is a process of its own
	organization, credential := w.Emulator.AddOrganization()
	w.Write("main.tf", fmt.Sprintf(`locals {
  organizations = {
    a = { id = %q, token = %q }
    b = { id = %q, token = %q }
  }
}
provider "safetyculture" {
  alias           = "each"
  for_each        = local.organizations
  organization_id = each.value.id
  api_token       = each.value.token
}
resource "safetyculture_service_user_token" "test" {
  for_each        = local.organizations
  provider        = safetyculture.each[each.key]
  name            = "sync ${each.key}"
  all_permissions = true
}
output "organizations" { value = [for t in safetyculture_service_user_token.test : t.organization_id] }
`, w.Emulator.OrganizationID(), w.Emulator.Bearer(), organization, credential))
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-detailed-exitcode")
	if made := w.Expect(0, "output", "-json", "organizations"); !strings.Contains(made, organization) || !strings.Contains(made, w.Emulator.OrganizationID()) {
		t.Errorf("tokens were made in %s", made)
	}
	w.Expect(0, "destroy", "-auto-approve")
}

// A token by its identity, in a block, and with a configuration that the CLI writes: the plan imports and changes nothing.
func TestAccImportByIdentity_block(t *testing.T) {
	t.Parallel()
	acctest.NeedsIdentity.OrSkip(t)
	e := acctest.New(t)
	e.Run(
		resource.TestStep{Config: e.Config(broad, "t")},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateKind: resource.ImportBlockWithResourceIdentity, GenerateConfig: true},
	)
}

// By id or by name, the configuration that the CLI writes for a token plans an import and no change.
func TestAccImport_generatedConfiguration(t *testing.T) {
	t.Parallel()
	for _, by := range []string{"id", "name"} {
		t.Run(by, func(t *testing.T) {
			t.Parallel()
			e := acctest.New(t)
			id := ""
			if by == "name" {
				id = "name:t"
			}
			e.Run(
				resource.TestStep{Config: e.Config(narrow, "t", e.Emulator.PermissionSetID("Reporting"))},
				resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateKind: resource.ImportBlockWithID, ImportStateId: id, GenerateConfig: true},
			)
		})
	}
}
