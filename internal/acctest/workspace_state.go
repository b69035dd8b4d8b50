package acctest

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// StateToken is a managed token as state has it.
type StateToken struct{ ID, Token string }

// TokensInState returns the tokens that state manages; none if there is no state.
func (w *Workspace) TokensInState() []StateToken {
	w.T.Helper()
	var state struct {
		Resources []struct {
			Mode, Type string
			Instances  []struct{ Attributes json.RawMessage }
		}
	}
	content, err := os.ReadFile(filepath.Join(w.Dir, "terraform.tfstate"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	w.Must(err)
	w.Must(json.Unmarshal(content, &state))
	var tokens []StateToken
	for _, r := range state.Resources {
		for _, instance := range r.Instances {
			if r.Mode == "managed" && r.Type == ResourceType {
				var token StateToken
				w.Must(json.Unmarshal(instance.Attributes, &token))
				tokens = append(tokens, token)
			}
		}
	}
	return tokens
}

// SecretInState reads the secret of the tested resource.
func (w *Workspace) SecretInState() string {
	w.T.Helper()
	tokens := w.TokensInState()
	if len(tokens) != 1 {
		w.T.Fatalf("state holds not just one token: %d", len(tokens))
	}
	return tokens[0].Token
}

// Trace logs all later runs at TRACE. It returns a check that the runs had at least this many secrets, and that none of them is in
// the log, in the output, or in a file other than state.
func (w *Workspace) Trace() (check func(atLeast int, more ...string)) {
	logs := filepath.Join(w.Dir, "trace.log")
	w.Variables = append(w.Variables, "TF_LOG=TRACE", "TF_LOG_PATH="+logs)
	return func(atLeast int, more ...string) {
		w.T.Helper()
		log, err := os.ReadFile(logs)
		w.Must(err)
		searched := slices.Concat(log, w.Output.Bytes(), w.files(func(name string) bool { return !isState(name) }))
		secrets := append(append(w.Secrets(), w.Emulator.Bearer()), more...)
		found := occurrences(searched, secrets)
		w.T.Logf("%d secrets, %d bytes of output and TRACE log searched, %d occurrences", len(secrets), len(searched), found)
		if found > 0 || len(secrets) < atLeast || !bytes.Contains(log, []byte("API call")) {
			w.T.Errorf("%d occurrences of %d secrets", found, len(secrets))
		}
	}
}

// SecretsInStateFiles counts the secrets of tokens in state, its backups and saved plans, and the bytes that were searched.
func (w *Workspace) SecretsInStateFiles() (found, searched int) {
	w.T.Helper()
	files := w.files(isState)
	return occurrences(files, w.Secrets()), len(files)
}

func occurrences(searched []byte, secrets []string) int {
	found := 0
	for _, secret := range secrets {
		found += bytes.Count(searched, []byte(secret))
	}
	return found
}

// isState reports whether a file may hold secrets: it is a state, a backup of one, or a saved plan.
func isState(name string) bool {
	return strings.Contains(name, ".tfstate") || strings.HasSuffix(name, ".tfplan")
}

// files is the content of every file of such a name that the runs left in the workspace and in the temporary folder. A saved
// plan is a ZIP archive: what is in it counts.
func (w *Workspace) files(wanted func(name string) bool) []byte {
	w.T.Helper()
	var all []byte
	for _, dir := range []string{w.Dir, w.Temp} {
		w.Must(filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || !entry.Type().IsRegular() || !wanted(entry.Name()) {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content))); err == nil {
				content, err = unpacked(archive)
				all = append(all, content...)
				return err
			}
			all = append(all, content...)
			return nil
		}))
	}
	return all
}

func unpacked(archive *zip.Reader) ([]byte, error) {
	var all []byte
	for _, file := range archive.File {
		r, err := file.Open()
		if err != nil {
			return nil, err
		}
		content, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		all = append(all, content...)
	}
	return all, nil
}

// Secrets returns all secrets that the emulator has created so far, the newest last.
func (e *Env) Secrets() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.secrets...)
}

// OpenedEphemeral returns how many ephemeral tokens were created.
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

// OnlyStateAdds notes the active tokens, none of which state manages yet. It returns a check after later runs: the active tokens
// are those and the ones that state manages, and there is no ephemeral token, active or not.
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
		want, got := slices.Concat(before, w.Outside), active()
		for _, token := range w.TokensInState() {
			want = append(want, token.ID)
		}
		slices.Sort(want)
		slices.Sort(got)
		want = slices.Compact(want)
		if !slices.Equal(got, want) {
			w.T.Errorf("%d active tokens: %v; want %d, those from before, of others, and in state: %v", len(got), got, len(want), want)
		}
		if left := w.EphemeralTokens(); len(left) > 0 {
			w.T.Errorf("left behind: %v", left)
		}
	}
}
