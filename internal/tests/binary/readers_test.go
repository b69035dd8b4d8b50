package binary_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// encryptedToken is a configuration of a token, and its outputs.
func encryptedToken(method, lifecycle, trigger, arguments string) string {
	return fmt.Sprintf(`resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotation_method   = %q
  rotation_triggers = { a = %q }
  %s
  lifecycle {
    create_before_destroy = %s
  }
}
output "token" {
  value     = safetyculture_service_user_token.test.token
  sensitive = true
}
output "encrypted" { value = safetyculture_service_user_token.test.encrypted_token }
output "boxes"     { value = safetyculture_service_user_token.test.sealed_box_tokens }
`, method, trigger, arguments, lifecycle)
}

// readOutputs is what a reader makes of the outputs: all of them must hold the one secret.
func readOutputs(w *acctest.Workspace, r *acctest.Reader) string {
	w.T.Helper()
	var outputs struct {
		Token, Encrypted struct{ Value string }
		Boxes            struct{ Value map[string]string }
	}
	w.Must(json.Unmarshal([]byte(w.Expect(0, "output", "-json")), &outputs))
	if r == nil {
		return outputs.Token.Value
	}
	secret := r.ReadAge(outputs.Encrypted.Value)
	for _, sealed := range outputs.Boxes.Value {
		if r.ReadBox(sealed) != secret {
			w.T.Error("a box holds another secret than the age file")
		}
	}
	if outputs.Token.Value != "" {
		w.T.Error("token is not null")
	}
	return secret
}

func allReaders(r *acctest.Reader) string {
	return fmt.Sprintf(`age_recipients         = [%q, %q]
  sealed_box_public_keys = { a = %q, b = %q }`, r.Age, r.SSH, r.Box, r.Box)
}

// Rotated by each reason with each method: the reader has a secret that works, and the previous one does not.
func TestAccReaders_rotation(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct{ method, createFirst string }{
		"destroy first": {"replace", "false"}, "create first": {"replace", "true"}, "regenerate": {"regenerate", "false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.WorkspaceIn(acctest.New(t))
			w.Serve()
			r := acctest.NewReader()
			days := "rotate_after_days = 10\n  " + allReaders(r)
			w.Write("main.tf", encryptedToken(way.method, way.createFirst, "1", days))
			w.Expect(0, "apply", "-auto-approve")
			for _, reason := range []struct {
				name    string
				happens func()
				more    []string
			}{
				{name: "trigger", happens: func() { w.Write("main.tf", encryptedToken(way.method, way.createFirst, "2", days)) }},
				{name: "due", happens: func() { w.Clock.Advance(10 * acctest.Day) }},
				{name: "revoked", happens: func() { w.Must(w.Emulator.RevokeToken(w.ActiveIDs()[0])) }},
				{name: "expired", happens: func() { w.Clock.Advance(45 * acctest.Day) }},
				{name: "superseded", happens: func() { w.RegenerateOutside(w.ActiveIDs()[0]) }},
				{name: "asked for", happens: func() {}, more: []string{"-replace=" + acctest.Address}},
			} {
				before := readOutputs(w, r)
				if !w.Emulator.Accepts(before) {
					t.Fatalf("%s: the secret does not work before", reason.name)
				}
				reason.happens()
				w.Expect(0, append([]string{"apply", "-auto-approve"}, reason.more...)...)
				w.Expect(0, "plan", "-detailed-exitcode")
				if after := readOutputs(w, r); after == before || !w.Emulator.Accepts(after) || w.Emulator.Accepts(before) {
					t.Errorf("%s: the secrets are not as they should be", reason.name)
				}
			}
			if found, _ := w.SecretsInStateFiles(); found > 0 {
				t.Errorf("%d secrets in state", found)
			}
			w.Expect(0, "destroy", "-auto-approve")
		})
	}
}

// Readers come, change and go: the CLI accepts each plan and each state, and the plan says what happens.
func TestAccReaders_comeChangeAndGo(t *testing.T) {
	t.Parallel()
	for name, way := range map[string]struct{ method, createFirst string }{
		"destroy first": {"replace", "false"}, "create first": {"replace", "true"}, "regenerate": {"regenerate", "false"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.WorkspaceIn(acctest.New(t))
			w.Serve()
			r, other := acctest.NewReader(), acctest.NewReader()
			for i, step := range []struct {
				arguments string
				reader    *acctest.Reader
				says      []string
			}{
				{"", nil, nil},
				{allReaders(r), r, []string{"will have other readers", "SHA256:", "token becomes null"}},
				{allReaders(other), other, []string{"will have other readers"}},
				{fmt.Sprintf("age_recipients = [%q]", r.SSH), r, nil},
				{"", nil, []string{"in state in clear"}},
			} {
				w.Write("main.tf", encryptedToken(way.method, way.createFirst, "1", step.arguments))
				w.Output.Reset()
				w.Expect(0, "apply", "-auto-approve", "-no-color")
				acctest.ExpectContains(t, unwrapped(w.Output.String()), step.says...)
				if i > 0 && way.method == "replace" {
					acctest.ExpectContains(t, w.Output.String(), "# forces replacement")
				}
				w.Expect(0, "plan", "-detailed-exitcode")
				if secret := readOutputs(w, step.reader); !w.Emulator.Accepts(secret) {
					t.Errorf("step %d: its reader has no secret that works", i)
				}
			}
			w.Expect(0, "destroy", "-auto-approve")
		})
	}
}

// Terraform prints the line of the configuration that an error names. A private key in it must not get into a log so.
func TestAccReaders_pastedPrivateKey(t *testing.T) {
	t.Parallel()
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	const private = "AGE-SECRET-KEY-1QQQSYQCYQ5RQWZQFPG9SCRGWPUGPZYSNZS23V9CCRYDPK8QARC0SNKJPGS"
	for _, arguments := range []string{
		fmt.Sprintf("age_recipients = [%q]", private),
		fmt.Sprintf("sealed_box_public_keys = { repository = %q }", private),
	} {
		w.Output.Reset()
		w.Write("main.tf", encryptedToken("replace", "false", "1", arguments))
		for _, command := range []string{"validate", "plan", "apply"} {
			w.Expect(1, command, "-no-color")
		}
		acctest.ExpectContains(t, unwrapped(w.Output.String()), "Invalid readers", "private key", "make a new pair")
		if strings.Contains(w.Output.String(), private[20:40]) {
			t.Error("the private key is printed")
		}
	}
	w.ExpectWrites()
}

// Keys that are known only after apply are fine for a new token, and never rotate one that is there.
func TestAccReaders_knownAfterApply(t *testing.T) {
	t.Parallel()
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	r := acctest.NewReader()
	config := func(version string) string {
		return fmt.Sprintf("resource \"terraform_data\" \"key\" {\n  input            = %q\n  triggers_replace = %q\n}\n", r.Age, version) +
			encryptedToken("regenerate", "false", "1", "age_recipients = [terraform_data.key.output]")
	}
	w.Write("main.tf", config("1"))
	w.Expect(0, "apply", "-auto-approve")
	secret := readOutputs(w, r)
	w.Expect(0, "plan", "-detailed-exitcode")
	w.Write("main.tf", config("2"))
	w.Output.Reset()
	w.Expect(1, "apply", "-auto-approve", "-no-color")
	acctest.ExpectContains(t, unwrapped(w.Output.String()), "age_recipients must be known during plan")
	if !w.Emulator.Accepts(secret) {
		t.Error("a key that was not known rotated the secret")
	}
	w.ExpectWrites("CreateServiceUserToken")
}

// A state of before there were readers plans empty, with and without a rotation by age, and its secret stays.
func TestAccReaders_olderState(t *testing.T) {
	t.Parallel()
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	w.Write("main.tf", encryptedToken("replace", "false", "1", ""))
	w.Expect(0, "apply", "-auto-approve")
	path := filepath.Join(w.Dir, "terraform.tfstate")
	content, err := os.ReadFile(path)
	w.Must(err)
	var state map[string]any
	w.Must(json.Unmarshal(content, &state))
	attributes := state["resources"].([]any)[0].(map[string]any)["instances"].([]any)[0].(map[string]any)["attributes"].(map[string]any)
	for _, name := range []string{"age_recipients", "sealed_box_public_keys", "encrypted_token", "sealed_box_tokens"} {
		if _, ok := attributes[name]; !ok {
			t.Errorf("state has no %s", name)
		}
		delete(attributes, name)
	}
	content, err = json.Marshal(state)
	w.Must(err)
	w.Must(os.WriteFile(path, content, 0o600))
	w.Expect(0, "plan", "-detailed-exitcode")
	w.Expect(0, "apply", "-auto-approve")
	if !w.Emulator.Accepts(w.SecretInState()) {
		t.Error("the secret is gone")
	}
	w.ExpectWrites("CreateServiceUserToken")
}

// An imported token has no secret: readers are stored and wait. Its generated configuration plans empty.
func TestAccReaders_import(t *testing.T) {
	t.Parallel()
	w := acctest.WorkspaceIn(acctest.New(t))
	w.Serve()
	r := acctest.NewReader()
	token, _ := w.CreateOutside("t")
	w.Write("import.tf", fmt.Sprintf("import {\n  provider = safetyculture\n  to = %s\n  id = %q\n}\n", acctest.Address, token.ID))
	w.Expect(0, "plan", "-generate-config-out=generated.tf")
	w.Must(os.Remove(filepath.Join(w.Dir, "generated.tf")))
	w.Write("import.tf", fmt.Sprintf("import {\n  to = %s\n  id = %q\n}\n", acctest.Address, token.ID))
	w.Write("main.tf", encryptedToken("replace", "false", "1", allReaders(r)))
	acctest.ExpectContains(t, w.Expect(0, "apply", "-auto-approve", "-no-color"), "1 imported, 0 added, 1 changed, 0 destroyed")
	w.Expect(0, "plan", "-detailed-exitcode")
	w.ExpectWrites()
	w.Write("main.tf", encryptedToken("replace", "false", "2", allReaders(r)))
	w.Expect(0, "apply", "-auto-approve")
	if !w.Emulator.Accepts(readOutputs(w, r)) {
		t.Error("its reader has no secret that works")
	}
}
