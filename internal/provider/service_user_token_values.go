package provider

import (
	"context"
	"reflect"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/attr/xattr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/defaults"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// tokenField is a field of serviceUserTokenModel, with its attribute in the schema.
type tokenField struct {
	index     int
	attribute string
	kind      attr.Type
	fallback  attr.Value // the default; nil if there is none
}

// tokenFields returns the fields of serviceUserTokenModel. A field's tag names its attribute.
var tokenFields = sync.OnceValue(func() (fields []tokenField) {
	attributes := tokenSchema().Attributes
	model := reflect.TypeFor[serviceUserTokenModel]()
	for i := range model.NumField() {
		name := model.Field(i).Tag.Get("tfsdk")
		fields = append(fields, tokenField{i, name, attributes[name].GetType(), defaultOf(attributes[name])})
	}
	return fields
})

func tokenSchema() schema.Schema {
	var described resource.SchemaResponse
	(&serviceUserTokenResource{}).Schema(context.Background(), resource.SchemaRequest{}, &described)
	return described.Schema
}

// defaultOf returns the default of an attribute; nil if it has none. Only texts and numbers have one here.
func defaultOf(attribute schema.Attribute) attr.Value {
	switch a := attribute.(type) {
	case schema.StringAttribute:
		if a.Default != nil {
			var planned defaults.StringResponse
			a.Default.DefaultString(context.Background(), defaults.StringRequest{}, &planned)
			return planned.PlanValue
		}
	case schema.Int64Attribute:
		if a.Default != nil {
			var planned defaults.Int64Response
			a.Default.DefaultInt64(context.Background(), defaults.Int64Request{}, &planned)
			return planned.PlanValue
		}
	}
	return nil
}

// get reads the configuration, plan or state of a token. The framework's Get does the same, but for each request it inspects the
// struct again and compiles a regular expression for each field (isValidFieldName in internal/reflect/helpers.go, v1.19.0).
// That was a quarter of all memory that a read allocates.
func (m *serviceUserTokenModel) get(ctx context.Context, raw tftypes.Value) (diags diag.Diagnostics) {
	var values map[string]tftypes.Value
	if err := raw.As(&values); err != nil {
		diags.AddError("Cannot read the values of a token", err.Error())
		return diags
	}
	for _, field := range tokenFields() {
		at := path.Root(field.attribute)
		value, err := field.kind.ValueFromTerraform(ctx, values[field.attribute])
		if err != nil {
			diags.AddAttributeError(at, "Cannot read the values of a token", err.Error())
			return diags
		}
		if checked, ok := value.(xattr.ValidateableAttribute); ok {
			var verdict xattr.ValidateAttributeResponse
			checked.ValidateAttribute(ctx, xattr.ValidateAttributeRequest{Path: at}, &verdict)
			diags.Append(verdict.Diagnostics...)
		}
		reflect.ValueOf(m).Elem().Field(field.index).Set(reflect.ValueOf(value))
	}
	return diags
}

// value returns the value of a field.
func (m *serviceUserTokenModel) value(field tokenField) attr.Value {
	return reflect.ValueOf(m).Elem().Field(field.index).Interface().(attr.Value)
}

// equal reports whether two models have equal values.
func (m *serviceUserTokenModel) equal(other *serviceUserTokenModel) bool {
	for _, field := range tokenFields() {
		if !m.value(field).Equal(other.value(field)) {
			return false
		}
	}
	return true
}
