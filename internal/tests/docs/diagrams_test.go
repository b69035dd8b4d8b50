package docs_test

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// diagram is what a Mermaid source says: nodes by id, with their labels, and arrows.
type diagram struct {
	nodes  map[string]string
	arrows []arrow
}

type arrow struct{ from, to, label string }

var (
	stateArrow = regexp.MustCompile(`^(\S+) --> (\S+?)(?: ?: (.+))?$`)
	stateName  = regexp.MustCompile(`^state "([^"]+)" as (\w+)$`)
	flowArrow  = regexp.MustCompile(`^(\w+) (?:-->|-\.->)(?:\|"?([^|"]+)"?\|)? (\w+)$`)
	flowNode   = regexp.MustCompile(`^(?:subgraph )?(\w+)[\[(]{1,2}"([^"]+)"[\])]{1,2}$`)
)

// readDiagram reads the few forms of Mermaid that the pages use, and refuses any other, so that no line of a diagram goes
// unchecked.
func readDiagram(source string) (diagram, error) {
	d := diagram{nodes: map[string]string{}}
	lines := strings.Split(strings.TrimSpace(source), "\n")
	kind, _, _ := strings.Cut(lines[0], " ")
	for _, line := range lines[1:] {
		line = strings.TrimSpace(line)
		if line == "" || line == "end" || strings.HasPrefix(line, "direction ") {
			continue
		}
		if m := stateArrow.FindStringSubmatch(line); kind == "stateDiagram-v2" && m != nil {
			d.arrows = append(d.arrows, arrow{m[1], m[2], m[3]})
		} else if m := stateName.FindStringSubmatch(line); kind == "stateDiagram-v2" && m != nil {
			d.nodes[m[2]] = m[1]
		} else if m := flowArrow.FindStringSubmatch(line); kind == "flowchart" && m != nil {
			d.arrows = append(d.arrows, arrow{m[1], m[3], m[2]})
		} else if m := flowNode.FindStringSubmatch(line); kind == "flowchart" && m != nil {
			d.nodes[m[1]] = m[2]
		} else {
			return d, fmt.Errorf("%s: cannot read %q", kind, line)
		}
	}
	for _, a := range d.arrows {
		for _, id := range []string{a.from, a.to} {
			if _, known := d.nodes[id]; !known && id != "[*]" {
				return d, fmt.Errorf("%s --> %s: %s is not declared", a.from, a.to, id)
			}
		}
	}
	d.sort()
	return d, nil
}

// sort forgets the order of arrows, which says nothing.
func (d diagram) sort() {
	slices.SortFunc(d.arrows, func(a, b arrow) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.to, b.to), cmp.Compare(a.label, b.label))
	})
}

// imagesAddress is where the registry, which has no file but pages, gets pictures from.
const imagesAddress = "https://raw.githubusercontent.com/safetyculture-community/terraform-provider-safetyculture/main/"

// Each Mermaid diagram of a page is also shown as a picture, for those who read where Mermaid is not rendered. Both say the same, and each arrow of the picture begins and ends at the nodes that it names.
func TestDocs_pictures(t *testing.T) {
	t.Parallel()
	pictures, err := filepath.Glob(filepath.Join(acctest.RootDir, "docs", "images", "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, p := range pages(t) {
		var shownHere []string
		for _, image := range p.images {
			file, whole := strings.CutPrefix(image, imagesAddress)
			if strings.HasPrefix(p.name, "docs/") != whole {
				t.Errorf("%s shows %s: the registry needs the whole address, the repository's own pages need none", p.name, image)
			}
			if !whole {
				file = path.Join(path.Dir(p.name), image)
			}
			shownHere = append(shownHere, filepath.Join(acctest.RootDir, filepath.FromSlash(file)))
		}
		for _, block := range p.blocks {
			if block.language != "mermaid" {
				continue
			}
			if len(shownHere) == 0 {
				t.Fatalf("%s:%d: no picture is shown for this diagram", p.name, block.line)
			}
			source, err := readDiagram(block.text)
			if err != nil {
				t.Fatalf("%s:%d: %v", p.name, block.line, err)
			}
			if diff := gocmp.Diff(source, readPicture(t, shownHere[0]), gocmp.AllowUnexported(diagram{}, arrow{})); diff != "" {
				t.Errorf("%s:%d (-) and %s (+) differ:\n%s", p.name, block.line, shownHere[0], diff)
			}
			shown[shownHere[0]], shownHere = true, shownHere[1:]
		}
	}
	for _, picture := range pictures {
		if !shown[picture] {
			t.Errorf("no page has the source of %s", picture)
		}
	}
	t.Logf("%d pictures compared", len(shown))
}

// picture is what the SVG files here are made of.
type picture struct {
	Groups []struct {
		Node   string   `xml:"data-node,attr"`
		From   string   `xml:"data-from,attr"`
		To     string   `xml:"data-to,attr"`
		Text   []string `xml:"text"`
		Rect   *box     `xml:"rect"`
		Circle *struct {
			X float64 `xml:"cx,attr"`
			Y float64 `xml:"cy,attr"`
			R float64 `xml:"r,attr"`
		} `xml:"circle"`
		Path struct {
			D string `xml:"d,attr"`
		} `xml:"path"`
	} `xml:"g"`
}

type box struct {
	X      float64 `xml:"x,attr"`
	Y      float64 `xml:"y,attr"`
	Width  float64 `xml:"width,attr"`
	Height float64 `xml:"height,attr"`
}

// touches reports whether a point is on the edge of a box, give or take a pixel.
func (b box) touches(x, y float64) bool {
	inside := func(by float64) bool {
		return x >= b.X-by && x <= b.X+b.Width+by && y >= b.Y-by && y <= b.Y+b.Height+by
	}
	return inside(1) && !inside(-1)
}

func readPicture(t *testing.T, file string) diagram {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var p picture
	if err := xml.Unmarshal(content, &p); err != nil {
		t.Fatal(err)
	}
	d := diagram{nodes: map[string]string{}}
	boxes := map[string][]box{}
	for _, g := range p.Groups {
		switch {
		case g.Circle != nil:
			c := g.Circle
			boxes[g.Node] = append(boxes[g.Node], box{c.X - c.R, c.Y - c.R, 2 * c.R, 2 * c.R})
		case g.Rect != nil:
			boxes[g.Node] = append(boxes[g.Node], *g.Rect)
			d.nodes[g.Node] = strings.Join(g.Text, "<br/>")
		}
	}
	for _, g := range p.Groups {
		if g.From == "" {
			continue
		}
		d.arrows = append(d.arrows, arrow{g.From, g.To, strings.Join(g.Text, " ")})
		points := numbers(t, g.Path.D)
		for at, point := range map[string][]float64{g.From: points[:2], g.To: points[len(points)-2:]} {
			if !slices.ContainsFunc(boxes[at], func(b box) bool { return b.touches(point[0], point[1]) }) {
				t.Errorf("%s: the arrow from %s to %s does not touch %s at %v", file, g.From, g.To, at, point)
			}
		}
	}
	d.sort()
	return d
}

// numbers are the coordinates of a path of absolute moves, lines and curves.
func numbers(t *testing.T, text string) []float64 {
	t.Helper()
	var list []float64
	for word := range strings.FieldsSeq(text) {
		if strings.Contains("MLC", word) {
			continue
		}
		number, err := strconv.ParseFloat(word, 64)
		if err != nil {
			t.Fatalf("path %q: %v", text, err)
		}
		list = append(list, number)
	}
	if len(list) < 4 {
		t.Fatalf("path %q has no two points", text)
	}
	return list
}
