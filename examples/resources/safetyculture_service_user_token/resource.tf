terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "permission_set_ids" {
  description = "Ids of the permission sets that the integration needs, and no more."
  type        = set(string)
}

resource "safetyculture_service_user_token" "warehouse_sync" {
  name                   = "warehouse-sync"
  inactivity_expiry_days = 60
  permission_set_ids     = var.permission_set_ids

  # A new secret every 90 days, and whenever this number changes.
  rotate_after_days = 90
  rotation_triggers = {
    exposure = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

output "warehouse_sync_token" {
  value     = safetyculture_service_user_token.warehouse_sync.token
  sensitive = true

  # After an import, or with encryption, the secret is null: do not pass that on.
  precondition {
    condition     = safetyculture_service_user_token.warehouse_sync.token != null
    error_message = "The secret is not known: the token was imported, or is encrypted. Rotate it first."
  }
}
