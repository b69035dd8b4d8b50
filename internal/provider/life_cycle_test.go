package provider_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// The tests of this file are the basic life of a token, on an emulator or on a real host: see stage. They tell how far an
// API that exists is from the contract, so they use nothing that only the emulator has.

// secretsSeen follows the secret in state from step to step, without ever printing it.
type secretsSeen struct {
	s    *stage
	last string
}

func (v *secretsSeen) now(state *terraform.State) string {
	return state.RootModule().Resources[address].Primary.Attributes["token"]
}

// first: there is a secret.
func (v *secretsSeen) first(state *terraform.State) error {
	if v.last = v.now(state); v.last == "" {
		return errors.New("there is no secret in state")
	}
	return nil
}

// same: it is the one of the step before.
func (v *secretsSeen) same(state *terraform.State) error {
	if v.now(state) != v.last {
		return errors.New("the secret in state is another one")
	}
	return nil
}

// renewed: it is another one, and the one before is refused.
func (v *secretsSeen) renewed(state *terraform.State) error {
	old := v.last
	if err := v.first(state); err != nil {
		return err
	}
	if v.last == old {
		return errors.New("the secret in state is the old one")
	}
	return v.s.refused(old)
}

// hostHas is a check of this test's token as the host has it.
func (s *stage) hostHas(want func(api.ServiceUserToken) bool) resource.TestCheckFunc {
	return func(*terraform.State) error {
		if t := s.only(); !want(t) {
			return fmt.Errorf("the host has another token than expected: %d days, all permissions %t, %d permission sets", t.InactivityExpiryDays, t.AllPermissions, len(t.PermissionSetIDs))
		}
		return nil
	}
}

func TestLifeCycle_createEditImportDestroy(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secrets := &secretsSeen{s: s}
	hasSet := func(id string, days int64) resource.TestCheckFunc {
		return s.hostHas(func(t api.ServiceUserToken) bool {
			return !t.AllPermissions && len(t.PermissionSetIDs) == 1 && t.PermissionSetIDs[0] == id && t.InactivityExpiryDays == days
		})
	}
	edited := func(check resource.TestCheckFunc) resource.TestCheckFunc {
		return resource.ComposeTestCheckFunc(secrets.same, check)
	}
	update := before(actions("update"), unknownAfter(), noDrift())
	otherSet := fmt.Sprintf("permission_set_ids = [%q]\n  inactivity_expiry_days = 180", s.sets[1])
	broad := "all_permissions = true\n  inactivity_expiry_days = 180"
	s.run(
		resource.TestStep{Config: s.narrow("made", ""), ConfigPlanChecks: before(actions("create")), Check: resource.ComposeTestCheckFunc(
			secrets.first, hasSet(s.sets[0], 45), attribute("status", "active"), attribute("organization_id", s.organization))},
		resource.TestStep{Config: s.narrow("made", ""), ConfigPlanChecks: quiet()},
		resource.TestStep{Config: s.narrow("renamed", ""), ConfigPlanChecks: update, Check: edited(hasSet(s.sets[0], 45))},
		resource.TestStep{Config: s.narrow("renamed", "inactivity_expiry_days = 180"), ConfigPlanChecks: update, Check: edited(hasSet(s.sets[0], 180))},
		resource.TestStep{Config: s.config("renamed", otherSet), ConfigPlanChecks: update, Check: edited(hasSet(s.sets[1], 180))},
		resource.TestStep{Config: s.config("renamed", broad), ConfigPlanChecks: update, Check: edited(s.hostHas(func(t api.ServiceUserToken) bool {
			return t.AllPermissions && len(t.PermissionSetIDs) == 0 && t.InactivityExpiryDays == 180
		}))},
		resource.TestStep{Config: s.config("renamed", broad), ConfigPlanChecks: quiet()},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
		resource.TestStep{ResourceName: address, ImportState: true, ImportStateId: "name:" + s.prefix + "renamed", ImportStateVerify: true, ImportStateVerifyIgnore: []string{"token"}},
	)
	if err := s.refused(secrets.last); err != nil {
		t.Errorf("after destroy: %v", err)
	}
}

func TestLifeCycle_rotateByTrigger(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secrets := &secretsSeen{s: s}
	triggered := func(value string) string {
		return s.narrow("rotated", fmt.Sprintf("rotation_triggers = { at = %q }", value))
	}
	var first string
	s.run(
		resource.TestStep{Config: triggered("1"), Check: resource.ComposeTestCheckFunc(secrets.first, func(*terraform.State) error { first = s.only().ID; return nil })},
		resource.TestStep{Config: triggered("1"), ConfigPlanChecks: quiet()},
		resource.TestStep{
			Config: triggered("2"), ConfigPlanChecks: before(actions("delete", "create"), forcedBy("rotation_triggers"), noDrift()),
			Check: resource.ComposeTestCheckFunc(secrets.renewed, s.hostHas(func(t api.ServiceUserToken) bool { return t.ID != first })),
		},
		resource.TestStep{Config: triggered("2"), ConfigPlanChecks: quiet()},
	)
}

func TestLifeCycle_regenerate(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secrets := &secretsSeen{s: s}
	triggered := func(value string) string {
		return s.narrow("regenerated", fmt.Sprintf("rotation_method = \"regenerate\"\n  rotation_triggers = { at = %q }", value))
	}
	var first api.ServiceUserToken
	s.run(
		resource.TestStep{Config: triggered("1"), Check: resource.ComposeTestCheckFunc(secrets.first, func(*terraform.State) error { first = s.only(); return nil })},
		resource.TestStep{
			Config: triggered("2"), ConfigPlanChecks: before(actions("update"), unknownAfter(newSecret...), noDrift()),
			Check: resource.ComposeTestCheckFunc(secrets.renewed, s.hostHas(func(t api.ServiceUserToken) bool {
				return t.ID == first.ID && t.ServiceUserID == first.ServiceUserID && t.IssuedAt.After(first.IssuedAt)
			})),
		},
		resource.TestStep{Config: triggered("2"), ConfigPlanChecks: quiet()},
	)
}

// What somebody revokes or regenerates outside Terraform gets a new secret, and the plan says why.
func TestLifeCycle_revokedAndRegeneratedOutside(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secrets := &secretsSeen{s: s}
	replaced := before(actions("delete", "create"), forcedBy("status"), drift("status"))
	revoke := func() {
		_, err := s.client.RevokeServiceUserToken(t.Context(), s.only().ID)
		s.must(err)
	}
	s.run(
		resource.TestStep{Config: s.narrow("outside", ""), Check: secrets.first},
		resource.TestStep{PreConfig: revoke, Config: s.narrow("outside", ""), ConfigPlanChecks: replaced, Check: secrets.renewed},
		resource.TestStep{
			PreConfig: func() {
				revoke()
				_, _, err := s.client.RegenerateServiceUserToken(t.Context(), s.only().ID)
				s.must(err)
			},
			Config: s.narrow("outside", ""), ConfigPlanChecks: replaced, Check: secrets.renewed,
		},
		resource.TestStep{Config: s.narrow("outside", ""), ConfigPlanChecks: quiet()},
	)
}

// An edit outside is planned back, and what was deleted outside is made again.
func TestLifeCycle_editedAndDeletedOutside(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	secrets := &secretsSeen{s: s}
	s.run(
		resource.TestStep{Config: s.narrow("kept", ""), Check: secrets.first},
		resource.TestStep{
			PreConfig: func() {
				name, days := s.prefix+"edited outside", int64(60)
				_, err := s.client.UpdateServiceUserToken(t.Context(), s.only().ID, api.Edit{Name: &name, InactivityExpiryDays: &days})
				s.must(err)
			},
			Config: s.narrow("kept", "inactivity_expiry_days = 45"), ConfigPlanChecks: before(actions("update"), drift("name", "inactivity_expiry_days")),
			Check: resource.ComposeTestCheckFunc(secrets.same, s.hostHas(func(t api.ServiceUserToken) bool { return t.InactivityExpiryDays == 45 })),
		},
		resource.TestStep{
			PreConfig: func() {
				id := s.only().ID
				_, err := s.client.RevokeServiceUserToken(t.Context(), id)
				s.must(err)
				s.must(s.client.DeleteServiceUserToken(t.Context(), id))
			},
			Config: s.narrow("kept", "inactivity_expiry_days = 45"), ConfigPlanChecks: before(actions("create")), Check: secrets.renewed,
		},
	)
}
