package emulator_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// transcript is what a caller saw, and what the contract says of it.
type transcript struct {
	lines             []string
	unmarked          []string // forbidden responses that are not marked
	marked, forbidden int      // marked responses, and how many of them the contract forbids
}

// noting passes calls on to next and writes a transcript.
func noting(t *testing.T, next http.Handler) (http.Handler, *transcript) {
	t.Helper()
	checker, err := contracttest.NewChecker()
	if err != nil {
		t.Fatal(err)
	}
	seen := &transcript{}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		call, err := checker.Request(r, body)
		if err != nil {
			t.Errorf("the request is not allowed: %v", err)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		recorder := httptest.NewRecorder()
		next.ServeHTTP(recorder, r)
		seen.lines = append(seen.lines, fmt.Sprintln(r.Method, r.URL.Path, recorder.Code, recorder.Header().Get("Date"), recorder.Body))
		err = call.Response(r.Context(), recorder.Code, recorder.Header(), recorder.Body.Bytes())
		switch marked := recorder.Header().Get(emulator.FaultHeader) != ""; {
		case marked && err != nil:
			seen.forbidden++
			fallthrough
		case marked:
			seen.marked++
		case err != nil:
			seen.unmarked = append(seen.unmarked, fmt.Sprintf("%s %s: %v", r.Method, r.URL.Path, err))
		}
		for name, values := range recorder.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(recorder.Code)
		_, _ = w.Write(recorder.Body.Bytes())
	}), seen
}

// live takes a token through its whole life, with a refusal at each step, and reads it after each.
func live(t *testing.T, habits emulator.Habits) *transcript {
	t.Helper()
	f := newFixture(emulator.Options{Seed: 1, Habits: habits}, t)
	handler, seen := noting(t, f.em)
	f.listen(handler)
	step := func(method, path, body string) reply {
		f.advance(1765432100 * time.Nanosecond)
		return f.do(method, path, body)
	}
	reporting := f.em.PermissionSetID("Reporting")
	step("GET", tokensPath, "")
	made := step("POST", tokensPath, `{"name":"t","permission_set_ids":["`+reporting+`"]}`)
	path := tokensPath + "/" + f.em.Tokens()[0].ID
	if made.Token.ID != "" {
		path = tokensPath + "/" + made.Token.ID
	}
	look := func() {
		for _, path := range []string{tokensPath, path, tokensPath + "?status=TOKEN_STATUS_REVOKED", path} {
			step("GET", path, "")
		}
	}
	look()
	for _, s := range []struct{ method, path, body string }{
		{"PATCH", path, `{"name":"renamed","all_permissions":true}`},
		{"PATCH", path, `{"permission_set_ids":["unknown"]}`},
		{"DELETE", path, ""},
		{"POST", path + "/revoke", "{}"},
		{"POST", path + "/regenerate", "{}"},
		{"POST", path + "/revoke", "{}"},
		{"POST", path + "/revoke", "{}"},
		{"DELETE", path, ""},
		{"DELETE", path, ""},
		{"POST", path + "/regenerate", "{}"},
	} {
		step(s.method, s.path, s.body)
		look()
	}
	step("GET", whoAmIPath, "")
	step("GET", "/tokens/v1/user_tokens", "")
	step("POST", "/permissions/v1/permission_sets", `{"limit":2,"offset":0}`)
	step("GET", "/permissions/v1/permission_set/"+reporting, "")
	return seen
}

// A habit is forbidden exactly if the contract forbids a response that it changed, every such response is marked, and a
// caller sees each habit.
func TestNamedHabitsAreSeenAndMarked(t *testing.T) {
	t.Parallel()
	usual := live(t, emulator.Habits{})
	if usual.marked > 0 || len(usual.unmarked) > 0 {
		t.Fatalf("without habits: %+v", usual)
	}
	for _, habit := range emulator.NamedHabits() {
		t.Run(habit.Name, func(t *testing.T) {
			t.Parallel()
			seen := live(t, habit.Habits)
			if slices.Equal(seen.lines, usual.lines) {
				t.Error("nothing is seen of it")
			}
			if len(seen.unmarked) > 0 {
				t.Errorf("forbidden and not marked: %v", seen.unmarked)
			}
			if breaks := habit.Habits.BreaksContract(); breaks != (seen.marked > 0) || breaks != (seen.forbidden > 0) {
				t.Errorf("breaks the contract: %t, marked %d times, forbidden %d times", breaks, seen.marked, seen.forbidden)
			}
		})
	}
}

func TestHabitsHaveGoodNames(t *testing.T) {
	t.Parallel()
	operations := []string{emulator.EveryOperation}
	for _, o := range emulator.Operations() {
		operations = append(operations, o.ID)
	}
	seen := map[string]bool{}
	for _, habit := range emulator.NamedHabits() {
		if seen[habit.Name] || !regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`).MatchString(habit.Name) || !strings.HasSuffix(habit.Sentence, ".") {
			t.Errorf("%q: %q", habit.Name, habit.Sentence)
		}
		seen[habit.Name] = true
		for i, fields := 0, reflect.ValueOf(habit.Habits); i < fields.NumField(); i++ {
			if fields.Field(i).Kind() != reflect.Map {
				continue
			}
			for _, key := range fields.Field(i).MapKeys() {
				if !slices.Contains(operations, key.String()) {
					t.Errorf("%s is about an operation %q that there is not", habit.Name, key)
				}
			}
		}
	}
	if _, err := emulator.HabitsNamed("proto3-json", "nonsense"); err == nil || !strings.Contains(err.Error(), `no habit "nonsense"`) || !strings.Contains(err.Error(), "proto3-json") {
		t.Errorf("an unknown name: %v", err)
	}
}

// one returns a nonzero value of a type.
func one(of reflect.Type) reflect.Value {
	v := reflect.New(of).Elem()
	switch of.Kind() {
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.String:
		v.SetString("x")
	case reflect.Slice:
		v.Set(reflect.Append(v, one(of.Elem())))
	case reflect.Map:
		v.Set(reflect.MakeMap(of))
		v.SetMapIndex(one(of.Key()), one(of.Elem()))
	case reflect.Pointer:
		v.Set(reflect.New(of.Elem()))
	case reflect.Struct:
		for i := range of.NumField() {
			v.Field(i).Set(one(of.Field(i).Type))
		}
	default:
		panic("no value of " + of.String())
	}
	return v
}

func TestMergeKeepsEveryHabit(t *testing.T) {
	t.Parallel()
	all := one(reflect.TypeFor[emulator.Habits]()).Interface().(emulator.Habits)
	if got := emulator.Merge(all, emulator.Habits{}); !reflect.DeepEqual(got, all) {
		t.Errorf("merged with nothing: %+v", got)
	}
	if got := emulator.Merge(emulator.Habits{}, all); !reflect.DeepEqual(got, all) {
		t.Errorf("merged into nothing: %+v", got)
	}
	a := emulator.Habits{Missing: []string{"a"}, Times: emulator.PerOperation[emulator.Precision]{"A": 1, "B": 1}, Statuses: emulator.StatusBare, OmitEmpty: true}
	b := emulator.Habits{Missing: []string{"b"}, Times: emulator.PerOperation[emulator.Precision]{"B": 2, "C": 2}, Statuses: emulator.StatusLower}
	want := emulator.Habits{
		Missing: []string{"a", "b"}, Times: emulator.PerOperation[emulator.Precision]{"A": 1, "B": 2, "C": 2}, Statuses: emulator.StatusLower, OmitEmpty: true,
	}
	if got := emulator.Merge(a, b); !reflect.DeepEqual(got, want) {
		t.Errorf("merged: %+v", got)
	}
	if len(a.Missing) != 1 || len(a.Times) != 2 {
		t.Error("merging changed what was merged")
	}
}

// Two habits change one response, and a fault comes after them.
func TestHabitsComposeWithEachOtherAndWithFaults(t *testing.T) {
	t.Parallel()
	habits, err := emulator.HabitsNamed("numbers-as-strings", "status-lower", "error-code-name", "details-empty", "gateway-502-before")
	if err != nil {
		t.Fatal(err)
	}
	f := start(t, emulator.Options{Habits: habits, Tokens: 1})
	if list := f.do("GET", tokensPath, "").raw; !strings.Contains(list, `"active_count":"1"`) || !strings.Contains(list, `"status":"active"`) {
		t.Errorf("listed %s", list)
	}
	f.em.Fail(emulator.Fault{Status: 503})
	for range 4 { // the fault goes before the gateway, which stays when the fault is healed
		if r := f.do("GET", tokensPath, ""); r.status != 503 || !strings.Contains(r.raw, `{"code":"UNAVAILABLE","details":[],`) {
			t.Errorf("got %d %s", r.status, r.raw)
		}
	}
	f.em.Heal()
	f.em.Fail(emulator.Fault{Rewrite: func(status int, _ http.Header, body []byte) (int, []byte) { return status + 1, bytes.ToUpper(body) }})
	if r := f.do("GET", tokensPath, ""); r.status != 201 || !strings.Contains(r.raw, `"ACTIVE_COUNT":"1"`) {
		t.Errorf("rewritten %d %s", r.status, r.raw)
	}
	f.em.Heal()
	for i := 7; i <= 14; i++ {
		if r := f.do("GET", whoAmIPath, ""); (r.status == 502) != (i == 7 || i == 14) {
			t.Errorf("call %d gets %d", i, r.status)
		}
	}
}

func TestHabitsUnderConcurrentCalls(t *testing.T) {
	t.Parallel()
	var all []emulator.Habits
	for _, habit := range emulator.NamedHabits() {
		if len(habit.Habits.Successes)+len(habit.Habits.Intermediaries) == 0 {
			all = append(all, habit.Habits)
		}
	}
	f := start(t, emulator.Options{Habits: emulator.Merge(all...), ActiveTokenLimit: 50})
	var calls sync.WaitGroup
	for range 8 {
		calls.Go(func() { f.do("POST", tokensPath, `{"name":"t"}`) })
		calls.Go(func() { f.do("GET", tokensPath, "") })
	}
	calls.Wait()
	if n := len(f.em.Tokens()); n != 8 {
		t.Errorf("%d tokens", n)
	}
}

// A response that a forbidden habit did not change is still checked against the contract.
func TestOnlyChangedResponsesAreMarked(t *testing.T) {
	t.Parallel()
	habits, err := emulator.HabitsNamed("numbers-as-strings", "status-bare", "error-code-name", "times-seconds")
	if err != nil {
		t.Fatal(err)
	}
	f := startBare(t, emulator.Options{Habits: habits})
	made := f.make(`{"name":"t"}`)
	for want, r := range map[string]reply{
		"":                          f.do("GET", whoAmIPath, ""),
		"Statuses,NumbersAsStrings": made,
		"NumbersAsStrings":          f.do("GET", tokensPath+"?status=TOKEN_STATUS_REVOKED", ""),
		"ErrorCodes":                f.do("GET", tokensPath+"/unknown", ""),
	} {
		if got := r.header.Get(emulator.FaultHeader); got != want {
			t.Errorf("marked %q, want %q: %s", got, want, r.raw)
		}
	}
}
