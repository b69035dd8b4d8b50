#!/usr/bin/env bash
# Checks what is pinned: every action by the hash of a commit, with its version as a comment, here and in the examples that
# users copy; and the Go of CI and releases, which is go.mod's toolchain, is new enough for every module.
set -euo pipefail

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
failed=0

workflows=(.github/workflows/*.yml examples/*/github-actions.yml)
uses=$(grep -HnE '^[[:space:]]*(-[[:space:]]+)?uses:' "${workflows[@]}")
while IFS= read -r line; do
	if ! grep -qE 'uses: [A-Za-z0-9._/-]+@[0-9a-f]{40} # v[0-9]+(\.[0-9]+)*$' <<<"$line"; then
		echo "$line: pin the action by the hash of a commit, and name its version: uses: owner/name@<40 hex digits> # v1.2.3" >&2
		failed=1
	fi
done <<<"$uses"

# setup-go installs exactly this one, and lets no other be fetched.
toolchain=$(sed -n 's/^toolchain go//p' go.mod)
if [ -z "$toolchain" ]; then
	echo "go.mod names no toolchain: CI and releases would be built with exactly its go line, without later fixes" >&2
	failed=1
fi
while IFS= read -r module; do
	needs=$(sed -n 's/^go //p' "$module")
	if [ "$(printf '%s\n%s\n' "$needs" "$toolchain" | sort -V | tail -1)" != "$toolchain" ]; then
		echo "$module needs Go $needs, and go.mod's toolchain is go$toolchain" >&2
		failed=1
	fi
done < <(git ls-files --cached --others --exclude-standard -- '*go.mod')

exit $failed
