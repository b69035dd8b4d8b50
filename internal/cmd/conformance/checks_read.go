package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// authentication checks that every operation refuses a call without a valid API token.
func (k *checker) authentication(ctx context.Context) {
	for _, c := range []struct {
		operation string
		request   request
	}{
		{"WhoAmI", get(whoAmIPath)},
		{"ListServiceUserTokens", get(tokensPath)},
		{"GetServiceUserToken", get(tokensPath + "/" + unknownID())},
		{"ListUserTokens", get(userTokensPath)},
		{"ListPermissionSets", post(permissionSetsPath, fields{"limit": 1, "offset": 0})},
		{"GetPermissionSet", get(permissionSetPath + unknownID())},
	} {
		k.refuses(ctx, c.operation, "an unknown bearer is refused", c.request.as(secret.New("not-a-token")), unauthenticated)
		k.refuses(ctx, c.operation, "no bearer is refused", c.request.as(secret.String{}), unauthenticated)
	}
}

// permissionSets checks both operations, and keeps ids for the tokens that this run creates.
func (k *checker) permissionSets(ctx context.Context) {
	const list, one = "ListPermissionSets", "GetPermissionSet"
	var page struct {
		Sets []json.RawMessage `json:"permission_sets"`
	}
	body := fields{"limit": 100, "offset": 0}
	if k.succeeds(ctx, list, "returns the sets", post(permissionSetsPath, body), &page) {
		sets, err := k.client.opts.apiClient().ListPermissionSets(ctx, "")
		if err != nil {
			k.differs(list, "is read to its end by the provider's client", "every set", k.client.harmless(err.Error(), 200))
		}
		for _, set := range sets {
			k.sets = append(k.sets, set.ID)
		}
	}
	k.succeeds(ctx, list, "limit=1 returns at most one", post(permissionSetsPath, fields{"limit": 1, "offset": 0}), &page, func() (bool, string, string) {
		return len(page.Sets) <= 1, "one set", fmt.Sprintf("%d", len(page.Sets))
	})
	k.refuses(ctx, list, "limit=101 is refused", post(permissionSetsPath, fields{"limit": 101, "offset": 0}), invalid("limit"))
	k.refuses(ctx, list, "an unknown field is refused", post(permissionSetsPath, fields{"limit": 1, "offset": 0, "nonsense": true}), invalid("nonsense"))
	k.refuses(ctx, one, "an unknown id is not found", get(permissionSetPath+unknownID()), notFound)
	const title = "returns a set of the list"
	if len(k.sets) == 0 {
		k.skip(one, title, "the list has none")
		return
	}
	var set json.RawMessage
	k.succeeds(ctx, one, title, get(permissionSetPath+pathElement(k.sets[0])), &set)
}

// userTokens checks the list of the caller's own tokens.
func (k *checker) userTokens(ctx context.Context, caller caller) {
	const operation = "ListUserTokens"
	type tokens struct {
		Tokens []struct {
			ID     string `json:"id"`
			UserID string `json:"user_id"`
		} `json:"user_tokens"`
		Next string `json:"next_page_token"`
	}
	var page, first tokens
	listed := k.succeeds(ctx, operation, "returns the caller's own", get(userTokensPath), &page, func() (bool, string, string) {
		for _, token := range page.Tokens {
			if token.UserID != caller.UserID {
				return false, "tokens of the caller only", "a token of somebody else"
			}
		}
		return true, "", ""
	})
	k.refuses(ctx, operation, "page_size=101 is refused", getWith(userTokensPath, "page_size=101"), invalid("page_size"))
	k.refuses(ctx, operation, "an unknown parameter is refused", getWith(userTokensPath, "nonsense=1"), invalid("nonsense"))
	const title = "page_size=1 returns one, and that there are more"
	if !listed || len(page.Tokens) < 2 {
		k.skip(operation, title, "the caller has fewer than two")
		return
	}
	k.succeeds(ctx, operation, title, getWith(userTokensPath, "page_size=1"), &first, func() (bool, string, string) {
		return len(first.Tokens) == 1 && first.Next != "", "one token and a next_page_token",
			fmt.Sprintf("%d tokens, next_page_token empty: %t", len(first.Tokens), first.Next == "")
	})
}

// unknownRoutes checks that paths and methods outside the contract are refused with its errors.
func (k *checker) unknownRoutes(ctx context.Context) {
	const operation = "a route outside the contract"
	k.refuses(ctx, operation, "is not found", get("/tokens/v1/no_such_route"), notFound)
	const title = "HEAD is not allowed"
	if resp, fine := k.sent(ctx, operation, title, request{method: http.MethodHead, path: whoAmIPath}); fine {
		k.check(operation, title, resp.status == http.StatusMethodNotAllowed, "405", fmt.Sprint(resp.status))
	}
}

// sorted returns a sorted copy.
func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }
