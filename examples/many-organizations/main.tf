# Two organizations in one configuration, each with a credential of its own. organization_id refuses a credential that was
# put into the wrong variable, before anything is read or changed.
terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# Ephemeral variables are kept neither in state nor in plan files (Terraform 1.10, OpenTofu 1.11).
variable "emea_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "apac_api_token" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "emea_organization_id" {
  type = string
}

variable "apac_organization_id" {
  type = string
}

provider "safetyculture" {
  alias           = "emea"
  api_token       = var.emea_api_token
  organization_id = var.emea_organization_id
}

provider "safetyculture" {
  alias           = "apac"
  api_token       = var.apac_api_token
  organization_id = var.apac_organization_id
}

# Each organization has ids of its own, so its permission set is read with its own credential.
data "safetyculture_permission_set" "emea_reporting" {
  provider = safetyculture.emea
  name     = "Reporting"
}

data "safetyculture_permission_set" "apac_reporting" {
  provider = safetyculture.apac
  name     = "Reporting"
}

resource "safetyculture_service_user_token" "emea_warehouse_sync" {
  provider           = safetyculture.emea
  name               = "warehouse-sync"
  permission_set_ids = [data.safetyculture_permission_set.emea_reporting.id]
}

resource "safetyculture_service_user_token" "apac_warehouse_sync" {
  provider           = safetyculture.apac
  name               = "warehouse-sync"
  permission_set_ids = [data.safetyculture_permission_set.apac_reporting.id]
}

output "organizations" {
  value = [
    safetyculture_service_user_token.emea_warehouse_sync.organization_id,
    safetyculture_service_user_token.apac_warehouse_sync.organization_id,
  ]
}
