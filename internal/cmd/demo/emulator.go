package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// emulatorProcess is the emulator as a program of its own, as anybody would start it.
type emulatorProcess struct {
	baseURL string
	bearer  string

	cmd    *exec.Cmd
	exited chan struct{}
	calls  *calls
}

// startEmulator starts the program on a free port and waits until it has printed where it is.
func startEmulator(ctx context.Context, program string) (*emulatorProcess, error) {
	e := &emulatorProcess{exited: make(chan struct{}), calls: &calls{}}
	// Not ended with ctx: Terraform still talks to it while it stops.
	e.cmd = exec.CommandContext(context.WithoutCancel(ctx), program, "-addr", "127.0.0.1:0", "-verbose")
	e.cmd.Stderr = e.calls
	ownGroup(e.cmd)
	stdout, err := e.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := e.cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting the emulator: %w", err)
	}
	ready := make(chan error, 1)
	go func() {
		ready <- e.readExports(stdout)
		_, _ = io.Copy(io.Discard, stdout)
		_ = e.cmd.Wait()
		close(e.exited)
	}()
	select {
	case err = <-ready:
	case <-ctx.Done():
		err = ctx.Err()
	case <-time.After(10 * time.Second):
		err = errors.New("it does not say where it listens")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("starting the emulator: %w\n%s", err, e.log()), e.stop())
	}
	return e, nil
}

// readExports reads the two variables that the program prints.
func (e *emulatorProcess) readExports(stdout io.Reader) error {
	lines := bufio.NewScanner(stdout)
	for lines.Scan() {
		if url, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_BASE_URL="); ok {
			e.baseURL = url
		}
		if bearer, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_API_TOKEN="); ok {
			e.bearer = bearer
		}
		if e.baseURL != "" && e.bearer != "" {
			return nil
		}
	}
	return errors.New("it ended before it said where it listens")
}

// environment are the two variables for Terraform and for the shell.
func (e *emulatorProcess) environment() []string {
	return []string{"SAFETYCULTURE_BASE_URL=" + e.baseURL, "SAFETYCULTURE_API_TOKEN=" + e.bearer}
}

// stop ends the program, and kills it if it does not end by itself.
func (e *emulatorProcess) stop() error {
	if err := e.cmd.Process.Signal(os.Interrupt); err != nil && !errors.Is(err, os.ErrProcessDone) {
		_ = e.cmd.Process.Kill()
	}
	select {
	case <-e.exited:
		return nil
	case <-time.After(10 * time.Second):
		_ = e.cmd.Process.Kill()
		<-e.exited
		return errors.New("the emulator did not stop and was killed")
	}
}

// log is what the program wrote about each call: method, path and status, no secrets.
func (e *emulatorProcess) log() string { return e.calls.String() }

// calls is a buffer that is written and read at the same time.
type calls struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (c *calls) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.Write(p)
}

func (c *calls) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}
