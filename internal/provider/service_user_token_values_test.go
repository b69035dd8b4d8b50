package provider

import (
	"context"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/mapplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// get reads the same values, and returns the same diagnostics, as the framework's Get.
func TestGet(t *testing.T) {
	t.Parallel()
	object := tokenObject().(tftypes.Object)
	text := func(s any) tftypes.Value { return tftypes.NewValue(tftypes.String, s) }
	triggers, ids := tftypes.Map{ElementType: tftypes.String}, tftypes.Set{ElementType: tftypes.String}
	for name, values := range map[string]map[string]tftypes.Value{
		"nothing": nil,
		"a token": {
			"name": text("t"), "inactivity_expiry_days": tftypes.NewValue(tftypes.Number, 45), "all_permissions": tftypes.NewValue(tftypes.Bool, true),
			"created_at": text("2026-03-01T12:00:00Z"), "permission_set_ids": tftypes.NewValue(ids, []tftypes.Value{text("a")}),
			"rotation_triggers": tftypes.NewValue(triggers, map[string]tftypes.Value{"a": text("1"), "b": text(tftypes.UnknownValue)}),
		},
		"unknown": {
			"name": text(tftypes.UnknownValue), "issued_at": text(tftypes.UnknownValue), "rotation_due": tftypes.NewValue(tftypes.Bool, tftypes.UnknownValue),
			"permission_set_ids": tftypes.NewValue(ids, tftypes.UnknownValue), "rotation_triggers": tftypes.NewValue(triggers, tftypes.UnknownValue),
		},
		"not a time": {"issued_at": text("at noon")},
	} {
		all := map[string]tftypes.Value{}
		for attribute, kind := range object.AttributeTypes {
			all[attribute] = tftypes.NewValue(kind, nil)
			if value, ok := values[attribute]; ok {
				all[attribute] = value
			}
		}
		raw := tftypes.NewValue(object, all)
		var want, got serviceUserTokenModel
		wantDiags, gotDiags := (tfsdk.State{Raw: raw, Schema: tokenSchema()}).Get(t.Context(), &want), got.get(t.Context(), raw)
		if diff := cmp.Diff(wantDiags, gotDiags); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
		if !wantDiags.HasError() && (!got.equal(&want) || !reflect.DeepEqual(got, want)) {
			t.Errorf("%s: read %+v, the framework reads %+v", name, got, want)
		}
	}
	if diags := new(serviceUserTokenModel).get(t.Context(), text("no object")); !diags.HasError() {
		t.Error("a text is read as a token")
	}
}

// A difference in any one attribute counts.
func TestEqual(t *testing.T) {
	t.Parallel()
	object := tokenObject().(tftypes.Object)
	with := func(attribute string) *serviceUserTokenModel {
		all := map[string]tftypes.Value{}
		for name, kind := range object.AttributeTypes {
			all[name] = tftypes.NewValue(kind, nil)
			if name == attribute {
				all[name] = tftypes.NewValue(kind, tftypes.UnknownValue)
			}
		}
		var m serviceUserTokenModel
		if diags := m.get(t.Context(), tftypes.NewValue(object, all)); diags.HasError() {
			t.Fatal(diags)
		}
		return &m
	}
	none := with("")
	if !none.equal(with("")) {
		t.Error("nothing differs from nothing")
	}
	for name := range object.AttributeTypes {
		if none.equal(with(name)) {
			t.Errorf("a difference in %s is not seen", name)
		}
	}
}

// planUnchanged relies on a schema in which only defaults change what Terraform proposes.
func TestSchema_onlyDefaultsChangeAPlan(t *testing.T) {
	t.Parallel()
	keeps := map[string]bool{
		stringplanmodifier.UseStateForUnknown().Description(t.Context()): true, mapplanmodifier.UseStateForUnknown().Description(t.Context()): true,
	}
	attributes := tokenSchema().Attributes
	for _, field := range tokenFields() {
		attribute := attributes[field.attribute]
		value := reflect.ValueOf(attribute)
		if hasDefault := value.FieldByName("Default"); hasDefault.IsValid() && hasDefault.IsNil() != (field.fallback == nil) {
			t.Errorf("%s: its default is not known", field.attribute)
		}
		if attribute.IsWriteOnly() {
			t.Errorf("%s is write-only, and the framework takes it out of a plan", field.attribute)
		}
		modifiers := value.FieldByName("PlanModifiers")
		for i := range modifiers.Len() {
			describer := modifiers.Index(i).Interface().(interface{ Description(context.Context) string })
			if words := describer.Description(t.Context()); !keeps[words] {
				t.Errorf("%s has a plan modifier that does more than to keep what is known: %s", field.attribute, words)
			}
		}
	}
	if len(attributes) != len(tokenFields()) {
		t.Errorf("%d attributes, and %d fields", len(attributes), len(tokenFields()))
	}
	for name, attribute := range attributes {
		if _, nested := attribute.(schema.NestedAttribute); nested {
			t.Errorf("%s is nested: its parts may have defaults and plan modifiers of their own", name)
		}
	}
	if len(tokenSchema().Blocks) > 0 {
		t.Error("there are blocks, which the framework makes null where they are empty")
	}
}
