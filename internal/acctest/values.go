package acctest

import (
	"fmt"
	"maps"
	"math/big"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// Values are attributes by name. A nil is null; Unknown is unknown.
type Values map[string]any

// Unknown is a value that a plan does not know yet.
var Unknown = tftypes.UnknownValue

// Dynamic encodes a value for the protocol.
func Dynamic(t testing.TB, kind tftypes.Type, v tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	value, err := tfprotov6.NewDynamicValue(kind, v)
	if err != nil {
		t.Fatal(err)
	}
	return &value
}

// Object returns the value of a flat block. Attributes without a value are null.
func Object(kind tftypes.Object, attributes Values) tftypes.Value {
	all := make(map[string]tftypes.Value, len(kind.AttributeTypes))
	for name, attributeType := range kind.AttributeTypes {
		all[name] = toValue(attributeType, attributes[name])
	}
	for name := range attributes {
		if _, ok := all[name]; !ok {
			panic("no attribute " + name)
		}
	}
	return tftypes.NewValue(kind, all)
}

func toValue(kind tftypes.Type, v any) tftypes.Value {
	switch v := v.(type) {
	case tftypes.Value:
		return v
	case int:
		return tftypes.NewValue(kind, big.NewFloat(float64(v)))
	case []string:
		elements := make([]any, len(v))
		for i, s := range v {
			elements[i] = s
		}
		return toValue(kind, elements)
	case []any: // texts, of which some can be nil or Unknown
		elements := make([]tftypes.Value, len(v))
		for i, element := range v {
			elements[i] = tftypes.NewValue(tftypes.String, element)
		}
		return tftypes.NewValue(kind, elements)
	case Values:
		elements := make(map[string]tftypes.Value, len(v))
		for key, element := range v {
			elements[key] = toValue(tftypes.String, element)
		}
		return tftypes.NewValue(kind, elements)
	default:
		return tftypes.NewValue(kind, v)
	}
}

// Attribute is an attribute of an object.
func Attribute(v tftypes.Value, name string) tftypes.Value {
	var attributes map[string]tftypes.Value
	if err := v.As(&attributes); err != nil {
		panic(err)
	}
	return attributes[name]
}

// Text is a string attribute of an instance; empty when null.
func (i Instance) Text(name string) string {
	var s *string
	if err := Attribute(i.State, name).As(&s); err != nil {
		panic(err)
	}
	if s == nil {
		return ""
	}
	return *s
}

// Errors is the text of all errors; empty when there are none.
func Errors(diags []*tfprotov6.Diagnostic) string {
	return textOf(diags, tfprotov6.DiagnosticSeverityError)
}

// Warnings is the text of all warnings; empty when there are none.
func Warnings(diags []*tfprotov6.Diagnostic) string {
	return textOf(diags, tfprotov6.DiagnosticSeverityWarning)
}

func textOf(diags []*tfprotov6.Diagnostic, severity tfprotov6.DiagnosticSeverity) string {
	var lines []string
	for _, d := range diags {
		if d.Severity == severity {
			lines = append(lines, fmt.Sprintf("%s: %s", d.Summary, d.Detail))
		}
	}
	return strings.Join(lines, "\n")
}

// With returns a copy of a configuration with more or other arguments.
func With(config Values, more Values) Values {
	merged := Values{}
	for _, part := range []Values{config, more} {
		for name, value := range part {
			merged[name] = value
		}
	}
	return merged
}

// Basic is the smallest configuration of a token.
var Basic = Values{"name": "t", "all_permissions": true}

// Replaced is an object with one attribute taken from another.
func Replaced(object, from tftypes.Value, name string) tftypes.Value {
	var attributes map[string]tftypes.Value
	if err := object.As(&attributes); err != nil {
		panic(err)
	}
	attributes = maps.Clone(attributes) // As gives the object's own map
	attributes[name] = Attribute(from, name)
	return tftypes.NewValue(object.Type(), attributes)
}
