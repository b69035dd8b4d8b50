// Package cli runs Terraform or OpenTofu in a folder, with providers that were built here instead of those of a registry.
//
// For the commands that terraform-exec has, use [Folder.Terraform]. For everything else, use [Folder.Command]: arguments as a
// user would write them, signals, and the process's use of CPU time and memory.
package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/terraform-exec/tfexec"
)

// Source is the provider's address in configurations.
const Source = "safetyculture-community/safetyculture"

// EnvPath names the variable that holds the program's path. plugin-testing reads it too.
const EnvPath = "TF_ACC_TERRAFORM_PATH"

// stopTimeout is how long an interrupted program has to stop its plugins.
const stopTimeout = 20 * time.Second

// Program is a Terraform or OpenTofu program.
type Program struct {
	Path    string
	Tofu    bool
	Version *version.Version // without the suffix of a pre-release
	Title   string           // such as "Terraform v1.11.4"
}

// Find asks the program at path for its version. If path is empty, it takes the one that the variable [EnvPath] names, or
// else terraform or tofu on PATH.
func Find(ctx context.Context, path string) (Program, error) {
	if path == "" {
		path = os.Getenv(EnvPath)
	}
	for _, name := range []string{"terraform", "tofu"} {
		if path == "" {
			path, _ = exec.LookPath(name)
		}
	}
	if path == "" {
		return Program{}, errors.New("neither terraform nor tofu is on PATH, and " + EnvPath + " is not set")
	}
	command := exec.CommandContext(ctx, path, "version")
	command.Env = append(environment(), "TF_CLI_CONFIG_FILE="+os.DevNull)
	output, err := command.Output()
	if err != nil {
		return Program{}, fmt.Errorf("asking %s for its version: %w", path, err)
	}
	return readVersion(path, string(output))
}

// readVersion reads the first line of what `version` prints: `version -json` does not tell OpenTofu from Terraform.
func readVersion(path, output string) (Program, error) {
	title, _, _ := strings.Cut(output, "\n")
	product, number, _ := strings.Cut(strings.TrimSpace(title), " v")
	if product != "Terraform" && product != "OpenTofu" {
		return Program{}, fmt.Errorf("%s is neither Terraform nor OpenTofu: its version is %q", path, title)
	}
	parsed, err := version.NewVersion(number)
	if err != nil {
		return Program{}, err
	}
	return Program{Path: path, Tofu: product == "OpenTofu", Version: parsed.Core(), Title: strings.TrimSpace(title)}, nil
}

// Name returns the command that a user types.
func (p Program) Name() string {
	if p.Tofu {
		return "tofu"
	}
	return "terraform"
}

// WriteSettings writes a CLI configuration file that takes each provider, by its source address, from a folder with its
// program.
func WriteSettings(file string, overrides map[string]string) error {
	var text strings.Builder
	for _, source := range slices.Sorted(maps.Keys(overrides)) {
		fmt.Fprintf(&text, "    %q = %q\n", source, overrides[source])
	}
	return os.WriteFile(file, fmt.Appendf(nil, "provider_installation {\n  dev_overrides {\n%s  }\n  direct {}\n}\n", &text), 0o600)
}

// Folder is a folder in which a program works.
type Folder struct {
	Program
	Dir string
	Env []string // added to the environment, "NAME=value" each
}

// In returns a folder, whose program reads the CLI configuration file settings.
func (p Program) In(dir, settings string, env ...string) *Folder {
	return &Folder{Program: p, Dir: dir, Env: append([]string{"TF_CLI_CONFIG_FILE=" + settings}, env...)}
}

// Write writes a file in the folder, and the folders above it.
func (f *Folder) Write(name, content string) error {
	file := filepath.Join(f.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return err
	}
	return os.WriteFile(file, []byte(content), 0o600)
}

// Terraform returns terraform-exec's driver for the folder. It fails if Env has variables that terraform-exec manages itself,
// such as TF_VAR_….
func (f *Folder) Terraform() (*tfexec.Terraform, error) {
	tf, err := tfexec.NewTerraform(f.Dir, f.Path)
	if err != nil {
		return nil, err
	}
	env := map[string]string{}
	for _, variable := range append(environment(), f.Env...) {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	delete(env, "TF_IN_AUTOMATION") // terraform-exec sets it
	return tf, tf.SetEnv(env)
}

// Command returns a command of the program. When ctx ends, it is interrupted once, so that it can finish what it does and stop
// its plugins.
func (f *Folder) Command(ctx context.Context, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, f.Path, args...)
	command.Dir, command.Env = f.Dir, append(environment(), f.Env...)
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = stopTimeout
	ownGroup(command)
	return command
}

// Run runs a command and returns its standard output.
func (f *Folder) Run(ctx context.Context, args ...string) (string, error) {
	return Finish(f.Command(ctx, args...))
}

// Finish runs a command and returns its standard output. An error has everything that the command wrote.
func Finish(command *exec.Cmd) (string, error) {
	var stdout, stderr strings.Builder
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("%s: %w\n%s%s", strings.Join(command.Args, " "), err, &stdout, &stderr)
	}
	return stdout.String(), nil
}

// environment returns this process's environment without settings of the CLI and the provider, which would change the run.
func environment() []string {
	kept := slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "TF_") || strings.HasPrefix(variable, "SAFETYCULTURE_")
	})
	return append(kept, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
}
