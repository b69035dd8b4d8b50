# Compares the organization's tokens with those that Terraform manages. It changes nothing: run it on a schedule with
# SAFETYCULTURE_READ_ONLY=true.

terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "managed_token_ids" {
  description = "Ids of all tokens that Terraform manages: the outputs of your configurations."
  type        = set(string)
  default     = []
}

variable "ignored_names" {
  description = "Exact names of tokens that are meant to be managed by hand."
  type        = set(string)
  default     = []
}

variable "unused_for_days" {
  description = "Report a token that nobody used for this many days."
  type        = number
  default     = 30
}

data "safetyculture_caller_identity" "terraform" {}

data "safetyculture_service_user_tokens" "active" {
  statuses = ["active"]
}

data "safetyculture_service_user_tokens" "unused" {
  statuses        = ["active"]
  unused_for_days = var.unused_for_days
}

locals {
  # The token that this configuration itself authenticates with cannot be managed by it.
  unmanaged = [
    for t in data.safetyculture_service_user_tokens.active.tokens : "${t.name} (${t.id}), made by ${t.created_by_name}"
    if !contains(var.managed_token_ids, t.id) && !contains(var.ignored_names, t.name)
    && t.service_user_id != data.safetyculture_caller_identity.terraform.user_id
  ]
  managed_names = [for t in data.safetyculture_service_user_tokens.active.tokens : t.name if contains(var.managed_token_ids, t.id)]
  # A create whose response was lost can leave such a token: active, never used, with the name of a managed token.
  twins = [
    for t in data.safetyculture_service_user_tokens.active.tokens : "${t.name} (${t.id}), created ${t.created_at} by ${t.created_by_name}"
    if contains(local.managed_names, t.name) && !contains(var.managed_token_ids, t.id) && t.last_used_at == null
  ]
  unused = [
    for t in data.safetyculture_service_user_tokens.unused.tokens : "${t.name} (${t.id}), last used ${coalesce(t.last_used_at, "never")}"
  ]
}

check "every_active_token_is_managed" {
  assert {
    condition     = length(local.unmanaged) == 0
    error_message = "Nobody manages: ${join("; ", local.unmanaged)}. Import or revoke them."
  }
}

check "no_managed_token_has_an_unused_twin" {
  assert {
    condition     = length(local.twins) == 0
    error_message = "Never used, with the name of a managed token: ${join("; ", local.twins)}. A create whose response was lost may have left it. Find out whether anybody has its secret, and revoke it."
  }
}

check "every_active_token_is_used" {
  assert {
    condition     = length(local.unused) == 0
    error_message = "Unused for ${var.unused_for_days} days or more: ${join("; ", local.unused)}. Revoke what nobody needs."
  }
}
