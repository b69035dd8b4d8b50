#!/usr/bin/env bash
# Gets a version of Terraform or OpenTofu that is not installed:  get-cli.sh terraform|tofu VERSION FILE
#
# Terraform is fetched with hc-install, which knows no OpenTofu. OpenTofu, and Terraform where its releases cannot be reached,
# are built from their Go modules, which takes some minutes. Backends that are modules of their own are not in Terraform's, so
# that a Terraform built here has only the local backend, http and the like. Nothing of the source is kept in this repository.
set -euo pipefail

product=$1 version=$2 file=$3
if [ -x "$file" ]; then
	exit 0
fi
mkdir -p "$(dirname "$file")"
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [ "$product" = terraform ] && (cd "$root" && go tool -modfile=internal/tools/go.mod hc-install install \
	-version "$version" -path "$(dirname "$file")" terraform) >&2; then
	exit 0
fi
echo "Building $product $version from its Go module, which takes some minutes" >&2
case $product in
terraform) module=github.com/hashicorp/terraform main=. ;;
tofu) module=github.com/opentofu/opentofu main=./cmd/tofu ;;
*)
	echo "error: $product is neither terraform nor tofu" >&2
	exit 2
	;;
esac

work=$(mktemp -d)
trap 'chmod -R u+w "$work" && rm -rf "$work"' EXIT

cd "$work"
go mod init build >/dev/null 2>&1
source=$(go mod download -json "$module@v$version" | sed -n 's/^.*"Dir": "\(.*\)".*$/\1/p')
# A copy, so that the module is the main one: only then do its own replacements count.
cp -R "$source" source
chmod -R u+w source
cd source

# The modules that the source's go.mod expects beside itself, and that are not there.
missing=$(sed -n 's/^replace \([^ ]*\) => \..*$/\1/p' go.mod)
for path in $missing; do
	go mod edit -dropreplace "$path" -droprequire "$path"
	# Where a package is imported under a name, the lines that use the name go too.
	for name in $(sed -n "s|^[[:space:]]*\([A-Za-z0-9]*\) \"$path\"\$|\1|p" internal/backend/init/init.go); do
		sed -i.bak -e "/\"${path//\//\\/}\"/d" -e "/$name\./d" internal/backend/init/init.go
	done
done
if [ -n "$missing" ]; then
	go mod tidy -e >/dev/null 2>&1
fi
CGO_ENABLED=0 go build -trimpath -ldflags "-X $module/version.dev=no -s -w" -o "$file" "$main"
