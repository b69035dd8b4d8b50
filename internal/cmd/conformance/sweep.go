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

// inUseFor is how long a token of a run that is under way may live. What is younger may be that of another run.
const inUseFor = time.Hour

// sweep deletes the tokens that earlier tests left: those whose name begins with the prefix of tests. It touches no other,
// and neither one that a run under way may use nor the one that it authenticates with itself.
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

// spared says why a token of tests stays; empty when it goes.
func spared(t api.ServiceUserToken, caller api.Caller, now time.Time) string {
	switch {
	case t.ServiceUserID == caller.UserID:
		return ": the credential of this run"
	case now.Sub(t.CreatedAt) < inUseFor:
		return fmt.Sprintf(": made less than %.0f minutes ago, perhaps by a run under way", inUseFor.Minutes())
	}
	return ""
}

func say(out io.Writer, what string, t api.ServiceUserToken, why string) {
	_, _ = fmt.Fprintf(out, "%s %s %s%s\n", what, api.Printable(t.ID, 100), api.Printable(t.Name, 100), why)
}

// retire revokes and deletes a token, whatever of that is already done.
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
