package docs_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// workflow is the part of a GitHub workflow that the tests run.
type workflow struct {
	Env  map[string]string
	Jobs map[string]workflowJob
}

type workflowJob struct {
	Environment string
	If          string
	Env         map[string]string
	Outputs     map[string]string
	Steps       []struct {
		ID, Uses, Run, If string
		Env               map[string]string
	}
}

func readWorkflow(t *testing.T, example string) workflow {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, example, "github-actions.yml"))
	if err != nil {
		t.Fatal(err)
	}
	var w workflow
	if err := yaml.Unmarshal(text, &w); err != nil {
		t.Fatal(err)
	}
	return w
}

// repository is a folder that is checked out by jobs, each on a fresh machine.
type repository struct {
	*newcomer
	dir    string
	values map[string]string // what expressions such as secrets.NAME stand for
}

// job runs the commands of a job in a fresh copy of the repository, and returns the job's outputs, what it prints, and whether
// it succeeds.
func (r *repository) job(w workflow, name string, edit func(command string) string) (outputs map[string]string, said string, ok bool) {
	r.T.Helper()
	job, is := w.Jobs[name]
	if !is {
		r.T.Fatalf("there is no job %s", name)
	}
	runner, temp := r.T.TempDir(), r.T.TempDir()
	r.Must(os.CopyFS(runner, os.DirFS(r.dir)))
	known, out := map[string]string{}, filepath.Join(temp, "outputs")
	for name, value := range r.values {
		known[name] = value
	}
	var all bytes.Buffer
	ok = true
	for _, step := range job.Steps {
		if step.Run == "" || !ok {
			continue // checkout, and the CLI, are there
		}
		r.Must(os.WriteFile(out, nil, 0o600))
		command := r.Command(r.T.Context())
		bash, err := exec.LookPath("bash")
		r.Must(err)
		script := step.Run
		if edit != nil {
			script = edit(script)
		}
		command.Path, command.Args, command.Dir = bash, []string{"bash", "-e", "-o", "pipefail", "-c", script}, runner
		command.Env = append(command.Env, "RUNNER_TEMP="+temp, "GITHUB_OUTPUT="+out)
		for _, env := range []map[string]string{w.Env, job.Env, step.Env} {
			for name, value := range env {
				command.Env = append(command.Env, name+"="+r.evaluated(value, known))
			}
		}
		command.Stdout, command.Stderr = &all, &all
		var exit *exec.ExitError
		if err := command.Run(); errors.As(err, &exit) {
			ok = false
		} else {
			r.Must(err)
		}
		written, err := os.ReadFile(out)
		r.Must(err)
		for line := range strings.Lines(string(written)) {
			name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "=")
			known["steps."+step.ID+".outputs."+name] = value
		}
	}
	outputs = map[string]string{}
	for name, value := range job.Outputs {
		if ok {
			outputs[name] = r.evaluated(value, known)
		}
	}
	r.noStateOnRunner(runner)
	return outputs, all.String(), ok
}

var expression = regexp.MustCompile(`\$\{\{ *([^}]+?) *\}\}`)

// evaluated replaces the expressions in a value. One that nobody gave a value is an error.
func (r *repository) evaluated(value string, known map[string]string) string {
	r.T.Helper()
	return expression.ReplaceAllStringFunc(value, func(text string) string {
		name := expression.FindStringSubmatch(text)[1]
		result, is := known[name]
		if !is {
			r.T.Fatalf("%s has no value", name)
		}
		return result
	})
}

// noStateOnRunner fails if a job left a state or a plan in the folder that it worked in.
func (r *repository) noStateOnRunner(runner string) {
	r.T.Helper()
	entries, err := os.ReadDir(runner)
	r.Must(err)
	for _, entry := range entries {
		if strings.Contains(entry.Name(), ".tfstate") || strings.Contains(entry.Name(), "plan") {
			r.T.Errorf("a job leaves %s", entry.Name())
		}
	}
}

// stateOf returns the ids of the tokens in a state.
func (r *repository) stateOf(file string) (ids []string) {
	r.T.Helper()
	text, err := os.ReadFile(file)
	r.Must(err)
	var state struct {
		Resources []struct {
			Type, Mode string
			Instances  []struct{ Attributes struct{ ID string } }
		}
	}
	r.Must(json.Unmarshal(text, &state))
	for _, resource := range state.Resources {
		for _, instance := range resource.Instances {
			if resource.Type == acctest.ResourceType && resource.Mode == "managed" {
				ids = append(ids, instance.Attributes.ID)
			}
		}
	}
	return ids
}
