package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// passphrase protects the throw-away key, so that the way a real one is unlocked is tried too.
const passphrase = "rehearsal"

// signer is a key for this rehearsal only. Without gpg it has no home.
type signer struct {
	c                 *check
	home, fingerprint string
}

// newSigner makes a key in a folder of its own; the user's keys are not touched.
func (c *check) newSigner(ctx context.Context) (*signer, error) {
	s := &signer{c: c}
	if !onPath("gpg") {
		c.skip("signature", "gpg is not on PATH")
		return s, nil
	}
	home, err := os.MkdirTemp("", "gpg") // short: gpg-agent's socket is in it
	if err != nil {
		return nil, err
	}
	s.home = home
	out, err := s.gpg(ctx, "--passphrase", passphrase, "--quick-generate-key", "release-check", "rsa3072", "sign", "1d")
	if err != nil {
		return s, fmt.Errorf("making a key to sign with: %w\n%s", err, out)
	}
	out, err = s.gpg(ctx, "--with-colons", "--list-secret-keys")
	for line := range strings.Lines(out) {
		if fields := strings.Split(line, ":"); fields[0] == "fpr" && len(fields) > 9 && s.fingerprint == "" {
			s.fingerprint = fields[9]
		}
	}
	if err != nil || s.fingerprint == "" {
		return s, fmt.Errorf("reading the key's fingerprint: %w\n%s", err, out)
	}
	return s, nil
}

func (s *signer) gpg(ctx context.Context, args ...string) (string, error) {
	return s.c.command(ctx, "", s.environment(), "gpg", append([]string{"--batch", "--quiet", "--pinentry-mode", "loopback"}, args...)...)
}

// environment is what .goreleaser.yml reads of the key.
func (s *signer) environment() []string {
	if s.home == "" {
		return nil
	}
	return []string{"GNUPGHOME=" + s.home, "GPG_FINGERPRINT=" + s.fingerprint, "GPG_PASSPHRASE=" + passphrase}
}

// verify checks the checksums' signature.
func (s *signer) verify(ctx context.Context, d distribution) error {
	sums := filepath.Join(d.dir, d.name("SHA256SUMS"))
	if out, err := s.gpg(ctx, "--verify", sums+".sig", sums); err != nil {
		return fmt.Errorf("the signature of %s: %w\n%s", filepath.Base(sums), err, out)
	}
	return nil
}

// remove ends the key's agent and forgets the key.
func (s *signer) remove() {
	if s.home != "" {
		_, _ = s.c.command(context.Background(), "", s.environment(), "gpgconf", "--kill", "all")
		_ = os.RemoveAll(s.home)
	}
}
