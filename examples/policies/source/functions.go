package main

import (
	"io/fs"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// Functions that return their arguments, or what is in them, and nothing made of it. Of any other function the result may hold what
// any argument holds.
var (
	sameAsArguments = []string{
		"coalesce", "coalescelist", "concat", "ephemeralasnull", "merge", "nonsensitive", "reverse", "sensitive", "slice", "tolist", "tomap", "try",
	}
	partOfArguments = []string{"element", "lookup", "one"}
)

// telling are the functions whose result is visible whatever they are given. In a condition they show no more than it does.
var telling = []string{"can", "issensitive"}

// readers are the functions that return the content of a file. Checksums of files, and their names, give no secret away.
var readers = []string{"file", "filebase64", "templatefile"}

// call judges a call of a function, and says what its result may hold.
func (a *analysis) call(e *hclsyntax.FunctionCallExpr, s scope) value {
	args := make([]value, len(e.Args))
	everything := public
	for i, arg := range e.Args {
		args[i] = a.eval(arg, s)
		if e.ExpandFinal && i == len(e.Args)-1 {
			args[i] = args[i].children()
		}
		everything = join(everything, args[i])
	}
	name := strings.TrimPrefix(e.Name, "core::")
	switch {
	case strings.Contains(name, "::") && everything.all()&tokenSecret != 0:
		a.find("provider_function", e, s, "a provider's function gets the secret of a token while the plan runs; remove the secret from its arguments")
	case name == "nonsensitive" && everything.all() != 0:
		a.find("unmasked", e, s, "nonsensitive makes a value visible that may hold a secret; remove nonsensitive, and mark what needs the value as sensitive")
	case slices.Contains(telling, name) && everything.all()&computed != 0 && !s.condition:
		a.find("unmasked", e, s, name+" makes visible what is computed from a secret, and so what the secret is; remove it")
	case slices.Contains(readers, name):
		return a.read(name, e, args, s)
	}
	switch {
	case slices.Contains(sameAsArguments, name):
		return everything
	case slices.Contains(partOfArguments, name):
		chosen := public // by a key or an index
		if len(args) > 1 {
			chosen = args[1]
		}
		return everything.children().with(chosen.all().computing())
	case name == "values":
		return listOf(everything.children())
	case name == "flatten":
		return listOf(join(everything.children(), everything.children().children()))
	case name == "keys" || name == "length":
		return listOf(value{itself: everything.itself}).with(everything.itself)
	case name == "type" || name == "issensitive" && everything.all()&computed == 0:
		return public
	}
	found := value{itself: everything.all().computing()}
	return listOf(found).with(found.itself)
}

// read judges a call that reads a file. A file of the change is what its reviewers see; anything else may be the state.
func (a *analysis) read(name string, e *hclsyntax.FunctionCallExpr, args []value, s scope) value {
	unknown := value{itself: otherSecret} // The call is a finding, wherever its result goes.
	if len(e.Args) == 0 {
		return unknown
	}
	paths, ok := a.pathsOf(e.Args[0], s.in)
	for _, path := range paths {
		ok = ok && a.isFileOfTheChange(path)
	}
	if !ok {
		a.find("file_read", e, s, "it reads what may be a state or a plan; use a path in quotes, with path.module at most, to a file of the change")
		return unknown
	}
	if name != "templatefile" {
		return public
	}
	result := public
	inner := scope{in: s.in, address: s.address, names: map[string]value{}}
	for _, arg := range args[1:] {
		for variable, held := range arg.attrs {
			inner.names[variable] = held
		}
		result.itself |= arg.all()
	}
	for _, path := range paths {
		content, err := fs.ReadFile(a.top, path)
		template, diags := hclsyntax.ParseTemplate(content, path, hcl.InitialPos)
		if err != nil || diags.HasErrors() {
			a.find("unreadable", e, s, "the template "+path+" cannot be read; fix its syntax")
			return unknown
		}
		result.itself |= a.eval(template, inner).all()
	}
	return result
}
