#!/usr/bin/env bash
# demo.sh - the main job, whole: five published reviews and some sample rows go in at eight offices,
# through hubs of a district (807), a province (80) and the nation (VN), and come out as figures.
#
#   packaging/demo.sh               stays up until Ctrl-C
#   packaging/demo.sh --once        leaves with 0 when all has converged, with an error if it has not
#   packaging/demo.sh --dir D       keeps its state in D (which must be empty or new)
#   packaging/demo.sh --json        the last line of the output names every process as JSON
#
# Installs what is missing through apt, builds in build/, and changes nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."
# shellcheck source=packaging/need.sh
. packaging/need.sh

once='' dir='' json='' kept=''
while [ $# -gt 0 ]; do
    case $1 in
    --once) once=1 ;;
    --json) json=1 ;;
    --dir) [ $# -ge 2 ] || { echo "demo.sh: --dir needs a folder" >&2; exit 64; }; dir=$2; kept=1; shift ;;
    -h | --help) sed -n '2,10p' "$0" | sed 's/^# \{0,1\}//'; exit 0 ;;
    *) echo "demo.sh: unknown option $1 (see --help)" >&2; exit 64 ;;
    esac
    shift
done

need "${BUILD_PACKAGES[@]}"
cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=Release -DLT_TESTS=OFF >/dev/null
ninja -C build --quiet
hub=$PWD/build/hub/lienthong-hub
agent=$PWD/build/agent/lienthong-agent
data=$PWD/packaging/demo

if [ -n "$dir" ]; then
    mkdir -p "$dir"
    dir=$(cd "$dir" && pwd)
    [ -z "$(ls -A "$dir")" ] || { echo "demo.sh: $dir is not empty" >&2; exit 64; }
else
    dir=$(mktemp -d)
fi

pids=()
finish() {
    trap - EXIT INT TERM
    for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
    for pid in "${pids[@]}"; do wait "$pid" 2>/dev/null || true; done
    [ -n "$kept" ] || rm -rf "$dir"
}
trap finish EXIT
trap 'exit 0' INT TERM

next_port=47100
free_port() { # sets $port
    while (exec 3<>"/dev/tcp/127.0.0.1/$next_port") 2>/dev/null; do next_port=$((next_port + 1)); done
    port=$next_port
    next_port=$((next_port + 1))
}
code() { # HUB UNIT [--hub]: an invitation's code
    local from=$1
    shift
    "$hub" invite "$@" --dir "$dir/hub-$from" --json | sed -E 's/.*"code": *"([^"]+)".*/\1/' | tr -d '\n'
}
members=()
member() { # ROLE UNIT DIR PORT
    members+=("{\"role\":\"$1\",\"unit\":\"$2\",\"dir\":\"$3\",\"port\":$4}")
}
start_hub() { # UNIT: starts it and waits until it serves and holds all that its parent has
    local line
    exec {said}< <(exec "$hub" run --dir "$dir/hub-$1" 2>"$dir/hub-$1.log")
    pids+=("$!")
    for _ in ready settled; do
        read -r -t 60 -u "$said" line || {
            echo "demo.sh: hub $1 did not start:" >&2
            tail -5 "$dir/hub-$1.log" >&2
            exit 1
        }
    done
}
hub_below() { # UNIT PARENT
    free_port
    "$hub" init --join "$(code "$2" "$1" --hub)" --listen "tcp://127.0.0.1:$port" --dir "$dir/hub-$1" >/dev/null
    member hub "$1" "$dir/hub-$1" "$port"
    start_hub "$1"
}
office() { # UNIT HUB FILE...: an agent that joins, takes in its files and then runs unattended
    local unit=$1 at=$2 home=$dir/agent-${1/@/-} file
    shift 2
    "$agent" join "$(code "$at" "$unit")" --dir "$home" >/dev/null
    for file in "$@"; do
        "$agent" import "$data/$file" --dir "$home" >"$home.import" 2>&1 || {
            echo "demo.sh: $file at $unit:" >&2
            cat "$home.import" >&2
            exit 1
        }
    done
    "$agent" run --dir "$home" 2>"$home.log" &
    pids+=("$!")
    member agent "$unit" "$home" null
    offices+=("$home")
}

echo "== hubs: VN, 80 (Long An), 807 (Cần Giuộc)"
free_port
"$hub" init VN --name "Việt Nam" --listen "tcp://127.0.0.1:$port" --dir "$dir/hub-VN" >/dev/null
"$hub" units import "$data/units.csv" --dir "$dir/hub-VN" >/dev/null
"$hub" catalog import proto/catalogue.csv --dir "$dir/hub-VN" >/dev/null
"$hub" clusters import "$data/clusters.csv" --dir "$dir/hub-VN" >/dev/null
"$hub" list movements import "$data/movements.csv" --dir "$dir/hub-VN" >/dev/null
member hub VN "$dir/hub-VN" "$port"
start_hub VN
hub_below 80 VN
hub_below 807 80

echo "== offices: their reviews and sample rows"
offices=()
office 807 807 1-can-giuoc-2020.csv 1-can-giuoc-giao-uoc-2021.csv 1-can-giuoc-phong-trao.csv
office 28162 807 mau-28162-2023.csv
office 28165 807 mau-28165-2023.csv
office 297 VN 2-gia-loc-2015-2020.csv 2-gia-loc-dien-hinh.csv 2-gia-loc-phong-trao.csv
office 866 VN 3-cum-1-dong-thap-bang-diem.csv 3-cum-1-dong-thap-de-nghi.csv 3-cum-1-dong-thap-giao-uoc-2021.csv
office 902 VN 4-kien-luong-2018.csv 4-kien-luong-dien-hinh.csv
office 35 VN 5-ha-nam-2021.csv
office 30787@2025-07-01 VN mau-30787-2025.csv

echo "== waiting for the receipt of VN at every office"
for home in "${offices[@]}"; do
    "$agent" wait --timeout 60 --dir "$home" >/dev/null || {
        echo "demo.sh: not everything was counted:" >&2
        "$agent" status --dir "$home" >&2
        exit 1
    }
done

check() { # HUB PLACE YEAR WHERE... WANT: a figure must be as published
    local at=$1 place=$2 year=$3 want=${*: -1} got filters=() w
    for w in "${@:4:$#-4}"; do filters+=(--where "$w"); done
    got=$("$hub" figures --dir "$dir/hub-$at" --place "$place" --year "$year" --by code "${filters[@]}" --json |
        tr ',' '\n' | sed -nE 's/.*"quantity": *([0-9]+).*/\1/p' | awk '{n += $1} END {print n + 0}')
    [ "$got" = "$want" ] || { echo "demo.sh: at hub $at: $* expected, $got found" >&2; exit 1; }
}
for at in 80 VN; do
    check $at 80 2020 code=GK level=district recipient=collective 298
    check $at 80 2020 code=GK level=district recipient=individual 1454
    check $at 80 2020 code=BK_BT recipient=individual 61
    check $at 80 2023 code=GK 20
done
check VN 297 2015-2020 code=GK recipient=individual 65
check VN 297 2015-2020 kind=exemplar 90
check VN 87 2020 kind=score 3
check VN 87 2020 kind=proposal 3
check VN 91 2018 code=LDTT 265
check VN 35 2021 kind=movement 3
check VN 91@2025-07-01 2025 code=GK 6

# The pages of the top's hub, for this machine alone and without accounts: it is a demo.
exec {said}< <(exec "$hub" web --open --listen 127.0.0.1:0 --dir "$dir/hub-VN" 2>"$dir/web-VN.log")
pids+=("$!")
read -r -t 60 -u "$said" _ address || {
    echo "demo.sh: the web did not start:" >&2
    tail -5 "$dir/web-VN.log" >&2
    exit 1
}

for at in 807 80 VN; do
    echo
    echo "== figures --place 80 --year 2020, at hub $at"
    place=80
    [ $at = 807 ] && place=807
    "$hub" figures --dir "$dir/hub-$at" --place $place --year 2020 --by code,level,recipient
done
echo
echo "== all places, 2018 to 2025, at VN"
"$hub" figures --dir "$dir/hub-VN" --place VN --year 2018..2025 --by year,place,code,recipient
echo
echo "== Gia Lộc's five years, which are added to no single year, at VN"
"$hub" figures --dir "$dir/hub-VN" --place 297 --year 2015-2020 --by code,recipient
echo
echo "== all kinds of records, at VN"
"$hub" figures --dir "$dir/hub-VN" --place VN --year 2018..2025 --by kind,year,place
echo
echo "== who stood where in a cluster of Đồng Tháp, at VN"
"$hub" clusters --dir "$dir/hub-VN" --place 87 --year 2020
echo
echo "== Cần Giuộc's year-end review as a text, at VN"
"$hub" review --dir "$dir/hub-VN" --place 807 --year 2020
echo
echo "Everything was counted once, and each office holds the receipt of VN."
echo "Look at it in a browser: $address"
echo "Look further, for example:"
echo "  $hub records --dir $dir/hub-VN --place VN --year 2020"
echo "  $hub status  --dir $dir/hub-80"
echo "  $hub audit   --dir $dir/hub-VN"
echo "  $agent status --dir ${offices[0]}"
[ -z "$json" ] || (IFS=,; echo "{\"members\":[${members[*]}]}")
[ -z "$once" ] || exit 0
echo "Running until Ctrl-C." >&2
wait "${pids[@]}"
