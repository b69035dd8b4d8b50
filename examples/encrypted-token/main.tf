terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

variable "readers" {
  description = "Public keys of those who may read the secret: age1…, ssh-ed25519 … or ssh-rsa …"
  type        = set(string)
}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "warehouse_sync" {
  name               = "warehouse-sync"
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]
  rotate_after_days  = 90
  age_recipients     = var.readers

  lifecycle {
    create_before_destroy = true
  }
}

output "encrypted_token" {
  value = safetyculture_service_user_token.warehouse_sync.encrypted_token
}
