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
# And the agent's may run a release from its folder (fexecve: execveat), which is all of the disk that it may write to.
unit=$SOURCE/packaging/debian/lienthong-agent.service
within() { systemd-analyze syscall-filter "$1" 2>/dev/null | grep -qx "    $2"; }
if grep -qE '^(NoExecPaths|MountFlags|TemporaryFileSystem)=' "$unit" || ! grep -qx 'SystemCallFilter=@system-service' "$unit" ||
    ! within @system-service @process || ! within @process execveat || within @privileged execveat || within @resources execveat; then
    echo "$unit: a release could not be run from the service's folder" >&2
    good=1
fi
exit $good
