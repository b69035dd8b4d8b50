terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# The personal tokens of the owner of the provider's credential. Do not use one for anything that must last.
data "safetyculture_user_tokens" "mine" {}

output "active_personal_tokens" {
  value = [for t in data.safetyculture_user_tokens.mine.tokens : t.name if t.status == "active"]
}
