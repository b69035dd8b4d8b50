package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// start runs the program and returns the address and token that it prints, and a function that stops it.
func start(t *testing.T, args ...string) (baseURL, token string, stop func() error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, args, in, io.Discard)
		_ = in.Close()
	}()
	lines := bufio.NewScanner(out)
	for token == "" && lines.Scan() {
		if text, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_BASE_URL="); ok {
			baseURL = text
		}
		if text, ok := strings.CutPrefix(lines.Text(), "export SAFETYCULTURE_API_TOKEN="); ok {
			token = text
		}
	}
	return baseURL, token, func() error { cancel(); return <-done }
}

func get(t *testing.T, url, bearer string) (int, string, http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body), resp.Header
}

func TestProgramServesAndStops(t *testing.T) {
	t.Parallel()
	baseURL, token, stop := start(t, "-tokens", "3", "-omit-rate-limit-headers", "-verbose", "-latency", "1ms")
	status, body, header := get(t, baseURL+"/tokens/v1/service_user_tokens", token)
	if status != http.StatusOK || strings.Count(body, `"name":"integration-`) != 3 {
		t.Errorf("%d %s", status, body)
	}
	if header.Get("X-RateLimit-Limit") != "" {
		t.Error("the rate limit's headers were to be left out")
	}
	if err := stop(); err != nil {
		t.Errorf("the program did not stop cleanly: %v", err)
	}
}

func TestProgramTakesBearerAndLimits(t *testing.T) {
	t.Parallel()
	baseURL, token, stop := start(t, "-bearer", "mine", "-rate-limit", "1", "-active-limit", "2", "-tokens", "4", "-seed", "7")
	if token != "mine" {
		t.Errorf("the bearer is %q", token)
	}
	_, body, header := get(t, baseURL+"/tokens/v1/service_user_tokens", token)
	if !strings.Contains(body, `"active_count":2,"active_limit":2`) || header.Get("X-RateLimit-Limit") != "1" {
		t.Errorf("limits were not taken: %s", body)
	}
	if status, _, _ := get(t, baseURL+"/tokens/v1/service_user_tokens", token); status != http.StatusTooManyRequests {
		t.Errorf("the second call gets %d", status)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestProgramRefusesBadFlags(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"not a loopback address":   {"-addr", "0.0.0.0:0"},
		"is not an address":        {"-addr", "127.0.0.1"},
		"must not be negative":     {"-tokens", "-1"},
		"unexpected argument":      {"serve"},
		"flag provided but not":    {"-nonsense"},
		"cannot listen":            {"-addr", "127.0.0.1:99999"},
		"invalid value \"x\" for ": {"-latency", "x"},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		err := run(ctx, args, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: got %v, want %q", args, err, want)
		}
	}
}

func TestVerboseLinesHoldNoSecret(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	em := emulator.New(emulator.Options{})
	server := httptest.NewServer(verbose(em, em.WithoutSecrets, &lines))
	get(t, server.URL+"/tokens/v1/service_user_tokens", em.Bearer())
	get(t, server.URL+"/nowhere", em.Bearer())
	get(t, server.URL+"/tokens/v1/service_user_tokens/"+em.Bearer(), em.Bearer()) // a caller's mistake
	server.Close()                                                                // after the last line
	if got, want := lines.String(), "GET /tokens/v1/service_user_tokens 200\nGET /nowhere 404\nGET /tokens/v1/service_user_tokens/… 404\n"; got != want {
		t.Errorf("printed %q, want %q", got, want)
	}
}

func TestPrintedBearerCanBePasted(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"scapi_0af": "scapi_0af", "http://127.0.0.1:1/a": "http://127.0.0.1:1/a", "two words": "'two words'", "$HOME": "'$HOME'", "it's": `'it'\''s'`,
	} {
		if got := quote(word); got != want {
			t.Errorf("%s is printed as %s, want %s", word, got, want)
		}
	}
}

func TestOnlyLoopbackAddressesAreAccepted(t *testing.T) {
	t.Parallel()
	for addr, allowed := range map[string]bool{
		"127.0.0.1:0": true, "127.1.2.3:80": true, "[::1]:0": true, "localhost:8080": true,
		":8080": false, "0.0.0.0:1": false, "[::]:1": false, "192.0.2.7:1": false, "example.com:1": false,
	} {
		if err := checkLoopback(addr); (err == nil) != allowed {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

func TestProgramTakesHabits(t *testing.T) {
	t.Parallel()
	baseURL, token, stop := start(t, "-habit", "status-lower,no-counts", "-habit", "times-seconds", "-tokens", "1")
	_, body, _ := get(t, baseURL+"/tokens/v1/service_user_tokens", token)
	if !strings.Contains(body, `"status":"active"`) || strings.Contains(body, "active_count") || strings.Contains(body, ".") {
		t.Errorf("the habits were not taken: %s", body)
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}

func TestProgramListsItsHabits(t *testing.T) {
	t.Parallel()
	var listed strings.Builder
	if err := run(t.Context(), []string{"-habit", "help"}, io.Discard, &listed); !errors.Is(err, flag.ErrHelp) {
		t.Errorf("help: %v", err)
	}
	err := run(t.Context(), []string{"-habit", "status-lower,status-odd"}, io.Discard, io.Discard)
	if err == nil || !strings.Contains(err.Error(), `no habit "status-odd"`) {
		t.Fatalf("a bad name: %v", err)
	}
	for _, habit := range emulator.NamedHabits() {
		for _, text := range []string{listed.String(), err.Error()} {
			if !strings.Contains(text, "  "+habit.Name+" ") || !strings.Contains(text, habit.Sentence) {
				t.Errorf("%s is not listed", habit.Name)
			}
		}
	}
}
