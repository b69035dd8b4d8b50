package provider

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

// frameworkServer has all interfaces of the framework's server. The protocol asks for each part by its interface, so a missing
// one would switch that part off.
type frameworkServer interface {
	tfprotov6.ProviderServer
	tfprotov6.ProviderServerWithListResource //nolint:staticcheck // deprecated because it will become part of ProviderServer
	tfprotov6.ProviderServerWithActions      //nolint:staticcheck // deprecated because it will become part of ProviderServer
	tfprotov6.ProviderServerWithStateStores  //nolint:staticcheck // deprecated because it will become part of ProviderServer
}

// server wraps the framework's server, which keeps the context of every request until the process ends: see requestContext. It
// wraps the requests that come at least once for each resource; the others are few.
type server struct {
	frameworkServer
	provider *safetyCultureProvider
}

// NewServer returns the provider as a server of Terraform's protocol.
func NewServer(opts Options) (tfprotov6.ProviderServer, error) {
	p := newProvider(opts)
	s := providerserver.NewProtocol6(p)()
	framework, ok := s.(frameworkServer)
	if !ok {
		return nil, fmt.Errorf("%T does not serve the whole protocol", s)
	}
	return &server{framework, p}, nil
}

func (s *server) ValidateResourceConfig(ctx context.Context, req *tfprotov6.ValidateResourceConfigRequest) (*tfprotov6.ValidateResourceConfigResponse, error) {
	return letGo(ctx, req, s.frameworkServer.ValidateResourceConfig)
}

func (s *server) UpgradeResourceState(ctx context.Context, req *tfprotov6.UpgradeResourceStateRequest) (*tfprotov6.UpgradeResourceStateResponse, error) {
	return letGo(ctx, req, s.frameworkServer.UpgradeResourceState)
}

func (s *server) ReadResource(ctx context.Context, req *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	if resp := s.provider.readUnchanged(ctx, req); resp != nil {
		return resp, nil
	}
	return letGo(ctx, req, s.frameworkServer.ReadResource)
}

func (s *server) ImportResourceState(ctx context.Context, req *tfprotov6.ImportResourceStateRequest) (*tfprotov6.ImportResourceStateResponse, error) {
	return letGo(ctx, req, s.frameworkServer.ImportResourceState)
}

func (s *server) PlanResourceChange(ctx context.Context, req *tfprotov6.PlanResourceChangeRequest) (*tfprotov6.PlanResourceChangeResponse, error) {
	if resp := s.provider.planUnchanged(ctx, req); resp != nil {
		return resp, nil
	}
	return letGo(ctx, req, s.frameworkServer.PlanResourceChange)
}

func (s *server) ApplyResourceChange(ctx context.Context, req *tfprotov6.ApplyResourceChangeRequest) (*tfprotov6.ApplyResourceChangeResponse, error) {
	return letGo(ctx, req, s.frameworkServer.ApplyResourceChange)
}

func (s *server) ValidateDataResourceConfig(ctx context.Context, req *tfprotov6.ValidateDataResourceConfigRequest) (*tfprotov6.ValidateDataResourceConfigResponse, error) {
	return letGo(ctx, req, s.frameworkServer.ValidateDataResourceConfig)
}

func (s *server) ReadDataSource(ctx context.Context, req *tfprotov6.ReadDataSourceRequest) (*tfprotov6.ReadDataSourceResponse, error) {
	return letGo(ctx, req, s.frameworkServer.ReadDataSource)
}

// letGo serves a request and releases the request's context afterwards. It works around a leak in the framework: for each
// request, registerContext (internal/proto6server/serve.go, v1.19.0) adds a cancel function to contextCancels and removes none
// until Terraform stops the provider. If the framework fixes this, TestServer_theFrameworkKeepsRequests fails.
func letGo[Req, Resp any](ctx context.Context, req Req, serve func(context.Context, Req) (Resp, error)) (Resp, error) {
	request := &requestContext{}
	request.context.Store(&ctx)
	defer request.context.Store(&over)
	return serve(request, req)
}

// requestContext is a context that can be replaced by an empty one. Otherwise the cancel function that the framework keeps
// would keep the request's whole context too, about 15 KiB of loggers: 60 MiB after a plan with 1,000 tokens.
type requestContext struct {
	context atomic.Pointer[context.Context]
}

// over is the context of a request that has ended.
var over = func() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return ctx
}()

func (c *requestContext) Deadline() (time.Time, bool) { return (*c.context.Load()).Deadline() }
func (c *requestContext) Done() <-chan struct{}       { return (*c.context.Load()).Done() }
func (c *requestContext) Err() error                  { return (*c.context.Load()).Err() }
func (c *requestContext) Value(key any) any           { return (*c.context.Load()).Value(key) }
