#!/usr/bin/env bash
# Runs each fuzz test of the repository for a while, one after the other:  internal/tools/fuzz.sh 30s
set -euo pipefail

fuzz_time=$1
found=0
while IFS=: read -r file line; do
	name=$(sed -E 's/^func (Fuzz[A-Za-z0-9_]*).*/\1/' <<<"$line")
	echo "== $name in $(dirname "$file") for $fuzz_time"
	go test -run '^$' -fuzz "^$name\$" -fuzztime "$fuzz_time" "./$(dirname "$file")"
	found=$((found + 1))
done < <(git grep --untracked -E '^func Fuzz' -- '*_test.go')
echo "$found fuzz tests ran."
