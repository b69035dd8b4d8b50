package api_test

import (
	"net/http"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func TestHostThatDoesNotServeTheAPI(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		want    bool
	}{
		"404":           {response(404, `{"code":5}`), true},
		"405":           {response(405, ``), true},
		"405 enveloped": {response(405, `{"code":12}`), true},
		"page":          {response(200, `<html>`, "Content-Type", "text/html"), true},
		"page as JSON":  {response(200, `<html>`), true},
		"empty":         {response(200, ``), true},
		"array":         {response(200, `[]`), true},
		"null":          {response(200, `null`), true},
		"other object":  {response(200, `{"status":{"service_user_tokens":[]},"up":true}`), true},
		"redirect":      {response(302, ``, "Location", "https://example.com/"), false},
		"no id":         {response(200, `{"service_user_tokens":[{"name":"n"}]}`), false},
		"wrong type":    {response(200, `{"service_user_tokens":7}`), false},
		"never ends":    {response(200, `{"next_page_token":"p"}`), false},
		"401":           {response(401, `{"code":16}`), false},
		"403":           {response(403, ``), false},
		"500":           {response(500, ``), false},
	} {
		_, err := serve(t, c.handler).client(nil).ListServiceUserTokens(t.Context())
		if err == nil || api.IsNotServed(err) != c.want {
			t.Errorf("%s: %v", name, err)
		}
		_, err = serve(t, c.handler).client(nil).ListUserTokens(t.Context(), "")
		if name != "no id" && name != "wrong type" && (err == nil || api.IsNotServed(err) != c.want) {
			t.Errorf("user tokens, %s: %v", name, err)
		}
	}
	_, err := serve(t, response(404, `{"code":5}`)).client(nil).GetServiceUserToken(t.Context(), "x")
	if api.IsNotServed(err) {
		t.Error("a 404 for one token is taken for a host that serves nothing")
	}
}
