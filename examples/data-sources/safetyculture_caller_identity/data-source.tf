terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

data "safetyculture_caller_identity" "terraform" {}

output "organization_id" {
  value = data.safetyculture_caller_identity.terraform.organization_id
}
