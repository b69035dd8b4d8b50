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

// managing makes a workspace whose state holds the tokens that the services have.
func managing(ctx context.Context, m *machine, name, tokens, imports string) (*workspace, error) {
	w, err := m.workspace(name, tokens+imports)
	if err != nil {
		return nil, err
	}
	if _, err := w.Run(ctx, apply...); err != nil {
		return nil, err
	}
	return w, w.configure(tokens)
}

// measurePlans measures the four kinds of plan in turn, so that whatever else the machine does strikes all of them. The
// first of each warms caches up and is not counted.
func measurePlans(ctx context.Context, m *machine, of size, o options) (plans, error) {
	p, n := plans{size: of}, of.tokens
	s, err := startService(of, n)
	if err != nil {
		return p, err
	}
	defer s.server.Close()
	folder := func(kind string) string { return fmt.Sprintf("%s-%d-%d", kind, n, of.revoked) }
	w, err := managing(ctx, m, folder("tokens"), join(providerBlock(s, ""), tokenBlock(n, "")), importBlock(n, ""))
	if err != nil {
		return p, err
	}
	d, err := managing(ctx, m, folder("data"), dataBlock(n), "")
	if err != nil {
		return p, err
	}
	idle, err := managing(ctx, m, folder("nothing"), nothingBlock(n), "")
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
func measureChanges(ctx context.Context, m *machine, n int, o options) ([]change, error) {
	s, err := startService(size{}, n)
	if err != nil {
		return nil, err
	}
	defer s.server.Close()
	s.latency.Store(int64(o.latency))
	w, err := m.workspace(fmt.Sprintf("changes-%d", n), join(providerBlock(s, ""), tokenBlock(n, "")))
	if err != nil {
		return nil, err
	}
	var changes []change
	for _, command := range [][]string{apply, destroy} {
		taken, err := w.measure(ctx, command...)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{command[0], n, taken, takeTraffic(s)})
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
func measureOrganizations(ctx context.Context, m *machine, o options) (aliases, workspaces many, err error) {
	var services []*service
	defer func() {
		for _, s := range services {
			s.server.Close()
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
		w, err := managing(ctx, m, name, join(providerBlock(s, ""), tokenBlock(o.perEach, "")), importBlock(o.perEach, ""))
		if err != nil {
			return aliases, workspaces, err
		}
		each = append(each, w)
	}
	all, err := managing(ctx, m, "aliases", join(together...), imports)
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
	var all many
	var costs []cost
	for range runs + 1 {
		takeTraffic(services...)
		var sum cost
		for _, w := range each {
			taken, err := w.measure(ctx, plan...)
			if err != nil {
				return all, err
			}
			sum = sum.plus(taken)
		}
		costs = append(costs, sum)
		all.traffic = takeTraffic(services...)
	}
	all.cost = median(costs[1:])
	for _, w := range each {
		seen, err := w.plugins(ctx)
		if err != nil {
			return all, err
		}
		if peak, processes := peakTogether(seen); peak > all.peak {
			all.peak, all.processes = peak, processes
		}
	}
	return all, nil
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
