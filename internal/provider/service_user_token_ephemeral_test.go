package provider_test

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// EphemeralList configures a second provider instance with an ephemeral token, and lists with it.
const EphemeralList = `ephemeral "safetyculture_service_user_token" "run" {
  name            = "run"
  all_permissions = true
}
provider "safetyculture" {
  alias     = "run"
  api_token = ephemeral.safetyculture_service_user_token.run.token
}
data "safetyculture_service_user_tokens" "all" {
  provider = safetyculture.run
}
`

// EphemeralRun makes a token with an ephemeral one besides.
const EphemeralRun = EphemeralList + `resource "safetyculture_service_user_token" "made" {
  provider        = safetyculture.run
  name            = "made by the run"
  all_permissions = true
}`

// OpenedEphemeral is how many ephemeral tokens were made.
func (w *Workspace) OpenedEphemeral() int {
	n := 0
	for _, call := range w.Emulator.CallsOf("CreateServiceUserToken") {
		if call.Acted && call.CallerID == w.Emulator.CallerID() {
			n++
		}
	}
	return n
}

// EphemeralTokens lists those that exist, active or not.
func (w *Workspace) EphemeralTokens() []string {
	var names []string
	for _, token := range w.Emulator.Tokens() {
		if strings.Contains(token.Name, " ephemeral-") {
			names = append(names, token.Name+" "+token.Status)
		}
	}
	return names
}

// OnlyStateAdds takes the active tokens, of which state manages none yet. It returns a check of what the runs since then
// have left: the active tokens are those and the ones that state manages, and there is no ephemeral one, active or not.
func (w *Workspace) OnlyStateAdds() (check func()) {
	w.T.Helper()
	active := func() (ids []string) {
		for _, token := range w.Emulator.ActiveTokens() {
			ids = append(ids, token.ID)
		}
		return ids
	}
	before := active()
	return func() {
		w.T.Helper()
		want, got := slices.Clone(before), active()
		for _, token := range w.TokensInState() {
			want = append(want, token.ID)
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			w.T.Errorf("%d active tokens: %v; want %d, those from before and those in state: %v", len(got), got, len(want), want)
		}
		if left := w.EphemeralTokens(); len(left) > 0 {
			w.T.Errorf("left behind: %v", left)
		}
	}
}

// ephemeralSecrets are the secrets of the ephemeral tokens: of all creates, those of the provider's own credential.
func ephemeralSecrets(w *Workspace) []string {
	secrets := w.Secrets()[len(w.Outside):]
	var ephemeral []string
	for _, call := range w.Emulator.CallsOf("CreateServiceUserToken") {
		if !call.Acted {
			continue
		}
		if call.CallerID == w.Emulator.CallerID() {
			ephemeral = append(ephemeral, secrets[0])
		}
		secrets = secrets[1:]
	}
	return ephemeral
}

// kept is what Terraform keeps: each state file and each saved plan as it is stored, a plan unpacked, and as show -json has it.
func kept(w *Workspace) map[string]string {
	w.T.Helper()
	states, err := filepath.Glob(filepath.Join(w.Dir, "*.tfstate*"))
	w.Must(err)
	plans, err := filepath.Glob(filepath.Join(w.Dir, "*.plan"))
	w.Must(err)
	kept := map[string]string{}
	for _, path := range slices.Concat(states, plans) {
		name := filepath.Base(path)
		content, err := os.ReadFile(path)
		w.Must(err)
		kept[name] = string(content)
		kept["show "+name] = w.Expect(0, "show", "-json", name)
		if slices.Contains(plans, path) {
			archive, err := zip.OpenReader(path)
			w.Must(err)
			w.Must(fs.WalkDir(archive, ".", func(part string, entry fs.DirEntry, err error) error {
				if err != nil || entry.IsDir() {
					return err
				}
				content, err := fs.ReadFile(archive, part)
				kept[name+"/"+part] = string(content)
				return err
			}))
			w.Must(archive.Close())
		}
	}
	return kept
}

// However runs end, no ephemeral token is left, active or not, and the secret of none is in state, in a plan or printed.
func TestEphemeral_leavesNothingBehind(t *testing.T) {
	t.Parallel()
	fails := func(operation string, call int, fault emulator.Fault) emulator.Fault {
		fault.Operation, fault.Call = operation, call
		return fault
	}
	for name, c := range map[string]struct {
		faults []emulator.Fault
		runs   []string
		code   int      // of the last run
		opened int      // a destroy opens at its refresh, at its plan and at apply
		keeps  []string // files that hold the secret of the token that state manages
	}{
		"plan":               {runs: []string{"plan"}, opened: 1},
		"apply":              {runs: []string{"apply -auto-approve"}, opened: 2, keeps: []string{"terraform.tfstate", "show terraform.tfstate"}},
		"saved plan":         {runs: []string{"plan -out=a.plan", "apply a.plan", "plan -out=b.plan"}, opened: 3, keeps: []string{"terraform.tfstate", "b.plan/tfstate", "show b.plan"}},
		"destroy":            {runs: []string{"apply -auto-approve", "destroy -auto-approve"}, opened: 5, keeps: []string{"terraform.tfstate.backup"}},
		"failed plan":        {faults: []emulator.Fault{fails("ListServiceUserTokens", 2, emulator.Fault{Status: 403})}, runs: []string{"plan"}, code: 1, opened: 1},
		"failed apply":       {faults: []emulator.Fault{fails("CreateServiceUserToken", 3, emulator.Fault{Status: 403})}, runs: []string{"apply -auto-approve"}, code: 1, opened: 2},
		"lost answer to it":  {faults: []emulator.Fault{fails("CreateServiceUserToken", 1, emulator.Fault{Cut: emulator.CutAfter})}, runs: []string{"plan"}, code: 1, opened: 1},
		"close fails once":   {faults: []emulator.Fault{fails("DeleteServiceUserToken", 1, emulator.Fault{Status: 500})}, runs: []string{"plan"}, code: 1, opened: 1},
		"close cannot speak": {faults: []emulator.Fault{fails("RevokeServiceUserToken", 1, emulator.Fault{Cut: emulator.CutBefore})}, runs: []string{"plan"}, code: 1, opened: 1},
		"close fails thrice": {faults: []emulator.Fault{
			fails("RevokeServiceUserToken", 1, emulator.Fault{Status: 503}), fails("RevokeServiceUserToken", 2, emulator.Fault{Status: 503}), fails("DeleteServiceUserToken", 1, emulator.Fault{Status: 503}),
		}, runs: []string{"plan"}, code: 1, opened: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorkspace(t)
			bystander, _ := w.CreateOutside("by hand")
			onlyStateAdds := w.OnlyStateAdds()
			w.Write("main.tf", EphemeralRun)
			for _, fault := range c.faults {
				w.Emulator.Fail(fault)
			}
			managed := ""
			for i, run := range c.runs {
				code := 0
				if i == len(c.runs)-1 {
					code = c.code
				}
				w.Expect(code, strings.Fields(run)...)
				onlyStateAdds()
				if len(w.TokensInState()) > 0 {
					managed = w.SecretInState()
				}
			}
			if n := w.OpenedEphemeral(); n != c.opened {
				t.Errorf("opened %d times, want %d", n, c.opened)
			}
			if token, _ := w.Emulator.Token(bystander.ID); token.Status != "TOKEN_STATUS_ACTIVE" {
				t.Error("another token was touched")
			}
			for _, secret := range w.Secrets() {
				if strings.Contains(w.Output.String(), secret) {
					t.Error("a secret was printed")
				}
			}
			kept := kept(w)
			for file, content := range kept {
				for _, secret := range ephemeralSecrets(w) {
					if strings.Contains(content, secret) {
						t.Errorf("%s holds the secret of an ephemeral token", file)
					}
				}
			}
			for _, file := range c.keeps {
				if managed == "" || !strings.Contains(kept[file], managed) {
					t.Errorf("%s is not read as it should be: it lacks the secret that belongs there", file)
				}
			}
		})
	}
}

// At TRACE, with an answer that repeats the secret while it is used, and another while it is closed.
func TestEphemeral_secretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	w := NewWorkspace(t)
	noSecretIsPrinted := w.Trace()
	w.Write("main.tf", EphemeralRun)
	w.Expect(0, "apply", "-auto-approve")
	for _, operation := range []string{"ListServiceUserTokens", "RevokeServiceUserToken"} {
		said := false
		w.Emulator.Fail(emulator.Fault{Operation: operation, Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
			secrets := ephemeralSecrets(w)
			if len(w.Emulator.ActiveTokens()) == 1 && operation == "ListServiceUserTokens" || said {
				return status, body // none is open yet, or it was said
			}
			said = true
			return 403, fmt.Appendf(nil, `{"code":7,"message":"could not use %s"}`, secrets[len(secrets)-1])
		}})
		w.Output.Reset()
		w.Expect(1, "plan")
		ExpectContains(t, w.Output.String(), "could not use")
		w.Emulator.Heal()
	}
	noSecretIsPrinted(6)
}

func TestEphemeral_nameExpiryAndPermissions(t *testing.T) {
	t.Parallel()
	e := New(t, nil)
	w := WorkspaceIn(e)
	w.Serve()
	onlyStateAdds := w.OnlyStateAdds()
	var seen []emulator.Token
	w.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Before: func() { seen = append(seen, w.Emulator.ActiveTokens()...) }})
	reporting := w.Emulator.PermissionSetID("Platform administration")
	w.Write("main.tf", strings.Replace(EphemeralList, "all_permissions = true", "permission_set_ids = [\""+reporting+"\"]", 1))
	w.Expect(0, "plan")
	onlyStateAdds()
	if len(seen) != 1 || !strings.HasPrefix(seen[0].Name, "run ephemeral-") || len(seen[0].Name) != len("run ephemeral-")+8 || seen[0].InactivityExpiryDays != 31 || !slices.Equal(seen[0].PermissionSetIDs, []string{reporting}) {
		t.Errorf("opened %+v", seen)
	}
	for bad, words := range map[string]string{
		`name = "x"`: "Missing permissions",
		"name = \"x\"\n all_permissions = true\n permission_set_ids = [\"a\"]": "Conflicting permissions",
		"name = \"" + strings.Repeat("a", 81) + "\"\n all_permissions = true":  "at most 80",
		"name = \"x \"\n all_permissions = true":                               "white space",
		"name = \"x\"\n all_permissions = true\n inactivity_expiry_days = 30":  "inactivity_expiry_days",
	} {
		w.Output.Reset()
		w.Write("main.tf", "ephemeral \"safetyculture_service_user_token\" \"x\" {\n"+bad+"\n}")
		w.Expect(1, "plan")
		ExpectContains(t, strings.Join(strings.Fields(w.Output.String()), " "), words)
	}
}

// A read-only provider opens none.
func TestEphemeral_readOnly(t *testing.T) {
	t.Parallel()
	w := NewWorkspace(t)
	onlyStateAdds := w.OnlyStateAdds()
	w.Variables = append(w.Variables, "SAFETYCULTURE_READ_ONLY=true")
	w.Write("main.tf", EphemeralRun)
	w.Expect(1, "plan")
	onlyStateAdds()
	ExpectContains(t, w.Output.String(), "read-only")
	w.ExpectWrites()
}

// The example with the real binary, where each provider instance is a process of its own.
func TestEphemeral_example(t *testing.T) {
	t.Parallel()
	w := NewWorkspace(t)
	w.CreateOutside("by hand")
	onlyStateAdds := w.OnlyStateAdds()
	for i, text := range sources(t, filepath.Join(ExamplesDir, "ephemeral-resources", ResourceType)) {
		w.Write(fmt.Sprintf("example_%d.tf", i), text)
	}
	variable(w, "permission_set_ids", fmt.Sprintf("[%q]", w.Emulator.PermissionSetID("Platform administration")))
	for _, command := range []string{"plan", "apply", "destroy"} {
		args := []string{command}
		if command != "plan" {
			args = append(args, "-auto-approve")
		}
		w.Expect(0, args...)
		onlyStateAdds()
		if command == "apply" {
			ExpectContains(t, w.Expect(0, "output", "active_tokens"), "1")
		}
	}
	if w.OpenedEphemeral() < 4 {
		t.Errorf("opened %d times", w.OpenedEphemeral())
	}
}
