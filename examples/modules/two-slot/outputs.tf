locals {
  a_is_current = timecmp(safetyculture_service_user_token.a.issued_at, safetyculture_service_user_token.b.issued_at) > 0
}

output "current" {
  description = "The newer secret: give this one to consumers."
  value       = local.a_is_current ? safetyculture_service_user_token.a.token : safetyculture_service_user_token.b.token
  sensitive   = true
}

output "previous" {
  description = "The older secret, which consumers may still have."
  value       = local.a_is_current ? safetyculture_service_user_token.b.token : safetyculture_service_user_token.a.token
  sensitive   = true
}

output "current_issued_at" {
  description = "When the newer secret was made."
  value       = local.a_is_current ? safetyculture_service_user_token.a.issued_at : safetyculture_service_user_token.b.issued_at
}
