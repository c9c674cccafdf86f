# coverage.sh - sourced by run.sh --coverage: which lines and branches of proto/, agent/ and hub/ the tests run.
#
# A build of its own (build-coverage: gcc, -O0, counters in the three folders and the programs; generated code has
# none). Left out of the tests: the simulator's seeds and the recount's campaigns (minutes each at -O0, and the same code
# as the rest), lint, and the faults that kill what they look at, since a killed process loses its counters.
# Fails when a test fails, or when less than PROTO_BRANCHES of the branches of proto/ were taken.

PROTO_BRANCHES=95.0

coverage() {
    local failed=0
    cmake -S . -B build-coverage -G Ninja -DCMAKE_C_COMPILER=gcc -DCMAKE_BUILD_TYPE=Debug \
        -DCMAKE_C_FLAGS_DEBUG="-g -O0" -DLT_COVERAGE=ON >/dev/null
    ninja -C build-coverage -j "$(nproc)" --quiet
    find build-coverage -name '*.gcda' -delete
    ctest --test-dir build-coverage --output-on-failure -j "$(nproc)" \
        -E '^(lint|sim|recount)/|^fault/(flip|killed|power)|killed' "$@" || failed=1
    tests/coverage.py build-coverage --at-least proto="$PROTO_BRANCHES" || failed=1
    return $failed
}
