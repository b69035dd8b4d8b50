package acctest

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/go-version"
)

// Capability is what a CLI can do from some version on. OpenTofu's numbers are its own: that it has reached one says
// nothing about what Terraform could do at that number.
type Capability struct {
	terraform, tofu *version.Version // no tofu: none can yet
}

// What the tests need of a CLI.
var (
	NeedsOldest   = Capability{version.Must(version.NewVersion("1.11")), version.Must(version.NewVersion("1.11"))} // the oldest that are tested
	NeedsIdentity = Capability{version.Must(version.NewVersion("1.12")), version.Must(version.NewVersion("1.12"))}
	NeedsQuery    = Capability{terraform: version.Must(version.NewVersion("1.14"))}
	NeedsActions  = Capability{terraform: version.Must(version.NewVersion("1.14"))}
)

// LackedBy says what a CLI would have to be; nothing when it can.
func (c Capability) LackedBy(used CLI) string {
	least := c.terraform
	if used.Tofu {
		least = c.tofu
	}
	if least != nil && !used.Version.LessThan(least) {
		return ""
	}
	if c.tofu == nil {
		return fmt.Sprintf("needs Terraform %s; no OpenTofu can do it yet", c.terraform.Original())
	}
	return fmt.Sprintf("needs Terraform %s or OpenTofu %s", c.terraform.Original(), c.tofu.Original())
}

// OrSkip skips the test on a CLI that lacks the capability. internal/tools/skips/expected.txt lists where that may be.
func (c Capability) OrSkip(t *testing.T) {
	t.Helper()
	if lack := c.LackedBy(UsedCLI(t)); lack != "" {
		t.Skip(lack)
	}
}

// CLI is the Terraform or OpenTofu that the tests drive.
type CLI struct {
	Path    string
	Tofu    bool
	Version *version.Version // its own, without what a pre-release adds
}

// askedCLI asks it once.
var askedCLI = sync.OnceValues(func() (CLI, error) {
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	for _, name := range []string{"terraform", "tofu"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	command := exec.Command(path, "version")
	command.Env = append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_CLI_CONFIG_FILE="+os.DevNull)
	answer, err := command.Output()
	if err != nil {
		return CLI{}, fmt.Errorf("asking %q for its version: %w", path, err)
	}
	return readCLI(path, string(answer))
})

// UsedCLI is the CLI that the tests drive: TF_ACC_TERRAFORM_PATH, else terraform or tofu on PATH.
func UsedCLI(t *testing.T) CLI {
	t.Helper()
	used, err := askedCLI()
	if err != nil {
		t.Fatal(err)
	}
	return used
}

// readCLI reads the first line of `terraform version` or `tofu version`: `version -json` does not say which of them answers.
func readCLI(path, answer string) (CLI, error) {
	first, _, _ := strings.Cut(answer, "\n")
	product, number, _ := strings.Cut(strings.TrimSpace(first), " v")
	if product != "Terraform" && product != "OpenTofu" {
		return CLI{}, fmt.Errorf("neither Terraform nor OpenTofu says %q", first)
	}
	parsed, err := version.NewVersion(number)
	if err != nil {
		return CLI{}, err
	}
	return CLI{Path: path, Tofu: product == "OpenTofu", Version: parsed.Core()}, nil
}
