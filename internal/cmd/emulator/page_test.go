package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// The whole program: it prints the page's address, page and API have the same clock, both refuse other host names, and its
// output about calls has no secret.
func TestProgramServesThePage(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	out, in := io.Pipe()
	done := make(chan error, 1)
	var log strings.Builder
	go func() { done <- run(ctx, []string{"-verbose"}, in, &log) }()
	printed := map[string]string{}
	for lines := bufio.NewScanner(out); printed["ORGANIZATION_ID"] == "" && lines.Scan(); {
		if _, page, ok := strings.Cut(lines.Text(), "Its page shows the tokens: "); ok {
			printed["page"] = page
		}
		name, value, _ := strings.Cut(strings.TrimPrefix(lines.Text(), "export SAFETYCULTURE_"), "=")
		printed[name] = value
	}
	page, list := printed["page"], printed["BASE_URL"]+"/tokens/v1/service_user_tokens"
	if page != printed["BASE_URL"]+"/" {
		t.Fatalf("printed %v", printed)
	}

	form := url.Values{"name": {"by hand"}, "days": {"31"}, "permissions": {"all"}}
	_, created := send(t, http.MethodPost, page+"web/tokens/new", form, "")
	secret := regexp.MustCompile(`scapi_[0-9a-f]+`).FindString(created)
	if _, body, _ := get(t, list, printed["API_TOKEN"]); !strings.Contains(body, `"name":"by hand"`) || secret == "" {
		t.Errorf("the API does not know what the page made: %s", body)
	}
	if status, _, _ := get(t, list, secret); status != http.StatusOK {
		t.Errorf("a call with the secret gets %d", status)
	}
	send(t, http.MethodPost, page+"web/clock", url.Values{"days": {"45"}}, "")
	if status, _, _ := get(t, list, secret); status != http.StatusUnauthorized {
		t.Errorf("45 days later, a call with the secret gets %d", status)
	}
	for _, address := range []string{page, list} {
		if status, body := send(t, http.MethodGet, address, nil, "rebound.example"); status != http.StatusForbidden || strings.Contains(body, "by hand") {
			t.Errorf("%s under another name gets %d", address, status)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if lines := log.String(); strings.Contains(lines, secret) || strings.Contains(lines, printed["API_TOKEN"]) || !strings.Contains(lines, "POST /web/tokens/new 200\n") {
		t.Errorf("printed about calls: %s", lines)
	}
}

// send sends a form to the program, under another host name.
func send(t *testing.T, method, address string, form url.Values, host string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, string(body)
}
