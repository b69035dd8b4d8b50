package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
)

// The demo looks at the API past the provider, with plain HTTP: what it asserts must not rest on the code it shows.

// call sends one request and decodes the answer into it, where into is not nil. It returns the status.
func (e *emulatorProcess) call(ctx context.Context, method, path, bearer, body string, into any) (int, error) {
	req, err := http.NewRequestWithContext(ctx, method, e.baseURL+path, bytes.NewBufferString(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err
	}
	if into != nil && resp.StatusCode == http.StatusOK {
		return resp.StatusCode, json.Unmarshal(answer, into)
	}
	return resp.StatusCode, nil
}

// whoAmI answers the status that a secret gets: 200 where it works, 401 where it does not.
func (e *emulatorProcess) whoAmI(ctx context.Context, secret string) (int, error) {
	return e.call(ctx, http.MethodGet, "/accounts/user/v1/user:WhoAmI", secret, "", nil)
}

// remoteToken is a token as the API lists it.
type remoteToken struct {
	ID     string
	Name   string
	Status string
}

// list returns all tokens of the organization, whatever their status.
func (e *emulatorProcess) list(ctx context.Context) ([]remoteToken, error) {
	var answer struct {
		Tokens []remoteToken `json:"service_user_tokens"`
	}
	status, err := e.call(ctx, http.MethodGet, "/tokens/v1/service_user_tokens?page_size=100", e.bearer, "", &answer)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("listing the tokens was answered %d", status)
	}
	return answer.Tokens, err
}

// permissionSet returns the id of the first permission set that a search for name finds.
func (e *emulatorProcess) permissionSet(ctx context.Context, name string) (string, error) {
	var answer struct {
		Sets []struct {
			Set struct {
				Identifier struct{ ID string }
			} `json:"permission_set"`
		} `json:"permission_sets"`
	}
	body := fmt.Sprintf(`{"search": %q, "limit": 1, "offset": 0}`, name)
	status, err := e.call(ctx, http.MethodPost, "/permissions/v1/permission_sets", e.bearer, body, &answer)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK || len(answer.Sets) == 0 {
		return "", fmt.Errorf("searching the permission set %q was answered %d with %d sets", name, status, len(answer.Sets))
	}
	return answer.Sets[0].Set.Identifier.ID, nil
}

// revoke revokes a token past Terraform: with curl, as it is shown, or without where the machine has none.
func (e *emulatorProcess) revoke(ctx context.Context, screen *screen, id string) error {
	path := "/tokens/v1/service_user_tokens/" + id + "/revoke"
	command := fmt.Sprintf("curl --fail --silent --show-error -d '{}' \\\n       -H \"Authorization: Bearer $SAFETYCULTURE_API_TOKEN\" \\\n       %s%s", e.baseURL, path)
	screen.command("%s", command)
	if _, err := exec.LookPath("curl"); err != nil {
		status, err := e.call(ctx, http.MethodPost, path, e.bearer, "{}", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("revoking was answered %d", status)
		}
		return err
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.Env = append(os.Environ(), e.environment()...)
	if output, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("curl: %w\n%s", err, strings.TrimSpace(string(output)))
	}
	return nil
}
