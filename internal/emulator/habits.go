package emulator

import (
	"reflect"
	"time"
)

// Habits are ways in which a server can differ from this emulator's usual form. The zero value has none. Habits compose with
// each other (see Merge), and with faults, which change a response after the habits did.
type Habits struct {
	// Times is the precision of the times in responses: services cut or round what their database keeps, and a create often
	// shows another precision than the list that reads it back.
	Times PerOperation[Precision]
	// UTCOffsets is the zone of the times in responses: some services write local time, or +00:00 in place of Z.
	UTCOffsets PerOperation[*time.Location]
	// ZeroTimes is how the time of an event that never happened is written (last_used_at, revoked_at): some languages write
	// their zero value.
	ZeroTimes ZeroTime
	// Missing names fields that responses leave out, wherever they are: a service need not keep all that the contract lists.
	Missing []string
	// UpperTokenIDs writes the ids of tokens in capitals: some databases do so, and paths then take any letter case.
	UpperTokenIDs PerOperation[bool]
	// UpperPermissionSetIDs does the same to the ids of permission sets: they can come from another service than the tokens.
	UpperPermissionSetIDs PerOperation[bool]
	// UpperUserIDs does the same to the ids of people and service users, after "user_".
	UpperUserIDs PerOperation[bool]
	// UpperOrganizationIDs does the same to the ids of organizations, after "role_".
	UpperOrganizationIDs PerOperation[bool]
	// OmitEmpty leaves out empty lists, objects and strings, false, 0 and null, as proto3 JSON does.
	OmitEmpty bool
	// NumbersAsStrings writes numbers in quotes, as proto3 JSON does with 64-bit numbers. Codes of errors follow ErrorCodes.
	NumbersAsStrings bool
	// Statuses is how a token's status is written: without the prefix that only protobuf needs.
	Statuses StatusForm
	// CreatedBy is how a token's creator is written: other services name people by another id, or by name only.
	CreatedBy CreatorForm
	// Successes is how a success is written: frameworks send 201 after a create, and no body after a change. Only Created
	// keeps a new secret; the other forms lose it.
	Successes PerOperation[Success]
	// PreconditionStatus is the HTTP status of FAILED_PRECONDITION: REST services use 409 or 412 in place of 400.
	PreconditionStatus int
	// OmitReasons leaves the details of FAILED_PRECONDITION empty: code and message are all that most services write.
	OmitReasons bool
	// Details is how the details of every error are written: the live service was reported to write an empty list.
	Details DetailsForm
	// ErrorCodes is how the codes of errors are written: protobuf enumerations are names in JSON.
	ErrorCodes CodeForm
	// StatusFilter is what the list does with the query parameter status: services ignore or refuse parameters that they do not know.
	StatusFilter FilterForm
	// Intermediaries are proxies and gateways that respond in place of the service.
	Intermediaries []Intermediary
	// ClockOffset is by how much this server's clock is ahead of Options.Now, or behind it: clocks of two machines differ. All
	// of its times and its Date header follow its own clock.
	ClockOffset time.Duration
	// DateOffset is by how much only the Date header is wrong: a cache keeps an old one, a proxy writes its own.
	DateOffset time.Duration
	// Lags are writes that are not visible at once: services read from replicas, caches and search indexes.
	Lags []Lag
}

// EveryOperation is the key of PerOperation for operations without an own entry.
const EveryOperation = ""

// PerOperation is a habit that can differ between operations. Its keys are operationIds, and EveryOperation.
type PerOperation[T any] map[string]T

func (p PerOperation[T]) of(operation string) T {
	if value, ok := p[operation]; ok {
		return value
	}
	return p[EveryOperation]
}

// Precision is how exactly times are written.
type Precision int

// The precisions. The zero value writes zero, two or seven fraction digits in turn, and loses no precision.
const (
	_ Precision = iota
	// SecondsCut has whole seconds, cut off.
	SecondsCut
	// SecondsRounded has whole seconds, rounded: a time can be up to half a second in the future.
	SecondsRounded
	// MillisecondsRounded has three digits, rounded.
	MillisecondsRounded
	// SevenDigits always has seven digits.
	SevenDigits
)

// ZeroTime is how the time of an event that never happened is written.
type ZeroTime int

// The zero times. The zero value leaves the field out.
const (
	_ ZeroTime = iota
	// ZeroTimeYearOne writes 0001-01-01T00:00:00Z.
	ZeroTimeYearOne
	// ZeroTimeEmpty writes "".
	ZeroTimeEmpty
	// ZeroTimeNull writes null.
	ZeroTimeNull
)

// StatusForm is how a token's status is written.
type StatusForm int

// The status forms. The zero value is TOKEN_STATUS_ACTIVE.
const (
	_ StatusForm = iota
	// StatusBare is ACTIVE.
	StatusBare
	// StatusLower is active.
	StatusLower
)

// CreatorForm is how created_by is written.
type CreatorForm int

// The creator forms. The zero value has user_id and name.
const (
	_ CreatorForm = iota
	// CreatorUUID has the same user_id in the form of a UUID.
	CreatorUUID
	// CreatorNameOnly has a name and no user_id.
	CreatorNameOnly
	// CreatorText is the user's id as a string in place of an object.
	CreatorText
)

// Success is how a success is written.
type Success int

// The successes. The zero value is 200 with the contract's body.
const (
	_ Success = iota
	// Created is 201 with the contract's body.
	Created
	// NoContent is 204 without a body.
	NoContent
	// EmptyBody is 200 without a body.
	EmptyBody
	// HTMLBody is 200 with a page in HTML.
	HTMLBody
)

// DetailsForm is how an error's details are written.
type DetailsForm int

// The details forms. The zero value is one google.rpc.ErrorInfo.
const (
	_ DetailsForm = iota
	// DetailsEmpty is an empty list.
	DetailsEmpty
	// DetailsMissing leaves the field out.
	DetailsMissing
)

// CodeForm is how an error's code is written.
type CodeForm int

// The code forms. The zero value is a number.
const (
	_ CodeForm = iota
	// CodeName is "FAILED_PRECONDITION".
	CodeName
	// CodeDigits is "9".
	CodeDigits
)

// FilterForm is what the list does with the query parameter status.
type FilterForm int

// The filter forms. The zero value follows it.
const (
	_ FilterForm = iota
	// FilterIgnored lists all tokens.
	FilterIgnored
	// FilterRefused is 400.
	FilterRefused
)

// Intermediary is a proxy or gateway that responds to some calls itself, in HTML, without the service's headers and with a
// correct clock.
type Intermediary struct {
	// Status is the HTTP status, such as 403, 407, 408 or 502.
	Status int
	// AfterWork lets the service do the work first; its response is lost.
	AfterWork bool
	// Operation is the operationId of the calls; empty for any.
	Operation string
	// Every says which of these calls it responds to: every third for 3, every one for 0 or 1.
	Every int
}

// Merge returns all of these habits together. Lists and tables are joined; if two set the same field, the later one
// wins.
func Merge(habits ...Habits) Habits {
	var merged Habits
	into := reflect.ValueOf(&merged).Elem()
	for _, h := range habits {
		from := reflect.ValueOf(h)
		for i := range from.NumField() {
			mergeField(into.Field(i), from.Field(i))
		}
	}
	return merged
}

func mergeField(into, from reflect.Value) {
	switch {
	case from.IsZero():
	case from.Kind() == reflect.Slice:
		into.Set(reflect.AppendSlice(into, from))
	case from.Kind() == reflect.Map:
		if into.IsNil() {
			into.Set(reflect.MakeMap(into.Type()))
		}
		for entries := from.MapRange(); entries.Next(); {
			into.SetMapIndex(entries.Key(), entries.Value())
		}
	default:
		into.Set(from)
	}
}

// anyLetterCase reports whether ids in requests are accepted in any letter case.
func (h Habits) anyLetterCase() bool {
	return len(h.UpperTokenIDs)+len(h.UpperPermissionSetIDs)+len(h.UpperUserIDs)+len(h.UpperOrganizationIDs) > 0
}
