package main

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// protocol is the plugin protocol that the manifest must name and the binary must speak.
const protocol = "6"

// magicCookie makes a plugin believe that Terraform started it.
const magicCookie = "TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"

// inspect looks at what two builds left. The first build is looked at closely; the second must be the same.
func (c *check) inspect(ctx context.Context, builds []distribution, signer *signer) error {
	d := builds[0]
	sums, err := d.checksums()
	if err != nil {
		return err
	}
	c.ok("the checksums name %s, and are right", strings.Join(slices.Sorted(maps.Keys(sums)), ", "))
	again, err := builds[1].checksums()
	if err != nil {
		return err
	}
	if sums[d.archive()] != again[d.archive()] {
		return fmt.Errorf("two builds of one commit differ: %s has %s and %s", d.archive(), sums[d.archive()], again[d.archive()])
	}
	c.ok("two builds in two folders gave the same bytes")
	if d.withSBOM {
		if _, listed := sums[d.archive()+".sbom.json"]; !listed {
			return fmt.Errorf("there is no %s.sbom.json", d.archive())
		}
		c.ok("the archive has a bill of materials")
	} else {
		c.skip("bill of materials", "syft is not on PATH")
	}
	if signer.home != "" {
		if err := signer.verify(ctx, d); err != nil {
			return err
		}
		c.ok("the checksums are signed, with a key made for this check")
	}
	if err := d.checkManifest(); err != nil {
		return err
	}
	c.ok("the manifest says protocol %s.0", protocol)
	return c.tryBinary(ctx, d)
}

// checksums reads the file of checksums and computes each again. It names the archive and the manifest at least.
func (d distribution) checksums() (map[string]string, error) {
	text, err := os.ReadFile(filepath.Join(d.dir, d.name("SHA256SUMS")))
	if err != nil {
		return nil, err
	}
	sums := map[string]string{}
	for line := range strings.Lines(string(text)) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		content, err := d.read(name)
		if err != nil {
			return nil, fmt.Errorf("the checksums name %s: %w", name, err)
		}
		if actual := sha256.Sum256(content); hex.EncodeToString(actual[:]) != sum {
			return nil, fmt.Errorf("the checksum of %s is wrong", name)
		}
		sums[name] = sum
	}
	for _, name := range []string{d.archive(), d.name("manifest.json")} {
		if sums[name] == "" {
			return nil, fmt.Errorf("the checksums lack %s", name)
		}
	}
	return sums, nil
}

// read reads a published file. goreleaser publishes the manifest from where it is, under another name.
func (d distribution) read(name string) ([]byte, error) {
	if name == d.name("manifest.json") {
		return os.ReadFile(filepath.Join(d.dir, "..", "terraform-registry-manifest.json"))
	}
	return os.ReadFile(filepath.Join(d.dir, filepath.Base(name)))
}

func (d distribution) checkManifest() error {
	text, err := d.read(d.name("manifest.json"))
	if err != nil {
		return err
	}
	var manifest struct {
		Version  int `json:"version"`
		Metadata struct {
			ProtocolVersions []string `json:"protocol_versions"`
		} `json:"metadata"`
	}
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf("the manifest: %w", err)
	}
	if manifest.Version != 1 || !slices.Equal(manifest.Metadata.ProtocolVersions, []string{protocol + ".0"}) {
		return fmt.Errorf("the manifest has version %d and protocols %v, want 1 and [%s.0]", manifest.Version, manifest.Metadata.ProtocolVersions, protocol)
	}
	return nil
}

// tryBinary takes the binary out of the archive and runs it.
func (c *check) tryBinary(ctx context.Context, d distribution) error {
	binary, err := d.extract()
	if err != nil {
		return err
	}
	said, err := c.command(ctx, d.dir, nil, binary, "-version")
	if err != nil {
		return fmt.Errorf("%w\n%s", err, said)
	}
	if got := strings.TrimSpace(said); got != d.version {
		return fmt.Errorf("the binary says that it is version %q, want %q", got, d.version)
	}
	c.ok("the archive holds the binary under the registries' name, and it says version %s", d.version)
	line, err := handshake(ctx, binary)
	if err != nil {
		return err
	}
	if fields := strings.Split(line, "|"); len(fields) < 5 || fields[1] != protocol || fields[4] != "grpc" {
		return fmt.Errorf("the binary does not begin to speak protocol %s: %q", protocol, line)
	}
	c.ok("the binary speaks protocol %s", protocol)
	return nil
}

// extract takes the binary out of the archive.
func (d distribution) extract() (string, error) {
	archive, err := zip.OpenReader(filepath.Join(d.dir, d.archive()))
	if err != nil {
		return "", err
	}
	defer func() { _ = archive.Close() }()
	want := "terraform-provider-safetyculture_v" + d.version
	for _, file := range archive.File {
		if strings.TrimSuffix(file.Name, ".exe") != want {
			continue
		}
		in, err := file.Open()
		if err != nil {
			return "", err
		}
		defer func() { _ = in.Close() }()
		content, err := io.ReadAll(in)
		if err != nil {
			return "", err
		}
		binary := filepath.Join(d.dir, "extracted-"+file.Name)
		return binary, os.WriteFile(binary, content, 0o700) //nolint:gosec // a program to run
	}
	return "", fmt.Errorf("%s holds no %s", d.archive(), want)
}

// handshake starts the binary as Terraform does and reads its first line.
func handshake(ctx context.Context, binary string) (string, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	command := exec.CommandContext(ctx, binary)
	command.Env = append(os.Environ(), magicCookie, "PLUGIN_PROTOCOL_VERSIONS="+protocol)
	stdout, err := command.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := command.Start(); err != nil {
		return "", err
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	cancel() // it would serve on
	_ = command.Wait()
	if err != nil {
		return "", errors.Join(errors.New("the binary said nothing when it was started as a plugin"), err)
	}
	return strings.TrimSpace(line), nil
}
