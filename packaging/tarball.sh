#!/usr/bin/env bash
# tarball.sh - the agent for other distributions: one static program of glibc, in a tarball that comes out the same each time.
#
#   packaging/tarball.sh [--out DIR]      DIR/lienthong-agent-VERSION-linux-ARCH.tar.gz (build-tarball)
#
# On Debian 12. Static libraries are Debian's own. It has none of libzip and libxlsxwriter, and its libzmq.a wants Kerberos,
# of which it has none either: these three are built from Debian's source packages, once, into LT_STATIC_CACHE (by default
# ${XDG_CACHE_HOME:-~/.cache}/lienthong-static), keyed by version and by how they are built.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
# shellcheck source=packaging/windows/sources.sh
. packaging/windows/sources.sh
out=build-tarball
[ "${1:-}" = --out ] && out=${2:?tarball.sh: --out needs a folder}
need "${BUILD_PACKAGES[@]}" g++ dpkg-dev debian-archive-keyring python3
mkdir -p "$out"
out=$(cd "$out" && pwd)
cache=${LT_STATIC_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/lienthong-static}
mkdir -p "$cache"/prefix/{lib/pkgconfig,include,built}
cache=$(cd "$cache" && pwd)
prefix=$cache/prefix
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What is built is the same wherever it is built.
export SOURCE_DATE_EPOCH
SOURCE_DATE_EPOCH=$(date -u -d "$(sed -n 's/^ -- .*>  //p' packaging/debian/changelog | head -1)" +%s)
flags="-O2 -fPIC -fstack-protector-strong -D_FORTIFY_SOURCE=2 -ffile-prefix-map=$work=."

by_cmake() {
    cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=None -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
        -DBUILD_SHARED_LIBS=OFF -DCMAKE_C_FLAGS="$flags" -DCMAKE_CXX_FLAGS="$flags" "$@"
    ninja -j2 -C build install
}
library_zeromq3() {
    by_cmake -DBUILD_SHARED=OFF -DBUILD_STATIC=ON -DBUILD_TESTS=OFF -DWITH_DOCS=OFF -DENABLE_CPACK=OFF -DENABLE_CURVE=ON \
        -DWITH_LIBSODIUM=ON -DWITH_LIBBSD=OFF -DENABLE_WS=OFF -DENABLE_DRAFTS=OFF -DWITH_PERF_TOOL=OFF -DWITH_OPENPGM=OFF \
        -DWITH_NORM=OFF
}
library_libzip() {
    by_cmake -DENABLE_GNUTLS=OFF -DENABLE_MBEDTLS=OFF -DENABLE_OPENSSL=OFF -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF \
        -DENABLE_ZSTD=OFF -DBUILD_TOOLS=OFF -DBUILD_REGRESS=OFF -DBUILD_EXAMPLES=OFF -DBUILD_DOC=OFF
}
library_libxlsxwriter() { by_cmake; }
build_library() {
    local library=$1 key
    key=$( (sources_version "$library"; declare -f by_cmake "library_$library"; gcc -dumpfullversion) | sha256sum)
    [ "$key" = "$(cat "$prefix/built/$library" 2>/dev/null)" ] && return
    echo "Building $library" >&2
    sources_unpack "$library" "$work/$library/source"
    # Waited for, since errors do not end what stands in a condition.
    (set -e; cd "$work/$library/source"; "library_$library") >"$cache/$library.log" 2>&1 &
    wait $! || { tail -20 "$cache/$library.log" | cut -c 1-300 >&2; return 1; }
    echo "$key" >"$prefix/built/$library"
}
sources_fetch "$cache"
for library in zeromq3 libzip libxlsxwriter; do build_library "$library"; done

failed() { tail -20 "$work/log" | cut -c 1-300 >&2; exit 1; }
version=$(sed -n 's/^project(lienthong VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
name=lienthong-agent-$version-linux-$(uname -m)
tree=$work/$name
mkdir -p "$tree"/{bin,systemd,share/man/man1,share/bash-completion/completions,licences}
cp -r CMakeLists.txt agent hub proto packaging LICENSE "$work"
PKG_CONFIG_PATH=$prefix/lib/pkgconfig cmake -S "$work" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=Release -DLT_TESTS=OFF -DLT_RELEASE_NUMBER="${LT_RELEASE_NUMBER:-0}" \
    -DLT_STATIC=ON -DCMAKE_C_FLAGS="-ffile-prefix-map=$work=." >"$work/log" 2>&1 || failed
ninja -j2 -C "$work/build" --quiet lienthong-agent >>"$work/log" 2>&1 || failed
strip -o "$tree/bin/lienthong-agent" "$work/build/agent/lienthong-agent"
if readelf -d "$tree/bin/lienthong-agent" | grep -q NEEDED; then
    echo "tarball.sh: the program still needs libraries" >&2
    exit 1
fi

python3 packaging/manual.py "$tree/bin/lienthong-agent" >"$tree/share/man/man1/lienthong-agent.1"
cp packaging/completion/lienthong "$tree/share/bash-completion/completions/lienthong-agent"
sed 's|/usr/bin/lienthong-agent|/usr/local/bin/lienthong-agent|' packaging/debian/lienthong-agent.service >"$tree/systemd/lienthong-agent.service"
cp packaging/tarball/INSTALL.md "$tree"
cp LICENSE "$tree/licences/lienthong"
for package in libc6-dev libstdc++-12-dev libsodium-dev liblmdb-dev libprotobuf-c-dev libutf8proc-dev libinih-dev libjansson-dev libxxhash-dev \
    zlib1g-dev libexpat1-dev libzmq3-dev libzip-dev libxlsxwriter-dev; do
    cp "$(readlink -f "/usr/share/doc/$package/copyright")" "$tree/licences/$package"
done
find "$tree" -type d -exec chmod 755 {} + -o -type f -exec chmod 644 {} +
chmod 755 "$tree/bin/lienthong-agent"
tar -C "$work" --sort=name --format=gnu --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -cf - "$name" |
    gzip -9n >"$out/$name.tar.gz"
(cd "$out" && sha256sum "$name.tar.gz")
