package emulator_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

func TestBadRequests(t *testing.T) {
	t.Parallel()
	f := startBare(t, emulator.Options{})
	path := tokensPath + "/" + f.make(`{"name":"t"}`).Token.ID
	set := f.em.PermissionSetID("Reporting")
	f.em.ForgetCalls()
	cases := []struct {
		name, method, path, body string
		status                   int
		reason, field            string
	}{
		{"malformed JSON", "POST", tokensPath, `{"name":`, 400, "INVALID_FIELD", "body"},
		{"no body", "POST", tokensPath, ``, 400, "INVALID_FIELD", "body"},
		{"two values", "POST", tokensPath, `{"name":"a"}{}`, 400, "INVALID_FIELD", "body"},
		{"an array", "POST", tokensPath, `[]`, 400, "INVALID_FIELD", "body"},
		{"unknown field", "POST", tokensPath, `{"name":"a","colour":1}`, 400, "INVALID_FIELD", "colour"},
		{"wrong type", "POST", tokensPath, `{"name":7}`, 400, "INVALID_FIELD", "name"},
		{"fractional expiry", "POST", tokensPath, `{"name":"a","inactivity_expiry_days":45.5}`, 400, "INVALID_FIELD", "inactivity_expiry_days"},
		{"no name", "POST", tokensPath, `{}`, 400, "INVALID_FIELD", "name"},
		{"blank name", "POST", tokensPath, `{"name":"  "}`, 400, "INVALID_FIELD", "name"},
		{"101 characters", "POST", tokensPath, `{"name":"` + strings.Repeat("é", 101) + `"}`, 400, "INVALID_FIELD", "name"},
		{"expiry 30", "POST", tokensPath, `{"name":"a","inactivity_expiry_days":30}`, 400, "INVALID_FIELD", "inactivity_expiry_days"},
		{"expiry 0", "POST", tokensPath, `{"name":"a","inactivity_expiry_days":0}`, 400, "INVALID_FIELD", "inactivity_expiry_days"},
		{"empty permission sets", "POST", tokensPath, `{"name":"a","permission_set_ids":[]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"unknown permission set", "POST", tokensPath, `{"name":"a","permission_set_ids":["x"]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"body over 1 MiB", "POST", tokensPath, `{"name":"` + strings.Repeat("a", 1<<20) + `"}`, 400, "INVALID_FIELD", "body"},
		{"null body", "POST", tokensPath, `null`, 400, "INVALID_FIELD", "body"},
		{"null body of a revoke", "POST", path + "/revoke", `null`, 400, "INVALID_FIELD", "body"},
		{"null permission sets", "POST", tokensPath, `{"name":"a","permission_set_ids":null}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"a number as a permission set", "POST", tokensPath, `{"name":"a","permission_set_ids":[1]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"all_permissions in a create", "POST", tokensPath, `{"name":"a","all_permissions":true}`, 400, "INVALID_FIELD", "all_permissions"},
		{"a field in capitals", "POST", tokensPath, `{"NAME":"a"}`, 400, "INVALID_FIELD", "NAME"},
		{"null name in an edit", "PATCH", path, `{"name":null}`, 400, "INVALID_FIELD", "name"},
		{"spaces over 1 MiB", "POST", tokensPath, `{"name":"a"}` + strings.Repeat(" ", 1<<20), 400, "INVALID_FIELD", "body"},
		{"empty edit", "PATCH", path, `{}`, 400, "INVALID_FIELD", "body"},
		{"both grants", "PATCH", path, `{"all_permissions":true,"permission_set_ids":["` + set + `"]}`, 400, "INVALID_FIELD", "all_permissions"},
		{"all_permissions false", "PATCH", path, `{"all_permissions":false}`, 400, "INVALID_FIELD", "all_permissions"},
		{"edit to a bad name", "PATCH", path, `{"name":"","inactivity_expiry_days":60}`, 400, "INVALID_FIELD", "name"},
		{"edit to no permission sets", "PATCH", path, `{"permission_set_ids":[]}`, 400, "INVALID_FIELD", "permission_set_ids"},
		{"revoke with a field", "POST", path + "/revoke", `{"why":"x"}`, 400, "INVALID_FIELD", "why"},
		{"page size 101", "GET", tokensPath + "?page_size=101", "", 400, "INVALID_FIELD", "page_size"},
		{"page size 0", "GET", tokensPath + "?page_size=0", "", 400, "INVALID_FIELD", "page_size"},
		{"bad page token", "GET", tokensPath + "?page_token=%2F", "", 400, "INVALID_FIELD", "page_token"},
		{"page token without an id", "GET", tokensPath + "?page_token=MSA", "", 400, "INVALID_FIELD", "page_token"},
		{"bad status", "GET", tokensPath + "?status=active", "", 400, "INVALID_FIELD", "status"},
		{"unknown parameter", "GET", tokensPath + "?colour=1", "", 400, "INVALID_FIELD", "colour"},
		{"limit 101", "POST", "/permissions/v1/permission_sets", `{"limit":101,"offset":0}`, 400, "INVALID_FIELD", "limit"},
		{"negative offset", "POST", "/permissions/v1/permission_sets", `{"limit":1,"offset":-1}`, 400, "INVALID_FIELD", "offset"},
		{"unknown id", "GET", tokensPath + "/nobody", "", 404, "NOT_FOUND", ""},
		{"unknown permission set id", "GET", "/permissions/v1/permission_set/nobody", "", 404, "NOT_FOUND", ""},
		{"unknown route", "GET", "/tokens/v2/x", "", 404, "NOT_FOUND", ""},
		{"path with two slashes", "GET", "/" + tokensPath, "", 404, "NOT_FOUND", ""},
		{"path with a slash at its end", "GET", tokensPath + "/", "", 404, "NOT_FOUND", ""},
		{"wrong method", "PUT", tokensPath, `{}`, 405, "METHOD_NOT_ALLOWED", ""},
		{"wrong method on one", "POST", path, `{}`, 405, "METHOD_NOT_ALLOWED", ""},
	}
	for _, c := range cases {
		r := f.do(c.method, c.path, c.body)
		if r.status != c.status || r.reason() != c.reason || (c.field != "" && r.Details[0].Metadata["field"] != c.field) {
			t.Errorf("%s: got %d %s, want %d %s of %s", c.name, r.status, r.raw, c.status, c.reason, c.field)
		}
	}
	if r := f.do("HEAD", tokensPath, ""); r.status != http.StatusMethodNotAllowed {
		t.Errorf("HEAD: got %d", r.status)
	}
	for _, call := range f.em.Calls() {
		if call.Acted {
			t.Errorf("a bad request was acted on: %s %s", call.Method, call.Path)
		}
	}
	if tokens := f.em.Tokens(); len(tokens) != 1 || tokens[0].Name != "t" {
		t.Errorf("a bad request changed something: %v", tokens)
	}
}

// Every request gets a response in JSON, even a broken one.
func FuzzAnyRequest(f *testing.F) {
	f.Add("POST", tokensPath, []byte(`{"name":"a"}`))
	f.Add("PATCH", tokensPath+"/x", []byte(`{"permission_set_ids":null,"name":null}`))
	f.Add("GET", tokensPath+"?page_token=MSAy&page_size=1", []byte{0xff})
	f.Add("DELETE", tokensPath+"/%00%2F..", []byte(`null`))
	f.Fuzz(func(t *testing.T, method, path string, body []byte) {
		req, err := http.NewRequestWithContext(t.Context(), method, "http://emulator/"+strings.TrimPrefix(path, "/"), bytes.NewReader(body))
		if err != nil {
			t.Skip("not a request") // of the fuzzer's making, not a test left out
		}
		em := emulator.New(emulator.Options{Bearer: "b", Seed: 1})
		req.Header.Set("Authorization", "Bearer b")
		recorder := httptest.NewRecorder()
		em.ServeHTTP(recorder, req)
		if code := recorder.Code; code >= 500 || code/100 == 3 || !json.Valid(recorder.Body.Bytes()) {
			t.Errorf("%s %q: got %d %q", method, path, code, recorder.Body.String())
		}
	})
}
