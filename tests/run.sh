#!/usr/bin/env bash
# run.sh - installs what is missing, builds with warnings as errors, and runs all tests.
#
#   tests/run.sh              everything: gcc with ASan and UBSan, clang without, all of ctest
#   tests/run.sh -R PATTERN   only the tests whose names match (passed to ctest, with what follows)
#   tests/run.sh --deep [--minutes N]   as many more seeds of the simulator as N minutes (60) allow, in a build
#                             without sanitizers: a third of the time each for large, small and older-disk seeds
#   tests/run.sh --coverage   which lines and branches of proto/, agent/ and hub/ the tests run, as a table; fails when
#                             proto/ is under 95 % of its branches (`tests/coverage.py` tells which are missing)
#   tests/run.sh --analyse [tidy] [cppcheck] [fanalyzer] [tsan] [valgrind]   the analysers: tests/analyse.sh
#
# Builds in build-asan/ and build-clang/ beside the sources; nothing else is written.
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" = --analyse ]; then
    shift
    exec bash tests/analyse.sh "$@"
fi
# shellcheck source=packaging/need.sh
. packaging/need.sh
need "${BUILD_PACKAGES[@]}" clang clang-format libcmocka-dev universal-ctags binutils python3 iproute2 \
    python3-zmq python3-nacl python3-protobuf python3-openpyxl python3-selenium chromium-driver openssl protobuf-compiler zbar-tools systemd

if [ "${1:-}" = --deep ]; then
    minutes=60
    [ "${2:-}" = --minutes ] && minutes=$3
    first=$((1000000 + $(date +%s) % 1000000 * 1000)) # another place each time; a failing seed is told
    cmake -S . -B build-clang -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release >/dev/null
    ninja -C build-clang -j "$(nproc)" --quiet sim
    failed=0
    for size in small images year; do
        build-clang/tests/sim/sim "$first" --size "$size" --seconds $((minutes * 20)) || failed=1
    done
    exit $failed
fi

if [ "${1:-}" = --coverage ]; then
    # shellcheck source=tests/coverage.sh
    . tests/coverage.sh
    shift
    coverage "$@"
    exit
fi

export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1:abort_on_error=0}
export UBSAN_OPTIONS=${UBSAN_OPTIONS:-print_stacktrace=1}
jobs=$(nproc)

echo "== build: gcc, ASan and UBSan"
# -O1 -g1: half the time to build of -O2 -g, the tests as fast within 5 %, and reports of sanitizers name the lines.
cmake -S . -B build-asan -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCMAKE_C_FLAGS_RELWITHDEBINFO="-O1 -g1" -DLT_SANITIZE=ON >/dev/null
ninja -C build-asan -j "$jobs" --quiet
echo "== build: clang, as released"
cmake -S . -B build-clang -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=Release >/dev/null
ninja -C build-clang -j "$jobs" --quiet
echo "== tests"
# Half of them wait for each other's processes most of the time.
ctest --test-dir build-asan --output-on-failure -j $((jobs * 2)) "$@"
if [ $# -eq 0 ]; then
    echo "== without sanitizers: some hundred seeds of the simulator (all thousand: ctest --test-dir build-clang -R sim/)"
    echo "== and provinces counted again"
    ctest --test-dir build-clang --output-on-failure -j "$jobs" -R '^(sim/(small_[01]|images|year|planted)|recount/small)'
fi
