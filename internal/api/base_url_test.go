package api_test

import (
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

func TestParseBaseURL(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"https://api.safetyculture.io":  "https://api.safetyculture.io",
		"https://h.example/a/b/":        "https://h.example/a/b",
		"http://127.0.0.1:8080":         "http://127.0.0.1:8080",
		"http://127.9.9.9":              "http://127.9.9.9",
		"http://[::1]:1/x":              "http://[::1]:1/x",
		"http://localhost":              "http://localhost",
		"http://api.safetyculture.io":   "",
		"http://10.0.0.1":               "",
		"http://localhost.evil.example": "",
		"http://127.0.0.1.evil.example": "",
		"api.safetyculture.io":          "",
		"//api.safetyculture.io":        "",
		"https://":                      "",
		"https://u:p@h.example":         "",
		"https://h.example?x=1":         "",
		"https://h.example#x":           "",
		"file:///etc/passwd":            "",
		"https://h.example/%zz":         "",
		"":                              "",
	} {
		got, err := api.ParseBaseURL(text)
		if (err == nil) != (want != "") || (err == nil && got.String() != want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
}
