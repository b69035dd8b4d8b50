# Two tokens that rotate in turn. A consumer that still has the previous secret keeps working until the next rotation.

# When the two secrets were made. This is read before anything changes, so it can say which of the two is next without a
# cycle between them.
data "safetyculture_service_user_tokens" "slots" {
  statuses   = ["active"]
  name_regex = "^\\Q${var.name}\\E \\((a|b)\\)$"
}

locals {
  issued_at = { for t in data.safetyculture_service_user_tokens.slots.tokens : t.name => t.issued_at }
  a         = lookup(local.issued_at, "${var.name} (a)", null)
  b         = lookup(local.issued_at, "${var.name} (b)", null)
  both      = local.a != null && local.b != null
  neither   = local.a == null && local.b == null # the first apply, which creates (a) and then (b)

  # The older one is next, once the younger one is a period old: consumers had that long to fetch it. The other one stays,
  # and so does a single one.
  a_is_next = local.both ? timecmp(local.a, local.b) <= 0 : local.neither
  older     = local.a_is_next ? local.a : local.b
  younger   = local.a_is_next ? local.b : local.a
  gap_days  = local.both ? [for d in range(1, 1000) : d if timecmp(timeadd(local.older, "${24 * d}h"), local.younger) >= 0][0] : 1
  next_days = (local.both || local.neither) && var.period_days != null ? var.period_days + local.gap_days : null
}

resource "safetyculture_service_user_token" "a" {
  name                   = "${var.name} (a)"
  inactivity_expiry_days = var.inactivity_expiry_days
  permission_set_ids     = var.permission_set_ids
  all_permissions        = var.all_permissions
  rotate_after_days      = local.a_is_next ? local.next_days : null
  rotation_triggers      = var.rotation == null ? null : { rotation = floor((var.rotation + 1) / 2) }
  age_recipients         = var.age_recipients
  sealed_box_public_keys = var.sealed_box_public_keys
  on_readers_changed     = "keep" # both at once would end both secrets that consumers know

  lifecycle {
    precondition {
      condition     = (var.rotation == null) != (var.period_days == null)
      error_message = "Set exactly one of period_days and rotation: together they could rotate both tokens at once, and no secret that consumers know would be left."
    }
  }
}

resource "safetyculture_service_user_token" "b" {
  name                   = "${var.name} (b)"
  inactivity_expiry_days = var.inactivity_expiry_days
  permission_set_ids     = var.permission_set_ids
  all_permissions        = var.all_permissions
  rotate_after_days      = local.a_is_next ? null : local.next_days
  rotation_triggers      = var.rotation == null ? null : { rotation = floor(var.rotation / 2) }
  age_recipients         = var.age_recipients
  sealed_box_public_keys = var.sealed_box_public_keys
  on_readers_changed     = "keep" # both at once would end both secrets that consumers know

  # One after the other, so that one of them is the older.
  depends_on = [safetyculture_service_user_token.a]
}
