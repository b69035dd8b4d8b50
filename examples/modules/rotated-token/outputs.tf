output "id" {
  description = "The token's id: another one after each rotation."
  value       = safetyculture_service_user_token.this.id
}

output "token" {
  description = "The secret."
  value       = safetyculture_service_user_token.this.token
  sensitive   = true

  # After an import the secret is null: do not hand that over.
  precondition {
    condition     = safetyculture_service_user_token.this.token != null
    error_message = "The token was imported, so its secret is not known. Rotate it first."
  }
}

output "issued_at" {
  description = "When the secret was made."
  value       = safetyculture_service_user_token.this.issued_at
}
