# Three integrations, each with a token of its own. What changes in the course of the demo is a variable.

terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "export_name" {
  type = string
}

variable "scim_permission_set_id" {
  type = string
}

variable "key_period" {
  type = string
}

variable "reader" {
  description = "The age recipient that alone is to read the gateway's secret. Empty: everybody who can read the state."
  type        = string
  default     = ""
}

resource "safetyculture_service_user_token" "export" {
  name            = var.export_name
  all_permissions = true
}

resource "safetyculture_service_user_token" "scim" {
  name                   = "SCIM provisioning"
  inactivity_expiry_days = 180
  permission_set_ids     = [var.scim_permission_set_id]
}

# The new secret exists, and whatever uses it is switched over, before the old one dies.
resource "safetyculture_service_user_token" "sensors" {
  name              = "Sensor gateway"
  all_permissions   = true
  rotation_triggers = { key_period = var.key_period }
  age_recipients    = var.reader == "" ? null : [var.reader]

  lifecycle {
    create_before_destroy = true
  }
}
