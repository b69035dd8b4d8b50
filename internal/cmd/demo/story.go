package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"
	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The resources of configuration/main.tf.
const (
	export  = "export"
	scim    = "scim"
	sensors = "sensors"
)

const planFile = "demo.tfplan"

// story runs the steps, and keeps the values that later steps compare with.
type story struct {
	screen  *screen
	program cli.Program
	em      *emulator.Emulator
	url     string

	folder            *cli.Folder
	tokens, inventory *tfexec.Terraform // the two configurations
	variables         map[string]string // of the first one: the settings that the story changes

	state      map[string]managedToken // after the last apply, by the resource's name
	oldSecrets []string                // secrets that must no longer work

	reader *age.X25519Identity // after one step, the only reader of the gateway's secret
	err    error
}

// managedToken is a token in the state.
type managedToken struct{ id, name, secret, status, encrypted string }

// tell runs the steps and stops at the first error.
func (s *story) tell(ctx context.Context) error {
	for _, step := range []struct {
		title string
		show  func(context.Context) string // returns what it has shown
	}{
		{"Three integrations get a token each", s.create},
		{"The tokens are used, and there is still nothing to do", s.stayQuiet},
		{"A token is renamed in place: the secret stays", s.rename},
		{"Somebody revokes a token outside Terraform", s.revokeOutside},
		{"The plan says that it will be replaced, and why", s.seeDrift},
		{"Apply repairs it: a new secret", s.repair},
		{"A token is rotated: the new one is created before the old one stops working", s.rotate},
		{"A secret is encrypted: only its reader can read it, not everybody who can read the state", s.encrypt},
		{"A data source lists all tokens of the organization, without secrets", s.list},
		{"Old secrets no longer work, new ones do", s.proveSecrets},
		{"Destroy leaves nothing behind", s.destroy},
	} {
		s.screen.step(step.title)
		shown := step.show(ctx)
		if s.err != nil {
			return s.err
		}
		s.screen.holds(shown)
	}
	return nil
}

func (s *story) create(ctx context.Context) string {
	s.variables = map[string]string{"export_name": "Nightly export", "scim_permission_set_id": s.em.PermissionSetID("SCIM provisioning"), "key_period": "2026-Q3"}
	plan := s.plan(ctx)
	for _, name := range []string{export, scim, sensors} {
		s.check(plan.expect(name, tfjson.ActionCreate))
	}
	s.apply(ctx)
	s.expectActive(3)
	s.expectAllWork(ctx)
	return "three tokens are active, and each secret is accepted"
}

// expectAllWork checks that the API accepts every secret in the state.
func (s *story) expectAllWork(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(s.state)) {
		s.expectStatus(ctx, name, s.state[name].secret, http.StatusOK)
	}
}

func (s *story) stayQuiet(ctx context.Context) string {
	plan := s.plan(ctx)
	s.checkThat(plan.empty && len(plan.ResourceDrift) == 0, "the plan is not empty, or reports drift:\n%s", plan.text)
	return "the plan is empty (exit code 0) and reports no drift"
}

func (s *story) rename(ctx context.Context) string {
	s.edit("name", "export_name", "Nightly export to the warehouse")
	s.check(s.plan(ctx).expect(export, tfjson.ActionUpdate))
	before := s.state[export]
	s.apply(ctx)
	after := s.state[export]
	s.checkThat(after.name == s.variables["export_name"] && after.id == before.id && after.secret == before.secret,
		"expected the same token under another name, got %q (same id: %t, same secret: %t)", after.name, after.id == before.id, after.secret == before.secret)
	s.expectStatus(ctx, export, after.secret, http.StatusOK)
	return "updated in place: same id, same secret, still accepted"
}

// edit changes an attribute in the configuration.
func (s *story) edit(attribute, variable, value string) {
	s.screen.edit(attribute, s.variables[variable], value)
	s.variables[variable] = value
}

func (s *story) revokeOutside(ctx context.Context) string {
	token := s.state[scim]
	path := "/tokens/v1/service_user_tokens/" + token.id + "/revoke"
	s.screen.command("curl --fail --silent --show-error -d '{}' \\\n       -H \"Authorization: Bearer $SAFETYCULTURE_API_TOKEN\" \\\n       %s%s", s.url, path)
	status := s.call(ctx, http.MethodPost, path, s.em.Bearer())
	s.checkThat(status == http.StatusOK, "revoking: status %d", status)
	s.expectStatus(ctx, scim, token.secret, http.StatusUnauthorized)
	s.oldSecrets = append(s.oldSecrets, token.secret)
	return fmt.Sprintf("the secret of %q is refused (401)", token.name)
}

func (s *story) seeDrift(ctx context.Context) string {
	plan := s.plan(ctx)
	s.screen.show(plan.block(scim))
	s.screen.show(plan.warning())
	s.check(plan.expect(scim, tfjson.ActionDelete, tfjson.ActionCreate))
	s.check(plan.expectNewSecret(scim, "status"))
	s.check(plan.expectWords(scim, `status += "revoked".* # forces replacement`))
	s.checkThat(len(plan.ResourceDrift) == 1 && plan.ResourceDrift[0].Address == address(scim), "expected %s, and nothing else, to be reported as drift", address(scim))
	return "planned as -/+ (delete, then create), because of the status; reported as drift"
}

func (s *story) repair(ctx context.Context) string {
	before := s.state[scim]
	s.apply(ctx)
	after := s.state[scim]
	s.checkThat(after.id != before.id && after.secret != before.secret && after.status == "active",
		"expected another, active token with another secret, got status %q", after.status)
	s.expectActive(3)
	s.expectStatus(ctx, scim, after.secret, http.StatusOK)
	return fmt.Sprintf("%q has a new token whose secret is accepted", after.name)
}

func (s *story) rotate(ctx context.Context) string {
	s.edit("rotation_triggers.key_period", "key_period", "2026-Q4")
	plan := s.plan(ctx)
	s.screen.show(plan.block(sensors))
	s.check(plan.expect(sensors, tfjson.ActionCreate, tfjson.ActionDelete))
	s.check(plan.expectNewSecret(sensors, "rotation_triggers"))
	before := s.state[sensors]
	s.apply(ctx)
	s.checkThat(s.state[sensors].secret != before.secret, "the secret of %q is still the old one", before.name)
	s.oldSecrets = append(s.oldSecrets, before.secret)
	s.expectActive(3)
	return "planned as +/- (create, then delete), and the secret is another one"
}

func (s *story) encrypt(ctx context.Context) string {
	var err error
	s.reader, err = age.GenerateX25519Identity()
	if err != nil {
		s.check(err)
		return ""
	}
	s.edit("age_recipients", "reader", s.reader.Recipient().String())
	plan := s.plan(ctx)
	s.screen.show(plan.block(sensors))
	s.check(plan.expect(sensors, tfjson.ActionCreate, tfjson.ActionDelete))
	s.check(plan.expectWords(sensors, "age_recipients .* # forces replacement"))
	before := s.state[sensors]
	s.apply(ctx)
	after := s.state[sensors]
	state, err := os.ReadFile(filepath.Join(s.folder.Dir, "terraform.tfstate"))
	s.check(err)
	s.checkThat(after.encrypted != "" && after.secret != before.secret, "the state holds no encrypted secret of %q", after.name)
	s.checkThat(!bytes.Contains(state, []byte(after.secret)) && !bytes.Contains(state, []byte(before.secret)), "the state holds a secret of %q in clear text", after.name)
	s.screen.command("%s state show %s", s.program.Name(), address(sensors))
	s.screen.show(append([]string{"encrypted_token:"}, strings.SplitN(after.encrypted, "\n", 3)[:2]...))
	s.oldSecrets = append(s.oldSecrets, before.secret)
	s.expectStatus(ctx, sensors, after.secret, http.StatusOK)
	return "token is null, the state holds a new secret encrypted, and what its reader decrypts is accepted"
}

func (s *story) list(ctx context.Context) string {
	s.screen.command("%s output inventory", s.program.Name())
	s.check(s.inventory.Apply(ctx))
	outputs, err := s.inventory.Output(ctx)
	s.check(err)
	var seen struct {
		ActiveCount int `json:"active_count"`
		Remaining   int
		Tokens      []struct {
			Name, Status string
			Expiry       int    `json:"inactivity_expiry_days"`
			LastUsedAt   string `json:"last_used_at"`
		}
	}
	text := outputs["inventory"].Value
	s.check(json.Unmarshal(text, &seen))
	s.checkThat(len(seen.Tokens) == 3 && seen.ActiveCount == 3, "expected three tokens, all active, got %d, of which %d are active", len(seen.Tokens), seen.ActiveCount)
	for name, token := range s.state {
		s.checkThat(!strings.Contains(string(text), token.secret), "the data source knows the secret of %s", name)
	}
	lines := []string{fmt.Sprintf("%-34s%-9s%-9s%s", "name", "status", "expiry", "last used")}
	for _, t := range seen.Tokens {
		lines = append(lines, fmt.Sprintf("%-34s%-9s%-9s%s", t.Name, t.Status, fmt.Sprintf("%d days", t.Expiry), cmp.Or(t.LastUsedAt, "never")))
	}
	s.screen.show(lines)
	return fmt.Sprintf("%d active, room for %d more", seen.ActiveCount, seen.Remaining)
}

func (s *story) proveSecrets(ctx context.Context) string {
	s.screen.command("curl -H \"Authorization: Bearer …\" %s/accounts/user/v1/user:WhoAmI", s.url)
	for _, secret := range s.oldSecrets {
		s.expectStatus(ctx, "a token of earlier", secret, http.StatusUnauthorized)
	}
	s.expectAllWork(ctx)
	return "401 for the secrets that were revoked or rotated; 200 for the three tokens of now"
}

func (s *story) destroy(ctx context.Context) string {
	s.screen.command("%s destroy", s.program.Name())
	last := s.state
	s.check(s.tokens.Destroy(ctx))
	s.see(ctx)
	s.checkThat(len(s.em.Tokens()) == 0 && len(s.state) == 0, "expected nothing to be left, got %d tokens in the API and %d in state", len(s.em.Tokens()), len(s.state))
	for name, token := range last {
		s.expectStatus(ctx, name, token.secret, http.StatusUnauthorized)
	}
	return "the API lists no token, active or revoked; the state is empty; no secret works"
}
