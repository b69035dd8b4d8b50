package api

import (
	"bytes"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
)

// This file has the forms of values that the client reads in addition to the contract's own. It sends only the contract's form.

// flexibleTime is a time in any form that means one instant. A time that is absent, null, empty, zero, or in an unknown form
// becomes the zero time, which means unknown: it is no reason to reject the whole response.
type flexibleTime struct{ time.Time }

// timeForms are the forms beside RFC 3339 as Go reads it strictly: a comma before the fraction, an offset without a colon
// or without minutes. A time without an offset is ambiguous and therefore unknown.
var timeForms = []string{time.RFC3339, "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05Z07"}

func (t *flexibleTime) UnmarshalJSON(data []byte) error {
	if t.Time.UnmarshalJSON(data) != nil {
		t.Time = parseLoosely(data)
	}
	if t.Unix() <= 0 { // year 1 and the Unix epoch mean that the time was never set
		t.Time = time.Time{}
	}
	t.Time = t.UTC()
	return nil
}

func parseLoosely(data []byte) time.Time {
	var text string
	if json.Unmarshal(data, &text) != nil {
		return time.Time{}
	}
	text = strings.ToUpper(strings.TrimSpace(text))
	if day, rest, ok := strings.Cut(text, " "); ok {
		text = day + "T" + rest
	}
	for _, form := range timeForms {
		if t, err := time.Parse(form, text); err == nil {
			return t
		}
	}
	return time.Time{}
}

// orNil returns the time, or nil if it is unknown.
func (t flexibleTime) orNil() *time.Time {
	if t.IsZero() {
		return nil
	}
	at := t.Time // t itself would be allocated for unknown times too
	return &at
}

// flexibleInt is a whole number that may be written as a string, as 64-bit numbers are in protobuf's JSON, or with a
// fraction of zero. If it is absent, null or empty, the value is 0 and not known.
type flexibleInt struct {
	value int64
	known bool
}

func (n *flexibleInt) UnmarshalJSON(data []byte) error {
	text := unquoted(data)
	if text == "" || text == "null" {
		return nil
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		float, floatErr := strconv.ParseFloat(text, 64)
		if floatErr != nil || float != math.Trunc(float) || math.Abs(float) > 1<<53 {
			return &json.UnmarshalTypeError{Value: "no whole number", Type: reflect.TypeFor[int64]()}
		}
		value = int64(float)
	}
	n.value, n.known = value, true
	return nil
}

// or returns n if it is known, and earlier otherwise.
func (n flexibleInt) or(earlier flexibleInt) flexibleInt {
	if n.known {
		return n
	}
	return earlier
}

// flexibleBool is a boolean that may be written as a string. If it is absent, null or empty, it is false.
type flexibleBool bool

func (b *flexibleBool) UnmarshalJSON(data []byte) error {
	text := unquoted(data)
	if text == "" || text == "null" {
		return nil
	}
	value, err := strconv.ParseBool(strings.ToLower(text))
	if err != nil {
		return &json.UnmarshalTypeError{Value: "no boolean", Type: reflect.TypeFor[bool]()}
	}
	*b = flexibleBool(value)
	return nil
}

// unquoted returns a JSON number or literal, or the content of a JSON string.
func unquoted(data []byte) string { return string(bytes.TrimSpace(bytes.Trim(data, `"`))) }

// readStatus returns the contract's status for one that is written in another letter case, without the contract's prefix
// or with a longer one. Any other status is kept as it is written.
func readStatus(text string) Status {
	word := strings.ToUpper(strings.TrimSpace(text))
	if i := strings.LastIndex(word, statusPrefix); i >= 0 {
		word = word[i+len(statusPrefix):]
	}
	for _, status := range []Status{StatusActive, StatusRevoked, StatusExpired} {
		if strings.TrimPrefix(string(status), "TOKEN_"+statusPrefix) == word {
			return status
		}
	}
	return Status(text)
}

const statusPrefix = "STATUS_"

// codes are the names of the gRPC codes, by number, in upper case and without underscores, which servers write differently.
var codes = []string{
	"", "CANCELLED", "UNKNOWN", "INVALIDARGUMENT", "DEADLINEEXCEEDED", "NOTFOUND", "ALREADYEXISTS", "PERMISSIONDENIED",
	"RESOURCEEXHAUSTED", "FAILEDPRECONDITION", "ABORTED", "OUTOFRANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATALOSS",
	"UNAUTHENTICATED",
}

// readCode returns a gRPC code that is written as a number, as a number in a string, or as its name; 0 if it is none of
// these. Gateways write an HTTP status in its place: that is 0 too.
func readCode(data json.RawMessage) int {
	var number flexibleInt
	if len(data) > 0 && number.UnmarshalJSON(data) == nil {
		if number.value > 0 && number.value < int64(len(codes)) {
			return int(number.value)
		}
		return 0
	}
	name := strings.ReplaceAll(strings.ToUpper(unquoted(data)), "_", "")
	for code := 1; code < len(codes); code++ {
		if name == codes[code] || name == "CANCELED" && codes[code] == "CANCELLED" {
			return code
		}
	}
	return 0
}
