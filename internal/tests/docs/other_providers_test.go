package docs_test

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"go.yaml.in/yaml/v3"
)

// otherProvider is what the tests know of another provider, from its documentation.
type otherProvider struct {
	Source, Version        string
	Taken                  string // the day on which its documentation was read
	Resources, DataSources map[string]otherType
}

type otherType struct {
	Required, Optional []string
	Since              map[string]string // by argument: the first version that has it
}

// metaArguments are Terraform's own.
var metaArguments = []string{"count", "for_each", "provider", "depends_on", "lifecycle"}

// otherProviders are those of testdata/other-providers.yaml, by the name that pages give them.
var otherProviders = func() map[string]otherProvider {
	var read map[string]struct {
		Source, Version, Taken string
		Resources              map[string]otherType
		DataSources            map[string]otherType `yaml:"data_sources"`
	}
	text, err := os.ReadFile(filepath.Join("testdata", "other-providers.yaml"))
	if err == nil {
		err = yaml.Unmarshal(text, &read)
	}
	if err != nil {
		panic(err)
	}
	all := map[string]otherProvider{}
	for name, p := range read {
		all[name] = otherProvider{p.Source, p.Version, p.Taken, p.Resources, p.DataSources}
	}
	return all
}()

// Every provider is described completely. The test prints how old the descriptions are.
func TestDocs_otherProviders(t *testing.T) {
	t.Parallel()
	for name, p := range otherProviders {
		taken, err := time.Parse(time.DateOnly, p.Taken)
		if err != nil || p.Source == "" || p.Version == "" || len(p.Resources) == 0 {
			t.Errorf("%s: source %q, version %q, %d resources, %v", name, p.Source, p.Version, len(p.Resources), err)
		}
		t.Logf("%s %s: arguments taken %s, %.0f days ago", p.Source, p.Version, p.Taken, time.Since(taken).Hours()/24)
	}
}

// known returns the description of another provider's block, and that provider's name.
func known(block *hclsyntax.Block) (otherType, string, bool) {
	for name, p := range otherProviders {
		types := p.Resources
		if block.Type == "data" {
			types = p.DataSources
		}
		if described, is := types[block.Labels[0]]; is && (block.Type == "resource" || block.Type == "data") {
			return described, name, true
		}
	}
	return otherType{}, "", false
}

// argumentsOf are the arguments and blocks in a block.
func argumentsOf(block *hclsyntax.Block) []string {
	written := slices.Collect(maps.Keys(block.Body.Attributes))
	for _, inner := range block.Body.Blocks {
		written = append(written, inner.Type)
	}
	return written
}

// knownArguments says which arguments of another provider's block are not known, or missing.
func knownArguments(block *hclsyntax.Block) error {
	described, _, ok := known(block)
	if !ok {
		return fmt.Errorf("the arguments of %s %q are not known to this test: add them to testdata/other-providers.yaml", block.Type, block.Labels[0])
	}
	written := argumentsOf(block)
	for _, name := range written {
		if !slices.Contains(slices.Concat(described.Required, described.Optional, metaArguments), name) {
			return fmt.Errorf("%s has no argument %q", block.Labels[0], name)
		}
	}
	for _, name := range described.Required {
		if !slices.Contains(written, name) {
			return fmt.Errorf("%s needs the argument %q", block.Labels[0], name)
		}
	}
	return nil
}

// requirement is an entry of required_providers.
type requirement struct{ source, version string }

// readRequirement reads an entry; what is not an object of texts is empty.
func readRequirement(attribute *hclwrite.Attribute) requirement {
	expression, diags := hclsyntax.ParseExpression(attribute.Expr().BuildTokens(nil).Bytes(), "required_providers", hcl.InitialPos)
	if diags.HasErrors() {
		return requirement{}
	}
	value, diags := expression.Value(nil)
	if diags.HasErrors() || !value.Type().IsObjectType() {
		return requirement{}
	}
	text := func(name string) string {
		if !value.Type().HasAttribute(name) {
			return ""
		}
		return value.GetAttr(name).AsString()
	}
	return requirement{text("source"), text("version")}
}

// notRequired says which provider of a whole configuration its required_providers does not name, or not in a version that has
// the arguments that are used: without a source, Terraform looks for hashicorp/NAME.
func (f *fragment) notRequired() string {
	if f.requires["safetyculture"].source != "safetyculture-community/safetyculture" {
		return "required_providers does not name safetyculture-community/safetyculture"
	}
	for _, block := range f.body.Blocks {
		if !isOthers(block) {
			continue
		}
		described, name, _ := known(block)
		asked := f.requires[name]
		if asked.source != otherProviders[name].Source {
			return fmt.Sprintf("%s: required_providers names the source %q of %s, not %q", block.Labels[0], asked.source, name, otherProviders[name].Source)
		}
		for _, argument := range argumentsOf(block) {
			since, is := described.Since[argument]
			if !is {
				continue
			}
			least, err := version.NewVersion(strings.TrimSpace(strings.TrimPrefix(asked.version, ">=")))
			if err != nil || least.LessThan(version.Must(version.NewVersion(since))) {
				return fmt.Sprintf("%s: %s is there since version %s of %s, and required_providers asks for %q", block.Labels[0], argument, since, name, asked.version)
			}
		}
	}
	return ""
}
