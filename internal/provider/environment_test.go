package provider_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// address is the resource that most tests work on.
const address = "safetyculture_service_user_token.test"

// environment is what one test works in: an emulator of its own behind the referee, a clock, and a provider whose only
// way out leads there.
type environment struct {
	t     *testing.T
	em    *emulator.Emulator
	url   string
	clock *clock
	// transport carries the provider's calls; nil is the provider's own.
	transport http.RoundTripper
	// open keeps the ephemeral tokens that are open, as main does.
	open *provider.OpenTokens

	mu      sync.Mutex
	secrets []string // every secret that was ever issued
	foreign []string // ids of active tokens that the test made outside Terraform, on purpose
	waits   []time.Duration
	// credential is that of a provider that is served from here; empty is the administrator's.
	credential string
}

// authenticate gives a provider that is served from here another credential, from its next start on.
func (e *environment) authenticate(secret string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.credential = secret
}

// newEnvironment starts an emulator. Change its options in adjust; nil leaves them.
func newEnvironment(t *testing.T, adjust func(*emulator.Options)) *environment {
	t.Helper()
	e := &environment{t: t, clock: newClock(), open: provider.NewOpenTokens()}
	opts := emulator.Options{Now: e.clock.Now, OnSecret: e.noteSecret, RateLimit: -1}
	if adjust != nil {
		adjust(&opts)
	}
	e.em = emulator.New(opts)
	server := httptest.NewServer(contracttest.Referee(t, e.em))
	t.Cleanup(server.Close)
	e.url = server.URL
	return e
}

func (e *environment) noteSecret(secret string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.secrets = append(e.secrets, secret)
}

// newTransport is a transport whose connections end with the test.
func (e *environment) newTransport() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	e.t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// options are the provider's seams in this environment. The process's own environment variables do not reach it.
func (e *environment) options() provider.Options {
	return provider.Options{
		Version: "test", Now: e.clock.Now, Backoff: time.Millisecond, Transport: e.transport, OpenTokens: e.open,
		Getenv: func(string) string { return "" },
		Wait: func(ctx context.Context, d time.Duration) error {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.waits = append(e.waits, d)
			e.clock.Advance(d)
			return ctx.Err()
		},
	}
}

func (e *environment) factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"safetyculture": func() (tfprotov6.ProviderServer, error) { return provider.NewServer(e.options()) },
	}
}

// config is a configuration with a provider block for this environment's emulator.
func (e *environment) config(body string, args ...any) string {
	return e.configAs(e.em.Bearer(), "", body, args...)
}

// configAs is a configuration whose provider uses another bearer and more settings.
func (e *environment) configAs(bearer, settings, body string, args ...any) string {
	return fmt.Sprintf("provider \"safetyculture\" {\n  api_token = %q\n  base_url  = %q\n  %s\n}\n\n", bearer, e.url, settings) + fmt.Sprintf(body, args...)
}

// run runs steps with real Terraform. After each step that applies, and at the end, Terraform and the emulator agree.
func (e *environment) run(steps ...resource.TestStep) {
	e.t.Helper()
	for i, step := range steps {
		if step.ExpectError == nil && !step.PlanOnly && !step.ImportState && !step.RefreshState {
			steps[i].Check = resource.ComposeTestCheckFunc(append(checks(step.Check), e.agrees)...)
		}
	}
	resource.UnitTest(e.t, resource.TestCase{
		ProtoV6ProviderFactories: e.factories(),
		Steps:                    steps,
		CheckDestroy: func(*terraform.State) error {
			if left := e.managedActive(); len(left) > 0 {
				return fmt.Errorf("active tokens are left after destroy: %v", left)
			}
			return nil
		},
	})
}

func checks(check resource.TestCheckFunc) []resource.TestCheckFunc {
	if check == nil {
		return nil
	}
	return []resource.TestCheckFunc{check}
}

// agrees: the active tokens in state are those of the emulator, and each secret in state works.
func (e *environment) agrees(s *terraform.State) error {
	var inState []string
	for name, r := range s.RootModule().Resources {
		if r.Type != "safetyculture_service_user_token" || strings.HasPrefix(name, "data.") {
			continue
		}
		attributes := r.Primary.Attributes
		if attributes["status"] != "active" {
			continue
		}
		inState = append(inState, r.Primary.ID)
		if secret := attributes["token"]; secret != "" && !e.em.Accepts(secret) {
			return fmt.Errorf("%s: the secret in state does not work", name)
		}
	}
	slices.Sort(inState)
	if active := e.managedActive(); !slices.Equal(active, inState) {
		return fmt.Errorf("active in the emulator: %v, active in state: %v", active, inState)
	}
	return nil
}

// managedActive are the ids of active tokens, without those that the test made outside Terraform.
func (e *environment) managedActive() []string {
	var ids []string
	for _, t := range e.em.ActiveTokens() {
		if !slices.Contains(e.foreign, t.ID) {
			ids = append(ids, t.ID)
		}
	}
	slices.Sort(ids)
	return ids
}

// makeForeign makes a token as somebody would by hand, and returns it with its secret.
func (e *environment) makeForeign(name string, permissionSets ...string) (emulator.Token, string) {
	e.t.Helper()
	in := emulator.TokenInput{Name: name, InactivityExpiryDays: 45}
	for _, set := range permissionSets {
		in.PermissionSetIDs = append(in.PermissionSetIDs, e.em.PermissionSetID(set))
	}
	token, secret, err := e.em.CreateToken(in)
	if err != nil {
		e.t.Fatal(err)
	}
	e.foreign = append(e.foreign, token.ID)
	return token, secret
}

// only is the one token that the emulator has, not counting those made by hand.
func (e *environment) only() emulator.Token {
	e.t.Helper()
	var managed []emulator.Token
	for _, t := range e.em.Tokens() {
		if !slices.Contains(e.foreign, t.ID) {
			managed = append(managed, t)
		}
	}
	if len(managed) != 1 {
		e.t.Fatalf("want one token, have %d", len(managed))
	}
	return managed[0]
}

// must fails the test on an error of a step that stands outside Terraform.
func (e *environment) must(err error) {
	e.t.Helper()
	if err != nil {
		e.t.Fatal(err)
	}
}

// changes lists the operations that changed something since the journal was last emptied.
func (e *environment) changes() []string {
	var changed []string
	for _, call := range e.em.Calls() {
		switch call.Operation {
		case "ListServiceUserTokens", "GetServiceUserToken", "ListUserTokens", "WhoAmI", "ListPermissionSets", "GetPermissionSet":
		default:
			changed = append(changed, call.Operation)
		}
	}
	return changed
}

// expectChanges fails unless exactly these calls changed something, and empties the journal.
func (e *environment) expectChanges(want ...string) {
	e.t.Helper()
	if got := e.changes(); !slices.Equal(got, want) {
		e.t.Errorf("calls that change something: %v, want %v", got, want)
	}
	e.em.ForgetCalls()
}

// changed is a check that exactly these calls changed something.
func (e *environment) changed(want ...string) resource.TestCheckFunc {
	return func(*terraform.State) error {
		got := e.changes()
		e.em.ForgetCalls()
		if !slices.Equal(got, want) {
			return fmt.Errorf("calls that change something: %v, want %v", got, want)
		}
		return nil
	}
}

// clock is a clock that moves when it is told to, and by a millisecond whenever it is read, so that no two events of a
// test are at one instant.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func newClock() *clock { return &clock{now: time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)} }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Millisecond)
	return c.now
}

// Advance moves the clock.
func (c *clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

const day = 24 * time.Hour

// who calls WhoAmI with a bearer and returns the status.
func (e *environment) who(bearer string) int {
	e.t.Helper()
	req, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, e.url+"/accounts/user/v1/user:WhoAmI", nil)
	e.must(err)
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	e.must(err)
	_ = resp.Body.Close()
	return resp.StatusCode
}
