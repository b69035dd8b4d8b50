// Package secret has a type for secrets that cannot be printed, logged or marshaled by mistake.
package secret

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"regexp"
	"strings"
)

// Redacted is the text that replaces a secret.
const Redacted = "(redacted)"

// String is a secret. Every conversion to text gives Redacted; only Reveal returns the secret itself, so a
// search for that name finds every place that lets a secret out. The zero value is "no secret".
type String struct {
	// A pointer, because printers that use reflection print the address of an unexported pointer, not the text behind it.
	text *string
}

// New wraps a secret. An empty text gives the zero value.
func New(text string) String {
	if text == "" {
		return String{}
	}
	return String{text: &text}
}

// Reveal returns the secret itself. Call it only to put the secret into Terraform state, into an Authorization
// header, or to encrypt it.
func (s String) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// IsZero reports whether there is no secret.
func (s String) IsZero() bool { return s.text == nil }

// String implements fmt.Stringer.
func (s String) String() string { return Redacted }

// GoString implements fmt.GoStringer, for %#v.
func (s String) GoString() string { return Redacted }

// Format implements fmt.Formatter, so that no verb (%x, %d, %p …) reaches the text.
func (s String) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Redacted) }

// LogValue implements slog.LogValuer.
func (s String) LogValue() slog.Value { return slog.StringValue(Redacted) }

// MarshalText implements encoding.TextMarshaler: used by JSON map keys, XML and hclog.
func (s String) MarshalText() ([]byte, error) { return []byte(Redacted), nil }

// MarshalJSON implements json.Marshaler.
func (s String) MarshalJSON() ([]byte, error) { return json.Marshal(Redacted) }

// UnmarshalJSON reads a secret from a response of the API. For anything but a string it returns an error without the value.
func (s *String) UnmarshalJSON(data []byte) error {
	var text string
	if err := json.Unmarshal(data, &text); err != nil {
		return fmt.Errorf("secret is not a string")
	}
	*s = New(text)
	return nil
}

// lookalike matches text in the reported forms of secrets: newer ones begin with scapi_, older ones are 64 hexadecimal
// characters.
var lookalike = regexp.MustCompile(`scapi_[A-Za-z0-9_\-]*|\b[0-9a-fA-F]{64}\b`)

// Scrub returns text without the given secrets and without anything that looks like one. Use it for text from
// outside, such as the message in a server's response, which can contain a secret that the server was sent.
func Scrub(text string, secrets ...String) string {
	for _, s := range secrets {
		if !s.IsZero() {
			text = strings.ReplaceAll(text, s.Reveal(), Redacted)
		}
	}
	return lookalike.ReplaceAllString(text, Redacted)
}
