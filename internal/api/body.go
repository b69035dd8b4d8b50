package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
)

// checker is a response that knows which of its fields cannot be missing.
type checker interface{ check() error }

// page is a response in which every field can be absent, because protobuf's JSON omits empty fields. Its keys distinguish it
// from another host's JSON object.
type page interface{ keys() []string }

// secretHolder is a response with a secret that the API returns only once. salvage reads the secret even if another field of
// the response cannot be read.
type secretHolder interface{ salvage(body []byte) }

// foreignError is a response that is no JSON object, or a non-empty object without any of the contract's keys: the host that
// sent it does not serve the operation.
type foreignError struct{ what string }

func (e *foreignError) Error() string { return e.what }

// decode reads a 2xx response of any content type. Its errors contain nothing of the body, which can hold a secret.
func (c *Client) decode(resp *http.Response, body []byte, out any) error {
	body = bytes.TrimSpace(withoutMark(body))
	err := json.Unmarshal(body, out)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		mediaType, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
		return &foreignError{fmt.Sprintf("%s; its content type is %q", describeJSONError(err), c.harmless(mediaType, 60))}
	}
	if body[0] != '{' {
		return &foreignError{"the response is no JSON object"}
	}
	if p, ok := out.(page); ok && !hasKeyOf(body, p.keys()) {
		return &foreignError{"the response has none of " + strings.Join(p.keys(), ", ")}
	}
	if err != nil {
		holder, ok := out.(secretHolder)
		if !ok {
			return errors.New(describeJSONError(err))
		}
		holder.salvage(body)
	}
	if response, ok := out.(checker); ok {
		return response.check()
	}
	return nil
}

// hasKeyOf reports whether a JSON object is empty or has one of the keys. It stops at the first key that it finds.
func hasKeyOf(object []byte, keys []string) bool {
	d := json.NewDecoder(bytes.NewReader(object))
	_, _ = d.Token()
	for first := true; ; first = false {
		token, err := d.Token()
		key, isKey := token.(string)
		if err != nil || !isKey {
			return err == nil && first
		}
		if slices.ContainsFunc(keys, func(known string) bool { return strings.EqualFold(known, key) }) {
			return true
		}
		if d.Decode(new(json.RawMessage)) != nil {
			return false
		}
	}
}

// describeJSONError names where decoding failed, without any text of the input.
func describeJSONError(err error) string {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Sprintf("the response is not valid JSON (at byte %d)", syntax.Offset)
	case errors.As(err, &wrongType):
		return fmt.Sprintf("the response's field %q has an unexpected type", Printable(wrongType.Field, 100))
	default:
		return "the response could not be read as JSON of the contract"
	}
}
