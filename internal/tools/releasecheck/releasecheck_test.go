package main

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

func TestChangelogSection(t *testing.T) {
	t.Parallel()
	const text = "# Changelog\n\n## [Unreleased]\n\n- next\n\n## [0.2.0] - 2026-12-01\n\n### Added\n\n- two\n\n## 0.1.0\n\n- one\n\n## 0.0.9 - 2026-01-01\n\n[0.2.0]: https://example.com\n"
	for version, want := range map[string]string{"0.2.0": "### Added\n\n- two\n", "0.1.0": "has no date", "0.0.9": "an empty one", "0.3.0": "no section", "0.2": "no section"} {
		got, err := sectionOf(text, version)
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.Contains(got, want)) {
			t.Errorf("%s: got %q, want %q", version, got, want)
		}
	}
}

func TestTagsHaveVersions(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{"0.1.0": "write it like v0.1.0", "v1": "write it like v0.1.0", "v9.9.9": "no section"} {
		c := &check{out: io.Discard, root: "../../.."}
		if err := c.changelog(tag, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", tag, err, want)
		}
	}
	c := &check{out: io.Discard}
	if err := c.changelog("", ""); err != nil || c.skipped != 1 || c.passed != 0 {
		t.Errorf("no tag is no success: %v, %d skipped", err, c.skipped)
	}
}

func TestRealConfigurationForOnePlatform(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../../.goreleaser.yml")
	if err != nil {
		t.Fatal(err)
	}
	for _, platform := range []string{"linux amd64", "linux arm64", "darwin arm64", "windows amd64", "freebsd 386"} {
		goos, goarch, _ := strings.Cut(platform, " ")
		out, err := onePlatform(text, goos, goarch)
		if err != nil {
			t.Fatal(err)
		}
		var config struct {
			Builds []struct{ Goos, Goarch, Env, Flags []string }
			Signs  []any
			// What is uploaded must have the name that is in the checksums.
			Checksum, Release struct {
				ExtraFiles []map[string]string `yaml:"extra_files"`
			}
		}
		if err := yaml.Unmarshal(out, &config); err != nil {
			t.Fatal(err)
		}
		build := config.Builds[0]
		if strings.Join(build.Goos, "")+" "+strings.Join(build.Goarch, "") != platform || build.Env[0] != "CGO_ENABLED=0" || build.Flags[0] != "-trimpath" || len(config.Signs) != 1 {
			t.Errorf("%s: %+v", platform, config)
		}
		if sums, uploads := config.Checksum.ExtraFiles, config.Release.ExtraFiles; len(sums) != 1 || len(uploads) != 1 || !maps.Equal(sums[0], uploads[0]) {
			t.Errorf("the checksums name %v, and the release has %v", sums, uploads)
		}
	}
	if _, err := onePlatform(text, "plan9", "amd64"); err == nil || !strings.Contains(err.Error(), "plan9 is not in goos") {
		t.Errorf("got %v", err)
	}
}

// left makes what a build leaves, with these contents, and right checksums of what is listed.
func left(t *testing.T, manifest, program string, listed ...string) distribution {
	t.Helper()
	d := distribution{dir: filepath.Join(t.TempDir(), "dist"), version: "1.2.3"}
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(d.dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(d.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	write("../terraform-registry-manifest.json", []byte(manifest))
	var archive strings.Builder
	z := zip.NewWriter(&archive)
	w, err := z.Create("terraform-provider-safetyculture_v1.2.3")
	if err == nil {
		_, err = w.Write([]byte(program))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	write(d.archive(), []byte(archive.String()))
	var sums strings.Builder
	for _, name := range listed {
		content, err := d.read(d.name(name))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(content)
		sums.WriteString(hex.EncodeToString(sum[:]) + "  " + d.name(name) + "\n")
	}
	write(d.name("SHA256SUMS"), []byte(sums.String()))
	return d
}

const (
	goodManifest = `{"version":1,"metadata":{"protocol_versions":["6.0"]}}`
	goodProgram  = "#!/bin/sh\n[ \"${1:-}\" = -version ] && echo 1.2.3 || { echo '1|6|unix|/x|grpc|'; exec sleep 9; }\n"
)

func TestInspect(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Fatal("the programs of this test are shell scripts")
	}
	zipName := strings.TrimPrefix(distribution{version: "1.2.3"}.archive(), "terraform-provider-safetyculture_1.2.3_")
	good := left(t, goodManifest, goodProgram, zipName, "manifest.json")
	for name, c := range map[string]struct {
		first distribution
		want  string
	}{
		"good":                  {good, ""},
		"protocol 5":            {left(t, `{"version":1,"metadata":{"protocol_versions":["5.0"]}}`, goodProgram, zipName, "manifest.json"), "protocols [5.0]"},
		"manifest not listed":   {left(t, goodManifest, goodProgram, zipName), "lack terraform-provider-safetyculture_1.2.3_manifest.json"},
		"archive not listed":    {left(t, goodManifest, goodProgram, "manifest.json"), "lack terraform-provider-safetyculture_1.2.3_"},
		"another version":       {left(t, goodManifest, strings.Replace(goodProgram, "1.2.3", "dev", 1), zipName, "manifest.json"), `version "dev", want "1.2.3"`},
		"another protocol":      {left(t, goodManifest, strings.Replace(goodProgram, "1|6", "1|5", 1), zipName, "manifest.json"), "does not begin to speak protocol 6"},
		"two builds are not it": {left(t, goodManifest, goodProgram+"\n", zipName, "manifest.json"), "two builds of one commit differ"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			second := c.first
			if strings.HasPrefix(c.want, "two builds") {
				second = good
			}
			checker := &check{out: io.Discard}
			err := checker.inspect(context.Background(), []distribution{c.first, second}, &signer{c: checker})
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("got %v, want %q", err, c.want)
			}
			if c.want == "" && checker.skipped != 1 {
				t.Errorf("%d skipped, want the bill of materials", checker.skipped)
			}
		})
	}
	bad := left(t, goodManifest, goodProgram, zipName, "manifest.json")
	if err := os.WriteFile(filepath.Join(bad.dir, bad.archive()), []byte("else"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := bad.checksums(); err == nil || !strings.Contains(err.Error(), "is wrong") {
		t.Errorf("a wrong checksum: %v", err)
	}
}

// A credential for publishing reaches no program of the rehearsal.
func TestCommandsGetNoCredential(t *testing.T) {
	t.Setenv("GITHUB_TOKEN", "tok-1")
	t.Setenv("GPG_PASSPHRASE", "tok-2")
	c := &check{}
	out, err := c.command(t.Context(), "", []string{"EXTRA=given"}, "env")
	if err != nil || strings.Contains(out, "tok-") || !strings.Contains(out, "EXTRA=given") {
		t.Errorf("%v: GITHUB_TOKEN or GPG_PASSPHRASE went through, or EXTRA did not", err)
	}
}
