#!/usr/bin/env bash
# Prints the schemas of the provider that was built into a folder, as JSON for tfplugindocs:  print-schema.sh FOLDER
#
# A CLI prints only what it knows itself: list resources and actions from Terraform 1.14 on, and no OpenTofu. The documents must
# not depend on what happens to be installed, so that $TF_ACC_TERRAFORM_PATH should be the newest that the tests know.
set -euo pipefail

folder=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The address under which tfplugindocs looks for a schema.
cat >"$work/cli.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "hashicorp/safetyculture" = "$folder"
  }
}
EOF
echo 'provider "safetyculture" {}' >"$work/main.tf"
CHECKPOINT_DISABLE=1 TF_CLI_CONFIG_FILE=$work/cli.tfrc "$TF_ACC_TERRAFORM_PATH" -chdir="$work" providers schema -json
