package policies

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the list of limits into the documents")

// limitsFile has the list of limits between two comments; the rest of it is written by hand.
var limitsFile = filepath.Join(repository, "examples", "policies", "README.md")

const limitsBegin, limitsEnd = "<!-- limits: begin, written by: cd internal/tools/policies && go test -run TestAdversary_limits -update -->\n", "<!-- limits: end -->\n"

// The list of limits is what no layer finds. It is as the table says, after go test -run TestAdversary_limits -update.
func TestAdversary_limits(t *testing.T) {
	t.Parallel()
	content, err := os.ReadFile(limitsFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(content), limitsBegin)
	listed, after, ends := strings.Cut(rest, limitsEnd)
	if !begins || !ends {
		t.Fatalf("%s has no place for the list of limits", limitsFile)
	}
	if listed == limitsList() {
		return
	}
	if !*update {
		t.Fatalf("the list of limits is not what the table of attacks says; want\n%s", limitsList())
	}
	if err := os.WriteFile(limitsFile, []byte(before+limitsBegin+limitsList()+limitsEnd+after), 0o600); err != nil {
		t.Fatal(err)
	}
}

func limitsList() string {
	var list strings.Builder
	table := attacks()
	for _, aim := range slices.Sorted(maps.Keys(table)) {
		for _, a := range table[aim] {
			if a.limit != "" {
				fmt.Fprintf(&list, "- **%s%s.** %s\n", strings.ToUpper(a.name[:1]), a.name[1:], a.limit)
			}
		}
	}
	return list.String()
}
