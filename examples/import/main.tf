terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# Imports a token that was made by hand. Importing changes nothing; the plan shows what differs.
import {
  to = safetyculture_service_user_token.power_bi
  id = "name:power-bi-export"
}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "power_bi" {
  name               = "power-bi-export"
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]
}
