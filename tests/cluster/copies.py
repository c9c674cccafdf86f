#!/usr/bin/env python3
"""Cluster tests of machines that come back as they were, are there twice, or in place of another: each is told apart for
the operator, and nothing that is none of these is taken for one. `copies.py NAME` runs one."""
import json, os, shutil, signal, socket, subprocess, threading, time

from tree import *

UNIT, NEIGHBOUR = "28162", "28165"


def people(turn, count=5):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, i))
            for i in range(count)]


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def copies(hub):
    return [(c["unit"], c["kind"]) for c in status(hub)["copies"]]


def end(process):
    process.send_signal(signal.SIGTERM)
    same(process.wait(PATIENCE_S), 0, "ends well")


def two_levels(t):
    vn = Hub(t, "VN")
    return vn, Hub(t, "807", vn)


def image(agent, name="image"):
    """A copy of the PC's folder as it is now."""
    path = agent.tree.root / (agent.dir.name + "-" + name)
    copy_dir(agent.dir, path)
    return path


def copy_dir(of, to):
    shutil.copytree(of, to, ignore=lambda d, names: [n for n in names if n.endswith(".sock") or n in ("wake", "log")])


def put_back(agent, path):
    shutil.rmtree(agent.dir)
    copy_dir(path, agent.dir)


def report(agent, *turns):
    for turn in turns:
        agent.import_rows(people(turn))
        agent.sync()


def told(hub, kind, unit=UNIT):
    """What status and log say of the unit's machine, once they do."""
    until(lambda: (unit, kind) in copies(hub), "%s of %s at %s" % (kind, unit, hub.unit))
    row, = [c for c in status(hub)["copies"] if c["unit"] == unit]
    assert row["text"] in hub.cmd("status").stdout, row
    until(lambda: "WARNING: " + row["text"][:40] in hub.log_text(), "a line in the log: " + row["text"])
    return row


def whole(hubs, records, unit=UNIT):
    for hub in hubs:
        same(hub.quantity(unit, 2020, code="GK"), records, "%s at %s" % (unit, hub.unit))
        hub.audit()


def restored():
    """A PC is put back to an older image, without and with rows made since, and loses its store but not its keys: each
    time the hub says so, and to what state; it is kept across a start; nothing is counted twice."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        a, b = Agent(t, UNIT, h807), Agent(t, NEIGHBOUR, h807)
        report(a, 1, 2)
        old = image(a)
        report(a, 3, 4, 5)
        report(b, 1)
        same(copies(h807), [], "nothing yet")
        put_back(a, old)
        a.sync()
        row = told(h807, "restored")
        signed = json.loads(h807.cmd("updates", UNIT, "--json").stdout)["rows"]
        same((row["had_seq"], row["lacked"], row["key"], row["role"]), (2, 3, a.status()["key"], "agent"), "to what state")
        assert 0 < row["had_at"] <= row["restored_at"], row
        same(len(signed), 5, "nothing was signed")
        whole((vn, h807), 25)
        put_back(a, old)
        a.import_rows(people(6))  # offline, on the older image
        h807.stop()
        same(copies(h807), [(UNIT, "restored")], "the store alone tells it too")
        h807.start()
        same(copies(h807), [(UNIT, "restored")], "and the hub that was started anew")
        a.sync()
        same(status(h807)["copies"][0]["lacked"], 3, "the same loss once more")
        report(a, 7)
        whole((vn, h807), 35)
        shutil.rmtree(a.dir / "store")  # its disk failed; the keys were kept elsewhere
        code = json.loads(h807.cmd("invite", UNIT, "--json").stdout)["code"]
        a.cmd("join", code)
        a.sync()
        until(lambda: status(h807)["copies"][0]["had_seq"] == 0, "an empty store")
        assert "with an empty store" in h807.cmd("status").stdout, h807.cmd("status").stdout
        same(len(a.records()), 35, "and all is back")
        report(a, 8)
        whole((vn, h807), 40)
        same(copies(h807), [(UNIT, "restored")], "one machine all along, and none of its neighbour's")
        same(copies(vn), [], "the top speaks to the district alone")


def copy_of(agent, name):
    """Another PC with the same image."""
    copy = object.__new__(Agent)
    copy.__dict__.update(agent.__dict__)
    copy.dir = agent.tree.root / ("agent-" + name)
    copy_dir(agent.dir, copy.dir)
    return copy


def other_program(hub, what):
    program, proto = SOURCE / "tests" / "cluster" / "other_copies.py", SOURCE / "proto" / "lienthong.proto"
    code = json.loads(hub.cmd("invite", NEIGHBOUR, "--json").stdout)["code"]
    same(run(program, what, proto, code).stdout, "ok\n", what)


def cloned():
    """One image on two PCs: in turns each lacks what the other signed, and nothing older; at once, two connections with one
    key go on beside each other. The hub says so; with a code of its own the second one is a machine by itself."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        one = Agent(t, UNIT, h807)
        report(one, 1)
        two = copy_of(one, "two")
        report(one, 2)
        report(two, 3)
        same(told(h807, "restored")["lacked"], 1, "one loss alone is taken for a restored PC")
        report(one, 4)
        same(copies(h807), [(UNIT, "restored")], "two losses may still be one PC restored twice")
        report(two, 5)
        told(h807, "cloned")
        one.sync()
        whole((vn, h807), 25)
        same(forks((h807, vn)), [(1, False)] * 2, "each has fetched before it signed")
        carried(h807, one, 50)
        carried(h807, two, 51)
        until(lambda: forks((h807, vn)) == [(2, True)] * 2, "a fork by one key, at the top too")
        assert "FORKED into 2 by copies of ONE machine" in vn.cmd("status").stdout
        report(one, 52)
        until(lambda: forks((h807, vn)) == [(1, False)] * 2, "joined again")
        whole((vn, h807), 40)
        row = status(h807)["copies"][0]
        same((row["key"], row["role"]), (one.status()["key"], "agent"), "which key")
        two.dir.rename(t.root / "away")  # what operating.md says
        two.cmd("join", json.loads(h807.cmd("invite", UNIT, "--json").stdout)["code"])
        vn.cmd("keys", "--approve", two.status()["key"], "--timeout", PATIENCE_S)
        for turn, pc in enumerate((one, two, one, two), 6):
            report(pc, turn)
        carried(h807, one, 53)
        carried(h807, two, 54)
        until(lambda: forks((h807, vn)) == [(2, False)] * 2, "two machines that have not heard of each other")
        whole((vn, h807), 70)
        same(status(h807)["copies"], [row], "nothing was seen since")
        other_program(h807, "twice")
        told(h807, "cloned", NEIGHBOUR)
        key, = [c["key"] for c in status(h807)["copies"] if c["unit"] == NEIGHBOUR]
        h807.cmd("revoke", NEIGHBOUR, "--key", key[:16])
        until(lambda: copies(h807) == [(UNIT, "cloned")], "whose key was revoked is no longer listed")


def sign_only(agent, *turns):
    """Signed, and not pushed: as if the power had gone in between. Returns the last bundle."""
    for turn in turns:
        agent.import_rows(people(turn))
        bundle = agent.tree.root / ("%s-%d.ltb" % (agent.dir.name, turn))
        agent.cmd("bundle", "out", bundle)
    return bundle


def carried(hub, agent, turn):
    """Without a link: signed with nothing fetched before."""
    hub.cmd("bundle", "in", sign_only(agent, turn))


def forks(hubs, unit=UNIT):
    return [(c["tips"], c["forked_by_one"]) for hub in hubs for c in status(hub)["chains"]
            if (c["unit"], c["stream"]) == (unit, "report")]


class Proxy:
    """Between PCs and a hub: ends the PCs' side of all connections and leaves the hub's open, as a dead link does."""

    def __init__(self, tree, hub):
        self.port, self.hub, self.pairs = free_port(), int(hub.rsplit(":", 1)[1]), []
        self.door = socket.create_server(("127.0.0.1", self.port))
        tree.undo.append(self.end)
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                pair = (self.door.accept()[0], socket.create_connection(("127.0.0.1", self.hub)))
            except OSError:
                return
            self.pairs.append(pair)
            for of, to in (pair, pair[::-1]):
                threading.Thread(target=self.carry, args=(of, to), daemon=True).start()

    def carry(self, of, to):
        try:
            while data := of.recv(65536):
                to.sendall(data)
        except OSError:
            pass

    def cut(self):
        pc = self.pairs[-1][0]
        pc.shutdown(socket.SHUT_RDWR)

    def end(self):
        for s in [self.door] + [s for pair in self.pairs for s in pair]:
            s.close()


def no_false_alarm():
    """Power lost between signing and pushing, with another machine's updates in between; killed at any moment; links
    that died unseen by the hub; words that arrive late; two PCs of a unit in turns; a key changed; a district restored."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        one = Agent(t, UNIT, h807, "one")
        report(one, 1, 2, 3, 4, 5)
        two = Agent(t, UNIT, h807, "two", approved_by=vn)
        sign_only(one, 6, 7, 8)
        report(two, 9, 10)
        one.sync()
        two.sync()
        same(copies(h807), [], "signed and not pushed")
        for turn in (11, 12, 13):
            report(one, turn)
            report(two, turn + 10)
        same(copies(h807), [], "two PCs in turns")
        one.cmd("rotate")
        report(one, 14)
        same(copies(h807), [], "a key changed")
        proxy = Proxy(t, h807.endpoint)
        way = "tcp://127.0.0.1:%d" % proxy.port
        code = json.loads(h807.cmd("invite", NEIGHBOUR, "--endpoint", way, "--json").stdout)["code"]
        away = Agent.__new__(Agent)
        away.__dict__.update({**one.__dict__, "unit": NEIGHBOUR, "dir": t.root / "agent-away"})
        away.cmd("join", code, "--endpoint", way)
        process = away.start()
        for turn in (1, 2, 3, 4):
            away.import_rows(people(turn))
            away.cmd("wait", "--timeout", 60)
            proxy.cut()
        peers = status(h807)["gate"]["peers"]
        assert peers >= 3, "the hub has not seen those links end: %d peers" % peers
        for turn in (5, 6, 7):
            away.import_rows(people(turn))
            process.send_signal(signal.SIGKILL)
            process.wait(PATIENCE_S)
            process = away.start()
        away.cmd("wait", "--timeout", 60)
        end(process)
        same(copies(h807), [], "links that died, and a PC that was killed")
        other_program(h807, "late")
        same(copies(h807), [], "late words")
        h807.stop()
        old = t.root / "old-807"
        copy_dir(h807.dir, old)
        h807.start()
        report(one, 15)
        h807.kill()
        shutil.rmtree(h807.dir)
        copy_dir(old, h807.dir)
        h807.start(wait="ready")
        report(two, 25)
        report(one, 16)
        same((copies(h807), copies(vn)), ([], []), "a district that was restored")
        same(vn.quantity(UNIT, 2020, code="GK"), 5 * 20, "all is counted once")


def newcomers(hub):
    return [(n["unit"], n["kind"], n["waits"]) for n in status(hub)["newcomers"]]


def approve(vn, agent):
    vn.cmd("keys", "--approve", agent.status()["key"], "--timeout", PATIENCE_S)


def revoke(hub, unit, key):
    plan = json.loads(hub.cmd("revoke", unit, "--key", key[:16], "--dry-run", "--json").stdout)
    hub.cmd("revoke", unit, "--key", key[:16], *(["--confirm", plan["confirm"]] if plan.get("confirm") else []))


def replaced():
    """A PC is lost and a new one joins: told at its hub and at the top until approved, at its hub until the former key is
    revoked; a second PC beside a running one is told as that; it is kept across a start."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        hubs = (h807, vn)
        old = Agent(t, UNIT, h807)
        report(old, 1)
        former = old.status()["key"]
        same([newcomers(h) for h in hubs], [[], []], "a unit's first PC")
        old.dir.rename(t.root / "lost")
        second = int(time.time())
        until(lambda: int(time.time()) > second, "another second: two that came in one replace nobody")
        new = Agent(t, UNIT, h807, "new")
        until(lambda: [newcomers(h) for h in hubs] == [[(UNIT, "replaced", True)]] * 2, "replaced, and to be approved")
        for hub in hubs:
            row, = status(hub)["newcomers"]
            same((row["key"], row["former_key"], row["former_revoked"], row["granted_by"], row["role"]),
                 (new.status()["key"], former, False, "807", "agent"), "who")
            assert 0 < row["former_heard_at"] <= row["came_at"], row
            assert row["text"] in hub.cmd("status").stdout and "WAITS" in row["text"], row
            until(lambda: "WARNING: a PC of %s was REPLACED" % UNIT in hub.log_text(), "the log of " + hub.unit)
        for hub in hubs:
            hub.stop()
            same(newcomers(hub), [(UNIT, "replaced", True)], "told by the store alone")
        for hub in hubs[::-1]:
            hub.start()
        same([newcomers(h) for h in hubs], [[(UNIT, "replaced", True)]] * 2, "and after a start")
        approve(vn, new)
        until(lambda: newcomers(vn) == [], "approved")
        same(newcomers(h807), [(UNIT, "replaced", False)], "its former key is still good")
        assert "`revoke %s --key %s`" % (UNIT, former[:16]) in status(h807)["newcomers"][0]["text"]
        revoke(vn, UNIT, former)
        until(lambda: newcomers(h807) == [], "its former key is not")
        new.sync()
        same(len(new.records()), 5, "what the lost one had signed")
        report(new, 2)
        whole(hubs, 10)
        same([copies(h) for h in hubs], [[], []], "neither restored nor cloned")
        one = Agent(t, NEIGHBOUR, h807, "one")
        process = one.start()
        one.import_rows(people(1))
        one.cmd("wait", "--timeout", 60)
        two = Agent(t, NEIGHBOUR, h807, "two")
        until(lambda: newcomers(h807) == [(NEIGHBOUR, "another", True)], "beside one that is on")
        until(lambda: [n[::2] for n in newcomers(vn)] == [(NEIGHBOUR, True)], "which waits at the top")
        approve(vn, two)
        until(lambda: [newcomers(h) for h in hubs] == [[], []], "approved: two PCs of a unit")
        third = Agent(t, NEIGHBOUR, h807, "third")
        for pc in (one, two):
            revoke(vn, NEIGHBOUR, pc.status()["key"])
        until(lambda: [newcomers(h) for h in hubs] == [[(NEIGHBOUR, "replaced", True)]] * 2, "both before it were stolen")
        assert "was revoked" in status(vn)["newcomers"][0]["text"], status(vn)["newcomers"]
        end(process)


def rotated():
    """A key that its own machine has changed for another: the unit's other PC, which came before that, was not put in its place,
    though nothing was heard by the new key; and one that did come in place of a lost PC is still told when it changes its key."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        hubs = (h807, vn)

        def again():
            for hub in hubs:
                hub.stop()
            told = [newcomers(h) for h in hubs]
            for hub in hubs[::-1]:
                hub.start()
            same([newcomers(h) for h in hubs], told, "by the store alone and after a start")
            return told

        def next_second():
            second = int(time.time())
            until(lambda: int(time.time()) > second, "another second: two that came in one replace nobody")

        one = Agent(t, UNIT, h807, "one")
        report(one, 1)
        next_second()
        two = Agent(t, UNIT, h807, "two")
        until(lambda: [newcomers(h) for h in hubs] == [[(UNIT, "replaced", True)]] * 2, "nothing was heard of the first since")
        next_second()
        one.cmd("rotate")
        until(lambda: [newcomers(h) for h in hubs] == [[(UNIT, "another", True)]] * 2, "it was heard: it changed its key")
        same(again(), [[(UNIT, "another", True)]] * 2, "nobody was replaced")
        approve(vn, two)
        until(lambda: [newcomers(h) for h in hubs] == [[], []], "two PCs of a unit")
        same(again(), [[], []], "two PCs of a unit")
        for turn in range(2):
            one.cmd("rotate")
            two.cmd("rotate")
            same(again(), [[], []], "both changed their keys")
        for pc in (one, two):
            report(pc, 2 if pc is one else 3)
        former = two.status()["key"]
        revoke(vn, UNIT, one.status()["key"])
        two.dir.rename(t.root / "lost")
        next_second()
        three = Agent(t, UNIT, h807, "three")
        until(lambda: [newcomers(h) for h in hubs] == [[(UNIT, "replaced", True)]] * 2, "replaced")
        next_second()
        came = [status(h)["newcomers"][0]["came_at"] for h in hubs]
        three.cmd("rotate")
        until(lambda: [n["key"] for h in hubs for n in status(h)["newcomers"]] == [three.status()["key"]] * 2, "by its newer key")
        same(again(), [[(UNIT, "replaced", True)]] * 2, "replaced, with whatever key")
        same([[(n["former_key"], n["came_at"]) for n in status(h)["newcomers"]] for h in hubs],
             [[(former, at)] for at in came], "by whom, since when")
        approve(vn, three)
        until(lambda: [newcomers(h) for h in hubs] == [[(UNIT, "replaced", False)], []], "approved")
        three.cmd("rotate")
        same(again(), [[(UNIT, "replaced", False)], []], "its former key is still good")
        revoke(vn, UNIT, former)
        until(lambda: newcomers(h807) == [], "its former key is not")
        same(again(), [[], []], "nobody is to be revoked")
        three.sync()
        whole(hubs, 15)


def several():
    """At one time: a PC restored, one cloned, one replaced, and the district itself restored. Each is told as what it is."""
    units = ("28162", "28165", "28168", "28174")
    with Tree() as t:
        vn, h807 = two_levels(t)
        back, double, lost, well = (Agent(t, unit, h807) for unit in units)
        for pc in (back, double, lost, well):
            report(pc, 1)
        old, twin = image(back), copy_of(double, "twin")
        report(back, 2)
        h807.stop()
        district = t.root / "old-807"
        copy_dir(h807.dir, district)
        h807.start()
        report(double, 2)
        report(twin, 3)
        report(double, 4)
        report(back, 3)
        h807.kill()
        shutil.rmtree(h807.dir)
        copy_dir(district, h807.dir)
        put_back(back, old)
        lost.dir.rename(t.root / "lost")
        h807.start()
        for pc in (well, back, twin):
            pc.sync()
        report(double, 5)
        report(twin, 6)
        report(double, 7)
        new = Agent(t, lost.unit, h807, "new")
        until(lambda: sorted(copies(h807)) == [(back.unit, "restored"), (double.unit, "cloned")], "of PCs")
        until(lambda: newcomers(h807) == [(lost.unit, "replaced", True)], "and of the one that is new")
        row, = [c for c in status(h807)["copies"] if c["unit"] == back.unit]
        same((row["had_seq"], row["lacked"]), (1, 2), "also what the district itself had lost")
        approve(vn, new)
        report(new, 2)
        for unit, records in zip(units, (15, 35, 10, 5)):
            whole((vn, h807), records, unit)


def warnings(agent, words):
    text = (agent.tree.root / (agent.dir.name + ".log")).read_text()
    return [line for line in text.splitlines() if "warning: " in line and words in line]


def foreign_key():
    """A second key of the unit becomes valid: the running PC says so in its log, once a key, whatever else comes and also
    after a start; of keys that it had itself, and of ended ones, nothing."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        one = Agent(t, UNIT, h807, "one")
        process = one.start()
        one.import_rows(people(1))
        one.cmd("wait", "--timeout", 60)
        before = one.status()["key"]
        one.cmd("rotate")
        until(lambda: one.status()["key"] != before, "a key of its own in place of the other")
        one.import_rows(people(2))
        one.cmd("wait", "--timeout", 60)
        other = Agent(t, UNIT, h807, "other")  # by a code that the district has made for itself, say
        one.import_rows(people(3))
        one.cmd("wait", "--timeout", 60)
        words = "takes another machine for this unit's, key "
        same(warnings(one, words), [], "one that waits for the top is none")
        approve(vn, other)
        other.sync()
        report(other, 4)
        until(lambda: len(warnings(one, words)) == 1, "a warning")
        assert "VN " + words + other.status()["key"][:16] in warnings(one, words)[0], warnings(one, words)
        for turn in (5, 6):
            report(other, turn)
            one.import_rows(people(turn + 10))
            one.cmd("wait", "--timeout", 60)
        end(process)
        process = one.start()
        one.import_rows(people(20))
        one.cmd("wait", "--timeout", 60)
        third = Agent(t, UNIT, h807, "third", approved_by=vn)
        report(third, 21)
        until(lambda: len(warnings(one, words)) == 2, "another one for another key")
        assert third.status()["key"][:16] in warnings(one, words)[1], warnings(one, words)
        revoke(vn, UNIT, third.status()["key"])
        one.import_rows(people(22))
        one.cmd("wait", "--timeout", 60)
        end(process)
        same(len(warnings(one, words)), 2, "once each")
        same(one.status()["other_keys"], [other.status()["key"]], "what is valid now")


def correct(agent, of, **fields):
    """The record of that name, in a file of its own."""
    old = next(r for r in agent.records() if r["name"] == of)
    row = {**dict(zip(AWARD_HEAD, people(1, 1)[0])), "name": of, **fields}
    told = agent.import_rows([[old["ref"], *row.values()]], head=["row", *row])
    same([r["verdict"] for r in told["rows"]], ["corrected"], told["rows"])


def versions(agent):
    """Of the one contested record: the names and positions of the version that stands and of the other."""
    record, = [r for r in agent.records() if r["contested"]]
    return sorted((f.get("name"), f.get("position")) for f in (record["fields"], record["other"]["fields"]))


def both_values():
    """Two PCs with one image, older than what its PC has signed, under a district that was restored as well: on each rows are
    made and a record is corrected without a link. All is counted once, and the clerk of either is shown both values, until
    he has said which."""
    with Tree() as t:
        vn, h807 = two_levels(t)
        one = Agent(t, UNIT, h807)
        report(one, 1, 2)
        old, two = image(one), copy_of(one, "two")
        h807.stop()
        district = t.root / "old-807"
        copy_dir(h807.dir, district)
        h807.start()
        report(one, 3)
        h807.kill()
        shutil.rmtree(h807.dir)
        copy_dir(district, h807.dir)
        put_back(one, old)
        correct(one, "Người 1-0", position="Kế toán")
        correct(two, "Người 1-0", name="Người Hai")
        for turn, pc in enumerate((one, two), 4):
            pc.import_rows(people(turn))
        h807.start(wait="ready")
        for pc in (one, two, one):
            pc.sync()
        whole((vn, h807), 25)
        for pc in (one, two):
            same(versions(pc), [("Người 1-0", "Kế toán"), ("Người Hai", None)], "both values")
            for name in ("status", "records"):
                text = pc.cmd(name, env={"LANG": "vi_VN.UTF-8", "LC_ALL": "vi_VN.UTF-8"}).stdout
                assert "bản kia «" in text and "Kế toán" in text and "Người Hai" in text, text
        correct(two, "Người Hai", position="Kế toán")
        for pc in (two, one):
            pc.sync()
            same([r for r in pc.records() if r["contested"]], [], "his word settles it")
        same(status(vn)["counts"]["contested"], 0, "at the top too")
        correct(one, "Người Hai", name="Người Ba")
        one.sync()
        # One takes it back, the other one corrects it: what was done to it is told, whoever wins.
        two.sync()
        ref = next(r["ref"] for r in one.records() if r["name"] == "Người Ba")
        one.import_rows([[ref, "xóa", ""]], head=["Mã dòng", "Thao tác", "Lý do"])
        one.cmd("bundle", "out", t.root / "one.ltb")
        correct(two, "Người Ba", name="Người Bốn")
        two.cmd("bundle", "out", t.root / "two.ltb")
        for name in ("one", "two"):
            h807.cmd("bundle", "in", t.root / (name + ".ltb"))
        one.sync()
        text = one.cmd("records", "--state", "contested").stdout
        assert "takes it back" in text and "1 records" in text, text
        for hub in (vn, h807):
            hub.audit()


CASES = {f.__name__: f for f in (restored, cloned, replaced, rotated, several, no_false_alarm, foreign_key, both_values)}

if __name__ == "__main__":
    main(CASES)
