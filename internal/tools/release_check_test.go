package tools

import (
	"archive/zip"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// fakeGoreleaser leaves what a test has put into $RELEASE: of the first build what is in one, of the second what is in two. It
// refuses to work with a credential for publishing, with other arguments, or for more than one platform.
const fakeGoreleaser = `#!/usr/bin/env bash
set -eu
[ -z "${GITHUB_TOKEN:-}" ] || { echo "a credential reached goreleaser"; exit 1; }
[ "$1" = release ] || exit 0
[ "$2 $4 $5" = "--config --skip publish,announce,sbom" ] || { echo "arguments: $*"; exit 1; }
grep -q '^    goos: \["` + runtime.GOOS + `"\]$' "$3" && grep -q '^    goarch: \["` + runtime.GOARCH + `"\]$' "$3" || { echo "not one platform"; exit 1; }
case $PWD in */one) cp -R "$RELEASE/one" dist ;; *) cp -R "$RELEASE/two" dist ;; esac
cd dist
for sums in *SUMS; do echo "${SIGN_WITH:-$GPG_FINGERPRINT} with $GPG_PASSPHRASE" >"$sums.sig"; done
`

// fakeGPG has one key, which is made at once.
const fakeGPG = `#!/usr/bin/env bash
case $* in
*--list-secret-keys*) echo "fpr:::::::::KEY:" ;;
*--verify*) grep -q "^KEY with rehearsal$" "${*: -2:1}" ;;
esac
`

// fakeCLI installs what it finds in the mirror of its CLI configuration.
const fakeCLI = `#!/usr/bin/env bash
set -eu
case $1 in
version) case $0 in *tofu) echo "OpenTofu v1.11.5" ;; *) echo "Terraform v1.11.4" ;; esac; seq 20000 ;; # more than a pipe holds
init)
	mirror=$(sed -n 's/^ *path *= "\(.*\)"/\1/p' "$TF_CLI_CONFIG_FILE")
	zip=$(ls "$mirror"/registry.terraform.io/safetyculture-community/safetyculture/*_1.2.3_*.zip)
	version=$(sed -n 's/^ *version = "\(.*\)"/\1/p' main.tf)
	printf 'version = "%s"\nhashes = [\n  "%s"\n' "$version" "${LOCK:-h1:}" >.terraform.lock.hcl ;;
providers) [ -z "${DUMB:-}" ] || exit 1; echo '{"safetyculture_service_user_token":{}}' ;;
esac
`

const (
	goodManifest = `{"version": 1, "metadata": {"protocol_versions": ["6.0"]}}`
	goodProgram  = "#!/bin/sh\n[ \"${1:-}\" = -version ] && echo 1.2.3 || { echo '1|6|unix|/x|grpc|'; exec sleep 9; }\n"
	changelog    = "# Changelog\n\n## [Unreleased]\n\n- next\n\n## [1.2.3] - 2026-12-01\n\n### Added\n\n- two\n\n## 0.1.0\n\n- one\n\n## 0.0.9 - 2026-01-01\n\n[1.2.3]: https://example.com\n"
)

// rehearsal is a repository, and the release that the fake programs build.
type rehearsal struct {
	tag, manifest, program, second string // second: the program of the second build, if that is another one
	unlisted                       string // a file that the checksums lack
	wrongSum                       bool
	config                         func(string) string // changes .goreleaser.yml
}

// dist creates a build's files.
func (r rehearsal) dist(t *testing.T, dir, program string) {
	t.Helper()
	must(t, os.MkdirAll(dir, 0o700))
	archive := fmt.Sprintf("terraform-provider-safetyculture_1.2.3_%s_%s.zip", runtime.GOOS, runtime.GOARCH)
	var zipped strings.Builder
	z := zip.NewWriter(&zipped)
	header := &zip.FileHeader{Name: "terraform-provider-safetyculture_v1.2.3"}
	header.SetMode(0o755)
	w, err := z.CreateHeader(header)
	must(t, err)
	_, err = w.Write([]byte(program))
	must(t, err)
	must(t, z.Close())
	must(t, os.WriteFile(filepath.Join(dir, archive), []byte(zipped.String()), 0o600))
	if r.wrongSum {
		zipped.WriteString("else")
	}
	var sums strings.Builder
	for name, content := range map[string]string{archive: zipped.String(), "terraform-provider-safetyculture_1.2.3_manifest.json": r.manifest} {
		if !strings.HasSuffix(name, r.unlisted) || r.unlisted == "" {
			fmt.Fprintf(&sums, "%x  %s\n", sha256.Sum256([]byte(content)), name)
		}
	}
	must(t, os.WriteFile(filepath.Join(dir, "terraform-provider-safetyculture_1.2.3_SHA256SUMS"), []byte(sums.String()), 0o600))
}

// run makes the repository, and rehearses its release.
func (r rehearsal) run(t *testing.T, env ...string) (string, error) {
	t.Helper()
	root, release := t.TempDir(), t.TempDir()
	config, err := os.ReadFile("../../.goreleaser.yml")
	must(t, err)
	if r.config != nil {
		config = []byte(r.config(string(config)))
	}
	for name, content := range map[string]string{".goreleaser.yml": string(config), "terraform-registry-manifest.json": r.manifest, "CHANGELOG.md": changelog} {
		must(t, os.WriteFile(filepath.Join(root, name), []byte(content), 0o600))
	}
	r.dist(t, filepath.Join(release, "one"), r.program)
	r.dist(t, filepath.Join(release, "two"), r.second)
	script, err := os.ReadFile("release-check.sh")
	must(t, err)
	for name, program := range map[string]string{"goreleaser": fakeGoreleaser, "gpg": fakeGPG, "terraform": fakeCLI, "tofu": fakeCLI} {
		must(t, os.WriteFile(filepath.Join(release, name), []byte(program), 0o700))
	}
	layOut, err := os.ReadFile("lay-out-mirror.sh")
	must(t, err)
	must(t, os.MkdirAll(filepath.Join(root, "internal", "tools"), 0o700))
	must(t, os.WriteFile(filepath.Join(root, "internal", "tools", "lay-out-mirror.sh"), layOut, 0o700))
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--all"}, {"-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "--quiet", "--no-gpg-sign", "-m", "x"}} {
		if out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", root}, args...)...).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, out)
		}
	}
	env = append(env, "RELEASE="+release, "PATH="+release+string(os.PathListSeparator)+os.Getenv("PATH"), "GITHUB_TOKEN=secret")
	return run(t, env, "-c", "cd "+root+"\n"+string(script), "release-check.sh", r.tag)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestReleaseCheck(t *testing.T) {
	t.Parallel()
	good := rehearsal{tag: "v1.2.3", manifest: goodManifest, program: goodProgram}
	for name, c := range map[string]struct {
		change func(*rehearsal)
		env    string
		want   string // in an error; empty: none
	}{
		"good":                   {func(*rehearsal) {}, "", ""},
		"something is skipped":   {func(*rehearsal) {}, "STRICT=1", "something was skipped"},
		"another version":        {func(r *rehearsal) { r.program = strings.Replace(goodProgram, "1.2.3", "dev", 1) }, "", `it is version "dev"`},
		"another protocol":       {func(r *rehearsal) { r.program = strings.Replace(goodProgram, "1|6", "1|5", 1) }, "", "does not begin to speak protocol 6"},
		"no plugin":              {func(r *rehearsal) { r.program = "#!/bin/sh\necho 1.2.3\n" }, "", `does not begin to speak protocol 6: "1.2.3"`},
		"protocol 5":             {func(r *rehearsal) { r.manifest = strings.Replace(goodManifest, "6", "5", 1) }, "", "does not say version 1 and protocol 6.0"},
		"two builds differ":      {func(r *rehearsal) { r.second = goodProgram + "\n" }, "", "two builds of one commit differ"},
		"manifest not listed":    {func(r *rehearsal) { r.unlisted = "manifest.json" }, "", "lack terraform-provider-safetyculture_1.2.3_manifest.json"},
		"archive not listed":     {func(r *rehearsal) { r.unlisted = ".zip" }, "", "lack terraform-provider-safetyculture_1.2.3_" + runtime.GOOS},
		"another signature":      {func(*rehearsal) {}, "SIGN_WITH=another", "gpg failed"},
		"no checksum is locked":  {func(*rehearsal) {}, "LOCK=zh:", "locked no checksum"},
		"it cannot be started":   {func(*rehearsal) {}, "DUMB=1", "cannot start the provider"},
		"wrong checksum":         {func(r *rehearsal) { r.wrongSum = true }, "", "FAILED"},
		"a tag without a v":      {func(r *rehearsal) { r.tag = "1.2.3" }, "", "write it like v0.1.0"},
		"a short tag":            {func(r *rehearsal) { r.tag = "v1" }, "", "write it like v0.1.0"},
		"no section":             {func(r *rehearsal) { r.tag = "v9.9.9" }, "", "no section"},
		"a part of a version":    {func(r *rehearsal) { r.tag = "v1.2.33" }, "", "no section"},
		"a section without date": {func(r *rehearsal) { r.tag = "v0.1.0" }, "", "has no date"},
		"an empty section":       {func(r *rehearsal) { r.tag = "v0.0.9" }, "", "an empty one"},
		"uploaded under another name": {func(r *rehearsal) {
			r.config = func(s string) string { i := strings.LastIndex(s, "_manifest"); return s[:i] + s[i:][1:] }
		}, "", "extra_files of checksum and release"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := good
			c.change(&r)
			if r.second == "" {
				r.second = r.program
			}
			notes := filepath.Join(t.TempDir(), "notes")
			out, err := r.run(t, c.env, "NOTES="+notes, "CLIS=terraform tofu")
			if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(out, c.want)) {
				t.Errorf("%v, want %q\n%s", err, c.want, out)
			}
			if c.want != "" {
				return
			}
			if text, err := os.ReadFile(notes); err != nil || string(text) != "### Added\n\n- two\n" {
				t.Errorf("the notes: %v: %q", err, text)
			}
			if !strings.Contains(out, "SKIPPED  bill of materials: syft is not on PATH\n") {
				t.Errorf("what was skipped is not said:\n%s", out)
			}
		})
	}
}

// Both products must have installed the archive: what one of them does says nothing about the other.
func TestReleaseCheck_installsWithBothProducts(t *testing.T) {
	t.Parallel()
	for programs, missing := range map[string]string{"terraform": "OpenTofu", "tofu": "Terraform", "terraform tofu": ""} {
		r := rehearsal{tag: "v1.2.3", manifest: goodManifest, program: goodProgram, second: goodProgram}
		out, err := r.run(t, "CLIS="+programs)
		if err != nil || strings.Contains(out, "SKIPPED  installation with") != (missing != "") || !strings.Contains(out, "SKIPPED  installation with "+missing) && missing != "" {
			t.Errorf("with %s: %v, want %q as not tried\n%s", programs, err, missing, out)
		}
	}
}
