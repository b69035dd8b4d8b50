package provider_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// BuiltProvider builds the provider's binary once for all tests that need the real one.
var BuiltProvider = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "provider")
	if err != nil {
		return "", err
	}
	command := exec.Command("go", "build", "-o", filepath.Join(dir, "terraform-provider-safetyculture"), "../..")
	if out, err := command.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w: %s", err, out)
	}
	return dir, nil
})

// RootDir is the repository, from this package.
var RootDir = filepath.Join("..", "..")

// ExamplesDir is where the examples are, from this package.
var ExamplesDir = filepath.Join("..", "..", "examples")
