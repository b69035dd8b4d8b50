package main

import (
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// kinds are the files that Terraform or OpenTofu reads, by their names.
var kinds = []struct {
	name *regexp.Regexp
	add  func(*module, *hclsyntax.Body)
}{
	{regexp.MustCompile(`\.(tftest|tofutest)\.(hcl|json)$`), func(m *module, b *hclsyntax.Body) { m.tests = append(m.tests, b.Blocks...) }},
	{regexp.MustCompile(`\.(tf|tofu)(\.json)?$|\.tfquery\.(hcl|json)$`), func(m *module, b *hclsyntax.Body) { m.blocks = append(m.blocks, b.Blocks...) }},
	{regexp.MustCompile(`^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$`), func(m *module, b *hclsyntax.Body) { m.values = append(m.values, b) }},
	{regexp.MustCompile(`^\.terraform\.lock\.hcl$`), func(m *module, b *hclsyntax.Body) { m.locks = append(m.locks, b.Blocks...) }},
}

// isIgnored: editors' files, which neither CLI reads.
func isIgnored(name string) bool {
	return strings.HasPrefix(name, ".") && name != ".terraform.lock.hcl" || strings.HasSuffix(name, "~") || strings.HasPrefix(name, "#") && strings.HasSuffix(name, "#")
}

// read reads every configuration below a folder. What cannot be read is a finding.
func (a *analysis) readAll() error {
	return fs.WalkDir(a.top, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && entry.Name() == ".git":
			return fs.SkipDir
		case entry.IsDir() && (entry.Name() == ".terraform" || entry.Name() == "terraform.d"):
			a.findFile("unreadable", name, "init takes programs and settings from this folder; remove it, and run these rules on a fresh checkout")
			return fs.SkipDir
		case entry.Type()&fs.ModeSymlink != 0:
			a.symlink(name)
		case !entry.IsDir():
			a.readFile(name)
		}
		return nil
	})
}

func (a *analysis) findFile(rule, name, text string) {
	a.findings[finding{rule, name, 1, "file", text}] = true
}

// symlink: what a link leads to may be another thing when the plan runs.
func (a *analysis) symlink(name string) {
	info, err := fs.Stat(a.top, name)
	base := path.Base(name)
	configures := false
	for _, kind := range kinds {
		configures = configures || kind.name.MatchString(base) && !isIgnored(base)
	}
	if err != nil || info.IsDir() || configures {
		a.findFile("unreadable", name, "a symbolic link leads to what these rules do not read; make it a file or a folder of its own")
	}
}

func (a *analysis) readFile(name string) {
	base := path.Base(name)
	if isIgnored(base) {
		return
	}
	for _, kind := range kinds {
		if !kind.name.MatchString(base) {
			continue
		}
		dir := path.Dir(name)
		m := a.modules[dir]
		if m == nil {
			m = &module{dir: dir, sources: map[string][]byte{}}
			a.modules[dir] = m
		}
		content, err := fs.ReadFile(a.top, name)
		if err != nil {
			a.findFile("unreadable", name, "the file cannot be opened; make it readable")
			return
		}
		m.sources[name] = content
		body, line := parse(name, content)
		if line > 0 {
			a.findings[finding{"unreadable", name, line, "file", "the file is of wrong syntax, so nothing in it was looked at; fix its syntax"}] = true
		}
		if body != nil {
			kind.add(m, body)
		}
		return
	}
}

// parse reads a file, and returns the line of the first thing in it that is wrong.
func parse(name string, content []byte) (*hclsyntax.Body, int) {
	if strings.HasSuffix(name, ".json") {
		return parseJSON(name, content)
	}
	file, diags := hclsyntax.ParseConfig(content, name, hcl.InitialPos)
	line := 0
	if diags.HasErrors() {
		line = 1
		if subject := diags[0].Subject; subject != nil {
			line = subject.Start.Line
		}
	}
	if file == nil {
		return nil, line
	}
	body, _ := file.Body.(*hclsyntax.Body)
	return body, line
}
