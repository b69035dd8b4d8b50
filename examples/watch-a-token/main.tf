# Watches a token that was made by hand and is kept in a secrets manager. It uses WhoAmI only, which the vendor's API has.
# The token to watch is the provider's own: put it into SAFETYCULTURE_API_TOKEN from the secrets manager.

terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "expected_organization_id" {
  description = "The organization that the token must belong to."
  type        = string
}

variable "expected_user_id" {
  description = "The user or service user that the token must belong to."
  type        = string
}

# Fails when the token stopped working. Each read is a call made with the token, so it counts as use and restarts the token's
# inactivity clock.
data "safetyculture_caller_identity" "owner" {}

check "token" {
  assert {
    condition     = data.safetyculture_caller_identity.owner.organization_id == var.expected_organization_id
    error_message = "The token belongs to organization ${data.safetyculture_caller_identity.owner.organization_id}, not to ${var.expected_organization_id}."
  }

  assert {
    condition     = data.safetyculture_caller_identity.owner.user_id == var.expected_user_id
    error_message = "The token belongs to ${data.safetyculture_caller_identity.owner.user_id}, not to ${var.expected_user_id}."
  }
}
