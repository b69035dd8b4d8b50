// Command terraform-provider-safetyculture serves the provider to Terraform and OpenTofu.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// closeTimeout bounds the clean-up after serving.
const closeTimeout = 1800 * time.Millisecond

// version is stamped by the linker.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger: print what to put into TF_REATTACH_PROVIDERS")
	flag.Parse()
	if !*debug { // who debugs reads the log where the provider runs
		if err := provider.QuietLogs(os.Getenv, os.Setenv); err != nil {
			log.Fatal(err)
		}
	}
	open := provider.NewOpenTokens()
	err := providerserver.Serve(context.Background(), provider.New(provider.Options{Version: version, OpenTokens: open}), providerserver.ServeOpts{
		Address: provider.Address,
		Debug:   *debug,
	})
	// Terraform kills a plugin two seconds after it asked it to stop.
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if left := open.CloseAll(ctx); len(left) > 0 {
		log.Printf("[WARN] ephemeral tokens could not be closed and are still active: %v", left)
	}
	if err != nil {
		log.Fatal(err)
	}
}
