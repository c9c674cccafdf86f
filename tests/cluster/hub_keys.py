"""A hub's own keys: the key that it listens with stays when the others change."""
import json, os

from tree import Agent, Hub, Tree, award, main, same


def people(turn, count):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, i))
            for i in range(count)]


def counted(hubs, unit, want):
    for hub in hubs:
        same(hub.quantity(unit, 2020, code="GK"), want, "%s at %s" % (unit, hub.unit))


def keep(path, digits):
    path.write_text(digits + "\n")
    path.chmod(0o600)


def listens():
    """With a `listen.key` a hub is reached by that key, whatever its `curve.key` is: by who joined before and by who
    joins after, by wire and by bundle; backups have it. A damaged or open one keeps the hub from starting."""
    with Tree() as t:
        vn = Hub(t, "VN")
        first = Agent(t, "28162", vn)
        first.import_rows(people(1, 3))
        first.sync()
        vn.stop()
        known = (vn.dir / "curve.key").read_text()
        for digits, mode, word in (("0" * 64, 0o600, "damaged"), (known.strip(), 0o644, "chmod"), ("12", 0o600, "damaged")):
            keep(vn.dir / "listen.key", digits)
            (vn.dir / "listen.key").chmod(mode)
            p = vn.cmd("run", ok=(1, 2))
            assert "listen.key" in p.stderr and word in p.stderr, p.stderr
        keep(vn.dir / "listen.key", known.strip())
        (vn.dir / "curve.key").unlink()
        keep(vn.dir / "curve.key", os.urandom(32).hex())
        vn.start()
        first.import_rows(people(2, 4))
        first.sync()
        second = Agent(t, "28165", vn)
        second.import_rows(people(1, 2))
        second.cmd("bundle", "out", t.root / "up.bundle")
        vn.cmd("bundle", "in", t.root / "up.bundle")
        counted((vn,), "28162", 7)
        counted((vn,), "28165", 2)
        folder = t.root / "backup"
        vn.cmd("backup", folder)
        same((folder / "listen.key").read_text(), known, "the key in the backup")
        vn.stop()
        vn.dir.rename(t.root / "lost")
        vn.cmd("restore", folder)
        vn.start()
        for agent in (first, second):
            agent.import_rows(people(3, 1))
            agent.sync()
        counted((vn,), "28162", 8)
        counted((vn,), "28165", 3)


CASES = {f.__name__: f for f in (listens,)}

if __name__ == "__main__":
    main(CASES)
