package api_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// onePage responds to every call with the same page, without a network.
type onePage string

func (c onePage) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(string(c))), Request: r}, nil
}

// A page of the list, from the response's bytes to tokens: ten of them are a thousand tokens.
func BenchmarkListPage(b *testing.B) {
	var items []string
	for i := range api.MaxPageSize {
		items = append(items, tokenWithID(fmt.Sprint("t", i)))
	}
	page := fmt.Sprintf(`{"service_user_tokens":[%s],"next_page_token":"","active_count":20,"active_limit":20}`, strings.Join(items, ","))
	base, err := api.ParseBaseURL(api.DefaultBaseURL)
	if err != nil {
		b.Fatal(err)
	}
	client := api.New(api.Options{BaseURL: base, Token: secret.New("t"), Transport: onePage(page)})
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		if list, err := client.ListServiceUserTokens(b.Context()); err != nil || len(list.Tokens) != api.MaxPageSize {
			b.Fatal(len(list.Tokens), err)
		}
	}
}
