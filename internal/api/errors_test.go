package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func refused(t *testing.T, handler http.HandlerFunc) *api.Error {
	t.Helper()
	_, err := serve(t, handler).client(func(o *api.Options) { o.MaxRetries = 0 }).GetServiceUserToken(t.Context(), "x")
	var e *api.Error
	if !errors.As(err, &e) {
		t.Fatalf("got %v, want an Error", err)
	}
	return e
}

// If one field of an error cannot be read, the code, the reason and the message are still kept.
func TestErrorEnvelopeIsReadLeniently(t *testing.T) {
	t.Parallel()
	full := func(details string) string {
		return `{"code":9,"message":"all 20 are taken","details":` + details + `}`
	}
	const info = `{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"ACTIVE_TOKEN_LIMIT_REACHED","domain":"safetyculture.io","metadata":{"limit":"20"}}`
	for name, c := range map[string]struct {
		body           string
		reason, limit  string
		code           int
		messageMissing bool
	}{
		"contract":                     {full(`[` + info + `]`), api.ReasonActiveTokenLimit, "20", 9, false},
		"another detail first":         {full(`[{"@type":"x","retry_delay":"1s"},` + info + `]`), api.ReasonActiveTokenLimit, "20", 9, false},
		"another detail with a reason": {full(`[{"@type":"x","reason":{"nested":1}},` + info + `]`), api.ReasonActiveTokenLimit, "20", 9, false},
		"a number in the metadata":     {full(`[{"reason":"ACTIVE_TOKEN_LIMIT_REACHED","metadata":{"limit":20,"other":"o"}}]`), api.ReasonActiveTokenLimit, "20", 9, false},
		"details of another type":      {full(`"none"`), "", "", 9, false},
		"no details":                   {full(`null`), "", "", 9, false},
		"a message of another type":    {`{"code":9,"message":["m"],"details":[` + info + `]}`, api.ReasonActiveTokenLimit, "20", 9, true},
		"a code of another type":       {`{"code":"9","message":"all 20 are taken","details":[` + info + `]}`, api.ReasonActiveTokenLimit, "20", 9, false},
		"a list as the code":           {`{"code":[9],"message":"all 20 are taken","details":[` + info + `]}`, api.ReasonActiveTokenLimit, "20", 0, false},
		"details that are no list":     {full(info), api.ReasonActiveTokenLimit, "20", 9, false},
		"metadata that is no object":   {full(`[{"reason":"ACTIVE_TOKEN_LIMIT_REACHED","metadata":["limit"]}]`), api.ReasonActiveTokenLimit, "", 9, false},
		"empty details":                {full(`[]`), "", "", 9, false},
		"a byte order mark":            {"\ufeff" + full(`[`+info+`]`), api.ReasonActiveTokenLimit, "20", 9, false},
		"white space around":           {"\n " + full(`[`+info+`]`) + "\r\n", api.ReasonActiveTokenLimit, "20", 9, false},
		"another content type":         {full(`[` + info + `]`), api.ReasonActiveTokenLimit, "20", 9, false},
		"no object":                    {`["all 20 are taken"]`, "", "", 0, true},
	} {
		e := refused(t, response(400, c.body, "Content-Type", map[bool]string{true: "text/plain", false: "application/json"}[name == "another content type"]))
		if e.Status != 400 || e.Code != c.code || e.Reason != c.reason || e.Metadata["limit"] != c.limit || (e.Message == "") != c.messageMissing || api.HasReason(e, api.ReasonActiveTokenLimit) != (c.reason != "") {
			t.Errorf("%s: %+v", name, e)
		}
	}
}

// Every part of an error that comes from the server is without secrets and control characters, and has a limited length.
func TestEveryPartOfAnErrorIsHarmless(t *testing.T) {
	t.Parallel()
	const nasty = `\u001b[31m\u202e\u0007\u2028` + bearer + ` scapi_other `
	long := nasty + strings.Repeat("x", 5000)
	e := refused(t, response(400, `{"code":3,"message":"`+long+`","details":[{"reason":"`+long+`","metadata":{"`+long+`":"`+long+`"}}]}`, "X-Request-ID", bearer+strings.Repeat("x", 500)))
	text := fmt.Sprintf("%+v %v", *e, e)
	if strings.Contains(text, "scapi_") || strings.ContainsAny(text, "\x1b\u202e\a\u2028") || len(text) > 3000 {
		t.Errorf("%q", text)
	}
	if !strings.HasPrefix(e.RequestID, "(redacted)xx") || !strings.HasSuffix(e.RequestID, "…") {
		t.Errorf("request id %q", e.RequestID)
	}
}

// A status that has no name, as proxies send, still makes a whole sentence.
func TestErrorWithoutAMessage(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		403: "GetServiceUserToken: the server responded 403: forbidden (request id r)",
		522: "GetServiceUserToken: the server responded 522 (request id r)",
	} {
		if got := refused(t, response(status, ``, "X-Request-ID", "r")).Error(); got != want {
			t.Errorf("%d: %q", status, got)
		}
	}
}

// The error has the server's request id or, if there is none, the client's.
func TestErrorNamesTheRequest(t *testing.T) {
	t.Parallel()
	var sent string
	e := refused(t, func(w http.ResponseWriter, r *http.Request) {
		sent = r.Header.Get("X-Request-Id")
		response(403, ``)(w, r)
	})
	if e.RequestID != sent || len(sent) != 36 {
		t.Errorf("got %q, sent %q", e.RequestID, sent)
	}
}

// Whether the API may have carried out the call, by the error, wrapped or not.
func TestMayHaveActed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err             error
		acted, notFound bool
		notServed       bool
	}{
		{nil, false, false, false},
		{errors.New("x"), false, false, false},
		{api.ErrReadOnly, false, false, false},
		{context.Canceled, false, false, false},
		{&api.Error{Status: 302, Operation: "ListServiceUserTokens"}, true, false, false},
		{&api.Error{Status: 400, Code: 9, Envelope: true}, false, false, false},
		{&api.Error{Status: 400}, true, false, false},
		{&api.Error{Status: 404, Code: 5}, false, true, false},
		{&api.Error{Status: 404, Code: 5, Operation: "ListServiceUserTokens"}, false, false, true},
		{&api.Error{Status: 404, Code: 5, Operation: "WhoAmI"}, false, false, false},
		{&api.Error{Status: 404}, false, false, false},
		{&api.Error{Status: 410, Code: 5, Envelope: true}, false, false, false},
		{&api.Error{Status: 429, Code: 8}, false, false, false},
		{&api.Error{Status: 500}, true, false, false},
		{&api.Error{Status: 500, Envelope: true}, true, false, false},
		{&api.Error{Status: 503, Operation: "ListServiceUserTokens"}, true, false, false},
		{&api.ResponseError{Status: 200}, true, false, false},
		{&api.ResponseError{Status: 200, Operation: "ListServiceUserTokens"}, true, false, false},
		{&api.TransportError{Sent: true, Operation: "ListServiceUserTokens"}, true, false, false},
		{&api.TransportError{}, false, false, false},
	} {
		for _, err := range []error{c.err, fmt.Errorf("wrapped: %w", c.err), errors.Join(errors.New("other"), c.err)} {
			if err == nil || (c.err == nil && errors.Unwrap(err) == nil && !strings.Contains(err.Error(), "wrapped")) {
				continue
			}
			if api.MayHaveActed(err) != c.acted || api.IsNotFound(err) != c.notFound || api.IsNotServed(err) != c.notServed {
				t.Errorf("%#v: acted %t, not found %t, not served %t", err, api.MayHaveActed(err), api.IsNotFound(err), api.IsNotServed(err))
			}
		}
	}
}

// A 2xx that is not quite the contract's, for each operation: a ResponseError with operation, status and request id.
func TestBrokenResponses_ofEveryOperation(t *testing.T) {
	t.Parallel()
	without := func(field string) string { return strings.Replace(tokenJSON, `"`+field+`"`, `"hidden_`+field+`"`, 1) }
	token := func(ctx context.Context, c *api.Client) error { _, err := c.GetServiceUserToken(ctx, "x"); return err }
	list := func(ctx context.Context, c *api.Client) error { _, err := c.ListServiceUserTokens(ctx); return err }
	userTokens := func(ctx context.Context, c *api.Client) error { _, err := c.ListUserTokens(ctx, ""); return err }
	sets := func(ctx context.Context, c *api.Client) error { _, err := c.ListPermissionSets(ctx, ""); return err }
	for name, c := range map[string]struct {
		operation, body string
		do              func(context.Context, *api.Client) error
	}{
		"token without id":            {"GetServiceUserToken", `{"service_user_token":` + without("id") + `}`, token},
		"token without status":        {"GetServiceUserToken", `{"service_user_token":` + without("status") + `}`, token},
		"token that is not nested":    {"GetServiceUserToken", tokenJSON, token},
		"days as text":                {"GetServiceUserToken", `{"service_user_token":` + strings.Replace(tokenJSON, `:45`, `:"hidden"`, 1) + `}`, token},
		"listed token without id":     {"ListServiceUserTokens", `{"service_user_tokens":[` + tokenJSON + `,` + without("id") + `]}`, list},
		"listed token without status": {"ListServiceUserTokens", `{"service_user_tokens":[` + without("status") + `]}`, list},
		"list of something else":      {"ListServiceUserTokens", `{"service_user_tokens":{"hidden":1}}`, list},
		"list without known keys":     {"ListServiceUserTokens", `{"hidden":[]}`, list},
		"page token as number":        {"ListServiceUserTokens", `{"service_user_tokens":[],"next_page_token":7}`, list},
		"user tokens missing":         {"ListUserTokens", `{"hidden":[]}`, userTokens},
		"user token without id":       {"ListUserTokens", `{"user_tokens":[{"name":"hidden"}]}`, userTokens},
		"permission sets missing":     {"ListPermissionSets", `{"hidden":[]}`, sets},
		"permission set without id":   {"ListPermissionSets", `{"permission_sets":[{"permission_set":{"identifier":{"name":"hidden"}}}]}`, sets},
		"permission that is no bool":  {"ListPermissionSets", `{"permission_sets":[{"id":"i","permissions":{"hidden":"hidden"}}]}`, sets},
		"total that is no number":     {"ListPermissionSets", `{"permission_sets":[],"total_results":"hidden"}`, sets},
		"caller without organization": {"WhoAmI", `{"user_id":"hidden"}`, func(ctx context.Context, c *api.Client) error { _, err := c.WhoAmI(ctx); return err }},
		"regenerate without a secret": {"RegenerateServiceUserToken", `{"service_user_token":` + tokenJSON + `,"secret":""}`, func(ctx context.Context, c *api.Client) error {
			_, _, err := c.RegenerateServiceUserToken(ctx, "x")
			return err
		}},
		"regenerate with a null": {"RegenerateServiceUserToken", `{"service_user_token":` + tokenJSON + `,"secret":null}`, func(ctx context.Context, c *api.Client) error {
			_, _, err := c.RegenerateServiceUserToken(ctx, "x")
			return err
		}},
		"one permission set without":   {"GetPermissionSet", `{"name":"hidden"}`, func(ctx context.Context, c *api.Client) error { _, err := c.GetPermissionSet(ctx, "x"); return err }},
		"control character in a field": {"GetServiceUserToken", "{\"service_user_token\":{\"id\":\"hidden\n\"}}", token},
	} {
		s := serve(t, response(200, c.body, "X-Request-ID", "req-9"))
		err := c.do(t.Context(), s.client(nil))
		var broken *api.ResponseError
		if !errors.As(err, &broken) || broken.Operation != c.operation || broken.Status != 200 || broken.RequestID != "req-9" || s.calls() != 1 {
			t.Errorf("%s: %v after %d calls", name, err, s.calls())
			continue
		}
		if strings.Contains(strings.ReplaceAll(err.Error(), "hidden_", ""), "hidden") {
			t.Errorf("%s: the error holds the body: %v", name, err)
		}
		if noSecret := strings.HasPrefix(name, "regenerate"); errors.Is(err, api.ErrNoSecret) != noSecret {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Errors keep their status with any body, and their text is harmless.
func TestErrors(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("a", 400)
	envelope := func(message string) string {
		text, _ := json.Marshal(map[string]any{"code": 9, "message": message, "details": []any{map[string]any{"@type": "x", "reason": "TOKEN_ACTIVE", "metadata": map[string]string{"k": "v"}}}})
		return string(text)
	}
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		status  int
		says    string
		not     string
	}{
		"envelope":        {response(400, envelope("no such thing")), 400, "no such thing", ""},
		"HTML":            {response(404, "<html>secret page</html>", "Content-Type", "text/html"), 404, "not found", "secret page"},
		"empty":           {response(403, ""), 403, "forbidden", ""},
		"bearer":          {response(400, envelope("bad "+bearer+" given")), 400, "bad (redacted) given", bearer},
		"other secret":    {response(400, envelope("bad scapi_0123 given")), 400, "bad (redacted) given", "scapi_0123"},
		"escape sequence": {response(400, envelope("a\x1b[31mb\u202ec\nd")), 400, "a?[31mb?c?d", "\x1b"},
		"long":            {response(400, envelope(long)), 400, strings.Repeat("a", 300) + "…", strings.Repeat("a", 301)},
	} {
		s := serve(t, c.handler)
		_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
		var refused *api.Error
		if !errors.As(err, &refused) || refused.Status != c.status || !strings.Contains(err.Error(), c.says) || (c.not != "" && strings.Contains(err.Error(), c.not)) {
			t.Errorf("%s: %v", name, err)
		}
		if name == "envelope" && (refused.Code != 9 || !api.HasReason(err, api.ReasonTokenActive) || refused.Metadata["k"] != "v") {
			t.Errorf("%s: %+v", name, refused)
		}
	}
}

func TestNotFound_needsTheContractsEnvelope(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{`{"code":5,"message":"m","details":[]}`: true, `{"code":3}`: false, `{"error":"x"}`: false, `nothing`: false, ``: false} {
		_, err := serve(t, response(404, body)).client(nil).GetServiceUserToken(t.Context(), "x")
		if api.IsNotFound(err) != want {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"plain": "plain", "é🔑": "é🔑", "a\x00b\u200fc": "a?b?c", "123456789": "12345678…"} {
		if got := api.Printable(in, 8); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
