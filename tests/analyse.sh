#!/usr/bin/env bash
# analyse.sh - shows proto/, agent/ and hub/ to analysers; a finding without a written exception fails.
#
#   tests/analyse.sh [tidy] [cppcheck] [fanalyzer] [tsan] [valgrind]     all when none is named
#
# Each analyser is shown the mistakes of tests/analyse/planted first and must find every one, so that a set-up that sees
# nothing does not pass as clean. Exceptions bear their reason (lint/exceptions): checks that are off in .clang-tidy,
# NOLINT in the code, the lists tests/analyse/*.exceptions. Generated code is left out.
# Builds in build-tidy/, build-fanalyzer/, build-tsan/ and build-clang/ beside the sources. The first two keep what was said
# of a file until it changes: remove them for a whole run.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
PLANTED=tests/analyse/planted
jobs=$(nproc)
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
    ninja -C "$1" --quiet gen/proto/lienthong.pb-c.h || return 1
    python3 tests/analyse/findings.py "$1" "$2" >"$work/found" || return 1
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

# What is threaded: a hub's pipeline, gate, relay and web, an agent's uplink, backups. Reports are looked for apart from the
# tests' results, since a killed process has some, too.
TSAN_UNITS=(gate uplink copies doubts lives versions)
TSAN_CASES='cluster/(three_levels|machines|hub_killed|same_moment)|joining/(many|approved)|reorganise/move|copies/cloned'
TSAN_CASES+='|trust/rotated|hub_keys/hub_rotated|bundles/hubs|backups/flowing|quotas/told|periods/owed'
TSAN_CASES+='|web/(figures|login|machines|monitoring)'

tsan() {
    need clang libzmq3-dev libcmocka-dev python3-zmq python3-nacl python3-protobuf python3-openpyxl iproute2 openssl
    local options targets failed=0
    cp tests/analyse/tsan.exceptions "$work/" # the copy stays as it is while the tests run
    options="suppressions=$work/tsan.exceptions:history_size=4"
    clang -g -fsanitize=thread -o "$work/race" "$PLANTED/tsan.c" -lzmq
    TSAN_OPTIONS=$options "$work/race" >"$work/planted" 2>&1 || true
    planted "$PLANTED/tsan.c" "$work/planted" 4 || return 1
    configure build-tsan clang -DCMAKE_BUILD_TYPE=RelWithDebInfo -DLT_TSAN=ON
    targets=(lienthong-hub lienthong-agent lienthong-check wild_agent flood aged intruder "${TSAN_UNITS[@]/%/_test}")
    ninja -C build-tsan -j "$jobs" --quiet "${targets[@]}" || return 1
    # Without random addresses: beside the shadow there is not always room for the map of a hub.
    TSAN_OPTIONS="$options:exitcode=0:log_path=$work/races" setarch -R ctest --test-dir build-tsan --output-on-failure -j "$jobs" \
        -R "^(unit/($(IFS='|' && echo "${TSAN_UNITS[*]}"))|$TSAN_CASES)\$" || failed=1
    cat "$work"/races.* 2>/dev/null && failed=1
    return $failed
}

# Unit tests, and the programs, as released by clang, which leaves unset what gcc's builds set to zero. Left out are unit tests
# of minutes each under valgrind (the book, merging, bundles, proofs, figures; the programs run their code too), those that wait by
# the clock for another side (join, gate, uplink), and one whose killed child holds what it had (env).
VALGRIND=(valgrind --quiet --leak-check=full '--errors-for-leak-kinds=definite,indirect' '--show-leak-kinds=definite,indirect'
    --suppressions="$PWD/tests/analyse/valgrind.exceptions" --error-exitcode=99)
VALGRIND_UNITS=(code_file columns config contact copies daemon doubts erasure fold_names groups ids intake journal keys
    lives message natural options period personal receipt roster rows scope sealed second table text today update values
    wake ways web_url)

valgrind() {
    need clang valgrind libcmocka-dev iproute2
    local failed=0 units
    gcc -g -O0 -o "$work/mistaken" "$PLANTED/valgrind.c"
    command "${VALGRIND[@]}" "$work/mistaken" >"$work/planted" 2>&1 || true
    planted "$PLANTED/valgrind.c" "$work/planted" 2 || return 1
    configure build-clang clang -DCMAKE_BUILD_TYPE=Release
    units=("${VALGRIND_UNITS[@]/%/_test}")
    ninja -C build-clang -j "$jobs" --quiet lienthong-hub lienthong-agent "${units[@]}" || return 1
    printf '%s\n' "${units[@]}" | xargs -P "$jobs" -I UNIT sh -c "cd $PWD/build-clang/tests && \
        ${VALGRIND[*]} ./UNIT >$work/UNIT.out 2>&1 || { cat $work/UNIT.out; echo 'valgrind: UNIT failed'; exit 1; }" || failed=1
    LT_UNDER="${VALGRIND[*]} --log-file=$work/said.%p" LT_PATIENCE_S=900 LT_HUB=$PWD/build-clang/hub/lienthong-hub \
        LT_AGENT=$PWD/build-clang/agent/lienthong-agent LT_SOURCE=$PWD PYTHONDONTWRITEBYTECODE=1 \
        python3 tests/analyse/commands.py || failed=1
    grep -h . "$work"/said.* && failed=1
    echo "valgrind: ${#units[@]} unit tests, $(find "$work" -name 'said.*' | wc -l) runs of the programs"
    return $failed
}

failed=""
[ $# -gt 0 ] || set -- tidy cppcheck fanalyzer tsan valgrind
for analyser in "$@"; do
    case $analyser in tidy | cppcheck | fanalyzer | tsan | valgrind) ;; *) sed -n '2,4p' "$0" >&2; exit 2 ;; esac
done
need "${BUILD_PACKAGES[@]}" python3
for analyser in "$@"; do
    echo "== $analyser"
    SECONDS=0
    "$analyser" || failed="$failed $analyser"
    echo "$analyser: $SECONDS s"
done
[ -z "$failed" ] || { echo "analyse: more than the exceptions, or not what was planted:$failed"; exit 1; }
