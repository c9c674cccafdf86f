#!/usr/bin/env python3
"""Cluster tests of a dishonest hub in between: a district with its own valid keys that runs the real code with a
liar at its seams (tests/hostile). `hostile.py NAME` runs one."""
import json, os, shutil, time
from tree import *

UNIT, NEIGHBOUR, FAR = "28162", "28165", "28168"


class Liar(Hub):
    """A hub that can be told what to do wrong. It is honest until then."""

    def __init__(self, tree, unit, parent):
        self.deed, self.victim = "honest", UNIT
        super().__init__(tree, unit, parent, prefix=self.dressed())

    def dressed(self):
        return ["env", "LT_HOSTILE=" + self.deed, "LT_HOSTILE_UNIT=" + self.victim, "LT_HOSTILE_TOP=VN",
                "sh", "-c", 'exec "$LT_HUB_HOSTILE" "$@"']

    def turns(self, deed, wait="settled"):
        self.stop()
        self.deed = deed
        self.prefix = self.dressed()
        self.start(wait)


def people(turn, count, unit):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %s-%d-%d" % (unit, turn, i))
            for i in range(count)]


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def until(what, true):
    """Asks again and again: each asking is a process of its own, which is pause enough."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        got = true()
        if got:
            return got
    raise Failed("in vain: " + what)


def alarm(hub, kind, unit=UNIT):
    return until("an alarm %s of %s at %s" % (kind, unit, hub.unit),
                 lambda: [a for a in status(hub)["alarms"] if (a["kind"], a["unit"]) == (kind, unit)])[0]


def tree_of(t):
    vn = Hub(t, "VN")
    h80 = Hub(t, "80", vn)
    return vn, h80, Liar(t, "807", h80)


def at_district(agent, updates):
    until("%d updates at the district" % updates, lambda: agent.status()["at_parent"] == updates)


def backlog(h80, h807, agent, turns):
    """So many updates lie at the district when the province is back."""
    h80.stop()
    process = agent.start()
    for turn in turns:
        agent.import_rows(people(turn, 10, agent.unit))
        at_district(agent, turn)
    h80.start()
    return process


def end(process):
    process.send_signal(signal.SIGTERM)
    same(process.wait(PATIENCE_S), 0, "an agent ends well")


def told(hub, *words):
    until("the log of %s says %s" % (hub.unit, words), lambda: all(w in hub.log_text() for w in ("WARNING", *words)))
    text = hub.cmd("status").stdout
    assert all(w in text for w in ("ALARM", *words)), text


def whole(hubs, records, what):
    for hub in hubs:
        same(hub.quantity(UNIT, 2020, code="GK"), records, "%s at %s" % (what, hub.unit))
        hub.audit()


def alters():
    """A byte of each signature, then of each body: refused above, named with who brought it; neighbours go on."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a, b = Agent(t, UNIT, h807), Agent(t, NEIGHBOUR, h807)
        h807.turns("alter-signature")
        process = a.start()
        a.import_rows(people(1, 10, UNIT))
        b.import_rows(people(1, 10, NEIGHBOUR))
        b.sync()
        seen = alarm(h80, "altered")
        same((seen["child"], seen["role"], seen["stream"]), ("807", "hub", "report"), "who brought it")
        told(h80, "the hub of 807", "the reports of 28162", "altered")
        same(a.status()["counted"], 0, "not yet counted, and the clerk sees it")
        h807.turns("alter-body")
        until("the other way is seen too", lambda: alarm(h80, "altered")["count"] > seen["count"])
        same(status(vn)["alarms"], [], "it came no further")
        whole((vn, h80), 0, "nothing altered counts")
        h807.turns("honest")
        end(process)
        a.sync()
        whole((vn, h80, h807), 10, "the true one")


def invents():
    """An update in the commune's name, signed by a key of the district's own making."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        h807.turns("invent")
        a.import_rows(people(1, 10, UNIT))
        a.sync()
        seen = alarm(h80, "key")
        same(seen["child"], "807", "who brought it")
        told(h80, "the hub of 807", "in the name of 28162", seen["key"][:12])
        same(status(vn)["alarms"], [], "it came no further")
        whole((vn, h80), 10, "only what the commune said")
        same(a.status()["other_keys"], [], "no other key is granted")


def reorders():
    """Each pair of updates the other way round: all is there in the end, and nobody is alarmed for good."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        h807.turns("reorder")
        end(backlog(h80, h807, a, (1, 2)))
        a.sync()
        whole((vn, h80, h807), 20, "both")
        until("no doubt is left", lambda: status(h80)["alarms"] == [])


def drops():
    """The middle one of three updates is left out: what follows it waits, and the gap is named with who left it."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        h807.turns("drop")
        process = backlog(h80, h807, a, (1, 2, 3))
        seen = alarm(h80, "gap")
        same((seen["child"], len(seen["missing"])), ("807", 64), "who left it out")
        told(h80, "the hub of 807", "the reports of 28162", seen["missing"][:12])
        until("the first is counted", lambda: a.status()["counted"] == 1)
        whole((vn, h80), 10, "what comes before the gap")
        same(status(vn)["alarms"], [], "it came no further")
        h807.turns("honest")
        end(process)
        a.sync()
        whole((vn, h80, h807), 30, "all")
        same(status(h80)["alarms"], [], "and the gap is closed")


def directed(agent, test, what):
    """A directive from above has come to the PC."""
    until(what, lambda: (agent.cmd("run", "--once", "--timeout", 1, ok=(0, 1)), test(agent.status()))[1])


def withholds():
    """Nothing of the commune goes up: its clerk sees that the top has not confirmed, and is warned in time."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        vn.cmd("fallback", "--after", "2s", "--warn-only")
        a, b = Agent(t, UNIT, h807), Agent(t, NEIGHBOUR, h807)
        directed(a, lambda s: s["waits"]["after_s"] == 2, "the time that the top has set")
        h807.turns("withhold")
        process = a.start()
        a.import_rows(people(1, 10, UNIT))
        b.import_rows(people(1, 10, NEIGHBOUR))
        b.sync()
        at_district(a, 1)
        until("overdue", lambda: a.status()["waits"]["overdue_since"] != 0)
        same(a.status()["counted"], 0, "the district's receipt is not the top's")
        text = run(AGENT, "status", "--dir", a.dir, env={"LANG": "vi_VN.UTF-8", "LC_ALL": "vi_VN.UTF-8"}).stdout
        assert "Chưa tới VN:      1 bản" in text and "CẢNH BÁO" in text and "VN chưa xác nhận từ" in text and "báo cho 807" in text, text
        same(b.status()["waits"]["overdue_since"], 0, "not its neighbour")
        h807.turns("honest")
        end(process)
        a.sync()
        same(a.status()["waits"]["overdue_since"], 0, "it is over")
        whole((vn, h80, h807), 10, "after all")


def silent_after(hub, time):
    hub.stop()
    with open(hub.dir / "hub.conf", "a") as conf:
        conf.write("silent_after = %s\n" % time)
    hub.start()


def heard(hub):
    return status(hub)["heard"]


def row(hub, unit=UNIT):
    return next((r for r in heard(hub)["rows"] if r["unit"] == unit), None)


def held_back():
    """Its updates are kept back, its signs of life are not: the unit itself says how many there are."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        silent_after(vn, "2s")
        a = Agent(t, UNIT, h807)
        a.import_rows(people(1, 10, UNIT))
        a.sync()
        h807.turns("withhold")
        process = a.start()
        a.import_rows(people(2, 10, UNIT))
        at_district(a, 2)
        until("the province sees that there is more", lambda: (row(h80) or {}).get("said") == 2)
        seen = row(h80)
        same((seen["updates"], seen["through"], seen["behind"]), (1, "807", False), "it may be on its way")
        until("the top sees that it stays away", lambda: (row(vn) or {}).get("behind"))
        same(row(vn)["through"], "80", "by which neighbour")
        until("the log says so", lambda: "WARNING: they say that they have more than came here: 28162" in vn.log_text())
        assert "KEPT BACK 28162 through 80" in vn.cmd("status").stdout, vn.cmd("status").stdout
        h807.turns("honest")
        end(process)
        a.sync()
        until("all is here", lambda: heard(h80)["behind"] == 0 and heard(vn)["behind"] == 0)
        whole((vn, h80, h807), 20, "after all")


def standing_units(t):
    """The demo's units as if none had ended: of what has ended no sign is expected."""
    path = t.root / "units.csv"
    with open(UNITS, encoding="utf-8") as f:
        rows = list(csv.DictReader(f))
    seen = set()
    with open(path, "w", newline="", encoding="utf-8") as f:
        w = csv.DictWriter(f, rows[0].keys())
        w.writeheader()
        w.writerows({**r, "valid_from": "", "valid_to": ""} for r in rows
                    if r["valid_from"] == "" and not (r["code"] in seen or seen.add(r["code"])))
    return path


def silence():
    """Nothing of the commune goes up, no sign of life either: silent at the top in the time that it has set."""
    with Tree() as t:
        t.units = standing_units(t)
        vn, h80, h807 = tree_of(t)
        silent_after(vn, "8s")
        a, b = Agent(t, UNIT, h807), Agent(t, NEIGHBOUR, h807)
        for agent in (a, b):
            agent.import_rows(people(1, 10, agent.unit))
            agent.sync()
        same((heard(vn)["units"], heard(vn)["silent"]), (2, 0), "both are heard")
        h807.turns("silence")
        process = a.start()
        a.import_rows(people(2, 10, UNIT))
        at_district(a, 2)
        quiet = lambda: [r["unit"] for r in heard(vn)["rows"] if r["silent"]]
        until("it alone is silent at the top", lambda: (b.sync(), quiet() == [UNIT])[1])
        same((row(vn)["through"], row(vn)["updates"]), ("80", 1), "what is known of it")
        until("the log says so", lambda: "WARNING: silent for longer than silent_after: 28162" in vn.log_text())
        text = vn.cmd("status").stdout
        assert "SILENT 28162 through 80, last heard 20" in text, text
        vn.stop()
        vn.start()
        assert UNIT in quiet(), "who is silent is not forgotten"
        h807.turns("honest")
        end(process)
        until("heard again", lambda: (a.sync(), UNIT not in quiet())[1])
        whole((vn, h80, h807), 20, "after all")


def forges_receipts():
    """Receipts in the top's name by the district's own key, and its own that say they are the top's: none counts."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        a.import_rows(people(1, 10, UNIT))
        a.sync()
        h807.turns("forge")
        process = a.start()
        a.import_rows(people(2, 10, UNIT))
        at_district(a, 2)
        until("they are seen for what they are", lambda: a.status()["waits"]["bad_receipts"] > 0)
        said = a.status()
        same((said["counted"], [r["hub"] for r in said["receipts"] if r["top"]]), (1, ["VN"]), "what the top has said")
        text = a.cmd("status").stdout
        assert "WARNING" in text and "were not theirs" in text, text
        same([r["state"] for r in a.records()].count("counted"), 10, "what the clerk sees of each record")
        h807.turns("honest")
        end(process)
        a.sync()
        whole((vn, h80, h807), 20, "after all")


def replays():
    """An old receipt of the top, again and again in place of the newer ones, takes nothing back."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        for turn in (1, 2):
            a.import_rows(people(turn, 10, UNIT))
            a.sync()
        h807.turns("replay")
        process = a.start()
        for turn in (3, 4):
            a.import_rows(people(turn, 10, UNIT))
            at_district(a, turn)
            until("the top has it", lambda: vn.quantity(UNIT, 2020, code="GK") == 10 * turn)
        said = a.status()
        assert said["counted"] in (2, 3), said  # the first one that came is the one that is played
        h807.turns("honest")
        end(process)
        a.sync()
        whole((vn, h80, h807), 40, "all along")


def shuffles():
    """Of each two receipts of the top the later one comes first: what it says stands, and nobody is alarmed."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        h807.turns("shuffle")
        process = a.start()
        for turn in (1, 2):
            a.import_rows(people(turn, 10, UNIT))
            at_district(a, turn)
            until("the top has it", lambda: vn.quantity(UNIT, 2020, code="GK") == 10 * turn)
        until("both receipts came, the later one first", lambda: a.status()["counted"] == 2)
        a.import_rows(people(3, 10, UNIT))
        at_district(a, 3)  # what came before on this connection was heard
        same((a.status()["counted"], a.status()["waits"]["bad_receipts"]), (2, 0), "what the clerk sees")
        h807.turns("honest")
        end(process)
        a.sync()
        whole((vn, h80, h807), 30, "all along")


def second_endpoint():
    """A district keeps all from above, then the receipts alone, then is gone: the PC goes to the top by itself."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        h80.cmd("fallback", "--after", "2s")
        vn.cmd("fallback", "--after", "3s")
        a = Agent(t, UNIT, h807)
        directed(a, lambda s: s["waits"]["second_parents"] == 2, "both second ways")
        ways = lambda: [(f["hub"], f["after_s"]) for f in json.loads(vn.cmd("fallback", "--json").stdout)]
        until("the top knows of both", lambda: ways() == [("80", 2), ("VN", 3)])
        for wrong in (("--after", "soon"), ("--after", "3s", "--endpoint", "tcp://0.0.0.0:7400"), ("--after", "400d"),
                      ("--off", "--after", "3s"), ("--warn-only",)):
            assert vn.cmd("fallback", *wrong, ok=(64,)).stderr, wrong
        said = lambda: next(c["updates"] for c in status(vn)["chains"] if (c["unit"], c["stream"]) == ("VN", "directive"))
        before = said()
        vn.cmd("fallback", "--after", "3s")
        same((said(), ways()), (before, [("80", 2), ("VN", 3)]), "the same again says nothing")
        h807.turns("withhold")
        process = a.start()
        a.import_rows(people(1, 10, UNIT))
        at_district(a, 1)
        until("counted by another way", lambda: a.status()["counted"] == 1)
        said = a.status()
        same((said["waits"]["on_second"], said["waits"]["hub"], said["parent"]), (True, "VN", "807"), "by which way")
        assert "sending to VN in place of 807" in a.cmd("status").stdout
        a.import_rows(people(2, 10, UNIT))
        until("and the next too", lambda: a.status()["counted"] == 2)
        end(process)
        whole((vn,), 20, "each once")
        h807.turns("hoard")
        a.import_rows(people(3, 10, UNIT))
        a.sync()
        same(a.status()["waits"]["hub"], "VN", "again")
        h807.stop()
        a.import_rows(people(4, 10, UNIT))
        a.sync()
        h807.deed, h807.prefix = "honest", []
        h807.start()
        a.import_rows(people(5, 10, UNIT))
        a.sync()
        same((a.status()["waits"]["hub"], a.status()["parent"]), ("807", "807"), "its own hub is tried first again")
        whole((vn, h80, h807), 50, "each once, everywhere")
        vn.cmd("fallback", "--off")
        same([hub for hub, _ in ways()], ["80"], "no longer")


def grants_itself():
    """The district grants itself a key of the commune and signs with it: that counts nowhere above, the unit's does."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        a = Agent(t, UNIT, h807)
        a.import_rows(people(1, 10, UNIT))
        a.sync()
        h807.turns("believe")
        forger = Agent(t, UNIT, h807, name="forger")
        forger.import_rows(people(2, 10, UNIT))
        forger.cmd("run", "--once", "--timeout", 5, ok=(1,))
        same(alarm(h80, "key")["child"], "807", "who brought it")
        whole((vn, h80), 10, "what the unit's own PC said")
        told(h80, "the hub of 807", "in the name of 28162")
        h807.turns("honest")
        a.import_rows(people(3, 10, UNIT))
        a.sync()
        whole((vn, h80), 20, "and what it says next")
        same(len(a.records()), 20, "its own PC takes nothing of it")


def owed_file(t, *periods):
    path = t.root / "owed.csv"
    path.write_text("unit,within,level,nature,kind,period,due,exempt\n"
                    + "".join("%s,,,,,%s,2030-01-01,\n" % (UNIT, p) for p in periods))
    return path


def owes(agent):
    return sorted(o["period"] for o in agent.status()["owed"])


def agent_log(agent):
    return (agent.tree.root / (agent.dir.name + ".log")).read_text()


def mute():
    """A district passes on no directive of those above it, all else as it should: the PC asks a hub above from time to time,
    gets what was kept back, says so when the district has not passed it on in time, and goes the second way."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        vn.cmd("fallback", "--after", "4s")
        a = Agent(t, UNIT, h807)
        directed(a, lambda s: s["waits"]["second_parents"] == 1, "the second way")
        h807.turns("mute")
        process = a.start()
        vn.cmd("obligations", "import", owed_file(t, "2019", "2020"))
        until("the district itself has it", lambda: json.loads(h807.cmd("obligations", "--json").stdout)["rows"])
        a.import_rows(people(1, 10, UNIT))
        until("rows are counted as ever", lambda: a.status()["counted"] == 1)
        until("what was kept back comes by the second way", lambda: owes(a) == ["2019", "2020"])
        until("told", lambda: a.status()["waits"]["directives_since"] != 0)
        said = a.status()["waits"]
        same((said["directives_of"], said["overdue_since"]), ("VN", 0), "whose, and that no row waits")
        text = a.cmd("status").stdout
        assert "WARNING:          directives are kept back: 807 has not passed on those of VN since 20" in text, text
        until("on the second way", lambda: a.status()["waits"]["on_second"])
        assert agent_log(a).count("warning: directives are kept back: 807") == 1, agent_log(a)
        vn.cmd("obligations", "import", owed_file(t, "2019", "2020", "2021"))
        until("the next one at once", lambda: owes(a) == ["2019", "2020", "2021"])
        end(process)
        h807.turns("honest")
        process = a.start()
        until("it is over", lambda: a.status()["waits"]["directives_since"] == 0)
        end(process)
        whole((vn, h80, h807), 10, "all along")


def images(t, hubs):
    for hub in hubs:
        hub.stop()
        shutil.copytree(hub.dir, t.root / ("old-" + hub.unit), ignore=shutil.ignore_patterns("*.sock"))
        hub.start(wait="ready")


def put_back(t, hubs):
    for hub in hubs:
        hub.kill()
        shutil.rmtree(hub.dir)
        shutil.copytree(t.root / ("old-" + hub.unit), hub.dir)
    for hub in hubs:
        hub.start()


def asked_in_vain():
    """The district is honest: the PC asks a hub above, is back at its own at once, and nobody is accused; not even when all
    hubs were restored and have lost a directive that the PC holds."""
    with Tree() as t:
        vn, h80, h807 = tree_of(t)
        vn.cmd("fallback", "--after", "2s")
        a = Agent(t, UNIT, h807)
        directed(a, lambda s: s["waits"]["second_parents"] == 1, "the second way")
        images(t, (vn, h80, h807))
        process = a.start()
        asked = lambda: agent_log(a).count("connected to VN")
        back = lambda: a.status()["waits"]["hub"] == "807" and a.status()["settled"]
        until("asked", lambda: asked() == 1)
        vn.cmd("obligations", "import", owed_file(t, "2019"))
        until("back at its own", back)
        until("directives come", lambda: owes(a) == ["2019"])
        end(process)
        put_back(t, (vn, h80, h807))
        before = asked()
        process = a.start()
        until("asked about what is lost", lambda: asked() > before)
        until("and back", back)
        a.import_rows(people(1, 10, UNIT))
        until("counted", lambda: a.status()["counted"] == 1)
        same((a.status()["waits"]["directives_since"], owes(a)), (0, ["2019"]), "it was lost, and not kept back")
        for hub in (vn, h80, h807):
            until("what was lost is back at " + hub.unit,
                  lambda: [o["period"] for o in json.loads(hub.cmd("obligations", "--json").stdout)["rows"]] == ["2019"])
        end(process)
        assert "kept back" not in agent_log(a) and "not confirmed" not in agent_log(a), agent_log(a)


def by_itself():
    """A district keeps back all of the commune's, signs of life too, as if its PC were off: the PC's second way brings them, and
    the top says that they do not come through the neighbour that they should come through."""
    with Tree() as t:
        t.units = standing_units(t)
        vn, h80, h807 = tree_of(t)
        silent_after(vn, "6s")
        vn.cmd("fallback", "--after", "3s")
        a, b = Agent(t, UNIT, h807), Agent(t, NEIGHBOUR, h807)
        directed(a, lambda s: s["waits"]["second_parents"] == 1, "the second way")
        for agent in (a, b):
            agent.import_rows(people(1, 10, agent.unit))
            agent.sync()
        h807.turns("silence")
        began = int(time.time())
        process = a.start()
        a.import_rows(people(2, 10, UNIT))
        until("counted by the second way", lambda: a.status()["counted"] == 2)
        alone = lambda: [r["unit"] for r in heard(vn)["rows"] if r["by_itself_since"]]
        until("seen at the top", lambda: (b.sync(), alone() == [UNIT])[1])
        assert row(vn)["through"] == "80" and row(vn)["heard_at"] >= began, row(vn)
        until("the log says so", lambda: "by their own way: 28162 (through 80)" in vn.log_text())
        text = vn.cmd("status").stdout
        assert "BY ITSELF since 20" in text and ": 28162; what it says does not come through 80" in text, text
        end(process)
        h807.turns("honest")
        process = a.start()
        until("through the district again", lambda: alone() == [])
        end(process)
        whole((vn,), 20, "each once")


def peak_kib(process):
    """What it has had at most; the first word of a Hub's or an Agent's process is its own since `exec`."""
    for line in open("/proc/%d/status" % process.pid):
        if line.startswith("VmHWM:"):
            return int(line.split()[1])


def endless():
    """A province welcomes those below it, and then each of its messages has parts without end, which libzmq keeps until the last
    one: a PC and a district's hub give the link up before it costs them memory, say so, and try again; and go on when the province
    is honest. What is large and honest passes all along."""
    os.environ["ASAN_OPTIONS"] = os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"
    ENGLISH["ASAN_OPTIONS"] = os.environ["ASAN_OPTIONS"]
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Liar(t, "80", vn)
        h807 = Hub(t, "807", h80)
        near, far = Agent(t, UNIT, h807), Agent(t, FAR, h80)
        for agent in (near, far):
            agent.import_rows(people(1, 1500, agent.unit))
            agent.sync()
        h807.stop()
        h807.start()
        process = far.start()
        until("the PC is connected", lambda: far.status()["settled"])
        quiet = [peak_kib(p) for p in (process, h807.process)]
        h80.turns("endless")
        lost = lambda: agent_log(far).count("lost 80")
        until("the PC tries again", lambda: lost() >= 4)
        until("the district tries again", lambda: h807.log_text().count("the parent is away") >= 4)
        assert "the parent sends a message without end; broken off" in agent_log(far), agent_log(far)
        same(agent_log(far).count("without end"), 1, "said once, not each time")
        assert "the parent sends a message without end" in h807.log_text(), h807.log_text()
        until("status of the PC", lambda: far.status()["trouble"] == "the parent sends a message without end")
        grown = [peak_kib(p) - q for p, q in zip((process, h807.process), quiet)]
        print("  of 1000 MB each time: %d and %d KiB" % tuple(grown), flush=True)
        assert max(grown) < 160 << 10, grown
        far.import_rows(people(2, 10, FAR))
        near.import_rows(people(2, 10, UNIT))
        near.cmd("run", "--once", "--timeout", 20, ok=(0, 1))  # the district serves its own meanwhile
        same(near.status()["at_parent"], near.status()["updates"], "at the district")
        h80.turns("honest")
        for agent in (far, near):
            if agent is near:
                process2 = agent.start()
            until("counted", lambda: agent.status()["counted"] == agent.status()["updates"] and agent.status()["settled"])
        same(far.status()["trouble"], "", "all is well")
        for p in (process, process2):
            end(p)
        whole((vn, h80), 1510, "each once")


CASES = {f.__name__: f for f in (alters, invents, reorders, drops, withholds, held_back, silence, by_itself, forges_receipts, replays, shuffles, endless,
                                 second_endpoint, grants_itself, mute, asked_in_vain)}

if __name__ == "__main__":
    main(CASES)
