package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// allowed are the lists that findings are compared with: token_review of the policies' data.
type allowed struct {
	ProviderSources   []string `yaml:"provider_sources"`   // of this provider
	CredentialSources []string `yaml:"credential_sources"` // types that return secrets
	Source            *lists   `yaml:"source"`
}

// lists are those of the source rules alone.
type lists struct {
	Providers       []string `yaml:"providers"`
	DataSources     []string `yaml:"data_sources"`
	Actions         []string `yaml:"actions"`
	Modules         []string `yaml:"modules"`
	BaseURLs        []string `yaml:"base_urls"`
	ChangedSettings []string `yaml:"changed_settings"`
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
	switch {
	case all.Source == nil:
		return all, errors.New(dir + " has no token_review.source; pass the policies' data folder")
	case all.ProviderSources == nil || all.CredentialSources == nil:
		return all, errors.New(dir + " lacks provider_sources or credential_sources; pass the policies' data folder")
	case all.Source.Providers == nil || all.Source.DataSources == nil || all.Source.Actions == nil || all.Source.Modules == nil ||
		all.Source.BaseURLs == nil || all.Source.ChangedSettings == nil:
		return all, errors.New("token_review.source lacks a list; leave it empty, as [], when nothing belongs on it")
	}
	return all, nil
}

// add takes what one file says. An unknown name in token_review.source is a mistake that would leave a list as it was.
func (all *allowed) add(content []byte) error {
	var file struct {
		Review struct {
			ProviderSources   []string  `yaml:"provider_sources"`
			CredentialSources []string  `yaml:"credential_sources"`
			Source            yaml.Node `yaml:"source"`
		} `yaml:"token_review"`
	}
	if err := yaml.Unmarshal(content, &file); err != nil {
		return err
	}
	if file.Review.ProviderSources != nil {
		all.ProviderSources = file.Review.ProviderSources
	}
	if file.Review.CredentialSources != nil {
		all.CredentialSources = file.Review.CredentialSources
	}
	if file.Review.Source.IsZero() {
		return nil
	}
	written, err := yaml.Marshal(&file.Review.Source)
	if err != nil {
		return err
	}
	decoder := yaml.NewDecoder(bytes.NewReader(written))
	decoder.KnownFields(true)
	return decoder.Decode(&all.Source)
}
