package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// cli is Terraform or OpenTofu.
type cli struct {
	path, title string
	folder      string
	provider    string // the plugin's program
	env         []string
}

// The CLI settings: one takes the plugin as it was built, the other the stand-in.
const (
	plainSettings   = "plain.tfrc"
	standInSettings = "stand-in.tfrc"
)

func newCLI(ctx context.Context, o options, folder string) (*cli, error) {
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return nil, err
	}
	program, err := os.Executable()
	if err != nil {
		return nil, err
	}
	c := &cli{path: o.cli, folder: folder, provider: filepath.Join(bin, providerName)}
	if _, err := os.Stat(c.provider); err != nil {
		return nil, fmt.Errorf("the provider is not built: use make bench, or -bin: %w", err)
	}
	// A folder with nothing in it but the plugin: Terraform takes the first file whose name fits.
	for settings, target := range map[string]string{plainSettings: c.provider, standInSettings: program} {
		from := filepath.Join(folder, strings.TrimSuffix(settings, ".tfrc"))
		other := from + "-nothing"
		text := fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"safetyculture-community/safetyculture\" = %q\n    %q = %q\n  }\n}\n", from, nothingSource, other)
		for name, program := range map[string]string{filepath.Join(from, providerName): target, filepath.Join(other, nothingName): program} {
			if err := os.Mkdir(filepath.Dir(name), 0o700); err != nil {
				return nil, err
			}
			if err := os.Symlink(program, name); err != nil {
				return nil, err
			}
		}
		if err := os.WriteFile(filepath.Join(folder, settings), []byte(text), 0o600); err != nil {
			return nil, err
		}
	}
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TF_") && !strings.HasPrefix(variable, "SAFETYCULTURE_") {
			c.env = append(c.env, variable)
		}
	}
	c.env = append(c.env, "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
	w, err := c.workspace("version", "")
	if err != nil {
		return nil, err
	}
	version, err := w.output(ctx, "version")
	c.title, _, _ = strings.Cut(version, "\n")
	return c, err
}

// workspace is a folder with a configuration and a state.
type workspace struct {
	*cli
	dir string
}

func (c *cli) workspace(name, configuration string) (*workspace, error) {
	w := &workspace{c, filepath.Join(c.folder, name)}
	if err := os.Mkdir(w.dir, 0o700); err != nil {
		return nil, err
	}
	return w, w.configure(configuration)
}

func (w *workspace) configure(configuration string) error {
	return os.WriteFile(filepath.Join(w.dir, "main.tf"), []byte(configuration), 0o600)
}

func (w *workspace) command(ctx context.Context, settings string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.path, args...)
	command.Dir = w.dir
	command.Env = append(w.env[:len(w.env):len(w.env)], "TF_CLI_CONFIG_FILE="+filepath.Join(w.folder, settings))
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	command.WaitDelay = 20 * time.Second
	return command
}

// output runs a command and returns its standard output. A failure carries all that it wrote.
func (w *workspace) output(ctx context.Context, args ...string) (string, error) {
	return finish(w.command(ctx, plainSettings, args...))
}

func finish(command *exec.Cmd) (string, error) {
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s: %w\n%s%s", strings.Join(command.Args, " "), err, stdout.String(), stderr.String())
	}
	return stdout.String(), nil
}

// cost is what a run took: on the clock, and on the processors by Terraform and its plugins.
type cost struct{ wall, cpu time.Duration }

func (c cost) plus(other cost) cost { return cost{c.wall + other.wall, c.cpu + other.cpu} }

// measure runs a command and measures it.
func (w *workspace) measure(ctx context.Context, args ...string) (cost, error) {
	command := w.command(ctx, plainSettings, args...)
	start := time.Now()
	_, err := finish(command)
	took := time.Since(start)
	if err != nil {
		return cost{}, err
	}
	return cost{took, command.ProcessState.UserTime() + command.ProcessState.SystemTime()}, nil
}

// plan is a plan that has nothing to do; one that has is a failure.
var plan = []string{"plan", "-input=false", "-no-color", "-detailed-exitcode"}

// plugins runs a plan with the stand-in, and returns the plugins that it started.
func (w *workspace) plugins(ctx context.Context) ([]process, error) {
	seen := filepath.Join(w.dir, "plugins")
	if err := os.Remove(seen); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	command := w.command(ctx, standInSettings, plan...)
	command.Env = append(command.Env, envProvider+"="+w.provider, envRecord+"="+seen)
	if _, err := finish(command); err != nil {
		return nil, err
	}
	return readRecord(seen)
}
