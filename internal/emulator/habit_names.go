package emulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// NamedHabit is a habit that tests, the program's flag and the docs call by its name.
type NamedHabit struct {
	// Name is in lower case with dashes.
	Name string
	// Sentence says what a caller of this server sees.
	Sentence string
	// Habits is the habit.
	Habits Habits
}

// NamedHabits returns the habits that have a name, sorted by kind. Each can be used alone or merged with any other.
func NamedHabits() []NamedHabit {
	return slices.Concat(timeHabits(), idHabits(), fieldHabits(), successHabits(), errorHabits(), intermediaryHabits(), clockHabits(), lagHabits())
}

// HabitsNamed returns the habits of these names, merged. An unknown name is an error that lists all of them.
func HabitsNamed(names ...string) (Habits, error) {
	all := NamedHabits()
	var merged Habits
	for _, name := range names {
		i := slices.IndexFunc(all, func(h NamedHabit) bool { return h.Name == name })
		if i < 0 {
			return Habits{}, fmt.Errorf("there is no habit %q; the habits are:\n%s", name, DescribeHabits())
		}
		merged = Merge(merged, all[i].Habits)
	}
	return merged, nil
}

// DescribeHabits returns a line for each habit that has a name.
func DescribeHabits() string {
	var text strings.Builder
	for _, h := range NamedHabits() {
		forbidden := ""
		if h.Habits.BreaksContract() {
			forbidden = " (forbidden by the contract)"
		}
		_, _ = fmt.Fprintf(&text, "  %-34s %s%s\n", h.Name, h.Sentence, forbidden)
	}
	return text.String()
}

// mapOf is a habit of some operations. The first value is that of all others.
func mapOf[T any](others, value T, operations ...string) PerOperation[T] {
	p := PerOperation[T]{EveryOperation: others}
	for _, operation := range operations {
		p[operation] = value
	}
	return p
}

var (
	secretOperations = []string{"CreateServiceUserToken", "RegenerateServiceUserToken"}
	readOperations   = []string{"GetServiceUserToken", "ListServiceUserTokens"}
	quietWrites      = []string{"UpdateServiceUserToken", "RevokeServiceUserToken", "DeleteServiceUserToken"}
)

func timeHabits() []NamedHabit {
	return []NamedHabit{
		{"times-seconds", "All times are cut to whole seconds.", Habits{Times: mapOf(SecondsCut, SecondsCut)}},
		{"times-seconds-on-create", "Create and regenerate cut times to whole seconds; all else has fractions.", Habits{Times: mapOf(SevenDigits, SecondsCut, secretOperations...)}},
		{"times-seconds-in-list", "The list cuts times to whole seconds; all else has fractions.", Habits{Times: mapOf(SevenDigits, SecondsCut, "ListServiceUserTokens")}},
		{"times-seconds-rounded-in-get", "A read of one token rounds times to whole seconds, up to half a second ahead.", Habits{Times: mapOf(SevenDigits, SecondsRounded, "GetServiceUserToken")}},
		{"times-milliseconds-on-create", "Create and regenerate round times to milliseconds; all else has seven digits.", Habits{Times: mapOf(SevenDigits, MillisecondsRounded, secretOperations...)}},
		{"times-seven-digits", "All times have seven fraction digits.", Habits{Times: mapOf(SevenDigits, SevenDigits)}},
		{"times-offset", "Times are written in the zone +02:00.", Habits{UTCOffsets: PerOperation[*time.Location]{EveryOperation: time.FixedZone("", 2*60*60)}}},
		{"times-offset-in-list", "The list writes times in the zone -09:30; all else in UTC.", Habits{UTCOffsets: PerOperation[*time.Location]{"ListServiceUserTokens": time.FixedZone("", -(9*60+30)*60)}}},
		{"times-offset-zero", "Times end with +00:00 in place of Z.", Habits{UTCOffsets: PerOperation[*time.Location]{EveryOperation: time.UTC}}},
		{"times-zero-year-one", "A time that is not set is 0001-01-01T00:00:00Z.", Habits{ZeroTimes: ZeroTimeYearOne}},
		{"times-zero-empty", "A time that is not set is an empty string.", Habits{ZeroTimes: ZeroTimeEmpty}},
		{"times-zero-null", "A time that never was is null.", Habits{ZeroTimes: ZeroTimeNull}},
		{"no-created-at", "Tokens have no created_at.", Habits{Missing: []string{"created_at"}}},
		{"no-issued-at", "Tokens have no issued_at.", Habits{Missing: []string{"issued_at"}}},
		{"no-expires-at", "Tokens have no expires_at.", Habits{Missing: []string{"expires_at"}}},
		{"no-last-used-at", "Tokens do not say when they were used.", Habits{Missing: []string{"last_used_at"}}},
	}
}

func idHabits() []NamedHabit {
	in := func(operations ...string) PerOperation[bool] { return mapOf(false, true, operations...) }
	all := in(EveryOperation)
	return []NamedHabit{
		{"token-ids-upper", "Ids of tokens are in capitals.", Habits{UpperTokenIDs: all}},
		{"token-ids-upper-in-reads", "Reads write ids of tokens in capitals; writes do not.", Habits{UpperTokenIDs: in(readOperations...)}},
		{"token-ids-upper-in-list", "The list writes ids of tokens in capitals; all else does not.", Habits{UpperTokenIDs: in("ListServiceUserTokens")}},
		{"permission-set-ids-upper", "Ids of permission sets are in capitals.", Habits{UpperPermissionSetIDs: all}},
		{"permission-set-ids-upper-in-reads", "Reads of tokens write ids of permission sets in capitals; all else does not.", Habits{UpperPermissionSetIDs: in(readOperations...)}},
		{"user-ids-upper", "Ids of users have capitals after user_.", Habits{UpperUserIDs: all}},
		{"user-ids-upper-in-reads", "Reads of tokens write ids of users with capitals; all else does not.", Habits{UpperUserIDs: in(readOperations...)}},
		{"organization-ids-upper", "Ids of organizations have capitals after role_.", Habits{UpperOrganizationIDs: all}},
		{"created-by-missing", "Tokens do not say who created them.", Habits{Missing: []string{"created_by"}}},
		{"created-by-uuid", "The creator's id is written as a UUID, and not like the caller's id.", Habits{CreatedBy: CreatorUUID}},
		{"created-by-name-only", "The creator has a name and no id.", Habits{CreatedBy: CreatorNameOnly}},
		{"created-by-text", "The creator is a string in place of an object.", Habits{CreatedBy: CreatorText}},
	}
}

func fieldHabits() []NamedHabit {
	return []NamedHabit{
		{"proto3-json", "Empty lists, empty strings, false and 0 are left out.", Habits{OmitEmpty: true}},
		{"bare-lists", "Lists have no counts, and an empty one is {}.", Habits{OmitEmpty: true, Missing: []string{"active_count", "active_limit"}}},
		{"no-counts", "Lists do not count active tokens.", Habits{Missing: []string{"active_count", "active_limit"}}},
		{"numbers-as-strings", "Numbers are in quotes.", Habits{NumbersAsStrings: true}},
		{"status-bare", "Statuses have no prefix: ACTIVE.", Habits{Statuses: StatusBare}},
		{"status-lower", "Statuses are in lower case: active.", Habits{Statuses: StatusLower}},
		{"status-filter-ignored", "The list ignores the query parameter status.", Habits{StatusFilter: FilterIgnored}},
		{"status-filter-refused", "The list refuses the query parameter status.", Habits{StatusFilter: FilterRefused}},
	}
}

// successHabits holds only those that keep new secrets.
func successHabits() []NamedHabit {
	quiet := func(s Success) Habits { return Habits{Successes: mapOf(0, s, quietWrites...)} }
	return []NamedHabit{
		{"created-201", "Create and regenerate respond 201.", Habits{Successes: mapOf(0, Created, secretOperations...)}},
		{"no-content", "Edit, revoke and delete respond 204 without a body.", quiet(NoContent)},
		{"empty-body", "Edit, revoke and delete respond 200 without a body.", quiet(EmptyBody)},
		{"html-body", "Edit, revoke and delete respond 200 with HTML.", quiet(HTMLBody)},
	}
}

func errorHabits() []NamedHabit {
	return []NamedHabit{
		{"precondition-no-reason", "A refusal because of a token's status has no reason.", Habits{OmitReasons: true}},
		{"precondition-409", "A refusal because of a token's status is 409, without a reason.", Habits{OmitReasons: true, PreconditionStatus: http.StatusConflict}},
		{"precondition-412", "A refusal because of a token's status is 412, without a reason.", Habits{OmitReasons: true, PreconditionStatus: http.StatusPreconditionFailed}},
		{"details-empty", "Errors have an empty list of details.", Habits{Details: DetailsEmpty}},
		{"details-missing", "Errors have no details.", Habits{Details: DetailsMissing}},
		{"error-code-name", "Codes of errors are names.", Habits{ErrorCodes: CodeName}},
		{"error-code-digits", "Codes of errors are numbers in quotes.", Habits{ErrorCodes: CodeDigits}},
	}
}

// intermediaryHabits affect some calls and not all, so that a run can still succeed.
func intermediaryHabits() []NamedHabit {
	var list []NamedHabit
	for _, status := range []int{http.StatusForbidden, http.StatusProxyAuthRequired, http.StatusRequestTimeout, http.StatusBadGateway, http.StatusServiceUnavailable} {
		for name, after := range map[string]bool{"before": false, "after": true} {
			list = append(list, NamedHabit{
				fmt.Sprintf("gateway-%d-%s", status, name), fmt.Sprintf("A gateway responds to every seventh call with %d in HTML, %s the work.", status, name),
				Habits{Intermediaries: []Intermediary{{Status: status, AfterWork: after, Every: 7}}},
			})
		}
	}
	slices.SortFunc(list, func(a, b NamedHabit) int { return strings.Compare(a.Name, b.Name) })
	return list
}

func clockHabits() []NamedHabit {
	return []NamedHabit{
		{"clock-ahead", "The server's clock is 10 minutes ahead.", Habits{ClockOffset: 10 * time.Minute}},
		{"clock-behind", "The server's clock is 10 minutes behind.", Habits{ClockOffset: -10 * time.Minute}},
		{"clock-a-week-ahead", "The server's clock is a week ahead.", Habits{ClockOffset: 7 * 24 * time.Hour}},
		{"date-ahead", "Only the Date header is wrong: it is a year ahead.", Habits{DateOffset: 365 * 24 * time.Hour}},
		{"date-behind", "Only the Date header is wrong: it is an hour behind.", Habits{DateOffset: -time.Hour}},
	}
}

func lagHabits() []NamedHabit {
	var list []NamedHabit
	for _, write := range []struct{ name, operation, what string }{
		{"create", "CreateServiceUserToken", "A new token"},
		{"edit", "UpdateServiceUserToken", "An edit"},
		{"revoke", "RevokeServiceUserToken", "A revoke"},
		{"regenerate", "RegenerateServiceUserToken", "A new secret"},
		{"delete", "DeleteServiceUserToken", "A delete"},
	} {
		for _, where := range []struct {
			name, what string
			lag        Lag
		}{
			{"list", "in the next two lists", Lag{InList: true}},
			{"get", "in the next two reads of the token", Lag{InGet: true}},
			{"writes", "to the next two writes", Lag{InWrites: true}},
		} {
			lag := where.lag
			lag.Operation, lag.Responses = write.operation, 2
			list = append(list, NamedHabit{"lag-" + write.name + "-" + where.name, write.what + " is not visible " + where.what + ".", Habits{Lags: []Lag{lag}}})
		}
	}
	return append(list, NamedHabit{
		"lag-3s", "No write is visible anywhere for 3 seconds.", Habits{Lags: []Lag{{InList: true, InGet: true, InWrites: true, For: 3 * time.Second}}},
	})
}
