package emulator

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	defaultPageSize = 50
	maxPageSize     = 100
)

// page is the part of a list that a request asks for.
type page struct {
	size  int
	after cursor
}

// cursor is the last item of the previous page. It holds the item and not its number, so that a list that changes between two
// pages neither repeats nor skips an item.
type cursor struct {
	at time.Time
	id string
}

func readPage(query url.Values) (page, error) {
	p := page{size: defaultPageSize}
	if text := query.Get("page_size"); text != "" {
		size, err := strconv.Atoi(text)
		if err != nil || size < 1 || size > maxPageSize {
			return page{}, invalid("page_size", "must be a number from 1 to 100")
		}
		p.size = size
	}
	if text := query.Get("page_token"); text != "" {
		raw, err := base64.RawURLEncoding.DecodeString(text)
		at, id, ok := strings.Cut(string(raw), " ")
		nanoseconds, numberErr := strconv.ParseInt(at, 10, 64)
		if err != nil || numberErr != nil || !ok || id == "" {
			return page{}, invalid("page_token", "is not one that this list has given")
		}
		p.after = cursor{time.Unix(0, nanoseconds).UTC(), id}
	}
	return p, nil
}

func (c cursor) text() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.at.UnixNano(), 10) + " " + c.id))
}

// newerFirst orders a list: newest first, then by id.
func newerFirst(a, b cursor) int {
	if c := b.at.Compare(a.at); c != 0 {
		return c
	}
	return strings.Compare(a.id, b.id)
}

// cut returns the page of a list, and the token of the next one, empty at the end.
func cut[T any](all []T, key func(T) cursor, p page) (items []T, next string) {
	sorted := slices.SortedFunc(slices.Values(all), func(a, b T) int { return newerFirst(key(a), key(b)) })
	for _, item := range sorted {
		if p.after.id != "" && newerFirst(key(item), p.after) <= 0 {
			continue
		}
		if len(items) == p.size {
			return items, key(items[len(items)-1]).text()
		}
		items = append(items, item)
	}
	return items, ""
}

// onlyQuery refuses a query parameter that the contract does not have.
func onlyQuery(query url.Values, names ...string) error {
	for name := range query {
		if !slices.Contains(names, name) {
			return invalid(name, "is not a parameter of this operation")
		}
	}
	return nil
}

type tokenList struct {
	Tokens        []tokenJSON `json:"service_user_tokens"`
	NextPageToken string      `json:"next_page_token"`
	ActiveCount   int         `json:"active_count"`
	ActiveLimit   int         `json:"active_limit"`
}

func (e *Emulator) readList(r *request) (work, error) {
	query := r.URL.Query()
	if err := onlyQuery(query, "page_size", "page_token", "status"); err != nil {
		return nil, err
	}
	p, err := readPage(query)
	if err != nil {
		return nil, err
	}
	status := query.Get("status")
	switch {
	case status != "" && e.opts.Habits.StatusFilter == FilterRefused:
		return nil, invalid("status", "is not a parameter of this operation")
	case e.opts.Habits.StatusFilter == FilterIgnored:
		status = ""
	}
	if status != "" && !slices.Contains([]string{statusActive, statusRevoked, statusExpired}, status) {
		return nil, invalid("status", "must be TOKEN_STATUS_ACTIVE, TOKEN_STATUS_REVOKED or TOKEN_STATUS_EXPIRED")
	}
	return func() (any, error) {
		return e.list(r.caller.organization, status, p), nil
	}, nil
}

// list returns a page of tokens as they are visible. It reads each token once: reading counts as one of Lag.Responses.
func (e *Emulator) list(o *organization, status string, p page) tokenList {
	now := e.instant()
	list := tokenList{Tokens: []tokenJSON{}, ActiveLimit: e.opts.ActiveTokenLimit}
	matches := func(t *token) bool { return t != nil && (status == "" || t.status(now) == status) }
	look := reading{organization: o, place: inList, now: now}
	var chosen []listed
	for _, item := range e.listed(o) {
		shown := e.seen(look, item.id, item.token)
		if shown != nil && shown.status(now) == statusActive {
			list.ActiveCount++
		}
		if matches(item.token) || matches(shown) {
			chosen = append(chosen, item)
		}
	}
	items, next := cut(chosen, func(item listed) cursor { return item.cursor }, p)
	list.NextPageToken = next
	look.counts = true
	for _, item := range items {
		if shown := e.seen(look, item.id, item.token); matches(shown) {
			list.Tokens = append(list.Tokens, e.tokenJSON(shown))
		}
	}
	return list
}

type userTokenJSON struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	UserID     string  `json:"user_id"`
	Status     string  `json:"status"`
	CreatedAt  string  `json:"created_at"`
	LastUsedAt *string `json:"last_used_at,omitempty"`
	ExpiresAt  string  `json:"expires_at"`
}

func (t *userToken) status(now time.Time) string {
	if now.Before(t.expiresAt()) {
		return statusActive
	}
	return statusExpired
}

func (e *Emulator) readListUserTokens(r *request) (work, error) {
	query := r.URL.Query()
	if err := onlyQuery(query, "user_id", "page_size", "page_token"); err != nil {
		return nil, err
	}
	p, err := readPage(query)
	if err != nil {
		return nil, err
	}
	userID := e.id(query.Get("user_id"))
	if userID == "" {
		userID = r.caller.id
	}
	if userID != r.caller.id && !r.caller.may(PermissionOrganization) {
		return nil, denied("listing the tokens of others needs the permission \"Platform management: Organization\"")
	}
	return func() (any, error) {
		now := e.instant()
		var own []*userToken
		active := 0
		for _, t := range r.caller.organization.userTokens {
			if t.user.id != userID {
				continue
			}
			own = append(own, t)
			if t.status(now) == statusActive {
				active++
			}
		}
		items, next := cut(own, func(t *userToken) cursor { return cursor{t.createdAt, t.id} }, p)
		list := []userTokenJSON{}
		for i, t := range items {
			list = append(list, userTokenJSON{t.id, t.name, t.user.id, t.status(now), timeText(t.createdAt, i), optionalTime(t.lastUsedAt, i), timeText(t.expiresAt(), i)})
		}
		return map[string]any{"user_tokens": list, "next_page_token": next, "active_count": active, "active_limit": e.opts.ActiveUserTokenLimit}, nil
	}, nil
}

func (e *Emulator) readWhoAmI(r *request) (work, error) {
	return func() (any, error) {
		u := r.caller
		return map[string]string{"user_id": u.id, "organisation_id": u.organization.id, "firstname": u.first, "lastname": u.last}, nil
	}, nil
}

func (e *Emulator) readListPermissionSets(r *request) (work, error) {
	in := struct {
		Search string `json:"search"`
		Limit  int    `json:"limit"`
		Offset int    `json:"offset"`
	}{Limit: maxPageSize}
	if err := readBody(r, &in); err != nil {
		return nil, err
	}
	if in.Limit < 1 || in.Limit > maxPageSize {
		return nil, invalid("limit", "must be a number from 1 to 100")
	}
	if in.Offset < 0 {
		return nil, invalid("offset", "must not be negative")
	}
	return func() (any, error) {
		found := r.caller.organization.search(in.Search)
		from := min(in.Offset, len(found))
		sets := []any{}
		for _, p := range found[from:min(from+in.Limit, len(found))] {
			sets = append(sets, e.permissionSetJSON(p))
		}
		// 64-bit numbers are strings in the vendor's JSON.
		return map[string]any{"permission_sets": sets, "total_results": strconv.Itoa(len(found))}, nil
	}, nil
}

func (e *Emulator) readGetPermissionSet(r *request) (work, error) {
	return func() (any, error) {
		for _, p := range r.caller.organization.permissionSets {
			if p.id == e.id(r.PathValue("id")) {
				if e.opts.PermissionSetShape == ShapeNested {
					return e.permissionSetJSON(p), nil
				}
				return map[string]any{"permission_set": e.permissionSetJSON(p)}, nil
			}
		}
		return nil, notFound("there is no permission set with this id")
	}, nil
}
