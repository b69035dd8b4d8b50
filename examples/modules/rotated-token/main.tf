# One token with the least permissions, a rotation by age, and one by hand. The new secret is made before the old one is
# revoked.

data "safetyculture_permission_set" "granted" {
  for_each = var.permission_set_names

  name = each.value
}

resource "safetyculture_service_user_token" "this" {
  name                   = var.name
  inactivity_expiry_days = 45
  permission_set_ids     = [for set in data.safetyculture_permission_set.granted : set.id]
  rotate_after_days      = var.rotate_after_days
  rotation_triggers      = { rotation = var.rotation }
  age_recipients         = var.age_recipients
  sealed_box_public_keys = var.sealed_box_public_keys

  lifecycle {
    create_before_destroy = true
  }
}
