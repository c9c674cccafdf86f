#!/usr/bin/env bash
# check.sh - lienthong-check is made of proto/ and its own few functions, and calls nothing of stores or networks.
# CHECK: the program; ARCHIVE, SCHEMA: the static libraries of proto/.
set -euo pipefail
[ -s "$CHECK" ] || { echo "check: no program at $CHECK"; exit 1; }
libraries=$(readelf -d "$CHECK" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p')
[ -n "$libraries" ] || { echo "check: the program needs no library at all: not the program"; exit 1; }
bad=$(printf '%s\n' "$libraries" | grep -vE '^(libprotobuf-c|libsodium|libc|libm|libgcc_s|ld-linux.*|libasan|libubsan|libclang_rt.*)\.so' || true)
own=$(nm --defined-only "$CHECK" | awk '$2 == "T" && $3 ~ /^lt_/ {print $3}' | sort -u)
[ "$(printf '%s\n' "$own" | wc -l)" -ge 20 ] || { echo "check: too few functions found in $CHECK"; exit 1; }
proto=$(nm --defined-only "$ARCHIVE" "$SCHEMA" | awk '$2 == "T" {print $3}' | sort -u)
bad="$bad$(comm -23 <(printf '%s\n' "$own") <(printf '%s\n' "$proto") | grep -vE '^lt_show_' || true)"
# What a sanitizer wraps is in the program, but is not the program's.
if ! printf '%s\n' "$libraries" | grep -q asan && ! nm "$CHECK" | grep -q __asan_init; then
    bad="$bad$(nm -u "$CHECK" | awk '{print $2}' | grep -E '^(socket|connect|bind|listen|send|recv|mdb_|zmq_|popen|system|exec|fork)' || true)"
fi
if [ -n "$bad" ]; then
    echo "check: lienthong-check is made of more than proto/:"
    printf '  %s\n' $bad
    exit 1
fi
echo "check: $(printf '%s\n' "$own" | wc -l) functions, all of proto/ or its own"
