// Command skips counts the skipped tests of a run and fails when they are not the expected ones.
//
// A skipped test prints "ok". So the expected skips are committed with the CLI and version that cause them, and a test
// that skips without being listed, or that is listed and runs, is an error.
package main

import (
	"context"
	_ "embed"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

//go:embed expected.txt
var expected string

func main() {
	partial := flag.Bool("partial", false, "only some tests were run: listed tests may be absent")
	flag.Parse()
	if err := run(context.Background(), flag.Arg(0), *partial, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// run compares the tests recorded in a `go test -json` file with the expected skips.
func run(ctx context.Context, file string, partial bool, out io.Writer) error {
	cli, err := usedCLI(ctx)
	if err != nil {
		return err
	}
	rules, err := parseRules(expected)
	if err != nil {
		return fmt.Errorf("expected.txt: %w", err)
	}
	events, err := os.Open(file)
	if err != nil {
		return err
	}
	defer func() { _ = events.Close() }()
	results, err := readResults(events)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	report(out, results, cli)
	if problems := compare(results, rules, cli, partial); len(problems) > 0 {
		return fmt.Errorf("skipped tests are not the expected ones (internal/tools/skips/expected.txt):\n  %s", strings.Join(problems, "\n  "))
	}
	return nil
}

// usedCLI asks the CLI that the tests ran with for its name and version.
func usedCLI(ctx context.Context) (cli, error) {
	path := os.Getenv("TF_ACC_TERRAFORM_PATH")
	answer, err := exec.CommandContext(ctx, path, "version").Output()
	if err != nil {
		return cli{}, fmt.Errorf("asking %q (TF_ACC_TERRAFORM_PATH) for its version: %w", path, err)
	}
	return parseCLI(string(answer))
}
