# The tokens of one organization. The same configuration runs once for each organization, with a state of its own, its
# credential in SAFETYCULTURE_API_TOKEN, and its values in organizations/NAME.tfvars.
terraform {
  # The workflow adds the key of each organization's state. Write bucket and region here, or your own backend.
  backend "s3" {
    bucket       = "example-terraform-state"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }

  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "organization_id" {
  description = "The organization that the credential must belong to."
  type        = string
}

variable "tokens" {
  description = "The organization's tokens: by name, the names of the permission sets that each needs."
  type        = map(set(string))
  default     = { "warehouse-sync" = ["Reporting"] }
}

provider "safetyculture" {
  organization_id = var.organization_id
}

data "safetyculture_permission_set" "needed" {
  for_each = toset(flatten([for sets in var.tokens : tolist(sets)]))
  name     = each.key
}

resource "safetyculture_service_user_token" "this" {
  for_each           = var.tokens
  name               = each.key
  permission_set_ids = [for set in each.value : data.safetyculture_permission_set.needed[set].id]
  rotate_after_days  = 90

  lifecycle {
    create_before_destroy = true
  }
}
