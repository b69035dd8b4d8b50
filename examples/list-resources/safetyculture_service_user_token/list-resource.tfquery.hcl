# terraform query -generate-config-out=tokens.tf
list "safetyculture_service_user_token" "integrations" {
  provider         = safetyculture
  include_resource = true

  config {
    name_regex = "^integration-"
  }
}
