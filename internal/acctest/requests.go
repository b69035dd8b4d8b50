package acctest

import (
	"context"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// ReadData reads a data source.
func (c *Provider) ReadData(typeName string, config Values) (tftypes.Value, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	kind := Schemas().DataSourceSchemas[typeName].ValueType().(tftypes.Object)
	resp, err := c.Server.ReadDataSource(c.T.Context(), &tfprotov6.ReadDataSourceRequest{TypeName: typeName, Config: Dynamic(c.T, kind, Object(kind, config))})
	c.Must(err)
	if Errors(resp.Diagnostics) != "" {
		return tftypes.NewValue(kind, nil), resp.Diagnostics
	}
	state, err := resp.State.Unmarshal(kind)
	c.Must(err)
	return state, resp.Diagnostics
}

// List runs a list block, as terraform query does.
func (c *Provider) List(config Values, includeResource bool, limit int64) []tfprotov6.ListResourceResult {
	c.T.Helper()
	server := c.Server.(tfprotov6.ListResourceServer)
	kind := Schemas().ListResourceSchemas[ResourceType].ValueType().(tftypes.Object)
	block := Dynamic(c.T, kind, Object(kind, config))
	checked, err := server.ValidateListResourceConfig(c.T.Context(), &tfprotov6.ValidateListResourceConfigRequest{TypeName: ResourceType, Config: block})
	c.Must(err)
	if Errors(checked.Diagnostics) != "" {
		return []tfprotov6.ListResourceResult{{Diagnostics: checked.Diagnostics}}
	}
	stream, err := server.ListResource(c.T.Context(), &tfprotov6.ListResourceRequest{TypeName: ResourceType, Config: block, IncludeResource: includeResource, Limit: limit})
	c.Must(err)
	return slices.Collect(stream.Results)
}

// IdentityOf reads an identity's two attributes.
func (c *Provider) IdentityOf(data *tfprotov6.ResourceIdentityData) (id, organizationID string) {
	c.T.Helper()
	value, err := data.IdentityData.Unmarshal(IdentityType)
	c.Must(err)
	in := Instance{State: value}
	return in.Text("id"), in.Text("organization_id")
}

// IdentityType is the type of the resource's identity.
var IdentityType = tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String, "organization_id": tftypes.String}}

// Import imports as terraform import does, its read included.
func (c *Provider) Import(ctx context.Context, id string) (Instance, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	return c.ImportWith(ctx, &tfprotov6.ImportResourceStateRequest{TypeName: ResourceType, ID: id})
}

// ImportWith imports what a request names, and reads it.
func (c *Provider) ImportWith(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (Instance, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	resp, err := c.Server.ImportResourceState(ctx, req)
	c.Must(err)
	if len(resp.ImportedResources) == 0 {
		return Instance{}, resp.Diagnostics
	}
	imported := resp.ImportedResources[0]
	in, diags := c.Read(Instance{c.Value(imported.State), imported.Private, imported.Identity})
	return in, append(resp.Diagnostics, diags...)
}

// ImportByIdentity imports as an import block with an identity does. An empty organization is left out.
func (c *Provider) ImportByIdentity(id, organizationID string) (Instance, []*tfprotov6.Diagnostic) {
	c.T.Helper()
	attributes := Values{"id": id}
	if organizationID != "" {
		attributes["organization_id"] = organizationID
	}
	return c.ImportWith(c.T.Context(), &tfprotov6.ImportResourceStateRequest{
		TypeName: ResourceType, Identity: &tfprotov6.ResourceIdentityData{IdentityData: Dynamic(c.T, IdentityType, Object(IdentityType, attributes))},
	})
}

// ListedNames returns the display names of a list block's results, or their errors.
func ListedNames(results []tfprotov6.ListResourceResult) []string {
	found := []string{}
	for _, r := range results {
		found = append(found, r.DisplayName+Errors(r.Diagnostics))
	}
	return found
}

const revokeActionType = "safetyculture_revoke_service_user_token"

// PlanRevoke plans the action as Terraform does; a nil id is one that is known only after apply.
func (c *Provider) PlanRevoke(id any) []*tfprotov6.Diagnostic {
	c.T.Helper()
	server := c.Server.(tfprotov6.ActionServer)
	resp, err := server.PlanAction(c.T.Context(), &tfprotov6.PlanActionRequest{ActionType: revokeActionType, Config: c.revokeConfig(id)})
	c.Must(err)
	return resp.Diagnostics
}

// InvokeRevoke invokes the action and returns its progress messages.
func (c *Provider) InvokeRevoke(id string) (progress string, diags []*tfprotov6.Diagnostic) {
	c.T.Helper()
	server := c.Server.(tfprotov6.ActionServer)
	stream, err := server.InvokeAction(c.T.Context(), &tfprotov6.InvokeActionRequest{ActionType: revokeActionType, Config: c.revokeConfig(id)})
	c.Must(err)
	var said []string
	for event := range stream.Events {
		switch event := event.Type.(type) {
		case tfprotov6.ProgressInvokeActionEventType:
			said = append(said, event.Message)
		case tfprotov6.CompletedInvokeActionEventType:
			diags = append(diags, event.Diagnostics...)
		}
	}
	return strings.Join(said, "\n"), diags
}

func (c *Provider) revokeConfig(id any) *tfprotov6.DynamicValue {
	c.T.Helper()
	kind := tftypes.Object{AttributeTypes: map[string]tftypes.Type{"id": tftypes.String}}
	return Dynamic(c.T, kind, Object(kind, Values{"id": id}))
}

// OpenEphemeral opens an ephemeral token of a name.
func (c *Provider) OpenEphemeral(name string) *tfprotov6.OpenEphemeralResourceResponse {
	c.T.Helper()
	kind := Schemas().EphemeralResourceSchemas[ResourceType].ValueType().(tftypes.Object)
	opened, err := c.Server.OpenEphemeralResource(c.T.Context(), &tfprotov6.OpenEphemeralResourceRequest{
		TypeName: ResourceType, Config: Dynamic(c.T, kind, Object(kind, With(Basic, Values{"name": name}))),
	})
	c.Must(err)
	return opened
}

// CloseEphemeral closes it.
func (c *Provider) CloseEphemeral(opened *tfprotov6.OpenEphemeralResourceResponse) []*tfprotov6.Diagnostic {
	c.T.Helper()
	closed, err := c.Server.CloseEphemeralResource(c.T.Context(), &tfprotov6.CloseEphemeralResourceRequest{TypeName: ResourceType, Private: opened.Private})
	c.Must(err)
	return closed.Diagnostics
}

// Tries sets how often CloseAll tries.
func Tries(n int) func(context.Context) bool {
	return func(context.Context) bool { n--; return n > 0 }
}
