package api_test

import (
	"slices"
	"strings"
	"testing"
)

func TestPermissionSetsInEveryShape(t *testing.T) {
	t.Parallel()
	inner := `"id":"i","type":"CUSTOM","name":"n","description":"d"`
	rest := `"modified_at":"2026-01-02T03:04:05Z","permissions":{"b":true,"a":true,"c":false}`
	for name, set := range map[string]string{
		"nested":     `{"permission_set":{"identifier":{` + inner + `},` + rest + `}}`,
		"identifier": `{"identifier":{` + inner + `},` + rest + `}`,
		"flat":       `{` + inner + `,` + rest + `}`,
		"half flat":  `{"permission_set":{` + inner + `,` + rest + `}}`,
	} {
		for _, total := range []string{`1`, `"1"`} {
			sets, err := serve(t, response(200, `{"permission_sets":[`+set+`],"total_results":`+total+`}`)).client(nil).ListPermissionSets(t.Context(), "")
			if err != nil || len(sets) != 1 || sets[0].ID != "i" || sets[0].Name != "n" || sets[0].Type != "CUSTOM" || sets[0].ModifiedAt.IsZero() || !slices.Equal(sets[0].Permissions, []string{"a", "b"}) {
				t.Errorf("%s: %+v, %v", name, sets, err)
			}
		}
		if one, err := serve(t, response(200, set)).client(nil).GetPermissionSet(t.Context(), "i"); err != nil || one.Name != "n" {
			t.Errorf("%s, one: %+v, %v", name, one, err)
		}
	}
	// Paging by offset; a total that is missing does not end the list early.
	for _, total := range []string{`,"total_results":"3"`, ``, `,"total_results":null`} {
		s := serve(t, response(200, `{"permission_sets":[{"id":"1"},{"id":"2"}]`+total+`}`), response(200, `{"permission_sets":[{"id":"3"}]`+total+`}`), response(200, `{"permission_sets":[]`+total+`}`))
		if sets, err := s.client(nil).ListPermissionSets(t.Context(), ""); err != nil || len(sets) != 3 || !strings.Contains(s.bodies[1], `"offset":2`) {
			t.Errorf("%q: %v, %v", total, sets, err)
		}
	}
	for _, body := range []string{`{"permission_sets":[{"name":"no id"}],"total_results":1}`, `{"permission_sets":[1]}`, `{"roles":[]}`, `{"permission_sets":[],"total_results":"many"}`} {
		if _, err := serve(t, response(200, body)).client(nil).ListPermissionSets(t.Context(), ""); err == nil {
			t.Errorf("%s passes", body)
		}
	}
}
