#!/usr/bin/env bash
# The services of the packages are as closed as systemd can make what talks to a network: systemd's own measure, in tenths.
set -euo pipefail
said=$(mktemp)
trap 'rm -f "$said"' EXIT
good=0
measure() { # FILE THRESHOLD
    systemd-analyze security --offline=true --threshold="$2" "$1" >"$said" 2>&1 || {
        echo "$1: over $2: $(tail -n 1 "$said")" >&2
        good=1
    }
}
measure "$SOURCE/packaging/debian/lienthong-agent.service" 18
measure "$SOURCE/packaging/debian/lienthong-hub.lienthong-hub.service" 15
measure "$SOURCE/packaging/debian/lienthong-hub.lienthong-web.service" 15
exit $good
