#!/usr/bin/env bash
# run.sh - the agent for Windows under wine, joined to native hubs: a command of its own, not part of tests/run.sh.
#
#   tests/windows/run.sh [CASE...]     cases of tests/windows/pc.py and tests/drop/clerk.py
#
# As root, or with sudo: installs wine and what building needs, builds the agent and its installer (packaging/windows/installer.sh) and, where
# LT_HUB names none, the hub. wine's own folder is a temporary one. A case is judged by the line "ok CASE", and by what the
# hubs and the files say, not by exit codes alone.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
need wine64 python3 python3-openpyxl
packaging/windows/installer.sh
if [ -z "${LT_HUB:-}" ]; then
    need "${BUILD_PACKAGES[@]}"
    cmake -S . -B build-windows/native -G Ninja -DLT_TESTS=OFF >/dev/null
    ninja -j2 -C build-windows/native --quiet lienthong-hub
    LT_HUB=$PWD/build-windows/native/hub/lienthong-hub
fi
wine=$(command -v wine64 || echo /usr/lib/wine/wine64)
server=$(dirname "$(readlink -f "$wine")")/wineserver64

work=$(mktemp -d)
other=(setpriv --reuid=65534 --regid=65534 --clear-groups env WINEPREFIX="$work/other-pc/wine" HOME="$work/other-pc")
finish() {
    exec 9>&-
    timeout 60 "$server" -k 2>/dev/null || true # it may have ended by itself
    [ ! -d "$work/other-pc" ] || timeout 60 "${other[@]}" "$server" -k 2>/dev/null || true
    rm -rf "$work"
}
trap finish EXIT
export WINEPREFIX=$work/wine WINEDEBUG=-all LT_HUB LT_SOURCE=$PWD LT_AGENT=$work/agent LT_WINE=$wine PYTHONDONTWRITEBYTECODE=1
export LT_SETUP=$PWD/build-windows/lienthong-agent-setup.exe
# Arguments come in UTF-8 where LC_CTYPE says so; the program's language is the caller's.
cat >"$LT_AGENT" <<WRAPPER
#!/bin/sh
export LC_CTYPE=C.UTF-8 LC_MESSAGES="\${LC_ALL:-\$LANG}"
unset LC_ALL
exec "$wine" "$PWD/build-windows/lienthong-agent.exe" "\$@"
WRAPPER
chmod +x "$LT_AGENT"
# What makes its folder ends before it is started again: its services do not answer when one start follows another at once.
LC_CTYPE=C.UTF-8 "$wine" wineboot -i >/dev/null 2>&1 || true
timeout 60 "$server" -w
# What wine runs in the background keeps the output of the program that it was started by: of one that lives as long as this.
exec 9> >(LC_CTYPE=C.UTF-8 "$wine" cmd >/dev/null 2>&1)
version=$("$LT_AGENT" --version 2>/dev/null) && [ "${version%% *}" = lienthong-agent ] || { echo "run.sh: wine does not run the agent" >&2; exit 1; }
for process in /proc/[0-9]*; do
    [ "$(readlink "$process/exe")" = "$server" ] || continue
    ! tr '\0' '\n' <"$process/environ" | grep -qx "WINEPREFIX=$WINEPREFIX" || export LT_WATCHER=${process#/proc/}
done

# Another PC, of another user.
cat >"$work/other" <<WRAPPER
#!/bin/sh
export LC_CTYPE=C.UTF-8 LC_MESSAGES="\${LC_ALL:-\$LANG}"
unset LC_ALL
exec ${other[*]} "$wine" "$work/agent.exe" "\$@"
WRAPPER
export LT_OTHER=$work/other LT_OTHER_DRIVE=$work/other-pc/wine/drive_c
if [ "$(id -u)" -eq 0 ]; then
    chmod 755 "$work" "$work/other"
    cp build-windows/lienthong-agent.exe "$work/agent.exe"
    mkdir -p "$LT_OTHER_DRIVE"
    chown -R 65534:65534 "$work/other-pc"
    "$LT_OTHER" --version >/dev/null 2>&1 9>&-
fi

passed=0 failed=0
cases=("$@")
[ $# -gt 0 ] || cases=(pc.py:letters pc.py:killed pc.py:kept pc.py:bound pc.py:service pc.py:installer clerk.py:story clerk.py:places clerk.py:templates clerk.py:unfinished
    clerk.py:killed clerk.py:ten_thousand)
for case in "${cases[@]}"; do
    if [ "$case" = pc.py:bound ] && [ "$(id -u)" -ne 0 ]; then
        echo "not run, as root alone: $case"
        continue
    fi
    file=${case%%:*} name=${case#*:}
    if [ "$file" = clerk.py ]; then file=tests/drop/clerk.py; else file=tests/windows/pc.py; fi
    if timeout 300 /usr/bin/python3 "$file" "$name" >"$work/log" 2>&1 && [ "$(tail -n 1 "$work/log")" = "ok $name" ]; then
        passed=$((passed + 1))
        echo "ok $case"
    else
        failed=$((failed + 1))
        echo "FAILED $case"
        tail -n 20 "$work/log"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
