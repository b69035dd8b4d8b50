terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# Ephemeral tokens that a run left behind, a day or more ago. Revoke them by hand, or let them expire.
data "safetyculture_service_user_tokens" "leftovers" {
  statuses        = ["active"]
  name_regex      = " ephemeral-[0-9a-f]{8}$"
  unused_for_days = 1
}

check "no_leftover_ephemeral_tokens" {
  assert {
    condition     = length(data.safetyculture_service_user_tokens.leftovers.tokens) == 0
    error_message = "Left behind: ${join(", ", [for t in data.safetyculture_service_user_tokens.leftovers.tokens : "${t.name} (${t.id})"])}. Revoke them."
  }
}
