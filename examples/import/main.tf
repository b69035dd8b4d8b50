# Takes over a token that was made by hand. Importing changes nothing; the plan shows what differs.
import {
  to = safetyculture_service_user_token.power_bi
  id = "name:power-bi-export"
}

resource "safetyculture_service_user_token" "power_bi" {
  name            = "power-bi-export"
  all_permissions = true
}
