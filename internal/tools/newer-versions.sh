#!/usr/bin/env bash
# Says which releases of Terraform and OpenTofu are newer than the newest ones that the tests know. It is no error: a new
# version is tested when internal/cli/versions.txt names it.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
column=2
for module in github.com/hashicorp/terraform github.com/opentofu/opentofu; do
	known=$(awk -v column=$column '$1 == "newest" { print $column }' internal/cli/versions.txt)
	column=$((column + 1))
	if ! all=$(go list -m -versions "$module" 2>&1); then
		echo "NOT KNOWN: whether ${module##*/} is newer than $known (its versions cannot be listed from here)"
		continue
	fi
	newest=$(tr ' ' '\n' <<<"$all" | grep -E '^v[0-9]+\.[0-9]+\.[0-9]+$' | sed s/^v// | sort -V | tail -1)
	if [ "$(printf '%s\n%s\n' "$known" "$newest" | sort -V | tail -1)" = "$known" ]; then
		echo "${module##*/} $known is the newest release."
	else
		echo "NEWER: ${module##*/} $newest is released, and the tests know $known. Raise it in internal/cli/versions.txt."
	fi
done
