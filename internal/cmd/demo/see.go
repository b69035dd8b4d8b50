package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"filippo.io/age"
	"filippo.io/age/armor"
	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"
)

func address(name string) string { return "safetyculture_service_user_token." + name }

// check keeps the first error. After it, plan, apply and call do nothing.
func (s *story) check(err error) {
	if s.err == nil {
		s.err = err
	}
}

func (s *story) checkThat(holds bool, format string, args ...any) {
	if !holds {
		s.check(fmt.Errorf(format, args...))
	}
}

// plan plans the configuration with the current variables, into the file that apply uses.
func (s *story) plan(ctx context.Context) *plan {
	p := &plan{Plan: &tfjson.Plan{}}
	if s.err != nil {
		return p
	}
	variables, err := json.Marshal(s.variables)
	s.check(errors.Join(err, s.folder.Write("demo.auto.tfvars.json", string(variables))))
	s.screen.command("%s plan -detailed-exitcode", s.program.Name())
	var text strings.Builder
	s.tokens.SetStdout(&text)
	changes, err := s.tokens.Plan(ctx, tfexec.Out(planFile))
	s.tokens.SetStdout(nil)
	s.check(err)
	if s.err == nil {
		p.Plan, err = s.tokens.ShowPlanFile(ctx, planFile)
		s.check(err)
	}
	p.empty, p.text = !changes, text.String()
	return p
}

// apply applies the last plan, and reads the state.
func (s *story) apply(ctx context.Context) {
	if s.err != nil {
		return
	}
	s.screen.command("%s apply", s.program.Name())
	s.check(s.tokens.Apply(ctx, tfexec.DirOrPlan(planFile)))
	s.see(ctx)
}

// see reads the tokens in the state, and keeps their secrets off the screen.
func (s *story) see(ctx context.Context) {
	state, err := s.tokens.Show(ctx)
	if err != nil {
		s.check(err)
		return
	}
	s.state = map[string]managedToken{}
	if state.Values == nil {
		return
	}
	for _, r := range state.Values.RootModule.Resources {
		word := func(name string) string { text, _ := r.AttributeValues[name].(string); return text }
		token := managedToken{id: word("id"), name: word("name"), secret: word("token"), status: word("status"), encrypted: word("encrypted_token")}
		if token.encrypted != "" {
			token.secret = s.decrypt(token.encrypted)
		}
		s.checkThat(token.secret != "", "%s has no secret in state", r.Address)
		s.screen.hide(token.secret)
		s.state[r.Name] = token
	}
}

// decrypt reads what the state holds for the gateway's reader.
func (s *story) decrypt(file string) string {
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(file)), s.reader)
	if err != nil {
		s.check(fmt.Errorf("reading the encrypted secret: %w", err))
		return ""
	}
	text, err := io.ReadAll(plain)
	s.check(err)
	return string(text)
}

// call calls the API without the provider, and returns the response's status.
func (s *story) call(ctx context.Context, method, path, bearer string) int {
	if s.err != nil {
		return 0
	}
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, bytes.NewBufferString("{}"))
	if err != nil {
		s.check(err)
		return 0
	}
	if method == http.MethodGet {
		req.Body = http.NoBody
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.check(err)
		return 0
	}
	s.check(resp.Body.Close())
	return resp.StatusCode
}

// expectStatus checks that a call with this secret gets this status.
func (s *story) expectStatus(ctx context.Context, what, secret string, want int) {
	got := s.call(ctx, http.MethodGet, "/accounts/user/v1/user:WhoAmI", secret)
	s.checkThat(got == want, "the secret of %s: expected status %d of WhoAmI, got %d", what, want, got)
}

// expectActive checks that the organization has this many tokens, all active: replaced tokens were deleted, not only revoked.
func (s *story) expectActive(want int) {
	all, active := len(s.em.Tokens()), len(s.em.ActiveTokens())
	s.checkThat(all == want && active == want, "expected %d tokens, all active, got %d, of which %d are active", want, all, active)
}

// plan is a plan: whether it changes anything, its changes, and its text.
type plan struct {
	*tfjson.Plan
	empty bool
	text  string
}

// expect checks that the plan does this to the resource, and to others either the same or nothing.
func (p *plan) expect(name string, actions ...tfjson.Action) error {
	found := false
	for _, c := range p.ResourceChanges {
		isIt := c.Address == address(name)
		found = found || isIt
		if got := c.Change.Actions; !slices.Equal(got, actions) && (isIt || !got.NoOp()) {
			return fmt.Errorf("expected the plan to do %q to %s, got %q to %s:\n%s", actions, address(name), got, c.Address, p.text)
		}
	}
	if !found {
		return fmt.Errorf("the plan does not mention %s:\n%s", address(name), p.text)
	}
	return nil
}

// expectNewSecret checks that the plan shows a new secret, and the attribute that forces it.
func (p *plan) expectNewSecret(name, because string) error {
	i := slices.IndexFunc(p.ResourceChanges, func(c *tfjson.ResourceChange) bool { return c.Address == address(name) })
	if i < 0 {
		return fmt.Errorf("the plan does not mention %s:\n%s", address(name), p.text)
	}
	change := p.ResourceChanges[i].Change
	if unknown, _ := change.AfterUnknown.(map[string]any); unknown["token"] != true {
		return fmt.Errorf("the plan does not say that the secret of %s changes:\n%s", address(name), p.text)
	}
	if !slices.ContainsFunc(change.ReplacePaths, func(path any) bool { return fmt.Sprint(path) == "["+because+"]" }) {
		return fmt.Errorf("the plan does not say that %s forces the replacement of %s, but %v:\n%s", because, address(name), change.ReplacePaths, p.text)
	}
	return nil
}

// expectWords checks that a line of the plan's text about the resource matches the pattern.
func (p *plan) expectWords(name, pattern string) error {
	if !slices.ContainsFunc(p.block(name), regexp.MustCompile(pattern).MatchString) {
		return fmt.Errorf("no line about %s matches %s:\n%s", address(name), pattern, p.text)
	}
	return nil
}

// block returns the part of the plan's text about one resource.
func (p *plan) block(name string) []string {
	_, rest, _ := strings.Cut(p.text, "  # "+address(name)+" ")
	block, _, _ := strings.Cut(rest, "\n    }\n")
	if block == "" {
		return nil
	}
	return strings.Split("  # "+address(name)+" "+block+"\n    }", "\n")
}

// warning returns the provider's warning in the plan: the summary and the explanation, without the place in the file between
// them.
func (p *plan) warning() []string {
	_, rest, _ := strings.Cut(p.text, "Warning: Token ")
	paragraphs := strings.SplitN(rest, "\n\n", 4)
	if len(paragraphs) < 3 {
		return nil
	}
	return append([]string{"", "Warning: Token " + paragraphs[0]}, strings.Split(strings.TrimSpace(paragraphs[2]), "\n")...)
}
