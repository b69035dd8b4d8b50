package webapp

import (
	"net/http"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// dialog is what stands over the list.
type dialog struct {
	// Kind is create, edit, confirm or secret.
	Kind, Title string
	// Token is the one that it is about.
	Token emulator.Token
	Input input
	confirmation
	// Secret is shown once: nothing keeps it, and only the response to the request that made it holds it.
	Secret string
	// Problem is why the API would refuse.
	Problem string
}

// confirmation is a question before something is done to a token.
type confirmation struct {
	Text, Button string
	// Harms marks what cannot be undone.
	Harms bool
}

// action is what the web app does after a confirmation.
type action struct {
	title string
	confirmation
	do   func(em *emulator.Emulator, id string) (secret string, err error)
	done string
}

var actions = map[string]action{
	"revoke": {"Revoke this token?", confirmation{"Its secret stops working immediately. You can then regenerate or delete the token.", "Revoke", true},
		func(em *emulator.Emulator, id string) (string, error) { return "", em.RevokeToken(id) }, "revoked"},
	"regenerate": {"Regenerate this token?", confirmation{"The token becomes active with a new secret. Custom integrations fail until you give them the new secret.", "Confirm", false},
		(*emulator.Emulator).RegenerateToken, ""},
	"delete": {"Delete this token?", confirmation{"You cannot undo this.", "Delete", true},
		func(em *emulator.Emulator, id string) (string, error) { return "", em.DeleteToken(id) }, "deleted"},
}

// notices are what the list says after something was done.
var notices = map[string]string{
	"saved": "Changes saved.", "revoked": "Token revoked.", "deleted": "Token deleted.", "clock": "Clock moved.",
}

// notice is a line above the list.
type notice struct {
	Text    string
	Problem bool
}

func createDialog(in input) *dialog {
	return &dialog{Kind: "create", Title: "Create service user API token", Input: in}
}

func editDialog(t emulator.Token, in input) *dialog {
	return &dialog{Kind: "edit", Title: "Edit service user API token", Token: t, Input: in}
}

func secretDialog(t emulator.Token, secret string) *dialog {
	return &dialog{Kind: "secret", Title: "Save the token securely", Token: t, Secret: secret}
}

func (a *app) showCreate(w http.ResponseWriter, _ *http.Request) {
	a.show(w, http.StatusOK, createDialog(input{Days: emulator.DefaultInactivityExpiryDays, All: true}), nil)
}

func (a *app) create(w http.ResponseWriter, r *http.Request) {
	in := readInput(r)
	if in.problem != nil {
		a.refuse(w, in.problem, nil)
		return
	}
	t, secret, err := a.em.CreateToken(emulator.TokenInput{Name: in.Name, InactivityExpiryDays: in.Days, PermissionSetIDs: in.SetIDs})
	if err != nil {
		a.refuse(w, err, createDialog(in))
		return
	}
	a.show(w, http.StatusOK, secretDialog(t, secret), nil)
}

func (a *app) showEdit(w http.ResponseWriter, r *http.Request) {
	if t, found := a.token(w, r); found {
		a.show(w, http.StatusOK, editDialog(t, input{Name: t.Name, Days: t.InactivityExpiryDays, All: t.AllPermissions, SetIDs: t.PermissionSetIDs}), nil)
	}
}

func (a *app) edit(w http.ResponseWriter, r *http.Request) {
	t, found := a.token(w, r)
	if !found {
		return
	}
	in := readInput(r)
	if in.problem != nil {
		a.refuse(w, in.problem, nil)
		return
	}
	change := emulator.TokenEdit{Name: &in.Name, InactivityExpiryDays: &in.Days, PermissionSetIDs: in.SetIDs, AllPermissions: in.All}
	if err := a.em.EditToken(t.ID, change); err != nil {
		a.refuse(w, err, editDialog(t, in))
		return
	}
	done(w, r, "saved")
}

func (a *app) showConfirmation(w http.ResponseWriter, r *http.Request) {
	t, act, found := a.confirmation(w, r)
	if found {
		a.show(w, http.StatusOK, confirmDialog(t, act), nil)
	}
}

func (a *app) confirm(w http.ResponseWriter, r *http.Request) {
	t, act, found := a.confirmation(w, r)
	if !found {
		return
	}
	secret, err := act.do(a.em, t.ID)
	switch {
	case err != nil:
		a.refuse(w, err, confirmDialog(t, act))
	case secret != "":
		a.show(w, http.StatusOK, secretDialog(t, secret), nil)
	default:
		done(w, r, act.done)
	}
}

// confirmation returns the token and the action that a request's path names, or answers that there is none.
func (a *app) confirmation(w http.ResponseWriter, r *http.Request) (emulator.Token, action, bool) {
	act, known := actions[r.PathValue("action")]
	if !known {
		http.NotFound(w, r)
		return emulator.Token{}, action{}, false
	}
	t, found := a.token(w, r)
	return t, act, found
}

func confirmDialog(t emulator.Token, act action) *dialog {
	return &dialog{Kind: "confirm", Title: act.title, Token: t, confirmation: act.confirmation}
}
