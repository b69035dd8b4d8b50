package secret_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-log/tflog"
	"github.com/hashicorp/terraform-plugin-log/tflogtest"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

const text = "scapi_0123456789abcdef"

type holder struct {
	Name   string
	Secret secret.String
	hidden secret.String
	Ptr    *secret.String
	List   []secret.String
	Map    map[string]secret.String
}

func newHolder() holder {
	s := secret.New(text)
	return holder{Name: "n", Secret: s, hidden: s, Ptr: &s, List: []secret.String{s}, Map: map[string]secret.String{"k": s}}
}

func TestEveryVerbRedacts(t *testing.T) {
	t.Parallel()
	s := secret.New(text)
	hex := fmt.Sprintf("%x", text)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%T %v", "%20s", "%-5q", "%t", "%e", "%U", "%c", "%b", "%o"} {
		for _, value := range []any{s, &s, newHolder(), []any{s}, map[string]any{"k": s}, fmt.Errorf("wrapped: %v", s)} {
			args := []any{value}
			if verb == "%T %v" {
				args = []any{value, value}
			}
			out := fmt.Sprintf(verb, args...)
			if strings.Contains(out, text) || strings.Contains(strings.ToLower(out), hex) {
				t.Errorf("%s of %T shows the secret: %s", verb, value, out)
			}
		}
	}
}

func TestMarshalersRedact(t *testing.T) {
	t.Parallel()
	out, err := json.Marshal(newHolder())
	if err != nil || bytes.Contains(out, []byte(text)) {
		t.Errorf("JSON shows the secret or fails: %s, %v", out, err)
	}
	if !bytes.Contains(out, []byte(secret.Redacted)) {
		t.Errorf("JSON does not say that something was redacted: %s", out)
	}
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("x", "secret", secret.New(text), "holder", newHolder())
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "secret", secret.New(text), "holder", newHolder())
	if strings.Contains(log.String(), text) {
		t.Errorf("slog shows the secret: %s", log.String())
	}
}

func TestTerraformLogRedacts(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	ctx := tflog.SetField(tflogtest.RootLogger(t.Context(), &log), "always", secret.New(text))
	tflog.Error(ctx, fmt.Sprint("said ", secret.New(text)), map[string]any{
		"secret": secret.New(text), "holder": newHolder(), "error": fmt.Errorf("wrapped %v", secret.New(text)), "list": []any{secret.New(text)},
	})
	if log.Len() == 0 || strings.Contains(log.String(), text) {
		t.Errorf("Terraform's log shows the secret, or nothing: %s", log.String())
	}
}

func TestPanicTextRedacts(t *testing.T) {
	t.Parallel()
	defer func() {
		if out := fmt.Sprint(recover()); strings.Contains(out, text) {
			t.Errorf("a recovered panic shows the secret: %s", out)
		}
	}()
	panic(fmt.Errorf("while holding %v: %w", newHolder(), errors.New("x")))
}

func TestUnmarshalRoundTrip(t *testing.T) {
	t.Parallel()
	var response struct{ Secret secret.String }
	if err := json.Unmarshal([]byte(`{"Secret":"`+text+`"}`), &response); err != nil || response.Secret.Reveal() != text {
		t.Fatalf("got %q, %v", response.Secret.Reveal(), err)
	}
	err := json.Unmarshal([]byte(`{"Secret":["`+text+`"]}`), &response)
	if err == nil || strings.Contains(err.Error(), text) {
		t.Fatalf("want an error without the secret, got %v", err)
	}
	if !secret.New("").IsZero() || secret.New(text).IsZero() {
		t.Error("IsZero is wrong")
	}
}

func TestScrub(t *testing.T) {
	t.Parallel()
	hex64 := strings.Repeat("0a", 32)
	got := secret.Scrub("own=hunter2 like="+text+" old="+hex64+" id=0a0a", secret.New("hunter2"), secret.String{})
	if got != "own=(redacted) like=(redacted) old=(redacted) id=0a0a" {
		t.Error(got)
	}
}
