#!/usr/bin/env python3
"""coverage.py - what of proto/, agent/ and hub/ ran, from the counters that a build with LT_COVERAGE left behind.

    coverage.py BUILD                the table: lines and branches of each folder
    coverage.py BUILD --files proto  each file of a folder
    coverage.py BUILD --missing proto/judge.c   each line with a branch that never ran, and how many of its branches
    coverage.py BUILD --at-least proto=95.0     ends with 1 when less of the branches ran

gcov itself is asked (`gcov --json-format --branch-probabilities`), an object at a time; a line that is compiled in
several objects (an inline function of a header) counts once, with the sums. Branches of an assertion are left out:
they are for our own mistakes and never taken. Generated code is not built with counters, so it is not here."""
import argparse
import collections
import json
import os
import re
import subprocess
import sys

FOLDERS = ("proto", "agent", "hub")
ASSERTION = re.compile(r"\bassert\(")


def reports(build):
    """What gcov says of each object of the programs, as parsed JSON."""
    for top in FOLDERS:
        for folder, _, names in os.walk(os.path.join(build, top)):
            for name in sorted(names):
                if name.endswith(".gcno"):
                    said = subprocess.run(["gcov", "--json-format", "--branch-probabilities", "--stdout", name], cwd=folder,
                                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
                    for line in said.stdout.splitlines():
                        yield json.loads(line)


def counted(build, source):
    """Two dicts: how often each (file, line) ran; how often each branch of each (file, line) was taken."""
    lines, branches = collections.Counter(), {}
    for report in reports(build):
        for entry in report["files"]:
            path = os.path.relpath(os.path.join(report["current_working_directory"], entry["file"]), source)
            if path.split(os.sep)[0] not in FOLDERS:
                continue
            each = collections.defaultdict(list)  # a line may stand in several functions of one object
            for line in entry["lines"]:
                lines[path, line["line_number"]] += line["count"]
                each[line["line_number"]] += [b["count"] for b in line["branches"]]
            for number, taken in each.items():
                had = branches.get((path, number), [])
                if len(had) == len(taken):
                    taken = [a + b for a, b in zip(had, taken)]
                branches[path, number] = taken if len(taken) >= len(had) else had
    return lines, branches


def without_assertions(source, branches):
    texts, kept, left_out = {}, {}, 0
    for (path, number), taken in branches.items():
        if path not in texts:
            with open(os.path.join(source, path), encoding="utf-8") as text:
                texts[path] = text.read().splitlines()
        if taken and ASSERTION.search(texts[path][number - 1]):
            left_out += len(taken)
        elif taken:
            kept[path, number] = taken
    return kept, left_out


def share(part, whole):
    return 100.0 * part / whole if whole else 100.0


def table(keys, name_of, lines, branches):
    """Rows of name, lines, lines that ran, branches, branches that were taken."""
    rows = {name: [0, 0, 0, 0] for name in keys}
    for (path, _), count in lines.items():
        if name_of(path) in rows:
            rows[name_of(path)][0] += 1
            rows[name_of(path)][1] += count > 0
    for (path, _), taken in branches.items():
        if name_of(path) in rows:
            rows[name_of(path)][2] += len(taken)
            rows[name_of(path)][3] += sum(1 for count in taken if count)
    return rows


def show(rows):
    print("| %-28s | %7s | %6s | %8s | %6s |" % ("", "lines", "ran", "branches", "taken"))
    print("|------------------------------|---------|--------|----------|--------|")
    for name, (n, ran, all_branches, taken) in rows.items():
        print("| %-28s | %7d | %5.1f%% | %8d | %5.1f%% |" % (name, n, share(ran, n), all_branches, share(taken, all_branches)))


def show_missing(source, path, branches):
    with open(os.path.join(source, path), encoding="utf-8") as text:
        texts = text.read().splitlines()
    for (at, number), taken in sorted(branches.items()):
        if at == path and not all(taken):
            print("%s:%d: %d of %d | %s" % (path, number, taken.count(0), len(taken), texts[number - 1].strip()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("--files")
    parser.add_argument("--missing", nargs="+")
    parser.add_argument("--at-least", action="append", default=[])
    args = parser.parse_args()
    source = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    lines, branches = counted(args.build, source)
    branches, left_out = without_assertions(source, branches)
    if args.missing:
        for path in args.missing:
            show_missing(source, path, branches)
        return 0
    if args.files:
        names = sorted({path for path, _ in lines if path.startswith(args.files + "/")})
        show(table(names, lambda path: path, lines, branches))
        return 0
    rows = table(FOLDERS, lambda path: path.split(os.sep)[0], lines, branches)
    show(rows)
    print("without %d branches of assertions" % left_out)
    failed = 0
    for wanted in args.at_least:
        folder, least = wanted.split("=")
        _, _, whole, taken = rows[folder]
        if whole == 0 or share(taken, whole) < float(least):
            print("%s/: %d of %d branches, wanted %s%%" % (folder, taken, whole, least))
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main())
