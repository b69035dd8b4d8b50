package acctest

import (
	"cmp"
	"context"
	"encoding/json"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin"
	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

// Serve makes this process serve the provider to the workspace's CLI, so that the provider has the test's clock. Use it for
// configurations that plugin-testing cannot run, such as modules with their own source address.
func (w *Workspace) Serve() {
	w.T.Helper()
	served, err := provider.NewServer(w.servedOptions())
	w.Must(err)
	w.serve(served)
}

// ServeChanged serves the provider as a test changes it, such as one of a later version.
func (w *Workspace) ServeChanged(change func(framework.Provider) framework.Provider) {
	w.T.Helper()
	w.serve(providerserver.NewProtocol6(change(provider.New(w.servedOptions())()))())
}

func (w *Workspace) servedOptions() provider.Options {
	opts := w.Options()
	opts.Getenv = w.getenv
	return opts
}

func (w *Workspace) serve(served tfprotov6.ProviderServer) {
	w.T.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(w.T.Context()))
	reattach, closed := make(chan *plugin.ReattachConfig), make(chan struct{})
	factory := func() tfprotov6.ProviderServer { return served }
	failed := make(chan error, 1)
	go func() {
		failed <- tf6server.Serve(provider.Address, factory, tf6server.WithDebug(ctx, reattach, closed), tf6server.WithGoPluginLogger(hclog.NewNullLogger()), tf6server.WithLoggingSink(w.T))
	}()
	w.T.Cleanup(func() { cancel(); <-closed })
	var config *plugin.ReattachConfig
	select {
	case config = <-reattach:
	case err := <-failed:
		w.T.Fatal(err)
	}
	type address struct{ Network, String string }
	type server struct {
		Protocol        string
		ProtocolVersion int
		Pid             int
		Test            bool
		Addr            address
	}
	servers := map[string]server{}
	for _, host := range []string{"registry.terraform.io", "registry.opentofu.org"} {
		servers[host+"/safetyculture-community/safetyculture"] = server{
			"grpc", 6, config.Pid, true, address{config.Addr.Network(), config.Addr.String()},
		}
	}
	text, err := json.Marshal(servers)
	w.Must(err)
	w.Variables = append(w.Variables, "TF_REATTACH_PROVIDERS="+string(text))
}

// getenv is the environment of a provider that this process serves.
func (w *Workspace) getenv(name string) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch name {
	case "SAFETYCULTURE_API_TOKEN":
		return cmp.Or(w.credential, w.Emulator.Bearer())
	case "SAFETYCULTURE_BASE_URL":
		return w.URL
	}
	return ""
}
