package examples_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// The script of the drift guide, as a job runs it: its output, its exit code, and what it posts.
func TestAccBinary_detectDrift(t *testing.T) {
	t.Parallel()
	renamed := "renamed"
	for name, c := range map[string]struct {
		happens func(w *acctest.Workspace, id string)
		code    int
		says    []string
	}{
		"nothing":  {func(*acctest.Workspace, string) {}, 0, []string{"quiet: "}},
		"mere use": {func(w *acctest.Workspace, id string) { w.Must(w.Emulator.UseToken(id)) }, 0, []string{"quiet: "}},
		"rename": {func(w *acctest.Workspace, id string) {
			w.Must(w.Emulator.EditToken(id, emulator.TokenEdit{Name: &renamed}))
		}, 2, []string{"Drift detected (update)", "Plan to update"}},
		"revocation":   {func(w *acctest.Workspace, id string) { w.Must(w.Emulator.RevokeToken(id)) }, 2, []string{"Drift detected (update)", "Plan to replace", "It rotates because it was found revoked"}},
		"regenerate":   {func(w *acctest.Workspace, id string) { w.RegenerateOutside(id) }, 2, []string{"Drift detected (update)", "Plan to replace"}},
		"kept":         {func(w *acctest.Workspace, id string) { w.Must(w.Emulator.RevokeToken(id)) }, 0, []string{"quiet: ", `Token "t" is revoked and kept`}},
		"expires soon": {func(*acctest.Workspace, string) {}, 0, []string{"quiet: ", `Token "t" expires soon`}},
		"deletion": {func(w *acctest.Workspace, id string) {
			w.Must(w.Emulator.RevokeToken(id))
			w.Must(w.Emulator.DeleteToken(id))
		}, 2, []string{"Drift detected (delete)", "Plan to create"}},
		"overdue":    {func(*acctest.Workspace, string) {}, 2, []string{"Drift detected (update)", "Plan to replace", "(its secret is 100 days old)"}},
		"outputs":    {func(w *acctest.Workspace, _ string) { w.Write("outputs.tf", someOutputs) }, 2, []string{"drift: ", "- output.plain: Plan to create", "- output.token: Plan to create"}},
		"command":    {func(w *acctest.Workspace, id string) { w.Must(w.Emulator.RevokeToken(id)) }, 2, []string{`Token "<!here> & "co"" will have a new secret`}},
		"credential": {func(w *acctest.Workspace, _ string) { w.Variables[0] = "SAFETYCULTURE_API_TOKEN=wrong-but-secret" }, 1, []string{"error: ", `Cannot read token "t"`, "401"}},
		"creating":   {func(w *acctest.Workspace, _ string) { w.Write("ephemeral.tf", acctest.EphemeralRun) }, 1, []string{"error: ", "The provider is read-only"}},
		"broken":     {func(w *acctest.Workspace, _ string) { w.Write("main.tf", "resource {") }, 1, []string{"error: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := driftJob(t)
			switch name {
			case "overdue":
				w.Write("main.tf", strings.Replace(longLived, "= 200", "= 90", 1))
			case "kept":
				w.Write("main.tf", strings.Replace(longLived, "\n", "\n  on_revoked = \"keep\"\n", 1))
			case "command":
				w.Write("main.tf", strings.Replace(longLived, `"t"`, `"<!here> & \"co\""`, 1))
			case "expires soon":
				w.Write("main.tf", longLived+"\nprovider \"safetyculture\" {\n  expiry_warning_days = 90\n}")
			}
			w.Expect(0, "apply", "-auto-approve")
			id := w.OnlyToken().ID
			w.ago.Store(0)
			c.happens(w.Workspace, id)
			w.Emulator.ForgetCalls()
			files, output := w.files(), w.detectDrift(c.code)
			acctest.ExpectContains(t, output, c.says...)
			w.ExpectWrites()
			if after := w.files(); after != files {
				t.Errorf("files before:\n%s\nand after:\n%s", files, after)
			}
			for _, secret := range append(w.Secrets(), w.Emulator.Bearer(), "wrong-but-secret", "webhook-secret", "value-of-an-output") {
				if strings.Contains(output, secret) {
					t.Errorf("a secret is in the output:\n%s", output)
				}
			}
			w.expectPosted(c.code, output)
		})
	}
}

// How the script reads the lines of plans by Terraform and OpenTofu.
func TestAccDetectDrift_lines(t *testing.T) {
	t.Parallel()
	const summary = `{"@message":"Plan: 0 to add","type":"change_summary"}`
	diagnostic := func(address string) string {
		return `{"@message":"Warning: Summary","type":"diagnostic","diagnostic":{"address":"` + address + `","detail":"What it quotes. More."}}`
	}
	for name, c := range map[string]struct {
		lines []string
		exits int
		code  int
		want  string
	}{
		"an action": {
			[]string{`{"@message":"planned action invocation: action.x.y","type":"planned_action_invocation","invocation":{"action":{"addr":"action.x.y"}}}`, summary},
			2, 2, "drift: something differs in here\n- planned action invocation: action.x.y",
		},
		"outputs of OpenTofu, and none but names": {
			[]string{`{"@message":"Outputs: 4","outputs":{"same":{"sensitive":false,"action":"noop"},"a":{"sensitive":true,"deprecated":"use \"c\"","action":"update"},"sensitive":{"sensitive":false,"action":"delete"},"b":{"sensitive":false,"type":"string","value":"hidden"}},"type":"outputs"}`, summary},
			2, 2, "drift: something differs in here\n- output.a: Plan to update\n- output.sensitive: Plan to delete",
		},
		"ours": {
			[]string{
				diagnostic(`safetyculture_service_user_token.a`), diagnostic(`module.m[0].module.n[\"k.[\"].data.safetyculture_permission_set.a[\"k\"]`),
				diagnostic(`provider[\"registry.terraform.io/safetyculture-community/safetyculture\"].emea`), summary,
			}, 0, 0,
			"quiet: nothing to apply in here\n- Warning: Summary (safetyculture_service_user_token.a): What it quotes\n" +
				"- Warning: Summary (module.m[0].module.n[\"k.[\"].data.safetyculture_permission_set.a[\"k\"]): What it quotes\n" +
				"- Warning: Summary (provider[\"registry.terraform.io/safetyculture-community/safetyculture\"].emea): What it quotes",
		},
		"another provider's": {
			[]string{
				diagnostic(`module.safetyculture_tokens.vault_a.b`), diagnostic(`vault_a.safetyculture_b[\".safetyculture_c\"]`),
				diagnostic(`module.m[\".safetyculture_a\"].vault_a.b`), diagnostic(`provider[\"registry.terraform.io/safetyculture/vault\"]`), summary,
			}, 0, 0,
			"quiet: nothing to apply in here\n- Warning: Summary (module.safetyculture_tokens.vault_a.b)\n- Warning: Summary (vault_a.safetyculture_b[\".safetyculture_c\"])\n" +
				"- Warning: Summary (module.m[\".safetyculture_a\"].vault_a.b)\n- Warning: Summary (provider[\"registry.terraform.io/safetyculture/vault\"])",
		},
		"a program that died": {nil, 2, 1, "error: whether anything differs in here could not be found out"},
		"a plan that died":    {[]string{diagnostic("vault_a.b")}, 0, 1, "error: whether anything differs in here could not be found out\n- Warning: Summary (vault_a.b)"},
		"a signal":            {[]string{summary}, 137, 1, "error: whether anything differs in here could not be found out"},
		"outputs of no kind that is known": {
			[]string{`{"type":"outputs","outputs":"what jq would quote"}`, summary}, 0, 1,
			"error: whether anything differs in here could not be found out\n- What the plan says could not be read.",
		},
		"jq fails like drift": {[]string{summary}, 0, 1, "error: whether anything differs in here could not be found out\n- What the plan says could not be read.\nerror: the message could not be posted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := driftJob(t)
			w.program("terraform", fmt.Sprintf("cat <<'LINES'\n%s\nLINES\nexit %d", strings.Join(c.lines, "\n"), c.exits))
			w.Variables = append(w.Variables, "TERRAFORM="+filepath.Join(w.Dir, "terraform"), "DRIFT_NAME=here")
			if strings.HasPrefix(name, "jq") {
				w.program("jq", "exit 2")
				w.Variables = append(w.Variables, "PATH="+w.Dir+":"+os.Getenv("PATH"))
			}
			if got := strings.TrimSuffix(w.detectDrift(c.code), "\n"); got != c.want {
				t.Errorf("it says:\n%s\nwant:\n%s", got, c.want)
			}
		})
	}
}

// The script reports a failing webhook, and keeps its exit code.
func TestAccBinary_detectDriftWithABrokenWebhook(t *testing.T) {
	t.Parallel()
	w := driftJob(t)
	w.Variables = append(w.Variables, "DRIFT_WEBHOOK_URL=http://127.0.0.1:1/webhook-secret")
	output := w.detectDrift(2) // nothing is applied yet
	acctest.ExpectContains(t, output, "Plan to create", "error: the message could not be posted")
	if strings.Contains(output, "webhook-secret") {
		t.Error(output)
	}
}

const longLived = `resource "safetyculture_service_user_token" "test" {
  name                   = "t"
  all_permissions        = true
  inactivity_expiry_days = 180
  rotate_after_days      = 200
}`

const someOutputs = `output "plain" {
  value = "value-of-an-output"
}
output "token" {
  value     = safetyculture_service_user_token.test.token
  sensitive = true
}`

// driftWorkspace is a workspace whose emulator's clock can be set back.
type driftWorkspace struct {
	*acctest.Workspace
	ago    *atomic.Int64 // how many days
	posted *atomic.Value // the text that the job posted
}

// driftJob returns a workspace whose token, once applied, is 100 days old, and a webhook.
func driftJob(t *testing.T) driftWorkspace {
	t.Helper()
	ago, posted := &atomic.Int64{}, &atomic.Value{}
	ago.Store(100)
	w := acctest.NewWorkspace(t, func(o *emulator.Options) {
		o.Now = func() time.Time { return time.Now().AddDate(0, 0, -int(ago.Load())) }
	})
	w.Write("main.tf", longLived)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		var message struct{ Text string }
		if err := json.Unmarshal(body, &message); err != nil || req.URL.Path != "/webhook-secret" {
			t.Errorf("%s: %v: %s", req.URL.Path, err, body)
		}
		posted.Store(message.Text)
	}))
	t.Cleanup(server.Close)
	w.Variables = append(w.Variables, "DRIFT_WEBHOOK_URL="+server.URL+"/webhook-secret", "DRIFT_NAME=a\\b \"c\"", "no_proxy=127.0.0.1", "TERRAFORM="+w.CLI)
	return driftWorkspace{w, ago, posted}
}

// detectDrift runs the script and returns what it prints.
func (w driftWorkspace) detectDrift(code int) string {
	w.T.Helper()
	script, err := filepath.Abs(filepath.Join(acctest.ExamplesDir, "drift-detection", "detect-drift.sh"))
	w.Must(err)
	command := w.Command(w.T.Context(), "")
	command.Path, err = exec.LookPath("bash")
	w.Must(err)
	command.Args = []string{"bash", script}
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	var exit *exec.ExitError
	if err := command.Run(); err != nil && !errors.As(err, &exit) {
		w.T.Fatal(err)
	}
	if got := command.ProcessState.ExitCode(); got != code {
		w.T.Fatalf("exit code %d, want %d\n%s", got, code, &output)
	}
	return output.String()
}

// expectPosted fails unless the job's output was posted, as plain text. Without drift, nothing must be posted.
func (w driftWorkspace) expectPosted(code int, output string) {
	w.T.Helper()
	want := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.TrimSuffix(output, "\n"))
	if code == 0 {
		want = "" // nobody wants to hear of it
	}
	if text, _ := w.posted.Load().(string); text != want {
		w.T.Errorf("posted:\n%s\nwant:\n%s", text, want)
	}
}

// program puts a program of the test's own into the workspace.
func (w driftWorkspace) program(name, script string) {
	w.T.Helper()
	w.Must(os.WriteFile(filepath.Join(w.Dir, name), []byte("#!/usr/bin/env bash\n"+script+"\n"), 0o700))
}

// files lists what is in the workspace and in its folder for temporary files.
func (w driftWorkspace) files() string {
	w.T.Helper()
	var list strings.Builder
	for _, dir := range []string{w.Dir, w.Temp} {
		entries, err := os.ReadDir(dir)
		w.Must(err)
		for _, entry := range entries {
			list.WriteString(entry.Name() + "\n")
		}
	}
	return list.String()
}
