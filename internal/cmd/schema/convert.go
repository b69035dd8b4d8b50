package main

import (
	"encoding/json"
	"fmt"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// The shapes of `terraform providers schema -json`, as far as this provider uses them.
type (
	providerJSON struct {
		Provider           schemaJSON              `json:"provider"`
		Resources          map[string]schemaJSON   `json:"resource_schemas,omitempty"`
		DataSources        map[string]schemaJSON   `json:"data_source_schemas,omitempty"`
		EphemeralResources map[string]schemaJSON   `json:"ephemeral_resource_schemas,omitempty"`
		ListResources      map[string]schemaJSON   `json:"list_resource_schemas,omitempty"`
		Actions            map[string]actionJSON   `json:"action_schemas,omitempty"`
		Identities         map[string]identityJSON `json:"resource_identity_schemas,omitempty"`
	}
	schemaJSON struct {
		Version int64     `json:"version"`
		Block   blockJSON `json:"block"`
	}
	actionJSON struct { // has no version
		Block blockJSON `json:"block"`
	}
	blockJSON struct {
		Attributes      map[string]attributeJSON `json:"attributes,omitempty"`
		Description     string                   `json:"description,omitempty"`
		DescriptionKind string                   `json:"description_kind,omitempty"`
		Deprecated      bool                     `json:"deprecated,omitempty"`
	}
	attributeJSON struct {
		Type            json.RawMessage `json:"type,omitempty"`
		NestedType      *nestedJSON     `json:"nested_type,omitempty"`
		Description     string          `json:"description,omitempty"`
		DescriptionKind string          `json:"description_kind,omitempty"`
		Deprecated      bool            `json:"deprecated,omitempty"`
		Required        bool            `json:"required,omitempty"`
		Optional        bool            `json:"optional,omitempty"`
		Computed        bool            `json:"computed,omitempty"`
		Sensitive       bool            `json:"sensitive,omitempty"`
		WriteOnly       bool            `json:"write_only,omitempty"`
	}
	nestedJSON struct {
		Attributes  map[string]attributeJSON `json:"attributes"`
		NestingMode string                   `json:"nesting_mode"`
	}
	identityJSON struct {
		Version    int64                            `json:"version"`
		Attributes map[string]identityAttributeJSON `json:"attributes"`
	}
	identityAttributeJSON struct {
		Type              json.RawMessage `json:"type"`
		Description       string          `json:"description,omitempty"`
		RequiredForImport bool            `json:"required_for_import,omitempty"`
		OptionalForImport bool            `json:"optional_for_import,omitempty"`
	}
)

func convert(schemas *tfprotov6.GetProviderSchemaResponse, identities *tfprotov6.GetResourceIdentitySchemasResponse) (providerJSON, error) {
	c := &converter{}
	actions := map[string]actionJSON{}
	for name, action := range schemas.ActionSchemas {
		actions[name] = actionJSON{c.schema(action.Schema).Block}
	}
	printed := providerJSON{
		Provider:           c.schema(schemas.Provider),
		Resources:          c.schemas(schemas.ResourceSchemas),
		DataSources:        c.schemas(schemas.DataSourceSchemas),
		EphemeralResources: c.schemas(schemas.EphemeralResourceSchemas),
		ListResources:      c.schemas(schemas.ListResourceSchemas),
		Actions:            actions,
		Identities:         c.identities(identities.IdentitySchemas),
	}
	return printed, c.err
}

// converter keeps the first error, so that the conversion reads as one expression.
type converter struct{ err error }

func (c *converter) fail(err error) {
	if c.err == nil {
		c.err = err
	}
}

func (c *converter) schemas(schemas map[string]*tfprotov6.Schema) map[string]schemaJSON {
	printed := map[string]schemaJSON{}
	for name, schema := range schemas {
		printed[name] = c.schema(schema)
	}
	return printed
}

func (c *converter) schema(schema *tfprotov6.Schema) schemaJSON {
	block := schema.Block
	if len(block.BlockTypes) > 0 {
		c.fail(fmt.Errorf("block %q: blocks are not printed yet: add them here, or use a nested attribute", block.BlockTypes[0].TypeName))
	}
	return schemaJSON{Version: schema.Version, Block: blockJSON{
		Attributes:      c.attributes(block.Attributes),
		Description:     block.Description,
		DescriptionKind: kind(block.DescriptionKind),
		Deprecated:      block.Deprecated,
	}}
}

func (c *converter) attributes(attributes []*tfprotov6.SchemaAttribute) map[string]attributeJSON {
	printed := map[string]attributeJSON{}
	for _, a := range attributes {
		attribute := attributeJSON{
			Description: a.Description, DescriptionKind: kind(a.DescriptionKind), Deprecated: a.Deprecated,
			Required: a.Required, Optional: a.Optional, Computed: a.Computed, Sensitive: a.Sensitive, WriteOnly: a.WriteOnly,
		}
		if a.NestedType != nil {
			attribute.NestedType = &nestedJSON{Attributes: c.attributes(a.NestedType.Attributes), NestingMode: nestingMode(a.NestedType.Nesting)}
		} else {
			attribute.Type = c.typeOf(a.Type)
		}
		printed[a.Name] = attribute
	}
	return printed
}

func (c *converter) identities(identities map[string]*tfprotov6.ResourceIdentitySchema) map[string]identityJSON {
	printed := map[string]identityJSON{}
	for name, identity := range identities {
		attributes := map[string]identityAttributeJSON{}
		for _, a := range identity.IdentityAttributes {
			attributes[a.Name] = identityAttributeJSON{
				Type: c.typeOf(a.Type), Description: a.Description,
				RequiredForImport: a.RequiredForImport, OptionalForImport: a.OptionalForImport,
			}
		}
		printed[name] = identityJSON{Version: identity.Version, Attributes: attributes}
	}
	return printed
}

func (c *converter) typeOf(t tftypes.Type) json.RawMessage {
	// Deprecated for storing types; it is the one function that writes them in the CLI's notation.
	text, err := t.MarshalJSON() //nolint:staticcheck // see above
	if err != nil {
		c.fail(err)
	}
	return text
}

func kind(k tfprotov6.StringKind) string {
	if k == tfprotov6.StringKindMarkdown {
		return "markdown"
	}
	return "plain"
}

func nestingMode(mode tfprotov6.SchemaObjectNestingMode) string {
	switch mode {
	case tfprotov6.SchemaObjectNestingModeSingle:
		return "single"
	case tfprotov6.SchemaObjectNestingModeList:
		return "list"
	case tfprotov6.SchemaObjectNestingModeSet:
		return "set"
	case tfprotov6.SchemaObjectNestingModeMap:
		return "map"
	default:
		return "invalid"
	}
}
