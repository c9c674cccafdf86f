#!/usr/bin/env bash
# shape.sh - functions under 60 lines, files under 500, no unfinished work left in the product.
set -euo pipefail
cd "$SOURCE"
files=$(find proto agent hub -name '*.[ch]' | sort)
[ "$(printf '%s\n' "$files" | grep -c .)" -ge 10 ] || { echo "shape: too few files found"; exit 1; }
bad=$( { wc -l $files | awk '$2 != "total" && $1 > 500 {print $2 ": " $1 " lines"}'
         ctags --languages=C --kinds-C=f --fields=+ne -f - $files | awk -F'\t' '{
             line = 0; end = 0
             for (i = 4; i <= NF; i++) { if ($i ~ /^line:/) line = substr($i, 6); if ($i ~ /^end:/) end = substr($i, 5) }
             if (end - line >= 60) print $2 ": " $1 " has " end - line + 1 " lines" }'
         grep -nE '\b(TODO|FIXME|XXX)\b' $files; } || true)
if [ -n "$bad" ]; then
    echo "shape:"
    printf '%s\n' "$bad"
    exit 1
fi
echo "shape: $(printf '%s\n' "$files" | wc -l) files are within bounds"
