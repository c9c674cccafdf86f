#!/usr/bin/env python3
"""findings.py BUILD tidy|cppcheck|fanalyzer [FILE...] - shows each of our own files to an analyser, as BUILD compiles it.

Prints a line for each finding, FILE:LINE: FUNCTION: WHAT [ID], that is no exception, and for each exception that nothing
needs. An exception is a line `FILE WORD ID` of tests/analyse/ANALYSER.exceptions: the file, a word of the finding (its
function, or a name that it tells of), and its kind; "-" stands for any. What was said of a file is kept in BUILD/said, and
the file not looked at again before it, a header of ours that it includes, its flags or .clang-tidy change."""
import concurrent.futures, functools, hashlib, json, os, re, shlex, subprocess, sys

build, analyser, *only = sys.argv[1:]
with open(os.path.join(build, "compile_commands.json")) as f:
    ours = {os.path.relpath(e["file"]): e for e in json.load(f)}
ours = {name: e for name, e in ours.items() if re.match(r"(proto|agent|hub)/", name)}
if len(ours) < 300:
    sys.exit("findings.py: only %d files found in %s" % (len(ours), build))
FINDING = re.compile(r"^(?:\S*/)?((?:proto|agent|hub)/\S+:\d+):\d+: (?:warning|error|performance|portability): (.*)$")
CPPCHECK = ["cppcheck", "--enable=warning,performance,portability", "--library=posix,gnu,tests/analyse/cppcheck.cfg", "--inline-suppr", "--quiet",
            "--template={file}:{line}:{column}: {severity}: {message} [{id}]"]


def command(name, entry):
    if analyser == "tidy":
        return ["clang-tidy", "--quiet", "-p", build, os.path.abspath(name)]
    argv = shlex.split(entry["command"])
    argv[argv.index("-o") + 1] = "/dev/null"
    return [*argv, "-fanalyzer", "-Wno-error", "-fno-diagnostics-show-caret", "-fdiagnostics-path-format=none"]


@functools.lru_cache(maxsize=None)
def content(path):
    """The file's text, and the headers of ours that it names."""
    with open(path) as f:
        text = f.read()
    return text, [h for h in re.findall(r'^#include "([^"]+)"', text, re.M) if os.path.exists(h)]


def state_of(name):
    """A hash of all that what is said of a file depends on."""
    paths, i = [name], 0
    while i < len(paths):
        paths += [h for h in content(paths[i])[1] if h not in paths]
        i += 1
    texts = [content(path)[0] for path in paths + [".clang-tidy", "proto/lienthong.proto"]]
    return hashlib.sha256("\0".join([*texts, *command(name, ours[name])]).encode()).hexdigest()


def findings(text):
    function = "-"
    for line in text.splitlines():
        at, found = re.search(r": In function '(\w+)'", line), FINDING.match(line)
        function = at[1] if at else function
        if found:
            yield "%s: %s: %s" % (found[1], function, found[2])


def look(name):
    log = os.path.join(build, "said", analyser, state_of(name))
    if not os.path.exists(log):
        p = subprocess.run(command(name, ours[name]), capture_output=True, text=True, cwd=build, env={**os.environ, "LC_ALL": "C"})
        said = list(dict.fromkeys(findings(p.stdout + p.stderr)))
        if p.returncode != 0 and not said:
            return ["%s: %s" % (name, p.stdout + p.stderr)]
        os.makedirs(os.path.dirname(log), exist_ok=True)
        with open(log + ".new", "w") as f:
            f.writelines(line + "\n" for line in said)
        os.replace(log + ".new", log)
    with open(log) as f:
        return f.read().splitlines()


def cppcheck():
    """All at once: it also looks from one file into another."""
    project, kept = os.path.join(build, "ours.json"), os.path.join(build, "cppcheck")
    os.makedirs(kept, exist_ok=True)
    with open(project, "w") as f:
        json.dump([e for name, e in ours.items() if name in (only or ours)], f)
    p = subprocess.run([*CPPCHECK, "--project=" + project, "--cppcheck-build-dir=" + kept, "-j", str(os.cpu_count())],
                       capture_output=True, text=True)
    said = list(findings(p.stdout + p.stderr))
    return said if p.returncode == 0 else [*said, "cppcheck ended with %d: %s" % (p.returncode, p.stdout)]


def exceptions():
    """(file, word, kind) -> how often met."""
    if not os.path.exists(LISTED):
        return {}
    with open(LISTED) as f:
        return {tuple(line.split()): 0 for line in f if line.strip() and not line.startswith("#")}


def excepted(line, known):
    for file, word, kind in known:
        if (file == "-" or line.startswith(file + ":")) and (word == "-" or re.search(r"(?<!\w)%s(?!\w)" % re.escape(word), line)) \
                and line.endswith("[%s]" % kind):
            known[file, word, kind] += 1
            return True
    return False


LISTED = "tests/analyse/%s.exceptions" % analyser
known = exceptions()
with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
    found = set(cppcheck()) if analyser == "cppcheck" else {line for said in pool.map(look, only or sorted(ours)) for line in said}
rest = [line for line in sorted(found) if not excepted(line, known)]
rest += ["%s: not needed any more: %s" % (LISTED, " ".join(key)) for key, count in known.items() if count == 0 and not only]
print("\n".join(rest), end="\n" if rest else "")
print("%d files, %d findings, of them %d are exceptions (%d written)"
      % (len(only or ours), len(found), sum(known.values()), len(known)), file=sys.stderr)
