package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator/webapp"
)

// With -state, a stopped program's tokens, secrets and clock are there again at the next start, and no secret is in the file.
func TestState_outlastsTheProgram(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "emulator.json")
	const list = "/tokens/v1/service_user_tokens"
	baseURL, token, stop := start(t, "-state", file, "-tokens", "2")
	_, created := send(t, http.MethodPost, baseURL+"/web/tokens/new", url.Values{"name": {"by hand"}, "days": {"60"}, "permissions": {"all"}}, "")
	secret := regexp.MustCompile(`scapi_[0-9a-f]+`).FindString(created)
	send(t, http.MethodPost, baseURL+"/web/clock", url.Values{"days": {"40"}}, "")
	_, before, _ := get(t, baseURL+list, token)
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(file)
	if err != nil || strings.Contains(string(text), secret) || strings.Contains(string(text), token) {
		t.Errorf("%v; a secret is in the file: %t", err, err == nil)
	}
	if mode := modeOf(t, file); mode != 0o600 {
		t.Errorf("the file's mode is %o", mode)
	}

	baseURL, again, stop := start(t, "-state", file, "-tokens", "2")
	if status, body, _ := get(t, baseURL+list, secret); status != http.StatusOK || names(body) != names(before) || !strings.Contains(body, "TOKEN_STATUS_ACTIVE") {
		t.Errorf("%d: %s, want the tokens of before: %s", status, names(body), names(before))
	}
	if status, _, _ := get(t, baseURL+list, token); status != http.StatusUnauthorized || again == token {
		t.Errorf("the API token of before gets %d", status)
	}
	send(t, http.MethodPost, baseURL+"/web/clock", url.Values{"days": {"6"}}, "")
	if _, body, _ := get(t, baseURL+list, again); strings.Count(body, "TOKEN_STATUS_EXPIRED") != 2 {
		t.Errorf("40 and 6 days later, the two unused tokens of 45 days are not expired: %s", body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if entries, err := os.ReadDir(filepath.Dir(file)); err != nil || len(entries) != 1 {
		t.Errorf("beside the file there are %v, %v", entries, err)
	}
}

func names(list string) string {
	return strings.Join(regexp.MustCompile(`"name":"[^"]+"`).FindAllString(list, -1), " ")
}

func modeOf(t *testing.T, file string) os.FileMode {
	t.Helper()
	info, err := os.Stat(file)
	if err != nil {
		t.Fatal(err)
	}
	return info.Mode().Perm()
}

// What a call has changed is in the file before its response is sent: a kill at that moment loses no token.
func TestState_isSavedBeforeTheResponse(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "emulator.json")
	s, err := open(file, emulator.Options{}, webapp.NewClock(time.Now), io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	checked := false
	var sent http.Handler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if _, _, err := s.em.CreateToken(emulator.TokenInput{Name: "just now"}); err != nil {
			t.Error(err)
		}
		w.WriteHeader(http.StatusOK)
	})
	s.saving(sent).ServeHTTP(writer(func() {
		text, err := os.ReadFile(file)
		checked = err == nil && strings.Contains(string(text), "just now")
	}), &http.Request{})
	if !checked {
		t.Error("the response was sent before the file was written")
	}
}

// writer is a response writer that calls a function when the header is sent.
type writer func()

func (writer) Header() http.Header         { return http.Header{} }
func (writer) Write(b []byte) (int, error) { return len(b), nil }
func (w writer) WriteHeader(int)           { w() }

// A file that cannot be read is not overwritten.
func TestState_badFileIsKept(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{"no JSON": "notes", "another program's": `{"version": 4, "serial": 1}`} {
		file := filepath.Join(t.TempDir(), "terraform.tfstate")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := run(t.Context(), []string{"-state", file}, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), "cannot be read") {
			t.Errorf("%s: %v", name, err)
		}
		if now, err := os.ReadFile(file); err != nil || string(now) != text {
			t.Errorf("%s: the file was changed to %q, %v", name, now, err)
		}
	}
	if err := run(t.Context(), []string{"-state", t.TempDir()}, io.Discard, io.Discard); err == nil {
		t.Error("a folder is taken for a file")
	}
}
