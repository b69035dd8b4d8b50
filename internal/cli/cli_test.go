package cli

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestReadVersion(t *testing.T) {
	t.Parallel()
	for output, want := range map[string]string{
		"Terraform v1.11.4\non linux_amd64\n": "terraform 1.11.4",
		"Terraform v1.12.0-rc1":               "terraform 1.12.0",
		"OpenTofu v1.12.6\non linux_amd64\n":  "tofu 1.12.6",
	} {
		p, err := readVersion("", output)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.Name() + " " + p.Version.String(); got != want || !strings.HasPrefix(output, p.Title) {
			t.Errorf("%q: got %q and the title %q, want %q", output, got, p.Title, want)
		}
	}
	for _, bad := range []string{"", "GNU Make 4.3", "Terraform vX"} {
		if _, err := readVersion("", bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

// script makes a program that says it is Terraform, and runs a script if it is asked for anything but its version.
func script(t *testing.T, text string) Program {
	t.Helper()
	path := filepath.Join(t.TempDir(), "terraform")
	text = "#!/bin/sh\n[ \"$1\" = version ] && echo Terraform v1.11.4 && exit\n" + text
	if err := os.WriteFile(path, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	p, err := Find(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFind_takesTheVariableFirst(t *testing.T) {
	path := script(t, "").Path
	t.Setenv(EnvPath, path)
	if p, err := Find(t.Context(), ""); err != nil || p.Path != path || p.Title != "Terraform v1.11.4" {
		t.Errorf("%+v, %v", p, err)
	}
	t.Setenv(EnvPath, "")
	t.Setenv("PATH", filepath.Dir(path))
	if p, err := Find(t.Context(), ""); err != nil || p.Path != path {
		t.Errorf("on PATH: %+v, %v", p, err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Find(t.Context(), ""); err == nil || !strings.Contains(err.Error(), EnvPath) {
		t.Errorf("without a program: %v", err)
	}
}

// Settings of the machine that runs this would change what is run; those of the folder reach the program in both ways.
func TestFolder_environment(t *testing.T) {
	for _, name := range []string{"TF_LOG", "TF_CLI_ARGS", "TF_VAR_x", "SAFETYCULTURE_READ_ONLY"} {
		t.Setenv(name, "of the machine")
	}
	t.Setenv("OTHER", "stays")
	file := filepath.Join(t.TempDir(), "env")
	f := script(t, "env >'"+file+"'\nexit 1").In(t.TempDir(), "/settings", "SAFETYCULTURE_BASE_URL=given")
	seen := func() string {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if _, err := f.Run(t.Context(), "get"); err == nil {
		t.Error("a failure is no error")
	}
	raw := seen()
	tf, err := f.Terraform()
	if err != nil {
		t.Fatal(err)
	}
	if err := tf.Get(t.Context()); err == nil {
		t.Error("a failure is no error")
	}
	for _, text := range []string{raw, seen()} {
		if strings.Contains(text, "of the machine") || !strings.Contains(text, "OTHER=stays\n") ||
			!strings.Contains(text, "SAFETYCULTURE_BASE_URL=given\n") || !strings.Contains(text, "TF_CLI_CONFIG_FILE=/settings\n") {
			t.Errorf("the environment is\n%s", text)
		}
	}
	f.Env = append(f.Env, "TF_VAR_x=1")
	if _, err := f.Terraform(); err == nil {
		t.Error("terraform-exec takes a variable that it would not pass on")
	}
}

func TestFolder_failureSaysEverything(t *testing.T) {
	t.Parallel()
	f := script(t, "echo out; echo err >&2; exit 3").In(t.TempDir(), "")
	out, err := f.Run(t.Context(), "plan", "-x")
	if err == nil || out != "out\n" || !strings.Contains(err.Error(), "plan -x: exit status 3\nout\nerr\n") {
		t.Errorf("%q, %v", out, err)
	}
}

// When the context ends, the program is interrupted and may finish; it is not killed.
func TestFolder_interrupt(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	command := script(t, "trap 'echo finished; exit 0' INT\necho ready\nwhile :; do sleep 0.05; done").In(t.TempDir(), "").Command(ctx, "apply")
	stdout, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	for lines.Scan() && lines.Text() == "ready" {
		cancel()
	}
	if err := command.Wait(); lines.Text() != "finished" || !errors.Is(err, context.Canceled) {
		t.Errorf("%q, %v", lines.Text(), err)
	}
}

func TestWriteSettings(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "cli.tfrc")
	if err := WriteSettings(file, map[string]string{Source: "/b", "a/a": "/a"}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	want := "provider_installation {\n  dev_overrides {\n    \"a/a\" = \"/a\"\n    \"safetyculture-community/safetyculture\" = \"/b\"\n  }\n  direct {}\n}\n"
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s", err, text)
	}
}
