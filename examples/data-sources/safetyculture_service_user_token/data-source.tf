terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# A token that is made and rotated elsewhere. Its secret cannot be read.
data "safetyculture_service_user_token" "export" {
  name = "power-bi-export"
}

output "export_expires_at" {
  description = "When the token will expire from inactivity unless somebody uses it."
  value       = data.safetyculture_service_user_token.export.expires_at
}
