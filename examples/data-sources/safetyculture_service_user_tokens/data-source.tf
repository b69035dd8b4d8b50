terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# Active tokens that nobody used for 30 days: candidates for revocation.
data "safetyculture_service_user_tokens" "stale" {
  statuses        = ["active"]
  unused_for_days = 30
}

output "stale_tokens" {
  value = [for t in data.safetyculture_service_user_tokens.stale.tokens : t.name]
}

output "free_slots" {
  value = data.safetyculture_service_user_tokens.stale.remaining
}
