#!/usr/bin/env python3
"""Cluster tests of a dishonest hub in between: a district with its own valid keys that runs the real code with a
liar at its seams (tests/hostile). `hostile.py NAME` runs one."""
import json, os, time
from tree import *

UNIT, NEIGHBOUR = "28162", "28165"


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


CASES = {f.__name__: f for f in (alters, invents, reorders, drops)}

if __name__ == "__main__":
    main(CASES)
