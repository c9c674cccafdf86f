#!/usr/bin/env python3
"""Cluster tests of moving units and retiring hubs. `reorganise.py NAME` runs one."""
import json, shutil, signal, subprocess
from tree import *

COMMUNES = ["28162", "28165", "28168"]


def people(turn, count, unit):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %s-%d-%d" % (unit, turn, i))
            for i in range(count)]


def three(t, communes=COMMUNES):
    vn = Hub(t, "VN")
    h80 = Hub(t, "80", vn)
    h807 = Hub(t, "807", h80)
    agents = [Agent(t, u, h807) for u in communes]
    for a in agents:
        a.import_rows(people(1, 10, a.unit))
        a.sync()
    return vn, h80, h807, agents


def copy_dir(of, to):
    shutil.copytree(of, to, ignore=lambda d, names: [n for n in names if n in ("wake", "log")])


def counted(hubs, agents, each, what):
    for hub in hubs:
        for a in agents:
            same(hub.quantity(a.unit, 2020, code="GK"), each, "%s: %s at %s" % (what, a.unit, hub.unit))


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def parent_of(agent):
    return agent.status()["parent"]


def is_at(agent, hub, turn, what):
    """A new record goes through the new parent alone."""
    agent.import_rows(people(turn, 5, agent.unit))
    agent.sync(100)
    same(parent_of(agent), hub.unit, what)


def move():
    """One unit is moved from the district to the province, goes on there, and the district is not asked any more."""
    with Tree() as t:
        vn, h80, h807, agents = three(t)
        dry = json.loads(h80.cmd("move", "28162", "--to", "80", "--dry-run", "--json").stdout)
        same((dry["units"], dry["said"]), (["28162"], 0), "dry run")
        told = json.loads(h80.cmd("move", "28162", "--to", "80", "--json").stdout)
        same((told["units"], told["said"]), (["28162"], 1), "said")
        again = json.loads(h80.cmd("move", "28162", "--to", "80", "--json").stdout)
        same((again["said"], again["as_they_were"]), (0, 1), "said once")
        is_at(agents[0], h80, 2, "moved")
        h807.stop()
        is_at(agents[0], h80, 3, "without the district")
        h807.start()
        for a in agents[1:]:
            is_at(a, h807, 2, "the others stay")
        counted((vn, h80), agents[:1], 20, "moved")
        counted((vn, h80, h807), agents[1:], 15, "others")
        p = h807.cmd("move", "28162", "--to", "807", ok=(2,))
        assert "80" in p.stderr and "above" in p.stderr, p.stderr
        p = h807.cmd("move", "30", "--to", "807", ok=(2,))
        assert p.stderr, "a unit elsewhere"
        for hub in t.hubs:
            hub.audit()


def retire():
    """The district ends: its communes and its office go to the province, each record is counted once."""
    with Tree() as t:
        vn, h80, h807, agents = three(t)
        office = Agent(t, "807", h807)
        office.import_rows([award(authority="807", number="15/QĐ-UBND", date="20/01/2021", year="2020", quantity="98")])
        office.sync()
        before = {h.unit: h.figures("807", 2020) for h in (h80, vn)}
        code = json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"]
        processes = [a.start() for a in [office, *agents[:2]]]
        h80.cmd("move", agents[2].unit, "--to", "80")  # the province may say it before; that is no arrival
        agents[2].import_rows(people(2, 5, agents[2].unit))
        p = h807.cmd("retire", "--timeout", "8", "--json", ok=(1,))
        left = json.loads(p.stdout)
        same([w["unit"] for w in left["waiting"]], [agents[2].unit], "only the PC that is off is left: " + p.stdout)
        same(left["drained"], True, "drained")
        p = h807.cmd("invite", "28162", ok=(2,))
        assert "being retired" in p.stderr, p.stderr
        p = run(AGENT, "join", code, "--dir", t.root / "late", "--wait", "5", ok=(1, 2))
        assert "retired" in p.stderr, p.stderr
        agents[2].sync(100)
        same(parent_of(agents[2]), "80", "it came back in time")
        p = h807.cmd("retire", "--timeout", "60")
        assert "may be switched off" in p.stdout, p.stdout
        assert status(h807)["retired_at"], "status says so"
        h807.stop()
        h807.start()
        assert "retired" in h807.log_text(), h807.log_text()
        h807.stop()
        for process in processes:
            process.send_signal(signal.SIGTERM)
            same(process.wait(PATIENCE_S), 0, "an agent ends well")
        for h in (h80, vn):
            got = h.figures("807", 2020)
            same(sum(c["quantity"] for c in got), sum(c["quantity"] for c in before[h.unit]) + 5, "figures of 807 at " + h.unit)
        for a in (agents[0], agents[1]):
            is_at(a, h80, 3, "without the district")
        counted((vn, h80), agents, 15, "after the district")
        for hub in (h80, vn):
            hub.audit()


def retire_between():
    """A province's hub ends: the district's hub goes to the top with all that is below it; its PCs notice nothing."""
    with Tree() as t:
        vn, h80, h807, (a, b) = three(t, COMMUNES[:2])
        process = b.start()
        p = h80.cmd("retire", "--timeout", "60")
        assert "may be switched off" in p.stdout, p.stdout
        h80.stop()
        same(status(h807)["parent"], "VN", "the district's parent")
        is_at(a, h807, 2, "below the district")
        process.send_signal(signal.SIGTERM)
        same(process.wait(PATIENCE_S), 0, "an agent ends well")
        is_at(b, h807, 2, "below the district")
        counted((vn, h807), (a, b), 15, "without the province")
        for hub in (vn, h807):
            hub.audit()


def retire_undone():
    """A retired hub is taken into service again: it admits, its communes come back, one goes to a third hub."""
    with Tree() as t:
        vn, h80, h807, (a, b) = three(t, COMMUNES[:2])
        h297 = Hub(t, "297", Hub(t, "30", vn)).heard_by(vn)
        vn.cmd("move", b.unit, "--to", "297", "--endpoint", h297.endpoint)
        h807.cmd("retire", "--now", ok=(1,))
        is_at(a, h80, 2, "at the province")
        is_at(b, h297, 2, "where the nation sent it")
        told = json.loads(h807.cmd("retire", "--timeout", "60", "--json").stdout)
        same((told["done"], told["units_left"], told["units_elsewhere"]), (True, 0, 1), "one is elsewhere")
        h807.cmd("invite", "28168", ok=(2,))
        assert "--to 807" in h807.cmd("retire", "--undo").stdout
        c = Agent(t, "28168", h807)
        is_at(c, h807, 1, "a new one is admitted")
        h80.cmd("move", a.unit, "--to", "807", "--endpoint", h807.endpoint)
        is_at(a, h807, 3, "and the old one came back")
        counted((vn, h80, h807), (a,), 20, "back")
        counted((vn, h297), (b,), 15, "elsewhere")
        counted((vn, h80, h807), (c,), 5, "new")
        for hub in t.hubs:
            hub.audit()


def move_back():
    """Moved to the province and back: the later word counts; an image of the time between finds its way."""
    with Tree() as t:
        vn, h80, h807, (a,) = three(t, COMMUNES[:1])
        first = t.root / "image-first"
        copy_dir(a.dir, first)
        h80.cmd("move", "28162", "--to", "80")
        is_at(a, h80, 2, "at the province")
        between = t.root / "image-between"
        copy_dir(a.dir, between)
        h80.cmd("move", "28162", "--to", "807", "--endpoint", h807.endpoint)
        is_at(a, h807, 3, "back")
        h80.cmd("move", "28162", "--to", "80")
        is_at(a, h80, 4, "and again")
        for image in (first, between):
            shutil.rmtree(a.dir)
            copy_dir(image, a.dir)
            a.sync(100)
            is_at(a, h80, 5 if image == first else 6, "from " + image.name)
        counted((vn, h80), (a,), 35, "all is there")
        for hub in t.hubs:
            hub.audit()


def move_sideways():
    """A commune goes to a district of another province, a district to another province: the top says it."""
    with Tree() as t:
        vn, h80, h807, (a, b) = three(t, COMMUNES[:2])
        h30 = Hub(t, "30", vn)
        h297 = Hub(t, "297", h30).heard_by(vn)
        p = vn.cmd("move", "28162", "--to", "297", ok=(64,))
        assert "--endpoint" in p.stderr, p.stderr
        vn.cmd("move", "28162", "--to", "297", "--endpoint", h297.endpoint)
        is_at(a, h297, 2, "in the other province")
        same(h297.quantity("28162", 2020, code="GK"), 15, "the new district has it")
        h807.stop()
        h80.stop()
        is_at(a, h297, 3, "without the old province")
        counted((vn, h30), (a,), 20, "through the new province")
        h80.start()
        h807.start()
        vn.cmd("move", "807", "--to", "30", "--endpoint", h30.endpoint)
        b.import_rows(people(4, 5, b.unit))
        b.sync(100)
        h807.await_line("moved")
        same(status(h807)["parent"], "30", "the district's parent")
        h80.stop()
        b.import_rows(people(5, 5, b.unit))
        b.sync(100)
        counted((vn, h30), (b,), 20, "the district, without its old province")
        h80.start()
        for hub in t.hubs:
            hub.audit()


def retire_killed():
    """The hub is killed in the middle of retiring, a machine comes from an old image, and it goes on to the end."""
    with Tree() as t:
        vn, h80, h807, agents = three(t)
        image = t.root / "image"
        copy_dir(agents[0].dir, image)
        def begin():
            process = subprocess.Popen([HUB, "retire", "--dir", str(h807.dir)], stdout=subprocess.PIPE, text=True, env=ENGLISH)
            t.processes.append(process)
            return process, process.stdout.readline()

        retiring, line = begin()
        retiring.kill()
        h80.kill()
        h80.start()
        retiring, line = begin()
        assert "3 units not moved" in line, line
        agents[0].import_rows(people(2, 5, agents[0].unit))
        agents[0].sync(100)
        h807.kill()
        same(retiring.wait(PATIENCE_S), 2, "the command says that the hub is gone")
        h807.start(wait="ready")
        assert "being retired" in h807.log_text(), h807.log_text()
        shutil.rmtree(agents[0].dir)
        copy_dir(image, agents[0].dir)
        for a in agents:
            a.sync(100)
            same(parent_of(a), "80", a.unit)
        h807.cmd("retire", "--timeout", "60")
        h807.stop()
        for a in agents:
            is_at(a, h80, 3, a.unit)
        counted((vn, h80), agents[:1], 20, "also what the lost machine had said")
        counted((vn, h80), agents[1:], 15, "the others")
        p = vn.cmd("retire", ok=(2,))
        assert "top" in p.stderr, p.stderr
        for hub in (vn, h80):
            hub.audit()


def move_address():
    """A hub's address changes: a move to the same hub tells its machines the new one beforehand."""
    with Tree() as t:
        vn, h80, h807, (a,) = three(t, COMMUNES[:1])
        office = Agent(t, "807", h807)
        old, new = h807.endpoint, "tcp://127.0.0.1:%d" % free_port()
        h807.cmd("move", "--all-of", "807", "--to", "807", "--endpoint", new)
        is_at(a, h807, 2, "nobody listens there yet")
        is_at(office, h807, 2, "nor for the office")
        h807.stop()
        conf = h807.dir / "hub.conf"
        conf.write_text(conf.read_text().replace(old, new))
        h807.start()
        is_at(a, h807, 3, "at the new address")
        is_at(office, h807, 3, "the office's PC too")
        assert "parent: " + new not in h807.log_text(), "the hub does not try itself as its parent"
        counted((vn, h80, h807), (a,), 20, "all is there")


def move_wrong():
    """A mistyped endpoint, another hub's key, a Move by a sibling: the PC stays where it is; the right word mends it."""
    with Tree() as t:
        vn, h80, h807, (a, b) = three(t, COMMUNES[:2])
        nobody = "tcp://127.0.0.1:%d" % free_port()
        h80.cmd("move", "28162", "--to", "80", "--endpoint", nobody)
        is_at(a, h807, 2, "nobody answers there")
        h80.cmd("move", "28162", "--to", "80", "--curve", "11" * 32)
        is_at(a, h807, 3, "another key answers there")
        h297 = Hub(t, "297", Hub(t, "30", vn))
        p = h297.cmd("move", "28165", "--to", "297", ok=(2,))
        assert "does not lie within" in p.stderr, p.stderr
        is_at(b, h807, 2, "a sibling's word")
        h80.cmd("move", "28162", "--to", "80")
        is_at(a, h80, 4, "the right word")
        counted((vn, h80), (a,), 25, "moved")
        for hub in t.hubs:
            hub.audit()


CASES = {f.__name__: f for f in (move, move_back, move_sideways, move_address, move_wrong, retire, retire_between, retire_killed, retire_undone)}

if __name__ == "__main__":
    main(CASES)
