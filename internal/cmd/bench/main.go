// Command bench measures the cost of plans, applies and destroys of many tokens with real Terraform or OpenTofu, on the emulator.
// It compares them with the same number of terraform_data resources, and prints a report in Markdown.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
)

// providerName is the name of the provider's program. A copy of this program with this name is its stand-in: see plugin.go.
const providerName = "terraform-provider-safetyculture"

func main() {
	bePlugin()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	o, err := parse(os.Args[1:], os.Stderr)
	if err == nil {
		err = run(ctx, o, os.Stdout, os.Stderr)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bePlugin runs as a plugin and ends the process, if Terraform started this program as a plugin.
func bePlugin() {
	switch filepath.Base(os.Args[0]) {
	case providerName:
		os.Exit(standIn())
	case nothingName:
		if err := serveNothing(); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
}

// options say what to measure, and with which programs.
type options struct {
	bin, cli string
	before   string
	runs     int
	tokens   int // plans of this size only; 0 is everything
	quick    bool
	check    bool

	sizes                  []size
	changes                []int // tokens of an apply and a destroy
	organizations, perEach int
	latency                time.Duration
}

func parse(args []string, stderr io.Writer) (options, error) {
	o := options{sizes: []size{{1, 0}, {20, 0}, {20, 980}, {250, 0}, {1000, 0}}, changes: []int{250, 1000}, organizations: 20, perEach: 20, latency: 50 * time.Millisecond}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&o.bin, "bin", ".build", "`folder` with the program "+providerName)
	flags.StringVar(&o.cli, "cli", "", "Terraform or OpenTofu `program`; default: $"+cli.EnvPath+", or what is on PATH")
	flags.StringVar(&o.before, "before", "", "`program` of another build of the provider, such as of an earlier commit, to compare with")
	flags.IntVar(&o.runs, "runs", 5, "how often to measure each plan; the report shows medians")
	flags.IntVar(&o.tokens, "tokens", 0, "measure only plans with this many tokens")
	flags.BoolVar(&o.quick, "quick", false, "only check that everything works: few tokens, one run")
	flags.BoolVar(&o.check, "check", false, "only plan with 1,000 tokens, and fail if that takes more calls, memory or CPU time than the targets")
	if err := flags.Parse(args); err != nil {
		return options{}, err
	}
	switch {
	case flags.NArg() > 0:
		return options{}, fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	case o.runs < 1 || o.tokens < 0:
		return options{}, errors.New("-runs must be at least 1, and -tokens not negative")
	}
	if o.quick {
		o.runs, o.sizes, o.changes, o.organizations, o.perEach, o.latency = 1, []size{{1, 0}, {3, 2}}, []int{2}, 2, 2, time.Millisecond
	}
	if o.tokens > 0 {
		o.sizes, o.changes, o.organizations = []size{{o.tokens, 0}}, nil, 0
	}
	return o, nil
}

// run measures everything and prints the report. Progress goes to stderr.
func run(ctx context.Context, o options, stdout, stderr io.Writer) (err error) {
	folder, err := os.MkdirTemp("", "safetyculture-bench-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	m, err := newMachine(ctx, o, folder)
	if err != nil {
		return err
	}
	r := report{
		latency: o.latency, runs: o.runs, organizations: o.organizations, perEach: o.perEach,
		machine: fmt.Sprintf("%s, %s/%s, %d cores, %s", m.Title, runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), time.Now().Format(time.DateOnly)),
	}
	if o.check {
		return check(ctx, m, stdout)
	}
	say := func(format string, args ...any) { _, _ = fmt.Fprintf(stderr, format+"\n", args...) }
	say("%s. Load before: %s.", r.machine, load())
	for _, of := range o.sizes {
		say("Plans with %s tokens …", of)
		p, err := measurePlans(ctx, m, of, o)
		if err != nil {
			return err
		}
		r.plans = append(r.plans, p)
	}
	for _, n := range o.changes {
		say("Apply and destroy of %d tokens …", n)
		changes, err := measureChanges(ctx, m, n, o)
		if err != nil {
			return err
		}
		r.changes = append(r.changes, changes...)
	}
	if o.organizations > 0 {
		say("%d organizations with %d tokens each …", o.organizations, o.perEach)
		if r.aliases, r.workspaces, err = measureOrganizations(ctx, m, o); err != nil {
			return err
		}
	}
	say("Load after: %s.", load())
	_, err = io.WriteString(stdout, r.markdown())
	return err
}

// load returns how busy the machine was in the last minute, if the system says so in a file.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
