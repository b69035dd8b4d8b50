package api

import (
	"context"
	"errors"
	"net"
	"net/http"
	"syscall"
	"time"

	"github.com/hashicorp/go-retryablehttp"
)

// newRetryClient returns a go-retryablehttp client that retries by the rules of this file.
func newRetryClient(opts Options) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   newHTTPClient(opts),
		RetryMax:     opts.MaxRetries,
		RetryWaitMin: opts.Backoff,
		RetryWaitMax: 20 * opts.Backoff,
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			return mayRetry(ctx, resp, err), nil
		},
		Backoff: func(first, most time.Duration, attempt int, resp *http.Response) time.Duration {
			if resp != nil && resp.StatusCode == http.StatusTooManyRequests {
				return 0 // the gate does the waiting, for all calls at once
			}
			pause := min(first<<attempt, most)
			return pause + opts.Jitter(pause/2+1)
		},
		ErrorHandler: retryablehttp.PassthroughErrorHandler,
	}
}

// mayRetry is the whole retry rule.
//
//   - A 429 was refused before anything was done: any call may be retried.
//   - A connection that was refused carried nothing: any call may be retried.
//   - A call that only reads may be retried after a lost connection, a 5xx, and a 408 or 425, with which a proxy asks for a
//     retry.
//   - Everything else is not retried: if the API carried out a create or regenerate and its response was lost, a retry would
//     create a second secret, and nobody would have the first.
func mayRetry(ctx context.Context, resp *http.Response, err error) bool {
	if interruptOf(ctx).Err() != nil {
		return false
	}
	if err != nil {
		return errors.Is(err, syscall.ECONNREFUSED) || (effectOf(ctx) == reads && isConnectionLoss(err))
	}
	if resp.StatusCode == http.StatusTooManyRequests {
		return true
	}
	return effectOf(ctx) == reads && mayPass(resp.StatusCode)
}

// mayPass reports whether a retry can succeed after this status. After a 407 it cannot: the proxy requires a password.
func mayPass(status int) bool {
	return status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly
}

// isConnectionLoss reports whether a retry can succeed after a network error. It cannot if a certificate is not trusted, a
// name (also a proxy's) does not resolve, a proxy refuses, the response is too large, or the wait for the rate limit is too long.
func isConnectionLoss(err error) bool {
	var unsent *unsentError
	if errors.As(err, &unsent) || errors.Is(err, errTooLarge) {
		return false
	}
	var refusal *proxyRefusal
	if errors.As(err, &refusal) {
		return mayPass(refusal.status)
	}
	var viaProxy *net.OpError
	if errors.As(err, &viaProxy) && viaProxy.Op == "proxyconnect" {
		err = viaProxy.Err // why the proxy was not reached
	}
	switch causeOf(err) {
	case CauseTLS, CauseDNS, CauseInterrupted:
		return false
	}
	return true
}

// callContext tells the steps of an attempt about its call.
type callContext struct {
	interrupt context.Context //nolint:containedctx // carried beside the attempt's own context, see attemptContext
	effect    effect
}

type callContextKey struct{}

// attemptContext returns the context that a call's attempts run in. An attempt that creates a secret does not end if the user
// interrupts, because the response is the only copy of the secret; its timeout bounds it. The wait for the rate limit ends,
// and no further attempt begins.
func attemptContext(ctx context.Context, o operation) context.Context {
	attempt := ctx
	if o.effect == createsSecret {
		attempt = context.WithoutCancel(ctx)
	}
	return context.WithValue(attempt, callContextKey{}, callContext{ctx, o.effect})
}

func effectOf(ctx context.Context) effect {
	return ctx.Value(callContextKey{}).(callContext).effect
}

// interruptOf returns the context that ends when the user interrupts.
func interruptOf(ctx context.Context) context.Context {
	return ctx.Value(callContextKey{}).(callContext).interrupt
}
