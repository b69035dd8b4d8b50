terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

module "dashboard" {
  source = "../modules/rotated-token"

  name                 = "dashboard"
  permission_set_names = ["Reporting"]
}

output "dashboard_token" {
  value     = module.dashboard.token
  sensitive = true
}
