package browser

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

const managed = `resource "safetyculture_service_user_token" "test" {
  name                   = "warehouse-sync"
  all_permissions        = true
  inactivity_expiry_days = 60
  rotate_after_days      = 30
}`

// action is the XPath of a link in the row of a token.
func action(word, token string) string {
	return `//tr[th[normalize-space()="` + token + `"]]//a[starts-with(normalize-space(), "` + word + `")]`
}

func button(word string) string { return `//button[normalize-space()="` + word + `"]` }

func link(word string) string { return `//a[normalize-space()="` + word + `"]` }

// A user's actions on the page, and Terraform's next plan after each.
func TestPage_story(t *testing.T) {
	t.Parallel()
	h := startEmulator(t)
	w, b := newWorkspace(h), open(t, h)
	w.write("main.tf", managed)
	w.apply()

	// A token that is created by hand: its secret is shown once, and Terraform does not touch it.
	b.follow(link("Create API token"), "Create service user API token")
	b.do(chromedp.SendKeys(chromedp.CSS("#name"), "by hand"))
	b.follow(button("Create token"), "It is shown once")
	secret := b.text("#secret")
	b.picture("secret")
	if path := value(b, chromedp.Evaluate[string]("location.pathname")); path != "/" {
		t.Errorf("a reload would send the form to %s again", path)
	}
	b.do(chromedp.Reload())
	if page := b.text("body"); !strings.HasPrefix(secret, "scapi_") || strings.Contains(page, secret) || !strings.Contains(page, "2 of 20 active") {
		t.Errorf("after a reload, secret %.6s…: %s", secret, page)
	}
	w.expect("after a create by hand", planned{"no-op", "active", false})

	// Revoked outside Terraform: replaced.
	b.visit("/")
	b.follow(action("Revoke", "warehouse-sync"), "Revoke this token?")
	b.picture("revoke")
	b.follow(button("Revoke"), "Token revoked.")
	b.picture("list")
	w.expect("after a revocation", planned{"delete, create", "revoked", false})
	w.apply()

	// Regenerated outside Terraform, a day later: the secret in state is superseded.
	b.visit("/")
	b.follow(button("+1 day"), "1 day ahead of real time")
	b.follow(action("Revoke", "warehouse-sync"), "Revoke this token?")
	b.follow(button("Revoke"), "Token revoked.")
	b.follow(action("Regenerate", "warehouse-sync"), "Regenerate this token?")
	b.follow(button("Confirm"), "It is shown once")
	b.follow(link("Close"), "Service user API tokens")
	w.expect("after a regenerate", planned{"delete, create", "superseded", false})

	// A secret that was issued 45 days ago is due for rotation.
	b.follow(button("Real time"), "(real time)")
	b.follow(button("−45 days"), "45 days behind real time")
	w.apply()
	b.visit("/")
	b.follow(button("Real time"), "(real time)")
	w.expect("with a secret of 45 days", planned{"delete, create", "active", true})
	w.apply()
	w.expect("after the rotation", planned{"no-op", "active", false})

	// The token is not used for longer than its expiry.
	b.visit("/")
	b.follow(button("+45 days"), "45 days ahead of real time")
	w.expect("after 45 days of 60", planned{"no-op", "active", false})
	b.follow(button("+45 days"), "90 days ahead of real time")
	w.expect("after 90 days of 60", planned{"delete, create", "expired", false})

	// An inactive token can be deleted.
	b.follow(action("Delete", "by hand"), "Delete this token?")
	b.follow(button("Delete"), "Token deleted.")
	if page := b.text("body"); strings.Contains(page, "by hand") || !strings.Contains(page, "warehouse-sync") {
		t.Error("the token is still shown")
	}
	b.quiet()
}

// The page does its work without JavaScript.
func TestPage_withoutJavaScript(t *testing.T) {
	t.Parallel()
	h := startEmulator(t)
	b := open(t, h)
	send(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
	b.visit("/web/tokens/new")
	b.do(chromedp.SendKeys(chromedp.CSS("#name"), "plain"), chromedp.Click(button("Create token")), chromedp.WaitVisible(chromedp.CSS("#secret")))
	b.picture("without-javascript")
	for _, step := range []struct{ click, wait string }{
		{link("Close"), action("Edit", "plain")}, {action("Edit", "plain"), button("Save changes")}, {link("Cancel"), action("Revoke", "plain")},
		{action("Revoke", "plain"), button("Revoke")}, {button("Revoke"), action("Delete", "plain")},
		{action("Delete", "plain"), button("Delete")}, {button("Delete"), `//p[contains(., "There are no service user API tokens yet.")]`},
	} {
		b.do(chromedp.Click(step.click), chromedp.WaitVisible(step.wait))
	}
	b.quiet()
}
