package faults_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// secondRun is another run in the same organization, with the same credential and the same token names. It creates a token of
// each name right before and right after the tested run does.
type secondRun struct {
	next    http.RoundTripper
	e       *acctest.Env
	names   map[string]string // by id
	secrets map[string]string // by id
}

// startSecondRun starts a second run that acts at every create of an environment's provider.
func startSecondRun(e *acctest.Env) *secondRun {
	s := &secondRun{next: e.Transport, e: e, names: map[string]string{}, secrets: map[string]string{}}
	e.Transport = s
	return s
}

// RoundTrip implements http.RoundTripper.
func (s *secondRun) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/tokens/v1/service_user_tokens") {
		return s.next.RoundTrip(r)
	}
	body, err := r.GetBody()
	s.e.Must(err)
	content, err := io.ReadAll(body)
	s.e.Must(err)
	var created struct{ Name string }
	s.e.Must(json.Unmarshal(content, &created))
	s.create(created.Name)
	defer s.create(created.Name)
	return s.next.RoundTrip(r)
}

// create creates a token, unless there are many: the tested run needs free slots. The name of an ephemeral
// token is unique, so no other run can have it.
func (s *secondRun) create(name string) {
	if strings.Contains(name, " ephemeral-") || len(s.e.Emulator.ActiveTokens()) > 12 {
		return
	}
	token, secret := s.e.CreateOutside(name)
	s.names[token.ID], s.secrets[token.ID] = name, secret
}

// expectUntouched fails if any token of the second run is not exactly as it was created.
func (s *secondRun) expectUntouched() {
	s.e.T.Helper()
	for id, name := range s.names {
		if now, ok := s.e.Emulator.Token(id); !ok || now.Status != "TOKEN_STATUS_ACTIVE" || now.Name != name || !s.e.Emulator.Accepts(s.secrets[id]) {
			s.e.T.Errorf("token %s of the second run was touched", id)
		}
	}
}

// end revokes and deletes the tokens of the second run, as that run would.
func (s *secondRun) end() {
	s.expectUntouched()
	for id := range s.names {
		s.remove(id)
		delete(s.names, id)
	}
}

// remove revokes and deletes a token, as in the web app.
func (s *secondRun) remove(id string) {
	_ = s.e.Emulator.RevokeToken(id) // it may be revoked already
	s.e.Must(s.e.Emulator.DeleteToken(id))
	s.e.Outside = slices.DeleteFunc(s.e.Outside, func(other string) bool { return other == id })
}

// removeLeftovers follows the advice in the error of a lost create: it revokes the tokens that no state has. The error must name
// each of them.
func (s *secondRun) removeLeftovers(text string, inState ...string) {
	s.e.T.Helper()
	for _, id := range s.e.ActiveIDs() {
		if slices.Contains(inState, id) {
			continue
		}
		if !strings.Contains(text, id) {
			s.e.T.Errorf("token %s is active, in no state, and no error names it: %s", id, text)
		}
		s.remove(id)
	}
}

// inStates returns the ids of the tokens in the states, deposed ones included.
func inStates(states ...*acctest.Simulator) []string {
	var ids []string
	for _, w := range states {
		for _, in := range append(w.Deposed, currentOf(w)...) {
			ids = append(ids, in.Text("id"))
		}
	}
	return ids
}

func currentOf(w *acctest.Simulator) []acctest.Instance {
	if w.Current == nil {
		return nil
	}
	return []acctest.Instance{*w.Current}
}

// slots raises the active-token limit for the tokens of a second run.
func slots(o *emulator.Options) { o.ActiveTokenLimit = 20 }
