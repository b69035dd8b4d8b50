package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// PermissionSet is a named set of permissions. The product also calls it a global role.
type PermissionSet struct {
	ID          string
	Type        string
	Name        string
	Description string
	ModifiedAt  time.Time // zero if the API does not say
	// Permissions are the names of those granted, sorted.
	Permissions []string
}

// permissionSetFields are a set's own fields, wherever they are nested.
type permissionSetFields struct {
	ID          string                  `json:"id"`
	Type        string                  `json:"type"`
	Name        string                  `json:"name"`
	Description string                  `json:"description"`
	ModifiedAt  flexibleTime            `json:"modified_at"`
	Permissions map[string]flexibleBool `json:"permissions"`
}

// permissionSetResponse reads the three shapes that clients were seen to expect: {"permission_set": {"identifier": {…}}},
// {"identifier": {…}} and flat.
type permissionSetResponse struct {
	permissionSetFields
	Identifier *permissionSetFields `json:"identifier"`
	Inner      *struct {
		permissionSetFields
		Identifier *permissionSetFields `json:"identifier"`
	} `json:"permission_set"`
}

func (r permissionSetResponse) permissionSet() (PermissionSet, error) {
	outer, identifier := r.permissionSetFields, r.Identifier
	if r.Inner != nil {
		outer, identifier = r.Inner.permissionSetFields, r.Inner.Identifier
	}
	named := outer
	if identifier != nil {
		named = *identifier
	}
	if named.ID == "" {
		return PermissionSet{}, errors.New("a permission set in it has no id")
	}
	set := PermissionSet{ID: named.ID, Type: named.Type, Name: named.Name, Description: named.Description, Permissions: []string{}}
	for _, fields := range []permissionSetFields{outer, named} {
		if !fields.ModifiedAt.IsZero() {
			set.ModifiedAt = fields.ModifiedAt.Time
		}
		for name, granted := range fields.Permissions {
			if bool(granted) && !slices.Contains(set.Permissions, name) {
				set.Permissions = append(set.Permissions, name)
			}
		}
	}
	slices.Sort(set.Permissions)
	return set, nil
}

type permissionSetPage struct {
	Sets  []json.RawMessage `json:"permission_sets"`
	Total flexibleInt       `json:"total_results"`
	read  []PermissionSet
}

func (p *permissionSetPage) keys() []string { return []string{"permission_sets", "total_results"} }

func (p *permissionSetPage) check() error {
	for _, raw := range p.Sets {
		set, err := readPermissionSet(raw)
		if err != nil {
			return err
		}
		p.read = append(p.read, set)
	}
	return nil
}

// isLast reports whether the list ends with this page, by the total. It does not trust a missing total, nor a total of one
// page or less beside a full page, which may count the page instead of the list: then only an empty page ends the list.
func (p *permissionSetPage) isLast(offset, limit int) bool {
	total := int(p.Total.value)
	return total > 0 && offset >= total && (len(p.read) < limit || total > limit)
}

func readPermissionSet(raw json.RawMessage) (PermissionSet, error) {
	var response permissionSetResponse
	if err := json.Unmarshal(raw, &response); err != nil {
		return PermissionSet{}, errors.New(describeJSONError(err))
	}
	return response.permissionSet()
}

// ListPermissionSets reads all permission sets whose name matches search; an empty search reads all.
func (c *Client) ListPermissionSets(ctx context.Context, search string) ([]PermissionSet, error) {
	type request struct {
		Search string `json:"search,omitempty"`
		Limit  int    `json:"limit"`
		Offset int    `json:"offset"`
	}
	all := distinct[PermissionSet]{items: []PermissionSet{}}
	in := request{Search: search, Limit: MaxPageSize}
	for range maxPages {
		var page permissionSetPage
		if err := c.do(ctx, call{operation: listPermissionSets, in: in, out: &page}); err != nil {
			return nil, err
		}
		before := len(all.items)
		for _, set := range page.read {
			all.put(set.ID, set)
		}
		in.Offset += len(page.read)
		if len(page.read) == 0 || page.isLast(in.Offset, in.Limit) {
			return all.items, nil
		}
		if len(all.items) == before { // a server that ignores the offset
			return nil, &ResponseError{Operation: listPermissionSets.ID, Status: http.StatusOK, Err: errEndless}
		}
	}
	return nil, &ResponseError{Operation: listPermissionSets.ID, Status: http.StatusOK, Err: fmt.Errorf("the list has more than %d pages", maxPages)}
}

type onePermissionSet struct {
	raw json.RawMessage
	set PermissionSet
}

func (o *onePermissionSet) UnmarshalJSON(data []byte) error {
	o.raw = slices.Clone(data)
	return nil
}

func (o *onePermissionSet) check() (err error) {
	o.set, err = readPermissionSet(o.raw)
	return err
}

// GetPermissionSet reads one permission set.
func (c *Client) GetPermissionSet(ctx context.Context, id string) (PermissionSet, error) {
	var response onePermissionSet
	err := c.do(ctx, call{operation: getPermissionSet, args: []string{id}, out: &response})
	return response.set, err
}
