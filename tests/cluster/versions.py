"""Two versions of the programs in one tree: the release, and one that writes the next body version (next-hub and
next-agent, made by the tests).

    versions.py not_before_announced  nobody writes it before the top announces it; who would not understand is listed
    versions.py old_hub_between       an old hub keeps, relays and gives receipts for what it cannot read, and says so
    versions.py upgraded_later        upgraded, it counts all of it; going back is as good
    versions.py as_written            every command of the operator's section on upgrading, as it is written
"""
import os

import typed as operator
from tree import *

NEXT_HUB, NEXT_AGENT = os.environ["LT_NEXT_HUB"], os.environ["LT_NEXT_AGENT"]
CHECK = os.environ["LT_CHECK"]


class NextHub(Hub):
    program = NEXT_HUB


class NextAgent(Agent):
    program = NEXT_AGENT


def status(who):
    return json.loads(who.cmd("status", "--json").stdout)


def versions(hub):
    told = json.loads(hub.cmd("versions", "--json").stdout)
    return told, {(r["unit"], r["role"]): (r["body_version"], r["state"]) for r in told["rows"]}


def unread(hub):
    v = status(hub)["versions"]
    return v["unread_updates"], v["unread_directives"]


def directives_of_top(hub):
    return [c["updates"] for c in status(hub)["chains"] if c["stream"] == "directive" and c["unit"] == "VN"][0]


def announce(vn, below, body, *more):
    """Said at the top, and held by the hub below."""
    vn.cmd("versions", "--announce", body, *more)
    until(lambda: directives_of_top(below) == directives_of_top(vn), "the directive at " + below.unit)


def send(agent, number, quantity):
    agent.import_rows([award(number=number, date="20/12/2020", year="2020", quantity=quantity)])
    agent.sync()


def of(hub, unit):
    return hub.quantity(unit, 2020, code="GK")


def mixed(t):
    """A new top and a new PC, an old hub and an old PC between and beside them."""
    vn = NextHub(t, "VN")
    h80 = Hub(t, "80", vn)
    return vn, h80, NextAgent(t, "28162", h80), Agent(t, "28165", h80)


def not_before_announced():
    with Tree() as t:
        vn, h80, new, old = mixed(t)
        send(new, "1/QD", 10)
        send(old, "2/QD", 5)
        same((of(h80, "28162"), unread(h80)), (10, (0, 0)), "a new program writes what everybody reads")
        same(status(vn)["versions"], {"body": 2, "announced": 1, "writes": 1, "unread_updates": 0, "unread_directives": 0,
                                      "unread_newest": 0}, "nothing is announced")
        same(versions(h80)[1], {("28162", "agent"): (2, "reads it"), ("28165", "agent"): (1, "reads it")},
             "who runs what, connected or not")
        before = directives_of_top(vn)
        for wrong in ("3", "0", "2x", "-1", "99999999999999999999", ""):
            assert "knows body versions 1 to 2" in vn.cmd("versions", "--announce", wrong, ok=(64,)).stderr, wrong
        assert "knows body versions 1 to 1" in h80.cmd("versions", "--announce", 2, ok=(64,)).stderr, "not what it cannot read"
        assert "top of the tree" in h80.cmd("versions", "--announce", 1, ok=(1,)).stderr, "not at a hub below"
        assert "go with --announce" in vn.cmd("versions", "--yes", ok=(64,)).stderr
        assert "announced already" in vn.cmd("versions", "--announce", 1).stdout
        same(versions(vn)[1], {("80", "hub"): (1, "reads it")}, "the top knows of the hub below it")
        refused = vn.cmd("versions", "--announce", 2, ok=(1,)).stderr
        assert "1 machines read less than body version 2" in refused and "(80)" in refused and "nothing was announced" in refused, refused
        dry = vn.cmd("versions", "--announce", 2, "--dry-run")
        assert "Would announce body version 2 (before: 1)" in dry.stdout and "(80)" in dry.stderr, dry
        same(directives_of_top(vn), before, "what is refused or tried says nothing")
        send(new, "3/QD", 20)
        same((of(h80, "28162"), unread(h80)), (30, (0, 0)), "and still nobody writes it")
        told = json.loads(vn.cmd("versions", "--announce", 2, "--yes", "--json").stdout)
        same((told["said"], told["before"], told["announced"], told["older"]), (True, 1, 2, 1), "announced all the same")
        until(lambda: directives_of_top(h80) == directives_of_top(vn), "the directive at 80")
        same(versions(vn)[1], {("80", "hub"): (1, "OLDER")}, "who does not understand it")
        send(new, "4/QD", 40)
        send(old, "5/QD", 7)
        same((of(h80, "28162"), of(vn, "28162"), unread(h80)), (30, 70, (1, 0)), "announced, it is written")
        same((of(h80, "28165"), of(vn, "28165")), (12, 12), "an old program writes what it can")
        same([(a.status()["outdated"], a.status()["unread"]) for a in (new, old)], [(False, False), (True, False)],
             "and its clerk is told")
        assert "PHẦN MỀM CŨ" in old.cmd("status", "--lang", "vi").stdout
        announce(vn, h80, 1)
        send(new, "6/QD", 80)
        same((of(h80, "28162"), of(vn, "28162"), unread(h80)[0]), (110, 150, 1), "taken back, it is not written any more")
        for hub in (vn, h80):
            hub.audit()


def old_hub_between():
    with Tree() as t:
        vn, h80, new, old = mixed(t)
        send(new, "1/QD", 10)
        announce(vn, h80, 2, "--yes")
        send(new, "2/QD", 20)
        send(old, "3/QD", 5)
        held = new.status()
        same((held["updates"], held["counted"]), (2, 2), "the top has counted what the old hub passed on")
        assert {"80", "VN"} <= {r["hub"] for r in held["receipts"]}, held["receipts"]
        same((of(vn, "28162"), unread(vn)), (30, (0, 0)), "the new top reads it")
        same((of(h80, "28162"), of(h80, "28165")), (10, 5), "the old hub leaves it out")
        chain = [c for c in status(h80)["chains"] if c["unit"] == "28162" and c["stream"] == "report"][0]
        same((chain["updates"], chain["quarantined"]), (2, 1), "it is kept, as one change that does not count")
        told = json.loads(h80.cmd("figures", "--place", "28162", "--year", 2020, "--by", "code", "--json").stdout)
        same(told["unread_updates"], 1, "figures say that they lack it")
        assert "NOT COUNTED: 1 updates" in h80.cmd("figures", "--place", "28162", "--year", 2020, "--by", "code").stdout
        assert "CHƯA TÍNH: 1 gói" in h80.cmd("figures", "--place", "28162", "--year", 2020, "--by", "code", "--lang", "vi").stdout
        assert "NOT COUNTED: 1 updates" in h80.cmd("form", "0602", "--place", "28162", "--period", 2020, "--json").stderr
        assert "NOT COUNTED" not in vn.cmd("figures", "--place", "28162", "--year", 2020, "--by", "code").stdout
        text = h80.cmd("status").stdout
        assert "CANNOT READ 1 updates and 0 directives" in text and "the top has announced 2: UPGRADE this hub" in text, text
        # A directive of the newer body passes through it unread, and takes effect where it can be read.
        owed = t.root / "owed.csv"
        owed.write_text("unit,kind,period,due\n28162,,2020,2021-01-15\n28165,,2020,2021-01-15\n")
        vn.cmd("obligations", "import", owed)
        until(lambda: unread(h80) == (1, 1), "the directive at the old hub")
        for agent in (new, old):
            agent.sync()
        same(([o["period"] for o in new.status()["owed"]], old.status()["owed"]), (["2020"], []), "who reads it, owes")
        # A checker that cannot read it does not call the hub a liar.
        proof = t.root / "figure.ltp"
        root = status(vn)["root_key"]
        vn.cmd("prove", proof, "--place", "28162", "--year", 2020, "--by", "code")
        said = run(CHECK, proof, "--root", root, ok=(1,)).stdout
        assert "NOT PROVEN" in said and "2 updates are of a newer version" in said and "newer lienthong-check" in said, said
        old_one = h80.cmd("prove", t.root / "old.ltp", "--place", "28165", "--year", 2020, "--by", "code").stderr
        assert "NOT COUNTED: 1 updates" in old_one, old_one
        # It keeps what it cannot read through a restart, and everything else goes on.
        h80.stop()
        h80.start()
        same((of(h80, "28162"), unread(h80)), (10, (1, 1)), "after a restart")
        same(versions(h80)[1], {("28162", "agent"): (None, "not heard"), ("28165", "agent"): (None, "not heard")},
             "of whom nothing was heard since")
        send(old, "4/QD", 3)
        same((of(h80, "28165"), of(vn, "28165")), (8, 8), "and others are counted on")
        for hub in (vn, h80):
            hub.audit()


def upgraded_later():
    with Tree() as t:
        vn, h80, new, old = mixed(t)
        send(new, "1/QD", 10)
        announce(vn, h80, 2, "--yes")
        for n in range(2, 6):
            send(new, "%d/QD" % n, 20)
        row = [r for r in new.records() if r["quantity"] == "10"][0]
        new.import_rows([award(number="1/QD", date="20/12/2020", year="2020", quantity=11) + [row["ref"]]],
                        head=AWARD_HEAD + ["row reference"])
        new.sync()
        send(old, "9/QD", 5)
        owed = t.root / "owed.csv"
        owed.write_text("unit,kind,period,due\n28162,,2020,2021-01-15\n")
        vn.cmd("obligations", "import", owed)
        until(lambda: unread(h80) == (5, 1), "the directive at the old hub")
        same((of(h80, "28162"), of(vn, "28162")), (10, 91), "before: what it cannot read is not there")
        asked = ["--place", "80", "--year", 2020, "--by", "place,code,recipient", "--json"]
        cells = lambda hub: json.loads(hub.cmd("figures", *asked).stdout)["cells"]
        h80.stop()
        h80.program = NEXT_HUB
        h80.start()
        same((cells(h80), unread(h80)), (cells(vn), (0, 0)), "upgraded, it counts everything")
        assert "28162" in h80.cmd("obligations", "--csv").stdout, "and hears what was said"
        same(versions(vn)[1], {("80", "hub"): (2, "reads it")}, "nobody is older any more")
        h80.audit()
        h80.stop()
        h80.program = HUB  # back to the release: judged again by what that one can read
        h80.start()
        same((of(h80, "28162"), of(h80, "28165"), unread(h80)), (10, 5, (5, 1)), "gone back, it says again what it lacks")
        h80.audit()
        h80.stop()
        h80.program = NEXT_HUB
        h80.start()
        same(cells(h80), cells(vn), "upgraded again")
        # Another PC of the unit, an old one, does not see what it cannot read, and says so; upgraded, it does.
        second = Agent(t, "28162", h80, name="second")
        second.sync()
        same((second.status()["unread"], [r["quantity"] for r in second.records()]), (True, ["10"]), "an old second PC")
        assert "CANNOT READ" in second.cmd("status").stdout
        second.program = NEXT_AGENT
        second.sync()
        same((second.status()["unread"], [r["quantity"] for r in second.records()]), (False, ["11"] + ["20"] * 4),
             "upgraded")
        old.program = NEXT_AGENT  # the PC too: its former journal, and the next body
        send(old, "10/QD", 3)
        same((of(h80, "28165"), of(vn, "28165"), unread(h80)), (8, 8, (0, 0)), "a PC that was upgraded")
        same([r["quantity"] for r in old.records()], ["5", "3"], "it has what it had")
        for hub in (vn, h80):
            hub.audit()


def as_written():
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        shell = operator.Shell(t, t.root / "work")
        (shell.cwd / "bk").mkdir(mode=0o700)
        for hub in (vn, h80):
            (shell.cwd / hub.unit).symlink_to(hub.dir)
        lines = operator.commands("Upgrading")
        same(len(lines), 4, "commands")
        said = [shell.type(line).stdout for line in lines]
        assert "reads body versions up to 1; announced to all: 1" in said[1], said
        assert "announced already" in said[2] and "announced already" in said[3], said


if __name__ == "__main__":
    main({"as_written": as_written, "not_before_announced": not_before_announced, "old_hub_between": old_hub_between,
          "upgraded_later": upgraded_later})
