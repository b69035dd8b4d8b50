package provider_test

import (
	"context"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// world is a state with one resource, as Terraform keeps it between runs: what is current, whether it is tainted, and
// what a replacement has left to destroy. Each of its methods is a run of Terraform with a provider of its own, over the
// protocol.
type world struct {
	e       *environment
	current *instance
	tainted bool
	deposed []instance
	left    []string // ids of ephemeral tokens that could not be closed
}

// apply is terraform apply: refresh, plan, apply. It returns the errors, and stops where Terraform would.
func (w *world) apply(config values, createFirst bool) string {
	w.e.t.Helper()
	c, diags := w.e.tryCore(w.e.t, nil)
	if text := errorsOf(diags); text != "" {
		return text
	}
	if text := w.refresh(c); text != "" {
		return text
	}
	plan, text := w.plan(c, config)
	if text != "" {
		return text
	}
	var errors []string
	add := func(text string) {
		if text != "" {
			errors = append(errors, text)
		}
	}
	for len(w.deposed) > 0 {
		if text := w.destroyOne(c, w.deposed[0]); text != "" {
			add(text)
			break
		}
		w.deposed = w.deposed[1:]
	}
	add(w.applyPlan(c, plan, createFirst))
	return strings.Join(errors, "\n")
}

// refresh reads everything; what is gone leaves the state.
func (w *world) refresh(c *core) string {
	var kept []instance
	for _, old := range w.deposed {
		read, diags := c.read(old)
		if text := errorsOf(diags); text != "" {
			return text
		}
		if !read.state.IsNull() {
			kept = append(kept, read)
		}
	}
	w.deposed = kept
	if w.current == nil {
		return ""
	}
	read, diags := c.read(*w.current)
	if text := errorsOf(diags); text != "" {
		return text
	}
	w.set(read)
	return ""
}

// set makes an instance the current one, or none when its state is null.
func (w *world) set(in instance) {
	w.current = &in
	if in.state.IsNull() {
		w.current, w.tainted = nil, false
	}
}

// plan plans the resource; nil when there is nothing to do.
func (w *world) plan(c *core, config values) (*planned, string) {
	prior := instance{state: tftypes.NewValue(c.kind, nil)}
	if w.current != nil && !w.tainted {
		prior = *w.current
	}
	if config == nil && w.current == nil {
		return nil, ""
	}
	if config == nil {
		prior = *w.current
	}
	p := c.plan(prior, config)
	if w.tainted && config != nil {
		// Terraform plans a tainted one as if it were not there, and turns that into a replacement.
		p.replace, p.prior = true, w.current.state
	}
	if !p.changes() {
		return nil, errorsOf(p.diags)
	}
	return &p, errorsOf(p.diags)
}

// applyPlan carries a plan out in the order that its lifecycle asks for.
func (w *world) applyPlan(c *core, p *planned, createFirst bool) string {
	switch {
	case p == nil:
		return ""
	case !p.replace:
		in, diags := c.applyOnce(p.prior, *p)
		created := p.prior.IsNull()
		w.set(in)
		w.tainted = created && errorsOf(diags) != "" && w.current != nil
		return errorsOf(diags)
	case createFirst:
		old := *w.current
		if text := w.createOne(c, p); w.current == nil || text != "" {
			if w.current == nil { // nothing was made: the old one stays
				w.current = &old
				return text
			}
			w.deposed = append(w.deposed, old)
			return text
		}
		if text := w.destroyOne(c, old); text != "" {
			w.deposed = append(w.deposed, old)
			return text
		}
		return ""
	default:
		if text := w.destroyOne(c, *w.current); text != "" {
			return text
		}
		return w.createOne(c, p)
	}
}

func (w *world) createOne(c *core, p *planned) string {
	in, diags := c.applyOnce(tftypes.NewValue(c.kind, nil), *p)
	w.set(in)
	w.tainted = errorsOf(diags) != "" && w.current != nil
	return errorsOf(diags)
}

func (w *world) destroyOne(c *core, in instance) string {
	_, diags := c.destroy(in)
	return errorsOf(diags)
}

// pending reports whether another plan would do anything.
func (w *world) pending(config values) bool {
	w.e.t.Helper()
	c := w.e.newCore(nil)
	if text := w.refresh(c); text != "" {
		w.e.t.Fatal(text)
	}
	p, text := w.plan(c, config)
	if text != "" {
		w.e.t.Fatal(text)
	}
	return p != nil || len(w.deposed) > 0
}

// importState is terraform import. It returns the errors.
func (w *world) importState(id string) string {
	w.e.t.Helper()
	c, diags := w.e.tryCore(w.e.t, nil)
	if text := errorsOf(diags); text != "" {
		return text
	}
	in, diags := c.importState(w.e.t.Context(), id)
	if text := errorsOf(diags); text != "" {
		return text
	}
	w.set(in)
	return ""
}

// listTokens reads the data source of all tokens. It returns the errors.
func (w *world) listTokens() string {
	w.e.t.Helper()
	c, diags := w.e.tryCore(w.e.t, nil)
	if text := errorsOf(diags); text != "" {
		return text
	}
	schemas, err := c.server.GetProviderSchema(w.e.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.must(err)
	kind := schemas.DataSourceSchemas["safetyculture_service_user_tokens"].ValueType().(tftypes.Object)
	resp, err := c.server.ReadDataSource(w.e.t.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "safetyculture_service_user_tokens", Config: dynamic(w.e.t, kind, object(kind, nil)),
	})
	c.must(err)
	return errorsOf(resp.Diagnostics)
}

// useEphemeral opens an ephemeral token, closes it, and stops the provider, as a run does. It returns the errors.
func (w *world) useEphemeral() string {
	t := w.e.t
	t.Helper()
	defer func() { w.left = w.e.open.CloseAll(t.Context(), tries(1)) }()
	c, diags := w.e.tryCore(t, nil)
	if text := errorsOf(diags); text != "" {
		return text
	}
	opened := c.openEphemeral("t")
	if text := errorsOf(opened.Diagnostics); text != "" {
		return text
	}
	return errorsOf(c.closeEphemeral(opened))
}

// openEphemeral opens an ephemeral token of a name.
func (c *core) openEphemeral(name string) *tfprotov6.OpenEphemeralResourceResponse {
	c.t.Helper()
	schemas, err := c.server.GetProviderSchema(c.t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.must(err)
	kind := schemas.EphemeralResourceSchemas[resourceType].ValueType().(tftypes.Object)
	opened, err := c.server.OpenEphemeralResource(c.t.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: resourceType, Config: dynamic(c.t, kind, object(kind, with(basic, values{"name": name}))),
	})
	c.must(err)
	return opened
}

// closeEphemeral closes it.
func (c *core) closeEphemeral(opened *tfprotov6.OpenEphemeralResourceResponse) []*tfprotov6.Diagnostic {
	c.t.Helper()
	closed, err := c.server.CloseEphemeralResource(c.t.Context(), &tfprotov6.CloseEphemeralResourceRequest{TypeName: resourceType, Private: opened.Private})
	c.must(err)
	return closed.Diagnostics
}

// tries lets CloseAll try so often.
func tries(n int) func(context.Context) bool {
	return func(context.Context) bool { n--; return n > 0 }
}
