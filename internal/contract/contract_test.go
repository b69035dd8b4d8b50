package contract_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestDocumentIsValidOpenAPI(t *testing.T) {
	t.Parallel()
	if _, err := contracttest.Document(); err != nil {
		t.Fatal(err)
	}
}

// documented lists the document's operations as "ID METHOD path".
func documented(t *testing.T) []string {
	t.Helper()
	document, err := contracttest.Document()
	if err != nil {
		t.Fatal(err)
	}
	var operations []string
	for path, item := range document.Paths.Map() {
		for method, operation := range item.Operations() {
			operations = append(operations, fmt.Sprintf("%s %s %s", operation.OperationID, method, path))
		}
	}
	slices.Sort(operations)
	return operations
}

// The document, the emulator's routes and the client's operations are the same.
func TestDocumentEmulatorAndClientCoverTheSameOperations(t *testing.T) {
	t.Parallel()
	want := documented(t)
	if len(want) != 11 {
		t.Errorf("the document has %d operations, want 11", len(want))
	}
	var served, called []string
	for _, o := range emulator.Operations() {
		served = append(served, fmt.Sprintf("%s %s %s", o.ID, o.Method, o.Path))
	}
	for _, o := range api.Operations() {
		called = append(called, fmt.Sprintf("%s %s %s", o.ID, o.Method, o.Path))
	}
	slices.Sort(served)
	slices.Sort(called)
	if !slices.Equal(served, want) {
		t.Errorf("the emulator serves\n%s\nand the document has\n%s", strings.Join(served, "\n"), strings.Join(want, "\n"))
	}
	if !slices.Equal(called, want) {
		t.Errorf("the client calls\n%s\nand the document has\n%s", strings.Join(called, "\n"), strings.Join(want, "\n"))
	}
}

func TestEveryOperationNamesItsEvidence(t *testing.T) {
	t.Parallel()
	document, err := contracttest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			text := strings.Join(strings.Fields(operation.Description), " ")
			if !slices.ContainsFunc([]string{"Evidence: this project's decision", "Evidence: observed", "Evidence: documented"}, func(prefix string) bool { return strings.HasPrefix(text, prefix) }) {
				t.Errorf("%s does not begin by naming its evidence: %q", operation.OperationID, text)
			}
		}
	}
}

// What a request may hold is closed, so that a client's misspelt field is seen; what a response may hold is open.
func TestRequestsAreClosedAndEveryRefusalIsDeclared(t *testing.T) {
	t.Parallel()
	document, err := contracttest.Document()
	if err != nil {
		t.Fatal(err)
	}
	for path, item := range document.Paths.Map() {
		for _, operation := range item.Operations() {
			if body := operation.RequestBody; body != nil {
				open := body.Value.Content.Get("application/json").Schema.Value.AdditionalProperties.Has
				if open == nil || *open {
					t.Errorf("%s takes a body with any field", operation.OperationID)
				}
			}
			want := []string{"200", "401", "429"}
			if strings.HasPrefix(path, "/tokens/") {
				want = append(want, "403")
			}
			if strings.Contains(path, "{id}") {
				want = append(want, "404")
			}
			for _, status := range want {
				if operation.Responses.Value(status) == nil {
					t.Errorf("%s declares no %s", operation.OperationID, status)
				}
			}
			for status, response := range operation.Responses.Map() {
				if response.Value.Headers["X-Request-ID"] == nil || response.Value.Headers["x-ratelimit-reset"] == nil {
					t.Errorf("%s declares no headers for %s", operation.OperationID, status)
				}
			}
		}
	}
}

// The details of an error are a list that can be empty; they are not left out, and what is in them has a form.
func TestDetailsOfAnErrorCanBeEmpty(t *testing.T) {
	t.Parallel()
	checker, err := contracttest.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	for details, allowed := range map[string]bool{
		`,"details":[]`: true, ``: false, `,"details":null`: false, `,"details":{}`: false, `,"details":[{}]`: false,
	} {
		request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/accounts/user/v1/user:WhoAmI", nil)
		call, err := checker.Request(request, nil)
		if err != nil {
			t.Fatal(err)
		}
		header := http.Header{"Content-Type": {"application/json"}, "X-Request-Id": {"r"}}
		if err := call.Response(t.Context(), http.StatusUnauthorized, header, []byte(`{"code":16,"message":"no"`+details+`}`)); (err == nil) != allowed {
			t.Errorf("%q: %v", details, err)
		}
	}
}
