// Command schema prints the provider's schemas as `terraform providers schema -json` does, for tfplugindocs.
//
// A CLI prints only what it knows itself: before 1.12 no identities, Terraform before 1.14 no list resources and no
// actions, OpenTofu none of these two. The documentation must not depend on which one happens to be installed.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

// run asks the provider for its schemas, as a CLI does, and prints them.
func run(ctx context.Context, out io.Writer) error {
	server := providerserver.NewProtocol6(provider.New(provider.Options{Version: "schema"})())()
	schemas, err := server.GetProviderSchema(ctx, &tfprotov6.GetProviderSchemaRequest{})
	if err != nil {
		return err
	}
	identities, err := server.GetResourceIdentitySchemas(ctx, &tfprotov6.GetResourceIdentitySchemasRequest{})
	if err != nil {
		return err
	}
	for _, d := range append(schemas.Diagnostics, identities.Diagnostics...) {
		if d.Severity == tfprotov6.DiagnosticSeverityError {
			return fmt.Errorf("%s: %s", d.Summary, d.Detail)
		}
	}
	if len(schemas.Functions) > 0 || len(schemas.StateStoreSchemas) > 0 {
		return errors.New("functions and state stores are not printed yet: add them here")
	}
	printed, err := convert(schemas, identities)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{
		"format_version":   "1.0",
		"provider_schemas": map[string]any{"safetyculture": printed},
	})
}
