"""A running hub's transport key is changed: a second door, Moves, and the former door shut. `doors.py NAME` runs one."""
import json, os

from tree import Agent, Failed, Hub, PATIENCE_S, Tree, award, free_port, main, same, until


def people(turn, count):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, i))
            for i in range(count)]


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def key_of(hub):
    told, = [d for d in status(hub)["doors"] if d["told"]]
    return told["key"]


def by_former(hub):
    return sorted((m["role"], m["unit"]) for m in status(hub)["by_former"])


def is_at(agent, hub):
    return agent.status()["endpoints"][:1] == [hub.endpoint]


def open_door(hub, number=1):
    """As docs/operating.md says it: a second `listen` with a key file, and a restart."""
    new = "tcp://127.0.0.1:%d" % free_port()
    hub.stop()
    with open(hub.dir / "hub.conf", "a") as conf:
        conf.write("listen = %s listen-%d.key\n" % (new, number))
    hub.start()
    former, hub.endpoint = hub.endpoint, new
    return former


def shut_door(hub, former):
    hub.stop()
    conf = hub.dir / "hub.conf"
    lines = conf.read_text().splitlines(True)
    kept = [l for l in lines if not (l.startswith("listen") and former in l)]
    same(len(lines) - len(kept), 1, "one door is shut")
    conf.write_text("".join(kept))
    hub.start()


def moved(hub):
    return json.loads(hub.cmd("move", "--all-of", hub.unit, "--to", hub.unit, "--json").stdout)


def changed():
    """A district's key is changed under running PCs: they follow without a hand, rows count on, and so do a PC that
    was off, a code that was given before, and a second change."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a, b = Agent(t, "28162", h807), Agent(t, "28165", h807)
        for x in (a, b):
            x.import_rows(people(1, 3))
            x.sync()
        code = json.loads(h807.cmd("invite", "28168", "--json").stdout)["code"]
        running = a.start()
        key = key_of(h807)
        former = open_door(h807)
        assert key_of(h807) != key, "a key of its own"
        same([d["key"] for d in status(h807)["doors"]][0], key, "the former door")
        same(oct((h807.dir / "listen-1.key").stat().st_mode & 0o777), "0o600", "the key file")
        a.import_rows(people(2, 4))
        a.cmd("wait", "--timeout", PATIENCE_S)
        same(by_former(h807), [("agent", "28162")], "the PC came by the former door")
        same(len(moved(h807)["units"]), 2, "both are told")
        until(lambda: by_former(h807) == [], "the running PC came by the new one")
        a.import_rows(people(3, 5))
        a.cmd("wait", "--timeout", PATIENCE_S)
        b.import_rows(people(2, 2))
        b.sync()  # it was off: by the former door, where it is told
        b.sync()
        assert is_at(b, h807), b.status()
        c = Agent.__new__(Agent)
        c.tree, c.unit, c.hub, c.prefix, c.dir = t, "28168", h807, (), t.root / "agent-late"
        c.cmd("join", code)
        c.import_rows(people(1, 1))
        c.sync()
        same(by_former(h807), [("agent", "28168")], "joined by a code of before")
        same((len(moved(h807)["units"]), moved(h807)["as_they_were"]), (1, 3), "told too, and once")
        c.sync()
        same(by_former(h807), [], "and came")
        shut_door(h807, former)
        for x in (b, c):
            x.import_rows(people(7, 1))
            x.sync()
        a.import_rows(people(8, 1))
        a.cmd("wait", "--timeout", PATIENCE_S)
        same(len(status(h807)["doors"]), 1, "one door again")
        second = open_door(h807, 2)
        moved(h807)
        until(lambda: status(h807)["by_former_count"] == 0 and is_at(a, h807), "the second change")
        b.sync()
        b.sync()
        shut_door(h807, second)
        b.import_rows(people(9, 1))
        b.sync()
        running.terminate()
        running.wait(PATIENCE_S)
        same([h.quantity(u, 2020, code="GK") for h in (vn, h807) for u in ("28162", "28165", "28168")],
             [13, 7, 2] * 2, "each row once")
        for hub in t.hubs:
            hub.audit()


def between():
    """The key of a hub between is changed: the hub below follows, and so does the top's with its own children."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        h807 = Hub(t, "807", h80)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 3))
        a.sync()
        for hub, below in ((h80, h807), (vn, h80)):
            former = open_door(hub)
            until(lambda: by_former(hub) == [("hub", below.unit)], "the hub below, by the former door")
            moved(hub)
            until(lambda: by_former(hub) == [] and status(below)["parent_link"]["endpoint"] == hub.endpoint,
                  "the hub below follows")
            shut_door(hub, former)
            a.import_rows(people(hash(hub.unit) % 1000 + 2, 2))
            a.sync()
        below.stop()
        below.start()  # it has kept it
        a.import_rows(people(5000, 1))
        a.sync()
        same([h.quantity("28162", 2020, code="GK") for h in t.hubs], [8] * 3, "each row once")
        for hub in t.hubs:
            hub.audit()


def named_above():
    """A hub above moves a PC to a district whose key was changed: by the key of now, and the PC is let in."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a, b = Agent(t, "28162", h807), Agent(t, "28165", vn)
        for x in (a, b):
            x.import_rows(people(1, 3))
            x.sync()
        former = open_door(h807)
        moved(h807)
        a.sync()
        a.sync()
        shut_door(h807, former)
        said = lambda hub: sorted((m["unit"], m["parent"]) for m in status(hub)["moves"])
        until(lambda: said(vn) == said(h807), "the top has heard of the door")
        vn.cmd("move", "28165", "--to", "807", "--endpoint", h807.endpoint)
        until(lambda: b.cmd("run", "--once", "--timeout", 60) and b.status()["parent"] == "807", "the move")
        b.import_rows(people(2, 2))
        b.sync()
        same([h.quantity("807", 2020, code="GK") for h in t.hubs], [8, 8], "each row once")


def left_behind():
    """Who was off while the door was changed and shut: a bundle to the former key is still read, and the answer tells
    the way; a backup has the keys."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 3))
        a.sync()
        key, former = key_of(h807), open_door(h807)
        moved(h807)
        shut_door(h807, former)
        a.import_rows(people(2, 4))
        a.cmd("run", "--once", "--timeout", 3, ok=(1,))
        stick = t.root / "stick.ltb"
        a.cmd("bundle", "out", stick)
        h807.cmd("bundle", "in", stick)
        until(lambda: vn.quantity("28162", 2020, code="GK") == 7, "what it carried counts at the top")
        h807.cmd("bundle", "out", stick, "--for", "28162", "--force")
        a.cmd("bundle", "in", stick)
        a.import_rows(people(3, 1))
        a.sync()
        assert is_at(a, h807), a.status()
        # A bundle to the key of now, and a backup with all keys.
        a.import_rows(people(4, 1))
        a.cmd("bundle", "out", stick, "--force")
        h807.cmd("bundle", "in", stick)
        h807.cmd("backup", t.root / "copy")
        same((t.root / "copy" / "listen-1.key").read_bytes(), (h807.dir / "listen-1.key").read_bytes(), "in the backup")
        assert key_of(h807) != key
        h807.audit()


def damaged():
    """A key file that is damaged, or named as no key file is, stops the start with a word, and nothing is changed."""
    with Tree() as t:
        vn = Hub(t, "VN")
        vn.stop()
        conf = vn.dir / "hub.conf"
        good = conf.read_text()
        new = "tcp://127.0.0.1:%d" % free_port()
        line = good.count("\n") + 1

        def refused(text, *words):
            conf.write_text(good + text)
            p = vn.cmd("run", ok=(1, 2, 3, 4, 5, 6))
            for word in words:
                assert word in p.stderr, (text, p.stderr)

        for name in ("sign.key", "../curve.key", "listen-0.key", "listen-1.key x", "listen-10.key"):
            refused("listen = %s %s\n" % (new, name), "hub.conf:%d" % line, "listen-1.key to listen-9.key")
        refused("listen = tcp://nowhere listen-1.key\n", "hub.conf:%d" % line, "is not an endpoint")
        refused("".join("listen = tcp://127.0.0.1:%d\n" % free_port() for _ in range(4)), "hub.conf:", "more than 4")
        file = vn.dir / "listen-1.key"
        file.write_text("11" * 20)
        file.chmod(0o600)
        refused("listen = %s listen-1.key\n" % new, "listen-1.key", "damaged")
        file.write_text("11" * 32 + "\n")
        file.chmod(0o644)
        refused("listen = %s listen-1.key\n" % new, "listen-1.key", "chmod 600")
        file.unlink()
        refused("listen = %s listen-1.key\n" % vn.endpoint, "cannot listen", vn.endpoint)
        conf.write_text(good)
        vn.start()


CASES = {f.__name__: f for f in (changed, between, named_above, left_behind, damaged)}

if __name__ == "__main__":
    main(CASES)
