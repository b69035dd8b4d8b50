package api

import (
	"bytes"
	"encoding/json"
	"net/http"
)

// newError reads a refusal. A field that cannot be read is left out; the others are kept.
func (c *Client) newError(operation, requestID string, resp *http.Response, body []byte) *Error {
	e := &Error{Operation: operation, Status: resp.StatusCode, RequestID: requestID}
	if resp.StatusCode >= 300 && resp.StatusCode <= 399 {
		e.Message = "the server redirects, and redirects are not followed because they could carry the credential to another host"
		return e
	}
	var envelope struct {
		Code    json.RawMessage `json:"code"`
		Message json.RawMessage `json:"message"`
		Details json.RawMessage `json:"details"`
	}
	if json.Unmarshal(withoutMark(body), &envelope) != nil {
		return e // for an HTML page or an empty body, the status is enough: its text would not help the user
	}
	var message string
	_ = json.Unmarshal(envelope.Message, &message)
	e.Code, e.Message = readCode(envelope.Code), c.harmless(message, 300)
	for _, raw := range listOf(envelope.Details) {
		var detail struct {
			Reason   json.RawMessage `json:"reason"`
			Metadata json.RawMessage `json:"metadata"`
		}
		var reason string
		if json.Unmarshal(raw, &detail) != nil || json.Unmarshal(detail.Reason, &reason) != nil || reason == "" {
			continue
		}
		e.Reason, e.Metadata = c.harmless(reason, 100), map[string]string{}
		var metadata map[string]json.RawMessage
		_ = json.Unmarshal(detail.Metadata, &metadata)
		for key, value := range metadata {
			e.Metadata[c.harmless(key, 100)] = c.harmless(textOf(value), 100)
		}
		break
	}
	// Gateways write JSON with a message of their own, or with an HTTP status as the code: such a response is not from the API.
	e.Envelope = e.Code != 0 || e.Reason != ""
	return e
}

// listOf returns a JSON list's elements. Any other JSON value counts as a list of one.
func listOf(data json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	if json.Unmarshal(data, &list) == nil {
		return list
	}
	return []json.RawMessage{data}
}

// textOf returns the text of a JSON string, a number or literal as written, and an empty text for a list or an object.
func textOf(data json.RawMessage) string {
	var text string
	if json.Unmarshal(data, &text) == nil {
		return text
	}
	if bytes.ContainsAny(data[:1], "{[") {
		return ""
	}
	return string(data)
}

// withoutMark returns a body without the byte order mark that some servers put before JSON.
func withoutMark(body []byte) []byte { return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) }
