# terraform test -filter=tests/mock.tftest.hcl
# Needs no API and no credential: what the module asks for is looked at, not what the API does.

mock_provider "safetyculture" {
  mock_data "safetyculture_permission_set" {
    defaults = {
      id = "5f0c8d2e-8d5b-4b5e-9d57-0f7a7d3c1a10"
    }
  }

  mock_resource "safetyculture_service_user_token" {
    defaults = {
      id        = "0b9b2d0c-52d5-4d3b-8a52-7c1f0c2f5e11"
      token     = "no-real-secret"
      issued_at = "2026-03-01T12:00:00Z"
    }
  }
}

variables {
  name                 = "warehouse-sync"
  permission_set_names = ["Reporting"]
}

run "defaults" {
  command = plan

  assert {
    condition     = safetyculture_service_user_token.this.rotate_after_days == 90
    error_message = "The secret has to be rotated every 90 days unless something else is asked for."
  }

  assert {
    condition     = safetyculture_service_user_token.this.permission_set_ids == toset(["5f0c8d2e-8d5b-4b5e-9d57-0f7a7d3c1a10"])
    error_message = "The token must have the permission sets that were named."
  }

  assert {
    condition     = safetyculture_service_user_token.this.all_permissions == null
    error_message = "The token must not have all permissions."
  }
}

run "outputs" {
  assert {
    condition     = output.id == "0b9b2d0c-52d5-4d3b-8a52-7c1f0c2f5e11" && output.issued_at == "2026-03-01T12:00:00Z"
    error_message = "id and issued_at must be the token's."
  }

  assert {
    condition     = output.token == "no-real-secret"
    error_message = "token must be the secret."
  }
}

run "no_permission_sets" {
  command = plan

  variables {
    permission_set_names = []
  }

  expect_failures = [var.permission_set_names]
}

run "never_rotated" {
  command = plan

  variables {
    rotate_after_days = 365
  }

  expect_failures = [var.rotate_after_days]
}
