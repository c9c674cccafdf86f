#!/usr/bin/env bash
# arrow.sh - no include runs against proto <- agent <- hub, hub/check includes proto/ alone, and proto/ includes no
# system header of I/O.
set -euo pipefail
cd "$SOURCE"
files=$(find proto agent hub -name '*.[ch]' | sort)
[ "$(printf '%s\n' "$files" | wc -l)" -ge 10 ] || { echo "arrow: too few files found"; exit 1; }
bad=$( { grep -nE '#include "(agent|hub|tests)/' proto/*.[ch]
         grep -nE '#include "(hub|tests)/' agent/*.[ch]
         grep -nE '#include "tests/' hub/*.[ch] hub/check/*.[ch]
         grep -nE '#include "' hub/check/*.[ch] | grep -vE '#include "(proto|hub/check)/'
         grep -nE '#include <(stdio|time|unistd|fcntl|pthread|lmdb|zmq|sys/.*|netinet/.*|poll|signal)\.h>' proto/*.[ch] | grep -v '<stdio.h>'
         grep -nE '#include "[^/"]+"' $files; } || true)
if [ -n "$bad" ]; then
    echo "arrow: includes against proto <- agent <- hub, or not from the root:"
    printf '%s\n' "$bad"
    exit 1
fi
echo "arrow: $(printf '%s\n' "$files" | wc -l) files follow it"
