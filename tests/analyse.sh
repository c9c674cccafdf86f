#!/usr/bin/env bash
# analyse.sh - shows proto/, agent/ and hub/ to analysers; a finding without a written exception fails.
#
#   tests/analyse.sh [tidy] [cppcheck] [fanalyzer]     all when none is named
#
# Each analyser is shown the mistakes of tests/analyse/planted first and must find every one, so that a set-up that sees
# nothing does not pass as clean. Exceptions bear their reason (lint/exceptions): checks that are off in .clang-tidy,
# NOLINT in the code, the lists tests/analyse/*.exceptions. Generated code is left out.
# Builds in build-tidy/ and the like beside the sources. A file in which nothing was found is not looked at again before
# it changes: remove the folder for a whole run.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
PLANTED=tests/analyse/planted
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

configure() { # BUILD COMPILER OPTION...
    cmake -S . -B "$1" -G Ninja -DCMAKE_C_COMPILER="$2" -DCMAKE_BUILD_TYPE=Debug "${@:3}" >/dev/null
}

# Every mistake that FILE says to be found was: a line marked `found: WHAT` is in REPORT with WHAT, or up to LINES after it.
planted() { # FILE REPORT [LINES]
    local file=${1##*/} line what count=0
    while IFS=: read -r line what; do
        what=${what#* found: }
        what=${what% \*/*}
        if ! grep -F -A "${3:-0}" -e "$what" "$2" | grep -qE "$file:$line\b"; then
            echo "planted: $file:$line was not found as $what:"
            head -40 "$2"
            return 1
        fi
        count=$((count + 1))
    done < <(grep -n '/\* found: ' "$1")
    [ $count -gt 0 ] || { echo "planted: $file marks nothing"; return 1; }
    echo "planted: $count of $count in $file found"
}

# What ANALYSER finds in our files; fails when that is more than the exceptions.
ours() { # BUILD ANALYSER
    ninja -C "$1" --quiet gen/proto/lienthong.pb-c.h
    python3 tests/analyse/findings.py "$1" "$2" >"$work/found"
    cat "$work/found"
    [ ! -s "$work/found" ]
}

tidy() {
    need clang clang-tidy
    clang-tidy --quiet "$PLANTED/tidy.c" -- -std=c11 >"$work/planted" 2>&1 || true
    planted "$PLANTED/tidy.c" "$work/planted" || return 1
    configure build-tidy clang -DLT_TESTS=OFF
    ours build-tidy tidy
}

cppcheck() {
    need clang cppcheck
    command cppcheck --enable=warning,performance,portability --library=posix,gnu --quiet \
        --template='{file}:{line}:{column}: {severity}: {message} [{id}]' "$PLANTED/cppcheck.c" >"$work/planted" 2>&1
    planted "$PLANTED/cppcheck.c" "$work/planted" || return 1
    configure build-tidy clang -DLT_TESTS=OFF
    ours build-tidy cppcheck
}

fanalyzer() {
    gcc -std=c11 -fanalyzer -c -o /dev/null "$PLANTED/fanalyzer.c" >"$work/planted" 2>&1
    planted "$PLANTED/fanalyzer.c" "$work/planted" || return 1
    configure build-fanalyzer gcc -DLT_TESTS=OFF
    ours build-fanalyzer fanalyzer
}

failed=""
[ $# -gt 0 ] || set -- tidy cppcheck fanalyzer
for analyser in "$@"; do
    case $analyser in tidy | cppcheck | fanalyzer) ;; *) sed -n '2,4p' "$0" >&2; exit 2 ;; esac
done
need "${BUILD_PACKAGES[@]}" python3
for analyser in "$@"; do
    echo "== $analyser"
    SECONDS=0
    "$analyser" || failed="$failed $analyser"
    echo "$analyser: $SECONDS s"
done
[ -z "$failed" ] || { echo "analyse: more than the exceptions, or not what was planted:$failed"; exit 1; }
