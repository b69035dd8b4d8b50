package emulator

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// draft is a response while habits change it: its body as a tree of JSON.
type draft struct {
	operation string
	status    int
	tree      any
	raw       *rawBody // if set, sent instead of the tree
}

func (r *draft) succeeds() bool { return r.status < 300 }

func (r *draft) content() any {
	if r.raw != nil {
		return *r.raw
	}
	return r.tree
}

func (r *draft) text() string {
	body, _ := json.Marshal(r.tree)
	return fmt.Sprint(r.status, r.raw, string(body))
}

// habit is one field of Habits at work on responses.
type habit struct {
	// field is its name in Habits.
	field string
	// forbidden reports whether the contract's document forbids the form that h asks for.
	forbidden func(h Habits) bool
	change    func(h Habits, r *draft)
}

// workings are the habits that change a response, in the order in which they do. Only this list says which forms the contract
// forbids; the other habits (clock, lags, filter) change values and keep the contract's form.
var workings = []habit{
	{"Times", never, changeTimes},
	{"UTCOffsets", func(h Habits) bool { return len(h.UTCOffsets) > 0 }, changeOffsets},
	{"ZeroTimes", func(h Habits) bool { return h.ZeroTimes == ZeroTimeEmpty || h.ZeroTimes == ZeroTimeNull }, changeZeroTimes},
	{"CreatedBy", func(h Habits) bool { return h.CreatedBy == CreatorNameOnly || h.CreatedBy == CreatorText }, changeCreators},
	{"UpperTokenIDs", never, changeTokenIDs},
	{"UpperPermissionSetIDs", never, changePermissionSetIDs},
	{"UpperUserIDs", func(h Habits) bool { return len(h.UpperUserIDs) > 0 }, changeUserIDs},
	{"UpperOrganizationIDs", never, changeOrganizationIDs},
	{"Statuses", func(h Habits) bool { return h.Statuses != 0 }, changeStatuses},
	{"PreconditionStatus", func(h Habits) bool { return h.PreconditionStatus != 0 }, changePreconditionStatus},
	{"OmitReasons", never, changeReasons},
	{"Details", func(h Habits) bool { return h.Details == DetailsMissing }, changeDetails},
	{"ErrorCodes", func(h Habits) bool { return h.ErrorCodes != 0 }, changeErrorCodes},
	{"Missing", missesRequired, removeFields},
	{"OmitEmpty", func(h Habits) bool { return h.OmitEmpty }, removeEmpty},
	{"NumbersAsStrings", func(h Habits) bool { return h.NumbersAsStrings }, quoteNumbers},
	{"Successes", func(h Habits) bool { return len(h.Successes) > 0 }, changeSuccess},
}

func never(Habits) bool { return false }

// missesRequired reports whether a missing field is one that the contract requires.
func missesRequired(h Habits) bool {
	return slices.ContainsFunc(h.Missing, func(field string) bool {
		return !slices.Contains([]string{"last_used_at", "revoked_at", "modified_at"}, field)
	})
}

// BreaksContract reports whether the contract's document forbids some responses of a server with these habits. Each such
// response has the FaultHeader, which names the habits.
func (h Habits) BreaksContract() bool {
	return len(h.Intermediaries) > 0 || slices.ContainsFunc(workings, func(w habit) bool { return w.forbidden(h) })
}

// dress writes a response as the emulator's habits want it.
func (e *Emulator) dress(operation string, a response) response {
	if e.plain {
		return a
	}
	h, r := e.opts.Habits, &draft{operation: operation, status: a.status, tree: tree(a.body)}
	var broken []string
	for _, w := range workings {
		before := ""
		forbidden := w.forbidden(h)
		if forbidden {
			before = r.text()
		}
		w.change(h, r)
		if forbidden && r.text() != before {
			broken = append(broken, w.field)
		}
	}
	return response{r.status, r.content(), broken}
}

// tree is a body as JSON decodes it. Numbers keep their digits.
func tree(body any) any {
	data, _ := json.Marshal(body)
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var t any
	_ = decoder.Decode(&t)
	return t
}

// objects calls do for each object in a tree, the outer one first.
func objects(t any, do func(object map[string]any)) {
	switch t := t.(type) {
	case map[string]any:
		do(t)
		for _, value := range t {
			objects(value, do)
		}
	case []any:
		for _, value := range t {
			objects(value, do)
		}
	}
}

// rewrite changes each string that is the value of a field of this name.
func rewrite(t any, field string, change func(text string) string) {
	objects(t, func(object map[string]any) {
		switch value := object[field].(type) {
		case string:
			object[field] = change(value)
		case []any:
			for i := range value {
				if text, ok := value[i].(string); ok {
					value[i] = change(text)
				}
			}
		}
	})
}

func removeFields(h Habits, r *draft) {
	objects(r.tree, func(object map[string]any) {
		for _, field := range h.Missing {
			delete(object, field)
		}
	})
}

func removeEmpty(h Habits, r *draft) {
	if h.OmitEmpty {
		r.tree = withoutEmpty(r.tree)
	}
}

// withoutEmpty keeps the items of lists: only fields can be left out.
func withoutEmpty(t any) any {
	switch t := t.(type) {
	case map[string]any:
		for field, value := range t {
			if value = withoutEmpty(value); isEmpty(value) {
				delete(t, field)
			} else {
				t[field] = value
			}
		}
	case []any:
		for i := range t {
			t[i] = withoutEmpty(t[i])
		}
	}
	return t
}

func isEmpty(value any) bool {
	switch value := value.(type) {
	case map[string]any:
		return len(value) == 0
	case []any:
		return len(value) == 0
	default:
		return value == nil || value == "" || value == false || value == json.Number("0")
	}
}

func quoteNumbers(h Habits, r *draft) {
	if !h.NumbersAsStrings || !r.succeeds() {
		return
	}
	objects(r.tree, func(object map[string]any) {
		for field, value := range object {
			if number, ok := value.(json.Number); ok {
				object[field] = number.String()
			}
		}
	})
}

// htmlPage is what a browser would show.
const htmlPage = "<!DOCTYPE html>\n<html><head><title>%[1]s</title></head><body><h1>%[1]s</h1></body></html>\n"

func changeSuccess(h Habits, r *draft) {
	if !r.succeeds() {
		return
	}
	switch h.Successes.of(r.operation) {
	case Created:
		r.status = 201
	case NoContent:
		r.status, r.raw = 204, &rawBody{}
	case EmptyBody:
		r.raw = &rawBody{}
	case HTMLBody:
		r.raw = &rawBody{"text/html", fmt.Appendf(nil, htmlPage, "OK")}
	}
}
