package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// size is the number of tokens that a configuration manages, and the number of revoked tokens that the organization also has.
type size struct{ tokens, revoked int }

func (s size) String() string {
	if s.revoked > 0 {
		return fmt.Sprintf("%s and %s revoked", count(s.tokens), count(s.revoked))
	}
	return count(s.tokens)
}

// plans are the medians of the plans of one size.
type plans struct {
	size
	// With latency and without; then the same number of resources of the plugin that does nothing, of another build of the
	// provider (if there is one), and of terraform_data.
	slow, fast, nothing, before, data cost
	traffic                           traffic
	// The plugins by themselves.
	own, ownNothing, ownBefore use
}

// managing returns a workspace whose state has the services' tokens.
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

// measurePlans measures the kinds of plan in turn, so that other work on the machine affects all of them. The first plan of each
// kind warms up caches and does not count.
func measurePlans(ctx context.Context, m *machine, of size, o options) (plans, error) {
	p, n := plans{size: of}, of.tokens
	s, err := startService(of, n)
	if err != nil {
		return p, err
	}
	defer s.server.Close()
	folder := func(of string) string { return fmt.Sprintf("%s-%d-%d", of, n, p.revoked) }
	w, err := managing(ctx, m, folder("tokens"), join(providerBlock(s, ""), tokenBlock(n, "")), importBlock(n, ""))
	if err != nil {
		return p, err
	}
	d, err := managing(ctx, m, folder("data"), dataBlock(n), "")
	if err != nil {
		return p, err
	}
	kinds := []kind{{w: d, cost: &p.data}, {w: w.with(m.nothing), cost: &p.nothing, use: &p.ownNothing}}
	if m.before.program != "" {
		kinds = append(kinds, kind{w: w.with(m.before), cost: &p.before, use: &p.ownBefore})
	}
	kinds = append(kinds, kind{w: w, cost: &p.fast, use: &p.own}, kind{w: w, cost: &p.slow, latency: o.latency})
	for range o.runs + 1 {
		for i := range kinds {
			s.latency.Store(int64(kinds[i].latency))
			takeTraffic(s)
			if err := kinds[i].measure(ctx); err != nil {
				return p, err
			}
			p.traffic = takeTraffic(s)
		}
	}
	for _, k := range kinds {
		k.conclude()
	}
	return p, nil
}

// kind is a kind of plan that is measured.
type kind struct {
	w       *workspace
	latency time.Duration
	cost    *cost
	use     *use // nil if there is no plugin to measure by itself

	costs []cost
	uses  []use
}

// measure plans once, and again to measure the plugin by itself.
func (k *kind) measure(ctx context.Context) error {
	taken, err := k.w.measure(ctx, plan...)
	if err != nil || k.use == nil {
		k.costs = append(k.costs, taken)
		return err
	}
	used, err := k.w.use(ctx)
	k.costs, k.uses = append(k.costs, taken), append(k.uses, used)
	return err
}

// conclude computes the medians of all runs but the first.
func (k *kind) conclude() {
	*k.cost = median(k.costs[1:])
	if k.use != nil {
		*k.use = medianUse(k.uses[1:])
	}
}

// change is an apply or a destroy of many tokens.
type change struct {
	name    string
	tokens  int
	cost    cost
	nothing cost // of the plugin that does nothing
	traffic traffic
}

// measureChanges applies and destroys once, because the rate limit makes that slow.
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
	idle, err := m.workspace(fmt.Sprintf("nothing-%d", n), join(providerBlock(s, ""), tokenBlock(n, "")))
	if err != nil {
		return nil, err
	}
	var changes []change
	for _, command := range [][]string{apply, destroy} {
		nothing, err := idle.with(m.nothing).measure(ctx, command...)
		if err != nil {
			return nil, err
		}
		taken, err := w.measure(ctx, command...)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change{command[0], n, taken, nothing, takeTraffic(s)})
	}
	return changes, nil
}

// many is the cost of one way to manage many organizations.
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

// planAll plans workspaces one after the other, several times. The first time warms up caches and does not count.
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

// median returns the median of each part of the costs. Their number can be odd or even.
func median(costs []cost) cost {
	var wall, cpu []time.Duration
	for _, c := range costs {
		wall, cpu = append(wall, c.wall), append(cpu, c.cpu)
	}
	return cost{middle(wall), middle(cpu)}
}

func medianUse(uses []use) use {
	var cpu []time.Duration
	var peaks []int64
	for _, u := range uses {
		cpu, peaks = append(cpu, u.cpu), append(peaks, u.peak)
	}
	return use{middle(cpu), middle(peaks)}
}

func middle[T ~int64](values []T) T {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}
