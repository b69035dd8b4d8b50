terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# The new token is made first, then everything in this configuration that uses it is updated, and only then is the old
# token revoked. It needs one free slot of the organization's 20.
variable "rotation" {
  description = "Raise it to rotate now."
  type        = number
  default     = 1
}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "ci" {
  name               = "ci"
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]

  rotation_triggers = {
    rotation = var.rotation
  }

  lifecycle {
    create_before_destroy = true
  }
}

# Stands for a secret that is written by this configuration. write_only_version makes a counter of issued_at, for
# arguments such as secret_string_wo_version that want a number that grows with each new secret.
locals {
  write_only_version = tonumber(formatdate("YYYYMMDDhhmmss", safetyculture_service_user_token.ci.issued_at))
}

output "ci_token_version" {
  value = local.write_only_version
}
