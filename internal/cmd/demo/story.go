package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// The resources of configuration/main.tf.
const (
	export  = "export"
	scim    = "scim"
	sensors = "sensors"
)

// story is the plot: what was seen in one step is compared with what is seen in a later one.
type story struct {
	screen   *screen
	cli      *cli
	emulator *emulatorProcess

	config variables
	tokens map[string]managedToken // the state after the last apply
	dead   []string                // secrets that must not work any more
}

func newStory(screen *screen, cli *cli, emulator *emulatorProcess) *story {
	return &story{screen: screen, cli: cli, emulator: emulator}
}

// tell goes through the steps and stops at the first that does not hold.
func (s *story) tell(ctx context.Context) error {
	for _, step := range []struct {
		title string
		show  func(context.Context) error
	}{
		{"Three integrations get a token each", s.create},
		{"The tokens have been used, and there is still nothing to do", s.stayQuiet},
		{"A token is renamed in place: the secret stays", s.rename},
		{"Somebody revokes a token outside Terraform", s.revokeOutside},
		{"The plan says that it will be replaced, and why", s.seeDrift},
		{"Apply repairs it: a new secret", s.repair},
		{"A token is rotated, the new one created before the old one dies", s.rotate},
		{"A data source lists all tokens of the organization, without secrets", s.list},
		{"Old secrets are dead, new ones work", s.proveSecrets},
		{"Destroy leaves nothing behind", s.destroy},
	} {
		s.screen.step(step.title)
		if err := step.show(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *story) create(ctx context.Context) error {
	set, err := s.emulator.permissionSet(ctx, "SCIM provisioning")
	if err != nil {
		return err
	}
	s.config = variables{ExportName: "Nightly export", ScimPermissionSetID: set, KeyPeriod: "2026-Q3"}
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	for _, name := range []string{export, scim, sensors} {
		if err := plan.expect(name, "create"); err != nil {
			return err
		}
	}
	if err := s.apply(ctx); err != nil {
		return err
	}
	if err := s.expectActive(ctx, 3); err != nil {
		return err
	}
	for _, token := range s.tokens {
		if err := s.expectAnswer(ctx, token.Token, http.StatusOK); err != nil {
			return fmt.Errorf("the secret of %q: %w", token.Name, err)
		}
	}
	s.screen.holds("three tokens are active, and each secret is accepted")
	return nil
}

func (s *story) stayQuiet(ctx context.Context) error {
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	if !plan.empty || len(plan.ResourceDrift) > 0 {
		return fmt.Errorf("the plan is not empty, or reports drift:\n%s", plan.text)
	}
	s.screen.holds("the plan is empty (exit code 0) and reports no drift")
	return nil
}

func (s *story) rename(ctx context.Context) error {
	s.config.ExportName = "Nightly export to the warehouse"
	s.screen.edit("name", "Nightly export", s.config.ExportName)
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	if err := plan.expect(export, "update"); err != nil {
		return err
	}
	before := s.tokens[export]
	if err := s.apply(ctx); err != nil {
		return err
	}
	after := s.tokens[export]
	if after.Name != s.config.ExportName || after.ID != before.ID || after.Token != before.Token {
		return fmt.Errorf("expected the same token under another name, got %q (same id: %t, same secret: %t)",
			after.Name, after.ID == before.ID, after.Token == before.Token)
	}
	if err := s.expectAnswer(ctx, after.Token, http.StatusOK); err != nil {
		return err
	}
	s.screen.holds("updated in place: same id, same secret, still accepted")
	return nil
}

func (s *story) revokeOutside(ctx context.Context) error {
	token := s.tokens[scim]
	if err := s.emulator.revoke(ctx, s.screen, token.ID); err != nil {
		return err
	}
	if err := s.expectAnswer(ctx, token.Token, http.StatusUnauthorized); err != nil {
		return err
	}
	s.dead = append(s.dead, token.Token)
	s.screen.holds("the secret of %q is refused (401)", token.Name)
	return nil
}

func (s *story) seeDrift(ctx context.Context) error {
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	s.screen.show(plan.block(scim))
	s.screen.show(plan.warning())
	if err := plan.expect(scim, "delete", "create"); err != nil {
		return err
	}
	if err := plan.expectNewSecret(scim, "status"); err != nil {
		return err
	}
	if err := plan.expectWords(scim, `status += "revoked".* # forces replacement`); err != nil {
		return err
	}
	if len(plan.ResourceDrift) != 1 || plan.ResourceDrift[0].Address != address(scim) {
		return fmt.Errorf("expected %s, and nothing else, to be reported as drift", address(scim))
	}
	s.screen.holds("planned as -/+ (delete, then create), because of the status; reported as drift")
	return nil
}

func (s *story) repair(ctx context.Context) error {
	before := s.tokens[scim]
	if err := s.apply(ctx); err != nil {
		return err
	}
	after := s.tokens[scim]
	if after.ID == before.ID || after.Token == before.Token || after.Status != "active" {
		return fmt.Errorf("expected another, active token with another secret, got status %q", after.Status)
	}
	if err := s.expectActive(ctx, 3); err != nil {
		return err
	}
	if err := s.expectAnswer(ctx, after.Token, http.StatusOK); err != nil {
		return err
	}
	s.screen.holds("%q has a new token whose secret is accepted", after.Name)
	return nil
}

func (s *story) rotate(ctx context.Context) error {
	s.config.KeyPeriod = "2026-Q4"
	s.screen.edit("rotation_triggers.key_period", "2026-Q3", s.config.KeyPeriod)
	plan, err := s.plan(ctx)
	if err != nil {
		return err
	}
	s.screen.show(plan.block(sensors))
	if err := plan.expect(sensors, "create", "delete"); err != nil {
		return err
	}
	if err := plan.expectNewSecret(sensors, "rotation_triggers"); err != nil {
		return err
	}
	before := s.tokens[sensors]
	if err := s.apply(ctx); err != nil {
		return err
	}
	if s.tokens[sensors].Token == before.Token {
		return fmt.Errorf("the secret of %q is still the old one", before.Name)
	}
	s.dead = append(s.dead, before.Token)
	if err := s.expectActive(ctx, 3); err != nil {
		return err
	}
	s.screen.holds("planned as +/- (create, then delete), and the secret is another one")
	return nil
}

func (s *story) list(ctx context.Context) error {
	s.screen.command("%s output inventory", s.cli.name)
	inventory, err := s.cli.inventory(ctx)
	if err != nil {
		return err
	}
	if len(inventory.Tokens) != 3 || inventory.ActiveCount != 3 {
		return fmt.Errorf("expected three tokens, all active, got %d, of which %d are active", len(inventory.Tokens), inventory.ActiveCount)
	}
	for _, token := range s.tokens {
		if strings.Contains(inventory.text, token.Token) {
			return fmt.Errorf("the data source knows the secret of %q", token.Name)
		}
	}
	lines := []string{fmt.Sprintf("%-34s%-9s%-9s%s", "name", "status", "expiry", "last used")}
	for _, token := range inventory.Tokens {
		lines = append(lines, fmt.Sprintf("%-34s%-9s%-9s%s", token.Name, token.Status, fmt.Sprintf("%d days", token.Expiry), orNever(token.LastUsedAt)))
	}
	s.screen.show(lines)
	s.screen.holds("%d active, room for %d more", inventory.ActiveCount, inventory.Remaining)
	return nil
}

func (s *story) proveSecrets(ctx context.Context) error {
	s.screen.command("curl -H \"Authorization: Bearer …\" %s/accounts/user/v1/user:WhoAmI", s.emulator.baseURL)
	for _, secret := range s.dead {
		if err := s.expectAnswer(ctx, secret, http.StatusUnauthorized); err != nil {
			return fmt.Errorf("an old secret: %w", err)
		}
	}
	s.screen.holds("401 for the secret that was revoked, and for the one that was rotated")
	for _, token := range s.tokens {
		if err := s.expectAnswer(ctx, token.Token, http.StatusOK); err != nil {
			return fmt.Errorf("the secret of %q: %w", token.Name, err)
		}
	}
	s.screen.holds("200 for the three that are in state now")
	return nil
}

func (s *story) destroy(ctx context.Context) error {
	s.screen.command("%s destroy", s.cli.name)
	last := s.tokens
	if err := s.cli.destroy(ctx); err != nil {
		return err
	}
	if err := s.see(ctx); err != nil {
		return err
	}
	left, err := s.emulator.list(ctx)
	if err != nil {
		return err
	}
	if len(left) > 0 || len(s.tokens) > 0 {
		return fmt.Errorf("expected nothing to be left, got %d tokens in the API and %d in state", len(left), len(s.tokens))
	}
	for _, token := range last {
		if err := s.expectAnswer(ctx, token.Token, http.StatusUnauthorized); err != nil {
			return fmt.Errorf("the secret of %q: %w", token.Name, err)
		}
	}
	s.screen.holds("the API lists no token, active or revoked; the state is empty; no secret works")
	return nil
}
