#!/usr/bin/env python3
"""A machine of an enrolled unit, and a hub's own neighbour below another hub, say validly signed nonsense.

`wild_agent nonsense` makes it from a seed (nonsense.h): the same seed says the same again, but for keys and sessions.
LT_SEEDS and LT_COUNT make it longer: LT_SEEDS=100:200 tries the seeds 100 to 199.
"""
from quotas import *

COUNT = int(os.environ.get("LT_COUNT", 600 if SANITIZED else 3000))
FIRST, END = (int(n) for n in os.environ.get("LT_SEEDS", "1:4").split(":"))
# Whatever one machine says: its own share of the hub's caches, and no more.
MEMORY_KIB = 64 * 1024 if not SANITIZED else 512 * 1024


def go_through(tree, hub, good, evil, seed):
    """The neighbour's rows are receipted meanwhile, and to the end."""
    process = wild(tree, hub, evil, "nonsense", COUNT, seed)
    done = 0
    while done == 0 or process.poll() is None:
        tree.turn += 1
        good.import_rows(people(tree.turn, 5))
        good.sync()
        done += 1
    tree.rows += 5 * done
    out, numbers = outcome(process)
    print("  seed %d: neighbour receipted %d times meanwhile; %s; %d cuts" %
          (seed, done, out.strip().split("\n")[-2], out.count("cut off")), flush=True)
    return numbers


def own_rows(hub):
    """What the neighbour said and counts. Others may tell of its decisions about their own people (`outside`): those
    are unconfirmed, and not its rows."""
    told = json.loads(hub.cmd("records", "--counted", "--place", "28162", "--year", "2020", "--json").stdout)
    return sum(r["quantity"] for r in told["rows"] if r["unit"] == "28162")


def look_everywhere(hub):
    """Whatever is stored can be shown."""
    for words in (("records", "--unit", "28165", "--json"), ("records", "--unit", "28165", "--csv"), ("records", "--place", "VN"),
                  ("figures", "--place", "VN", "--year", "2018..2022", "--by", "place,year,code,type,status,movement"),
                  ("figures", "--place", "VN", "--year", "2020", "--by", "kind,scope,length,field", "--where", "kind=movement"),
                  ("differences", "--place", "VN", "--year", "2020"), ("completeness", "--place", "VN", "--period", "2020"),
                  ("list", "movements", "--place", "VN", "--year", "2020"),
                  ("list", "pledges", "--place", "VN", "--year", "2020"), ("list", "declarations", "--place", "VN", "--year", "2020"),
                  ("list", "exemplars", "--place", "VN", "--year", "2020"), ("list", "proposals", "--place", "VN", "--year", "2020"),
                  ("clusters", "--place", "VN", "--year", "2020"), ("updates", "28165"), ("keys", "--json"), ("status",)):
        hub.cmd(*words)


def check(tree, hub, before_kib):
    look_everywhere(hub)
    same(own_rows(hub), tree.rows, "the neighbour's rows, each once")
    grown = memory_kib(hub.process) - before_kib
    assert grown < MEMORY_KIB, "the hub's memory grew by %d KiB" % grown
    hub.audit()
    return grown


def chains(hub, unit=None):
    return [(c["unit"], c["stream"], c["updates"], c["tips"], c["quarantined"]) for c in status(hub)["chains"]
            if unit in (None, c["unit"])]


def at_the_top():
    """At a top: up, its audit equal, its memory bounded, the neighbour's rows counted, the same after a restart."""
    with Tree() as t:
        vn, evil, good = neighbours(t, nothing=1000, pace=1000, day=100000, cut=1)
        good.import_rows(people(0, 5))
        good.sync()
        t.rows += 5
        before = memory_kib(vn.process)
        for seed in range(FIRST, END):
            go_through(t, vn, good, evil, seed)
            grown = check(t, vn, before)
        stored = updates(vn, "28165")
        assert stored > 10 * (END - FIRST), "only %d updates of nonsense were stored: it tests little" % stored
        print("  %d updates of nonsense stored; memory grew by %d KiB" % (stored, grown))
        counts = chains(vn)
        vn.stop()
        vn.start()
        same(chains(vn), counts, "chains after a restart")
        same(own_rows(vn), t.rows, "the neighbour's rows after a restart")
        vn.audit()
        evil.import_rows(people(999, 3))  # its honest program finds its way through all this
        evil.sync()


def through_a_district():
    """Below a district: what it takes is passed up unchanged; both audits are equal, and both hold the same."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        limited(vn, nothing=1000, pace=1000, day=100000)
        limited(h807, nothing=1000, pace=1000, day=100000, cut=1)
        evil, good = Agent(t, "28165", h807), Agent(t, "28162", h807)
        t.turn, t.rows = 0, 0
        good.import_rows(people(0, 5))
        good.sync()
        t.rows += 5
        before = {hub: memory_kib(hub.process) for hub in (vn, h807)}
        for seed in range(FIRST + 1000, END + 1000):
            go_through(t, h807, good, evil, seed)
        until(lambda: updates(vn, "28165") == updates(h807, "28165") > 0, "the top holds what the district took")
        for hub in (vn, h807):
            print("  %s: memory grew by %d KiB, %d updates stored" % (hub.unit, check(t, hub, before[hub]), updates(hub, "28165")))
        same(chains(vn, "28165"), chains(h807, "28165"), "what both hold, and what they quarantine")


if __name__ == "__main__":
    main({f.__name__: f for f in (at_the_top, through_a_district)})
