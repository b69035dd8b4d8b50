package provider

import (
	"context"

	"github.com/hashicorp/terraform-plugin-log/tflog"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/api"
)

// logCall writes an attempt or a wait to Terraform's log. A wait is logged as a warning, because it explains a pause.
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

// The environment variables that choose which logs of a plugin Terraform shows, and which logs a plugin writes.
var (
	shownLogs   = []string{"TF_LOG", "TF_LOG_PROVIDER"}
	writtenLogs = []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_SAFETYCULTURE"}
)

// QuietLogs switches the plugin's log off if Terraform does not show it. By default, the plugin libraries send everything at
// level TRACE to Terraform, which discards it: with 1,000 tokens, that took half of a plan's CPU time.
func QuietLogs(getenv func(string) string, setenv func(name, value string) error) error {
	for _, name := range shownLogs {
		if getenv(name) != "" {
			return nil
		}
	}
	for _, name := range writtenLogs {
		if getenv(name) != "" {
			continue
		}
		if err := setenv(name, "OFF"); err != nil {
			return err
		}
	}
	return nil
}
