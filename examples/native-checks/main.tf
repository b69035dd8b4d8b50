terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# What Terraform checks by itself. Authors of the configuration can remove these, so they guard against
# mistakes; what others must approve belongs to policies outside the configuration.
variable "permission_set_ids" {
  description = "Ids of the permission sets that the integration needs, and no more."
  type        = set(string)
}

variable "inactivity_expiry_days" {
  description = "After how many days without use the token expires."
  type        = number
  default     = 31
}

resource "safetyculture_service_user_token" "reporting" {
  name                   = "reporting"
  inactivity_expiry_days = var.inactivity_expiry_days
  permission_set_ids     = var.permission_set_ids
  rotate_after_days      = 90

  lifecycle {
    create_before_destroy = true

    # A condition on known values fails the plan, before anything is created.
    postcondition {
      condition     = self.inactivity_expiry_days <= 60
      error_message = "Token ${self.name}: set inactivity_expiry_days to at most 60."
    }

    postcondition {
      condition     = self.all_permissions == null
      error_message = "Token ${self.name}: set permission_set_ids instead of all_permissions."
    }

    postcondition {
      condition     = self.rotate_after_days != null || self.rotation_triggers != null
      error_message = "Token ${self.name}: set rotate_after_days or rotation_triggers."
    }
  }
}

# Outside the check on purpose: with a data source inside a check, no plan is empty.
data "safetyculture_service_user_tokens" "all" {}

# A check only warns: in every plan, and as a health assessment where the platform has them.
check "free_slots" {
  assert {
    condition     = data.safetyculture_service_user_tokens.all.remaining >= 2
    error_message = "Fewer than 2 free slots are left (${data.safetyculture_service_user_tokens.all.remaining}). Revoke unused tokens before a rotation needs one."
  }
}
