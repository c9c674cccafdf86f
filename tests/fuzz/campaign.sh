#!/bin/sh
# campaign.sh MINUTES [TARGET...] - fuzzes every target (or those named) in turns, on all processors, for MINUTES in
# all, and prints a table: executions, edges reached at a quarter, half and the end of its turn, whether the last half
# found any, crashes. Leaves with 1 when something crashed, was too slow or took too much memory.
# campaign.sh --runs N [TARGET...] - the same, each target until it has run N times, however long that takes.
# campaign.sh --keep [TARGET...] - brings what was found into corpus/, as few inputs as reach as much, at most 200
# inputs and 300 KB a target; what ctest replays.
#
# Builds with clang into $LT_BUILD (build-fuzz). What was found stays in $LT_WORK (/tmp/lt-fuzz), so that the next
# campaign goes on from there; inputs that failed lie in $LT_WORK/TARGET.failed. LT_PROCESSORS: how many at once.
set -eu
cd "$(dirname "$0")/../.."
BUILD=${LT_BUILD:-build-fuzz}
WORK=${LT_WORK:-/tmp/lt-fuzz}
PROCESSORS=${LT_PROCESSORS:-$(nproc)}
SANITIZERS="allocator_may_return_null=1:detect_leaks=1"

usage() {
    sed -n '2,10s/^# //p' "$0" >&2
    exit 64
}

targets() {
    for source in tests/fuzz/fuzz_*.c; do
        name=$(basename "$source" .c)
        echo "${name#fuzz_}"
    done
}

build() {
    cmake -S . -B "$BUILD" -G Ninja -DCMAKE_C_COMPILER=clang -DCMAKE_BUILD_TYPE=RelWithDebInfo \
        -DLT_SANITIZE=ON -DLT_FUZZ=ON >"$WORK/build.log" 2>&1 &&
        ninja -C "$BUILD" -j "$PROCESSORS" fuzzers >>"$WORK/build.log" 2>&1 || {
        tail -20 "$WORK/build.log" >&2
        exit 2
    }
}

# run TARGET LIMIT N: one turn; LIMIT is -max_total_time or -runs.
run() {
    mkdir -p "$WORK/$1" "$WORK/$1.failed"
    ASAN_OPTIONS=$SANITIZERS "$BUILD/tests/fuzz/fuzz_$1" -fork="$PROCESSORS" "$2=$3" -timeout=30 -rss_limit_mb=2048 \
        -ignore_crashes=1 -ignore_ooms=1 -ignore_timeouts=1 -artifact_prefix="$WORK/$1.failed/" \
        "$WORK/$1" "tests/fuzz/corpus/$1" >"$WORK/$1.log" 2>&1 || true
}

# row TARGET LIMIT N: what its log says, as a line of the table. "#12345: cov: 67 ft: 89 corp: 5 exec/s 6 ... time: 7s"
row() {
    failed=$(find "$WORK/$1.failed" -type f | wc -l)
    awk -v target="$1" -v limit="$2" -v whole="$3" -v failed="$failed" '
        /^#[0-9]+: cov: / {
            split($1, n, /[#:]/); runs = n[2]; edges = $3
            for (i = 1; i <= NF; i++) if ($i == "time:") time = $(i + 1) + 0
            done = limit == "-runs" ? runs : time
            if (done <= whole / 4) quarter = edges
            if (done <= whole / 2) half = edges
        }
        END {
            if (runs == 0) { printf "| %s | 0 | | | | | it did not run | %d |\n", target, failed; exit }
            printf "| %s | %d | %d | %d | %d | %d | %s | %d |\n", target, runs, runs / (time > 0 ? time : 1), quarter, half, edges,
                   edges == half ? "none: a plateau" : "+" (edges - half), failed
        }' "$WORK/$1.log"
}

# campaign LIMIT N TARGET...
campaign() {
    limit=$1
    whole=$2
    shift 2
    build
    : >"$WORK/table"
    echo "| target | executions | a second | edges at 1/4 | at 1/2 | at the end | new in the last half | failed |"
    echo "|---|---|---|---|---|---|---|---|"
    for target; do
        [ -f "tests/fuzz/fuzz_$target.c" ] || usage
        run "$target" "$limit" "$whole"
        row "$target" "$limit" "$whole" | tee -a "$WORK/table"
    done
    awk -F'|' -v cores="$PROCESSORS" -v limit="$limit $whole" '
        { runs += $3; failed += $9 }
        END { printf "\n%d executions in %d targets (%s each) on %d processors, %d failed\n", runs, NR, limit, cores, failed
              exit failed > 0 }' "$WORK/table"
}

# keep TARGET: the smallest inputs first, as many as fit.
keep() {
    [ -d "$WORK/$1" ] || return 0
    rm -rf "$WORK/$1.small"
    mkdir "$WORK/$1.small"
    "$BUILD/tests/fuzz/fuzz_$1" -set_cover_merge=1 "$WORK/$1.small" "tests/fuzz/corpus/$1" "$WORK/$1" >"$WORK/$1.merge" 2>&1
    find "$WORK/$1.small" -type f -printf '%s %p\n' | sort -n | (
        count=$(find "tests/fuzz/corpus/$1" -type f | wc -l)
        bytes=$(find "tests/fuzz/corpus/$1" -type f -printf '%s\n' | awk '{ n += $1 } END { print n + 0 }')
        while read -r size path; do
            count=$((count + 1))
            bytes=$((bytes + size))
            { [ "$count" -gt 200 ] || [ "$bytes" -gt 300000 ]; } && break
            cmp -s "$path" "tests/fuzz/corpus/$1/found-$(basename "$path" | cut -c1-12)" ||
                cp "$path" "tests/fuzz/corpus/$1/found-$(basename "$path" | cut -c1-12)"
        done
    )
    echo "$1: $(find "tests/fuzz/corpus/$1" -type f | wc -l) inputs"
}

mkdir -p "$WORK"
TMPDIR=$(mktemp -d /dev/shm/lt-campaign-XXXXXX)
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
trap 'exit 130' INT TERM
case "${1:-}" in
--keep)
    shift
    [ $# -gt 0 ] || set -- $(targets)
    build
    for target; do keep "$target"; done
    ;;
--runs)
    case "${2:-}" in '' | *[!0-9]*) usage ;; esac
    count=$2
    shift 2
    [ $# -gt 0 ] || set -- $(targets)
    campaign -runs "$count" "$@"
    ;;
'' | *[!0-9]*) usage ;;
*)
    minutes=$1
    shift
    [ $# -gt 0 ] || set -- $(targets)
    seconds=$((minutes * 60 / $#))
    [ "$seconds" -ge 4 ] || seconds=4
    campaign -max_total_time "$seconds" "$@"
    ;;
esac
