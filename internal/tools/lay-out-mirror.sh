#!/usr/bin/env bash
# Lays out a filesystem mirror of the provider, from which init installs without a registry:
#
#   lay-out-mirror.sh MIRROR VERSION OS_ARCH FILE
#
# FILE is a release's archive (.zip), or a binary. It stands under the names of both registries. Prints the CLI configuration
# that installs from the mirror.
set -euo pipefail

mirror=$1 version=$2 platform=$3 file=$4
name=terraform-provider-safetyculture
if ! [[ $version =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]]; then
	echo "error: the version is \"$version\"; write it like 0.1.0" >&2
	exit 2
fi
mkdir -p "$mirror"
mirror=$(cd "$mirror" && pwd)
for host in registry.terraform.io registry.opentofu.org; do
	to=$mirror/$host/safetyculture-community/safetyculture
	case $file in
	*.zip)
		mkdir -p "$to"
		cp "$file" "$to/${name}_${version}_$platform.zip"
		;;
	*)
		to+=/$version/$platform
		mkdir -p "$to"
		suffix=
		[[ $platform != windows_* ]] || suffix=.exe
		cp "$file" "$to/${name}_v$version$suffix"
		;;
	esac
done

cat <<EOF
provider_installation {
  filesystem_mirror {
    path    = "$mirror"
    include = ["registry.terraform.io/safetyculture-community/*", "registry.opentofu.org/safetyculture-community/*"]
  }
  direct {
    exclude = ["registry.terraform.io/safetyculture-community/*", "registry.opentofu.org/safetyculture-community/*"]
  }
}
EOF
