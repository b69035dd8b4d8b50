package main

import (
	"io/fs"
	"path"
	"strings"

	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// pathsOf are the files, in the folder under review, that a path of the configuration may mean: several if it begins at the root
// module and several root modules call this one. It is false where the path is not written down.
func (a *analysis) pathsOf(e hclsyntax.Expression, m *module) ([]string, bool) {
	parts := []hclsyntax.Expression{e}
	if template, ok := e.(*hclsyntax.TemplateExpr); ok {
		parts = template.Parts
	}
	from := a.rootsOf(m)
	if len(parts) > 0 {
		if start, ok := parts[0].(*hclsyntax.ScopeTraversalExpr); ok && start.Traversal.RootName() == "path" {
			if nameOf(start.Traversal, 1) == "module" {
				from = []string{m.dir}
			}
			parts = parts[1:]
			if next, ok := text(first(parts)); !ok || !strings.HasPrefix(next, "/") {
				return nil, false
			}
		} else if start, ok := text(parts[0]); !ok || strings.HasPrefix(start, "/") || strings.HasPrefix(start, "~") {
			return nil, false
		}
	}
	rest := ""
	for _, part := range parts {
		literal, ok := text(part)
		if !ok {
			return nil, false
		}
		rest += literal
	}
	var paths []string
	for _, dir := range from {
		paths = append(paths, path.Join(dir, rest))
	}
	return paths, len(paths) > 0
}

func first(parts []hclsyntax.Expression) hclsyntax.Expression {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}

// isFileOfTheChange: a regular file below the folder under review, not through a symbolic link, and no state or plan by its name.
func (a *analysis) isFileOfTheChange(name string) bool {
	if !fs.ValidPath(name) || mayBeState(path.Base(name)) {
		return false
	}
	parts := strings.Split(name, "/")
	for i := range parts {
		info, err := fs.Lstat(a.top, strings.Join(parts[:i+1], "/"))
		last := i == len(parts)-1
		if err != nil || last && !info.Mode().IsRegular() || !last && !info.IsDir() {
			return false
		}
	}
	return true
}

func mayBeState(name string) bool {
	return strings.Contains(name, ".tfstate") || strings.HasSuffix(name, ".tfplan")
}

// rootsOf are the folders of the root modules from which a module is reached.
func (a *analysis) rootsOf(m *module) []string {
	seen := map[*module]bool{}
	var roots []string
	var climb func(*module)
	climb = func(m *module) {
		if seen[m] {
			return
		}
		seen[m] = true
		if len(m.callers) == 0 {
			roots = append(roots, m.dir)
		}
		for _, call := range m.callers {
			climb(call.from)
		}
	}
	climb(m)
	return roots
}
