#!/usr/bin/env bash
# Checks what no linter knows: how long a Go file may be, what may stand at the top level, and whether CONTRIBUTING still
# names what there is.
set -euo pipefail

max_lines=300
top_level='
	.ci .github .gitignore .golangci.yml .goreleaser.yml
	CHANGELOG.md CONTRIBUTING.md GNUmakefile LICENSE README.md SECURITY.md
	docs examples go.mod go.sum internal main.go templates terraform-registry-manifest.json
'

cd "$(dirname "${BASH_SOURCE[0]}")/../.."
failed=0

# Committed files and those about to be; ignored ones do not count.
files=$(git ls-files --cached --others --exclude-standard)

while IFS= read -r entry; do
	case " $(echo $top_level) " in
	*" $entry "*) ;;
	*)
		echo "top level: $entry is not expected here; move it, or add it to $0" >&2
		failed=1
		;;
	esac
done < <(cut -d/ -f1 <<<"$files" | sort -u)

while IFS= read -r file; do
	[ -f "$file" ] || continue
	lines=$(wc -l <"$file")
	if [ "$lines" -ge "$max_lines" ]; then
		echo "$file: $lines lines; a file stays under $max_lines, so that it has one subject" >&2
		failed=1
	fi
done < <(grep -E '\.go$' <<<"$files" | grep -v '_test\.go$')

# What CONTRIBUTING says in a table: tests, and paths below internal. Of a test with a slash, the part behind it is a case,
# whose name stands in the same package with blanks instead of underscores, or as it is.
for name in $(grep '^|' CONTRIBUTING.md | grep -oE '`(Test[A-Za-z0-9_]+(/[^` ]+)?|internal/[^` ]+)`' | tr -d '`' | sort -u); do
	case $name in
	Test*/*)
		file=$(git grep --untracked -lE "^func ${name%%/*}\(" -- '*_test.go') || file=
		case=${name#*/}
		[ -n "$file" ] && git grep --untracked -qE "\"${case//_/[_ ]}\"" -- "$(dirname "$file")/*_test.go" && continue
		;;
	Test*) git grep --untracked -qE "^func $name\(" -- '*_test.go' && continue ;;
	*) [ -e "$name" ] && continue ;;
	esac
	echo "CONTRIBUTING.md: $name is not there" >&2
	failed=1
done

exit $failed
