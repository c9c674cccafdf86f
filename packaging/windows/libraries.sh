# libraries.sh - sourced by build.sh: how each library is built, static, for x86_64-w64-mingw32.
#
# A function library_NAME runs in the unpacked source of Debian's package NAME, and installs into $prefix. What cmake and
# configure print goes to a log, of which the end is shown when one fails.

host=x86_64-w64-mingw32
library_flags="-O2 -D_FILE_OFFSET_BITS=64 -D__USE_MINGW_ANSI_STDIO=1 -D_WIN32_WINNT=0x0A00 -fstack-protector-strong"
libraries=(zlib libsodium zeromq3 lmdb protobuf-c libzip expat xxhash utf8proc jansson libxlsxwriter)

configured() {
    [ -x configure ] || autoreconf -fi
    ./configure --host="$host" --prefix="$prefix" --enable-static --disable-shared CC=$host-gcc-posix CXX=$host-g++-posix \
        CFLAGS="$library_flags" CXXFLAGS="$library_flags" "$@"
    make -j2
    make install
}

by_cmake() {
    cmake -S . -B build-windows -G Ninja -DCMAKE_TOOLCHAIN_FILE="$here/x86_64.cmake" -DLT_WINDOWS_PREFIX="$prefix" \
        -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF \
        -DCMAKE_C_FLAGS="$library_flags" -DCMAKE_CXX_FLAGS="$library_flags" "$@"
    ninja -j2 -C build-windows install
}

# by_hand NAME VERSION "sources" "headers" "flags": what has no build that knows a cross compiler.
by_hand() {
    local name=$1 version=$2 source objects=()
    mkdir -p "$prefix"/{include,lib/pkgconfig}
    for source in $3; do
        # shellcheck disable=SC2086
        $host-gcc-posix $library_flags ${5:-} -c "$source" -o "$(basename "$source" .c).o"
        objects+=("$(basename "$source" .c).o")
    done
    rm -f "$prefix/lib/lib$name.a"
    $host-gcc-ar-posix rcs "$prefix/lib/lib$name.a" "${objects[@]}"
    # shellcheck disable=SC2086
    [ -z "$4" ] || cp $4 "$prefix/include"
    described "$name" "$version" "-l$name" "${5:-}"
}

# described NAME VERSION LIBS [CFLAGS]: its pkg-config file.
described() {
    printf 'prefix=%s\nName: %s\nDescription: %s\nVersion: %s\nLibs: -L${prefix}/lib %s\nCflags: -I${prefix}/include %s\n' \
        "$prefix" "$1" "$1" "$2" "$3" "${4:-}" >"$prefix/lib/pkgconfig/$1.pc"
}

library_zlib() { # Debian's source has no win32/
    by_hand z 1.2.13 "$(echo [a-z]*.c)" "zlib.h zconf.h"
    mv "$prefix/lib/pkgconfig/z.pc" "$prefix/lib/pkgconfig/zlib.pc"
}
library_libsodium() { configured; }
library_zeromq3() {
    by_cmake -DPOLLER=select -DENABLE_CURVE=ON -DWITH_LIBSODIUM=ON -DBUILD_SHARED=OFF -DBUILD_STATIC=ON -DBUILD_TESTS=OFF \
        -DWITH_DOCS=OFF -DENABLE_CPACK=OFF -DENABLE_WS=OFF -DENABLE_IPC=OFF -DZMQ_HAVE_IPC=OFF -DENABLE_DRAFTS=OFF -DWITH_PERF_TOOL=OFF \
        -DWITH_LIBBSD=OFF
    described libzmq 4.3.4 "-lzmq -lsodium -lws2_32 -liphlpapi -lrpcrt4 -lstdc++" -DZMQ_STATIC
}
library_lmdb() {
    cd libraries/liblmdb
    by_hand lmdb 0.9.24 "mdb.c midl.c" lmdb.h
}
library_protobuf-c() {
    by_hand protobuf-c 1.4.1 protobuf-c/protobuf-c.c ""
    mkdir -p "$prefix/include/protobuf-c"
    cp protobuf-c/protobuf-c.h "$prefix/include/protobuf-c"
    mv "$prefix/lib/pkgconfig/protobuf-c.pc" "$prefix/lib/pkgconfig/libprotobuf-c.pc"
}
library_libzip() {
    by_cmake -DENABLE_COMMONCRYPTO=OFF -DENABLE_GNUTLS=OFF -DENABLE_MBEDTLS=OFF -DENABLE_OPENSSL=OFF \
        -DENABLE_WINDOWS_CRYPTO=OFF -DENABLE_BZIP2=OFF -DENABLE_LZMA=OFF -DENABLE_ZSTD=OFF -DBUILD_TOOLS=OFF \
        -DBUILD_REGRESS=OFF -DBUILD_EXAMPLES=OFF -DBUILD_DOC=OFF
    described libzip 1.7.3 "-lzip -lz -lbcrypt -ladvapi32" -DZIP_STATIC
}
library_expat() { # its cmake defines XML_DTD as nothing, which Debian's patches compare with 1
    cd expat/lib
    printf '#define %s\n' "BYTEORDER 1234" "XML_DTD 1" "XML_NS 1" "XML_GE 1" "XML_CONTEXT_BYTES 1024" >expat_config.h
    C_INCLUDE_PATH=. by_hand expat 2.5.0 "xmlparse.c xmlrole.c xmltok.c" "expat.h expat_external.h" -DXML_STATIC
}
library_xxhash() { by_hand xxhash 0.8.1 xxhash.c xxhash.h && mv "$prefix/lib/pkgconfig/xxhash.pc" "$prefix/lib/pkgconfig/libxxhash.pc"; }
library_utf8proc() {
    by_hand utf8proc 2.8.0 utf8proc.c utf8proc.h -DUTF8PROC_STATIC
    mv "$prefix/lib/pkgconfig/utf8proc.pc" "$prefix/lib/pkgconfig/libutf8proc.pc"
}
library_jansson() { by_cmake -DJANSSON_BUILD_DOCS=OFF -DJANSSON_WITHOUT_TESTS=ON -DJANSSON_EXAMPLES=OFF; }
library_libxlsxwriter() { by_cmake; }
