terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

data "safetyculture_permission_sets" "all" {}

# Which permission sets grant what: read a permission's name here before you rely on it.
output "permissions_by_set" {
  value = { for s in data.safetyculture_permission_sets.all.permission_sets : "${s.name} (${s.id})" => s.permissions }
}
