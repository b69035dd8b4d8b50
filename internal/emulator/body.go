package emulator

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// received is a request's body: its bytes, and the error that ended them.
type received struct {
	data *bytes.Reader
	err  error
}

func receive(body io.Reader) received {
	data, err := io.ReadAll(body)
	return received{bytes.NewReader(data), err}
}

// Read implements io.Reader. After the last byte, it returns the error that ended the body.
func (b received) Read(p []byte) (int, error) {
	n, err := b.data.Read(p)
	if errors.Is(err, io.EOF) && b.err != nil {
		return n, b.err
	}
	return n, err
}

// Close implements io.Closer.
func (received) Close() error { return nil }

// readBody decodes a request's body strictly. For an unknown field, a wrong type, null, or anything after the object, it returns
// an INVALID_ARGUMENT that names the field if there is one.
func readBody(r *request, into any) error {
	data, err := io.ReadAll(r.Body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return invalid("body", "is larger than 1 MiB")
	}
	if err != nil {
		return invalid("body", "could not be read")
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return describe(err)
	}
	return checkFields(data)
}

// checkFields refuses what the decoder accepts: null, which would count as a missing field and so grant all permissions, a field's
// name in capitals, and anything after the object.
func checkFields(data []byte) error {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil || fields == nil {
		return invalid("body", "is not one JSON object")
	}
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if name != strings.ToLower(name) {
			return invalid(name, "is not a field of this request")
		}
		if string(fields[name]) == "null" {
			return invalid(name, "must not be null")
		}
	}
	return nil
}

func describe(err error) *refusal {
	var wrongType *json.UnmarshalTypeError
	if errors.As(err, &wrongType) {
		field := wrongType.Field
		if field == "" {
			field = "body"
		}
		return invalid(field, "has the wrong type")
	}
	// encoding/json has no type for this error.
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return invalid(strings.Trim(name, `"`), "is not a field of this request")
	}
	return invalid("body", "is not valid JSON")
}
