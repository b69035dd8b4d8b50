// Command terraform-provider-safetyculture serves the provider to Terraform and OpenTofu.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	debugging "runtime/debug"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

const (
	// closeTimeout bounds the clean-up after serving.
	closeTimeout = 1800 * time.Millisecond
	// closePause is waited before what could not be cleaned up is tried again.
	closePause = 200 * time.Millisecond
)

// version is stamped by the linker.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "serve for a debugger: print what to put into TF_REATTACH_PROVIDERS")
	printVersion := flag.Bool("version", false, "print the provider's version and end")
	flag.Parse()
	if *printVersion {
		_, _ = fmt.Fprintln(os.Stdout, version)
		return
	}
	provider.CollectLessOften(os.Getenv, debugging.SetGCPercent)
	if !*debug { // who debugs reads the log where the provider runs
		if err := provider.QuietLogs(os.Getenv, os.Setenv); err != nil {
			log.Fatal(err)
		}
	}
	open := provider.NewOpenTokens()
	err := serve(provider.Options{Version: version, OpenTokens: open}, *debug)
	// Terraform kills a plugin two seconds after it asked it to stop.
	ctx, cancel := context.WithTimeout(context.Background(), closeTimeout)
	defer cancel()
	if left := open.CloseAll(ctx, pause); len(left) > 0 {
		log.Printf("[WARN] ephemeral tokens could not be closed and may still be active: %v", left)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// pause waits before another try, and reports whether there is time for one.
func pause(ctx context.Context) bool {
	select {
	case <-time.After(closePause):
		return true
	case <-ctx.Done():
		return false
	}
}

// serve serves the provider until Terraform is done with it.
func serve(opts provider.Options, debug bool) error {
	server, err := provider.NewServer(opts)
	if err != nil {
		return err
	}
	var serveOpts []tf6server.ServeOpt
	if debug {
		serveOpts = append(serveOpts, tf6server.WithManagedDebug())
	}
	return tf6server.Serve(provider.Address, func() tfprotov6.ProviderServer { return server }, serveOpts...)
}
