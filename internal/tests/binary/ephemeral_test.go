package binary_test

import (
	"archive/zip"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The limit that the docs describe: if the API does not respond in time at the end of a failed run, the token stays active, and
// the CLI does not say so. Only its name shows that it is a leftover.
func TestAccEphemeral_apiThatDoesNotRespondAtTheEnd(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	w.Write("main.tf", acctest.EphemeralRun)
	w.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Call: 1, Status: 403})
	w.Emulator.Fail(emulator.Fault{Operation: "RevokeServiceUserToken", Delay: time.Hour})
	w.Expect(1, "plan")
	left := w.OnlyToken()
	if left.Status != "TOKEN_STATUS_ACTIVE" || !regexp.MustCompile(`^run ephemeral-[0-9a-f]{8}$`).MatchString(left.Name) {
		t.Errorf("left: %+v", left)
	}
	if said := w.Output.String(); strings.Contains(said, left.Name) || strings.Contains(said, left.ID) {
		t.Errorf("the CLI tells of it now, and the docs say that it does not:\n%s", said)
	}
}

// ephemeralSecrets returns the secrets of the ephemeral tokens: those that the provider's own credential created.
func ephemeralSecrets(w *acctest.Workspace) []string {
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

// kept returns everything that Terraform stores: each state file and each saved plan, the plan also unpacked and as show -json
// prints it.
func kept(w *acctest.Workspace) map[string]string {
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

// However a run ends, no ephemeral token is left, active or not, and no ephemeral secret is in state, in a plan or printed.
func TestAccEphemeral_leavesNothingBehind(t *testing.T) {
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
		"plan":                {runs: []string{"plan"}, opened: 1},
		"apply":               {runs: []string{"apply -auto-approve"}, opened: 2, keeps: []string{"terraform.tfstate", "show terraform.tfstate"}},
		"saved plan":          {runs: []string{"plan -out=a.plan", "apply a.plan", "plan -out=b.plan"}, opened: 3, keeps: []string{"terraform.tfstate", "b.plan/tfstate", "show b.plan"}},
		"destroy":             {runs: []string{"apply -auto-approve", "destroy -auto-approve"}, opened: 5, keeps: []string{"terraform.tfstate.backup"}},
		"failed plan":         {faults: []emulator.Fault{fails("ListServiceUserTokens", 1, emulator.Fault{Status: 403})}, runs: []string{"plan"}, code: 1, opened: 1},
		"failed apply":        {faults: []emulator.Fault{fails("CreateServiceUserToken", 3, emulator.Fault{Status: 403})}, runs: []string{"apply -auto-approve"}, code: 1, opened: 2},
		"lost response to it": {faults: []emulator.Fault{fails("CreateServiceUserToken", 1, emulator.Fault{Cut: emulator.CutAfter})}, runs: []string{"plan"}, code: 1, opened: 1},
		"close fails once":    {faults: []emulator.Fault{fails("DeleteServiceUserToken", 1, emulator.Fault{Status: 500})}, runs: []string{"plan"}, code: 1, opened: 1},
		"close cannot speak":  {faults: []emulator.Fault{fails("RevokeServiceUserToken", 1, emulator.Fault{Cut: emulator.CutBefore})}, runs: []string{"plan"}, code: 1, opened: 1},
		"close fails thrice": {faults: []emulator.Fault{
			fails("RevokeServiceUserToken", 1, emulator.Fault{Status: 503}), fails("RevokeServiceUserToken", 2, emulator.Fault{Status: 503}), fails("DeleteServiceUserToken", 1, emulator.Fault{Status: 503}),
		}, runs: []string{"plan"}, code: 1, opened: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.NewWorkspace(t)
			bystander, _ := w.CreateOutside("by hand")
			onlyStateAdds := w.OnlyStateAdds()
			w.Write("main.tf", acctest.EphemeralRun)
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

// At TRACE, with error responses that contain the secret, during its use and once during close. All lists fail: which of a
// run's two lists comes first is a matter of timing.
func TestAccEphemeral_secretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	noSecretIsPrinted := w.Trace()
	w.Write("main.tf", acctest.EphemeralRun)
	w.Expect(0, "apply", "-auto-approve")
	for _, operation := range []string{"ListServiceUserTokens", "RevokeServiceUserToken"} {
		revoked := false
		w.Emulator.Fail(emulator.Fault{Operation: operation, Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) {
			if revoked || operation == "ListServiceUserTokens" && len(w.Emulator.ActiveTokens()) == 1 {
				return status, body // the second revoke succeeds; no ephemeral token is open yet
			}
			revoked = operation == "RevokeServiceUserToken"
			secrets := ephemeralSecrets(w)
			return 403, fmt.Appendf(nil, `{"code":7,"message":"could not use %s"}`, secrets[len(secrets)-1])
		}})
		w.Output.Reset()
		w.Expect(1, "plan")
		acctest.ExpectContains(t, w.Output.String(), "could not use")
		w.Emulator.Heal()
	}
	noSecretIsPrinted(6)
}

// A read-only provider opens none.
func TestAccEphemeral_readOnly(t *testing.T) {
	t.Parallel()
	w := acctest.NewWorkspace(t)
	onlyStateAdds := w.OnlyStateAdds()
	w.Variables = append(w.Variables, "SAFETYCULTURE_READ_ONLY=true")
	w.Write("main.tf", acctest.EphemeralRun)
	w.Expect(1, "plan")
	onlyStateAdds()
	acctest.ExpectContains(t, w.Output.String(), "read-only")
	w.ExpectWrites()
}
