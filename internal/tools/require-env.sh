#!/usr/bin/env bash
# Fails unless every named environment variable is set, and says which are not:  require-env.sh NAME…
set -euo pipefail

missing=()
for name in "$@"; do
	[ -n "${!name:-}" ] || missing+=("$name")
done
if [ "${#missing[@]}" -gt 0 ]; then
	echo "error: set ${missing[*]} first. Nothing was run." >&2
	exit 2
fi
