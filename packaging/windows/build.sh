#!/usr/bin/env bash
# build.sh - builds lienthong-agent.exe for 64-bit Windows, static, with Debian's mingw-w64.
#
#   packaging/windows/build.sh [--libraries]      --libraries: what the agent needs, and no more
#
# On Debian 12, as root or with sudo: installs the compilers through apt, fetches Debian's source packages of the libraries
# (no source of them lies here), and builds these once into LT_WINDOWS_CACHE, by default
# ${XDG_CACHE_HOME:-~/.cache}/lienthong-windows, keyed by their versions and by how they are built. The agent is built into
# build-windows.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
# shellcheck source=packaging/windows/sources.sh
. "$here/sources.sh"
# shellcheck source=packaging/windows/libraries.sh
. "$here/libraries.sh"
need gcc-mingw-w64-x86-64-posix g++-mingw-w64-x86-64-posix binutils-mingw-w64-x86-64 cmake ninja-build make pkg-config \
    protobuf-c-compiler dpkg-dev autoconf automake libtool debian-archive-keyring

cache=${LT_WINDOWS_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lienthong-windows}
mkdir -p "$cache"
sources_fetch "$cache"
prefix=$cache/$host
mkdir -p "$prefix"/{lib/pkgconfig,include,built}

# A library is built again when its version, or how it is built, has changed.
build_library() {
    local library=$1 log=$cache/$1.log key
    key=$( (sources_version "$library"; declare -f "library_$library"
        echo "$library_flags"; cat "$here/x86_64.cmake"; $host-gcc-posix -dumpfullversion) | sha256sum)
    [ "$key" = "$(cat "$prefix/built/$library" 2>/dev/null)" ] && return
    echo "Building $library" >&2
    sources_unpack "$library" "$cache/unpacked/source"
    # Waited for, since errors do not end what stands in a condition.
    (set -e; cd "$cache/unpacked/source"; "library_$library") >"$log" 2>&1 &
    if ! wait $!; then
        tail -20 "$log" | cut -c 1-300 >&2
        return 1
    fi
    echo "$key" >"$prefix/built/$library"
    rm -rf "$cache/unpacked"
}
for library in "${libraries[@]}"; do build_library "$library"; done
echo "Libraries: $prefix" >&2
[ "${1:-}" = --libraries ] && exit 0

cmake -S . -B build-windows -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/x86_64.cmake" -DLT_WINDOWS_PREFIX="$prefix" \
    -DCMAKE_BUILD_TYPE=Release >"$cache/agent.log"
ninja -j2 -C build-windows --quiet
$host-strip -o build-windows/lienthong-agent.exe build-windows/agent/lienthong-agent.exe
echo "build-windows/lienthong-agent.exe: $(stat -c %s build-windows/lienthong-agent.exe) bytes"
