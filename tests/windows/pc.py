"""The agent for Windows on a PC of wine's: pc.py CASE. LT_AGENT runs it; hubs are native."""
import csv, os, pathlib, signal, subprocess, sys

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


if __name__ == "__main__":
    main({f.__name__: f for f in (letters, killed, kept)})
