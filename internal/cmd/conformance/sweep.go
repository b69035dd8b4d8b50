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

// sweep deletes every token whose name begins with the prefix of tests, and touches no other.
func sweep(ctx context.Context, client *api.Client, out io.Writer) error {
	list, err := client.ListServiceUserTokens(ctx)
	if err != nil {
		return err
	}
	swept := 0
	var failed error
	for _, t := range list.Tokens {
		if !strings.HasPrefix(t.Name, contracttest.NamePrefix) {
			continue
		}
		if err := retire(ctx, client, t.ID); err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		swept++
		_, _ = fmt.Fprintf(out, "deleted %s %s\n", api.Printable(t.ID, 100), api.Printable(t.Name, 100))
	}
	_, _ = fmt.Fprintf(out, "%d of %d tokens deleted: those named %s…\n", swept, len(list.Tokens), contracttest.NamePrefix)
	return failed
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
