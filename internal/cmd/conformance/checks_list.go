package main

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// maxPages is the largest number of pages that a check reads.
const maxPages = 50

// smallPages is the number of one-token pages that a check reads.
const smallPages = 10

const listOperation = "ListServiceUserTokens"

type tokenPage struct {
	Tokens      []serviceUserToken `json:"service_user_tokens"`
	Next        string             `json:"next_page_token"`
	ActiveCount int                `json:"active_count"`
	ActiveLimit int                `json:"active_limit"`
}

func ids(tokens []serviceUserToken) []string {
	var ids []string
	for _, t := range tokens {
		ids = append(ids, t.ID)
	}
	return ids
}

// pages reads pages of this size, up to a limit. It returns false if they cannot be read; the report then says so.
func (k *checker) pages(ctx context.Context, title string, size, limit int) (all []serviceUserToken, last tokenPage, fine bool) {
	query := url.Values{"page_size": {strconv.Itoa(size)}}
	for n := 1; ; n++ {
		resp, ok := k.sent(ctx, listOperation, title, getWith(tokensPath, query.Encode()))
		if !ok {
			return nil, last, false
		}
		page, problem := readPage(resp)
		if problem != "" {
			k.differs(listOperation, title, "pages that fit the contract's document", fmt.Sprintf("page %d: %s", n, problem))
			return nil, last, false
		}
		if len(page.Tokens) > size {
			k.differs(listOperation, title, fmt.Sprintf("at most %d a page", size), fmt.Sprintf("%d on page %d", len(page.Tokens), n))
			return nil, last, false
		}
		last = page
		all = append(all, page.Tokens...)
		if page.Next == "" || n == limit {
			return all, last, true
		}
		query.Set("page_token", page.Next)
	}
}

// lists checks the list of the organization's tokens, and reading one of them.
func (k *checker) lists(ctx context.Context) {
	k.refuses(ctx, "GetServiceUserToken", "an unknown id is not found", get(tokensPath+"/"+unknownID()), notFound)
	k.refuses(ctx, listOperation, "page_size=101 is refused", getWith(tokensPath, "page_size=101"), invalid("page_size"))
	k.refuses(ctx, listOperation, "page_size=0 is refused", getWith(tokensPath, "page_size=0"), invalid("page_size"))
	k.refuses(ctx, listOperation, "an unknown status is refused", getWith(tokensPath, "status=NONSENSE"), invalid("status"))
	k.refuses(ctx, listOperation, "an unknown parameter is refused", getWith(tokensPath, "nonsense=1"), invalid("nonsense"))

	const title = "returns every page"
	all, last, fine := k.pages(ctx, title, 100, maxPages)
	if !fine {
		k.skip(listOperation, "order, counts, paging, filters", "the list was not read")
		return
	}
	distinct := len(slices.Compact(sorted(ids(all)))) == len(all)
	k.check(listOperation, title, distinct, "each token once", "a token more than once")
	newestFirst := slices.IsSortedFunc(all, func(a, b serviceUserToken) int { return b.CreatedAt.Compare(a.CreatedAt) })
	k.check(listOperation, "the newest token comes first", newestFirst, "created_at descending", "another order")
	k.counts(all, last)
	k.smallPages(ctx, all)
	k.filters(ctx, all)
	k.oneOf(ctx, all)
}

func (k *checker) counts(all []serviceUserToken, last tokenPage) {
	const title = "active_count counts the active tokens"
	if last.Next != "" {
		k.skip(listOperation, title, fmt.Sprintf("the list has more than %d pages", maxPages))
		return
	}
	active := 0
	for _, t := range all {
		if t.Active() {
			active++
		}
	}
	k.check(listOperation, title, last.ActiveCount == active, fmt.Sprint(active), fmt.Sprint(last.ActiveCount))
	k.check(listOperation, "active_count is within active_limit", last.ActiveCount <= last.ActiveLimit,
		fmt.Sprintf("at most %d", last.ActiveLimit), fmt.Sprint(last.ActiveCount))
}

// smallPages checks that one token a page gives the same list.
func (k *checker) smallPages(ctx context.Context, all []serviceUserToken) {
	const title = "page_size=1 gives the same tokens, one a page"
	if len(all) < 2 {
		k.skip(listOperation, title, "there are fewer than two tokens; WRITE=1 makes some")
		return
	}
	few, last, fine := k.pages(ctx, title, 1, min(smallPages, len(all)))
	if !fine {
		return
	}
	want := ids(all[:min(smallPages, len(all))])
	atEnd := len(want) == len(all)
	k.check(listOperation, title, slices.Equal(ids(few), want) && (last.Next == "") == atEnd,
		fmt.Sprintf("the %d first tokens in the order of the list, and whether there are more", len(want)),
		fmt.Sprintf("%d tokens, or others, or a wrong next_page_token", len(few)))
}

// filters checks that a status filter lists exactly the tokens with this status.
func (k *checker) filters(ctx context.Context, all []serviceUserToken) {
	for _, status := range []api.Status{api.StatusActive, api.StatusRevoked, api.StatusExpired} {
		var page tokenPage
		k.succeeds(ctx, listOperation, "status="+string(status)+" filters", getWith(tokensPath, "page_size=100&status="+string(status)), &page, func() (bool, string, string) {
			var want []string
			for _, t := range all {
				if t.Status == status {
					want = append(want, t.ID)
				}
			}
			want = want[:min(100, len(want))]
			return slices.Equal(ids(page.Tokens), want), fmt.Sprintf("the %d tokens of that status", len(want)), fmt.Sprintf("%d tokens, or others", len(page.Tokens))
		})
	}
}

// oneOf reads one token of the list.
func (k *checker) oneOf(ctx context.Context, all []serviceUserToken) {
	const operation, title = "GetServiceUserToken", "returns a token of the list"
	if len(all) == 0 {
		k.skip(operation, title, "there are no tokens; WRITE=1 makes some")
		return
	}
	var one tokenResponse
	k.succeeds(ctx, operation, title, get(tokensPath+"/"+pathElement(all[0].ID)), &one, func() (bool, string, string) {
		return one.Token.ID == all[0].ID && one.Token.Name == all[0].Name, "the requested token", "another one"
	})
}
