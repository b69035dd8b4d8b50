package webapp

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// dialog is the dialog in front of the list.
type dialog struct {
	// Kind is create, edit, confirm or secret.
	Kind  string
	Token emulator.Token // the one that it is about
	Input input
	confirmation
	// Secret is shown once: nothing keeps it, and only the response to the request that made it holds it.
	Secret string
	// Problem says why the API would refuse.
	Problem string
}

// confirmation is the question that the web app asks before it changes a token.
type confirmation struct {
	Title, Text, Button string
	Harms               bool // a secret that works, or a token, is lost
}

// action is what follows a confirmation.
type action struct {
	confirmation
	do   func(em *emulator.Emulator, id string) (secret string, err error)
	done string
}

var actions = map[string]action{
	"revoke": {confirmation{"Revoke this token?", "Its secret stops working immediately. You can then regenerate or delete the token.", "Revoke", true},
		func(em *emulator.Emulator, id string) (string, error) { return "", em.RevokeToken(id) }, "revoked"},
	"regenerate": {confirmation{"Regenerate this token?", "The token becomes active with a new secret. Custom integrations fail until you give them the new secret.", "Confirm", false},
		(*emulator.Emulator).RegenerateToken, ""},
	"delete": {confirmation{"Delete this token?", "You cannot undo this.", "Delete", true},
		func(em *emulator.Emulator, id string) (string, error) { return "", em.DeleteToken(id) }, "deleted"},
}

// input is what a user entered in the form of a token. The emulator validates it.
type input struct {
	Name   string
	Days   int
	All    bool
	SetIDs []string
}

// Has reports whether a permission set is chosen.
func (in input) Has(id string) bool { return slices.Contains(in.SetIDs, id) }

func readInput(r *http.Request) input {
	days, err := strconv.Atoi(r.PostFormValue("days"))
	if err != nil || days == 0 {
		days = -1 // not 0, for which the emulator would take its default
	}
	in := input{Name: r.PostFormValue("name"), Days: days, All: r.PostFormValue("permissions") == "all"}
	if !in.All {
		in.SetIDs = append([]string{}, r.PostForm["set"]...) // not nil, which would be all permissions
	}
	return in
}

func (a *app) showCreate(w http.ResponseWriter, _ *http.Request) {
	a.show(w, http.StatusOK, &dialog{Kind: "create", Input: input{Days: emulator.DefaultInactivityExpiryDays, All: true}}, nil)
}

func (a *app) create(w http.ResponseWriter, r *http.Request) {
	in := readInput(r)
	t, secret, err := a.em.CreateToken(emulator.TokenInput{Name: in.Name, InactivityExpiryDays: in.Days, PermissionSetIDs: in.SetIDs})
	if err != nil {
		a.refuse(w, err, &dialog{Kind: "create", Input: in})
		return
	}
	a.show(w, http.StatusOK, &dialog{Kind: "secret", Token: t, Secret: secret}, nil)
}

func (a *app) showEdit(w http.ResponseWriter, _ *http.Request, t emulator.Token) {
	a.show(w, http.StatusOK, &dialog{Kind: "edit", Token: t, Input: input{t.Name, t.InactivityExpiryDays, t.AllPermissions, t.PermissionSetIDs}}, nil)
}

func (a *app) edit(w http.ResponseWriter, r *http.Request, t emulator.Token) {
	in := readInput(r)
	change := emulator.TokenEdit{Name: &in.Name, InactivityExpiryDays: &in.Days, PermissionSetIDs: in.SetIDs, AllPermissions: in.All}
	if err := a.em.EditToken(t.ID, change); err != nil {
		a.refuse(w, err, &dialog{Kind: "edit", Token: t, Input: in})
		return
	}
	done(w, r, "saved")
}

func (a *app) showConfirmation(w http.ResponseWriter, r *http.Request, t emulator.Token) {
	if act, known := actions[r.PathValue("action")]; known {
		a.show(w, http.StatusOK, &dialog{Kind: "confirm", Token: t, confirmation: act.confirmation}, nil)
		return
	}
	http.NotFound(w, r)
}

func (a *app) confirm(w http.ResponseWriter, r *http.Request, t emulator.Token) {
	act, known := actions[r.PathValue("action")]
	if !known {
		http.NotFound(w, r)
		return
	}
	secret, err := act.do(a.em, t.ID)
	switch {
	case err != nil:
		a.refuse(w, err, &dialog{Kind: "confirm", Token: t, confirmation: act.confirmation})
	case secret != "":
		a.show(w, http.StatusOK, &dialog{Kind: "secret", Token: t, Secret: secret}, nil)
	default:
		done(w, r, act.done)
	}
}
