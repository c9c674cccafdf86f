#!/usr/bin/env bash
# run.sh - the Debian packages, installed in a Debian 12 that has nothing else, do the main job there to a receipt.
#
#   tests/packages/run.sh [--debs DIR]     packages built before by packaging/deb.sh; else they are built first
#
# As root. debootstrap makes the system in a folder of its own; what is installed, started and removed is in there. Not
# part of tests/run.sh: it takes minutes and the network of the package mirror.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
[ "$(id -u)" -eq 0 ] || { echo "run.sh: as root, for chroot" >&2; exit 1; }
need debootstrap python3 curl
debs=''
[ "${1:-}" = --debs ] && debs=${2:?run.sh: --debs needs a folder}

work=$(mktemp -d)
system=$work/system
pids=()
finish() {
    trap - EXIT INT TERM
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    for at in proc dev/pts dev; do umount "$system/$at" 2>/dev/null || true; done
    mountpoint -q "$system/proc" || mountpoint -q "$system/dev" || rm -rf "$work"
}
trap finish EXIT
trap 'exit 1' INT TERM
fail() { echo "run.sh: $*" >&2; tail -n 5 "$work"/*.log | tail -n 60 >&2 || true; exit 1; }
# With `run=exec` the caller's shell becomes the command, so that its process id is the command's.
inside() {
    ${run:-} chroot "$system" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=en_US.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}
as() { # USER COMMAND...
    inside setpriv --reuid "$1" --regid "$1" --clear-groups env HOME="/var/lib/$1" "${@:2}"
}

if [ -z "$debs" ]; then
    packaging/deb.sh --out "$work/debs"
    debs=$work/debs
fi

echo "== a Debian 12"
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' 'Component: main' | head -1)
debootstrap --variant=minbase bookworm "$system" "$mirror" >"$work/debootstrap.log" 2>&1 || fail "debootstrap"
mount -t proc proc "$system/proc"
mount --bind /dev "$system/dev"
apt-config dump | grep '^Acquire::' >"$system/etc/apt/apt.conf.d/99host" || true
printf '#!/bin/sh\nexit 101\n' >"$system/usr/sbin/policy-rc.d" # nothing is started by installing
chmod +x "$system/usr/sbin/policy-rc.d"
mkdir "$system/debs"
cp "$debs"/lienthong-{agent,hub,doc}_*.deb "$system/debs"

echo "== installed"
inside apt-get update -qq >"$work/apt.log" 2>&1 || fail "apt-get update"
install_all() { inside sh -c 'apt-get install -y -qq --no-install-recommends "$@" /debs/*.deb' - "$@" >"$work/apt.log" 2>&1 || fail "installing"; }
install_all
for user in lienthong-agent lienthong-hub; do
    [ "$(inside stat -c '%a %U %G' "/var/lib/$user")" = "700 $user $user" ] || fail "/var/lib/$user: rights"
    inside test -f "/usr/share/bash-completion/completions/$user" || fail "no completion for $user"
done
for page in lienthong-agent lienthong-hub lienthong-check; do
    [ -s "$system/usr/share/man/man1/$page.1.gz" ] || fail "no manual page $page"
done

# What ExecStart of a unit says, as systemd would start it, with a socket that hears what it notifies.
serve() { # UNIT USER
    local line command
    line=$(sed -n 's/^ExecStart=//p' "$system/usr/lib/systemd/system/$1.service" "$system/lib/systemd/system/$1.service" 2>/dev/null | head -1)
    [ -n "$line" ] || fail "$1.service has no ExecStart"
    read -ra command <<<"${line//\$WEB_OPTIONS/--listen 127.0.0.1:$web_port}"
    run=exec as "$2" NOTIFY_SOCKET="/run/$1.notify" WATCHDOG_USEC=2000000 "${command[@]}" >"$work/$1.log" 2>&1 &
    pids+=("$!")
}
cat >"$work/notified.py" <<'PYTHON'
"""notified.py SOCKET WORD...: waits until each word was said to SOCKET, which it makes; 60 s at most. "made" first."""
import os, socket, sys
heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
heard.bind(sys.argv[1])
os.chmod(sys.argv[1], 0o666)
heard.settimeout(60)
print("made", flush=True)
for word in sys.argv[2:]:
    while word not in heard.recv(4096).decode().split("\n"):
        pass
PYTHON
start() { # UNIT USER: until it has said that it is ready, and then that it is alive
    local words=(READY=1) said
    [ "$1" = lienthong-web ] || words+=(WATCHDOG=1 WATCHDOG=1)
    coproc NOTIFIED { exec python3 "$work/notified.py" "$system/run/$1.notify" "${words[@]}"; }
    local listener=$NOTIFIED_PID
    read -r said <&"${NOTIFIED[0]}" && [ "$said" = made ] || fail "the socket for $1"
    serve "$1" "$2"
    wait "$listener" || fail "$1 did not say ${words[*]}"
    rm -f "$system/run/$1.notify"
}
free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
port=$(free_port)
web_port=$(free_port)

echo "== a hub, its pages and an agent, as their services start them"
as lienthong-hub lienthong-hub init VN --name "Việt Nam" --listen "tcp://127.0.0.1:$port" >"$work/init.log" 2>&1 || fail "init"
cp packaging/demo/units.csv packaging/demo/mau-28162-2023.csv "$system/tmp"
as lienthong-hub lienthong-hub units import /tmp/units.csv >"$work/units.log" 2>&1 || fail "units import"
as lienthong-hub lienthong-hub catalog import /usr/share/lienthong-hub/catalogue.csv >"$work/catalog.log" 2>&1 || fail "catalog import"
start lienthong-hub lienthong-hub
start lienthong-web lienthong-hub
[ "$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$web_port/livez")" = 200 ] || fail "/livez"
curl -s "http://127.0.0.1:$web_port/login" | grep -q '<code>sudo -u lienthong-hub lienthong-hub accounts add NAME</code>' ||
    fail "the pages do not name commands as the package has them"
as lienthong-agent lienthong-agent init >"$work/agent-init.log" 2>&1 || fail "agent init"
start lienthong-agent lienthong-agent
code=$(as lienthong-hub lienthong-hub invite 28162 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["code"])')
as lienthong-agent lienthong-agent join "$code" >"$work/join.log" 2>&1 || fail "join"
as lienthong-agent lienthong-agent wait --timeout 60 >"$work/wait.log" 2>&1 || fail "the hub's directives did not come"
as lienthong-agent lienthong-agent import /tmp/mau-28162-2023.csv >"$work/import.log" 2>&1 || fail "import"
as lienthong-agent lienthong-agent wait --timeout 60 >"$work/wait.log" 2>&1 || fail "no receipt of the top"
status() { as lienthong-agent lienthong-agent status --json; }
told=$(status | python3 -c 'import json, sys; s = json.load(sys.stdin); print(s["counted"], s["updates"])')
[ "$told" = "1 1" ] || fail "counted, updates: $told"

echo "== installed over, removed, purged"
for pid in "${pids[@]}"; do kill "$pid"; done
for pid in "${pids[@]}"; do wait "$pid" || fail "a service ended with $?"; done
pids=()
install_all --reinstall
[ "$(status | python3 -c 'import json, sys; print(json.load(sys.stdin)["counted"])')" = 1 ] || fail "installing over lost what was counted"
inside apt-get remove -y -qq lienthong-agent lienthong-hub >"$work/apt.log" 2>&1 || fail "removing"
for file in lienthong-agent/sign.key lienthong-agent/store/data.mdb lienthong-hub/sign.key lienthong-hub/store/data.mdb; do
    [ -s "$system/var/lib/$file" ] || fail "removing the package removed $file"
done
inside apt-get purge -y -qq lienthong-agent lienthong-hub >"$work/apt.log" 2>&1 || fail "purging"
for user in lienthong-agent lienthong-hub; do
    grep -q "$user: removing /var/lib/$user" "$work/apt.log" || fail "purging did not say what it removes"
    [ ! -e "$system/var/lib/$user" ] || fail "purging left /var/lib/$user"
done
echo "the packages: installed, served to a receipt, removed and purged"
