// Command demo tells a token's whole life with real Terraform or OpenTofu, on the emulator, and checks each step.
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
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	bin := flag.String("bin", ".build", "`folder` with the programs emulator and terraform-provider-safetyculture")
	cli := flag.String("cli", os.Getenv("TF_ACC_TERRAFORM_PATH"), "Terraform or OpenTofu `program`; default: $TF_ACC_TERRAFORM_PATH")
	flag.Parse()
	if err := run(ctx, *bin, *cli, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "\ndemo:", err)
		os.Exit(1)
	}
}

// run starts the emulator, tells the story, and cleans up whatever happens.
func run(ctx context.Context, bin, cliPath string, stdout io.Writer) (err error) {
	started := time.Now()
	bin, err = filepath.Abs(bin)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "safetyculture-demo-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()

	screen := newScreen(stdout)
	emulator, err := startEmulator(ctx, filepath.Join(bin, "emulator"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, emulator.stop()) }()
	screen.hide(emulator.bearer)

	cli, err := newCLI(ctx, cliPath, bin, folder, emulator.environment())
	if err != nil {
		return err
	}
	screen.say("A token's whole life, with %s, on the emulator at %s.", cli.title, emulator.baseURL)
	screen.say("The emulator keeps the token API's contract in memory; nothing here reaches the real service.")
	if err := newStory(screen, cli, emulator).tell(ctx); err != nil {
		if ctx.Err() != nil {
			return errors.New("interrupted")
		}
		screen.fail(err, emulator.log())
		return errors.New("the story does not hold")
	}
	screen.say("\nAll of it held, in %.0f seconds.", time.Since(started).Seconds())
	screen.say("To try it yourself, run: make emulator\nIt also serves a page where you can revoke a token and see what Terraform plans.")
	return nil
}
