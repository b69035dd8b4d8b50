#!/usr/bin/env bash
# Plans the configuration in the current folder, changes nothing, and fails when one of its check blocks does: by itself,
# Terraform only warns. Arguments are given on to plan; TERRAFORM=tofu uses OpenTofu.
# Exit code 0: all checks hold. 1: no plan could be made. 2: a check failed, or something else warned.
set -euo pipefail

export SAFETYCULTURE_READ_ONLY=true

status=0
output=$("${TERRAFORM:-terraform}" plan -input=false -lock=false -no-color "$@" 2>&1) || status=$?
if [ "$status" -ne 0 ]; then
  printf '%s\n' "$output" >&2
  exit 1
fi
# Terraform's own warning that a provider was built on this machine does not count.
warnings=$(printf '%s\n' "$output" | awk '/^Warning: / { shown = !/development overrides/ } shown')
if [ -n "$warnings" ]; then
  printf '%s\n' "$warnings"
  exit 2
fi
echo 'All checks hold.'
