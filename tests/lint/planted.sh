#!/usr/bin/env bash
# planted.sh - each guard is shown a violation and must refuse it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r "$SOURCE/proto" "$SOURCE/agent" "$SOURCE/hub" "$SOURCE/.clang-format" "$SOURCE/.clang-tidy" "$work/"
mkdir "$work/tests"

refused() { # GUARD WHAT
    if SOURCE=$work ARCHIVE=${3:-$ARCHIVE} bash "$here/$1.sh" >"$work/said" 2>&1; then
        echo "planted: $1 let $2 pass"
        exit 1
    fi
    echo "planted: $1 refused $2"
}
accepted() {
    SOURCE=$work bash "$here/$1.sh" >"$work/said" 2>&1 || { echo "planted: $1 refuses the tree itself:"; cat "$work/said"; exit 1; }
}
cp -r "$SOURCE/docs" "$SOURCE/README.md" "$SOURCE/CHANGELOG.md" "$work/"
for guard in arrow format shape claims links; do accepted $guard; done

cp "$ARCHIVE" "$work/planted.a"
for call in 'extern long time(long *); long lt_planted(void); long lt_planted(void) { return time(0); }' \
            'extern int socket(int, int, int); int lt_planted(void); int lt_planted(void) { return socket(2, 1, 0); }' \
            'extern void randombytes_buf(void *, unsigned long); void lt_planted(void *p); void lt_planted(void *p) { randombytes_buf(p, 1); }'; do
    printf '%s\n' "$call" >"$work/planted.c"
    "$CC" -c -o "$work/planted.o" "$work/planted.c"
    cp "$ARCHIVE" "$work/planted.a"
    ar r "$work/planted.a" "$work/planted.o" 2>/dev/null
    refused pure "${call%%;*}" "$work/planted.a"
done

printf '#include "hub/ledger.h"\n' >"$work/proto/planted.h"
refused arrow "an include of hub in proto"
rm "$work/proto/planted.h"
printf '#include "hub/ledger.h"\n' >"$work/agent/planted.h"
refused arrow "an include of hub in agent"
rm "$work/agent/planted.h"
printf '#include "agent/text.h"\n' >"$work/hub/check/planted.h"
refused arrow "an include of agent in hub/check"
rm "$work/hub/check/planted.h"
printf 'int lt_planted(void); int lt_planted(void) { return 0; } int main(void) { return lt_planted(); }\n' >"$work/planted.c"
"$CC" -o "$work/planted" "$work/planted.c"
if CHECK=$work/planted bash "$here/check.sh" >"$work/said" 2>&1; then echo "planted: check let another program pass"; exit 1; fi
"$CC" -o "$work/planted" "$work/planted.c" -Wl,--whole-archive "$ARCHIVE" "$SCHEMA" -Wl,--no-whole-archive $SANITIZE -lprotobuf-c -lsodium
if CHECK=$work/planted bash "$here/check.sh" >"$work/said" 2>&1 || ! grep -q lt_planted "$work/said"; then
    echo "planted: check let a function of another room pass:"; cat "$work/said"; exit 1
fi
echo "planted: check refused a function of another room"
printf 'int  lt_planted( void );\n' >"$work/proto/planted.h"
refused format "a badly formatted file"
rm "$work/proto/planted.h"
{ echo 'static void lt_planted(void)'; echo '{'; for i in $(seq 70); do echo '    ;'; done; echo '}'; } >"$work/hub/planted.c"
refused shape "a function of 73 lines"
echo '[a picture](vi/hinh/none.png)' >>"$work/docs/operating.md"
refused links "a picture that is not there"
mkdir "$work/packaging"
cp -r "$SOURCE/packaging/debian" "$work/packaging/"
accepted services
sed -i '/^ProtectSystem\|^CapabilityBoundingSet\|^SystemCallFilter\|^PrivateUsers/d' "$work/packaging/debian/lienthong-agent.service"
refused services "a service that is left open"
cp "$SOURCE/packaging/debian/lienthong-agent.service" "$work/packaging/debian/lienthong-agent.service"
accepted services
echo 'NoExecPaths=/var' >>"$work/packaging/debian/lienthong-agent.service"
refused services "a service that may not run a release"
sed -i 's,`trust/stolen`,`trust/planted`,' "$work/docs/security.md"
refused claims "a test that is not there"
sed '/^| to guess/s,`[a-z_]*/[a-z_]*`,,g' "$SOURCE/docs/security.md" >"$work/docs/security.md"
refused claims "a line without a test"
for exceptions in .clang-tidy tests/analyse/cppcheck.exceptions tests/analyse/fanalyzer.exceptions; do
    mkdir -p "$work/tests/analyse"
    cp "$SOURCE"/tests/analyse/*.exceptions "$work/tests/analyse/"
    sed '/^#/d' "$SOURCE/$exceptions" >"$work/$exceptions"
    refused exceptions "$exceptions without reasons"
    cp "$SOURCE/.clang-tidy" "$work/"
done
cp "$SOURCE"/tests/analyse/*.exceptions "$work/tests/analyse/"
accepted exceptions
printf 'int lt_planted; /* NOLINT(misc-no-recursion) */\n' >"$work/hub/planted.c"
refused exceptions "a NOLINT without a reason"
