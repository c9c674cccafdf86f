#!/usr/bin/env bash
# format.sh - every C file is as .clang-format would write it.
set -euo pipefail
cd "$SOURCE"
files=$(find proto agent hub tests -name '*.[ch]' | sort)
count=$(printf '%s\n' "$files" | grep -c . || true)
[ "$count" -ge 10 ] || { echo "format: only $count files selected"; exit 1; }
printf '%s\n' "$files" | xargs clang-format --dry-run -Werror
echo "format: $count files are in form"
