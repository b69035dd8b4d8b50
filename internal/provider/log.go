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

// The environment variables that choose what Terraform shows of a plugin's log, and what a plugin writes of it.
var (
	shownLogs   = []string{"TF_LOG", "TF_LOG_PROVIDER"}
	writtenLogs = []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_SAFETYCULTURE"}
)

// QuietLogs switches off the plugin's log where Terraform shows none of it. Unless told otherwise, the plugin libraries write
// everything at TRACE to Terraform, which reads it and throws it away: with 1,000 tokens that was half of a plan's CPU time.
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
