#!/usr/bin/env bash
# deb.sh - builds the Debian packages lienthong-agent, lienthong-hub and lienthong-doc, and has lintian look at them.
#
#   packaging/deb.sh [--out DIR]      into DIR (build-deb)
#
# Installs what is missing through apt; the sources are copied and built elsewhere, and nothing here is changed.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
out=build-deb
[ "${1:-}" = --out ] && out=${2:?deb.sh: --out needs a folder}
need "${BUILD_PACKAGES[@]}" debhelper dpkg-dev build-essential lintian python3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
source=$work/lienthong
mkdir -p "$out" "$source"
out=$(cd "$out" && pwd)
cp -r CMakeLists.txt LICENSE README.md CHANGELOG.md agent hub proto packaging docs "$source"
mv "$source/packaging/debian" "$source/debian"
# What building needs stands once, in need.sh; what debhelper and build-essential bring is not named again.
libraries=$(printf '%s\n' "${BUILD_PACKAGES[@]}" | grep -- '-dev$' | grep -vx libc6-dev | paste -sd, | sed 's/,/, /g')
sed -i "s/@BUILD_LIBRARIES@/$libraries/" "$source/debian/control"

(cd "$source" && DEB_BUILD_OPTIONS=terse dpkg-buildpackage -us -uc -b) >"$work/log" 2>&1 || {
    tail -20 "$work/log" | cut -c 1-300 >&2
    exit 1
}
# Warnings count. The address of a maintainer is for whoever distributes the packages to put in; we have none to give.
lintian --allow-root --fail-on error,warning --profile debian \
    --suppress-tags bogus-mail-host,bogus-mail-host-in-debian-changelog "$work"/*.changes
cp "$work"/*.deb "$out"
ls -1 "$out"/*.deb
