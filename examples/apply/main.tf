# The tokens of one organization, applied by the workflow beside this file.
terraform {
  # Write your own backend. State on the runner is lost with the runner, and the next run would create every token again.
  backend "s3" {
    bucket       = "example-terraform-state"
    key          = "tokens/terraform.tfstate"
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

provider "safetyculture" {}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "warehouse_sync" {
  name               = "warehouse-sync"
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]
  rotate_after_days  = 90

  lifecycle {
    create_before_destroy = true
  }
}
