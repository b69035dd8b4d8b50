package docs_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// page is a Markdown file as a reader sees it.
type page struct {
	name     string // from the root, with slashes
	front    string // the front matter, empty if there is none
	source   []byte // without the front matter
	words    int    // of the whole page, as wc counts them
	blocks   []codeBlock
	headings []string
	ids      []string // anchors that stand in the page as HTML
	links    []string
	images   []string // where pictures that are shown in the page come from
}

// codeBlock is a fenced block of a page.
type codeBlock struct {
	page, language, text string
	line                 int
}

// anchors are the names of headings in links, as GitHub and the registry make them.
func (p page) anchors() map[string]bool {
	anchors := map[string]bool{}
	for _, id := range p.ids {
		anchors[id] = true
	}
	for _, heading := range p.headings {
		anchors[anchorOf(heading)] = true
	}
	return anchors
}

func anchorOf(heading string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		case r == ' ':
			return '-'
		}
		return -1
	}, heading)
}

// pages reads every Markdown file of the repository that a user reads: those of hidden folders are not.
func pages(t *testing.T) []page {
	t.Helper()
	var all []page
	err := filepath.WalkDir(acctest.RootDir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && path != acctest.RootDir && strings.HasPrefix(entry.Name(), "."), entry.Name() == "testdata":
			return fs.SkipDir
		case filepath.Ext(path) != ".md":
			return nil
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(acctest.RootDir, path)
		all = append(all, readPage(filepath.ToSlash(name), content))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func readPage(name string, source []byte) page {
	p := page{name: name, words: len(bytes.Fields(source))}
	above := 0 // lines above the body
	if rest, ok := bytes.CutPrefix(source, []byte("---\n")); ok {
		front, body, _ := bytes.Cut(rest, []byte("\n---\n"))
		p.front, source, above = string(front), body, bytes.Count(front, []byte("\n"))+3
	}
	p.source = source
	root := goldmark.New(goldmark.WithExtensions(extension.GFM)).Parser().Parse(text.NewReader(source))
	_ = ast.Walk(root, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch node := node.(type) {
		case *ast.Heading:
			p.headings = append(p.headings, plain(node, source))
		case *ast.Link:
			p.links = append(p.links, string(node.Destination))
		case *ast.RawHTML:
			if id, ok := strings.CutPrefix(string(node.Segments.Value(source)), `<a id="`); ok {
				p.ids = append(p.ids, strings.TrimSuffix(id, `">`))
			}
		case *ast.Image:
			p.links = append(p.links, string(node.Destination))
			p.images = append(p.images, string(node.Destination))
		case *ast.FencedCodeBlock:
			block := codeBlock{page: name, language: string(node.Language(source)), text: string(node.Lines().Value(source))}
			if node.Lines().Len() > 0 {
				block.line = above + 1 + bytes.Count(source[:node.Lines().At(0).Start], []byte("\n"))
			}
			p.blocks = append(p.blocks, block)
		}
		return ast.WalkContinue, nil
	})
	return p
}

// plain returns a heading's text without Markdown's marks.
func plain(node ast.Node, source []byte) string {
	var words strings.Builder
	for child := node.FirstChild(); child != nil; child = child.NextSibling() {
		if leaf, ok := child.(*ast.Text); ok {
			words.Write(leaf.Value(source))
			continue
		}
		words.WriteString(plain(child, source))
	}
	return words.String()
}
