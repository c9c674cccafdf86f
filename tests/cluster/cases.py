#!/usr/bin/env python3
"""Cluster tests: real binaries, separate processes, TCP. `cases.py NAME` runs one."""
import json, os, shutil, signal, subprocess, threading
from tree import *


def three_levels():
    """A record entered at a commune is counted at district, province and top, with the top's receipt."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        h807 = Hub(t, "807", h80)
        office, commune = Agent(t, "807", h807), Agent(t, "28162", h807)
        office.import_rows([award(authority="807", number="15/QĐ-UBND", date="20/01/2021", year="2020",
                                  recipient="collective", quantity="298"),
                            award(authority="807", number="15/QĐ-UBND", date="20/01/2021", year="2020", quantity="1.454")])
        office.sync()
        commune.import_rows([award(authority="28162", number="3/QĐ-UBND", date="01/02/2021", year="2020",
                                   name="Cá nhân %04d" % i) for i in range(7)])
        commune.sync()
        for hub, place in ((h807, "807"), (h80, "80"), (h80, "807"), (vn, "VN"), (vn, "80"), (vn, "807")):
            same(hub.quantity(place, 2020, code="GK", level="district", recipient="collective"), 298, hub.unit + " " + place)
            same(hub.quantity(place, 2020, code="GK", level="district", recipient="individual"), 1454, hub.unit + " " + place)
            same(hub.quantity(place, 2020, code="GK", level="commune", recipient="individual"), 7, hub.unit + " " + place)
        same(vn.quantity("28162", 2020, code="GK"), 7, "the commune at the top")
        status = commune.status()
        same(status["drafts"], 0, "drafts")
        same(status["counted"], status["updates"], "all counted")
        same([r["hub"] for r in status["receipts"] if r["top"]], ["VN"], "the top's receipt")
        same(len(status["receipts"]), 3, "receipts of all three hubs")
        for hub in t.hubs:
            hub.audit()
            hub.stop()


def two_levels():
    """Commune to top directly, on the tree of 2025-07-01, under a code that another unit bore before."""
    with Tree() as t:
        vn = Hub(t, "VN")
        commune = Agent(t, "30787@2025-07-01", vn)
        commune.import_rows([award(number="9/QĐ-UBND", date="02/08/2025", year="2025", name="Cá nhân %04d" % i)
                             for i in range(5)])
        commune.sync()
        same(vn.quantity("91@2025-07-01", 2025, code="GK"), 5, "new province")
        same(vn.quantity("91@2025-07-01", 2025, code="GK", place="30787@2025-07-01"), 5, "by place")
        p = vn.cmd("figures", "--place", "91", "--year", "2025", "--by", "code", "--json", ok=(1, 2, 64))
        assert "2025-07-01" in p.stdout + p.stderr, "an ambiguous code lists its candidates: " + p.stdout + p.stderr
        vn.audit()


def namesakes():
    """1,454 people of one decision, 20 of them namesakes: a count by the district, names by its communes."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        office = Agent(t, "807", h807)
        units = ["28162", "28165", "28168"]
        communes = [Agent(t, u, h807) for u in units]
        decision = dict(authority="807", number="15/QĐ-UBND", date="20/01/2021", year="2020")
        office.import_rows([award(quantity="1.454", **decision)])
        office.sync()
        same(h807.quantity("807", 2020, code="GK"), 1454, "the count alone")
        people = ["Cá nhân %04d" % (i // 2 if i < 20 else i) for i in range(1454)]
        for k, agent in enumerate(communes):
            mine = [award(name=p, workplace="Thôn %d" % i, **decision) for i, p in enumerate(people) if i % 3 == k]
            result = agent.import_rows(mine)
            same(result["accepted"], len(mine), "accepted at " + agent.unit)
            agent.sync()
            done = sum(1 for i in range(1454) if i % 3 <= k)
            same(h807.quantity("807", 2020, code="GK"), 1454, "after %d names" % done)
            same(h807.quantity(agent.unit, 2020, code="GK"), len(mine), "at " + agent.unit)
        same(vn.quantity("80", 2020, code="GK"), 1454, "at the top")
        for hub in t.hubs:
            hub.audit()


def clerk():
    """The same file twice, a corrected name, a retracted row, a bad row."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        rows = [award(number="3/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d" % i, workplace="Thôn 1")
                for i in range(10)]
        same(a.import_rows(rows)["accepted"], 10, "first time")
        a.sync()
        again = a.import_rows(rows)
        same((again["accepted"], again["already_in"]), (0, 10), "the same file twice")
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 10, "once")

        exported = t.root / "export.csv"
        exported.write_text(a.cmd("export").stdout, encoding="utf-8")
        text = exported.read_text(encoding="utf-8")
        exported.write_text(text.replace("Cá nhân 0003", "Cá nhân 3333"), encoding="utf-8")
        fixed = a.import_file(exported)
        same((fixed["corrected"], fixed["accepted"], fixed["already_in"]), (1, 0, 9), "a corrected name")
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 10, "corrected, not added")
        names = {r.get("name") for r in a.records()}
        assert "Cá nhân 3333" in names and "Cá nhân 0003" not in names, names

        ref = next(r["ref"] for r in a.records() if r.get("name") == "Cá nhân 3333")
        gone = a.import_rows([[ref, "xóa", "nhập nhầm"]], head=["Mã dòng", "Thao tác", "Lý do"])
        same(gone["removed"], 1, "a retracted row")
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 9, "retracted")

        mixed = a.import_rows([award(number="4/QĐ-UBND", date="31/02/2021", year="2020", name="Cá nhân 0100"),
                               award(code="NOPE", number="4/QĐ-UBND", date="01/03/2021", year="2020", name="Cá nhân 0101"),
                               award(number="4/QĐ-UBND", date="01/03/2021", year="2020", name="Cá nhân 0102")], ok=(1,))
        same((mixed["accepted"], mixed["refused"]), (1, 2), "good rows go in although others fail")
        bad = [r for r in mixed["rows"] if r["verdict"] == "refused"]
        same([r["line"] for r in bad], [2, 3], "lines named")
        assert all(r["column"] and r["reason"] for r in bad), bad
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 10, "with the good one")

        before = a.status()["records"]
        p = a.cmd("import", a.file([["GK", "Cá nhân 0200", "001099012345"]], head=["code", "name", "CCCD"]), ok=(1, 2, 64))
        assert "CCCD" in p.stdout + p.stderr, p.stdout + p.stderr
        same(a.status()["records"], before, "nothing of it stored")
        for hub in t.hubs:
            hub.audit()


def hub_killed():
    """The district is killed with SIGKILL again and again while data flows; then every figure is exact."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        agents = [Agent(t, u, h807) for u in ("28162", "28165", "28168", "28174")]
        for k, a in enumerate(agents):
            a.import_rows([award(number="%d/QĐ-UBND" % n, date="01/02/2021", year="2020", name="Cá nhân %04d" % i)
                           for n in range(10) for i in range(200)])
        ends = []
        threads = [threading.Thread(target=lambda a=a: ends.append(a.sync(PATIENCE_S - 10))) for a in agents]
        for th in threads:
            th.start()
        for _ in range(4):
            h807.kill()
            h807.start(wait="ready")
        for th in threads:
            th.join(PATIENCE_S)
        same(len(ends), 4, "agents that got the top's receipt")
        same(vn.quantity("807", 2020, code="GK"), 8000, "exactly once at the top")
        same(h807.quantity("807", 2020, code="GK"), 8000, "exactly once at the district")
        for hub in t.hubs:
            hub.audit()


def agent_offline():
    """Rows entered while the hub is away are kept, and counted when it is back; several endpoints."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "807", vn, endpoints=["tcp://127.0.0.1:%d" % free_port()])
        vn.stop()
        a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d" % i) for i in range(20)])
        a.cmd("run", "--once", "--timeout", 2, ok=(1,))
        same(a.status()["drafts"], 20, "drafts wait, nothing is signed without the parent")
        vn.start()
        a.sync()
        same(vn.quantity("807", 2020, code="GK"), 20, "counted")


def largest():
    """Updates of the largest size: long texts in every row."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        a = Agent(t, "807", h80)
        long = "Đơn vị " + "rất dài " * 90
        a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d %s" % (i, long[:700]),
                             workplace=long[:1000], position=long[:1000]) for i in range(600)])
        a.sync()
        same(vn.quantity("807", 2020, code="GK"), 600, "all")
        assert a.status()["updates"] >= 6, a.status()
        vn.audit()


def machines():
    """Two machines for one unit, and one PC's image restored: each record once, no operator."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        first = Agent(t, "28162", h807, "one")
        second = Agent(t, "28162", h807, "two", approved_by=vn)
        row = lambda n, i: award(number="%d/QĐ-UBND" % n, date="01/02/2021", year="2020", name="Cá nhân %04d" % i)
        first.import_rows([row(1, i) for i in range(5)])
        first.sync()
        image = t.root / "image"
        shutil.copytree(first.dir, image, ignore=lambda d, names: [n for n in names if n.endswith(".sock") or n == "wake"])
        second.import_rows([row(1, i) for i in range(5)] + [row(2, i) for i in range(5)])
        second.sync()
        same(vn.quantity("28162", 2020, code="GK"), 10, "the second machine knows what the first said")
        first.import_rows([row(3, i) for i in range(5)])
        first.sync()
        shutil.rmtree(first.dir)
        shutil.copytree(image, first.dir)
        first.import_rows([row(3, i) for i in range(5)] + [row(4, 0)])
        first.sync()
        second.sync()
        same(vn.quantity("28162", 2020, code="GK"), 16, "restored from an old image: nothing twice, nothing lost")
        same(len(first.records()), 16, "its own records are back")
        for hub in t.hubs:
            hub.audit()


def same_moment():
    """Two machines of a unit are given one file and meet their hub at the same moment: each row counts once."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        pair = [Agent(t, "28162", h807, "one"), Agent(t, "28162", h807, "two", approved_by=vn)]
        rows = [award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d" % i) for i in range(40)]
        for a in pair:
            a.import_rows(rows)
        threads = [threading.Thread(target=a.sync) for a in pair]
        for th in threads:
            th.start()
        for th in threads:
            th.join(PATIENCE_S)
        for a in pair:  # whichever left before it heard of the other takes its own back now
            a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 40, "each row once")
        same(vn.quantity("28162", 2020, code="GK"), h807.quantity("28162", 2020, code="GK"), "the same below")
        again = pair[0].import_rows(rows)
        same((again["accepted"], again["already_in"]), (0, 40), "the file once more")
        for hub in t.hubs:
            hub.audit()


def strangers():
    """An unenrolled client, a wrong server key, another unit's key: refused, and nothing is counted."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "807", vn)
        a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân 0001")])
        a.sync()
        intruder = os.environ["LT_INTRUDER"]
        for attack in ("stranger", "plain", "wrong-server-key", "other-unit", "bad-signature", "ungranted-key"):
            p = run(intruder, attack, vn.endpoint, vn.dir, a.dir)
            assert p.stdout.strip().endswith("refused"), (attack, p.stdout, p.stderr)
        same(vn.quantity("VN", 2020, code="GK"), 1, "nothing of it counted")
        code = json.loads(vn.cmd("invite", "297", "--json").stdout)["code"]
        damaged = code[:-1] + ("0" if code[-1] != "0" else "1")
        fresh = t.root / "fresh"
        p = run(AGENT, "join", damaged, "--dir", fresh, ok=(1, 2, 64))
        run(AGENT, "join", code, "--dir", fresh)
        p = run(AGENT, "join", code, "--dir", t.root / "thief", ok=(1, 2))
        assert "used" in p.stdout + p.stderr, p.stdout + p.stderr
        vn.audit()


def hosts():
    """The same over TCP between network namespaces."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return print("skipped: needs root and iproute2")
    tag = "lt%d" % (os.getpid() % 100000)
    names = [tag + x for x in ("v", "d", "c")]
    for probe in (["ip", "netns", "add", names[0]], ["ip", "netns", "exec", names[0], "true"]):
        tried = subprocess.run(probe, capture_output=True, text=True)
        if tried.returncode:
            subprocess.run(["ip", "netns", "del", names[0]], capture_output=True)
            return print("skipped: network namespaces cannot be made here:", tried.stderr.strip())
    with Tree() as t:
        t.undo.append(lambda: [subprocess.run(["ip", "netns", "del", n], capture_output=True) for n in names])
        for n in names[1:]:
            run("ip", "netns", "add", n)
        for n in names:
            run("ip", "-n", n, "link", "set", "lo", "up")
        net = "10.77.%d"
        for k, (left, right) in enumerate(((0, 1), (1, 2))):
            a, b = "%sa%d" % (tag, k), "%sb%d" % (tag, k)
            run("ip", "-n", names[left], "link", "add", a, "type", "veth", "peer", "name", b, "netns", names[right])
            for n, dev, host in ((left, a, 1), (right, b, 2)):
                run("ip", "-n", names[n], "addr", "add", (net % k) + ".%d/24" % host, "dev", dev)
                run("ip", "-n", names[n], "link", "set", dev, "up")
        inside = [("ip", "netns", "exec", n) for n in names]
        vn = Hub(t, "VN", host="10.77.0.1", prefix=inside[0])
        h807 = Hub(t, "807", vn, host="10.77.1.1", prefix=inside[1])
        commune = Agent(t, "28162", h807, prefix=inside[2])
        commune.import_rows([award(number="3/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d" % i)
                             for i in range(30)])
        commune.sync()
        same(vn.quantity("80", 2020, code="GK"), 30, "across three hosts")


def differ():
    """The tree changes at the top: every hub follows and says by what directives its figures are judged."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        a = Agent(t, "807", h80)
        more = t.root / "more.csv"
        more.write_text("code,parent,level,type,nature,name,valid_from,valid_to\nTHCS01,28162,base,truong,school,Trường THCS 01,,2025-06-30\n")
        vn.cmd("units", "import", more)
        school = None
        a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân 0001")])
        a.sync()
        same(json.loads(vn.cmd("status", "--json").stdout)["directives"],
             json.loads(h80.cmd("status", "--json").stdout)["directives"], "directive digests")
        school = Agent(t, "THCS01", h80)
        school.import_rows([award(number="2/QĐ-TH", date="01/02/2021", year="2020", name="Cá nhân 0002")])
        school.sync()
        same(vn.quantity("28162", 2020, code="GK", nature="school"), 1, "the school within its commune")
        bad = t.root / "bad.csv"
        bad.write_text("code,parent,level,type,nature,name,valid_from,valid_to\nX1,NOWHERE,base,t,school,X,,\n")
        p = vn.cmd("units", "import", bad, ok=(1, 2))
        assert "NOWHERE" in p.stdout + p.stderr and "2" in p.stdout + p.stderr, p.stdout + p.stderr


def other_agent():
    """An agent in another language, written from docs/protocol.md: three awards, one corrected, one retracted."""
    program, proto = SOURCE / "tests" / "cluster" / "other_agent.py", SOURCE / "proto" / "lienthong.proto"
    run(program, "vectors", proto, SOURCE / "tests" / "data" / "vectors")
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        for hub in t.hubs:
            hub.audit()  # also before anything was told
        code = json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"]
        told = json.loads(run(program, "work", proto, code).stdout)
        same(told, {"unit": "28162", "top": "VN", "updates": 3, "quarantined": 0, "receipts": ["807", "VN"]}, "told")
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK", level="commune", recipient="individual"), 2, "at " + hub.unit)
            same(hub.audit()["quarantined"], 0, "quarantined at " + hub.unit)
            hub.stop()


CASES = {f.__name__: f for f in (three_levels, two_levels, namesakes, clerk, hub_killed, agent_offline, largest,
                                 machines, same_moment, strangers, hosts, differ, other_agent)}

if __name__ == "__main__":
    main(CASES)
