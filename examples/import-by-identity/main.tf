terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "token_id" {
  description = "Id of the token to import."
  type        = string
}

variable "organization_id" {
  description = "The organization that it must belong to."
  type        = string
}

# Terraform 1.12, OpenTofu 1.12 and later. A credential of another organization is refused.
import {
  to = safetyculture_service_user_token.export
  identity = {
    id              = var.token_id
    organization_id = var.organization_id
  }
}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "export" {
  name               = "power-bi-export"
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]
}
