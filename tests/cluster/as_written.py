"""Commands of docs/operating.md that no other case types, each as it is written. `as_written.py NAME` runs one."""
import re

import typed
from tree import *

ROWS = [("1", "2020"), ("2", "2024"), ("3", "2020"), ("4", "2024")]


def people(number, year):
    return [award(number=number + "/QĐ-UBND", date="20/12/" + year, year=year, name="Người %s-%d" % (number, i)) for i in range(3)]


def site(t):
    """The top as VN and the province as 80, in the folder where is typed; one PC."""
    vn = Hub(t, "VN")
    h80 = Hub(t, "80", vn)
    shell = typed.Shell(t, t.root / "work")
    for hub in (vn, h80):
        (shell.cwd / hub.unit).symlink_to(hub.dir)
    a = Agent(t, "28162", h80)
    for number, year in ROWS:
        a.import_rows(people(number, year))
        a.sync()
    return vn, h80, a, shell


def lines(section, *expected, count):
    """Those of the section, which are so many; the first ones begin as expected."""
    found = typed.commands(section)
    same((len(found), [f.split(" --")[0] for f in found[:len(expected)]]), (count, list(expected)), section)
    return found


def fails(shell, line, word):
    try:
        shell.type(line)
    except Failed as e:
        assert word in str(e), e
    else:
        raise Failed("it should not be done: " + line)


def figures():
    with Tree() as t:
        vn, h80, a, shell = site(t)
        for line in lines("Figures, records, audit", "lienthong-hub figures", count=12):
            shell.type(line)


def second_way():
    with Tree() as t:
        vn, h80, a, shell = site(t)
        for hub, name in ((vn, "hub.example"), (h80, "h80.example")):
            hub.stop()
            with open(hub.dir / "hub.conf", "a") as conf:
                conf.write("public = tcp://%s:7400\n" % name)
            hub.start()
        for line in lines("A hub in between that is dishonest, or broken", "lienthong-hub fallback", count=4):
            said = shell.type(line).stdout
        assert "hub.example" not in said.replace("h80.example", ""), said


def periods():
    with Tree() as t:
        vn, h80, a, shell = site(t)
        (shell.cwd / "owed.csv").write_text("unit,kind,period,due\n28162,,2024,2025-01-15\n")
        said = lines("Periods: owed, declared, closed, published", "lienthong-hub obligations import owed.csv", count=7)
        for line in said[:2]:
            shell.type(line)
        fails(shell, said[2], "--yes")  # the office has not declared
        shell.type(said[2] + " --yes")
        for line in said[3:6]:
            shell.type(line)
        fails(shell, said[6], "as they were last published")
        a.import_rows(people("9", "2024"))
        a.sync()
        shell.type(said[6])


def lost():
    """A PC is lost and replaced, then another is used by a thief, in the order of the section."""
    with Tree() as t:
        vn, h80, a, shell = site(t)
        keys, revoke, updates, dry, cut, endorse, invite = lines("When something happens", "lienthong-hub keys 28162", count=7)
        new = Agent(t, "28162", h80, "new", approved_by=vn)
        fails(shell, revoke.replace(" --key 2648b070f3088cff", ""), "give --key")  # two are valid by now
        old = a.status()["key"][:16]
        assert old in shell.type(keys).stdout
        shell.type(revoke.replace("2648b070f3088cff", old))
        for number in ("5", "6"):
            new.import_rows(people(number, "2020"))
            new.sync()
        said = re.findall(r"^ *\d+  ([0-9a-f]{16})", shell.type(updates).stdout, re.M)
        same(len(said), 6, "updates")
        last = ("3f0c51aa92d14b7e", said[4])
        code = re.search(r"--confirm (\S+)", shell.type(dry.replace(*last)).stdout).group(1)
        shell.type(cut.replace(*last).replace("CODE", code))
        same(h80.quantity("28162", 2020, code="GK"), 9, "what the thief said is cut off")
        shell.type(endorse.replace("71be09d2c4a8e650", said[5]))
        same(h80.quantity("28162", 2020, code="GK"), 12, "and let in")
        shell.type(invite.replace("--dir 807", "--dir 80"))


CASES = {f.__name__: f for f in (figures, second_way, periods, lost)}

if __name__ == "__main__":
    main(CASES)
