terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# The personal tokens of the provider's own credential's owner. Nothing that has to last should depend on one.
data "safetyculture_user_tokens" "mine" {}

output "active_personal_tokens" {
  value = [for t in data.safetyculture_user_tokens.mine.tokens : t.name if t.status == "active"]
}
