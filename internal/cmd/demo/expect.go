package main

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

func address(name string) string { return "safetyculture_service_user_token." + name }

// plan writes the variables, plans, and shows that it does.
func (s *story) plan(ctx context.Context) (*plan, error) {
	if err := s.cli.set(s.config); err != nil {
		return nil, err
	}
	s.screen.command("%s plan -detailed-exitcode", s.cli.name)
	return s.cli.plan(ctx)
}

// apply carries out the plan and looks at the state.
func (s *story) apply(ctx context.Context) error {
	s.screen.command("%s apply", s.cli.name)
	if err := s.cli.apply(ctx); err != nil {
		return err
	}
	return s.see(ctx)
}

// see reads the state, and keeps its secrets off the screen.
func (s *story) see(ctx context.Context) error {
	tokens, err := s.cli.state(ctx)
	if err != nil {
		return err
	}
	for name, token := range tokens {
		if token.Token == "" {
			return fmt.Errorf("%s has no secret in state", address(name))
		}
		s.screen.hide(token.Token)
	}
	s.tokens = tokens
	return nil
}

// expectAnswer: the API answers a call made with this secret with this status.
func (s *story) expectAnswer(ctx context.Context, secret string, want int) error {
	got, err := s.emulator.whoAmI(ctx, secret)
	if err == nil && got != want {
		err = fmt.Errorf("expected WhoAmI to be answered %d, got %d", want, got)
	}
	return err
}

// expectActive: the API lists this many tokens, and all are active. What was replaced is gone, not merely revoked.
func (s *story) expectActive(ctx context.Context, want int) error {
	tokens, err := s.emulator.list(ctx)
	if err != nil {
		return err
	}
	active := 0
	for _, token := range tokens {
		if token.Status == "TOKEN_STATUS_ACTIVE" {
			active++
		}
	}
	if active != want || len(tokens) != want {
		return fmt.Errorf("expected %d tokens, all active, got %d, of which %d are active", want, len(tokens), active)
	}
	return nil
}

// expect: the plan does this to the resource, and to others either the same or nothing.
func (p *plan) expect(name string, actions ...string) error {
	found := false
	for _, c := range p.ResourceChanges {
		isIt := c.Address == address(name)
		found = found || isIt
		switch got := c.Change.Actions; {
		case slices.Equal(got, actions):
		case !isIt && slices.Equal(got, []string{"no-op"}):
		default:
			return fmt.Errorf("expected the plan to do %q to %s, got %q to %s:\n%s", actions, address(name), got, c.Address, p.text)
		}
	}
	if !found {
		return fmt.Errorf("the plan does not mention %s:\n%s", address(name), p.text)
	}
	return nil
}

// expectNewSecret: the plan says that the secret will be another one, and which attribute forces that.
func (p *plan) expectNewSecret(name, because string) error {
	i := slices.IndexFunc(p.ResourceChanges, func(c change) bool { return c.Address == address(name) })
	if i < 0 {
		return fmt.Errorf("the plan does not mention %s:\n%s", address(name), p.text)
	}
	c := p.ResourceChanges[i]
	if unknown, _ := c.Change.AfterUnknown["token"].(bool); !unknown {
		return fmt.Errorf("the plan does not say that the secret of %s changes:\n%s", c.Address, p.text)
	}
	for _, path := range c.Change.ReplacePaths {
		if len(path) > 0 && path[0] == because {
			return nil
		}
	}
	return fmt.Errorf("the plan does not say that %s forces the replacement of %s, but %v:\n%s", because, c.Address, c.Change.ReplacePaths, p.text)
}

// expectWords: a line of what the plan says of the resource matches the pattern.
func (p *plan) expectWords(name, pattern string) error {
	matches := regexp.MustCompile(pattern).MatchString
	if !slices.ContainsFunc(p.block(name), matches) {
		return fmt.Errorf("no line about %s matches %s:\n%s", address(name), pattern, p.text)
	}
	return nil
}

// block is the part of the plan's text about one resource.
func (p *plan) block(name string) []string {
	_, rest, _ := strings.Cut(p.text, "  # "+address(name)+" ")
	block, _, _ := strings.Cut(rest, "\n    }\n")
	if block == "" {
		return nil
	}
	return strings.Split("  # "+address(name)+" "+block+"\n    }", "\n")
}

// warning is what the provider warns of in the plan: the summary and the explanation, without the place in the file
// between the two.
func (p *plan) warning() []string {
	_, rest, _ := strings.Cut(p.text, "Warning: Token ")
	paragraphs := strings.SplitN(rest, "\n\n", 4)
	if len(paragraphs) < 3 {
		return nil
	}
	return append([]string{"", "Warning: Token " + paragraphs[0]}, strings.Split(strings.TrimSpace(paragraphs[2]), "\n")...)
}

func orNever(instant string) string {
	if instant == "" {
		return "never"
	}
	return instant
}
