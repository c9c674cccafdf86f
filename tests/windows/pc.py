"""The agent for Windows on a PC of wine's: pc.py CASE. LT_AGENT runs it; hubs are native."""
import csv, json, os, pathlib, shutil, signal, subprocess, sys

TESTS = pathlib.Path(__file__).resolve().parent.parent
sys.path[:0] = [str(TESTS / "cluster"), str(TESTS / "drop")]
import openpyxl

import tree
from clerk import HEAD, counted, person
from tree import Agent, Hub, Tree, main, same, until

DRIVE = pathlib.Path(os.environ["WINEPREFIX"]) / "drive_c"


def windows(path):
    """As a person on that PC writes it."""
    return "C:\\" + str(path.relative_to(DRIVE)).replace("/", "\\")


class Pc(Agent):
    """Its folder lies on drive C:, in a folder with letters of Vietnamese and blanks, and is named in Windows' way."""

    dir = property(lambda self: self.place / "Dữ liệu Liên thông", lambda self, value: None)

    def __init__(self, t, unit, hub):
        self.place = DRIVE / ("Ủy ban xã Đắk Pơ %d" % os.getpid())
        self.place.mkdir()
        super().__init__(t, unit, hub)

    def cmd(self, name, *argv, **how):
        return tree.run(self.program, name, *argv, "--dir", windows(self.dir), **how)

    def table(self, name, numbers):
        path = self.place / name
        with open(path, "w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file)
            rows.writerow(HEAD)
            rows.writerows(person(i) for i in numbers)
        return windows(path)

    def book(self, name, numbers):
        book = openpyxl.Workbook()
        book.active.append(HEAD)
        for i in numbers:
            book.active.append(person(i))
        book.save(self.place / name)
        return windows(self.place / name)


def letters():
    """A CSV file and a workbook by their names, to the top's receipt; then what doctor says of the place."""
    with Tree() as t:
        vn = Hub(t, "VN")
        pc = Pc(t, "28162", vn)
        pc.cmd("import", pc.table("Danh sách đợt 1.csv", range(3)))
        result = pc.place / "Kết quả đợt 2.xlsx"
        pc.cmd("import", pc.book("Danh sách đợt 2.xlsx", range(100, 104)), "--result", windows(result))
        same(openpyxl.load_workbook(result).active.max_row >= 5, True, "a result for each row")
        pc.sync()
        same((pc.status()["counted"], counted(vn)), (pc.status()["updates"], 7), "counted at the top")
        said = pc.cmd("doctor", ok=(0, 1)).stdout
        same("closed to others" in said and "it holds the pinned key" in said, True, "keys and link: " + said)


def killed():
    """Killed at any time, it goes on where it was; two of them do not run on one folder."""
    with Tree() as t:
        vn = Hub(t, "VN")
        pc = Pc(t, "28162", vn)
        for turn in range(3):
            running = subprocess.Popen([pc.program, "run", "--dir", windows(pc.dir)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            t.processes.append(running)
            until(lambda: pc.status()["connected"], "connected")
            same("another agent is running" in pc.cmd("run", ok=(2,)).stderr, True, "a second one is told")
            pc.cmd("import", pc.table("Đợt %d.csv" % turn, range(5 * turn, 5 * turn + 5)))
            if turn == 1:
                pc.cmd("wait", "--timeout", "60")
            running.send_signal(signal.SIGKILL)
            running.wait(tree.PATIENCE_S)
        pc.sync()
        same(counted(vn), 15, "all rows at the top, each once")


def kept():
    """A backup that is put back holds what was there, keys too, and its unit goes on reporting."""
    with Tree() as t:
        vn = Hub(t, "VN")
        pc = Pc(t, "28162", vn)
        pc.cmd("import", pc.table("Đợt 1.csv", range(6)))
        pc.sync()
        copy = windows(pc.place / "Bản sao lưu")
        pc.cmd("backup", copy)
        before = pc.status()
        pc.dir.rename(pc.place / "Cũ")
        pc.cmd("restore", copy)
        after = pc.status()
        for name in ("counted", "updates", "key"):
            same(after[name], before[name], name)
        pc.cmd("import", pc.table("Đợt 2.csv", range(50, 52)))
        pc.sync()
        same(counted(vn), 8, "counted at the top")


def service():
    """Windows' service: each word of it twice; a file dropped is counted at the top; its log stays small."""
    with Tree() as t:
        vn = Hub(t, "VN")
        pc = Pc(t, "28162", vn)
        t.undo.append(lambda: pc.cmd("service", "remove"))
        log = pc.dir / "agent.log"
        log.write_text("x" * (1 << 20))

        def says(verb, word, code=0):
            said = pc.cmd("service", verb, ok=(code,))
            same(word in said.stdout + said.stderr, True, "%s: %s%s" % (verb, said.stdout, said.stderr))

        says("start", "is not installed", 2)
        says("stop", "has stopped")
        says("run", "only Windows", 64)
        for verb, word, after in (("install", "is installed for", 1), ("start", "agent runs", 0)):
            says(verb, word)
            says(verb, word)
            says("status", "agent runs" if after == 0 else "does not run", after)
        same(log.with_name("agent.log.old").stat().st_size, 1 << 20, "the long log was put aside")
        same("another agent is running" in pc.cmd("run", ok=(2,)).stderr, True, "it runs on the folder")
        pc.cmd("import", pc.table("Đợt 1.csv", range(4)))
        pc.cmd("wait", "--timeout", "60")
        folder = pc.place / "Thả tệp"
        pc.cmd("drop", "--folder", windows(folder))
        until((folder / "Status.html").exists, "the status page")
        drop(folder, "đợt 2.csv", range(50, 53))
        until(lambda: counted(vn) == 7, "seven rows counted at the top")
        same("started (" in log.read_text("utf-8"), True, "its log: " + log.read_text("utf-8"))
        for verb, word, after in (("stop", "has stopped", 1), ("remove", "no longer there", 2)):
            says(verb, word)
            says(verb, word)
            says("status", "does not run" if after == 1 else "not installed", after)
        same("stopping (signal 15)" in log.read_text("utf-8"), True, "it was stopped in order")
        pc.cmd("import", pc.table("Đợt 3.csv", range(90, 92)))
        pc.sync()
        same(counted(vn), 9, "by hand, it goes on where the service was")


def bound():
    """Keys do not stand in their files, and are refused on another PC (of another user: wine's DPAPI goes by that): it
    restores a backup, or joins anew."""
    other = os.environ["LT_OTHER"]
    there = pathlib.Path(os.environ["LT_OTHER_DRIVE"])

    def on_other(name, *argv, at, **how):
        return tree.run(other, name, *argv, "--dir", "C:\\" + at, **how)

    def give(folder, name):
        """As an image, or a stick, brings it there."""
        shutil.copytree(folder, there / name)
        for path in (there / name, *(there / name).rglob("*")):
            os.chown(path, there.stat().st_uid, there.stat().st_gid)
            path.chmod(0o700)

    with Tree() as t:
        vn = Hub(t, "VN")
        pc = Pc(t, "28162", vn)
        pc.cmd("import", pc.table("Đợt 1.csv", range(4)))
        pc.sync()
        copy = pc.place / "Bản sao lưu"
        pc.cmd("backup", windows(copy))
        for name in ("sign.key", "curve.key"):
            shut, free = (pc.dir / name).read_text(), (copy / name).read_text()
            same((shut.startswith("bound "), len(free)), (True, 74), name)
            same(free[:64] in shut, False, "the secret of " + name)
            (pc.dir / name).write_text(free)  # as it was written before
        pc.sync()
        pc.cmd("init")
        same((pc.dir / "sign.key").read_text().startswith("bound "), True, "bound from then on")

        give(pc.dir, "image")
        said = on_other("run", "--once", at="image", ok=(2,)).stderr
        same("sign.key: another PC's key" in said and "`join` by a new code" in said, True, said)
        same("another PC's key" in on_other("doctor", at="image", ok=(1, 2)).stdout, True, "doctor says it too")
        same("another PC's key" in on_other("backup", "C:\\none", at="image", ok=(2,)).stderr, True, "no backup without its keys")
        code = json.loads(vn.cmd("invite", "28162", "--json").stdout)["code"]
        same("were set aside" in on_other("join", code, at="image").stdout, True, "join makes others")
        same(json.loads(on_other("status", "--json", at="image").stdout)["key"] == pc.status()["key"], False, "another key")

        give(copy, "backup")
        on_other("restore", "C:\\backup", at="restored")
        same(json.loads(on_other("status", "--json", at="restored").stdout)["key"], pc.status()["key"], "the key of the backup")
        same((there / "restored" / "sign.key").read_text().startswith("bound "), True, "bound to the other PC")
        same(on_other("restore", "C:\\backup", at="restored", ok=(2,)).returncode, 2, "never over a store")
        on_other("run", "--once", "--timeout", "60", at="restored")


class Setup:
    """The installer as an administrator's script runs it: what it has put where, and its log."""

    program = pathlib.Path(os.environ.get("LT_SETUP", ""))
    place, data = DRIVE / "Program Files" / "Lienthong", DRIVE / "ProgramData" / "Lienthong"
    desktop = DRIVE / "users" / "Public" / "Desktop"

    def __init__(self, t):
        t.undo.append(self.clear)

    def clear(self):
        agent("service", "remove")
        for folder in (self.place, self.data):
            shutil.rmtree(folder, ignore_errors=True)

    def run(self, *argv, ok=0):
        got = subprocess.run([os.environ["LT_WINE"], self.program, "/S", "/LANG=en", *argv], timeout=tree.PATIENCE_S).returncode
        same(got, ok, "the installer's exit code, and its log: " + self.log())

    def log(self):
        path = self.place / "install.log"
        return path.read_text("utf-16") if path.exists() else "none"

    def remove(self):
        """It goes on as a copy of itself elsewhere, which nobody can wait for."""
        subprocess.run([os.environ["LT_WINE"], self.place / "uninstall.exe", "/S", "/LANG=en"], timeout=tree.PATIENCE_S, check=True)
        until(lambda: not self.place.exists(), "the program's folder is gone")


def agent(*argv, **how):
    return tree.run(tree.AGENT, *argv, **how)


def drop(folder, name, numbers):
    with open(folder / name, "w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEAD, *(person(i) for i in numbers)])


def installer():
    """Silent, by a code to a receipt; without or with a bad one it says why; upgraded in place; removed, the data stays."""
    with Tree() as t:
        vn, setup = Hub(t, "VN"), Setup(t)
        setup.run(ok=2)
        same("A join code is needed" in setup.log(), True, "why: " + setup.log())
        code = json.loads(vn.cmd("invite", "28162", "--json").stdout)["code"]
        setup.run("/CODE=" + code[:-1] + ("A" if code[-1] != "A" else "B"), ok=2)
        same("join --file" in setup.log() and code not in setup.log(), True, "why: " + setup.log())
        same(agent("service", "status", ok=(1, 2)).returncode, 2, "no service yet")

        setup.run("/CODE=" + code)
        same(setup.log().splitlines()[-1].startswith("Done. "), True, setup.log())
        same(agent("service", "status").stdout, "The service lienthong-agent runs.\n", "it runs")
        folder = setup.desktop / "Liên thông"
        until((folder / "Status.html").exists, "the status page on the desktop")
        drop(folder, "đợt 1.csv", range(3))
        until(lambda: counted(vn) == 3, "three rows counted at the top")

        program = setup.place / "lienthong-agent.exe"
        new = program.read_bytes()
        damaged = t.root / "damaged"
        damaged.write_bytes(b"an old one, damaged")
        shutil.move(damaged, program)  # what runs keeps the file that it was started from
        setup.run()
        same(program.read_bytes() == new, True, "replaced")
        same(sorted(p.name for p in setup.place.iterdir()), ["install.log", "lienthong-agent.exe", "uninstall.exe"], "nothing else is left")
        drop(folder, "đợt 2.csv", range(50, 52))
        until(lambda: counted(vn) == 5, "five rows counted at the top")

        keys = (setup.data / "sign.key").read_bytes()
        setup.remove()
        same(agent("service", "status", ok=(2,)).stdout, "The service lienthong-agent is not installed.\n", "the service is gone")
        same((setup.data / "sign.key").read_bytes() == keys and (folder / "đợt 2.csv").exists(), True, "the data stays")
        setup.run()
        drop(folder, "đợt 3.csv", range(90, 91))
        until(lambda: counted(vn) == 6, "installed again without a code, it goes on where it was")


if __name__ == "__main__":
    main({f.__name__: f for f in (letters, killed, kept, bound, service, installer)})
