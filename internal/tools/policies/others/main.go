// Command others stands in for providers of others in plans: those that the guides hand the secret to, and those that an
// author could send it away with. It is the provider that it is named after (terraform-provider-vault, …), has the attributes
// that the tests use, and can only plan.
package main

import (
	"context"
	"log"
	"os"
	"path/filepath"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	dataschema "github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	providerschema "github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// resources and dataSources are the attributes by type, and settings those of provider blocks. All are text but for those in
// square brackets, which are maps; what ends in _wo is write-only, and what begins with = is computed.
var (
	resources = map[string]string{
		"vault_kv_secret_v2":                "mount name data_json data_json_wo data_json_wo_version =path =[data]",
		"aws_secretsmanager_secret":         "name =arn",
		"aws_secretsmanager_secret_version": "secret_id secret_string secret_string_wo secret_string_wo_version =arn =version_id",
		"aws_ssm_parameter":                 "name type value value_wo value_wo_version =arn",
		"github_actions_secret":             "repository secret_name plaintext_value encrypted_value value value_encrypted key_id",
		"local_file":                        "filename content content_base64",
		"null_resource":                     "[triggers]",
	}
	dataSources = map[string]string{
		"vault_kv_secret_v2":        "mount name =data_json =[data]",
		"aws_caller_identity":       "=account_id",
		"github_actions_public_key": "repository =key =key_id",
		"http":                      "url [request_headers] =response_body",
		"external":                  "working_dir [query] =[result]",
		"local_file":                "filename =content",
	}
	settings = map[string]string{"vault": "address token [headers]", "aws": "region access_key", "github": "owner token"}
)

func main() {
	name := strings.TrimPrefix(filepath.Base(os.Args[0]), "terraform-provider-")
	err := providerserver.Serve(context.Background(), func() provider.Provider { return standIn{name} }, providerserver.ServeOpts{
		Address: "registry.terraform.io/hashicorp/" + name,
	})
	if err != nil {
		log.Fatal(err)
	}
}

// read calls add for each attribute of a line.
func read(line string, add func(name string, isMap, computed bool)) {
	for word := range strings.FieldsSeq(line) {
		name, computed := strings.CutPrefix(word, "=")
		add(strings.Trim(name, "[]"), strings.HasPrefix(name, "["), computed)
	}
}

type standIn struct{ name string }

func (p standIn) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = p.name
}

func (p standIn) Schema(_ context.Context, _ provider.SchemaRequest, resp *provider.SchemaResponse) {
	resp.Schema.Attributes = map[string]providerschema.Attribute{}
	read(settings[p.name], func(name string, isMap, _ bool) {
		if isMap {
			resp.Schema.Attributes[name] = providerschema.MapAttribute{ElementType: types.StringType, Optional: true}
		} else {
			resp.Schema.Attributes[name] = providerschema.StringAttribute{Optional: true}
		}
	})
}

func (p standIn) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}

func (p standIn) belongs(typeName string) bool {
	return typeName == p.name || strings.HasPrefix(typeName, p.name+"_")
}

func (p standIn) Resources(context.Context) []func() resource.Resource {
	var list []func() resource.Resource
	for typeName := range resources {
		if p.belongs(typeName) {
			list = append(list, func() resource.Resource { return thing{typeName} })
		}
	}
	return list
}

func (p standIn) DataSources(context.Context) []func() datasource.DataSource {
	var list []func() datasource.DataSource
	for typeName := range dataSources {
		if p.belongs(typeName) {
			list = append(list, func() datasource.DataSource { return source{typeName} })
		}
	}
	return list
}

// thing is a resource that can be planned only.
type thing struct{ typeName string }

func (r thing) Metadata(_ context.Context, _ resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = r.typeName
}

func (r thing) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema.Attributes = map[string]schema.Attribute{"id": schema.StringAttribute{Computed: true}}
	read(resources[r.typeName], func(name string, isMap, computed bool) {
		if isMap {
			resp.Schema.Attributes[name] = schema.MapAttribute{ElementType: types.StringType, Optional: !computed, Computed: computed}
		} else {
			resp.Schema.Attributes[name] = schema.StringAttribute{Optional: !computed, Computed: computed, WriteOnly: strings.HasSuffix(name, "_wo")}
		}
	})
}

const onlyPlans = "This provider only plans."

func (r thing) Create(_ context.Context, _ resource.CreateRequest, resp *resource.CreateResponse) {
	resp.Diagnostics.AddError(onlyPlans, "")
}

func (r thing) Read(_ context.Context, _ resource.ReadRequest, resp *resource.ReadResponse) {
	resp.Diagnostics.AddError(onlyPlans, "")
}

func (r thing) Update(_ context.Context, _ resource.UpdateRequest, resp *resource.UpdateResponse) {
	resp.Diagnostics.AddError(onlyPlans, "")
}

func (r thing) Delete(_ context.Context, _ resource.DeleteRequest, resp *resource.DeleteResponse) {
	resp.Diagnostics.AddError(onlyPlans, "")
}

// source is a data source that finds nothing: what it computes is null.
type source struct{ typeName string }

func (d source) Metadata(_ context.Context, _ datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = d.typeName
}

func (d source) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema.Attributes = map[string]dataschema.Attribute{}
	read(dataSources[d.typeName], func(name string, isMap, computed bool) {
		if isMap {
			resp.Schema.Attributes[name] = dataschema.MapAttribute{ElementType: types.StringType, Optional: !computed, Computed: computed}
		} else {
			resp.Schema.Attributes[name] = dataschema.StringAttribute{Optional: !computed, Computed: computed}
		}
	})
}

func (d source) Read(_ context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	resp.State.Raw = req.Config.Raw
}
