#!/usr/bin/env bash
# Runs a command with a Terraform or OpenTofu program to drive:  internal/tools/with-cli.sh COMMAND [ARGUMENT…]
#
# Which one: $CLI (a name or a path), else terraform on PATH, else tofu on PATH, else one that get-cli.sh puts into
# .build/bin. The command finds its path in TF_ACC_TERRAFORM_PATH, where plugin-testing looks too.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
# The version that is fetched if the machine has neither program.
terraform_version=$(awk '$1 == "newest" { print $2 }' "$root/internal/cli/versions.txt")

fetch_terraform() {
	local file=$root/.build/bin/terraform-$terraform_version/terraform
	echo "Neither terraform nor tofu is on PATH: getting Terraform $terraform_version into .build/bin" >&2
	if ! "$root/internal/tools/get-cli.sh" terraform "$terraform_version" "$file" >&2; then
		echo "error: Terraform could be neither fetched nor built." >&2
		echo "Install terraform or tofu, or name one: CLI=/path/to/terraform make …" >&2
		return 1
	fi
	echo "$file"
}

choose_cli() {
	if [ -n "${CLI:-}" ]; then
		command -v "$CLI" || { echo "error: CLI=$CLI: no such program" >&2; return 1; }
	else
		command -v terraform || command -v tofu || fetch_terraform
	fi
}

# The user's own CLI configuration (mirrors, dev_overrides, credentials) must not change what is tested, and one that
# points to a missing file makes OpenTofu print a warning where plugin-testing expects the version. So: an empty one.
mkdir -p "$root/.build"
export TF_CLI_CONFIG_FILE=$root/.build/empty.tfrc
: >"$TF_CLI_CONFIG_FILE"

# No call to HashiCorp's version check, neither by Terraform nor by plugin-testing.
export CHECKPOINT_DISABLE=1

TF_ACC_TERRAFORM_PATH=$(choose_cli)
case $TF_ACC_TERRAFORM_PATH in
/*) ;;
*) TF_ACC_TERRAFORM_PATH=$PWD/$TF_ACC_TERRAFORM_PATH ;; # Tests run in the folders of their packages.
esac
export TF_ACC_TERRAFORM_PATH

version=$("$TF_ACC_TERRAFORM_PATH" version)
case $version in
OpenTofu*)
	# The names under which OpenTofu looks for the provider that plugin-testing serves.
	export TF_ACC_PROVIDER_NAMESPACE=hashicorp TF_ACC_PROVIDER_HOST=registry.opentofu.org
	;;
esac
# The script that detects drift, and the filter for plans, run jq. gojq takes its place where the machine has none.
if ! command -v jq >/dev/null; then
	echo "jq is not on PATH: gojq takes its place" >&2
	go -C "$root/internal/tools/policies" build -o "$root/.build/gojq/jq" github.com/itchyny/gojq/cmd/gojq
	PATH=$PATH:$root/.build/gojq
fi

echo "Using ${version%%$'\n'*} ($TF_ACC_TERRAFORM_PATH)" >&2

exec "$@"
