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

// newRetryClient gives go-retryablehttp the rules of this file. Its machinery repeats; what is repeated is decided here.
func newRetryClient(opts Options) *retryablehttp.Client {
	return &retryablehttp.Client{
		HTTPClient:   newHTTPClient(opts),
		RetryMax:     opts.MaxRetries,
		RetryWaitMin: opts.Backoff,
		RetryWaitMax: 20 * opts.Backoff,
		CheckRetry: func(ctx context.Context, resp *http.Response, err error) (bool, error) {
			return mayRepeat(ctx, resp, err), nil
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

// mayRepeat is the whole retry rule.
//
//   - A 429 was refused before anything was done: any call may be repeated.
//   - A connection that was refused carried nothing: any call may be repeated.
//   - A call that only reads may be repeated after a lost connection, after 5xx, and after a 408 or 425, with which
//     something between here and the API asks for that.
//   - Everything else is not repeated: a create or regenerate that was acted on and answered into the void would make a
//     second secret, and the first would be lost.
func mayRepeat(ctx context.Context, resp *http.Response, err error) bool {
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

// mayPass reports whether a status can be another one a moment later. A 407 cannot: the proxy wants a password.
func mayPass(status int) bool {
	return status >= 500 || status == http.StatusRequestTimeout || status == http.StatusTooEarly
}

// isConnectionLoss reports whether trying again could help: not for a certificate that is not trusted, a name that does
// not resolve, be it a proxy's, a proxy's refusal, a response that is too large, or a wait that was refused.
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

// callContext is what the steps of an attempt know of the call.
type callContext struct {
	interrupt context.Context //nolint:containedctx // carried beside the attempt's own context, see attemptContext
	effect    effect
}

type callContextKey struct{}

// attemptContext returns the context that a call's attempts run in. A call that mints a secret does not end when the
// user interrupts: a secret that the server has made is worth the wait, which the attempt's timeout bounds. Waiting for
// the rate limit and beginning another attempt do end.
func attemptContext(ctx context.Context, o operation) context.Context {
	attempt := ctx
	if o.effect == mints {
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
