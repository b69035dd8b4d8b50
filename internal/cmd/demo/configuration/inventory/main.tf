# What somebody else sees who has no part in the state of the tokens: everything but the secrets.

terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

data "safetyculture_service_user_tokens" "all" {}

output "inventory" {
  value = data.safetyculture_service_user_tokens.all
}
