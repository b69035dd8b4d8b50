package acctest

import (
	"strings"
	"testing"
)

func TestCapability(t *testing.T) {
	t.Parallel()
	for answer, lacks := range map[string]string{
		"Terraform v1.10.5":                   "the oldest, identity, query, actions",
		"Terraform v1.11.4\non linux_amd64\n": "identity, query, actions",
		"Terraform v1.12.0-rc1":               "query, actions",
		"Terraform v1.14.9":                   "",
		"Terraform v1.15.2-dev":               "",
		"Terraform v2.0.0":                    "",
		"OpenTofu v1.11.5":                    "identity, query, actions",
		"OpenTofu v1.12.6\non linux_amd64\n":  "query, actions",
		"OpenTofu v1.14.0":                    "query, actions",
	} {
		used, err := readCLI("", answer)
		if err != nil {
			t.Fatal(err)
		}
		var lacked []string
		for _, c := range []struct {
			name string
			Capability
		}{{"the oldest", NeedsOldest}, {"identity", NeedsIdentity}, {"query", NeedsQuery}, {"actions", NeedsActions}} {
			if c.LackedBy(used) != "" {
				lacked = append(lacked, c.name)
			}
		}
		if got := strings.Join(lacked, ", "); got != lacks {
			t.Errorf("%q lacks %q, want %q", answer, got, lacks)
		}
	}
	for _, bad := range []string{"", "GNU Make 4.3", "Terraform vX"} {
		if _, err := readCLI("", bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}
