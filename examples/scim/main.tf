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

  # Rotate by hand: the identity provider has to be given the new secret.
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
  # The token as it is at this moment, whoever changed it: the list does not wait for this plan. One that is just being
  # made is not in it.
  scim = one([for t in data.safetyculture_service_user_tokens.active.tokens : t if t.id == safetyculture_service_user_token.scim.id])

  scim_permission_sets = local.scim == null ? safetyculture_service_user_token.scim.permission_set_ids : local.scim.permission_set_ids
  scim_all_permissions = local.scim == null ? false : local.scim.all_permissions
  granted = flatten([
    for set in data.safetyculture_permission_sets.all.permission_sets : tolist(set.permissions)
    if contains(local.scim_permission_sets, set.id)
  ])
}

check "scim_permissions" {
  assert {
    condition     = local.scim_all_permissions || contains(local.granted, var.scim_permissions.users)
    error_message = "SCIM provisioning will fail: the token lacks \"Platform management: Users\" (${var.scim_permissions.users})."
  }

  assert {
    condition     = local.scim_all_permissions || contains(local.granted, var.scim_permissions.groups)
    error_message = "SCIM provisioning will fail: the token lacks \"Platform management: Groups\" (${var.scim_permissions.groups})."
  }
}
