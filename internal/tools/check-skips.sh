#!/usr/bin/env bash
# Fails unless exactly those tests were skipped that a list expects:  check-skips.sh RECORD LIST [partial]
#
# A skipped test prints "ok", so that a check that never runs looks like one that holds. RECORD is what gotestsum has written
# (--jsonfile); how many tests were skipped, and why, gotestsum prints itself. LIST is expected-skips.txt, which says how it
# is written. With "partial", only some tests were run, and listed ones may be absent.
set -euo pipefail
export LC_ALL=C

record=$1 list=$2 partial=${3:-}

title=$("$TF_ACC_TERRAFORM_PATH" version)
title=${title%%$'\n'*}
case $title in
Terraform\ v[0-9]*) cli=terraform ;;
OpenTofu\ v[0-9]*) cli=tofu ;;
*)
	echo "error: $TF_ACC_TERRAFORM_PATH is neither Terraform nor OpenTofu: $title" >&2
	exit 2
	;;
esac
used=$(sed -E 's/^[^ ]+ v([0-9]+\.[0-9]+).*/\1/' <<<"$title")

# The tests that ended in one of these ways.
ended() {
	sed -nE 's/^\{("Time":"[^"]*",)?"Action":"('"$1"')","Package":"[^"]*","Test":"([^"]+)".*/\3/p' "$record" | sort -u
}

if [ -z "$(ended 'pass|fail|skip')" ]; then
	echo "error: $record records no test" >&2
	exit 2
fi

# Whether this CLI is older than a version; nothing here depends on a patch release.
older() {
	[ "$used" != "$1" ] && [ "$(printf '%s\n%s\n' "$used" "$1" | sort -V | sed -n 1p)" = "$used" ]
}

listed=$(sed -E 's/[[:space:]]*(#.*)?$//' "$list" | grep . || true)
if grep -vE '^(any|terraform|tofu)(<[0-9]+\.[0-9]+)?[[:space:]]+[^[:space:]]+$' <<<"$listed" | grep .; then
	echo "error: $list: these lines cannot be read" >&2
	exit 2
fi
expected=$(while read -r where test; do
	case ${where%%<*} in any | "$cli") ;; *) continue ;; esac
	case $where in *'<'*) older "${where#*<}" || continue ;; esac
	echo "$test"
done <<<"$listed" | sort -u)

problems=$(
	comm -23 <(ended skip) - <<<"$expected" | sed 's/$/: skipped, and not listed/'
	comm -12 <(ended 'pass|fail') - <<<"$expected" | sed 's/$/: listed, and ran; take it out of the list/'
	if [ -z "$partial" ]; then
		awk 'NF { print $2 }' <<<"$listed" | sort -u | comm -13 <(ended 'pass|fail|skip') - | sed 's/$/: listed, and no such test was run/'
	fi
)
if [ -n "$problems" ]; then
	printf 'error: on %s, other tests were skipped than %s expects:\n%s\n' "$title" "$list" "$problems" >&2
	exit 1
fi
echo "$(ended skip | grep -c . || true) tests were skipped on $title, as expected."
