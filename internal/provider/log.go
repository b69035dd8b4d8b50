package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// logCall writes one attempt, or one wait, to Terraform's log. A wait is worth a warning: it explains a pause.
func logCall(ctx context.Context, entry api.LogEntry) {
	fields := map[string]any{
		"method": entry.Method, "path": entry.Path, "request_id": entry.RequestID,
		"status": entry.Status, "duration_ms": entry.Duration.Milliseconds(),
	}
	if entry.Err != nil {
		fields["error"] = entry.Err.Error()
	}
	if entry.Method == "" {
		tflog.Warn(ctx, entry.Message, fields)
		return
	}
	tflog.Debug(ctx, entry.Message, fields)
}
