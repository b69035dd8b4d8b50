package acctest

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// live makes the life-cycle tests run on a real host instead of an emulator. `make test-live` sets it.
var live = flag.Bool("live", false, "run the life-cycle tests on the host that SAFETYCULTURE_LIVE_* name")

// liveTests counts the tests that ran on a real host.
var liveTests atomic.Int32

// Main runs a package's tests. It fails if -live was given and no test ran on the real host.
func Main(m *testing.M) {
	code := m.Run()
	if *live && code == 0 && liveTests.Load() == 0 {
		fmt.Fprintln(os.Stderr, "-live was given, and no test ran on the live host")
		code = 1
	}
	os.Exit(code)
}

// Host is the server of a life-cycle test: its own emulator, or a real host that others use too. It uses only the API client.
// It never prints a secret, and passes none to a function that could, because the secrets may be real.
type Host struct {
	T              *testing.T
	Client         *api.Client
	BaseURL        string
	Organization   string
	Options        provider.Options
	Prefix         string // of the names of this test's tokens only
	PermissionSets []string
	// Pass lets time pass by the host's clock.
	Pass func(time.Duration)
}

// NewHost returns a real host if -live was given, and otherwise an emulator.
func NewHost(t *testing.T) *Host {
	t.Helper()
	s := &Host{T: t, Prefix: contracttest.NamePrefix + uuid.NewString()[:8] + "-"}
	if *live {
		s.connect(os.Getenv("SAFETYCULTURE_LIVE_BASE_URL"), os.Getenv("SAFETYCULTURE_LIVE_API_TOKEN"), os.Getenv("SAFETYCULTURE_LIVE_ORGANIZATION_ID"),
			provider.Options{Version: "test", OpenTokens: provider.NewOpenTokens()})
		s.Pass = func(d time.Duration) { s.Must(api.Wait(t.Context(), d)) }
		liveTests.Add(1)
	} else {
		e := New(t)
		s.Pass = e.Clock.Advance
		s.connect(e.URL, e.Emulator.Bearer(), e.Emulator.OrganizationID(), e.Options())
	}
	sets, err := s.Client.ListPermissionSets(t.Context(), "")
	s.Must(err)
	if len(sets) < 2 {
		t.Fatalf("the organization has %d permission sets; the test needs two to change from one to the other", len(sets))
	}
	s.PermissionSets = []string{sets[0].ID, sets[1].ID}
	t.Cleanup(s.cleanUp)
	return s
}

func (s *Host) connect(baseURL, bearer, organization string, options provider.Options) {
	s.T.Helper()
	if baseURL == "" || bearer == "" || organization == "" {
		s.T.Fatal("set SAFETYCULTURE_LIVE_BASE_URL, SAFETYCULTURE_LIVE_API_TOKEN and SAFETYCULTURE_LIVE_ORGANIZATION_ID")
	}
	// In the environment and not in the configuration, because the CLI quotes a configuration in its errors.
	options.Getenv = func(name string) string {
		return map[string]string{
			"SAFETYCULTURE_BASE_URL": baseURL, "SAFETYCULTURE_API_TOKEN": bearer, "SAFETYCULTURE_ORGANIZATION_ID": organization,
		}[name]
	}
	s.BaseURL, s.Organization, s.Options = baseURL, organization, options
	s.Client = s.ClientAs(bearer)
}

// ClientAs returns an API client with another API token.
func (s *Host) ClientAs(bearer string) *api.Client {
	s.T.Helper()
	base, err := api.ParseBaseURL(s.BaseURL)
	s.Must(err)
	return api.New(api.Options{BaseURL: base, Token: secret.New(bearer), UserAgent: "terraform-provider-safetyculture-test", MaxRetries: api.DefaultMaxRetries})
}

// Must fails the test on an error.
func (s *Host) Must(err error) {
	s.T.Helper()
	if err != nil {
		s.T.Fatal(err)
	}
}

// Config is a configuration of one token of this test, with more arguments.
func (s *Host) Config(name, more string) string {
	return fmt.Sprintf("resource \"safetyculture_service_user_token\" \"test\" {\n  name = %q\n  %s\n}\n", s.Prefix+name, more)
}

// Narrow is a configuration with as few permissions as possible, because the organization may be a real one.
func (s *Host) Narrow(name, more string) string {
	return s.Config(name, fmt.Sprintf("permission_set_ids = [%q]\n  %s", s.PermissionSets[0], more))
}

// Run runs steps with real Terraform. After each step that applies, it checks that the secret in state works for its service
// user, and that the plan of another run is empty and reports no drift.
func (s *Host) Run(steps ...resource.TestStep) {
	s.T.Helper()
	for i := range steps {
		afterApply(&steps[i], s.agrees)
	}
	resource.UnitTest(s.T, resource.TestCase{
		ProtoV6ProviderFactories: map[string]func() (tfprotov6.ProviderServer, error){
			"safetyculture": providerserver.NewProtocol6WithError(provider.New(s.Options)()),
		},
		Steps: steps,
		CheckDestroy: func(*terraform.State) error {
			if left := s.OwnTokens(); len(left) > 0 {
				return fmt.Errorf("destroy left %d tokens", len(left))
			}
			return nil
		},
	})
}

// agrees checks that this test has one token on the host, the one in state, and that the secret in state works.
func (s *Host) agrees(state *terraform.State) error {
	in := state.RootModule().Resources[Address]
	if in == nil {
		return fmt.Errorf("%s is not in state", Address)
	}
	if own := s.OwnTokens(); len(own) != 1 || own[0].ID != in.Primary.ID || !own[0].Active() || own[0].Name != in.Primary.Attributes["name"] {
		return errors.New("the host does not have exactly the token that is in state, active and with its name")
	}
	who, err := s.ClientAs(in.Primary.Attributes["token"]).WhoAmI(s.T.Context())
	if err != nil {
		return fmt.Errorf("the secret in state does not work: %w", err)
	}
	if who.UserID != in.Primary.Attributes["service_user_id"] || who.OrganizationID != s.Organization {
		return errors.New("the secret in state belongs to another user")
	}
	return nil
}

// OwnTokens returns this test's tokens on the host.
func (s *Host) OwnTokens() []api.ServiceUserToken {
	s.T.Helper()
	list, err := s.Client.ListServiceUserTokens(context.WithoutCancel(s.T.Context()))
	if err != nil {
		s.T.Fatal(err)
	}
	var own []api.ServiceUserToken
	for _, token := range list.Tokens {
		if strings.HasPrefix(token.Name, s.Prefix) {
			own = append(own, token)
		}
	}
	return own
}

// OnlyToken returns this test's only token.
func (s *Host) OnlyToken() api.ServiceUserToken {
	s.T.Helper()
	own := s.OwnTokens()
	if len(own) != 1 {
		s.T.Fatalf("want one token of this test, have %d", len(own))
	}
	return own[0]
}

// Refused fails unless a call with the secret gets 401.
func (s *Host) Refused(bearer string) error {
	_, err := s.ClientAs(bearer).WhoAmI(s.T.Context())
	var refused *api.Error
	switch {
	case err == nil:
		return errors.New("an old secret is still accepted")
	case errors.As(err, &refused) && refused.Status == 401:
		return nil
	default:
		return fmt.Errorf("a call with an old secret did not get 401: %w", err)
	}
}

// cleanUp deletes the tokens that the test left behind, and fails it if there are any.
func (s *Host) cleanUp() {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.T.Context()), time.Minute)
	defer cancel()
	for _, token := range s.OwnTokens() {
		_, err := s.Client.RevokeServiceUserToken(ctx, token.ID)
		if err == nil || api.HasReason(err, api.ReasonTokenNotActive) {
			err = s.Client.DeleteServiceUserToken(ctx, token.ID)
		}
		s.T.Errorf("the test left token %s behind; deleting it now: %v", token.ID, err)
	}
}
