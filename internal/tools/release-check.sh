#!/usr/bin/env bash
# Builds a release of the current commit for this platform, twice and without publishing it, and looks at everything that the
# registries and their users rely on:  release-check.sh [TAG]
#
# With TAG, such as v0.1.0, CHANGELOG.md must have its section, which is written to $NOTES. goreleaser, and syft for the bill of
# materials, are taken from PATH. What cannot be checked here is said; with STRICT=1 that is an error.
set -euo pipefail

tag=${1:-}
project=terraform-provider-safetyculture
protocol=6
# Where the clones say that they come from: goreleaser wants to know. Nothing is sent there.
origin=https://github.com/safetyculture-community/$project.git

cd "$(git rev-parse --show-toplevel)"
root=$PWD
goos=$(go env GOOS) goarch=$(go env GOARCH)
passed=0 skipped=0

ok() { passed=$((passed + 1)) && echo "ok       $*"; }
skip() { skipped=$((skipped + 1)) && echo "SKIPPED  $*"; }
fail() { echo "error: $*" >&2 && exit 1; }

# Runs a program, whose output is shown only if it fails.
quietly() {
	local said
	said=$("$@" 2>&1) || { printf '%s\n' "$said" >&2 && fail "$1 failed"; }
}

# No credential for publishing reaches a program of the rehearsal.
for name in $(compgen -e); do
	case $name in *_TOKEN | GPG_*) unset "$name" ;; esac
done

work=$(mktemp -d)
export GNUPGHOME
GNUPGHOME=$(mktemp -d /tmp/gpg.XXXXXX) # short: the agent's socket is in it
clean_up() {
	gpgconf --kill all 2>/dev/null || true
	rm -rf "$work" "$GNUPGHOME"
}
trap clean_up EXIT

if [ -z "$tag" ]; then
	skip "CHANGELOG: no tag was given (TAG=v0.1.0), so no version to look for"
	tag=v0.0.0-rehearsal
else
	[[ $tag =~ ^v[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail "the tag is \"$tag\"; write it like v0.1.0"
	# Links of headings stand at the end of the file.
	section=$(awk -v version="${tag#v}" '
		/^## / { inside = $2 == version || $2 == "[" version "]"; next }
		inside && !/^\[[^]]+\]: /' CHANGELOG.md | sed '/./,$!d')
	[ -n "$section" ] || fail "CHANGELOG.md has no section, or an empty one, for ${tag#v}; rename \"Unreleased\" to \"${tag#v} - YYYY-MM-DD\""
	version=${tag#v}
	grep -qE "^## \[?${version//./\\.}\]? - [0-9]{4}-[0-9]{2}-[0-9]{2}\$" CHANGELOG.md || fail "CHANGELOG.md's section for $version has no date; write \"## $version - YYYY-MM-DD\""
	[ -z "${NOTES:-}" ] || printf '%s\n' "$section" >"$NOTES"
	ok "CHANGELOG.md has a section for $tag"
fi
[ -z "$(git status --porcelain)" ] || echo "NOTE     what is not committed is not in this rehearsal"

skips=publish,announce
if command -v gpg >/dev/null; then
	# A key for this rehearsal. Its passphrase tries the way in which a real one is unlocked.
	export GPG_PASSPHRASE=rehearsal GPG_FINGERPRINT
	quietly gpg --batch --quiet --pinentry-mode loopback --passphrase "$GPG_PASSPHRASE" --quick-generate-key release-check rsa3072 sign 1d
	GPG_FINGERPRINT=$(gpg --batch --quiet --with-colons --list-secret-keys | awk -F: '$1 == "fpr" && !found++ { print $10 }')
else
	skip "signature: gpg is not on PATH"
	skips+=,sign
fi
if ! command -v syft >/dev/null; then
	skip "bill of materials: syft is not on PATH"
	skips+=,sbom
fi

# What is uploaded must have the name that is in the checksums.
[ "$(sed -n '/^  extra_files:/{n;N;s/\n//;p;}' .goreleaser.yml | sort | uniq -c | awk '{ print $1 }')" = 2 ] ||
	fail "the extra_files of checksum and release in .goreleaser.yml differ"

build() {
	quietly git clone --quiet --no-tags . "$1"
	git -C "$1" remote set-url origin "$origin"
	git -C "$1" -c user.name=release-check -c user.email=release-check@localhost tag --no-sign -m rehearsal "$tag"
	# The configuration for one platform is beside the clone, which must stay clean.
	sed -E "s/^    goos: .*/    goos: [\"$goos\"]/; s/^    goarch: .*/    goarch: [\"$goarch\"]/" .goreleaser.yml >"$1.yml"
	(cd "$1" && quietly goreleaser check && quietly goreleaser release --config "$1.yml" --skip "$skips")
	# goreleaser publishes the manifest from where it is, under another name.
	cp "$1/terraform-registry-manifest.json" "$1/dist/$manifest"
}

name=${project}_${tag#v}
archive=${name}_${goos}_$goarch.zip manifest=${name}_manifest.json sums=${name}_SHA256SUMS
build "$work/one"
build "$work/another-and-longer" # a path must not end up in the binary
ok ".goreleaser.yml is valid"

cd "$work/one/dist"
if command -v sha256sum >/dev/null; then sum=(sha256sum); else sum=(shasum -a 256); fi
quietly "${sum[@]}" --check "$sums"
for file in "$archive" "$manifest"; do
	grep -qE "^[0-9a-f]{64}  $file\$" "$sums" || fail "the checksums lack $file"
done
ok "the checksums name the archive and the manifest, and are right"
cmp "$archive" "$work/another-and-longer/dist/$archive" || fail "two builds of one commit differ"
ok "two builds in two folders gave the same bytes"
if [[ $skips != *sbom* ]]; then
	grep -q "  $archive.sbom.json\$" "$sums" || fail "there is no $archive.sbom.json"
	ok "the archive has a bill of materials"
fi
if [[ $skips != *sign* ]]; then
	quietly gpg --batch --verify "$sums.sig" "$sums"
	ok "the checksums are signed, with a key made for this check"
fi
[ "$(tr -d '[:space:]' <"$manifest")" = '{"version":1,"metadata":{"protocol_versions":["'$protocol'.0"]}}' ] || fail "the manifest does not say version 1 and protocol $protocol.0: $(cat "$manifest")"
ok "the manifest says protocol $protocol.0"

binary=${project}_$tag
[ "$goos" != windows ] || binary+=.exe
unzip -q "$archive" "$binary" -d "$work" || fail "$archive holds no $binary"
said=$("$work/$binary" -version) || fail "the binary cannot be run"
[ "$said" = "${tag#v}" ] || fail "the binary says that it is version \"$said\""
ok "the archive holds the binary under the registries' name, and it says version $said"
# With the cookie it believes that Terraform started it.
mkfifo "$work/handshake"
TF_PLUGIN_MAGIC_COOKIE=d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2 PLUGIN_PROTOCOL_VERSIONS=$protocol \
	"$work/$binary" >"$work/handshake" 2>/dev/null &
plugin=$!
read -r line <"$work/handshake" || true
kill "$plugin" 2>/dev/null || true # it would serve on
IFS='|' read -r _ speaks _ _ transport _ <<<"$line"
if [ "$speaks" != $protocol ] || [ "$transport" != grpc ]; then
	fail "the binary does not begin to speak protocol $protocol: \"$line\""
fi
ok "the binary speaks protocol $protocol"

# As a user gets it: installed from a mirror that holds the archive, with the checksum locked, and started by the CLI itself.
installed=0 products=
for cli in ${CLIS:-$(command -v terraform tofu || true)}; do
	place=$work/with-$installed
	mkdir "$place"
	"$root/internal/tools/lay-out-mirror.sh" "$work/mirror" "${tag#v}" "${goos}_$goarch" "$archive" >"$place/cli.tfrc"
	cat >"$place/main.tf" <<-EOF
		terraform {
		  required_providers {
		    safetyculture = {
		      source  = "safetyculture-community/safetyculture"
		      version = "${tag#v}"
		    }
		  }
		}
	EOF
	(
		cd "$place"
		export TF_CLI_CONFIG_FILE=$place/cli.tfrc CHECKPOINT_DISABLE=1
		quietly "$cli" init -no-color
		grep -q "\"${tag#v}\"" .terraform.lock.hcl && grep -q '"h1:' .terraform.lock.hcl || fail "$cli locked no checksum"
		"$cli" providers schema -json >schema.json || fail "$cli cannot start the provider"
		grep -q '"safetyculture_service_user_token"' schema.json || fail "$cli got no schema of the provider"
	)
	title=$(TF_CLI_CONFIG_FILE=$place/cli.tfrc CHECKPOINT_DISABLE=1 "$cli" version)
	title=${title%%$'\n'*}
	installed=$((installed + 1)) products+="${title%% *} "
	ok "$title installs the archive from a mirror, locks its checksum and starts it"
done
for product in Terraform OpenTofu; do
	[[ $products == *"$product "* ]] || skip "installation with $product: it is not on PATH (CLIS=\"terraform /path/to/tofu\")"
done

printf '\nrelease-check: %d ok, %d skipped\n' "$passed" "$skipped"
if [ "$skipped" -gt 0 ] && [ "${STRICT:-}" = 1 ]; then
	fail "something was skipped, and STRICT=1 allows that for nothing"
fi
