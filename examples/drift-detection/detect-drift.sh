#!/usr/bin/env bash
# Says whether what exists still is what the configuration says. It changes nothing and leaves no plan behind.
#
#   detect-drift.sh [FOLDER]      an initialized configuration; the current folder unless given
#
# Exit code: 0 nothing to apply, 2 something differs, 1 it could not be found out.
#
#   TERRAFORM           the program to run: terraform (the default), tofu, or a path
#   DRIFT_WEBHOOK_URL   where to post {"text": …} on exit codes 1 and 2; nothing is posted without it
#   DRIFT_NAME          what the post calls this configuration; the folder's name unless given
set -euo pipefail

terraform=${TERRAFORM:-terraform}
folder=${1:-.}
name=${DRIFT_NAME:-$(basename "$(cd "$folder" && pwd)")}

# The provider refuses every call that changes something, whatever the configuration says.
export SAFETYCULTURE_READ_ONLY=true TF_IN_AUTOMATION=1

# Terraform's -json lines say what differs and hold no values. This keeps who and why of them, one short line each. Words of
# other providers are left to a plan by hand, but for their headline: nobody here knows what they quote.
report() {
	awk '
		function field(name) {
			if (!match($0, "\"" name "\":\"([^\"\\\\]|\\\\.)*\"")) return ""
			return unescape(substr($0, RSTART + length(name) + 4, RLENGTH - length(name) - 5))
		}
		function unescape(text) {
			gsub(/\\[nrt]/, " ", text); gsub(/\\"/, "\"", text)
			gsub(/\\u003c/, "<", text); gsub(/\\u003e/, ">", text); gsub(/\\u0026/, "\\&", text)
			return text
		}
		function sentence(text) { sub(/\.( .*)?$/, "", text); return text }
		/"type":"(resource_drift|planned_change)"/ { print "- " field("@message") }
		/"type":"diagnostic"/ {
			address = field("address")
			line = "- " field("@message") (address == "" ? "" : " (" address ")")
			print line (address ~ /safetyculture/ ? ": " sentence(field("detail")) : "")
		}
	'
}

# The address is a secret of its own: it is read from a pipe, so that no list of processes shows it.
post() {
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/[[:cntrl:]]/ /g' |
		awk 'BEGIN { printf "{\"text\":\"" } { printf "%s%s", (NR > 1 ? "\\n" : ""), $0 } END { printf "\"}" }' |
		curl --fail --silent --output /dev/null --max-time 30 --proto '=https,http' \
			--header 'Content-Type: application/json' --data-binary @- --config <(printf 'url = "%s"\n' "$DRIFT_WEBHOOK_URL")
}

# Without a lock, the job needs no right to write state, and never holds up an apply.
code=0
lines=$("$terraform" -chdir="$folder" plan -detailed-exitcode -json -input=false -lock=false) || code=$?
reasons=$(printf '%s\n' "$lines" | report)

case $code in
0) verdict="quiet: nothing to apply in $name" ;;
2) verdict="drift: something differs in $name" ;;
*) code=1 verdict="error: whether anything differs in $name could not be found out" ;;
esac
message=$verdict${reasons:+$'\n'$reasons}
printf '%s\n' "$message"

if [ "$code" -ne 0 ] && [ -n "${DRIFT_WEBHOOK_URL:-}" ]; then
	printf '%s\n' "$message" | post || echo "error: the webhook did not accept the message" >&2
fi
exit "$code"
