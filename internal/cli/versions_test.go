package cli

import (
	"strings"
	"testing"
)

func TestLackedBy(t *testing.T) {
	t.Parallel()
	names := []string{"identity", "query", "destroy-events", "enabled"}
	for output, lacks := range map[string]string{
		"Terraform v1.10.5":     "identity query destroy-events enabled",
		"Terraform v1.12.0-rc1": "query destroy-events enabled",
		"Terraform v1.14.9":     "destroy-events enabled",
		"Terraform v1.16.2-dev": "enabled",
		"Terraform v2.0.0":      "enabled",
		"OpenTofu v1.9.0":       "identity query destroy-events enabled",
		"OpenTofu v1.11.5":      "identity query destroy-events",
		"OpenTofu v1.16.0":      "query destroy-events",
	} {
		p, err := readVersion("", output)
		if err != nil {
			t.Fatal(err)
		}
		var lacked []string
		for _, name := range names {
			if Versions(name).LackedBy(p) != "" {
				lacked = append(lacked, name)
			}
		}
		if got := strings.Join(lacked, " "); got != lacks {
			t.Errorf("%s lacks %q, want %q", output, got, lacks)
		}
	}
	terraform, tofu := Program{Version: Versions("oldest").Terraform}, Program{Tofu: true, Version: Versions("oldest").OpenTofu}
	for want, got := range map[string]string{
		"needs Terraform 1.12 or OpenTofu 1.12": Versions("identity").LackedBy(terraform),
		"needs Terraform 1.14":                  Versions("query").LackedBy(tofu),
		"needs OpenTofu 1.11":                   Versions("enabled").LackedBy(terraform),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	defer func() {
		if recover() == nil {
			t.Error("a name that is not in the list was accepted")
		}
	}()
	Versions("oldst")
}
