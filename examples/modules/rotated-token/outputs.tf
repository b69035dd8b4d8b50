output "id" {
  description = "The token's id: another one after each rotation."
  value       = safetyculture_service_user_token.this.id
}

output "token" {
  description = "The secret; null if it is encrypted."
  value       = safetyculture_service_user_token.this.token
  sensitive   = true

  # After an import the secret is null: do not pass that on.
  precondition {
    condition     = safetyculture_service_user_token.this.token != null || var.age_recipients != null || var.sealed_box_public_keys != null
    error_message = "The token was imported, so its secret is not known. Rotate it first."
  }
}

output "encrypted_token" {
  description = "The secret, encrypted to age_recipients; null without them, and after an import."
  value       = safetyculture_service_user_token.this.encrypted_token
}

output "sealed_box_tokens" {
  description = "The secret as a sealed box for each of sealed_box_public_keys; null without them, and after an import."
  value       = safetyculture_service_user_token.this.sealed_box_tokens
}

output "issued_at" {
  description = "When the secret was made."
  value       = safetyculture_service_user_token.this.issued_at
}
