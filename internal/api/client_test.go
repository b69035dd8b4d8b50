package api_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func TestUnknownFieldsAndValuesAreTolerated(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"service_user_token":`+strings.Replace(tokenJSON, "STATUS_ACTIVE", "STATUS_SUSPENDED", 1)+`,"more":1}`))
	token, err := s.client(nil).GetServiceUserToken(t.Context(), "t1")
	if err != nil || token.Status != "TOKEN_STATUS_SUSPENDED" || token.Active() || token.IssuedAt.Nanosecond() != 123456700 || token.LastUsedAt != nil {
		t.Errorf("%+v, %v", token, err)
	}
}

// A 2xx response that is not the contract names operation, status and request id, and holds nothing of the body.
func TestBrokenResponses(t *testing.T) {
	t.Parallel()
	for name, handler := range map[string]http.HandlerFunc{
		"malformed":        response(200, `{"secret":"scapi_hidden"`),
		"empty":            response(200, ``),
		"trailing":         response(200, `{"service_user_token":`+tokenJSON+`,"secret":"scapi_hidden"} x`),
		"wrong type":       response(200, `{"secret":"scapi_hidden","service_user_token":["scapi_hidden"]}`),
		"secret no string": response(200, `{"secret":{"scapi_hidden":1},"service_user_token":`+tokenJSON+`}`),
		"no secret":        response(200, `{"service_user_token":`+tokenJSON+`}`),
		"no id":            response(200, `{"secret":"scapi_hidden","service_user_token":`+strings.Replace(tokenJSON, `"id":"t1"`, `"id":""`, 1)+`}`),
		"a page":           response(200, `<html>scapi_hidden`, "Content-Type", "text/html"),
		"null":             response(200, `null`),
	} {
		s := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("X-Request-ID", "req-7"); handler(w, r) })
		_, _, err := s.client(nil).CreateServiceUserToken(t.Context(), api.NewServiceUserToken{Name: "n"})
		var broken *api.ResponseError
		if !errors.As(err, &broken) || !api.MayHaveActed(err) || s.calls() != 1 {
			t.Errorf("%s: %v after %d calls", name, err, s.calls())
			continue
		}
		if text := err.Error(); !strings.Contains(text, "CreateServiceUserToken") || !strings.Contains(text, "200") || !strings.Contains(text, "req-7") || strings.Contains(text, "hidden") {
			t.Errorf("%s: %s", name, text)
		}
	}
}

func TestResponseOverTheLimit_isCutOff(t *testing.T) {
	t.Parallel()
	s := serve(t, response(200, `{"x":"`+strings.Repeat("a", 9<<20)+`"}`))
	_, err := s.client(nil).GetServiceUserToken(t.Context(), "x")
	if err == nil || !strings.Contains(err.Error(), "larger than 8 MiB") || s.calls() != 1 {
		t.Errorf("%v after %d calls", err, s.calls())
	}
}
