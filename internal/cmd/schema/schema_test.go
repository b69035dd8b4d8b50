package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"testing"
)

type document struct {
	ProviderSchemas map[string]map[string]any `json:"provider_schemas"`
}

// TestSameAsTheCLI: what this program prints is what a CLI prints, as far as that CLI knows it.
func TestSameAsTheCLI(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	if err := run(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	ours := read(t, out.Bytes())
	theirs := read(t, schemasOfCLI(t))
	if len(ours) == 0 || len(theirs) == 0 {
		t.Fatal("no schemas")
	}
	for part, want := range theirs {
		if got := ours[part]; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%v\nthe CLI prints\n%v", part, got, want)
		}
	}
}

func read(t *testing.T, text []byte) map[string]any {
	t.Helper()
	var d document
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	for _, schemas := range d.ProviderSchemas {
		return schemas
	}
	return nil
}

// schemasOfCLI builds the provider and asks Terraform or OpenTofu for its schemas.
func schemasOfCLI(t *testing.T) []byte {
	t.Helper()
	cli := os.Getenv("TF_ACC_TERRAFORM_PATH")
	for _, name := range []string{"terraform", "tofu"} {
		if cli == "" {
			cli, _ = exec.LookPath(name)
		}
	}
	if cli == "" {
		t.Skip("neither terraform nor tofu is on PATH, and TF_ACC_TERRAFORM_PATH is not set")
	}
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(folder, "terraform-provider-safetyculture"), "../../..")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	settings := filepath.Join(folder, "cli.tfrc")
	write(t, settings, fmt.Sprintf("provider_installation {\n  dev_overrides {\n    \"safetyculture-community/safetyculture\" = %q\n  }\n}\n", folder))
	write(t, filepath.Join(folder, "main.tf"), "terraform {\n  required_providers {\n    safetyculture = { source = \"safetyculture-community/safetyculture\" }\n  }\n}\n")
	schema := exec.CommandContext(t.Context(), cli, "providers", "schema", "-json")
	schema.Dir = folder
	schema.Env = append(os.Environ(), "TF_CLI_CONFIG_FILE="+settings, "CHECKPOINT_DISABLE=1")
	var stderr bytes.Buffer
	schema.Stderr = &stderr
	answer, err := schema.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	return answer
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
