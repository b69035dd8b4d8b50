// Command conformance compares any server with the contract of the token API.
//
// It only reads, unless -write allows it to create tokens of its own, which it deletes again.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/secret"
)

// envAPIToken is the only way to pass the credential: an argument would show in the list of processes.
const envAPIToken = "SAFETYCULTURE_API_TOKEN"

// errDiffers ends the program with status 1: the report says how.
var errDiffers = errors.New("the server differs from the contract")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout)
	stop()
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errDiffers):
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "conformance:", err)
		os.Exit(2)
	}
}

// settings are the program's settings.
type settings struct {
	client       clientOptions
	write, sweep bool
}

func parse(args []string, getenv func(string) string) (settings, error) {
	flags := flag.NewFlagSet("conformance", flag.ContinueOnError)
	baseURL := flags.String("base-url", "", "the server's `address`, such as https://api.example.com; may carry a path prefix")
	write := flags.Bool("write", false, "also make, edit, revoke, regenerate and delete tokens of its own")
	sweep := flags.Bool("sweep", false, "check nothing: delete the tokens that tests left an hour ago or earlier")
	if err := flags.Parse(args); err != nil {
		return settings{}, err
	}
	if flags.NArg() > 0 {
		return settings{}, fmt.Errorf("unexpected argument %q; see -help", flags.Arg(0))
	}
	if *baseURL == "" {
		return settings{}, errors.New("which server? Name it: make conformance BASE_URL=https://api.example.com")
	}
	base, err := api.ParseBaseURL(*baseURL)
	if err != nil {
		return settings{}, fmt.Errorf("the base URL cannot be used: %w", err)
	}
	bearer := secret.New(getenv(envAPIToken))
	if bearer.IsZero() {
		return settings{}, fmt.Errorf("set the environment variable %s to an API token of the server's organization", envAPIToken)
	}
	return settings{clientOptions{base: base, bearer: bearer, transport: api.NewTransport(), now: time.Now, wait: api.Wait}, *write, *sweep}, nil
}

func run(ctx context.Context, args []string, getenv func(string) string, stdout io.Writer) error {
	s, err := parse(args, getenv)
	if err != nil {
		return err
	}
	return s.run(ctx, stdout)
}

func (s settings) run(ctx context.Context, stdout io.Writer) error {
	c, err := newClient(s.client, s.write)
	if err != nil {
		return err
	}
	if s.sweep {
		return sweep(ctx, s.client.apiClient(), s.client.now(), stdout)
	}
	k := &checker{client: c}
	k.all(ctx)
	k.report.print(stdout)
	if k.report.count(differs) > 0 || ctx.Err() != nil {
		return errDiffers
	}
	return nil
}

// apiClient is the provider's client for the same server: it reads what the checks need, and cleans up.
func (o clientOptions) apiClient() *api.Client {
	return api.New(api.Options{
		BaseURL: o.base, Token: o.bearer, UserAgent: userAgent, Transport: o.transport, Now: o.now, Wait: o.wait, Backoff: o.backoff,
		MaxRetries: api.DefaultMaxRetries,
	})
}

const userAgent = "terraform-provider-safetyculture-conformance"
