terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "token_id" {
  description = "Id of the token whose secret got out."
  type        = string
}

# terraform apply -invoke=action.safetyculture_revoke_service_user_token.exposed
action "safetyculture_revoke_service_user_token" "exposed" {
  config {
    id = var.token_id
  }
}
