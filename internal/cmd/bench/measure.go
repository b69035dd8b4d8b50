package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// size is how many tokens a configuration manages, and how many revoked ones the organization has besides.
type size struct{ tokens, revoked int }

func (s size) String() string {
	if s.revoked > 0 {
		return fmt.Sprintf("%s and %s revoked", count(s.tokens), count(s.revoked))
	}
	return count(s.tokens)
}

// plans are the plans of one size.
type plans struct {
	size
	// With latency, without, and the same number of resources of a plugin that does nothing, and of terraform_data; medians.
	slow, fast, nothing, data cost
	traffic                   traffic
	peak                      int64
}

// apply applies without asking.
var apply = []string{"apply", "-input=false", "-no-color", "-auto-approve"}

// managing makes a workspace whose state holds the tokens that the services have.
func managing(ctx context.Context, c *cli, name, tokens, imports string) (*workspace, error) {
	w, err := c.workspace(name, tokens+imports)
	if err != nil {
		return nil, err
	}
	if _, err := w.output(ctx, apply...); err != nil {
		return nil, err
	}
	return w, w.configure(tokens)
}

// measurePlans measures the four kinds of plan in turn, so that whatever else the machine does strikes all of them. The
// first of each warms caches up and is not counted.
func measurePlans(ctx context.Context, c *cli, of size, o options) (plans, error) {
	p, n := plans{size: of}, of.tokens
	s, err := startService(of, n)
	if err != nil {
		return p, err
	}
	defer s.stop()
	folder := func(kind string) string { return fmt.Sprintf("%s-%d-%d", kind, n, of.revoked) }
	w, err := managing(ctx, c, folder("tokens"), join(providerBlock(s, ""), tokenBlock(n, "")), importBlock(n, ""))
	if err != nil {
		return p, err
	}
	d, err := managing(ctx, c, folder("data"), dataBlock(n), "")
	if err != nil {
		return p, err
	}
	idle, err := managing(ctx, c, folder("nothing"), nothingBlock(n), "")
	if err != nil {
		return p, err
	}
	var slow, fast, nothing, data []cost
	for range o.runs + 1 {
		for _, kind := range []struct {
			w       *workspace
			latency time.Duration
			costs   *[]cost
		}{{d, 0, &data}, {idle, 0, &nothing}, {w, 0, &fast}, {w, o.latency, &slow}} {
			s.latency.Store(int64(kind.latency))
			takeTraffic(s)
			taken, err := kind.w.measure(ctx, plan...)
			if err != nil {
				return p, err
			}
			*kind.costs = append(*kind.costs, taken)
		}
		p.traffic = takeTraffic(s)
	}
	p.slow, p.fast, p.nothing, p.data = median(slow[1:]), median(fast[1:]), median(nothing[1:]), median(data[1:])
	p.peak, err = peakOfPlans(ctx, w, o.runs)
	return p, err
}

// peakOfPlans is the median of the plugin's peak memory in several plans.
func peakOfPlans(ctx context.Context, w *workspace, runs int) (int64, error) {
	var peaks []int64
	for range runs {
		seen, err := w.plugins(ctx)
		if err != nil {
			return 0, err
		}
		peak, _ := peakTogether(seen)
		peaks = append(peaks, peak)
	}
	return middle(peaks), nil
}

// change is an apply or a destroy of many tokens.
type change struct {
	name    string
	tokens  int
	cost    cost
	traffic traffic
}

// measureChanges applies and destroys once: the rate limit makes it long.
func measureChanges(ctx context.Context, c *cli, n int, o options) ([]change, error) {
	s, err := startService(size{}, n)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	s.latency.Store(int64(o.latency))
	w, err := c.workspace(fmt.Sprintf("changes-%d", n), join(providerBlock(s, ""), tokenBlock(n, "")))
	if err != nil {
		return nil, err
	}
	var changes []change
	for _, command := range []string{"apply", "destroy"} {
		taken, err := w.measure(ctx, command, "-input=false", "-no-color", "-auto-approve")
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{command, n, taken, takeTraffic(s)})
	}
	return changes, nil
}

// many is one way to look after many organizations.
type many struct {
	cost      cost
	traffic   traffic
	peak      int64
	processes int // plugins at the same time
}

// measureOrganizations plans for many organizations in two ways: as aliases of one configuration, and as workspaces of one
// organization each, one after the other.
func measureOrganizations(ctx context.Context, c *cli, o options) (aliases, workspaces many, err error) {
	var services []*service
	defer func() {
		for _, s := range services {
			s.stop()
		}
	}()
	var together []string
	var imports string
	var each []*workspace
	for _, name := range aliasesOf(o.organizations) {
		s, err := startService(size{tokens: o.perEach}, o.perEach)
		if err != nil {
			return aliases, workspaces, err
		}
		services = append(services, s)
		together = append(together, providerBlock(s, name), tokenBlock(o.perEach, name))
		imports += importBlock(o.perEach, name)
		w, err := managing(ctx, c, name, join(providerBlock(s, ""), tokenBlock(o.perEach, "")), importBlock(o.perEach, ""))
		if err != nil {
			return aliases, workspaces, err
		}
		each = append(each, w)
	}
	all, err := managing(ctx, c, "aliases", join(together...), imports)
	if err != nil {
		return aliases, workspaces, err
	}
	for _, s := range services {
		s.latency.Store(int64(o.latency))
	}
	if aliases, err = planAll(ctx, o.runs, services, all); err != nil {
		return aliases, workspaces, err
	}
	workspaces, err = planAll(ctx, o.runs, services, each...)
	return aliases, workspaces, err
}

// planAll plans workspaces one after the other, several times. The first time warms caches up and is not counted.
func planAll(ctx context.Context, runs int, services []*service, each ...*workspace) (many, error) {
	var m many
	var costs []cost
	for range runs + 1 {
		takeTraffic(services...)
		var sum cost
		for _, w := range each {
			taken, err := w.measure(ctx, plan...)
			if err != nil {
				return m, err
			}
			sum = sum.plus(taken)
		}
		costs = append(costs, sum)
		m.traffic = takeTraffic(services...)
	}
	m.cost = median(costs[1:])
	for _, w := range each {
		seen, err := w.plugins(ctx)
		if err != nil {
			return m, err
		}
		if peak, processes := peakTogether(seen); peak > m.peak {
			m.peak, m.processes = peak, processes
		}
	}
	return m, nil
}

// median is the median of each part, of an odd or even number of costs.
func median(costs []cost) cost {
	var wall, cpu []time.Duration
	for _, c := range costs {
		wall, cpu = append(wall, c.wall), append(cpu, c.cpu)
	}
	return cost{middle(wall), middle(cpu)}
}

func middle[T ~int64](values []T) T {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
