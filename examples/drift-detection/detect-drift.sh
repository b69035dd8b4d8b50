#!/usr/bin/env bash
# Says whether what exists still is what the configuration says. It changes nothing and leaves no plan behind.
#
#   detect-drift.sh [FOLDER]      an initialized configuration; the current folder unless given
#
# Exit code: 0 nothing to apply, 2 something differs, 1 it could not be found out. Needs jq and, for a post, curl.
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
# other providers are left to a plan by hand, but for their headline: nobody here knows what they quote. Of outputs it keeps
# names. An error of jq would quote what it cannot read.
report() {
	jq -nrR '
		# Whether an address is of this provider: by the type of what it names, whatever modules are called.
		def ours: sub("^(module[.][^.\\[\"]+(\\[(\"([^\"\\\\]|\\\\.)*\"|[0-9]+)\\])?[.])+"; "") | sub("^(data|ephemeral|list|action)[.]"; "")
			| test("^(safetyculture_|provider\\[\"[^\"]*/safetyculture\"\\])");
		# In a list of its own, because "?" of older versions hides what fails later on.
		[inputs | fromjson? | objects][] | .diagnostic as $d |
		if .type | IN("resource_drift", "planned_change", "planned_action_invocation") then .["@message"]
		elif .type == "outputs" then .outputs | to_entries[] | select(.value.action // "noop" | . != "noop") | "output.\(.key): Plan to \(.value.action)"
		elif .type == "diagnostic" then .["@message"] + ($d.address // "" | if . == "" then "" else " (\(.))" end
			+ if ours then ": " + ($d.detail // "" | gsub("\\s"; " ") | sub("[.]( .*)?$"; "")) else "" end)
		else empty end | "- " + gsub("[\n\r\t]"; " ")
	' 2>/dev/null
}

# The address is a secret of its own: it is read from a pipe, so that no list of processes shows it. Chats take <!here> and the
# like for commands, which a token's name must not give. In clear it goes to this machine only.
post() {
	local body protocol==https
	case $DRIFT_WEBHOOK_URL in
	http://127.0.0.1[:/]* | http://localhost[:/]*) protocol==http ;;
	esac
	body=$(jq -Rs '{text: (rtrimstr("\n") | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;"))}') || return
	printf '%s' "$body" | curl --fail --silent --output /dev/null --max-time 30 --proto "$protocol" \
		--header 'Content-Type: application/json' --data-binary @- --config <(printf 'url = "%s"\n' "$DRIFT_WEBHOOK_URL")
}

# Without a lock, the job needs no right to write state, and never holds up an apply.
code=0
lines=$("$terraform" -chdir="$folder" plan -detailed-exitcode -json -input=false -lock=false) || code=$?
if ! reasons=$(printf '%s\n' "$lines" | report); then
	code=1 reasons="- What the plan says could not be read."
fi
# A program that crashes may end with any code: there is a verdict only where the plan came to its end.
[[ $lines == *'"type":"change_summary"'* ]] || code=1

case $code in
0) verdict="quiet: nothing to apply in $name" ;;
2) verdict="drift: something differs in $name" ;;
*) code=1 verdict="error: whether anything differs in $name could not be found out" ;;
esac
message=$verdict${reasons:+$'\n'$reasons}
printf '%s\n' "$message"

if [ "$code" -ne 0 ] && [ -n "${DRIFT_WEBHOOK_URL:-}" ]; then
	printf '%s\n' "$message" | post || echo "error: the message could not be posted" >&2
fi
exit "$code"
