package cli

import (
	_ "embed"
	"fmt"
	"strings"

	"github.com/hashicorp/go-version"
)

// versions is the only list of versions. It is a text file, so that scripts and make can read it too.
//
//go:embed versions.txt
var versions string

// Since holds the first version of each program that can do something; nil if none can yet.
type Since struct{ Terraform, OpenTofu *version.Version }

// Versions returns a line of versions.txt by its name, such as "actions". It panics if there is no such line.
func Versions(name string) Since {
	for line := range strings.Lines(versions) {
		text, _, _ := strings.Cut(line, "#")
		if fields := strings.Fields(text); len(fields) == 3 && fields[0] == name {
			return Since{readColumn(fields[1]), readColumn(fields[2])}
		}
	}
	panic(fmt.Sprintf("versions.txt has no line %q", name))
}

func readColumn(text string) *version.Version {
	if text == "-" {
		return nil
	}
	return version.Must(version.NewVersion(text))
}

// LackedBy returns which versions are needed, such as "needs Terraform 1.14"; empty if the program's version is new enough.
func (s Since) LackedBy(p Program) string {
	least := s.Terraform
	if p.Tofu {
		least = s.OpenTofu
	}
	if least != nil && !p.Version.LessThan(least) {
		return ""
	}
	var can []string
	if s.Terraform != nil {
		can = append(can, "Terraform "+s.Terraform.Original())
	}
	if s.OpenTofu != nil {
		can = append(can, "OpenTofu "+s.OpenTofu.Original())
	}
	return "needs " + strings.Join(can, " or ")
}
