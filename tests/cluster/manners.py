#!/usr/bin/env python3
"""How the programs behave at a shell: output that nobody got, terminals, bars, colours, exit codes, manual pages."""
import fcntl, json, os, pty, re, select, struct, subprocess, sys, termios, time
from tree import *

CHECK = os.environ["LT_CHECK"]


def commands_of(program):
    return re.findall(r"^  ([a-z]+)\s{2,}", run(program, "--help").stdout, re.M)


def office(t, rows=3):
    vn = Hub(t, "VN")
    a = Agent(t, "807", vn)
    a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d" % i) for i in range(rows)])
    a.sync()
    return vn, a


def to_a_full_disk(*argv):
    with open("/dev/full", "w") as full:
        return subprocess.run([str(x) for x in argv], stdout=full, stderr=subprocess.PIPE, text=True, env=ENGLISH, timeout=PATIENCE_S)


def output_lost():
    """What prints and cannot ends with 2 and a word, whatever the command; a closed stdout too, and no file takes its place."""
    with Tree() as t:
        vn, a = office(t)
        asked = [(AGENT, "--help"), (AGENT, "--version"), (HUB, "--help"), (HUB, "--version")]
        asked += [(p, c, "--help") for p in (AGENT, HUB) for c in commands_of(p)]
        assert len(asked) > 55, "commands are missing from --help"
        mine, top = ("--dir", a.dir), ("--dir", vn.dir)
        rows = a.file([award(number="9/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân 0999")])
        asked += [(AGENT, *x, *mine) for x in (("status",), ("status", "--json"), ("records",), ("records", "--json"), ("export",),
                                               ("doctor",), ("doctor", "--json"), ("import", "--dry-run", rows), ("wait", "--json"),
                                               ("init",), ("backup", t.root / "b1"), ("bundle", "out", t.root / "b2", "--all"))]
        asked += [(HUB, *x, *top) for x in (("status",), ("status", "--json"), ("doctor",), ("figures", "--place", "VN", "--year", "2020"),
                                            ("list", "pledges", "--place", "VN", "--year", "2020"), ("keys", "807"), ("invites",), ("audit",), ("audit", "--json"),
                                            ("invite", "28162"), ("versions",), ("completeness", "--place", "VN", "--period", "2020"))]
        for argv in asked:
            p = to_a_full_disk(*argv)
            if "--json" not in argv and p.returncode == 64:
                raise Failed("called wrongly by this test: %s\n%s" % (argv, p.stderr))
            same(p.returncode, 2, " ".join(map(str, argv)) + "\n" + p.stderr)
            assert p.stderr.strip(), argv
        same(to_a_full_disk(CHECK, "--help").returncode, 2, "lienthong-check --help")
        p = subprocess.run(["sh", "-c", '"$@" >&-', "sh", AGENT, "import", str(rows), "--json", "--dir", str(a.dir)], stderr=subprocess.PIPE, env=ENGLISH)
        same(p.returncode, 2, "a closed stdout")
        a.sync()
        same(a.status()["records"], 4, "the row went in; the store is whole")
        same(run(AGENT, "doctor", "--dir", a.dir).returncode, 0, "whole")
        p = subprocess.run(["sh", "-c", '"$@" <&- >&- 2>&-', "sh", HUB, "status", "--dir", str(vn.dir)], env=ENGLISH)
        same(p.returncode, 2, "all three closed")
        vn.audit()


class Terminal:
    """A command on a terminal of so many columns; both of its outputs, or one of them."""

    def __init__(self, argv, columns=80, stdout=True, stderr=True, **env):
        main, side = pty.openpty()
        fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        environment = {**ENGLISH, "TERM": "xterm", **env}
        p = subprocess.Popen([str(x) for x in argv], stdin=side, stdout=side if stdout else subprocess.DEVNULL,
                             stderr=side if stderr else subprocess.DEVNULL,
                             env={k: v for k, v in environment.items() if v is not None})
        os.close(side)
        told, end = b"", time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            if select.select([main], [], [], 1)[0]:
                try:
                    got = os.read(main, 65536)
                except OSError:
                    break
                told += got
            elif p.poll() is not None:
                break
        os.close(main)
        self.code, self.text = p.wait(PATIENCE_S), told.decode()


def drawn(text):
    """The lines of a bar, each as it stood there."""
    return [part for part in re.split(r"[\r\n]+", text) if re.search(r"\d %", part)]


def left_standing(text):
    """What a terminal shows in the end: each line as the last writes to it left it."""
    shown = []
    for line in text.replace("\r\n", "\n").split("\n"):
        cells = []
        for part in line.split("\r"):
            cells[:len(part)] = part
        shown.append("".join(cells).rstrip())
    return "\n".join(shown)


def bars():
    """Long work shows how far it is: on a terminal alone, within its width, and is gone when the work is done."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "807", vn)
        a.sync()
        rows = a.file([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %05d" % i, workplace="Thôn %d" % (i % 50))
                       for i in range(20000)])
        looking = (AGENT, "import", "--dry-run", rows, "--dir", a.dir)
        seen = Terminal(looking)
        same(seen.code, 0, seen.text)
        lines = drawn(seen.text)
        assert lines and all("looking at rows" in x and "[" in x for x in lines), lines[:3]
        percents = [int(re.search(r"(\d+) %", x).group(1)) for x in lines]
        same(percents, sorted(percents), "it grows")
        assert len(lines) <= 4 + 8 * 60 and "\033" not in seen.text, len(lines)
        shown = left_standing(seen.text)
        assert " %" not in shown and "accepted 20000" in shown, shown
        narrow = drawn(Terminal(looking, columns=24).text)
        assert narrow and all(len(x) < 24 for x in narrow), narrow
        vietnamese = drawn(Terminal(looking, LANG="vi_VN.UTF-8", LC_ALL=None).text)
        assert vietnamese and all("xem từng dòng" in x for x in vietnamese), vietnamese[:3]
        for how in (dict(stderr=False), dict(TERM="dumb"), dict(TERM=None)):
            quiet = Terminal(looking, **how)
            assert not drawn(quiet.text), (how, quiet.text[:200])
        assert not drawn(Terminal((*looking, "--quiet")).text)
        assert not drawn(run(*looking).stderr)
        a.import_file(rows)
        seen = Terminal((AGENT, "export", "--output", t.root / "out.csv", "--dir", a.dir))
        assert any("writing records" in x for x in drawn(seen.text)), seen.text[-300:]
        assert not drawn(Terminal((AGENT, "export", "--dir", a.dir)).text), "rows on the terminal, and no bar among them"


def colours():
    """None are used, but around a QR code on a terminal, which needs them; NO_COLOR is heeded there."""
    with Tree() as t:
        vn, a = office(t)
        for argv in ((AGENT, "status", "--dir", a.dir), (AGENT, "doctor", "--dir", a.dir), (AGENT, "records", "--dir", a.dir),
                     (HUB, "status", "--dir", vn.dir), (HUB, "keys", "807", "--dir", vn.dir), (AGENT, "--help")):
            assert "\033" not in Terminal(argv).text, argv
        code = (HUB, "invite", "28162", "--qr", "--dir", vn.dir)
        assert "\033[" in Terminal(code).text
        for how in (dict(NO_COLOR="1"), dict(TERM="dumb"), dict(stdout=False)):
            assert "\033" not in Terminal(code, **how).text, how
        assert "\033" not in run(*code).stdout


def told():
    """Exit codes stand in --help and so in the manual pages; what a script asks for is one JSON object."""
    with Tree() as t:
        vn, a = office(t)
        for program in (AGENT, HUB):
            said = run(program, "--help").stdout
            assert [re.search(r"^  %s  +\S" % code, said, re.M) for code in (0, 1, 2, 64)].count(None) == 0, said
            page = run(sys.executable, SOURCE / "packaging" / "manual.py", program).stdout
            assert ".SH EXIT STATUS\n" in page and ".SH ENVIRONMENT\n" in page and ".SS doctor\n" in page, page[:2000]
        page = run(sys.executable, SOURCE / "packaging" / "manual.py", CHECK).stdout
        assert ".SH EXIT STATUS\n" in page, page
        fresh = t.root / "fresh"
        ask = lambda *argv, **how: json.loads(run(*argv, "--json", **how).stdout)
        told = ask(AGENT, "init", "--dir", fresh)
        same((told["unit"], len(told["key"])), (None, 64), "init")
        code = json.loads(vn.cmd("invite", "28162", "--json").stdout)["code"]
        told = ask(AGENT, "join", code, "--dir", fresh)
        same((told["unit"], told["parent"]), ("28162", "VN"), "join")
        same(ask(AGENT, "wait", "--dir", a.dir)["done"], True, "wait")
        a.import_rows([award(number="9/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân 0999")])
        told = ask(AGENT, "wait", "--timeout", "0", "--dir", a.dir, ok=(1,))
        same((told["done"], told["drafts"]), (False, 1), "wait, and not in time")
        folder = t.root / "Thả tệp"
        a.cmd("drop", "--folder", folder)
        # libxlsxwriter 1.1.4 loses the texts of a drop-down list, some 100 bytes, when it closes a workbook
        told = ask(AGENT, "drop", "--dir", a.dir, env={"ASAN_OPTIONS": "detect_leaks=0"})
        same(told["state"], "done", "drop")
        a.sync()
        before = a.status()["key"]
        told = ask(AGENT, "rotate", "--dir", a.dir)
        assert told["done"] and told["key"] != before, told


main({f.__name__: f for f in (output_lost, bars, colours, told)})
