package main

import (
	"fmt"
	"strings"
	"time"
)

// report is everything that was measured.
type report struct {
	machine                string
	runs                   int
	latency                time.Duration
	plans                  []plans
	changes                []change
	organizations, perEach int
	aliases, workspaces    many
}

// The targets of the report.
const (
	mostLatencyRatio = 1.25
	mostTimeRatio    = 1.15 // to the plugin that does nothing
	mostCPURatio     = 0.60 // of the plugins by themselves; below 1 because the provider bypasses most of the framework
	mostStartUp      = 100 * time.Millisecond
	mostPeak         = 96 << 20
)

func (r report) markdown() string {
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	say("Measured with %s. Medians of %d runs of `plan` with nothing to do.\n", r.machine, r.runs)
	r.planTable(&b)
	say("")
	r.targets(say)
	if len(r.changes) > 0 {
		say("")
		r.changeTable(&b)
	}
	if r.organizations > 0 {
		say("")
		r.organizationTable(&b)
	}
	return b.String()
}

// table writes a Markdown table whose first row is its head.
func table(b *strings.Builder, rows [][]string) {
	for i, row := range rows {
		fmt.Fprintf(b, "| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Fprintf(b, "|---|%s\n", strings.Repeat("---:|", len(row)-1))
		}
	}
}

func (r report) planTable(b *strings.Builder) {
	row := func(title string, value func(plans) string) []string {
		cells := []string{title}
		for _, p := range r.plans {
			cells = append(cells, value(p))
		}
		return cells
	}
	rows := [][]string{
		row("Tokens", func(p plans) string { return p.size.String() }),
		row("Time, each response after "+r.latency.String(), func(p plans) string { return seconds(p.slow.wall) }),
		row("Time, each response at once", func(p plans) string { return seconds(p.fast.wall) }),
		row("Time, as many `terraform_data`", func(p plans) string { return seconds(p.data.wall) }),
		row("Time, the same with a plugin that does nothing", func(p plans) string { return seconds(p.nothing.wall) }),
		row("Ratio to `terraform_data`, each response after "+r.latency.String(), func(p plans) string { return ratio(p.slow.wall, p.data.wall) }),
		row("Ratio to `terraform_data`, each response at once", func(p plans) string { return ratio(p.fast.wall, p.data.wall) }),
		row("Ratio to the plugin that does nothing, each response at once", func(p plans) string { return ratio(p.fast.wall, p.nothing.wall) }),
		row("Ratio of a response after "+r.latency.String()+" to at once", func(p plans) string { return ratio(p.slow.wall, p.fast.wall) }),
		row("CPU time", func(p plans) string { return seconds(p.fast.cpu) }),
		row("CPU time, as many `terraform_data`", func(p plans) string { return seconds(p.data.cpu) }),
		row("CPU time, the same with the plugin that does nothing", func(p plans) string { return seconds(p.nothing.cpu) }),
		row("CPU time of the plugin by itself", func(p plans) string { return seconds(p.own.cpu) }),
		row("CPU time of the plugin that does nothing by itself", func(p plans) string { return seconds(p.ownNothing.cpu) }),
		row("Ratio of the plugins' own CPU times", func(p plans) string { return ratio(p.own.cpu, p.ownNothing.cpu) }),
		row("API calls", func(p plans) string { return count(p.traffic.calls) }),
		row("Calls refused by the rate limit", func(p plans) string { return count(p.traffic.refused) }),
		row("Peak memory of the plugin", func(p plans) string { return mebibytes(p.own.peak) }),
	}
	if r.plans[0].before.wall > 0 {
		rows = append(rows,
			row("Time, each response at once, before", func(p plans) string { return seconds(p.before.wall) }),
			row("CPU time, before", func(p plans) string { return seconds(p.before.cpu) }),
			row("CPU time of the plugin by itself, before", func(p plans) string { return seconds(p.ownBefore.cpu) }),
			row("Ratio of its own CPU time to before", func(p plans) string { return ratio(p.own.cpu, p.ownBefore.cpu) }),
			row("Peak memory of the plugin, before", func(p plans) string { return mebibytes(p.ownBefore.peak) }))
	}
	table(b, rows)
}

// targets says for each target whether the run met it.
func (r report) targets(say func(string, ...any)) {
	first, last := r.plans[0], r.plans[len(r.plans)-1]
	verdict := func(met bool) string {
		if met {
			return "met"
		}
		return "missed"
	}
	startUp, floor := first.fast.wall-first.data.wall, first.nothing.wall-first.data.wall
	say("- Start-up, %s token against as many `terraform_data`: %s more; target at most %s: %s. A plugin that does nothing takes %s more.",
		count(first.tokens), seconds(startUp), seconds(mostStartUp), verdict(startUp <= mostStartUp), seconds(floor))
	say("- Latency of %s at %s tokens: ratio %s; target at most %.2f: %s.", r.latency, count(last.tokens), ratio(last.slow.wall, last.fast.wall), mostLatencyRatio,
		verdict(float64(last.slow.wall) <= mostLatencyRatio*float64(last.fast.wall)))
	say("- Memory at %s tokens: %s; target below %s: %s.", count(last.tokens), mebibytes(last.own.peak), mebibytes(mostPeak), verdict(last.own.peak < mostPeak))
	say("- Time at %s tokens against the plugin that does nothing: ratio %s; target at most %.2f: %s.", count(last.tokens), ratio(last.fast.wall, last.nothing.wall), mostTimeRatio,
		verdict(last.fast.wall.Seconds() <= mostTimeRatio*last.nothing.wall.Seconds()))
	say("- The plugin's own CPU time at %s tokens against that of the plugin that does nothing: ratio %s; target at most %.2f: %s.", count(last.tokens), ratio(last.own.cpu, last.ownNothing.cpu), mostCPURatio,
		verdict(last.own.cpu.Seconds() <= mostCPURatio*last.ownNothing.cpu.Seconds()))
}

func (r report) changeTable(b *strings.Builder) {
	rows := [][]string{{"Change", "Time", "CPU time", "CPU time with the plugin that does nothing", "API calls", "Refused by the rate limit", "Waited for it"}}
	for _, c := range r.changes {
		rows = append(rows, []string{
			fmt.Sprintf("%s of %s tokens", c.name, count(c.tokens)), seconds(c.cost.wall), seconds(c.cost.cpu), seconds(c.nothing.cpu), count(c.traffic.calls), count(c.traffic.refused), seconds(c.traffic.waited),
		})
	}
	table(b, rows)
}

func (r report) organizationTable(b *strings.Builder) {
	row := func(title string, value func(many) string) []string {
		return []string{title, value(r.aliases), value(r.workspaces)}
	}
	table(b, [][]string{
		{fmt.Sprintf("%d organizations with %d tokens each", r.organizations, r.perEach), "aliases in one configuration", "a workspace each, one after the other"},
		row("Time of all plans", func(m many) string { return seconds(m.cost.wall) }),
		row("CPU time", func(m many) string { return seconds(m.cost.cpu) }),
		row("API calls", func(m many) string { return count(m.traffic.calls) }),
		row("Plugins at the same time", func(m many) string { return count(m.processes) }),
		row("Their peak memory, added up", func(m many) string { return mebibytes(m.peak) }),
	})
}

func seconds(d time.Duration) string { return fmt.Sprintf("%.2f s", d.Seconds()) }

func mebibytes(n int64) string { return fmt.Sprintf("%d MiB", (n+1<<19)>>20) }

func ratio(a, b time.Duration) string { return fmt.Sprintf("%.2f", a.Seconds()/b.Seconds()) }

// count writes a number with a comma after the thousands.
func count(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", count(n/1000), n%1000)
}
