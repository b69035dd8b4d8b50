package acctest

import (
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Simulator simulates Terraform's own part over several runs. It holds a state with one resource, as Terraform stores it between
// runs: the current instance, whether it is tainted, and the deposed instances. Each method is one run of Terraform, with its
// own provider, over the protocol.
type Simulator struct {
	Env      *Env
	Current  *Instance
	Tainted  bool
	Deposed  []Instance
	LeftOpen []string // ids of ephemeral tokens that could not be closed
}

// Order is the order in which a replacement destroys the old instance and creates the new one.
type Order bool

const (
	// DestroyFirst is Terraform's default.
	DestroyFirst Order = false
	// CreateFirst is the order of create_before_destroy.
	CreateFirst Order = true
)

// Apply is terraform apply: refresh, plan, apply. It returns the errors, and stops where Terraform would.
func (w *Simulator) Apply(config Values, order Order) string {
	w.Env.T.Helper()
	c, diags := w.Env.Configure()
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
		if _, diags := c.Destroy(w.Deposed[0]); Errors(diags) != "" {
			add(Errors(diags))
			break
		}
		w.Deposed = w.Deposed[1:]
	}
	add(w.applyPlan(c, plan, order))
	return strings.Join(errors, "\n")
}

// Refresh reads all instances, and removes those that no longer exist from the state.
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

// set makes an instance the current one; none if its state is null.
func (w *Simulator) set(in Instance) {
	w.Current = &in
	if in.State.IsNull() {
		w.Current, w.Tainted = nil, false
	}
}

// Plan plans the resource; nil if there is nothing to do.
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
		// Terraform plans a tainted instance as if it did not exist, and turns the create into a replacement.
		p.Replace, p.Prior = true, w.Current.State
	}
	if !p.HasChanges() {
		return nil, Errors(p.Diagnostics)
	}
	return &p, Errors(p.Diagnostics)
}

// applyPlan applies a plan in the order that its lifecycle block asks for.
func (w *Simulator) applyPlan(c *Provider, p *Plan, order Order) string {
	if p == nil {
		return ""
	}
	var old Instance
	if w.Current != nil {
		old = *w.Current
	}
	done := c.carryOut(*p, old, order)
	if done.created {
		w.Tainted = done.tainted
	}
	w.set(done.current)
	if !done.deposed.State.IsNull() {
		w.Deposed = append(w.Deposed, done.deposed)
	}
	return Errors(done.diags)
}

// HasChanges reports whether another plan would do anything.
func (w *Simulator) HasChanges(config Values) bool {
	w.Env.T.Helper()
	c := w.Env.NewProvider()
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
	c, diags := w.Env.Configure()
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
	c, diags := w.Env.Configure()
	if text := Errors(diags); text != "" {
		return text
	}
	_, diags = c.ReadData("safetyculture_service_user_tokens", nil)
	return Errors(diags)
}

// UseEphemeral opens an ephemeral token, closes it, and stops the provider, as a run does. It returns the errors.
func (w *Simulator) UseEphemeral() string {
	t := w.Env.T
	t.Helper()
	defer func() { w.LeftOpen = w.Env.OpenTokens.CloseAll(t.Context(), Tries(1)) }()
	c, diags := w.Env.Configure()
	if text := Errors(diags); text != "" {
		return text
	}
	opened := c.OpenEphemeral("t")
	if text := Errors(opened.Diagnostics); text != "" {
		return text
	}
	return Errors(c.CloseEphemeral(opened))
}

// Apply applies a plan as Terraform does, a replacement in the given order. It returns the current instance afterwards, and the old one if it still exists.
// An instance that does not exist has a null state.
func (c *Provider) Apply(p Plan, old Instance, order Order) (current, deposed Instance, diags []*tfprotov6.Diagnostic) {
	c.T.Helper()
	done := c.carryOut(p, old, order)
	return done.current, done.deposed, done.diags
}

// applied is the result of an apply.
type applied struct {
	current, deposed Instance
	created          bool // current is a new instance
	tainted          bool // and its create failed
	diags            []*tfprotov6.Diagnostic
}

func (c *Provider) carryOut(p Plan, old Instance, order Order) applied {
	c.T.Helper()
	none := Instance{State: tftypes.NewValue(c.ObjectType, nil)}
	if !p.Replace && !p.Prior.IsNull() {
		updated, diags := c.applyOnce(p.Prior, p)
		return applied{current: updated, deposed: none, diags: diags}
	}
	if p.Replace && order == DestroyFirst {
		left, diags := c.Destroy(old)
		if Errors(diags) != "" {
			return applied{current: left, deposed: none, diags: diags}
		}
		done := c.create(p)
		done.diags = append(diags, done.diags...)
		return done
	}
	done := c.create(p)
	switch failed := Errors(done.diags) != ""; {
	case !p.Replace:
	case failed && done.current.State.IsNull(): // nothing was created: the old one stays
		done.current, done.created = old, false
	case failed:
		done.deposed = old
	default:
		left, diags := c.Destroy(old)
		done.deposed, done.diags = left, append(done.diags, diags...)
	}
	return done
}

// create creates the new instance of a plan.
func (c *Provider) create(p Plan) applied {
	c.T.Helper()
	none := tftypes.NewValue(c.ObjectType, nil)
	made, diags := c.applyOnce(none, p)
	return applied{current: made, deposed: Instance{State: none}, created: true, tainted: Errors(diags) != "" && !made.State.IsNull(), diags: diags}
}
