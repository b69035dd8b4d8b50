package provider_test

import (
	"fmt"
	"regexp"
	"strings"
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
	return d, nil
}
