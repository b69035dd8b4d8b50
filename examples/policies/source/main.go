// Command source judges Terraform configurations before anything is planned: where the secret of a token, or another one, may be
// shown, sent or kept by the change itself, because a plan runs code of the change and prints what it is told to.
//
//	source -data policies/data -base FOLDER FOLDER
//
// It reads every configuration below the folder, in either syntax, and compares its settings with those of -base, the same
// repository before the change. Each line of output is a finding; its end is 1 if there are any, 2 if it could not look. It
// prints names and places of the configuration, and none of its values.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

func main() {
	findings, err := run(os.Args[1:], os.Stdout)
	switch {
	case err != nil:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(2)
	case findings > 0:
		os.Exit(1)
	}
}

func run(args []string, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("source", flag.ContinueOnError)
	data := flags.String("data", "", "the policies' data `folder`")
	base := flags.String("base", "", "the `folder` as it was before the change; an empty folder if there was nothing")
	if err := flags.Parse(args); err != nil {
		return 0, err
	}
	if *data == "" || *base == "" || flags.NArg() != 1 {
		return 0, errors.New("usage: source -data policies/data -base FOLDER-BEFORE-THE-CHANGE FOLDER")
	}
	lists, err := readData(*data)
	if err != nil {
		return 0, err
	}
	before, err := open(*base, lists)
	if err != nil {
		return 0, err
	}
	after, err := open(flags.Arg(0), lists)
	if err != nil {
		return 0, err
	}
	found := after.review(before)
	if len(after.modules) == 0 {
		return 0, errors.New(flags.Arg(0) + " holds no configuration; name the folder that is planned, or one above it")
	}
	var text strings.Builder
	for _, each := range found {
		text.WriteString(each.String() + "\n")
	}
	_, err = fmt.Fprintf(out, "%s%d findings in %d modules\n", &text, len(found), len(after.modules))
	return len(found), err
}

// open reads a folder, and nothing outside of it.
func open(dir string, lists allowed) (*analysis, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return newAnalysis(root.FS(), lists)
}

func newAnalysis(top fs.FS, lists allowed) (*analysis, error) {
	a := &analysis{top: top, allowed: lists, modules: map[string]*module{}, known: map[node]value{}, findings: map[finding]bool{}}
	if err := a.readAll(); err != nil {
		return nil, err
	}
	a.link()
	return a, nil
}

// review returns the findings, sorted.
func (a *analysis) review(before *analysis) []finding {
	if !a.solve() {
		a.findFile("unreadable", ".", "the modules refer to each other in too many ways; make them simpler")
	}
	a.judging = true
	for _, dir := range slices.Sorted(maps.Keys(a.modules)) {
		a.judge(a.modules[dir])
		a.compare(a.modules[dir], before.modules[dir])
	}
	return slices.SortedFunc(maps.Keys(a.findings), func(x, y finding) int { return strings.Compare(x.String(), y.String()) })
}
