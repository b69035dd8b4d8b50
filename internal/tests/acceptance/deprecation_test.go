package acceptance_test

import (
	"context"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// later is the provider of the day on which rotate_after_days gets another name.
type later struct{ provider.Provider }

func (l later) Resources(ctx context.Context) []func() resource.Resource {
	makers := l.Provider.Resources(ctx)
	for i, maker := range makers {
		makers[i] = func() resource.Resource { return renamed{maker()} }
	}
	return makers
}

// renamed is a resource one of whose attributes is deprecated. The interfaces are what the real one has beside its own.
type renamed struct{ resource.Resource }

func (r renamed) Schema(ctx context.Context, req resource.SchemaRequest, resp *resource.SchemaResponse) {
	r.Resource.Schema(ctx, req, resp)
	attribute := resp.Schema.Attributes["rotate_after_days"].(schema.Int64Attribute)
	attribute.DeprecationMessage = "Use max_age_days instead."
	resp.Schema.Attributes["rotate_after_days"] = attribute
}

func (r renamed) Configure(ctx context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.Resource.(resource.ResourceWithConfigure).Configure(ctx, req, resp)
}

func (r renamed) IdentitySchema(ctx context.Context, req resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	r.Resource.(resource.ResourceWithIdentity).IdentitySchema(ctx, req, resp)
}

func (r renamed) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	r.Resource.(resource.ResourceWithModifyPlan).ModifyPlan(ctx, req, resp)
}

// A deprecated attribute warns where it is set and where it is referred to; there, Terraform 1.15 and OpenTofu 1.12 are the
// first to say what to use instead. It keeps its effect, and costs no plan and no secret.
func TestAccDeprecation_warnsAndChangesNothing(t *testing.T) {
	t.Parallel()
	const config = `resource "safetyculture_service_user_token" "test" {
  name              = "t"
  all_permissions   = true
  rotate_after_days = 90
}
output "days" { value = safetyculture_service_user_token.test.rotate_after_days }
`
	w := acctest.WorkspaceIn(acctest.New(t))
	w.ServeChanged(func(p provider.Provider) provider.Provider { return later{p} })
	w.Write("main.tf", config)
	w.Expect(0, "init")
	out := w.Expect(0, "validate", "-no-color")
	want := 1
	if acctest.NeedsDeprecationWords.LackedBy(acctest.UsedCLI(t)) == "" {
		want = 2
	}
	w.Expect(0, "apply", "-auto-approve")
	w.Expect(0, "plan", "-detailed-exitcode")
	w.ExpectWrites("CreateServiceUserToken")
	if got := strings.Count(out, "max_age_days"); got != want || strings.Count(out, "Warning:") != 2 {
		t.Errorf("the replacement is named %d times, want %d, in two warnings:\n%s", got, want, out)
	}
	w.Write("main.tf", strings.NewReplacer("  rotate_after_days = 90\n", "", ".rotate_after_days", ".name").Replace(config))
	if out := w.Expect(0, "validate", "-no-color"); strings.Contains(out, "max_age_days") {
		t.Errorf("a configuration without the attribute is warned:\n%s", out)
	}
}
