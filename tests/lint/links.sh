#!/usr/bin/env bash
# links.sh - what the docs link to and picture is there, in the docs' own folder or above it.
set -euo pipefail
cd "$SOURCE"
count=0 lacking=
while IFS=: read -r file target; do
    count=$((count + 1))
    [ -e "$(dirname "$file")/$target" ] || lacking+="$file: $target"$'\n'
done < <(grep -oHE '\]\([^)#: ]+[)#]' -r README.md CHANGELOG.md docs --include='*.md' | sed -E 's/:\]\(/:/; s/[)#]$//')
[ "$count" -ge 20 ] || { echo "links: too few found"; exit 1; }
if [ -n "$lacking" ]; then
    printf 'links: not there:\n%s' "$lacking"
    exit 1
fi
echo "links: $count, all there"
