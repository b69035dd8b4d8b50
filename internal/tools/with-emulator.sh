#!/usr/bin/env bash
# Runs a command with the emulator program as its host:  internal/tools/with-emulator.sh COMMAND [ARGUMENT…]
#
# The command finds the host in the provider's variables, in those of live tests, and in BASE_URL.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
mkdir -p .build
go build -o .build/ ./internal/cmd/emulator

said=$(mktemp)
.build/emulator -tokens 3 >"$said" &
emulator=$!
trap 'kill "$emulator" 2>/dev/null || true; wait "$emulator" 2>/dev/null || true; rm -f "$said"' EXIT

until grep -q '^export SAFETYCULTURE_ORGANIZATION_ID=' "$said"; do
	kill -0 "$emulator" 2>/dev/null || { echo "error: the emulator ended before it said where it listens" >&2; exit 1; }
	sleep 0.1
done
eval "$(grep '^export SAFETYCULTURE_' "$said")"

export BASE_URL=$SAFETYCULTURE_BASE_URL
export SAFETYCULTURE_LIVE_BASE_URL=$SAFETYCULTURE_BASE_URL
export SAFETYCULTURE_LIVE_API_TOKEN=$SAFETYCULTURE_API_TOKEN
export SAFETYCULTURE_LIVE_ORGANIZATION_ID=$SAFETYCULTURE_ORGANIZATION_ID
"$@"
