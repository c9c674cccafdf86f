#!/usr/bin/env bash
# exceptions.sh - every exception that tests/analyse.sh lets pass has its reason beside it.
set -euo pipefail
cd "$SOURCE"
bad=""

# .clang-tidy: a check that is left out stands in the comment above as `-check: why` or among several before one colon.
left_out=$(sed -n '/^Checks:/,/^[A-Z]/s/^  -\([a-zA-Z][^,]*\),\{0,1\}$/\1/p' .clang-tidy)
[ "$(printf '%s\n' "$left_out" | grep -c .)" -ge 5 ] || { echo "exceptions: no checks found in .clang-tidy"; exit 1; }
for check in $left_out; do
    grep -E "^# (-[a-zA-Z0-9.-]+, )*-${check//./\\.}(, -[a-zA-Z0-9.-]+)*: .{15}" .clang-tidy >/dev/null || bad="$bad
.clang-tidy: -$check: why?"
done

# In the code: NOLINT(check): why, with the check named; `cppcheck-suppress id ; why`.
marks=$(grep -rnE 'NOLINT|cppcheck-suppress' proto agent hub --include='*.[ch]' || true)
[ "$(printf '%s\n' "$marks" | grep -c .)" -ge 5 ] || { echo "exceptions: too few found in the code"; exit 1; }
bad="$bad$(printf '%s\n' "$marks" | grep -vE 'NOLINT(NEXTLINE)?\([a-zA-Z][a-zA-Z0-9.,-]+\): .{10}|cppcheck-suppress [a-zA-Z]+ ; .{10}' | sed '1s/^/\n/' || true)"

# Lists: a comment stands above each group of exceptions; an empty line ends a group.
lists=$(find tests/analyse -name '*.exceptions')
[ -n "$lists" ] || { echo "exceptions: no lists found"; exit 1; }
# shellcheck disable=SC2086
bad="$bad$(awk 'FNR == 1 || /^$/ {why = 0} /^#./ {why = 1} /^[^#]/ && !why {print "\n" FILENAME ": " $0 ": why?"}' $lists)"
if [ -n "$bad" ]; then
    echo "exceptions without a reason:$bad"
    exit 1
fi
echo "exceptions: $(printf '%s\n' "$left_out" | wc -l) checks left out, $(printf '%s\n' "$marks" | wc -l) marks, $(cat $lists | grep -c '^[^#]') in lists, each with its reason"
