package docs_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// newRepository is a repository whose provider is where init finds it, put there by the commands of the guide. A local backend
// stands for the remote one of the examples.
func newRepository(t *testing.T, example string) (r *repository, states string) {
	t.Helper()
	r = &repository{newcomer: newNewcomer(t), dir: t.TempDir()}
	guide := pageOf(t, "docs/guides/run-in-ci.md")
	here := strings.NewReplacer("GOOS=linux", "GOOS="+runtime.GOOS, "GOARCH=amd64", "GOARCH="+runtime.GOARCH, "linux_amd64", runtime.GOOS+"_"+runtime.GOARCH)
	install, lock := here.Replace(guide.shell(0)), here.Replace(guide.shell(1))
	if acctest.UsedCLI(t).Tofu {
		lock = strings.ReplaceAll(lock, "registry.terraform.io", "registry.opentofu.org") // as the guide says
	}
	if !strings.HasPrefix(install, "make install GOOS=") || !strings.Contains(lock, "PATH/OF/THE/CLONE/.build/") {
		t.Fatalf("the guide installs otherwise:\n%s\n%s", install, lock)
	}
	r.run(acctest.RootDir, install)
	main, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, example, "main.tf"))
	r.Must(err)
	r.write("main.tf", string(main))
	r.run(r.dir, strings.ReplaceAll(lock, "PATH/OF/THE/CLONE/.build/", r.build+"/"))
	states = t.TempDir()
	return r, states
}

func (r *repository) write(name, content string) {
	r.T.Helper()
	file := filepath.Join(r.dir, name)
	r.Must(os.MkdirAll(filepath.Dir(file), 0o700))
	r.Must(os.WriteFile(file, []byte(content), 0o600))
}

// organization gives the jobs the credential of an organization.
func (r *repository) organization(id, bearer string) {
	r.values = map[string]string{
		"secrets.SAFETYCULTURE_API_TOKEN": bearer, "vars.SAFETYCULTURE_BASE_URL": r.URL, "vars.SAFETYCULTURE_ORGANIZATION_ID": id,
		"secrets.DRIFT_WEBHOOK_URL": "",
	}
}

// The workflows of one organization, each job on a machine of its own: a pull request changes nothing, the first apply makes
// the token, and the next run finds it. What changed after the review is not applied, and without a backend nothing is.
func TestAccDocs_runInCI(t *testing.T) {
	t.Parallel()
	r, states := newRepository(t, "apply")
	state := filepath.Join(states, "terraform.tfstate")
	r.write("backend_override.tf", "terraform {\n  backend \"local\" {\n    path = \""+filepath.ToSlash(state)+"\"\n  }\n}\n")
	script, err := os.ReadFile(filepath.Join(acctest.ExamplesDir, "drift-detection", "detect-drift.sh"))
	r.Must(err)
	r.write("detect-drift.sh", string(script))
	r.organization(r.Emulator.OrganizationID(), r.Emulator.Bearer())
	review, apply, drift := readWorkflow(t, "pull-requests"), readWorkflow(t, "apply"), readWorkflow(t, "drift-detection")
	must := func(w workflow, job string) map[string]string {
		t.Helper()
		outputs, said, ok := r.job(w, job, nil)
		if !ok {
			t.Fatalf("the job %s fails:\n%s", job, said)
		}
		return outputs
	}

	must(review, "validate")
	must(review, "plan")
	planned := must(apply, "plan")
	if r.ExpectWrites(); planned["changes"] != "true" || apply.Jobs["apply"].If != "needs.plan.outputs.changes == 'true'" {
		t.Fatalf("the first plan says %v, and apply runs if %s", planned, apply.Jobs["apply"].If)
	}
	r.values["needs.plan.outputs.digest"] = planned["digest"]
	must(apply, "apply")
	first := r.OnlyToken()
	if ids := r.stateOf(state); !slices.Equal(ids, []string{first.ID}) {
		t.Errorf("the state has %v, and the token is %s", ids, first.ID)
	}

	if again := must(apply, "plan"); again["changes"] != "false" {
		t.Errorf("the second run says %v", again)
	}
	must(drift, "drift")
	if now := r.OnlyToken(); now.ID != first.ID {
		t.Error("the second run made another token")
	}

	// A token that is revoked after the review gets no new secret that nobody reviewed.
	renamed := "renamed"
	r.Must(r.Emulator.EditToken(first.ID, emulator.TokenEdit{Name: &renamed}))
	planned = must(apply, "plan")
	r.Must(r.Emulator.RevokeToken(first.ID))
	r.values["needs.plan.outputs.digest"] = planned["digest"]
	r.Emulator.ForgetCalls()
	if _, said, ok := r.job(apply, "apply", nil); ok || !strings.Contains(said, "this is not the plan that was reviewed") {
		t.Errorf("applied %t:\n%s", ok, said)
	}
	r.ExpectWrites()
	r.values["needs.plan.outputs.digest"] = must(apply, "plan")["digest"]
	must(apply, "apply")
	if now := r.OnlyToken(); now.ID == first.ID || now.Name != "warehouse-sync" {
		t.Errorf("after the review of the new plan there is %v", now)
	}

	r.Must(os.Remove(filepath.Join(r.dir, "backend_override.tf")))
	r.withoutBackend()
	r.Emulator.ForgetCalls()
	if _, said, ok := r.job(apply, "plan", nil); ok || !strings.Contains(said, "set a backend") {
		t.Errorf("planned %t without a backend:\n%s", ok, said)
	}
	if calls := r.Emulator.Calls(); len(calls) > 0 {
		t.Errorf("without a backend there were %d calls", len(calls))
	}
}

// withoutBackend takes the backend out of the configuration.
func (r *repository) withoutBackend() {
	r.T.Helper()
	content, err := os.ReadFile(filepath.Join(r.dir, "main.tf"))
	r.Must(err)
	before, rest, found := strings.Cut(string(content), "  backend \"s3\" {\n")
	_, after, closed := strings.Cut(rest, "\n  }\n")
	if !found || !closed {
		r.T.Fatal("the example has no backend")
	}
	r.write("main.tf", before+after)
}

// The workflow of many organizations, twice, each job on a machine of its own: one token and one state for each organization.
func TestAccDocs_manyOrganizations(t *testing.T) {
	t.Parallel()
	r, states := newRepository(t, "organization-per-state")
	w := readWorkflow(t, "organization-per-state")
	r.write("backend_override.tf", "terraform {\n  backend \"local\" {}\n}\n")
	other, otherBearer := r.Emulator.AddOrganization()
	bearers := map[string]string{"emea": r.Emulator.Bearer(), "apac": otherBearer}
	r.write("organizations/emea.tfvars", "organization_id = \""+r.Emulator.OrganizationID()+"\"\n")
	r.write("organizations/apac.tfvars", "organization_id = \""+other+"\"\n")
	local := func(command string) string { // the argument by which states of the local backend differ
		return strings.ReplaceAll(command, "key=tokens/", "path="+filepath.ToSlash(states)+"/")
	}
	apply := func() (failed []string) {
		t.Helper()
		r.organization("", "")
		outputs, said, ok := r.job(w, "find", nil)
		var names []string
		if err := json.Unmarshal([]byte(outputs["names"]), &names); err != nil || !ok {
			t.Fatalf("%v\n%s", err, said)
		}
		for _, name := range names {
			r.organization("", bearers[name])
			r.values["matrix.organization"] = name
			if _, said, ok := r.job(w, "apply", local); !ok {
				failed = append(failed, said)
			}
		}
		return failed
	}
	for range 2 {
		if failed := apply(); len(failed) > 0 {
			t.Fatal(failed)
		}
	}
	for name, want := range map[string]int{"CreateServiceUserToken": 2} {
		if made := len(r.Emulator.CallsOf(name)); made != want {
			t.Errorf("two runs called %s %d times, want %d", name, made, want)
		}
	}
	for _, name := range []string{"emea", "apac"} {
		if ids := r.stateOf(filepath.Join(states, name+".tfstate")); len(ids) != 1 {
			t.Errorf("the state of %s has %v", name, ids)
		}
	}

	r.Must(os.Remove(filepath.Join(r.dir, "backend_override.tf")))
	r.withoutBackend()
	r.Emulator.ForgetCalls()
	if failed := apply(); len(failed) != 2 || !strings.Contains(failed[0], "set a backend") || len(r.Emulator.Calls()) > 0 {
		t.Errorf("without a backend: %d calls, and %v", len(r.Emulator.Calls()), failed)
	}
}
