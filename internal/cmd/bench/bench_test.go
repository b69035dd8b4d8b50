package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/emulator"
)

// TestMain lets the smoke test's copy of this program be the plugins, as the built one does.
func TestMain(m *testing.M) {
	bePlugin()
	os.Exit(m.Run())
}

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func TestMedian(t *testing.T) {
	t.Parallel()
	costs := []cost{{9, 1}, {1, 9}, {5, 4}}
	if got := median(costs); got != (cost{5, 4}) {
		t.Errorf("of three: %v", got)
	}
	if got := median(append(costs, cost{7, 6})); got != (cost{6, 5}) {
		t.Errorf("of four: %v", got)
	}
	if got := median(costs[:1]); got != costs[0] {
		t.Errorf("of one: %v", got)
	}
}

func TestTrafficOf(t *testing.T) {
	t.Parallel()
	at := func(seconds int, status int) emulator.Call {
		return emulator.Call{Time: noon.Add(time.Duration(seconds) * time.Second), Status: status}
	}
	// Two calls are refused together, in whatever order they were written down; one wait of 50 s follows, and later one of 40 s.
	calls := []emulator.Call{at(0, 200), at(10, 429), at(9, 429), at(60, 200), at(70, 200), at(80, 429), at(120, 200)}
	if got, want := trafficOf(calls), (traffic{7, 3, 90 * time.Second}); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := trafficOf([]emulator.Call{at(0, 200), at(30, 200), at(31, 429)}); got != (traffic{3, 1, 0}) {
		t.Errorf("a pause without a refusal: %v", got)
	}
}

func TestPeakTogether(t *testing.T) {
	t.Parallel()
	ran := func(from, to int, peak int64) process {
		return process{Start: noon.Add(time.Duration(from) * time.Second), End: noon.Add(time.Duration(to) * time.Second), Peak: peak}
	}
	for name, c := range map[string]struct {
		all       []process
		peak      int64
		processes int
	}{
		"none":                    {nil, 0, 0},
		"one after the other":     {[]process{ran(0, 1, 5), ran(1, 2, 7), ran(2, 3, 6)}, 7, 1},
		"two together, one alone": {[]process{ran(0, 2, 5), ran(1, 3, 4), ran(4, 5, 8)}, 9, 2},
		"one around two":          {[]process{ran(0, 9, 5), ran(1, 2, 4), ran(3, 4, 6)}, 11, 2},
	} {
		if peak, processes := peakTogether(c.all); peak != c.peak || processes != c.processes {
			t.Errorf("%s: %d by %d", name, peak, processes)
		}
	}
}

func TestRecord(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "plugins")
	want := []process{{noon, noon.Add(time.Second), 3, 1}, {noon, noon, 4, 2}}
	for _, p := range want {
		if err := record(name, p); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := readRecord(name); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	if _, err := readRecord(name + "x"); err == nil {
		t.Error("a run that started no plugin is no error")
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	second := time.Second
	r := report{machine: "M", runs: 5, latency: 50 * time.Millisecond, organizations: 20, perEach: 20,
		plans: []plans{
			{size: size{1, 0}, slow: cost{second, second}, fast: cost{200 * time.Millisecond, second}, data: cost{150 * time.Millisecond, second}, traffic: traffic{calls: 2}, own: use{second, 20 << 20}},
			{size: size{1000, 12}, slow: cost{13 * second, second}, fast: cost{10 * second, second}, data: cost{2 * second, second}, nothing: cost{8 * second, second}, traffic: traffic{calls: 11},
				own: use{3 * second, 96<<20 - 1}, ownNothing: use{2 * second, 0}},
		},
		changes: []change{{"apply", 1234567, cost{61 * second, second}, cost{second, 2 * second}, traffic{1015, 10, 48 * second}}},
		aliases: many{peak: 500 << 20, processes: 20},
	}
	expect := func(text string, wanted ...string) {
		for _, want := range wanted {
			if !strings.Contains(text, want) {
				t.Errorf("%q is missing in:\n%s", want, text)
			}
		}
	}
	text := r.markdown()
	expect(text,
		"Measured with M. Medians of 5 runs",
		"| Tokens | 1 | 1,000 and 12 revoked |\n|---|---:|---:|\n",
		"| Ratio to `terraform_data`, each response after 50ms | 6.67 | 6.50 |",
		"| Ratio to `terraform_data`, each response at once | 1.33 | 5.00 |",
		"0.05 s more; target at most 0.10 s: met.",
		"ratio 1.30; target at most 1.25: missed.",
		"96 MiB; target below 96 MiB: met.",
		"plugin that does nothing: ratio 1.25; target at most 1.15: missed.",
		"that of the plugin that does nothing: ratio 1.50; target at most 0.60: missed.",
		"| apply of 1,234,567 tokens | 61.00 s | 1.00 s | 2.00 s | 1,015 | 10 | 48.00 s |",
		"| Plugins at the same time | 20 | 0 |")
	if strings.Contains(text, "before") {
		t.Errorf("there was no other build:\n%s", text)
	}
	r.plans[0].before, r.plans[0].ownBefore = cost{second, second}, use{4 * second, 30 << 20}
	r.changes, r.organizations = nil, 0
	text = r.markdown()
	expect(text, "| Ratio of its own CPU time to before | 0.25 |", "| Peak memory of the plugin, before | 30 MiB |")
	if strings.Contains(text, "apply of") || strings.Contains(text, "organizations") {
		t.Errorf("only plans were measured:\n%s", text)
	}
}

func TestVerdict(t *testing.T) {
	t.Parallel()
	second := time.Second
	nothing := use{cpu: 2 * second}
	for name, c := range map[string]struct {
		calls traffic
		own   use
		fails bool
	}{
		"all in bounds": {traffic{calls: 12}, use{1200 * time.Millisecond, 96<<20 - 1}, false},
		"a call more":   {traffic{calls: 13}, use{second, 1}, true},
		"a refusal":     {traffic{calls: 3, refused: 1}, use{second, 1}, true},
		"more memory":   {traffic{calls: 1}, use{second, 96 << 20}, true},
		"more CPU":      {traffic{calls: 1}, use{1201 * time.Millisecond, 1}, true},
	} {
		if err := verdict(io.Discard, c.calls, c.own, nothing); (err != nil) != c.fails {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	for words, args := range map[string][]string{
		"unexpected argument": {"y"},
		"at least 1":          {"-runs", "0"},
		"not negative":        {"-tokens", "-1"},
	} {
		if _, err := parse(args, io.Discard); err == nil || !strings.Contains(err.Error(), words) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if o, err := parse([]string{"-quick"}, io.Discard); err != nil || o.runs != 1 || len(o.sizes) > 2 {
		t.Errorf("%+v, %v", o, err)
	}
}

// All of it with real Terraform, on a few tokens: it ends, and counts what it should.
func TestBench_quick(t *testing.T) {
	t.Parallel()
	bin := t.TempDir()
	if out, err := exec.Command("go", "build", "-o", filepath.Join(bin, providerName), "../../..").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v: %s", err, out)
	}
	o, err := parse([]string{"-bin", bin, "-quick"}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if err := run(t.Context(), o, &stdout, &stderr); err != nil {
		t.Fatalf("%v\n%s", err, stderr.String())
	}
	for _, want := range []string{"| API calls | 2 | 2 |", "| API calls | 4 | 4 |", "| Calls refused by the rate limit | 0 | 0 |", "apply of 2 tokens", "destroy of 2 tokens"} {
		if !strings.Contains(stdout.String(), want) {
			t.Errorf("%q is missing in:\n%s", want, stdout.String())
		}
	}
	// Whether the plugins of two aliases meet depends on how busy the machine is; TestPeakTogether has both cases.
	if !regexp.MustCompile(`\| Plugins at the same time \| [12] \| 1 \|`).MatchString(stdout.String()) {
		t.Errorf("no plugins were seen:\n%s", stdout.String())
	}
	if strings.Contains(stdout.String(), "| 0 MiB |") {
		t.Errorf("no memory was measured:\n%s", stdout.String())
	}
}
