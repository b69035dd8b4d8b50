package main

import (
	"fmt"
	"strings"
)

// header declares the provider.
const header = `terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}
`

// providerBlock returns a provider block for one organization. An empty alias is the default provider.
func providerBlock(s *service, alias string) string {
	if alias != "" {
		alias = fmt.Sprintf("  alias     = %q\n", alias)
	}
	return fmt.Sprintf("\nprovider \"safetyculture\" {\n%s  api_token = %q\n  base_url  = %q\n}\n", alias, s.Bearer(), s.server.URL)
}

// tokenBlock returns n tokens with the names of the tokens that the emulator starts with.
func tokenBlock(n int, alias string) string {
	provider, name := "", "test"
	if alias != "" {
		provider, name = "  provider        = safetyculture."+alias+"\n", alias
	}
	return fmt.Sprintf(`
resource "safetyculture_service_user_token" %q {
%s  count           = %d
  name            = format("integration-%%04d", count.index + 1)
  all_permissions = true
}
`, name, provider, n)
}

// importBlock returns a block that imports n existing tokens.
func importBlock(n int, alias string) string {
	provider, name := "", "test"
	if alias != "" {
		provider, name = "  provider = safetyculture."+alias+"\n", alias
	}
	return fmt.Sprintf(`
import {
%s  for_each = [for i in range(%d) : i]
  to       = safetyculture_service_user_token.%s[each.key]
  id       = format("name:integration-%%04d", each.value + 1)
}
`, provider, n, name)
}

// dataBlock returns n resources that Terraform itself provides, without a plugin.
func dataBlock(n int) string {
	return fmt.Sprintf("resource \"terraform_data\" \"test\" {\n  count = %d\n  input = format(\"integration-%%04d\", count.index + 1)\n}\n", n)
}

// aliasesOf returns the aliases of n organizations.
func aliasesOf(n int) []string {
	var names []string
	for i := range n {
		names = append(names, fmt.Sprintf("organization_%02d", i+1))
	}
	return names
}

// join returns a whole configuration with these blocks.
func join(blocks ...string) string { return header + strings.Join(blocks, "") }
