# terraform test -filter=tests/emulator.tftest.hcl
# Needs the emulator (or any server of the contract) in SAFETYCULTURE_BASE_URL, and SAFETYCULTURE_API_TOKEN. It makes a
# token, renames it, and destroys it at the end.

variables {
  name                 = "terraform-test"
  permission_set_names = ["Reporting"]
}

run "create" {
  assert {
    condition     = safetyculture_service_user_token.this.status == "active"
    error_message = "The token is ${safetyculture_service_user_token.this.status}."
  }

  assert {
    condition     = safetyculture_service_user_token.this.token != null
    error_message = "The token has no secret."
  }
}

run "rename" {
  variables {
    name = "terraform-test renamed"
  }

  assert {
    condition     = safetyculture_service_user_token.this.name == "terraform-test renamed" && safetyculture_service_user_token.this.status == "active"
    error_message = "The token was not renamed."
  }
}
