package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// The troubleshooting guide is sorted by error texts. The provider can print each text in it, and it has each summary and each
// piece of advice that the provider can print.
func TestDocs_troubleshooting(t *testing.T) {
	t.Parallel()
	guide, err := os.ReadFile(filepath.Join(acctest.RootDir, "docs", "guides", "troubleshooting.md"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for _, match := range regexp.MustCompile("(?m)^(?:### |\\| `)([^`\n]+)").FindAllStringSubmatch(string(guide), -1) {
		entries = append(entries, match[1])
	}
	s := readSaid(t)
	used := map[string]bool{}
	for _, summary := range s.summaries {
		if !slices.Contains(entries, summary) {
			t.Errorf("missing in the guide: the summary %s", summary)
		}
		used[summary] = true
	}
	for _, advice := range s.advice {
		i := slices.IndexFunc(entries, func(entry string) bool {
			return slices.ContainsFunc(advice, func(text string) bool { return strings.HasPrefix(text, entry) })
		})
		if i < 0 {
			t.Errorf("missing in the guide: a heading that begins one of these texts: %q", advice)
			continue
		}
		used[entries[i]] = true
	}
	for _, entry := range entries {
		if !used[entry] {
			t.Errorf("the guide has %q, which the provider never says", entry)
		}
	}
	t.Logf("%d summaries and %d pieces of advice are in %d entries", len(s.summaries), len(s.advice), len(entries))
	if len(s.summaries) < 20 || len(s.advice) < 20 {
		t.Error("the code is not read as it should be")
	}
}

// said are the texts for users in the provider's source. A part that is known only at run time is "…".
type said struct {
	t         *testing.T
	constants map[string]string
	summaries []string
	advice    [][]string // the texts of one case each
}

// summaryAt tells which argument of a call is the summary of a diagnostic.
var summaryAt = map[string]int{
	"AddError": 0, "AddWarning": 0, "AddAttributeError": 1, "AddAttributeWarning": 1, "addError": 1, "addFullError": 1,
	"NewErrorDiagnostic": 0, "NewWarningDiagnostic": 0, "NewAttributeErrorDiagnostic": 1, "NewAttributeWarningDiagnostic": 1,
}

func readSaid(t *testing.T) *said {
	t.Helper()
	s := &said{t: t, constants: map[string]string{}}
	names, err := filepath.Glob(filepath.Join(acctest.RootDir, "internal", "provider", "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, nil, 0); err != nil {
			t.Fatal(err)
		}
		ast.Inspect(files[name], s.noteConstant)
	}
	for _, file := range files {
		for _, declaration := range file.Decls {
			if f, ok := declaration.(*ast.FuncDecl); ok && f.Body != nil {
				s.noteSummaries(f)
				if regexp.MustCompile("^(explain|advice|planError|addError$)").MatchString(f.Name.Name) {
					s.noteAdvice(f.Body)
				}
			}
		}
	}
	slices.Sort(s.summaries)
	s.summaries = slices.Compact(s.summaries)
	return s
}

func (s *said) noteConstant(node ast.Node) bool {
	if spec, ok := node.(*ast.ValueSpec); ok && len(spec.Names) == len(spec.Values) {
		for i, name := range spec.Names {
			if text := s.textOf(spec.Values[i], nil); text != "…" {
				s.constants[name.Name] = text
			}
		}
	}
	return true
}

func (s *said) noteSummaries(f *ast.FuncDecl) {
	ast.Inspect(f.Body, func(node ast.Node) bool {
		call, ok := node.(*ast.CallExpr)
		if !ok {
			return true
		}
		at, ok := summaryAt[nameOf(call.Fun)]
		if !ok || at >= len(call.Args) {
			return true
		}
		if text := s.textOf(call.Args[at], f); text != "…" {
			s.summaries = append(s.summaries, text)
		} else if !isParameter(f, call.Args[at]) {
			s.t.Errorf("%s: the summary of a diagnostic cannot be read from the source; write it as a text", f.Name.Name)
		}
		return true
	})
}

// noteAdvice gathers the texts of each case, and of each statement outside a case.
func (s *said) noteAdvice(node ast.Node) {
	ast.Inspect(node, func(inner ast.Node) bool {
		switch inner := inner.(type) {
		case *ast.CaseClause:
			var texts []string
			for _, statement := range inner.Body {
				texts = append(texts, s.textsIn(statement)...)
			}
			s.addAdvice(texts)
			return false
		case *ast.AssignStmt, *ast.ReturnStmt, *ast.ExprStmt:
			s.addAdvice(s.textsIn(inner))
			return false
		}
		return true
	})
}

func (s *said) addAdvice(texts []string) {
	if len(texts) > 0 {
		s.advice = append(s.advice, texts)
	}
}

// textsIn are the texts that are long enough to be sentences.
func (s *said) textsIn(node ast.Node) []string {
	var texts []string
	ast.Inspect(node, func(inner ast.Node) bool {
		expression, ok := inner.(ast.Expr)
		if !ok {
			return true
		}
		text := s.textOf(expression, nil)
		if len(strings.ReplaceAll(text, "…", "")) < 25 {
			return true
		}
		texts = append(texts, strings.ToUpper(text[:1])+text[1:])
		return false
	})
	return texts
}

// textOf returns an expression's text, as far as the source shows it.
func (s *said) textOf(expression ast.Expr, in *ast.FuncDecl) string {
	switch e := expression.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); e.Kind == token.STRING && err == nil {
			return text
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return strings.ReplaceAll(s.textOf(e.X, in)+s.textOf(e.Y, in), "……", "…")
		}
	case *ast.Ident:
		if text, ok := s.constants[e.Name]; ok {
			return text
		}
		if value := valueOf(in, e.Name); value != nil {
			return s.textOf(value, nil)
		}
	case *ast.CallExpr:
		switch nameOf(e.Fun) {
		case "quoted", "namedBy":
			return `"…"`
		case "Sprintf":
			return s.formatted(e.Args, in)
		}
	}
	return "…"
}

// formatted puts arguments in the places of their verbs.
func (s *said) formatted(args []ast.Expr, in *ast.FuncDecl) string {
	next := 0
	return regexp.MustCompile(`%[a-z]`).ReplaceAllStringFunc(s.textOf(args[0], in), func(verb string) string {
		next++
		if verb == "%q" {
			return `"…"`
		}
		return s.textOf(args[next], in)
	})
}

// valueOf is what a function gives a variable of its own.
func valueOf(f *ast.FuncDecl, name string) ast.Expr {
	var value ast.Expr
	if f != nil {
		ast.Inspect(f.Body, func(node ast.Node) bool {
			if assigned, ok := node.(*ast.AssignStmt); ok && assigned.Tok == token.DEFINE && len(assigned.Lhs) == 1 && nameOf(assigned.Lhs[0]) == name {
				value = assigned.Rhs[0]
			}
			return true
		})
	}
	return value
}

func nameOf(expression ast.Expr) string {
	switch e := expression.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

func isParameter(f *ast.FuncDecl, expression ast.Expr) bool {
	for _, field := range f.Type.Params.List {
		for _, name := range field.Names {
			if name.Name == nameOf(expression) {
				return true
			}
		}
	}
	return false
}
