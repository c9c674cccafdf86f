#!/usr/bin/env python3
"""manual.py - a program's manual page, made of what the program says of itself: manual.py PROGRAM > PROGRAM.1

Asks `PROGRAM --help --lang en`, and of a program with commands each `COMMAND --help`, so that the page is as true as
they are. What a release build prints; no text of its own but the frame."""
import os
import re
import subprocess
import sys

ABOUT = {
    "lienthong-agent": "keeps a unit's records on its PC and pushes them to its hub",
    "lienthong-hub": "gathers signed records into figures, and serves them",
    "lienthong-check": "checks, without a network, that a figure follows from signed records",
}


def said(program, *arguments):
    answer = subprocess.run([program, *arguments, "--help"], env={"LC_ALL": "en_US.UTF-8", "PATH": os.environ["PATH"]},
                            stdout=subprocess.PIPE, text=True, check=True)
    return answer.stdout


def roff(text):
    """Verbatim lines of text; a dot or an apostrophe first would be a request."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return "".join(("\\&" + line if line[:1] in ".'" else line) + "\n" for line in text.rstrip("\n").split("\n"))


EXIT_CODES = re.compile(r"^Exit codes:\n((?:  \S.*\n)+)", re.M)
ENVIRONMENT = (
    ("LC_ALL, LC_MESSAGES, LANG", 'What people read is Vietnamese, unless the first of them that is set begins with "en".'),
    ("TERM", 'With "dumb", or none, no bar is drawn while long work goes on. One is only ever drawn on a terminal.'),
    ("NO_COLOR", "No colours. They are used around a QR code on a terminal alone."),
)


def verbatim(text):
    return ".nf\n" + roff(text) + ".fi\n"


def main(program):
    name = os.path.basename(program)
    version = subprocess.run([program, "--version"], stdout=subprocess.PIPE, text=True).stdout.split()
    overview = said(program)
    codes = EXIT_CODES.search(overview)
    overview = EXIT_CODES.sub("", overview)
    commands = re.findall(r"^  ([a-z]+)\s{2,}", overview, re.M) if "COMMAND" in overview else []
    print('.TH %s 1 "" "%s" "Lienthong"' % (name.upper(), " ".join(version[:2])))
    print(".SH NAME\n%s \\- %s" % (name, ABOUT[name]))
    print(".SH SYNOPSIS")
    print(verbatim(overview), end="")
    if commands:
        print(".SH COMMANDS")
    for command in commands:
        print(".SS %s" % command)
        print(verbatim(said(program, command)), end="")
    if codes:
        print(".SH EXIT STATUS")
        print(verbatim(re.sub("^  ", "", codes.group(1), flags=re.M)), end="")
    print(".SH ENVIRONMENT")
    for name, text in ENVIRONMENT:
        print(".TP\n.B %s\n%s" % (name, roff(text)), end="")
    print(".SH SEE ALSO\nThe documents of the package lienthong\\-doc, in /usr/share/doc/lienthong\\-doc.")


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]))
