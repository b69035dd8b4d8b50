package policies

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// The key of a for_each can be any value, a live secret too. Of an address, only keys that are plain words stay.
func TestSanitize_instanceKeys(t *testing.T) {
	t.Parallel()
	secret := "scapi_" + strings.Repeat("0123456789abcdef", 4)
	for key, kept := range map[string]bool{
		"warehouse-sync": true, "eu.west_1": true, "two words": true, "7": true, "0123e567-89ab-cdef-0123-456789abcdef": true,
		secret: false, secret[6:]: false, "c2VjcmV0IGFzIGJhc2U2NA==": false, `a "quoted\" word`: false, "a]b": false, "line\nend": false, "": false,
		strings.Repeat("ab-", 14) + "ab": false, "key=" + secret[6:20]: false,
	} {
		quoted, _ := json.Marshal(key)
		address := fmt.Sprintf(`module.m[%[1]s].safetyculture_service_user_token.x[%[1]s]`, quoted)
		inJSON, _ := json.Marshal(address)
		plan := fmt.Sprintf(`{"format_version": "1.2", "configuration": {}, "resource_changes": [{
			"address": %[1]s, "previous_address": %[1]s, "mode": "managed", "type": "safetyculture_service_user_token", "change": {"actions": ["create"]}
		}], "prior_state": {"values": {"root_module": {"resources": [{"address": %[1]s, "mode": "managed", "type": "safetyculture_service_user_token", "values": {}}]}}}}`, inJSON)
		got := string(sanitized(t, []byte(plan)))
		if has := key != "" && strings.Contains(got, string(inJSON)); has != kept {
			t.Errorf("%q: kept %t, want %t: %s", key, has, kept, got)
		}
		if strings.Contains(got, secret[6:20]) {
			t.Errorf("%q: a part of the secret is left: %s", key, got)
		}
	}
	const plain = "safetyculture_service_user_token.x[0]"
	plan := fmt.Sprintf(`{"format_version": "1.2", "configuration": {}, "resource_changes": [{"address": %q, "mode": "managed", "type": "safetyculture_service_user_token", "change": {"actions": ["create"]}}]}`, plain)
	if got := string(sanitized(t, []byte(plan))); !strings.Contains(got, plain) {
		t.Errorf("the index of a count is gone: %s", got)
	}
}
