package binary_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// many is a configuration of n tokens.
const many = `resource "safetyculture_service_user_token" "test" {
  count           = %d
  name            = format("integration-%%04d", count.index + 1)
  all_permissions = true
}`

// newManaging returns a workspace whose state has n tokens. Terraform creates one of them; the others' entries in the state are
// copies of its entry, because a thousand creates would take too long.
func newManaging(t *testing.T, n, rateLimit int) *acctest.Workspace {
	t.Helper()
	w := acctest.NewWorkspace(t, func(o *emulator.Options) { o.ActiveTokenLimit, o.RateLimit = 2*n, rateLimit })
	w.Write("main.tf", fmt.Sprintf(many, 1))
	w.Expect(0, "apply", "-auto-approve")
	w.Write("main.tf", fmt.Sprintf(many, n))
	addToState(w, n-1)
	w.Emulator.ForgetCalls()
	return w
}

// addToState creates n more tokens and adds them to the state, as copies of the entry in it.
func addToState(w *acctest.Workspace, n int) {
	w.T.Helper()
	file := filepath.Join(w.Dir, "terraform.tfstate")
	var state map[string]any
	content, err := os.ReadFile(file)
	w.Must(err)
	w.Must(json.Unmarshal(content, &state))
	resource := state["resources"].([]any)[0].(map[string]any)
	instances := resource["instances"].([]any)
	pattern := instances[0].(map[string]any)
	for i := range n {
		token, secret, err := w.Emulator.CreateToken(emulator.TokenInput{Name: fmt.Sprintf("integration-%04d", i+2)})
		w.Must(err)
		attributes := maps.Clone(pattern["attributes"].(map[string]any))
		maps.Copy(attributes, map[string]any{
			"id": token.ID, "name": token.Name, "service_user_id": token.ServiceUserID, "token": secret,
			"created_at": token.CreatedAt.Format(time.RFC3339Nano), "issued_at": token.IssuedAt.Format(time.RFC3339Nano),
		})
		instance := maps.Clone(pattern)
		instance["index_key"], instance["attributes"] = i+1, attributes
		if identity, ok := pattern["identity"].(map[string]any); ok { // Terraform 1.12 and later
			identity = maps.Clone(identity)
			identity["id"] = token.ID
			instance["identity"] = identity
		}
		instances = append(instances, instance)
	}
	resource["instances"] = instances
	content, err = json.Marshal(state)
	w.Must(err)
	w.Must(os.WriteFile(file, content, 0o600))
}

// expectCalls fails unless the journal holds exactly this many lists and calls, and empties it.
func expectCalls(w *acctest.Workspace, lists, calls int) {
	w.T.Helper()
	if gotLists, got := len(w.Emulator.CallsOf("ListServiceUserTokens")), len(w.Emulator.Calls()); gotLists != lists || got != calls {
		w.T.Errorf("%d calls, %d of them lists; want %d, %d of them lists", got, gotLists, calls, lists)
	}
	w.Emulator.ForgetCalls()
}

// A plan takes one call for each hundred tokens of the organization, and one for the current user. It therefore stays below a
// rate limit of 200 calls a minute, and never waits.
func TestAccScale_callsOfAPlan(t *testing.T) {
	t.Parallel()
	for n, most := range map[int]int{20: 3, 250: 5, 1000: 12} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			w := newManaging(t, n, 200)
			w.Expect(0, "plan", "-detailed-exitcode")
			pages := (n + 99) / 100
			if got := len(w.Emulator.Calls()); got > most {
				t.Errorf("%d calls, want at most %d", got, most)
			}
			refused := func(c emulator.Call) bool { return c.Status == http.StatusTooManyRequests }
			if slices.ContainsFunc(w.Emulator.Calls(), refused) {
				t.Error("the rate limit was reached")
			}
			expectCalls(w, pages, pages+1)
		})
	}
}

// Revoked tokens cost a plan nothing, however many there are. The third managed token that is not
// active means one list of all.
func TestAccScale_historyIsFree(t *testing.T) {
	t.Parallel()
	w := newManaging(t, 20, 200)
	for range 980 {
		old, _, err := w.Emulator.CreateToken(emulator.TokenInput{Name: "of earlier"})
		w.Must(err)
		w.Must(w.Emulator.RevokeToken(old.ID))
	}
	w.Emulator.ForgetCalls()
	w.Expect(0, "plan", "-detailed-exitcode")
	expectCalls(w, 1, 2)
	managed := w.TokensInState()
	for i, token := range managed[:5] {
		w.Must(w.Emulator.RevokeToken(token.ID))
		w.Emulator.ForgetCalls()
		w.Expect(2, "plan", "-detailed-exitcode")
		gets, lists := len(w.Emulator.CallsOf("GetServiceUserToken")), len(w.Emulator.CallsOf("ListServiceUserTokens"))
		if i < 2 && (lists != 1 || gets != i+1) || i >= 2 && (lists != 1+10 || gets > 2) {
			t.Errorf("with %d revoked, %d lists and %d single reads", i+1, lists, gets)
		}
	}
}

// -refresh=false reads nothing, and -target reads the list and not each token.
func TestAccScale_partialPlans(t *testing.T) {
	t.Parallel()
	w := newManaging(t, 250, -1)
	w.Expect(0, "plan", "-detailed-exitcode", "-refresh=false")
	expectCalls(w, 0, 1)
	var targets []string
	for i := range 30 {
		targets = append(targets, fmt.Sprintf("-target=%s[%d]", acctest.Address, 7*i))
	}
	w.Expect(0, append([]string{"plan", "-detailed-exitcode"}, targets...)...)
	expectCalls(w, 3, 4)
	// A plan with one more token needs the number of free slots: that takes the list, and nothing else.
	w.Write("main.tf", fmt.Sprintf(many, 251))
	w.Expect(2, "plan", "-detailed-exitcode", "-refresh=false")
	expectCalls(w, 3, 4)
}

// Tokens can change in the web app while the provider reads pages. A create, delete or edit between two pages makes no token
// look deleted or appear twice, and causes no error.
func TestAccScale_listThatChangesBetweenPages(t *testing.T) {
	t.Parallel()
	other := "renamed"
	// With an API that pages by number, a page can then begin one item too late or too early.
	page := func(edit func(items []any) []any) func(int, http.Header, []byte) (int, []byte) {
		return func(status int, _ http.Header, body []byte) (int, []byte) {
			var list map[string]any
			_ = json.Unmarshal(body, &list)
			list["service_user_tokens"] = edit(list["service_user_tokens"].([]any))
			body, _ = json.Marshal(list)
			return status, body
		}
	}
	for name, c := range map[string]struct {
		change func(w *acctest.Workspace, all []emulator.Token)
		plan   []string // what the plan then does
		orNone bool     // nothing is right, too: which list is read first is up to Terraform
	}{
		"created": {func(w *acctest.Workspace, _ []emulator.Token) { w.CreateOutside("by hand") }, nil, false},
		"shifted, so that the next page lacks one": {func(w *acctest.Workspace, _ []emulator.Token) {
			w.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Call: 1, Rewrite: page(func(items []any) []any { return items[1:] })})
		}, nil, false},
		"shifted, so that the next page repeats one": {func(w *acctest.Workspace, all []emulator.Token) {
			last := all[len(all)-100] // of the first page: the newest come first
			again := map[string]any{
				"id": last.ID, "name": last.Name, "status": last.Status, "service_user_id": last.ServiceUserID, "inactivity_expiry_days": 45,
				"all_permissions": true, "created_at": last.CreatedAt, "issued_at": last.IssuedAt,
			}
			w.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Call: 1, Rewrite: page(func(items []any) []any { return append([]any{again}, items...) })})
		}, nil, false},
		"deleted on the page that was read": {func(w *acctest.Workspace, all []emulator.Token) {
			w.Must(w.Emulator.RevokeToken(all[len(all)-1].ID))
			w.Must(w.Emulator.DeleteToken(all[len(all)-1].ID))
		}, []string{"create"}, true},
		"deleted on the page to come": {func(w *acctest.Workspace, all []emulator.Token) {
			w.Must(w.Emulator.RevokeToken(all[0].ID))
			w.Must(w.Emulator.DeleteToken(all[0].ID))
		}, []string{"create"}, false},
		"renamed on the page to come": {func(w *acctest.Workspace, all []emulator.Token) {
			w.Must(w.Emulator.EditToken(all[0].ID, emulator.TokenEdit{Name: &other}))
		}, []string{"update"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newManaging(t, 110, -1)
			all := w.Emulator.Tokens()
			w.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Call: 1, After: func() { c.change(w, all) }})
			w.Write("data.tf", `data "safetyculture_service_user_tokens" "all" {}
output "distinct" { value = length(distinct([for t in data.safetyculture_service_user_tokens.all.tokens : t.id])) }
output "listed" { value = length(data.safetyculture_service_user_tokens.all.tokens) }`)
			w.Expect(2, "plan", "-detailed-exitcode", "-out=saved") // there are new outputs in any case
			var plan struct {
				PlannedValues struct {
					Outputs map[string]struct{ Value int }
				} `json:"planned_values"`
				ResourceChanges []struct {
					Change struct{ Actions []string }
				} `json:"resource_changes"`
			}
			w.Must(json.Unmarshal([]byte(w.Expect(0, "show", "-json", "saved")), &plan))
			var actions []string
			for _, r := range plan.ResourceChanges {
				if !slices.Equal(r.Change.Actions, []string{"no-op"}) {
					actions = append(actions, r.Change.Actions...)
				}
			}
			if !slices.Equal(actions, c.plan) && !(c.orNone && len(actions) == 0) {
				t.Errorf("planned %v, want %v", actions, c.plan)
			}
			if outputs := plan.PlannedValues.Outputs; outputs["listed"] != outputs["distinct"] || outputs["listed"].Value < 109 {
				t.Errorf("%v", outputs)
			}
		})
	}
}

// If any page of the list fails, one error explains it in full, even for many tokens, and no token is lost.
func TestAccScale_failedListIsOneError(t *testing.T) {
	t.Parallel()
	w := newManaging(t, 250, -1)
	w.Emulator.Fail(emulator.Fault{Operation: "ListServiceUserTokens", Call: 2, Status: 403})
	w.Expect(1, "plan", "-no-color")
	expectCalls(w, 2, 3)
	if n := strings.Count(w.Output.String(), "request id"); n != 1 {
		t.Errorf("the reason is given %d times", n)
	}
	w.Expect(0, "plan", "-detailed-exitcode")
}

// A cause that concerns the whole run is explained in full once, and in short for every other token. The short errors name the
// cause too, because Terraform prints errors in its own order.
func TestAccScale_oneExplanationForAll(t *testing.T) {
	t.Parallel()
	const n = 25
	noList := emulator.Fault{Operation: "ListServiceUserTokens", Status: 403}
	noCaller := emulator.Fault{Operation: "WhoAmI", Status: 401}
	more := fmt.Sprintf(many, 2*n)
	var imports string
	for i := range n {
		imports += fmt.Sprintf("import {\n  to = %s[%d]\n  id = \"name:by hand %d\"\n}\n", acctest.Address, n+i, i)
	}
	for name, c := range map[string]struct {
		config string
		fault  emulator.Fault
		args   []string
	}{
		"refresh":                    {"", noList, []string{"plan"}},
		"refresh, refused":           {"", noCaller, []string{"plan"}},
		"plan without refresh":       {"", noCaller, []string{"plan", "-refresh=false"}},
		"destroy without refresh":    {"", noCaller, []string{"plan", "-destroy", "-refresh=false"}},
		"create":                     {more, noList, []string{"plan", "-refresh=false"}},
		"import":                     {more + "\n" + imports, noList, []string{"plan", "-refresh=false"}},
		"apply of a plan for create": {more, noList, []string{"apply", "saved"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newManaging(t, n, -1)
			if c.config != "" {
				w.Write("main.tf", c.config)
			}
			if slices.Contains(c.args, "saved") {
				w.Expect(0, "plan", "-out=saved")
			}
			w.Emulator.Fail(c.fault)
			w.Output.Reset()
			w.Expect(1, append(c.args, "-no-color")...)
			said := strings.Join(strings.Fields(strings.ReplaceAll(w.Output.String(), "│", "")), " ")
			full := strings.Count(said, "No state was changed.")
			short := strings.Count(said, fmt.Sprintf("Same cause as another error in this run: %s: the server responded %d.", c.fault.Operation, c.fault.Status))
			// The summary of an error about a new token has no name, and Terraform 1.14 and later print equal errors once.
			if all := strings.Count(said, "Error:"); full != 1 || short != all-1 || all != n && (name != "create" || all < 2) {
				t.Errorf("the reason is given %d times in full and %d times shortly, in %d errors\n%s", full, short, strings.Count(said, "Error:"), said)
			}
			if asked := len(w.Emulator.CallsOf(c.fault.Operation)); asked > 2 {
				t.Errorf("it was requested %d times", asked)
			}
		})
	}
}
