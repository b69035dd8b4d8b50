package acctest

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Simulator is a state with one resource, as Terraform keeps it between runs: what is current, whether it is tainted, and
// what a replacement has left to destroy. Each of its methods is a run of Terraform with a provider of its own, over the
// protocol.
type Simulator struct {
	Env      *Env
	Current  *Instance
	Tainted  bool
	Deposed  []Instance
	LeftOpen []string // ids of ephemeral tokens that could not be closed
}

// Apply is terraform apply: refresh, plan, apply. It returns the errors, and stops where Terraform would.
func (w *Simulator) Apply(config Values, createFirst bool) string {
	w.Env.T.Helper()
	c, diags := w.Env.Configure(w.Env.T, nil)
	if text := Errors(diags); text != "" {
		return text
	}
	if text := w.Refresh(c); text != "" {
		return text
	}
	plan, text := w.Plan(c, config)
	if text != "" {
		return text
	}
	var errors []string
	add := func(text string) {
		if text != "" {
			errors = append(errors, text)
		}
	}
	for len(w.Deposed) > 0 {
		if text := w.destroyOne(c, w.Deposed[0]); text != "" {
			add(text)
			break
		}
		w.Deposed = w.Deposed[1:]
	}
	add(w.applyPlan(c, plan, createFirst))
	return strings.Join(errors, "\n")
}

// Refresh reads everything; what is gone leaves the state.
func (w *Simulator) Refresh(c *Provider) string {
	var kept []Instance
	for _, old := range w.Deposed {
		read, diags := c.Read(old)
		if text := Errors(diags); text != "" {
			return text
		}
		if !read.State.IsNull() {
			kept = append(kept, read)
		}
	}
	w.Deposed = kept
	if w.Current == nil {
		return ""
	}
	read, diags := c.Read(*w.Current)
	if text := Errors(diags); text != "" {
		return text
	}
	w.set(read)
	return ""
}

// set makes an instance the current one, or none when its state is null.
func (w *Simulator) set(in Instance) {
	w.Current = &in
	if in.State.IsNull() {
		w.Current, w.Tainted = nil, false
	}
}

// Plan plans the resource; nil when there is nothing to do.
func (w *Simulator) Plan(c *Provider, config Values) (*Plan, string) {
	prior := Instance{State: tftypes.NewValue(c.ObjectType, nil)}
	if w.Current != nil && !w.Tainted {
		prior = *w.Current
	}
	if config == nil && w.Current == nil {
		return nil, ""
	}
	if config == nil {
		prior = *w.Current
	}
	p := c.Plan(prior, config)
	if w.Tainted && config != nil {
		// Terraform plans a tainted one as if it were not there, and turns that into a replacement.
		p.Replace, p.Prior = true, w.Current.State
	}
	if !p.HasChanges() {
		return nil, Errors(p.Diagnostics)
	}
	return &p, Errors(p.Diagnostics)
}

// applyPlan carries a plan out in the order that its lifecycle asks for.
func (w *Simulator) applyPlan(c *Provider, p *Plan, createFirst bool) string {
	switch {
	case p == nil:
		return ""
	case !p.Replace:
		in, diags := c.applyOnce(p.Prior, *p)
		created := p.Prior.IsNull()
		w.set(in)
		w.Tainted = created && Errors(diags) != "" && w.Current != nil
		return Errors(diags)
	case createFirst:
		old := *w.Current
		if text := w.createOne(c, p); w.Current == nil || text != "" {
			if w.Current == nil { // nothing was made: the old one stays
				w.Current = &old
				return text
			}
			w.Deposed = append(w.Deposed, old)
			return text
		}
		if text := w.destroyOne(c, old); text != "" {
			w.Deposed = append(w.Deposed, old)
			return text
		}
		return ""
	default:
		if text := w.destroyOne(c, *w.Current); text != "" {
			return text
		}
		return w.createOne(c, p)
	}
}

func (w *Simulator) createOne(c *Provider, p *Plan) string {
	in, diags := c.applyOnce(tftypes.NewValue(c.ObjectType, nil), *p)
	w.set(in)
	w.Tainted = Errors(diags) != "" && w.Current != nil
	return Errors(diags)
}

func (w *Simulator) destroyOne(c *Provider, in Instance) string {
	_, diags := c.Destroy(in)
	return Errors(diags)
}

// HasChanges reports whether another plan would do anything.
func (w *Simulator) HasChanges(config Values) bool {
	w.Env.T.Helper()
	c := w.Env.NewProvider(nil)
	if text := w.Refresh(c); text != "" {
		w.Env.T.Fatal(text)
	}
	p, text := w.Plan(c, config)
	if text != "" {
		w.Env.T.Fatal(text)
	}
	return p != nil || len(w.Deposed) > 0
}

// Import is terraform import. It returns the errors.
func (w *Simulator) Import(id string) string {
	w.Env.T.Helper()
	c, diags := w.Env.Configure(w.Env.T, nil)
	if text := Errors(diags); text != "" {
		return text
	}
	in, diags := c.Import(w.Env.T.Context(), id)
	if text := Errors(diags); text != "" {
		return text
	}
	w.set(in)
	return ""
}

// ListTokens reads the data source of all tokens. It returns the errors.
func (w *Simulator) ListTokens() string {
	w.Env.T.Helper()
	c, diags := w.Env.Configure(w.Env.T, nil)
	if text := Errors(diags); text != "" {
		return text
	}
	schemas, err := c.Server.GetProviderSchema(w.Env.T.Context(), &tfprotov6.GetProviderSchemaRequest{})
	c.Must(err)
	kind := schemas.DataSourceSchemas["safetyculture_service_user_tokens"].ValueType().(tftypes.Object)
	resp, err := c.Server.ReadDataSource(w.Env.T.Context(), &tfprotov6.ReadDataSourceRequest{
		TypeName: "safetyculture_service_user_tokens", Config: Dynamic(w.Env.T, kind, Object(kind, nil)),
	})
	c.Must(err)
	return Errors(resp.Diagnostics)
}

// UseEphemeral opens an ephemeral token, closes it, and stops the provider, as a run does. It returns the errors.
func (w *Simulator) UseEphemeral() string {
	t := w.Env.T
	t.Helper()
	defer func() { w.LeftOpen = w.Env.OpenTokens.CloseAll(t.Context(), Tries(1)) }()
	c, diags := w.Env.Configure(t, nil)
	if text := Errors(diags); text != "" {
		return text
	}
	opened := c.OpenEphemeral("t")
	if text := Errors(opened.Diagnostics); text != "" {
		return text
	}
	return Errors(c.CloseEphemeral(opened))
}
