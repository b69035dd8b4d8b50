package provider_test

import (
	"maps"
	"testing"

	"github.com/safetyculture-community/terraform-provider-safetyculture/internal/provider"
)

func TestQuietLogs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, want map[string]string }{
		{nil, map[string]string{"TF_LOG_SDK": "OFF", "TF_LOG_PROVIDER_SAFETYCULTURE": "OFF"}},
		{map[string]string{"TF_LOG_CORE": "TRACE"}, map[string]string{"TF_LOG_CORE": "TRACE", "TF_LOG_SDK": "OFF", "TF_LOG_PROVIDER_SAFETYCULTURE": "OFF"}},
		{map[string]string{"TF_LOG_SDK": "INFO"}, map[string]string{"TF_LOG_SDK": "INFO", "TF_LOG_PROVIDER_SAFETYCULTURE": "OFF"}},
		{map[string]string{"TF_LOG": "WARN"}, map[string]string{"TF_LOG": "WARN"}},
		{map[string]string{"TF_LOG_PROVIDER": "DEBUG"}, map[string]string{"TF_LOG_PROVIDER": "DEBUG"}},
	} {
		env := map[string]string{}
		maps.Copy(env, c.given)
		err := provider.QuietLogs(func(name string) string { return env[name] }, func(name, value string) error { env[name] = value; return nil })
		if err != nil || !maps.Equal(env, c.want) {
			t.Errorf("%v becomes %v, %v; want %v", c.given, env, err, c.want)
		}
	}
}
