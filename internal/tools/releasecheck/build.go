package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// origin is where the rehearsal's clones say they come from: goreleaser wants to know. Nothing is sent there.
const origin = "https://github.com/safetyculture-community/terraform-provider-safetyculture.git"

// distribution is what a build left: its folder, and the version of the files in it.
type distribution struct {
	dir, version string
	withSBOM     bool
}

// name is a file's name, as the registries expect it.
func (d distribution) name(rest string) string {
	return "terraform-provider-safetyculture_" + d.version + "_" + rest
}

func (d distribution) archive() string { return d.name(runtime.GOOS + "_" + runtime.GOARCH + ".zip") }

// clone clones the commit, and tags the clone. What is not committed is not in it, as in a release.
func (c *check) clone(ctx context.Context, folder, tag string) error {
	for _, args := range [][]string{
		{"clone", "--quiet", "--no-tags", c.root, folder},
		{"-C", folder, "remote", "set-url", "origin", origin},
		{"-C", folder, "-c", "user.name=release-check", "-c", "user.email=release-check@localhost", "tag", "--no-sign", "-m", "rehearsal", tag},
	} {
		if out, err := c.command(ctx, "", nil, "git", args...); err != nil {
			return fmt.Errorf("%w\n%s", err, out)
		}
	}
	return nil
}

// build makes a release of a clone for this platform.
func (c *check) build(ctx context.Context, folder, tag string, signer *signer) (distribution, error) {
	dist := distribution{dir: filepath.Join(folder, "dist"), version: strings.TrimPrefix(tag, "v")}
	if out, err := c.command(ctx, folder, nil, c.goreleaser, "check"); err != nil {
		return dist, fmt.Errorf("%w\n%s", err, out)
	}
	text, err := os.ReadFile(filepath.Join(folder, ".goreleaser.yml"))
	if err != nil {
		return dist, err
	}
	if text, err = onePlatform(text, runtime.GOOS, runtime.GOARCH); err != nil {
		return dist, fmt.Errorf(".goreleaser.yml: %w", err)
	}
	config := folder + ".yml" // beside the clone, which must stay clean
	if err := os.WriteFile(config, text, 0o600); err != nil {
		return dist, err
	}
	skips := []string{"publish", "announce"}
	if signer.home == "" {
		skips = append(skips, "sign")
	}
	if !onPath("syft") {
		skips = append(skips, "sbom")
	}
	dist.withSBOM = !slices.Contains(skips, "sbom")
	out, err := c.command(ctx, folder, signer.environment(), c.goreleaser, "release", "--config", config, "--skip", strings.Join(skips, ","))
	if err != nil {
		return dist, fmt.Errorf("%w\n%s", err, out)
	}
	return dist, nil
}

func onPath(program string) bool {
	_, err := exec.LookPath(program)
	return err == nil
}

// onePlatform is the configuration, to be built for one platform only. All else in it stays.
func onePlatform(text []byte, goos, goarch string) ([]byte, error) {
	var config map[string]any
	if err := yaml.Unmarshal(text, &config); err != nil {
		return nil, err
	}
	builds, _ := config["builds"].([]any)
	if len(builds) != 1 {
		return nil, fmt.Errorf("it has %d builds, want one", len(builds))
	}
	build, ok := builds[0].(map[string]any)
	if !ok {
		return nil, errors.New("its build is not a mapping")
	}
	for key, want := range map[string]string{"goos": goos, "goarch": goarch} {
		if values, _ := build[key].([]any); !slices.Contains(values, any(want)) {
			return nil, fmt.Errorf("releases are not built for this platform: %s is not in %s", want, key)
		}
		build[key] = []string{want}
	}
	return yaml.Marshal(config)
}
