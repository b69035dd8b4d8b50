package api_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// The gRPC code in every written form. If it cannot be read, something else may have sent the response.
func TestErrorCode_inAnyForm(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct {
		code     int
		envelope bool
	}{
		`{"code":9}`:                                  {9, true},
		`{"code":"9"}`:                                {9, true},
		`{"code":9.0,"details":[]}`:                   {9, true},
		`{"code":"FAILED_PRECONDITION"}`:              {9, true},
		`{"code":"failed_precondition","details":{}}`: {9, true},
		`{"code":"FailedPrecondition"}`:               {9, true},
		`{"code":"NOT_FOUND","message":7}`:            {5, true},
		`{"code":"Unauthenticated"}`:                  {16, true},
		`{"code":"canceled"}`:                         {1, true},
		`{"code":"CANCELLED"}`:                        {1, true},
		`{"message":"m","details":[{"reason":"R"}]}`:  {0, true},
		`{"code":403,"message":"Forbidden"}`:          {0, false},
		`{"code":"403"}`:                              {0, false},
		`{"code":17}`:                                 {0, false},
		`{"code":0}`:                                  {0, false},
		`{"code":-1}`:                                 {0, false},
		`{"code":""}`:                                 {0, false},
		`{"code":null,"details":null}`:                {0, false},
		`{"code":"nonsense"}`:                         {0, false},
		`{"code":{"n":9}}`:                            {0, false},
		`{"message":"Forbidden"}`:                     {0, false},
		`{"error":{"code":9}}`:                        {0, false},
		`{}`:                                          {0, false},
		`[9]`:                                         {0, false},
		`9`:                                           {0, false},
		`null`:                                        {0, false},
		`<html>`:                                      {0, false},
		``:                                            {0, false},
	} {
		for _, contentType := range []string{"application/json", "text/html"} {
			if e := refused(t, response(400, body, "Content-Type", contentType)); e.Code != want.code || e.Envelope != want.envelope {
				t.Errorf("%s as %s: %+v", body, contentType, e)
			}
		}
	}
}

// A 404 is "gone" only in the contract's envelope, and only to a call whose path names a thing.
func TestNotFound_isAboutAThingThatThePathNames(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		do   func(ctx context.Context, c *api.Client) error
		gone bool
	}{
		"WhoAmI":          {func(ctx context.Context, c *api.Client) error { _, err := c.WhoAmI(ctx); return err }, false},
		"list":            {func(ctx context.Context, c *api.Client) error { _, err := c.ListServiceUserTokens(ctx); return err }, false},
		"user tokens":     {func(ctx context.Context, c *api.Client) error { _, err := c.ListUserTokens(ctx, "x"); return err }, false},
		"permission sets": {func(ctx context.Context, c *api.Client) error { _, err := c.ListPermissionSets(ctx, ""); return err }, false},
		"create": {func(ctx context.Context, c *api.Client) error {
			_, _, err := c.CreateServiceUserToken(ctx, api.NewServiceUserToken{})
			return err
		}, false},
		"one token": {func(ctx context.Context, c *api.Client) error { _, err := c.GetServiceUserToken(ctx, "x"); return err }, true},
		"revoke": {func(ctx context.Context, c *api.Client) error {
			_, err := c.RevokeServiceUserToken(ctx, "x")
			return err
		}, true},
		"delete":             {func(ctx context.Context, c *api.Client) error { return c.DeleteServiceUserToken(ctx, "x") }, true},
		"one permission set": {func(ctx context.Context, c *api.Client) error { _, err := c.GetPermissionSet(ctx, "x"); return err }, true},
	} {
		for body, enveloped := range map[string]bool{`{"code":5}`: true, `{"code":"5"}`: true, `{"code":"not_found"}`: true, `{"code":9}`: false, `{"code":404}`: false, `<html>`: false, ``: false} {
			err := c.do(t.Context(), serve(t, response(404, body)).client(nil))
			if api.IsNotFound(err) != (c.gone && enveloped) || api.MayHaveActed(err) {
				t.Errorf("%s, %q: gone %t, may have acted %t: %v", name, body, api.IsNotFound(err), api.MayHaveActed(err), err)
			}
			if served := name != "list" && name != "user tokens" && name != "create"; api.IsNotServed(err) == served {
				t.Errorf("%s, %q: not served %t", name, body, api.IsNotServed(err))
			}
		}
	}
}

// Whether the API may have carried out a create, an edit or a revoke, by the status and by the sender of the response; and
// whether the token's state may be why it was refused.
func TestRefusals_byTheAPIAndByAnIntermediary(t *testing.T) {
	t.Parallel()
	for status, c := range map[int]struct{ enveloped, bare, state bool }{
		400: {false, true, true}, 401: {false, true, false}, 403: {false, true, false}, 404: {false, false, false}, 405: {false, false, false},
		407: {false, true, false}, 408: {false, true, false}, 409: {false, true, true}, 410: {false, true, false}, 412: {false, true, true}, 422: {false, true, false},
		429: {false, false, false}, 499: {false, true, false}, 500: {true, true, false}, 502: {true, true, false}, 503: {true, true, false}, 504: {true, true, false},
	} {
		for body, acted := range map[string]bool{
			`{"code":9,"message":"no"}`: c.enveloped, `{"code":"FAILED_PRECONDITION","details":[]}`: c.enveloped,
			`{"message":"no"}`: c.bare, `<html>no</html>`: c.bare, ``: c.bare,
		} {
			for _, k := range kinds {
				if k.reads {
					continue
				}
				err := k.do(t.Context(), serve(t, response(status, body)).client(func(o *api.Options) { o.MaxRetries = 0 }))
				if api.MayHaveActed(err) != acted || api.IsRefusedState(err) != c.state {
					t.Errorf("%s, %d %s: may have acted %t, state %t", k.name, status, body, api.MayHaveActed(err), api.IsRefusedState(err))
				}
			}
		}
	}
}

func TestRefusedState_isNoFieldOfTheRequest(t *testing.T) {
	t.Parallel()
	for reason, want := range map[string]bool{"INVALID_FIELD": false, api.ReasonTokenActive: true, api.ReasonTokenNotActive: true, "SOMETHING_NEW": true} {
		err := refused(t, response(400, `{"code":3,"details":[{"reason":"`+reason+`"}]}`))
		if api.IsRefusedState(err) != want || api.IsRefusedState(fmt.Errorf("wrapped: %w", err)) != want {
			t.Errorf("%s: %t", reason, !want)
		}
	}
	for _, err := range []error{nil, errors.New("x"), &api.ResponseError{Status: 400}, &api.TransportError{}} {
		if api.IsRefusedState(err) {
			t.Errorf("%v passes", err)
		}
	}
}

// The error for a success that is no JSON names the content type, and contains nothing of the body.
func TestSuccessThatIsNoJSON_namesItsContentType(t *testing.T) {
	t.Parallel()
	for contentType, want := range map[string]string{"text/html; charset=utf-8": `content type is "text/html"`, "application/json": "not valid JSON"} {
		_, err := serve(t, response(http.StatusOK, `<html>hidden</html>`, "Content-Type", contentType)).client(nil).WhoAmI(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v", contentType, err)
		}
	}
}
