#!/usr/bin/env bash
# run.sh - installs what is missing, builds with warnings as errors, and runs all tests.
#
#   tests/run.sh              everything: gcc with ASan and UBSan, clang without, all of ctest
#   tests/run.sh -R PATTERN   only the tests whose names match (passed to ctest, with what follows)
#
# Builds in build-asan/ and build-clang/ beside the sources; nothing else is written.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
need "${BUILD_PACKAGES[@]}" clang clang-format libcmocka-dev universal-ctags binutils python3 iproute2 \
    python3-zmq python3-nacl python3-protobuf python3-openpyxl protobuf-compiler zbar-tools

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
jobs=$(nproc)

echo "== build: gcc, ASan and UBSan"
cmake -S . -B build-asan -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo -DLT_SANITIZE=ON >/dev/null
ninja -C build-asan -j "$jobs" --quiet
echo "== build: clang, as released"
cmake -S . -B build-clang -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release >/dev/null
ninja -C build-clang -j "$jobs" --quiet
echo "== tests"
ctest --test-dir build-asan --output-on-failure -j "$jobs" "$@"
