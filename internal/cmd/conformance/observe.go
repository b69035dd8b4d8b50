package main

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// observations are facts about all responses, which everyResponse checks at the end.
type observations struct {
	responses   int
	notEchoed   string // the first operation that did not echo X-Request-ID
	leaked      string // the first operation whose response had a known secret
	rateHeaders int    // responses with all three rate-limit headers
	rateWrong   string // the first that are not as they should be
}

var rateLimitHeaders = []string{"X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"}

// note looks at one response. It must run before the client remembers the secret in it.
func (o *observations) note(c *client, operation, requestID string, resp response) {
	if operation == "" {
		operation = "a route outside the contract"
	}
	o.responses++
	if o.notEchoed == "" && resp.header.Get("X-Request-Id") != requestID {
		o.notEchoed = operation
	}
	holds := func(s secret.String) bool { return strings.Contains(string(resp.body), s.Reveal()) }
	if o.leaked == "" && slices.ContainsFunc(c.secrets, holds) {
		o.leaked = operation
	}
	o.noteRateLimit(operation, resp.header)
}

func (o *observations) noteRateLimit(operation string, header http.Header) {
	var numbers []int
	for _, name := range rateLimitHeaders {
		if number, err := strconv.Atoi(header.Get(name)); err == nil {
			numbers = append(numbers, number)
		}
	}
	switch {
	case len(numbers) == 0:
		return
	case len(numbers) < len(rateLimitHeaders):
		o.rateWrong = operation + ": only some of the three are there"
	case numbers[1] > numbers[0]:
		o.rateWrong = fmt.Sprintf("%s: %d of %d calls remain", operation, numbers[1], numbers[0])
	default:
		o.rateHeaders++
	}
}

// everyResponse reports what was watched.
func (k *checker) everyResponse() {
	o := k.client.seen
	k.check("every response", "echoes X-Request-ID", o.notEchoed == "", "the id that was sent", "another or none, first by "+o.notEchoed)
	k.check("every response", "holds no secret but the new one of create and regenerate", o.leaked == "", "none", "a secret that was known before, first by "+o.leaked)
	const title = "rate-limit headers come together, and no more calls remain than the limit"
	if o.rateHeaders == 0 && o.rateWrong == "" {
		k.skip("every response", title, "no response has them; the contract allows that")
		return
	}
	k.check("every response", title, o.rateWrong == "", "x-ratelimit-limit, -remaining and -reset", o.rateWrong)
}
