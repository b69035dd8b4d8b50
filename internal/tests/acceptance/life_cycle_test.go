package acceptance_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// The tests of this file are the basic life of a token, on an emulator or on a real host: see acctest.Host. They show how far
// an existing API is from the contract, so they use nothing that only the emulator has.

// secretsSeen follows the secret in state from step to step, without ever printing it.
type secretsSeen struct {
	s    *acctest.Host
	last string
}

func (v *secretsSeen) now(state *terraform.State) string {
	return state.RootModule().Resources[acctest.Address].Primary.Attributes["token"]
}

// first checks that there is a secret.
func (v *secretsSeen) first(state *terraform.State) error {
	if v.last = v.now(state); v.last == "" {
		return errors.New("there is no secret in state")
	}
	return nil
}

// same checks that the secret is that of the previous step.
func (v *secretsSeen) same(state *terraform.State) error {
	if v.now(state) != v.last {
		return errors.New("the secret in state is another one")
	}
	return nil
}

// renewed checks that the secret is a new one, and that the previous one is refused.
func (v *secretsSeen) renewed(state *terraform.State) error {
	old := v.last
	if err := v.first(state); err != nil {
		return err
	}
	if v.last == old {
		return errors.New("the secret in state is the old one")
	}
	return v.s.Refused(old)
}

// hostHas returns a check of this test's token on the host.
func hostHas(s *acctest.Host, want func(api.ServiceUserToken) bool) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if t := s.OnlyToken(); !want(t) {
			return fmt.Errorf("the host has another token than expected: %d days, all permissions %t, %d permission sets", t.InactivityExpiryDays, t.AllPermissions, len(t.PermissionSetIDs))
		}
		return nil
	}
}

func TestAccLifeCycle_createEditImportDestroy(t *testing.T) {
	t.Parallel()
	s := acctest.NewHost(t)
	secrets := &secretsSeen{s: s}
	hasSet := func(id string, days int64) resource.TestCheckFunc {
		return hostHas(s, func(t api.ServiceUserToken) bool {
			return !t.AllPermissions && len(t.PermissionSetIDs) == 1 && t.PermissionSetIDs[0] == id && t.InactivityExpiryDays == days
		})
	}
	edited := func(check resource.TestCheckFunc) resource.TestCheckFunc {
		return resource.ComposeTestCheckFunc(secrets.same, check)
	}
	update := acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter(), acctest.NoDrift())
	otherSet := fmt.Sprintf("permission_set_ids = [%q]\n  inactivity_expiry_days = 180", s.PermissionSets[1])
	broad := "all_permissions = true\n  inactivity_expiry_days = 180"
	s.Run(
		resource.TestStep{Config: s.Narrow("made", ""), ConfigPlanChecks: acctest.PreApply(acctest.Actions("create")), Check: resource.ComposeTestCheckFunc(
			secrets.first, hasSet(s.PermissionSets[0], 45), acctest.CheckAttribute("status", "active"), acctest.CheckAttribute("organization_id", s.Organization))},
		resource.TestStep{Config: s.Narrow("renamed", ""), ConfigPlanChecks: update, Check: edited(hasSet(s.PermissionSets[0], 45))},
		resource.TestStep{Config: s.Narrow("renamed", "inactivity_expiry_days = 180"), ConfigPlanChecks: update, Check: edited(hasSet(s.PermissionSets[0], 180))},
		resource.TestStep{Config: s.Config("renamed", otherSet), ConfigPlanChecks: update, Check: edited(hasSet(s.PermissionSets[1], 180))},
		resource.TestStep{Config: s.Config("renamed", broad), ConfigPlanChecks: update, Check: edited(hostHas(s, func(t api.ServiceUserToken) bool {
			return t.AllPermissions && len(t.PermissionSetIDs) == 0 && t.InactivityExpiryDays == 180
		}))},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: acctest.Address, ImportState: true, ImportStateId: "name:" + s.Prefix + "renamed", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
	)
	if err := s.Refused(secrets.last); err != nil {
		t.Errorf("after destroy: %v", err)
	}
}

func TestAccLifeCycle_rotateByTrigger(t *testing.T) {
	t.Parallel()
	s := acctest.NewHost(t)
	secrets := &secretsSeen{s: s}
	triggered := func(value string) string {
		return s.Narrow("rotated", fmt.Sprintf("rotation_triggers = { at = %q }", value))
	}
	var first string
	s.Run(
		resource.TestStep{Config: triggered("1"), Check: resource.ComposeTestCheckFunc(secrets.first, func(*terraform.State) error { first = s.OnlyToken().ID; return nil })},
		resource.TestStep{
			Config: triggered("2"), ConfigPlanChecks: acctest.PreApply(acctest.Actions("delete", "create"), acctest.ForcedBy("rotation_triggers"), acctest.NoDrift()),
			Check: resource.ComposeTestCheckFunc(secrets.renewed, hostHas(s, func(t api.ServiceUserToken) bool { return t.ID != first })),
		},
	)
}

func TestAccLifeCycle_regenerate(t *testing.T) {
	t.Parallel()
	s := acctest.NewHost(t)
	secrets := &secretsSeen{s: s}
	triggered := func(value string) string {
		return s.Narrow("regenerated", fmt.Sprintf("rotation_method = \"regenerate\"\n  rotation_triggers = { at = %q }", value))
	}
	var first api.ServiceUserToken
	s.Run(
		resource.TestStep{Config: triggered("1"), Check: resource.ComposeTestCheckFunc(secrets.first, func(*terraform.State) error { first = s.OnlyToken(); return nil })},
		resource.TestStep{
			Config: triggered("2"), ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.UnknownAfter(acctest.NewSecret...), acctest.NoDrift()),
			Check: resource.ComposeTestCheckFunc(secrets.renewed, hostHas(s, func(t api.ServiceUserToken) bool {
				return t.ID == first.ID && t.ServiceUserID == first.ServiceUserID && t.IssuedAt.After(first.IssuedAt)
			})),
		},
	)
}

// A token that was revoked or regenerated outside Terraform gets a new secret, and the plan says why.
func TestAccLifeCycle_revokedAndRegeneratedOutside(t *testing.T) {
	t.Parallel()
	s := acctest.NewHost(t)
	secrets := &secretsSeen{s: s}
	replaced := acctest.PreApply(acctest.Actions("delete", "create"), acctest.ForcedBy("status"), acctest.Drift("status"))
	revoke := func() {
		_, err := s.Client.RevokeServiceUserToken(t.Context(), s.OnlyToken().ID)
		s.Must(err)
	}
	s.Run(
		resource.TestStep{Config: s.Narrow("outside", ""), Check: secrets.first},
		resource.TestStep{PreConfig: revoke, Config: s.Narrow("outside", ""), ConfigPlanChecks: replaced, Check: secrets.renewed},
		resource.TestStep{
			PreConfig: func() {
				s.Pass(3 * time.Second) // two secrets of one moment count as one
				revoke()
				_, _, err := s.Client.RegenerateServiceUserToken(t.Context(), s.OnlyToken().ID)
				s.Must(err)
			},
			Config: s.Narrow("outside", ""), ConfigPlanChecks: replaced, Check: secrets.renewed,
		},
	)
}

// An edit outside Terraform is undone, and a token that was deleted outside is created again.
func TestAccLifeCycle_editedAndDeletedOutside(t *testing.T) {
	t.Parallel()
	s := acctest.NewHost(t)
	secrets := &secretsSeen{s: s}
	s.Run(
		resource.TestStep{Config: s.Narrow("kept", ""), Check: secrets.first},
		resource.TestStep{
			PreConfig: func() {
				name, days := s.Prefix+"edited outside", int64(60)
				_, err := s.Client.UpdateServiceUserToken(t.Context(), s.OnlyToken().ID, api.Edit{Name: &name, InactivityExpiryDays: &days})
				s.Must(err)
			},
			Config: s.Narrow("kept", "inactivity_expiry_days = 45"), ConfigPlanChecks: acctest.PreApply(acctest.Actions("update"), acctest.Drift("name", "inactivity_expiry_days")),
			Check: resource.ComposeTestCheckFunc(secrets.same, hostHas(s, func(t api.ServiceUserToken) bool { return t.InactivityExpiryDays == 45 })),
		},
		resource.TestStep{
			PreConfig: func() {
				id := s.OnlyToken().ID
				_, err := s.Client.RevokeServiceUserToken(t.Context(), id)
				s.Must(err)
				s.Must(s.Client.DeleteServiceUserToken(t.Context(), id))
			},
			Config: s.Narrow("kept", "inactivity_expiry_days = 45"), ConfigPlanChecks: acctest.PreApply(acctest.Actions("create")), Check: secrets.renewed,
		},
	)
}

// The data sources read this test's token, the only one of its name, and the current user.
func TestAccLifeCycle_dataSources(t *testing.T) {
	t.Parallel()
	s := acctest.NewHost(t)
	config := s.Narrow("read", "") + fmt.Sprintf(`
data "safetyculture_service_user_token" "one" {
  id = safetyculture_service_user_token.test.id
}
data "safetyculture_service_user_tokens" "own" {
  name_regex = "^%s"
  statuses   = ["active"]
  depends_on = [safetyculture_service_user_token.test]
}
data "safetyculture_permission_set" "granted" {
  id = %q
}
data "safetyculture_caller_identity" "me" {}
`, s.Prefix, s.PermissionSets[0])
	read := func(state *terraform.State) error {
		at := func(name string) map[string]string {
			return state.RootModule().Resources["data."+name].Primary.Attributes
		}
		token, list := s.OnlyToken(), at("safetyculture_service_user_tokens.own")
		if list["tokens.#"] != "1" || list["tokens.0.id"] != token.ID || list["tokens.0.service_user_id"] != token.ServiceUserID {
			return errors.New("the list by name does not hold exactly this test's token")
		}
		if one := at("safetyculture_service_user_token.one"); one["name"] != token.Name || one["status"] != "active" || one["permission_set_ids.0"] != s.PermissionSets[0] {
			return errors.New("the token by its id is another one, or reads otherwise")
		}
		if at("safetyculture_permission_set.granted")["name"] == "" || at("safetyculture_caller_identity.me")["organization_id"] != s.Organization {
			return errors.New("the permission set has no name, or the caller is in another organization")
		}
		return nil
	}
	s.Run(
		resource.TestStep{Config: config, Check: read},
		resource.TestStep{Config: config, ConfigPlanChecks: acctest.NoChanges(), Check: read},
	)
}

// A token for one run is deleted after the run: each step checks that the host has only this test's token in state. Only tests
// of the real binary can check that it works: here, all provider blocks share one provider.
func TestAccLifeCycle_ephemeral(t *testing.T) {
	t.Parallel()
	if os.Getenv("TF_ACC_PROVIDER_HOST") == "registry.opentofu.org" {
		t.Skip("OpenTofu's plans list the opening of an ephemeral resource as a change, which plugin-testing takes for one; TestAccEphemeral_leavesNothingBehind runs on OpenTofu")
	}
	s := acctest.NewHost(t)
	made := &creations{next: api.NewTransport()}
	s.Options.Transport = made
	config := s.Narrow("beside", "") + fmt.Sprintf(`
ephemeral "safetyculture_service_user_token" "run" {
  name               = "%srun"
  permission_set_ids = [%q]
}
`, s.Prefix, s.PermissionSets[0])
	s.Run(resource.TestStep{Config: config}, resource.TestStep{Config: config, ConfigPlanChecks: acctest.NoChanges()})
	if got := made.count.Load(); got < 3 {
		t.Errorf("%d tokens were made, want the one in state, and one for each plan and apply", got)
	}
}

// creations counts the tokens that a provider creates.
type creations struct {
	next  http.RoundTripper
	count atomic.Int32
}

func (c *creations) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := c.next.RoundTrip(req)
	if err == nil && resp.StatusCode == http.StatusOK && req.Method == http.MethodPost && path.Base(req.URL.Path) == "service_user_tokens" {
		c.count.Add(1)
	}
	return resp, err
}
