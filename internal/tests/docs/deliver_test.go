package docs_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// A newcomer delivers a secret as the guide writes it: makes a key, applies, decrypts, and decrypts again after a rotation.
func TestAccDocs_deliverToAKey(t *testing.T) {
	t.Parallel()
	n := newNewcomer(t)
	guide := pageOf(t, "docs/guides/deliver-and-rotate.md")
	makeKey, deliver := guide.shell(0), guide.shell(1)
	n.run(filepath.Join(acctest.RootDir, "internal", "tools"), "go build -o '"+n.bin+"/' filippo.io/age/cmd/age filippo.io/age/cmd/age-keygen")
	n.export(n.run(acctest.RootDir, "make install"))
	n.Variables = append(n.Variables, "SAFETYCULTURE_API_TOKEN="+n.Emulator.Bearer(), "SAFETYCULTURE_BASE_URL="+n.URL)
	n.Write("main.tf", guide.blockWith("terraform", "age_recipients"))
	n.run(n.Dir, makeKey)
	delivered := func() string {
		t.Helper()
		said := n.run(n.Dir, deliver)
		return said[strings.LastIndex(said, "\n")+1:] // the secret is printed last, without an end of line
	}
	first := delivered()
	if !n.Emulator.Accepts(first) {
		t.Fatalf("what is delivered does not work: %q", first)
	}
	if found, searched := n.SecretsInStateFiles(); found > 0 || searched == 0 {
		t.Errorf("%d secrets in %d bytes of state", found, searched)
	}
	if again := delivered(); again != first {
		t.Error("the second apply gives another secret")
	}
	n.Must(n.Emulator.RevokeToken(n.OnlyToken().ID))
	if second := delivered(); second == first || !n.Emulator.Accepts(second) || n.Emulator.Accepts(first) {
		t.Error("after a revocation, what is delivered does not work, or the old secret does")
	}
}

// The examples with other providers deliver a secret that works, after a rotation too, before the old one is revoked. Built-in
// resources stand in for those of the other providers.
func TestAccDocs_deliverThroughOthers(t *testing.T) {
	t.Parallel()
	guide := pageOf(t, "docs/guides/deliver-and-rotate.md")
	before, after := acctest.NewReader(), acctest.NewReader()
	const publicKey = "data.github_actions_public_key.warehouse_sync."
	for name, c := range map[string]struct {
		has, argument string
		delivered     func(value any, reader *acctest.Reader) string
		changesKey    bool
	}{
		"GitHub": {"sealed_box_public_keys", "value_encrypted", func(value any, reader *acctest.Reader) string { return reader.ReadBox(value.(string)) }, true},
		"Vault": {"data_json_wo", "data_json_wo", func(value any, _ *acctest.Reader) string {
			var data struct{ Token string }
			_ = json.Unmarshal([]byte(value.(string)), &data)
			return data.Token
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := acctest.WorkspaceIn(acctest.New(t))
			w.Serve()
			w.Write("provider.tf", "")
			apply := func(reader *acctest.Reader) string {
				t.Helper()
				f, err := readFragment(strings.NewReplacer(publicKey+"key_id", `"key-1"`, publicKey+"key", `"`+reader.Box+`"`).Replace(guide.blockWith("terraform", c.has)))
				w.Must(err)
				f.whole = true
				w.Write("main.tf", f.source())
				w.Expect(0, "init")
				w.Expect(0, "apply", "-auto-approve")
				var shown struct {
					Values struct {
						Root struct {
							Resources []struct {
								Type   string
								Values struct{ Input map[string]any }
							}
						} `json:"root_module"`
					}
				}
				w.Must(json.Unmarshal([]byte(w.Expect(0, "show", "-json")), &shown))
				for _, resource := range shown.Values.Root.Resources {
					if value, is := resource.Values.Input[c.argument]; is {
						return c.delivered(value, reader)
					}
				}
				t.Fatalf("nothing has %s", c.argument)
				return ""
			}
			first := apply(before)
			if !w.Emulator.Accepts(first) {
				t.Fatal("what is delivered does not work")
			}
			next := before
			if c.changesKey {
				next = after
			} else {
				w.Must(w.Emulator.RevokeToken(w.OnlyToken().ID))
			}
			w.Emulator.ForgetCalls()
			if second := apply(next); second == first || !w.Emulator.Accepts(second) || w.Emulator.Accepts(first) {
				t.Error("after a rotation, what is delivered does not work, or the old secret does")
			}
			if writes := w.Writes(); len(writes) == 0 || writes[0] != "CreateServiceUserToken" {
				t.Errorf("%v: the old secret stops working first", writes)
			}
			if found, _ := w.SecretsInStateFiles(); c.changesKey && found > 0 {
				t.Errorf("%d secrets are in state", found)
			}
		})
	}
}

// blockWith is the first block of a language that has a word.
func (p page) blockWith(language, word string) string {
	for _, block := range p.blocks {
		if block.language == language && strings.Contains(block.text, word) {
			return block.text
		}
	}
	return "no block of " + p.name + " has " + word + " in " + language
}
