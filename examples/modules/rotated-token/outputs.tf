output "id" {
  description = "The token's id: another one after each rotation."
  value       = safetyculture_service_user_token.this.id
}

output "token" {
  description = "The secret."
  value       = safetyculture_service_user_token.this.token
  sensitive   = true

  # After an import, or with encryption, the secret is null: do not pass that on.
  precondition {
    condition     = safetyculture_service_user_token.this.token != null
    error_message = "The secret is not known: the token was imported, or is encrypted. Rotate it first."
  }
}

output "issued_at" {
  description = "When the secret was made."
  value       = safetyculture_service_user_token.this.issued_at
}
