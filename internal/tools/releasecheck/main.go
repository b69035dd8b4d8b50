// Command releasecheck builds a release of the current commit for this platform, twice and without publishing it, and
// looks at everything that the registries and their users rely on.
//
// What it cannot check here it says, and why; -all makes that an error.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
)

// rehearsalTag is what the commit is called where no tag is given.
const rehearsalTag = "v0.0.0-rehearsal"

func main() {
	root := flag.String("root", ".", "the repository's `folder`")
	goreleaser := flag.String("goreleaser", "goreleaser", "the goreleaser `program`")
	tag := flag.String("tag", "", "the release's `tag`, such as v0.1.0: its CHANGELOG section is checked too")
	notes := flag.String("notes", "", "write that section to a `file`, for the release's page")
	all := flag.Bool("all", false, "fail where something cannot be checked")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	c := &check{out: os.Stdout, root: *root, goreleaser: *goreleaser}
	err := c.run(ctx, *tag, *notes)
	if err == nil && *all && c.skipped > 0 {
		err = errors.New("something was skipped, and -all allows that for nothing")
	}
	fmt.Printf("\nrelease-check: %d ok, %d skipped\n", c.passed, c.skipped)
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// check is one rehearsal of a release.
type check struct {
	out              io.Writer
	root, goreleaser string
	passed, skipped  int
}

func (c *check) ok(format string, args ...any) {
	c.passed++
	_, _ = fmt.Fprintf(c.out, "ok       "+format+"\n", args...)
}

func (c *check) skip(what, why string) {
	c.skipped++
	_, _ = fmt.Fprintf(c.out, "SKIPPED  %s: %s\n", what, why)
}

var tagPattern = regexp.MustCompile(`^v\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)

// run stops at the first thing that is wrong.
func (c *check) run(ctx context.Context, tag, notes string) error {
	if err := c.changelog(tag, notes); err != nil {
		return err
	}
	if tag == "" {
		tag = rehearsalTag
	}
	if changes, err := c.command(ctx, c.root, nil, "git", "status", "--porcelain"); err != nil || changes != "" {
		_, _ = fmt.Fprintln(c.out, "NOTE     what is not committed is not in this rehearsal")
	}
	work, err := os.MkdirTemp("", "release-check")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	signer, err := c.newSigner(ctx)
	if err != nil {
		return err
	}
	defer signer.remove()
	var builds []distribution
	for _, name := range []string{"one", "another-and-longer"} { // a path must not end up in the binary
		folder := filepath.Join(work, name)
		if err := c.clone(ctx, folder, tag); err != nil {
			return err
		}
		dist, err := c.build(ctx, folder, tag, signer)
		if err != nil {
			return err
		}
		builds = append(builds, dist)
	}
	c.ok(".goreleaser.yml is valid")
	return c.inspect(ctx, builds, signer)
}

// changelog checks that a tag has its section.
func (c *check) changelog(tag, notes string) error {
	if tag == "" {
		c.skip("CHANGELOG", "no tag was given (TAG=v0.1.0), so no version to look for")
		return nil
	}
	if !tagPattern.MatchString(tag) {
		return fmt.Errorf("the tag is %q; write it like v0.1.0", tag)
	}
	text, err := os.ReadFile(filepath.Join(c.root, "CHANGELOG.md"))
	if err != nil {
		return err
	}
	section, err := sectionOf(string(text), strings.TrimPrefix(tag, "v"))
	if err != nil {
		return err
	}
	if notes != "" {
		if err := os.WriteFile(notes, []byte(section), 0o600); err != nil {
			return err
		}
	}
	c.ok("CHANGELOG.md has a section for %s", tag)
	return nil
}

// command runs a program and returns what it printed. No credential for publishing reaches it.
func (c *check) command(ctx context.Context, dir string, env []string, name string, args ...string) (string, error) {
	command := exec.CommandContext(ctx, name, args...)
	command.Dir = dir
	for _, variable := range os.Environ() {
		if key, _, _ := strings.Cut(variable, "="); !strings.HasSuffix(key, "_TOKEN") && !strings.HasPrefix(key, "GPG_") {
			command.Env = append(command.Env, variable)
		}
	}
	command.Env = append(command.Env, env...)
	out, err := command.CombinedOutput()
	if err != nil {
		err = fmt.Errorf("%s: %w", filepath.Base(name), err)
	}
	return string(out), err
}
