package emulator_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestSecretsAreNotKept(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	made := f.make(`{"name":"t"}`)
	if !slices.Contains(f.issued, made.Secret) {
		t.Error("the secret was not told")
	}
	for _, call := range f.em.Calls() {
		text, _ := json.Marshal(call)
		if bytes.Contains(text, []byte(made.Secret)) || bytes.Contains(text, []byte(f.em.Bearer())) || call.Header.Get("Authorization") != "" {
			t.Errorf("the journal holds a secret: %s", text)
		}
	}
	if list := f.do("GET", tokensPath, ""); strings.Contains(list.raw, made.Secret) || strings.Contains(list.raw, "secret") {
		t.Error("the list shows a secret")
	}
}

func TestRequestIDIsEchoed(t *testing.T) {
	t.Parallel()
	f := start(t, emulator.Options{})
	req, _ := http.NewRequestWithContext(t.Context(), "GET", f.url+whoAmIPath, nil)
	req.Header.Set("X-Request-ID", "mine")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.Header.Get("X-Request-ID") != "mine" || f.do("GET", whoAmIPath, "").header.Get("X-Request-ID") == "" {
		t.Error("X-Request-ID is neither echoed nor generated")
	}
}

func TestSameSeedSameIDs(t *testing.T) {
	t.Parallel()
	one, two := emulator.New(emulator.Options{Seed: 5, Tokens: 2}), emulator.New(emulator.Options{Seed: 5, Tokens: 2})
	if one.Bearer() != two.Bearer() || one.Tokens()[1].ID != two.Tokens()[1].ID || emulator.New(emulator.Options{}).Bearer() == one.Bearer() {
		t.Error("the seed does not decide ids and secrets")
	}
}

func TestJournal(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{})
	made := f.make(`{"name":"t"}`)
	f.em.ForgetCalls()
	f.do("GET", tokensPath+"/"+made.Token.ID, "")
	f.do("GET", "/permissions/v1/permission_set/"+f.em.PermissionSetID("Reporting"), "")
	f.call(made.Secret, "GET", whoAmIPath, "")
	f.call("", "GET", "/nowhere", "")
	calls := f.em.Calls()
	if len(calls) != 4 || len(f.em.CallsOf("WhoAmI")) != 1 {
		t.Fatalf("the journal holds %d calls", len(calls))
	}
	if c := calls[0]; c.Operation != "GetServiceUserToken" || c.Method != "GET" || c.TokenID != made.Token.ID || c.CallerID != f.em.CallerID() || c.Status != 200 ||
		!c.Acted || c.RequestID == "" || !c.Time.Equal(f.now()) || c.Header.Get("User-Agent") == "" {
		t.Errorf("the first is %+v", c)
	}
	if calls[1].TokenID != "" || calls[2].CallerID != made.Token.ServiceUserID || calls[3].Operation != "" || calls[3].CallerID != "" || calls[3].Status != 404 {
		t.Errorf("the others are %+v", calls[1:])
	}
}

func TestWebAppFollowsTheRulesUnseen(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{ActiveTokenLimit: 1})
	f.em.Fail(emulator.Fault{Status: 500})
	made, secret, err := f.em.CreateToken(emulator.TokenInput{Name: "t", InactivityExpiryDays: 60, PermissionSetIDs: []string{f.em.PermissionSetID("Reporting")}})
	if err != nil || !f.em.Accepts(secret) || made.InactivityExpiryDays != 60 || made.AllPermissions {
		t.Fatalf("made %+v, %v", made, err)
	}
	must := func(what string, got error, allowed bool) {
		t.Helper()
		if (got == nil) != allowed {
			t.Errorf("%s: %v", what, got)
		}
	}
	id, name, days := made.ID, "renamed", 180
	_, _, err = f.em.CreateToken(emulator.TokenInput{Name: "second"})
	must("create over the limit", err, false)
	must("delete an active token", f.em.DeleteToken(id), false)
	_, err = f.em.RegenerateToken(id)
	must("regenerate an active token", err, false)
	if unused, _ := f.em.Token(id); unused.LastUsedAt != nil {
		t.Error("asking whether a secret is accepted counts as a use")
	}
	f.advance(time.Hour)
	must("use", f.em.UseToken(id), true)
	must("edit", f.em.EditToken(id, emulator.TokenEdit{Name: &name, InactivityExpiryDays: &days, AllPermissions: true}), true)
	if now, _ := f.em.Token(id); now.Name != name || now.InactivityExpiryDays != days || !now.AllPermissions || now.LastUsedAt == nil || !now.LastUsedAt.Equal(f.now()) ||
		!now.ExpiresAt.Equal(f.now().AddDate(0, 0, days)) || len(f.em.ActiveTokens()) != 1 {
		t.Errorf("now %+v", now)
	}
	must("revoke", f.em.RevokeToken(id), true)
	must("revoke again", f.em.RevokeToken(id), false)
	must("edit a revoked token", f.em.EditToken(id, emulator.TokenEdit{Name: &name}), false)
	must("use a revoked token", f.em.UseToken(id), false)
	again, err := f.em.RegenerateToken(id)
	must("regenerate", err, true)
	if again == secret || f.em.Accepts(secret) || !f.em.Accepts(again) {
		t.Error("regenerating does not change the secret")
	}
	must("revoke a regenerated token", f.em.RevokeToken(id), true)
	must("delete", f.em.DeleteToken(id), true)
	must("delete again", f.em.DeleteToken(id), false)
	if _, there := f.em.Token(id); there || len(f.em.Tokens()) != 0 || len(f.em.Calls()) != 0 {
		t.Error("the token is still there, or the journal knows of the web app")
	}
}
