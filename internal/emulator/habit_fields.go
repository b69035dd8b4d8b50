package emulator

import (
	"encoding/json"
	"strings"
	"time"
)

const wholeSeconds = "2006-01-02T15:04:05"

// timeFields are the fields of all responses that hold a time.
var timeFields = []string{"created_at", "issued_at", "last_used_at", "expires_at", "revoked_at", "modified_at"}

func changeTimes(h Habits, r *draft) {
	precision := h.Times.of(r.operation)
	if precision == 0 {
		return
	}
	eachTime(r, func(at time.Time, _ string) string { return precision.text(at) })
}

func (p Precision) text(at time.Time) string {
	switch p {
	case SecondsCut:
		return at.Truncate(time.Second).Format(wholeSeconds + "Z")
	case SecondsRounded:
		return at.Round(time.Second).Format(wholeSeconds + "Z")
	case MillisecondsRounded:
		return at.Round(time.Millisecond).Format(wholeSeconds + ".000Z")
	default:
		return at.Format(wholeSeconds + ".0000000Z")
	}
}

func changeOffsets(h Habits, r *draft) {
	zone := h.UTCOffsets.of(r.operation)
	if zone == nil {
		return
	}
	eachTime(r, func(at time.Time, text string) string {
		fraction := strings.TrimSuffix(text[len(wholeSeconds):], "Z")
		return at.In(zone).Format(wholeSeconds) + fraction + at.In(zone).Format("-07:00")
	})
}

// eachTime changes each time of a response.
func eachTime(r *draft, change func(at time.Time, text string) string) {
	for _, field := range timeFields {
		rewrite(r.tree, field, func(text string) string {
			at, err := time.Parse(time.RFC3339Nano, text)
			if err != nil {
				return text
			}
			return change(at, text)
		})
	}
}

func changeZeroTimes(h Habits, r *draft) {
	var zero any
	switch h.ZeroTimes {
	case ZeroTimeYearOne:
		zero = "0001-01-01T00:00:00Z"
	case ZeroTimeEmpty:
		zero = ""
	case ZeroTimeNull:
	default:
		return
	}
	objects(r.tree, func(object map[string]any) {
		if object["expires_at"] == nil { // only tokens expire
			return
		}
		for _, field := range []string{"last_used_at", "revoked_at"} {
			if object[field] == nil {
				object[field] = zero
			}
		}
	})
}

func changeTokenIDs(h Habits, r *draft) {
	if h.UpperTokenIDs.of(r.operation) && !aboutPermissionSets(r.operation) {
		rewrite(r.tree, "id", strings.ToUpper)
	}
}

func changePermissionSetIDs(h Habits, r *draft) {
	if !h.UpperPermissionSetIDs.of(r.operation) {
		return
	}
	rewrite(r.tree, "permission_set_ids", strings.ToUpper)
	if aboutPermissionSets(r.operation) {
		rewrite(r.tree, "id", strings.ToUpper)
	}
}

func changeUserIDs(h Habits, r *draft) {
	if h.UpperUserIDs.of(r.operation) {
		rewrite(r.tree, "service_user_id", upperBehindPrefix)
		rewrite(r.tree, "user_id", upperBehindPrefix)
		rewrite(r.tree, "created_by", upperBehindPrefix)
	}
}

func changeOrganizationIDs(h Habits, r *draft) {
	if h.UpperOrganizationIDs.of(r.operation) {
		rewrite(r.tree, "organisation_id", upperBehindPrefix)
	}
}

func aboutPermissionSets(operation string) bool {
	return operation == "ListPermissionSets" || operation == "GetPermissionSet"
}

func upperBehindPrefix(id string) string {
	prefix, rest, found := strings.Cut(id, "_")
	if !found {
		return strings.ToUpper(id)
	}
	return prefix + "_" + strings.ToUpper(rest)
}

func changeStatuses(h Habits, r *draft) {
	if h.Statuses == 0 {
		return
	}
	rewrite(r.tree, "status", func(text string) string {
		text = strings.TrimPrefix(text, "TOKEN_STATUS_")
		if h.Statuses == StatusLower {
			text = strings.ToLower(text)
		}
		return text
	})
}

func changeCreators(h Habits, r *draft) {
	objects(r.tree, func(object map[string]any) {
		creator, ok := object["created_by"].(map[string]any)
		if !ok {
			return
		}
		switch h.CreatedBy {
		case CreatorUUID:
			rewrite(creator, "user_id", asUUID)
		case CreatorNameOnly:
			delete(creator, "user_id")
		case CreatorText:
			object["created_by"] = creator["user_id"]
		}
	})
}

// asUUID writes user_<32 hex> as a UUID.
func asUUID(id string) string {
	x := strings.TrimPrefix(id, "user_")
	return strings.Join([]string{x[:8], x[8:12], x[12:16], x[16:20], x[20:]}, "-")
}

// preconditionFailed reports whether a response is an error of this code. It must run
// before changeErrorCodes, while codes are numbers.
func preconditionFailed(r *draft) (map[string]any, bool) {
	body, ok := r.tree.(map[string]any)
	return body, ok && !r.succeeds() && body["code"] == json.Number("9")
}

func changePreconditionStatus(h Habits, r *draft) {
	if _, failed := preconditionFailed(r); failed && h.PreconditionStatus != 0 {
		r.status = h.PreconditionStatus
	}
}

func changeReasons(h Habits, r *draft) {
	if body, failed := preconditionFailed(r); failed && h.OmitReasons {
		body["details"] = []any{}
	}
}

func changeDetails(h Habits, r *draft) {
	body, ok := r.tree.(map[string]any)
	if !ok || r.succeeds() {
		return
	}
	switch h.Details {
	case DetailsEmpty:
		body["details"] = []any{}
	case DetailsMissing:
		delete(body, "details")
	}
}

var codeNames = map[string]string{
	"3": "INVALID_ARGUMENT", "5": "NOT_FOUND", "7": "PERMISSION_DENIED", "8": "RESOURCE_EXHAUSTED", "9": "FAILED_PRECONDITION",
	"12": "UNIMPLEMENTED", "13": "INTERNAL", "14": "UNAVAILABLE", "16": "UNAUTHENTICATED",
}

func changeErrorCodes(h Habits, r *draft) {
	body, ok := r.tree.(map[string]any)
	if !ok || r.succeeds() {
		return
	}
	code, ok := body["code"].(json.Number)
	switch {
	case !ok:
	case h.ErrorCodes == CodeName:
		body["code"] = codeNames[code.String()]
	case h.ErrorCodes == CodeDigits:
		body["code"] = code.String()
	}
}
