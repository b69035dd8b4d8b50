terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# A token for SCIM provisioning needs two permissions. Their labels are "Platform management: Users" and "Platform
# management: Groups"; what the API calls them is not documented, so look the names up in your organization with the data
# source safetyculture_permission_sets, and write them here.
variable "scim_permissions" {
  description = "The API's names of the two permissions that SCIM provisioning needs."
  type = object({
    users  = string
    groups = string
  })
  default = {
    users  = "platform_management_users"
    groups = "platform_management_groups"
  }
}

variable "permission_set_names" {
  description = "Exact names of the permission sets that the SCIM token gets."
  type        = set(string)
  default     = ["SCIM provisioning"]
}

data "safetyculture_permission_set" "scim" {
  for_each = var.permission_set_names

  name = each.value
}

resource "safetyculture_service_user_token" "scim" {
  name               = "scim-provisioning"
  permission_set_ids = [for set in data.safetyculture_permission_set.scim : set.id]

  # Rotate by hand: the identity provider needs the new secret.
  rotation_triggers = {
    generation = "1"
  }

  lifecycle {
    create_before_destroy = true
  }
}

data "safetyculture_permission_sets" "all" {}

data "safetyculture_service_user_tokens" "active" {
  statuses = ["active"]
}

locals {
  # Both permissions must be in this configuration and in every active token of this name, even if somebody else changed
  # it. The token is found by name, because a planned rotation makes the id unknown.
  permission_set_ids = merge(
    { "this configuration" = safetyculture_service_user_token.scim.permission_set_ids },
    {
      for t in data.safetyculture_service_user_tokens.active.tokens : "token ${t.id}" => t.permission_set_ids
      if t.name == safetyculture_service_user_token.scim.name && !t.all_permissions
    },
  )
  permissions = {
    for holder, ids in local.permission_set_ids : holder => flatten([
      for set in data.safetyculture_permission_sets.all.permission_sets : tolist(set.permissions) if contains(ids, set.id)
    ])
  }
  without_users  = [for holder, names in local.permissions : holder if !contains(names, var.scim_permissions.users)]
  without_groups = [for holder, names in local.permissions : holder if !contains(names, var.scim_permissions.groups)]
}

check "scim_permissions" {
  assert {
    condition     = length(local.without_users) == 0
    error_message = "SCIM provisioning will fail: \"Platform management: Users\" (${var.scim_permissions.users}) is missing in ${join(", ", local.without_users)}."
  }

  assert {
    condition     = length(local.without_groups) == 0
    error_message = "SCIM provisioning will fail: \"Platform management: Groups\" (${var.scim_permissions.groups}) is missing in ${join(", ", local.without_groups)}."
  }
}
