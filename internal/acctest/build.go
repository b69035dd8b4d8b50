package acctest

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
)

// RootDir is the folder of the repository: the nearest one above the test's with a go.mod.
var RootDir = func() string {
	dir, err := os.Getwd()
	if err != nil {
		panic(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			panic("no go.mod above the folder of the test")
		}
		dir = filepath.Dir(dir)
	}
}()

// ExamplesDir is the folder of the examples.
var ExamplesDir = filepath.Join(RootDir, "examples")

const binaryName = "terraform-provider-safetyculture"

// BuiltProvider returns a folder with the provider's binary. The test programs of all packages share one build: it is in
// .build/provider-under-test, in a folder whose name is a hash of the compiled code.
var BuiltProvider = sync.OnceValues(func() (string, error) { return buildProvider() })

// BuiltWithRaceDetector is BuiltProvider with the race detector in the binary.
var BuiltWithRaceDetector = sync.OnceValues(func() (string, error) { return buildProvider("-race") })

func buildProvider(flags ...string) (string, error) {
	id, err := goTool(append(append([]string{"list"}, flags...), "-export", "-f", "{{.BuildID}}", ".")...)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(id)
	all := filepath.Join(RootDir, ".build", "provider-under-test")
	built := filepath.Join(all, hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(filepath.Join(built, binaryName)); err == nil {
		return built, nil
	}
	// Another package may build the same binary now: each builds in its own folder, and the first to end wins.
	if err := os.MkdirAll(all, 0o755); err != nil {
		return "", err
	}
	own, err := os.MkdirTemp(all, "building-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(own) }()
	if _, err := goTool(append(append([]string{"build"}, flags...), "-o", filepath.Join(own, binaryName), ".")...); err != nil {
		return "", err
	}
	if err := os.Rename(own, built); err != nil && !errors.Is(err, os.ErrExist) {
		if _, missing := os.Stat(filepath.Join(built, binaryName)); missing != nil {
			return "", err
		}
	}
	return built, nil
}

// goTool runs the go command in the repository's folder.
func goTool(args ...string) ([]byte, error) {
	command := exec.Command("go", args...)
	command.Dir = RootDir
	out, err := command.Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			return nil, fmt.Errorf("go %v: %w: %s", args, err, exit.Stderr)
		}
		return nil, fmt.Errorf("go %v: %w", args, err)
	}
	return out, nil
}
