package main

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

//go:embed configuration
var configuration embed.FS

// The two root modules, and the file in which the first one's variables are.
const (
	tokensModule    = "configuration"
	inventoryModule = "configuration/inventory"
	variablesFile   = "demo.auto.tfvars.json"
	planFile        = "demo.tfplan"
)

// cli is Terraform or OpenTofu, working in a folder of its own with the provider that was built here.
type cli struct {
	path   string
	name   string // "terraform" or "tofu"
	title  string // such as "Terraform v1.11.4"
	folder string
	env    []string
}

// newCLI lays out the folder: the configuration, and CLI settings that take the provider from bin.
func newCLI(ctx context.Context, path, bin, folder string, env []string) (*cli, error) {
	if path == "" {
		return nil, errors.New("no Terraform or OpenTofu program was named: use make demo, or -cli")
	}
	if err := os.CopyFS(folder, configuration); err != nil {
		return nil, err
	}
	settings := filepath.Join(folder, "cli.tfrc")
	overrides := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"safetyculture-community/safetyculture\" = %q\n  }\n}\n", bin)
	if err := os.WriteFile(settings, []byte(overrides), 0o600); err != nil {
		return nil, err
	}
	c := &cli{path: path, folder: folder}
	c.env = append(withoutSettings(os.Environ()), env...)
	c.env = append(c.env, "TF_CLI_CONFIG_FILE="+settings, "TF_IN_AUTOMATION=1", "CHECKPOINT_DISABLE=1")
	version, err := c.run(ctx, tokensModule, "version")
	if err != nil {
		return nil, err
	}
	c.title, _, _ = strings.Cut(version, "\n")
	c.name = "terraform"
	if strings.HasPrefix(c.title, "OpenTofu") {
		c.name = "tofu"
	}
	return c, nil
}

// withoutSettings leaves out what would change the story: settings of the CLI and of the provider.
func withoutSettings(environment []string) []string {
	var kept []string
	for _, variable := range environment {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SAFETYCULTURE_") {
			kept = append(kept, variable)
		}
	}
	return kept
}

// run runs a command in one of the modules and returns its standard output. A failure carries all that it wrote.
func (c *cli) run(ctx context.Context, module string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, c.path, args...)
	cmd.Dir = filepath.Join(c.folder, filepath.FromSlash(module))
	cmd.Env = c.env
	var stdout, stderr strings.Builder
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	ownGroup(cmd)
	// An interrupt lets it finish what it does and stop its plugin.
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
	cmd.WaitDelay = 20 * time.Second
	if err := cmd.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(c.path), args[0], err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}

// variables are what changes in the configuration in the course of the story.
type variables struct {
	ExportName          string `json:"export_name"`
	ScimPermissionSetID string `json:"scim_permission_set_id"`
	KeyPeriod           string `json:"key_period"`
}

func (c *cli) set(v variables) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(c.folder, tokensModule, variablesFile), text, 0o600)
}

// change is what a plan says about one resource.
type change struct {
	Address string
	Change  struct {
		Actions      []string
		ReplacePaths [][]any        `json:"replace_paths"`
		AfterUnknown map[string]any `json:"after_unknown"`
	}
}

// plan is a plan: whether it changes anything, what, what was found changed, and how it reads.
type plan struct {
	empty           bool
	text            string
	ResourceChanges []change `json:"resource_changes"`
	ResourceDrift   []change `json:"resource_drift"`
}

// plan plans and keeps the plan in a file, which apply carries out.
func (c *cli) plan(ctx context.Context) (*plan, error) {
	text, err := c.run(ctx, tokensModule, "plan", "-input=false", "-no-color", "-detailed-exitcode", "-out="+planFile)
	p := &plan{text: text, empty: err == nil}
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 2 {
		err = nil
	}
	if err != nil {
		return nil, err
	}
	return p, c.readJSON(ctx, p, planFile)
}

// apply carries out the plan that was made last.
func (c *cli) apply(ctx context.Context) error {
	_, err := c.run(ctx, tokensModule, "apply", "-input=false", "-no-color", planFile)
	return err
}

func (c *cli) destroy(ctx context.Context) error {
	_, err := c.run(ctx, tokensModule, "destroy", "-input=false", "-no-color", "-auto-approve")
	return err
}

// managedToken is a token in the state.
type managedToken struct {
	ID     string
	Name   string
	Token  string
	Status string
}

// state returns the tokens in the state by their resource's name.
func (c *cli) state(ctx context.Context) (map[string]managedToken, error) {
	var state struct {
		Values struct {
			RootModule struct {
				Resources []struct {
					Name   string
					Values managedToken
				}
			} `json:"root_module"`
		}
	}
	err := c.readJSON(ctx, &state)
	tokens := map[string]managedToken{}
	for _, r := range state.Values.RootModule.Resources {
		tokens[r.Name] = r.Values
	}
	return tokens, err
}

// readJSON reads the state, or the plan in file.
func (c *cli) readJSON(ctx context.Context, into any, file ...string) error {
	text, err := c.run(ctx, tokensModule, append([]string{"show", "-json"}, file...)...)
	if err != nil {
		return err
	}
	return json.Unmarshal([]byte(text), into)
}

// inventory is what the data source answers.
type inventory struct {
	text        string // as JSON
	ActiveCount int    `json:"active_count"`
	Remaining   int
	Tokens      []struct {
		Name       string
		Status     string
		Expiry     int    `json:"inactivity_expiry_days"`
		LastUsedAt string `json:"last_used_at"`
	}
}

// inventory reads the data source in a module of its own, with a state of its own.
func (c *cli) inventory(ctx context.Context) (inventory, error) {
	if _, err := c.run(ctx, inventoryModule, "apply", "-input=false", "-no-color", "-auto-approve"); err != nil {
		return inventory{}, err
	}
	text, err := c.run(ctx, inventoryModule, "output", "-json", "inventory")
	if err != nil {
		return inventory{}, err
	}
	answer := inventory{text: text}
	return answer, json.Unmarshal([]byte(text), &answer)
}
