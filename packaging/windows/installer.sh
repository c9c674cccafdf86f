#!/usr/bin/env bash
# installer.sh - makes build-windows/lienthong-agent-setup.exe, by Debian's NSIS, of the agent that build.sh makes.
set -euo pipefail
cd "$(dirname "$0")/../.."
# shellcheck source=packaging/need.sh
. packaging/need.sh
need nsis
packaging/windows/build.sh
version=$(sed -n 's/^project(lienthong VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
out=$PWD/build-windows/lienthong-agent-setup.exe
# Whatever NSIS warns of is a fault; time and place of the building are not in it.
makensis -V2 -WX -NOCD "-DVERSION=$version" "-DPROGRAM=$PWD/build-windows/lienthong-agent.exe" "-DOUT=$out" packaging/windows/installer.nsi >&2
echo "build-windows/lienthong-agent-setup.exe: $(stat -c %s "$out") bytes"
