package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The colors; empty if the output is not a terminal, or if NO_COLOR is set.
const (
	bold  = "\x1b[1m"
	dim   = "\x1b[2m"
	red   = "\x1b[31m"
	green = "\x1b[32m"
	reset = "\x1b[0m"
)

// screen is the program's output. It never shows a secret that it was told to hide.
type screen struct {
	out     io.Writer
	color   bool
	secrets []string
	steps   int
}

func newScreen(out io.Writer) *screen {
	return &screen{out: out, color: os.Getenv("NO_COLOR") == "" && isTerminal(out)}
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// hide keeps a secret off the screen from now on. No step prints one; this protects against a mistake.
func (s *screen) hide(secret string) {
	if secret != "" {
		s.secrets = append(s.secrets, secret)
	}
}

func (s *screen) print(color, text string) {
	for _, secret := range s.secrets {
		text = strings.ReplaceAll(text, secret, "(redacted)")
	}
	if s.color && color != "" {
		text = color + text + reset
	}
	_, _ = fmt.Fprintln(s.out, text)
}

func (s *screen) say(format string, args ...any) { s.print("", fmt.Sprintf(format, args...)) }

// step prints the heading of a part of the story.
func (s *screen) step(title string) {
	s.steps++
	s.print(bold, fmt.Sprintf("\n%d. %s", s.steps, title))
}

// command shows a command before it runs.
func (s *screen) command(format string, args ...any) {
	s.print(dim, "   $ "+fmt.Sprintf(format, args...))
}

// edit shows a change of the configuration.
func (s *screen) edit(attribute, before, after string) {
	s.print(dim, fmt.Sprintf("   main.tf: %s = %q, was %q", attribute, after, before))
}

// show prints lines of another program's output.
func (s *screen) show(lines []string) {
	for _, line := range lines {
		s.print("", "     "+line)
	}
}

// holds prints what a step has shown.
func (s *screen) holds(shown string) { s.print(green, "   ✓ "+shown) }

// fail prints the error, and the emulator's calls.
func (s *screen) fail(err error, calls []emulator.Call) {
	s.print(red, fmt.Sprintf("   ✗ %v\n\nCalls to the emulator:", err))
	for _, c := range calls {
		s.say("%s %s %d", c.Method, c.Path, c.Status)
	}
}
