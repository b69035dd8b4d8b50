package main

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// guarded are the blocks inside terraform that decide where state goes and who can read it.
var guarded = []string{"backend", "cloud", "encryption", "provider_meta", "state_store"}

// setting is a block or an entry in the way that it is written.
type setting struct {
	at   hclsyntax.Node
	text string // its words without comments and line breaks
}

// compare judges the settings of a module beside those of the same folder before the change, or nil where there was none.
func (a *analysis) compare(m, before *module) {
	s := scope{in: m, address: "terraform"}
	if !slices.Contains(a.allowed.Source.ChangedSettings, m.dir) {
		for _, kind := range guarded {
			old, now := before.settings(kind), m.settings(kind)
			if slices.Equal(texts(old), texts(now)) {
				continue
			}
			text := fmt.Sprintf("%s is not what it was: it decides where state goes, and who can read it; keep it, or have %q added to token_review.source.changed_settings", kind, m.dir)
			if len(now) == 0 {
				a.findFile("settings", m.dir, text)
			}
			for _, each := range now {
				if !slices.Contains(texts(old), each.text) {
					a.find("settings", each.at, s, text)
				}
			}
			if len(now) > 0 && len(now) < len(old) {
				a.findFile("settings", m.dir, text)
			}
		}
	}
	known := before.requiredProviders()
	for _, required := range m.requiredProviders() {
		same := func(other requiredProvider) bool { return other.name == required.name && other.text == required.text }
		if !slices.ContainsFunc(known, same) && !a.isListed(required.source) {
			a.find("provider", required.at, s, "this provider comes from a source that is on no list; use one of token_review.providers, or have it added")
		}
	}
	for _, lock := range m.locks {
		same := func(other *hclsyntax.Block) bool { return firstLabel(other) == firstLabel(lock) }
		if (before == nil || !slices.ContainsFunc(before.locks, same)) && !a.isListed(firstLabel(lock)) {
			a.find("provider", lock, scope{in: m, address: firstLabel(lock)}, "init fetches this provider, and its source is on no list; use one of token_review.providers, or have it added")
		}
	}
}

func texts(settings []setting) []string {
	var all []string
	for _, each := range settings {
		all = append(all, each.text)
	}
	slices.Sort(all)
	return all
}

// settings are the blocks of a kind inside terraform, in all files of the module.
func (m *module) settings(kind string) []setting {
	var found []setting
	if m == nil {
		return nil
	}
	for _, block := range m.blocks {
		if block.Type != "terraform" {
			continue
		}
		for _, inner := range block.Body.Blocks {
			if inner.Type == kind {
				found = append(found, setting{inner, m.text(inner.Range())})
			}
		}
	}
	return found
}

// requiredProvider is an entry of required_providers.
type requiredProvider struct {
	setting
	name, source string
}

func (m *module) requiredProviders() []requiredProvider {
	var found []requiredProvider
	for _, block := range m.settings("required_providers") {
		for name, attr := range block.at.(*hclsyntax.Block).Body.Attributes {
			required := requiredProvider{setting: setting{attr, m.text(attr.Expr.Range())}, name: name, source: "hashicorp/" + name}
			if object, ok := attr.Expr.(*hclsyntax.ObjectConsExpr); ok {
				for _, item := range object.Items {
					if key, _ := keyText(item.KeyExpr); key == "source" {
						required.source, _ = text(item.ValueExpr)
					}
				}
			}
			found = append(found, required)
		}
	}
	return found
}

// text is a part of a file, word by word.
func (m *module) text(place hcl.Range) string {
	tokens, _ := hclsyntax.LexConfig(place.SliceBytes(m.sources[place.Filename]), place.Filename, hcl.InitialPos)
	var words []string
	for _, token := range tokens {
		if token.Type != hclsyntax.TokenComment && token.Type != hclsyntax.TokenNewline {
			words = append(words, string(token.Bytes))
		}
	}
	return strings.Join(words, " ")
}

// isListed: whether a provider of that source may be used.
func (a *analysis) isListed(source string) bool {
	same := func(listed string) bool { return sameSource(source, listed) }
	return slices.ContainsFunc(a.allowed.ProviderSources, same) || slices.ContainsFunc(a.allowed.Providers, same)
}

// sameSource compares two sources of providers. One without a host is of the CLI's own registry, whichever CLI that is.
func sameSource(a, b string) bool {
	return a == b || withHost(a, "registry.terraform.io") == withHost(b, "registry.terraform.io") || withHost(a, "registry.opentofu.org") == withHost(b, "registry.opentofu.org")
}

func withHost(source, host string) string {
	if strings.Count(source, "/") == 1 {
		return path.Join(host, source)
	}
	return source
}
