data "safetyculture_caller_identity" "terraform" {}

output "organization_id" {
  value = data.safetyculture_caller_identity.terraform.organization_id
}
