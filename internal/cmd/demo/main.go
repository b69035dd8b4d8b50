// Command demo tells a token's whole life with real Terraform or OpenTofu, on the emulator, and checks each step.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/cli"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

//go:embed configuration
var configuration embed.FS

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	bin := flag.String("bin", ".build", "`folder` with the program terraform-provider-safetyculture")
	path := flag.String("cli", "", "Terraform or OpenTofu `program`; default: $"+cli.EnvPath+", or what is on PATH")
	flag.Parse()
	if err := run(ctx, *bin, *path, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

// run starts the emulator, tells the story, and cleans up, even after an error.
func run(ctx context.Context, bin, path string, stdout io.Writer) (err error) {
	started := time.Now()
	program, err := cli.Find(ctx, path)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "safetyculture-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	em := emulator.New(emulator.Options{})
	server := httptest.NewServer(em)
	defer server.Close()
	s := &story{screen: newScreen(stdout), program: program, em: em, url: server.URL}
	s.screen.hide(em.Bearer())
	if err := s.layOut(folder, bin); err != nil {
		return err
	}
	s.screen.say("A token's whole life, with %s, on the emulator at %s.", program.Title, server.URL)
	s.screen.say("The emulator implements the token API's contract in memory; nothing here reaches the real service.")
	if err := s.tell(ctx); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		s.screen.fail(err, em.Calls())
		return errors.New("the story does not hold")
	}
	s.screen.say("\nAll of it held, in %.0f seconds.", time.Since(started).Seconds())
	s.screen.say("To try it yourself, run: make emulator\nIt also serves a page where you can revoke a token and see what Terraform plans.")
	return nil
}

// layOut writes both configurations, and CLI settings that take the provider from bin.
func (s *story) layOut(folder, bin string) error {
	bin, err := filepath.Abs(bin)
	if err != nil {
		return err
	}
	if err := os.CopyFS(folder, configuration); err != nil {
		return err
	}
	settings := filepath.Join(folder, "cli.tfrc")
	if err := cli.WriteSettings(settings, map[string]string{cli.Source: bin}); err != nil {
		return err
	}
	env := []string{"SAFETYCULTURE_BASE_URL=" + s.url, "SAFETYCULTURE_API_TOKEN=" + s.em.Bearer()}
	s.folder = s.program.In(filepath.Join(folder, "configuration"), settings, env...)
	if s.tokens, err = s.folder.Terraform(); err != nil {
		return err
	}
	s.inventory, err = s.program.In(filepath.Join(folder, "configuration", "inventory"), settings, env...).Terraform()
	return err
}
