locals {
  a_is_current = timecmp(safetyculture_service_user_token.a.issued_at, safetyculture_service_user_token.b.issued_at) > 0
}

output "current" {
  description = "The newer secret: give this one to consumers. Null if it is encrypted."
  value       = local.a_is_current ? safetyculture_service_user_token.a.token : safetyculture_service_user_token.b.token
  sensitive   = true
}

output "current_encrypted_token" {
  description = "The newer secret, encrypted to age_recipients; null without them."
  value       = local.a_is_current ? safetyculture_service_user_token.a.encrypted_token : safetyculture_service_user_token.b.encrypted_token
}

output "current_sealed_box_tokens" {
  description = "The newer secret as a sealed box for each of sealed_box_public_keys; null without them."
  value       = local.a_is_current ? safetyculture_service_user_token.a.sealed_box_tokens : safetyculture_service_user_token.b.sealed_box_tokens
}

output "previous" {
  description = "The older secret, which consumers may still have. Null if it is encrypted."
  value       = local.a_is_current ? safetyculture_service_user_token.b.token : safetyculture_service_user_token.a.token
  sensitive   = true
}

output "current_issued_at" {
  description = "When the newer secret was made."
  value       = local.a_is_current ? safetyculture_service_user_token.a.issued_at : safetyculture_service_user_token.b.issued_at
}
