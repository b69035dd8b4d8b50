terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

# Consumers that fetch the secret on their own schedule have 30 days to fetch a new one before the old one stops working.
module "warehouse_sync" {
  source = "../modules/two-slot"

  name                   = "warehouse-sync"
  period_days            = 30
  inactivity_expiry_days = 60
  permission_set_ids     = [data.safetyculture_permission_set.reporting.id]
}

output "token" {
  value     = module.warehouse_sync.current
  sensitive = true
}
