#!/usr/bin/env bash
# claims.sh - every test that docs/security.md names is there, and every line of its tables names one.
set -euo pipefail
cd "$SOURCE"
tests=$("$CTEST" --test-dir "$BUILD" -N | sed -n 's/^ *Test *#[0-9]*: //p' | sort)
named=$(grep -oE '`[a-z_]+/[a-z0-9_]+`' docs/security.md | tr -d '`' | sort -u)
[ "$(printf '%s\n' "$named" | grep -c .)" -ge 50 ] || { echo "claims: too few names found"; exit 1; }
lacking=$(comm -23 <(printf '%s\n' "$named") <(printf '%s\n' "$tests"))
bare=$(grep -nE '^\| ' docs/security.md | grep -vE '^[0-9]+:\| (tries|what) \|' | grep -v '`[a-z_]*/[a-z0-9_]*`' | grep -v 'nothing in this program' || true)
if [ -n "$lacking$bare" ]; then
    echo "claims: tests that are not there, or lines without one:"
    printf '%s\n' "$lacking" "$bare"
    exit 1
fi
echo "claims: $(printf '%s\n' "$named" | wc -l) tests are named, and there"
