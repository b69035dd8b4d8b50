terraform {
  required_providers {
    safetyculture = {
      source = "safetyculture-community/safetyculture"
    }
  }
}

# Terraform 1.16 and later. A deployment that fails half-way may have left the new secret anywhere, so it must stop working.
# The pipeline says which one:
#
#   terraform apply || terraform apply \
#     -invoke=action.safetyculture_revoke_service_user_token.failed \
#     -target='safetyculture_service_user_token.consumer["payroll-export"]'
#
# The other consumer keeps its token. The next apply gives the failed one a new token, and deploys it again.
variable "deploy" {
  description = "For each consumer, the command that delivers its secret. The secret is in the variable TOKEN."
  type        = map(string)
  default = {
    payroll-export = "exit 0"
    warehouse-sync = "exit 0"
  }
}

data "safetyculture_permission_set" "reporting" {
  name = "Reporting"
}

resource "safetyculture_service_user_token" "consumer" {
  for_each = var.deploy

  name               = each.key
  permission_set_ids = [data.safetyculture_permission_set.reporting.id]

  lifecycle {
    # Makes each token a caller of the action. A destroy revokes the token anyway.
    action_trigger {
      events     = [before_destroy]
      actions    = [action.safetyculture_revoke_service_user_token.failed]
      on_failure = continue
    }
  }
}

action "safetyculture_revoke_service_user_token" "failed" {
  config {
    id = caller.id
  }
}

# Stands for what deploys the consumer. Only the token's id is kept here, not its secret.
resource "terraform_data" "deployment" {
  for_each = var.deploy

  triggers_replace = safetyculture_service_user_token.consumer[each.key].id

  provisioner "local-exec" {
    command     = each.value
    environment = { TOKEN = safetyculture_service_user_token.consumer[each.key].token }
  }
}
