package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// machine is a program, and two CLI settings for it: one takes the plugin as it was built, the other the stand-in.
type machine struct {
	cli.Program
	folder   string
	provider string // the plugin's program
}

func newMachine(ctx context.Context, o options, folder string) (*machine, error) {
	m := &machine{folder: folder}
	var err error
	if m.Program, err = cli.Find(ctx, o.cli); err != nil {
		return nil, err
	}
	bin, err := filepath.Abs(o.bin)
	if err != nil {
		return nil, err
	}
	m.provider = filepath.Join(bin, providerName)
	if _, err := os.Stat(m.provider); err != nil {
		return nil, fmt.Errorf("the provider is not built: use make bench, or -bin: %w", err)
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for kind, plugin := range map[string]string{"plain": m.provider, "stand-in": self} {
		// A folder with nothing in it but the plugin: Terraform takes the first file whose name fits.
		overrides := map[string]string{cli.Source: filepath.Join(folder, kind), nothingSource: filepath.Join(folder, kind+"-nothing")}
		err := errors.Join(link(plugin, overrides[cli.Source], providerName), link(self, overrides[nothingSource], nothingName),
			cli.WriteSettings(m.settings(kind), overrides))
		if err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *machine) settings(kind string) string { return filepath.Join(m.folder, kind+".tfrc") }

// link makes a folder in which a program has a name.
func link(program, folder, name string) error {
	return errors.Join(os.Mkdir(folder, 0o700), os.Symlink(program, filepath.Join(folder, name)))
}

// workspace is a folder with a configuration and a state.
type workspace struct {
	*cli.Folder
	machine *machine
}

func (m *machine) workspace(name, configuration string) (*workspace, error) {
	w := &workspace{m.In(filepath.Join(m.folder, name), m.settings("plain")), m}
	return w, w.configure(configuration)
}

func (w *workspace) configure(configuration string) error { return w.Write("main.tf", configuration) }

// The commands that are measured. A plan that has something to do is a failure.
var (
	plan    = []string{"plan", "-input=false", "-no-color", "-detailed-exitcode"}
	apply   = []string{"apply", "-input=false", "-no-color", "-auto-approve"}
	destroy = []string{"destroy", "-input=false", "-no-color", "-auto-approve"}
)

// cost is what a run took: on the clock, and on the processors by Terraform and its plugins.
type cost struct{ wall, cpu time.Duration }

func (c cost) plus(other cost) cost { return cost{c.wall + other.wall, c.cpu + other.cpu} }

// measure runs a command and measures it.
func (w *workspace) measure(ctx context.Context, args ...string) (cost, error) {
	command := w.Command(ctx, args...)
	start := time.Now()
	_, err := cli.Finish(command)
	return cost{time.Since(start), cpuOf(command.ProcessState)}, err
}

func cpuOf(state *os.ProcessState) time.Duration {
	if state == nil { // it did not start
		return 0
	}
	return state.UserTime() + state.SystemTime()
}

// plugins runs a plan with the stand-in, and returns the plugins that it started.
func (w *workspace) plugins(ctx context.Context) ([]process, error) {
	seen := filepath.Join(w.Dir, "plugins")
	if err := os.Remove(seen); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	watched := w.machine.In(w.Dir, w.machine.settings("stand-in"), envProvider+"="+w.machine.provider, envRecord+"="+seen)
	if _, err := watched.Run(ctx, plan...); err != nil {
		return nil, err
	}
	return readRecord(seen)
}
