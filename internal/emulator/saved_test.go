package emulator_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// What was saved comes back: tokens of every status, users of every kind, other organizations, and the secrets that work.
func TestRestore_bringsBackWhatWasSaved(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 100, time.UTC)
	var secrets []string
	options := emulator.Options{
		Bearer: "admin-secret", Seed: 7, Now: func() time.Time { return now },
		OnSecret: func(secret string) { secrets = append(secrets, secret) },
	}
	em := emulator.New(options)
	_, used := create(t, em, emulator.TokenInput{Name: "used", PermissionSetIDs: []string{em.PermissionSetID("Reporting")}})
	revoked, dead := create(t, em, emulator.TokenInput{Name: "revoked", InactivityExpiryDays: 180})
	must(t, em.RevokeToken(revoked.ID))
	_, other := em.AddOrganization()
	_, person := em.AddPerson("inspections_read")
	must(t, em.UseToken(em.Tokens()[0].ID))

	text := em.Save()
	for _, secret := range append(secrets, "admin-secret", other, person) {
		if strings.Contains(string(text), secret) {
			t.Error("a secret was saved in clear")
		}
	}
	back, err := emulator.Restore(options, text)
	must(t, err)
	if diff := cmp.Diff(em.Tokens(), back.Tokens()); diff != "" {
		t.Errorf("tokens (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(em.Snapshot(0), back.Snapshot(0)); diff != "" {
		t.Errorf("the page (-before +after):\n%s", diff)
	}
	for secret, want := range map[string]bool{used: true, dead: false, other: true, person: true, "admin-secret": true} {
		if got := back.Accepts(secret); got != want {
			t.Errorf("a secret is accepted: %t, want %t", got, want)
		}
	}
	if again := back.Save(); string(again) != string(text) {
		t.Errorf("saved again: %s", cmp.Diff(string(text), string(again)))
	}
	// The seed does not produce the same ids again.
	created, _ := create(t, back, emulator.TokenInput{Name: "new"})
	if strings.Contains(string(text), created.ID) || strings.Contains(string(text), created.ServiceUserID) {
		t.Error("a new token has an id that is there already")
	}
}

// Without a given API token, the administrator gets a new one, and the old one stops working.
func TestRestore_givesTheAdministratorANewToken(t *testing.T) {
	t.Parallel()
	em := emulator.New(emulator.Options{})
	back, err := emulator.Restore(emulator.Options{}, em.Save())
	must(t, err)
	if back.Accepts(em.Bearer()) || !back.Accepts(back.Bearer()) || back.OrganizationID() != em.OrganizationID() || back.CallerID() != em.CallerID() {
		t.Error("the administrator is not the same, with another API token")
	}
}

func TestRestore_refusesWhatSaveDidNotWrite(t *testing.T) {
	t.Parallel()
	em := emulator.New(emulator.Options{Tokens: 1})
	change := func(edit func(s map[string]any)) string {
		var s map[string]any
		must(t, json.Unmarshal(em.Save(), &s))
		edit(s)
		text, err := json.Marshal(s)
		must(t, err)
		return string(text)
	}
	first := func(s map[string]any, name string) map[string]any {
		organization := s["organizations"].([]any)[0].(map[string]any)
		if name == "" {
			return organization
		}
		return organization[name].([]any)[0].(map[string]any)
	}
	for want, text := range map[string]string{
		"invalid character":           "no JSON",
		"version 2 is not known":      change(func(s map[string]any) { s["version"] = 2 }),
		"there is no organization":    change(func(s map[string]any) { s["organizations"] = nil }),
		"is in no organization":       change(func(s map[string]any) { s["users"].([]any)[0].(map[string]any)["organization"] = "role_x" }),
		"the administrator is not":    change(func(s map[string]any) { first(s, "")["administrator"] = "user_x" }),
		"its users are not known":     change(func(s map[string]any) { first(s, "tokens")["created_by"] = "user_x" }),
		"its user is not known":       change(func(s map[string]any) { first(s, "user_tokens")["user"] = "user_x" }),
		"is not the hash of a secret": change(func(s map[string]any) { first(s, "tokens")["secret_sha256"] = "scapi_0" }),
	} {
		if _, err := emulator.Restore(emulator.Options{}, []byte(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func create(t *testing.T, em *emulator.Emulator, in emulator.TokenInput) (emulator.Token, string) {
	t.Helper()
	token, secret, err := em.CreateToken(in)
	must(t, err)
	return token, secret
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
