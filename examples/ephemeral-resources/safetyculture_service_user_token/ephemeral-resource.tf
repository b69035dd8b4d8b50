terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# A credential for this run alone: a second provider instance reads with it, and then it is revoked and deleted.
variable "permission_set_ids" {
  description = "Ids of the permission sets that the run needs, and no more. Listing tokens needs \"Platform management: Organization\"."
  type        = set(string)
}

ephemeral "safetyculture_service_user_token" "audit" {
  name               = "nightly audit"
  permission_set_ids = var.permission_set_ids
}

provider "safetyculture" {
  alias     = "audit"
  api_token = ephemeral.safetyculture_service_user_token.audit.token
}

data "safetyculture_service_user_tokens" "all" {
  provider = safetyculture.audit
}

output "active_tokens" {
  # The ephemeral token is in the list too, while it lives.
  value = length([for t in data.safetyculture_service_user_tokens.all.tokens : t if !strcontains(t.name, " ephemeral-")])
}
