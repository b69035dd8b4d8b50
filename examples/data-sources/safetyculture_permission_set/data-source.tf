terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# The id of a permission set, by its exact name.
data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "dashboard" {
  name               = "dashboard"
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]
  rotate_after_days  = 90
}
