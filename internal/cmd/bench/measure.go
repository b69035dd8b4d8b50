package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// plans are the plans with one number of tokens.
type plans struct {
	tokens int
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
func measurePlans(ctx context.Context, c *cli, n int, o options) (plans, error) {
	p := plans{tokens: n}
	s, err := startService(n, n)
	if err != nil {
		return p, err
	}
	defer s.stop()
	w, err := managing(ctx, c, fmt.Sprintf("tokens-%d", n), join(providerBlock(s, ""), tokenBlock(n, "")), importBlock(n, ""))
	if err != nil {
		return p, err
	}
	d, err := managing(ctx, c, fmt.Sprintf("data-%d", n), dataBlock(n), "")
	if err != nil {
		return p, err
	}
	idle, err := managing(ctx, c, fmt.Sprintf("nothing-%d", n), nothingBlock(n), "")
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
	seen, err := w.plugins(ctx)
	p.peak, _ = peakTogether(seen)
	return p, err
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
	s, err := startService(0, n)
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
		s, err := startService(o.perEach, o.perEach)
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

// planAll plans workspaces one after the other, several times.
func planAll(ctx context.Context, runs int, services []*service, each ...*workspace) (many, error) {
	var m many
	var costs []cost
	for range runs {
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
	m.cost = median(costs)
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
	middle := func(part func(cost) time.Duration) time.Duration {
		var values []time.Duration
		for _, c := range costs {
			values = append(values, part(c))
		}
		slices.Sort(values)
		n := len(values)
		return (values[(n-1)/2] + values[n/2]) / 2
	}
	return cost{middle(func(c cost) time.Duration { return c.wall }), middle(func(c cost) time.Duration { return c.cpu })}
}
