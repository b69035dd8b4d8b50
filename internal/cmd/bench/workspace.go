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

// machine is a CLI, and the plugins to measure with it.
type machine struct {
	cli.Program
	folder            string
	provider, nothing plugin
	before            plugin // another build of the provider; its program is empty if there is none
	standIn           plugin
}

// plugin is a program that Terraform uses as the provider, with its CLI settings.
type plugin struct{ program, settings string }

func newMachine(ctx context.Context, o options, folder string) (*machine, error) {
	m := &machine{folder: folder}
	var err error
	if m.Program, err = cli.Find(ctx, o.cli); err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	for _, p := range []struct {
		plugin              *plugin
		kind, program, name string
	}{
		{&m.provider, "provider", filepath.Join(o.bin, providerName), providerName},
		{&m.nothing, "nothing", self, nothingName},
		{&m.before, "before", o.before, providerName},
		{&m.standIn, "stand-in", self, providerName},
	} {
		if p.program == "" {
			continue
		}
		if *p.plugin, err = m.plugin(p.kind, p.program, p.name); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// plugin makes a folder with only the plugin in it, because Terraform takes the first file whose name fits.
func (m *machine) plugin(kind, program, name string) (plugin, error) {
	program, err := filepath.Abs(program)
	if err != nil {
		return plugin{}, err
	}
	if _, err := os.Stat(program); err != nil {
		return plugin{}, fmt.Errorf("the provider is not built: use make bench, or -bin: %w", err)
	}
	folder := filepath.Join(m.folder, kind)
	p := plugin{filepath.Join(folder, name), folder + ".tfrc"}
	return p, errors.Join(os.Mkdir(folder, 0o700), os.Symlink(program, p.program), cli.WriteSettings(p.settings, map[string]string{cli.Source: folder}))
}

// workspace is a folder with a configuration and a state, and the plugin for it.
type workspace struct {
	*cli.Folder
	machine *machine
	plugin  plugin
}

func (m *machine) workspace(name, configuration string) (*workspace, error) {
	w := &workspace{m.In(filepath.Join(m.folder, name), m.provider.settings), m, m.provider}
	return w, w.configure(configuration)
}

// with returns the same folder with another plugin.
func (w *workspace) with(p plugin) *workspace {
	return &workspace{w.machine.In(w.Dir, p.settings), w.machine, p}
}

func (w *workspace) configure(configuration string) error { return w.Write("main.tf", configuration) }

// The commands to measure. A plan that has something to do is a failure.
var (
	plan    = []string{"plan", "-input=false", "-no-color", "-detailed-exitcode"}
	apply   = []string{"apply", "-input=false", "-no-color", "-auto-approve"}
	destroy = []string{"destroy", "-input=false", "-no-color", "-auto-approve"}
)

// cost is the time of a run, and the CPU time of Terraform and its plugins.
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
	watched := w.machine.In(w.Dir, w.machine.standIn.settings, envProvider+"="+w.plugin.program, envRecord+"="+seen)
	if _, err := watched.Run(ctx, plan...); err != nil {
		return nil, err
	}
	return readRecord(seen)
}

// use is the cost of a plan's plugins by themselves.
type use struct {
	cpu  time.Duration
	peak int64
}

// use runs a plan with the stand-in, and returns the use of its plugins.
func (w *workspace) use(ctx context.Context) (use, error) {
	seen, err := w.plugins(ctx)
	var u use
	for _, p := range seen {
		u.cpu += p.CPU
	}
	u.peak, _ = peakTogether(seen)
	return u, err
}
