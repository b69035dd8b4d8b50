package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"go.yaml.in/yaml/v3"
)

// allowed are the lists that findings are compared with: token_review of the policies' data.
type allowed struct {
	ProviderSources   []string `yaml:"provider_sources"`   // of this provider
	CredentialSources []string `yaml:"credential_sources"` // types that return secrets
	Providers         []string `yaml:"providers"`          // sources of others
	DataSources       []string `yaml:"data_sources"`       // types of others
	SecretConsumers   []string `yaml:"secret_consumers"`   // arguments that may have the secret of a token
	Source            struct { // for the source rules alone
		Actions         []string `yaml:"actions"`
		Modules         []string `yaml:"modules"`
		BaseURLs        []string `yaml:"base_urls"`
		ChangedSettings []string `yaml:"changed_settings"`
	} `yaml:"source"`
}

// readData reads the data folder of the policies.
func readData(dir string) (allowed, error) {
	var all allowed
	files, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
	if err != nil {
		return all, err
	}
	for _, file := range files {
		content, err := os.ReadFile(file) //nolint:gosec // The folder is an argument of the program.
		if err != nil {
			return all, err
		}
		if err := all.add(content); err != nil {
			return all, fmt.Errorf("%s: %w", file, err)
		}
	}
	for name, list := range map[string][]string{
		"provider_sources": all.ProviderSources, "credential_sources": all.CredentialSources, "providers": all.Providers, "data_sources": all.DataSources, "secret_consumers": all.SecretConsumers,
		"source.actions": all.Source.Actions, "source.modules": all.Source.Modules, "source.base_urls": all.Source.BaseURLs,
		"source.changed_settings": all.Source.ChangedSettings,
	} {
		if list == nil {
			return all, fmt.Errorf("%s has no list token_review.%s; pass the policies' data folder, and leave a list empty, as [], when nothing belongs on it", dir, name)
		}
	}
	return all, nil
}

// add takes what one file says of the lists. What other rules read is left alone; an unknown name in source is a mistake that
// would leave a list as it was.
func (all *allowed) add(content []byte) error {
	var file struct {
		Review yaml.Node `yaml:"token_review"`
	}
	if err := yaml.Unmarshal(content, &file); err != nil || file.Review.IsZero() {
		return err
	}
	if err := file.Review.Decode(all); err != nil {
		return err
	}
	var named struct {
		Source map[string]any `yaml:"source"`
	}
	if err := file.Review.Decode(&named); err != nil {
		return err
	}
	for name := range named.Source {
		if !slices.Contains([]string{"actions", "modules", "base_urls", "changed_settings"}, name) {
			return fmt.Errorf("token_review.source.%s is no list of the source rules", name)
		}
	}
	return nil
}
