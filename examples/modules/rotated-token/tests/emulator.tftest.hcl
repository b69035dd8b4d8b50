# terraform test -filter=tests/emulator.tftest.hcl
# Needs the emulator (or any server of the contract) in SAFETYCULTURE_BASE_URL, and SAFETYCULTURE_API_TOKEN. It makes a
# token, renames it, rotates it, and destroys it at the end.

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
    condition     = output.token != null && output.id == safetyculture_service_user_token.this.id
    error_message = "The outputs must be the token's."
  }
}

# What the run before gave out comes in by a variable: OpenTofu knows it nowhere else.
run "rename" {
  variables {
    name   = "terraform-test renamed"
    before = { id = run.create.id, token = run.create.token, issued_at = run.create.issued_at }
  }

  assert {
    condition     = safetyculture_service_user_token.this.name == "terraform-test renamed"
    error_message = "The token was not renamed."
  }

  assert {
    condition     = output.id == var.before.id && output.token == var.before.token && output.issued_at == var.before.issued_at
    error_message = "A rename must not make a new secret."
  }
}

run "rotate" {
  variables {
    rotation = 2
    before   = { id = run.rename.id, token = run.rename.token, issued_at = run.rename.issued_at }
  }

  assert {
    condition     = output.id != var.before.id && output.token != var.before.token && output.issued_at != var.before.issued_at
    error_message = "The rotation made no new secret."
  }

  assert {
    condition     = safetyculture_service_user_token.this.status == "active"
    error_message = "The token is ${safetyculture_service_user_token.this.status}."
  }
}
