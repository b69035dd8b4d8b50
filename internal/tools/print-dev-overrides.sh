#!/usr/bin/env bash
# Writes a CLI configuration that takes the provider from a folder, and says how to use it:  print-dev-overrides.sh FOLDER
set -euo pipefail

folder=$1
cat >"$folder/dev.tfrc" <<EOF
provider_installation {
  dev_overrides {
    "safetyculture-community/safetyculture" = "$folder"
  }
  direct {}
}
EOF

echo
echo "Terraform and OpenTofu take the provider from $folder once you run:"
echo
echo "    export TF_CLI_CONFIG_FILE=$folder/dev.tfrc"
echo
echo "Skip init then: it would fail. A configuration with modules needs terraform get. That file says:"
echo
sed 's/^/    /' "$folder/dev.tfrc"
