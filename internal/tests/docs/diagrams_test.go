package docs_test

import (
	"encoding/xml"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/acctest"
)

// diagram is what a picture shows: nodes by id, with their labels, and arrows.
type diagram struct {
	nodes  map[string]string
	arrows []arrow
}

type arrow struct{ from, to, label string }

// imagesAddress is the address of the repository's files. The registry has only the pages, and loads pictures from here.
const imagesAddress = "https://raw.githubusercontent.com/safetyculture-community/terraform-provider-safetyculture/main/"

// Every picture is on a page, at an address that the page's reader can load, and each of its arrows begins and ends at the
// nodes that it names.
func TestDocs_pictures(t *testing.T) {
	t.Parallel()
	pictures, err := filepath.Glob(filepath.Join(acctest.RootDir, "docs", "images", "*.svg"))
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, p := range pages(t) {
		for _, image := range p.images {
			file, whole := strings.CutPrefix(image, imagesAddress)
			if strings.HasPrefix(p.name, "docs/") != whole {
				t.Errorf("%s shows %s: the registry needs the whole address, the repository's own pages need none", p.name, image)
			}
			if !whole {
				file = path.Join(path.Dir(p.name), image)
			}
			shown[filepath.Join(acctest.RootDir, filepath.FromSlash(file))] = true
		}
	}
	for _, picture := range pictures {
		if !shown[picture] {
			t.Errorf("no page shows %s", picture)
		}
		if len(readPicture(t, picture).arrows) == 0 {
			t.Errorf("%s has no arrows that can be checked", picture)
		}
	}
	t.Logf("%d pictures checked", len(pictures))
}

// picture is an SVG file: a group for each node, with its id, and one for each arrow, with the ids of its ends.
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

// touches reports whether a point is within a pixel of a box's edge.
func (b box) touches(x, y float64) bool {
	inside := func(by float64) bool {
		return x >= b.X-by && x <= b.X+b.Width+by && y >= b.Y-by && y <= b.Y+b.Height+by
	}
	return inside(1) && !inside(-1)
}

// readPicture reads a picture, and fails the test if an arrow does not touch its nodes.
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
	return d
}

// numbers returns the coordinates of a path of absolute moves, lines and curves.
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
