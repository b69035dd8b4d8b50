package api

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// MaxPageSize is the largest page that the contract allows.
const MaxPageSize = 100

// pageForm has the fields that every page of tokens has in addition to its tokens.
type pageForm struct {
	NextPageToken string      `json:"next_page_token"`
	ActiveCount   flexibleInt `json:"active_count"`
	ActiveLimit   flexibleInt `json:"active_limit"`
}

func (pageForm) keysWith(list string) []string {
	return []string{list, "next_page_token", "active_count", "active_limit"}
}

// counts are the counts that the pages said so far, each from the last page that said it.
type counts struct{ active, limit flexibleInt }

func (n *counts) add(p pageForm) {
	n.active, n.limit = p.ActiveCount.or(n.active), p.ActiveLimit.or(n.limit)
}

// orCounted returns the number of active tokens and their limit, as the pages said them. If no page said the number, it counts
// the active tokens in the list; if no page said the limit, the limit is 0.
func orCounted[T any](said counts, list []T, isActive func(T) bool) (active, limit int64) {
	if said.active.known {
		return said.active.value, said.limit.value
	}
	for _, t := range list {
		if isActive(t) {
			active++
		}
	}
	return active, said.limit.value
}

// pageQuery returns the query of a request for one page.
func pageQuery(pageToken string) url.Values {
	query := url.Values{"page_size": {strconv.Itoa(MaxPageSize)}}
	if pageToken != "" {
		query.Set("page_token", pageToken)
	}
	return query
}

// distinct is a list that holds each id once, ignoring letter case. An item that moves to another page while the pages are
// read comes twice; put keeps the one that was read last.
type distinct[T any] struct {
	items []T
	at    map[string]int
}

func (d *distinct[T]) put(id string, item T) {
	key := IDKey(id)
	if at, ok := d.at[key]; ok {
		d.items[at] = item
		return
	}
	if d.at == nil {
		d.at = map[string]int{}
	}
	d.at[key] = len(d.items)
	d.items = append(d.items, item)
}

// maxPages ends a list that would never end. At 100 tokens a page, no organization has that many.
const maxPages = 1000

var errEndless = errors.New("the list repeats itself and would never end")

// eachPage reads pages until there is no next one. It returns a ResponseError if a page token comes twice, or after maxPages:
// such a list would never end.
func eachPage(o operation, read func(pageToken string) (next string, err error)) error {
	pageToken := ""
	used := map[string]bool{}
	for range maxPages {
		next, err := read(pageToken)
		if err != nil || next == "" {
			return err
		}
		if used[next] {
			return &ResponseError{Operation: o.ID, Status: http.StatusOK, Err: errEndless}
		}
		used[next] = true
		pageToken = next
	}
	return &ResponseError{Operation: o.ID, Status: http.StatusOK, Err: fmt.Errorf("the list has more than %d pages", maxPages)}
}
