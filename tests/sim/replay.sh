#!/bin/sh
# replay.sh SIM FILE - runs each plan of a file of failing seeds; all must hold by now.
failed=0
while read -r line; do
    case $line in '' | '#'*) continue ;; esac
    # shellcheck disable=SC2086 # arguments
    if ! "$1" $line --no-shrink >/dev/null; then
        echo "sim $line: broken again"
        failed=1
    fi
done <"$2"
exit $failed
