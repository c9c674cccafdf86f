#!/usr/bin/env bash
# tarball.sh - the static agent in a folder that holds nothing else does the main job to a receipt; two builds are the same bytes.
#
#   LT_HUB=build/hub/lienthong-hub tests/packages/tarball.sh [--tarball FILE]     one built before; else it is built, twice
#
# As root, for chroot. Not part of tests/run.sh: it builds everything twice.
set -euo pipefail
cd "$(dirname "$0")/../.."
[ "$(id -u)" -eq 0 ] || { echo "tarball.sh: as root, for chroot" >&2; exit 1; }
hub=$(realpath "${LT_HUB:?tarball.sh: LT_HUB is a lienthong-hub of this system}")
work=$(mktemp -d)
empty=$work/empty
pids=()
finish() {
    trap - EXIT
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    umount "$empty/proc" 2>/dev/null || true
    mountpoint -q "$empty/proc" || rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
fail() { echo "tarball.sh: $*" >&2; tail -n 5 "$work"/*.log >&2 || true; exit 1; }

if [ "${1:-}" = --tarball ]; then
    mkdir "$work/one"
    cp "${2:?tarball.sh: --tarball needs a file}" "$work/one"
else
    packaging/tarball.sh --out "$work/one"
    packaging/tarball.sh --out "$work/two"
    cmp "$work"/one/*.tar.gz "$work"/two/*.tar.gz || fail "two builds differ"
fi

# No library, no /proc, no /dev, no /etc: the program and a file.
mkdir -p "$empty/tmp"
tar -C "$work" -xzf "$work"/one/*.tar.gz
cp "$work"/lienthong-agent-*/bin/lienthong-agent "$empty"
cp packaging/demo/mau-28162-2023.csv "$empty/tmp"
[ "$(find "$empty" -type f | wc -l)" -eq 2 ] || fail "the folder is not empty"
agent() { chroot "$empty" /lienthong-agent "$@" --dir /site --lang en; }

port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export LIENTHONG_HUB_DIR=$work/hub LC_ALL=C.UTF-8
"$hub" init VN --name "Việt Nam" --listen "tcp://127.0.0.1:$port" >"$work/init.log"
"$hub" units import packaging/demo/units.csv >"$work/units.log"
"$hub" catalog import proto/catalogue.csv >"$work/catalog.log"
coproc SERVES { exec "$hub" run 2>"$work/hub.log"; }
pids+=("$SERVES_PID")
said=''
while [[ $said != ready* ]]; do read -r -t 60 said <&"${SERVES[0]}" || fail "the hub does not serve"; done
[ "$(agent --version)" = "lienthong-agent $(sed -n 's/^project(lienthong VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)" ] || fail "--version"
agent join "$("$hub" invite 28162 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["code"])')" >"$work/join.log"
agent import /tmp/mau-28162-2023.csv >"$work/import.log"
agent run --once --timeout 60 2>"$work/run.log" || fail "no receipt of the top"
told=$(agent status --json | python3 -c 'import json, sys; s = json.load(sys.stdin); print(s["counted"], s["updates"], s["drafts"])')
[ "$told" = "1 1 0" ] || fail "counted, updates, drafts: $told"
# What every Linux has: workbooks are made in memory, through /proc.
mkdir "$empty/proc"
mount -t proc proc "$empty/proc"
agent export --output /tmp/out.xlsx >"$work/export.log"
[ -s "$empty/tmp/out.xlsx" ] || fail "no workbook"
agent import --dry-run /tmp/out.xlsx >"$work/again.log" || fail "its own workbook"
# Its own resolver, with no module of this system.
mkdir -p "$empty/etc"
echo "127.0.0.1 hub.example" >"$empty/etc/hosts"
agent join "$("$hub" invite 28162 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["code"])')" \
    --endpoint "tcp://hub.example:$port" >"$work/join-by-name.log" || fail "a name"
agent doctor >"$work/doctor.log" || fail "doctor: $(cat "$work/doctor.log")"
grep -q "OK      link: VN (tcp://hub.example:$port)" "$work/doctor.log" || fail "doctor: $(cat "$work/doctor.log")"
echo "the static agent: to a receipt in an empty folder"
