package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/contract/contracttest"
)

// cleanUpTimeout bounds a clean-up.
const cleanUpTimeout = 2 * time.Minute

// inUseFor is the longest time that a test's token is in use. The sweeper keeps younger tokens.
const inUseFor = time.Hour

// sweep deletes the tokens that earlier tests left behind: their names begin with the tests' prefix. It keeps tokens that a
// current run may use, and the token that it authenticates with.
func sweep(ctx context.Context, client *api.Client, now time.Time, out io.Writer) error {
	caller, err := client.WhoAmI(ctx)
	if err != nil {
		return err
	}
	list, err := client.ListServiceUserTokens(ctx)
	if err != nil {
		return err
	}
	swept, left := 0, 0
	var failed error
	for _, t := range list.Tokens {
		if !strings.HasPrefix(t.Name, contracttest.NamePrefix) {
			continue
		}
		if why := spared(t, caller, now); why != "" {
			left++
			say(out, "left", t, why)
			continue
		}
		if err := retire(ctx, client, t.ID); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		swept++
		say(out, "deleted", t, "")
	}
	_, _ = fmt.Fprintf(out, "%d of %d tokens deleted: those named %s…, but for %d that may be in use\n", swept, len(list.Tokens), contracttest.NamePrefix, left)
	return failed
}

// spared says why the sweeper keeps a token of tests; empty if it deletes the token.
func spared(t api.ServiceUserToken, caller api.Caller, now time.Time) string {
	switch {
	case t.ServiceUserID == caller.UserID:
		return ": the credential of this run"
	case now.Sub(t.CreatedAt) < inUseFor:
		return fmt.Sprintf(": created less than %.0f minutes ago, perhaps by a current run", inUseFor.Minutes())
	}
	return ""
}

func say(out io.Writer, what string, t api.ServiceUserToken, why string) {
	_, _ = fmt.Fprintf(out, "%s %s %s%s\n", what, api.Printable(t.ID, 100), api.Printable(t.Name, 100), why)
}

// retire revokes and deletes a token. It accepts that a step was already done.
func retire(ctx context.Context, client *api.Client, id string) error {
	_, err := client.RevokeServiceUserToken(ctx, id)
	if err != nil && !api.HasReason(err, api.ReasonTokenNotActive) && !api.IsNotFound(err) {
		return err
	}
	if err := client.DeleteServiceUserToken(ctx, id); err != nil && !api.IsNotFound(err) {
		return err
	}
	return nil
}
