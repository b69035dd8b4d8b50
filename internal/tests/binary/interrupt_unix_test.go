//go:build unix

package binary_test

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// Ctrl-C reaches Terraform and the provider alike, at each point of each lifecycle: before a call is carried out, and
// after it, before the response arrives. The next apply converges: Terraform knows every active token, and the secret in state
// works.
func TestAccBinary_interrupted(t *testing.T) {
	t.Parallel()
	const config = `resource "safetyculture_service_user_token" "test" {
  name              = %q
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { n = %q }
}`
	r := acctest.NewReader()
	encrypted := func(method string) string {
		return strings.Replace(fmt.Sprintf(config, "t", method, "1"), "\n}", fmt.Sprintf("\n  age_recipients = [%q]\n}", r.Age), 1)
	}
	for name, c := range map[string]struct {
		before, after string // configurations; empty is none
		operations    []string
	}{
		"encrypted create":    {"", encrypted("replace"), []string{"CreateServiceUserToken"}},
		"readers, regenerate": {fmt.Sprintf(config, "t", "regenerate", "1"), encrypted("regenerate"), []string{"RevokeServiceUserToken", "RegenerateServiceUserToken"}},
		"create":              {"", fmt.Sprintf(config, "t", "replace", "1"), []string{"WhoAmI", "CreateServiceUserToken"}},
		"update":              {fmt.Sprintf(config, "t", "replace", "1"), fmt.Sprintf(config, "u", "replace", "1"), []string{"UpdateServiceUserToken"}},
		"replace":             {fmt.Sprintf(config, "t", "replace", "1"), fmt.Sprintf(config, "t", "replace", "2"), []string{"DeleteServiceUserToken", "CreateServiceUserToken"}},
		"regenerate":          {fmt.Sprintf(config, "t", "regenerate", "1"), fmt.Sprintf(config, "t", "regenerate", "2"), []string{"RevokeServiceUserToken", "RegenerateServiceUserToken"}},
		"destroy":             {fmt.Sprintf(config, "t", "replace", "1"), "", []string{"RevokeServiceUserToken", "DeleteServiceUserToken"}},
	} {
		for _, operation := range c.operations {
			for _, acted := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s/%s/acted=%t", name, operation, acted), func(t *testing.T) {
					t.Parallel()
					w := acctest.NewWorkspace(t)
					defer expectUntouched(w)
					if c.before != "" {
						w.Write("main.tf", c.before)
						w.Expect(0, "apply", "-auto-approve")
					}
					w.Write("main.tf", c.after)
					w.Emulator.ForgetCalls()
					interrupted(w, operation, 1, acted)
					made := len(w.Emulator.CallsOf("CreateServiceUserToken"))
					w.Emulator.Heal()
					w.Expect(0, "apply", "-auto-approve")
					if c.after == "" {
						if left := len(w.Emulator.Tokens()) - len(w.Outside); left != 0 {
							t.Errorf("left: %d", left)
						}
						return
					}
					secret := w.SecretInState()
					if secret == "" {
						w.Write("output.tf", "output \"encrypted\" { value = safetyculture_service_user_token.test.encrypted_token }")
						w.Expect(0, "apply", "-auto-approve")
						secret = readOutputs(w, r)
					}
					if token := w.OnlyToken(); token.Status != "TOKEN_STATUS_ACTIVE" || !w.Emulator.Accepts(secret) {
						t.Error("the secret in state does not work")
					}
					w.Expect(0, "plan", "-detailed-exitcode")
					if made > 1 {
						t.Errorf("one run sent %d creates", made)
					}
				})
			}
		}
	}
}

// With an ephemeral token: while it is created, used and closed, at plan and at apply, which opens another one.
func TestAccBinary_interruptedWithAnEphemeralToken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		operation          string
		call, opened, made int // what the run has opened, and made with it, when it ends
	}{
		"opening in plan":   {"CreateServiceUserToken", 1, 1, 0},
		"in use in plan":    {"ListServiceUserTokens", 1, 1, 0},
		"revoking in plan":  {"RevokeServiceUserToken", 1, 1, 0},
		"deleting in plan":  {"DeleteServiceUserToken", 1, 1, 0},
		"opening in apply":  {"CreateServiceUserToken", 2, 2, 0},
		"in use in apply":   {"CreateServiceUserToken", 3, 2, 1},
		"revoking in apply": {"RevokeServiceUserToken", 2, 2, 1},
		"deleting in apply": {"DeleteServiceUserToken", 2, 2, 1},
	} {
		for _, acted := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/acted=%t", name, acted), func(t *testing.T) {
				t.Parallel()
				w := acctest.NewWorkspace(t)
				onlyStateAdds := w.OnlyStateAdds()
				w.Write("main.tf", acctest.EphemeralRun)
				interrupted(w, c.operation, c.call, acted)
				onlyStateAdds()
				opened := w.OpenedEphemeral()
				if made := len(w.Emulator.CallsOf("CreateServiceUserToken")) - opened; opened != c.opened || made != c.made {
					t.Errorf("interrupted elsewhere: %d opened, want %d; %d made with it, want %d", opened, c.opened, made, c.made)
				}
				w.Emulator.Heal()
				w.Expect(0, "apply", "-auto-approve")
				onlyStateAdds()
			})
		}
	}
}

// expectUntouched fails if a token of the other run was revoked, edited or deleted.
func expectUntouched(w *acctest.Workspace) {
	w.T.Helper()
	if len(w.Outside) == 0 {
		w.T.Error("no other run was at work")
	}
	for _, id := range w.Outside {
		if now, ok := w.Emulator.Token(id); !ok || now.Status != "TOKEN_STATUS_ACTIVE" || now.Name != "t" {
			w.T.Errorf("token %s of another run was touched", id)
		}
	}
}

// interrupted runs apply and presses Ctrl-C at one call of the operation: before the API carries it out, or after.
func interrupted(w *acctest.Workspace, operation string, call int, acted bool) {
	w.T.Helper()
	command := w.Command(w.T.Context(), "apply", "-auto-approve")
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // a terminal's Ctrl-C reaches the whole group
	command.Stdout, command.Stderr = &w.Output, &w.Output
	w.Must(command.Start())
	group := -command.Process.Pid
	press := func() {
		w.CreateOutside("t") // by another run with the same credential, at this moment
		_ = syscall.Kill(group, syscall.SIGINT)
	}
	// The response takes long enough for Terraform to pass the interrupt on to the provider first.
	fault := emulator.Fault{Operation: operation, Call: call, Delay: 500 * time.Millisecond, DelayAfter: acted}
	if acted {
		fault.After = press
	} else {
		fault.Before = press
	}
	w.Emulator.Fail(fault) // long before the CLI is up and calls
	err := command.Wait()
	if _, exited := err.(*exec.ExitError); err != nil && !exited { //nolint:errorlint // Wait returns it unwrapped
		w.T.Fatal(err)
	}
	acctest.ExpectContains(w.T, strings.ToLower(w.Output.String()), "interrupt received")
}
