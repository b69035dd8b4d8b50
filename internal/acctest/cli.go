package acctest

import (
	"context"
	"sync"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// Capability is what a CLI can do from some version on.
type Capability struct{ cli.Since }

func needs(name string) Capability { return Capability{cli.Versions(name)} }

// What the tests need of a CLI. internal/cli/versions.txt says from which version on there is what.
var (
	NeedsOldest           = needs("oldest")
	NeedsIdentity         = needs("identity")
	NeedsQuery            = needs("query")
	NeedsActions          = needs("actions")
	NeedsDestroyEvents    = needs("destroy-events")
	NeedsForget           = needs("forget")
	NeedsModuleImport     = needs("module-import")
	NeedsProviderForEach  = needs("provider-for-each")
	NeedsEnabled          = needs("enabled")
	NeedsDeprecationWords = needs("deprecation-words")
	NeedsCreatedTriggers  = needs("created-triggers")
)

// OrSkip skips the test on a CLI that lacks the capability. internal/tools/expected-skips.txt lists where that may be.
func (c Capability) OrSkip(t *testing.T) {
	t.Helper()
	if lack := c.LackedBy(UsedCLI(t)); lack != "" {
		t.Skip(lack)
	}
}

// askedCLI asks it once.
var askedCLI = sync.OnceValues(func() (cli.Program, error) { return cli.Find(context.Background(), "") })

// UsedCLI is the CLI that the tests drive: TF_ACC_TERRAFORM_PATH, else terraform or tofu on PATH.
func UsedCLI(t *testing.T) cli.Program {
	t.Helper()
	used, err := askedCLI()
	if err != nil {
		t.Fatal(err)
	}
	return used
}
