#!/usr/bin/env python3
"""Cluster tests of bundles: months without a link, by USB stick. `bundles.py NAME` runs one.

An agent or a hub that is not running has no link. What may not change anything is compared by the bytes of the
store, or by the ledger's counts and digest.
"""
import json, os, random, shutil, signal, subprocess
import typed
from tree import *


def people(turn, count, first=0):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, first + i))
            for i in range(count)]


def copy_dir(of, to):
    shutil.copytree(of, to, ignore=lambda d, names: [n for n in names if n in ("wake", "log")])


def stick(t, name="stick"):
    return t.root / (name + ".ltb")


def out(who, path, *more, ok=(0,)):
    return json.loads(who.cmd("bundle", "out", path, "--json", "--force", *more, ok=ok).stdout)


def into(who, path, ok=(0,)):
    return json.loads(who.cmd("bundle", "in", path, "--json", ok=ok).stdout)


def held_above(hub, unit, above):
    """How many updates of the unit's chain the hub above has, as its receipts here say."""
    status = json.loads(hub.cmd("status", "--json").stdout)
    return sum(r["updates"] for c in status["chains"] if c["unit"].split("@")[0] == unit and c["stream"] == "report"
               for r in c["receipts"] if r["hub"].split("@")[0] == above)


def counted(agent, updates, what):
    s = agent.status()
    same((s["drafts"], s["updates"], s["counted"]), (0, updates, updates), what)


def offline():
    """A commune without a link: counted at the top, and told so, by two files; the hub runs."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 20))
        a.sync()
        a.import_rows(people(2, 700))
        a.import_rows(people(3, 30))
        same(a.status()["drafts"], 730, "on this PC")
        made = out(a, stick(t))
        same((made["for"], made["written"], a.status()["drafts"]), ("807", True, 0), "signed for the bundle")
        same(oct(stick(t).stat().st_mode & 0o777), "0o600", "for its owner only")
        told = into(h807, stick(t))
        same((told["taken"], told["known"], told["refused"]), (made["updates"], 0, 0), "taken")
        same(h807.quantity("28162", 2020, code="GK"), 750, "the district counts it")
        until(lambda: vn.quantity("28162", 2020, code="GK") == 750, "the top counts it")
        updates = 1 + made["updates"]
        until(lambda: held_above(h807, "28162", "VN") == updates, "the top's receipt at the district")
        same(a.status()["counted"], 1, "the PC does not know yet")
        out(h807, stick(t, "back"), "--for", "28162")
        back = into(a, stick(t, "back"))
        same((back["taken"], back["refused"], back["receipts"]["refused"]), (0, 0, 0), "nothing but receipts is new")
        assert back["receipts"]["kept"] >= 2, back
        counted(a, updates, "counted at the top")
        # Twice, and in any order.
        told = into(h807, stick(t))
        same((told["taken"], told["known"], told["refused"]), (0, made["updates"], 0), "loaded again")
        same(into(a, stick(t, "back"))["refused"], 0, "loaded again at the PC")
        same(out(a, stick(t, "none"), ok=(1,))["written"], False, "nothing more to carry")
        assert not stick(t, "none").exists()
        same(vn.quantity("28162", 2020, code="GK"), 750, "each once")
        # An older answer that comes after a newer one takes nothing back.
        a.import_rows(people(4, 5))
        out(a, stick(t))
        into(h807, stick(t))
        until(lambda: held_above(h807, "28162", "VN") == updates + 1, "the top's receipt")
        out(h807, stick(t, "newer"), "--for", "28162")
        into(a, stick(t, "newer"))
        same(into(a, stick(t, "back"))["refused"], 0, "the older one, later")
        counted(a, updates + 1, "as the newer one said")
        # With a link again, nothing is to be done.
        a.import_rows(people(5, 5))
        a.sync()
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 760, hub.unit)
            hub.audit()


def hubs():
    """Neither the commune nor its district has a link, and neither hub runs: four files carry everything."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 20))
        a.sync()
        h807.stop()
        vn.stop()
        a.import_rows(people(2, 50))
        out(a, stick(t, "1"))
        same(into(h807, stick(t, "1"))["taken"], 1, "into a district that does not run")
        up = out(h807, stick(t, "2"), "--up")
        same((up["for"], up["updates"]), ("VN", 1), "only what the top has not confirmed")
        same(into(vn, stick(t, "2"))["taken"], 1, "at the top")
        h807.cmd("bundle", "out", stick(t, "x"), "--for", "28162", "--up", ok=(64,))
        vn.cmd("bundle", "out", stick(t, "3"), "--for", "807", "--hub")
        back = into(h807, stick(t, "3"))
        same((back["refused"], back["receipts"]["refused"]), (0, 0), "back at the district")
        h807.cmd("bundle", "out", stick(t, "4"), "--for", "28162")
        into(a, stick(t, "4"))
        counted(a, 2, "counted at the top, by files alone")
        p = h807.cmd("bundle", "out", stick(t, "5"), "--up", ok=(1,))
        assert "confirmed everything" in p.stderr, p.stderr
        vn.start()
        h807.start()
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 70, hub.unit)
            hub.audit()


def directives():
    """What was directed while the commune had no link comes with the answer, and its rows are judged by it."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 3))
        a.sync()
        path = t.root / "titles.csv"
        head, *rows = CATALOGUE.read_text(encoding="utf-8").splitlines()
        gk = next(r for r in rows if r.startswith("GK,"))
        path.write_text("\n".join([head, gk.replace("GK,", "GKX,", 1)]) + "\n", encoding="utf-8")
        vn.cmd("catalog", "import", path)
        until(lambda: json.loads(h807.cmd("status", "--json").stdout)["directives"]["titles"] ==
              json.loads(vn.cmd("status", "--json").stdout)["directives"]["titles"], "the title at the district")
        out(h807, stick(t), "--for", "28162")
        told = into(a, stick(t))
        assert any(c["unit"] == "VN" and c["stream"] == "directives" and c["taken"] == 1 for c in told["chains"]), told
        a.import_rows([award(code="GKX", number="9/QĐ-UBND", date="01/02/2021", year="2020", name="Người 9")])
        out(a, stick(t))
        into(h807, stick(t))
        same(h807.quantity("28162", 2020, code="GKX"), 1, "counted under the new title")


def restored():
    """The district is restored from last week: a bundle of later rows lacks its ancestors, one with --all does not."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 5))
        a.sync()
        vn.stop()
        copy_dir(vn.dir, t.root / "image")
        vn.start()
        a.import_rows(people(2, 5))
        a.sync()
        vn.stop()
        shutil.rmtree(vn.dir)
        copy_dir(t.root / "image", vn.dir)
        a.import_rows(people(3, 5))
        same(out(a, stick(t, "part"))["updates"], 1, "what the hub has not confirmed")
        for running in (False, True):
            if running:
                vn.start()
            told = into(vn, stick(t, "part"), ok=(1,))
            same((told["taken"], told["refused"]), (0, 1), "an orphan is refused")
            assert told["chains"][0]["missing"] and "missing" in told["chains"][0]["reason"], told
            p = vn.cmd("bundle", "in", stick(t, "part"), ok=(1,))
            assert "--all" in p.stdout and "lacks" in p.stdout, p.stdout
            same(vn.quantity("28162", 2020, code="GK"), 5, "nothing of it counts")
        same(out(a, stick(t, "all"), "--all")["updates"], 3, "everything")
        same(into(vn, stick(t, "all"))["taken"], 2, "what was lost, and what is new")
        same(into(vn, stick(t, "part"))["known"], 1, "now it is there")
        same(vn.quantity("28162", 2020, code="GK"), 15, "exact")
        vn.audit()


def machines():
    """A unit's two PCs, both without a link: one file answers both, and each learns what the other said."""
    with Tree() as t:
        vn = Hub(t, "VN")
        one, two = Agent(t, "28162", vn, "one"), Agent(t, "28162", vn, "two")
        one.sync()
        two.sync()
        one.import_rows(people(1, 10))
        two.import_rows(people(1, 10))  # the same list, on both
        two.import_rows(people(2, 4))
        for pc, name in ((one, "one"), (two, "two")):
            out(pc, stick(t, name))
            same(into(vn, stick(t, name))["refused"], 0, name)
        same(out(vn, stick(t), "--for", "28162")["machines"], 2, "sealed for both")
        for pc in (one, two):
            same(into(pc, stick(t))["refused"], 0, "each can open it")
        for pc, name in ((one, "one"), (two, "two")):
            out(pc, stick(t, name), ok=(0, 1))
            if stick(t, name).exists():
                into(vn, stick(t, name))
        same(vn.quantity("28162", 2020, code="GK"), 14, "rows given to both count once")
        curve = stick(t).read_bytes()[12:44].hex()
        same(out(vn, stick(t, "mine"), "--for", "28162", "--machine", curve[:16])["machines"], 1, "for one of them")
        opened = [pc.cmd("bundle", "in", stick(t, "mine"), ok=(0, 2)).returncode for pc in (one, two)]
        same(sorted(opened), [0, 2], "only that one opens it")
        p = vn.cmd("bundle", "out", stick(t, "x"), "--for", "28162", "--machine", "0123456789abcdef", ok=(2,))
        assert "begins so" in p.stderr and not stick(t, "x").exists(), p.stderr
        p = vn.cmd("bundle", "out", stick(t, "x"), "--for", "28165", ok=(2,))
        assert "invite" in p.stderr and not stick(t, "x").exists(), p.stderr
        vn.audit()


def stale():
    """A PC without a link is restored from an old image and goes on: both its pasts count, each row once."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 10))
        a.sync()
        copy_dir(a.dir, t.root / "image")
        a.import_rows(people(2, 10))
        out(a, stick(t, "before"))
        shutil.rmtree(a.dir)
        copy_dir(t.root / "image", a.dir)
        a.import_rows(people(2, 10))  # the clerk imports the file again, not knowing
        a.import_rows(people(3, 10))
        out(a, stick(t, "after"))
        same(into(vn, stick(t, "after"))["refused"], 0, "the later one first")
        same(into(vn, stick(t, "before"))["refused"], 0, "then the one from before")
        out(vn, stick(t), "--for", "28162")
        same(into(a, stick(t))["refused"], 0, "the PC gets back what it had forgotten")
        out(a, stick(t, "last"), ok=(0, 1))
        if stick(t, "last").exists():
            into(vn, stick(t, "last"))
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 30, "each row once")
        vn.audit()


def beside():
    """Bundles go out and in beside a running agent; what they bring is on its way at once when the link is back."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 5))
        a.sync()
        vn.stop()
        running = a.start()
        a.import_rows(people(2, 50))
        same(out(a, stick(t))["updates"], 1, "signed beside the running agent")
        same(into(vn, stick(t))["taken"], 1, "taken where no hub runs")
        out(vn, stick(t, "back"), "--for", "28162")
        same(into(a, stick(t, "back"))["refused"], 0, "in beside the running agent")
        counted(a, 2, "counted while the link is away")
        a.import_rows(people(3, 50))
        same(out(a, stick(t, "lost"))["updates"], 1, "a stick that never arrives")
        vn.start()
        a.cmd("wait", "--timeout", 90)
        same(vn.quantity("28162", 2020, code="GK"), 105, "the agent itself sent what the stick did not bring")
        running.send_signal(signal.SIGTERM)
        same(running.wait(PATIENCE_S), 0, "ends well")
        vn.audit()


def ledger_state(hub):
    counts = json.loads(hub.cmd("status", "--json").stdout)["counts"]
    return counts["updates"], counts["records"], hub.quantity("28162", 2020, code="GK")


def damaged():
    """Cut short, or altered in one bit, anywhere: refused with what is wrong and what to do; nothing changes."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 3000))
        made = out(a, stick(t))
        whole = stick(t).read_bytes()
        assert len(whole) > 65536 * 1.2, len(whole)  # more than one chunk
        vn.stop()
        before = (vn.dir / "store" / "data.mdb").read_bytes()
        bad = t.root / "bad.ltb"
        draw = random.Random(4)
        ends = sorted({0, 1, 7, 8, 11, 12, 43, 44, 124, 147, 148, 164, 165, 65536 + 148 + 17, len(whole) - 1} |
                      {draw.randrange(len(whole)) for _ in range(35)})
        for size in ends:
            bad.write_bytes(whole[:size])
            p = vn.cmd("bundle", "in", bad, ok=(2,))
            assert "cut short" in p.stderr and "copy it again" in p.stderr and "nothing was changed" in p.stderr, p.stderr
        for turn in range(200):
            at = turn if turn < 148 else draw.randrange(len(whole))
            altered = bytearray(whole)
            altered[at] ^= 1 << draw.randrange(8)
            bad.write_bytes(altered)
            p = vn.cmd("bundle", "in", bad, ok=(2,))
            assert "nothing was changed" in p.stderr and any(
                w in p.stderr for w in ("copy it again", "no bundle", "newer version", "sealed for another")), p.stderr
        bad.write_bytes(whole + b"\0")
        assert "damaged" in vn.cmd("bundle", "in", bad, ok=(2,)).stderr
        same((vn.dir / "store" / "data.mdb").read_bytes() == before, True, "the store is untouched to the byte")
        vn.start()
        state = ledger_state(vn)
        for altered in (whole[:-1], whole[:70000], whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]):
            bad.write_bytes(altered)
            vn.cmd("bundle", "in", bad, ok=(2,))
        same(ledger_state(vn), state, "nor beside the running hub")
        same(into(vn, stick(t))["taken"], made["updates"], "the good one is taken")
        # The same at the PC.
        out(vn, stick(t, "back"), "--for", "28162")
        back = stick(t, "back").read_bytes()
        store = (a.dir / "store" / "data.mdb").read_bytes()
        for turn in range(20):
            at = draw.randrange(len(back))
            bad.write_bytes(back[:at] if turn % 2 else back[:at] + bytes([back[at] ^ 4]) + back[at + 1:])
            assert "nothing was changed" in a.cmd("bundle", "in", bad, ok=(2,)).stderr
        same((a.dir / "store" / "data.mdb").read_bytes() == store, True, "the PC's store is untouched")
        p = a.cmd("bundle", "in", t.root, ok=(2,))
        assert "ordinary file" in p.stderr, p.stderr
        assert "No such file" in a.cmd("bundle", "in", t.root / "none", ok=(2,)).stderr


def strangers():
    """A bundle for another hub says so; what a dishonest carrier puts in is refused as on the wire."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807, h808 = Hub(t, "807", vn), Hub(t, "297", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 10))
        a.sync()
        a.import_rows(people(2, 10))
        out(a, stick(t))
        for other in (h808, vn):
            p = other.cmd("bundle", "in", stick(t), ok=(2,))
            assert "sealed for another machine" in p.stderr and "bring it to its receiver" in p.stderr, p.stderr
        # For the top itself: a hub above may be chosen, when the district is gone.
        same(out(a, stick(t, "top"), "--for", "VN")["for"], "VN", "for the hub above the parent")
        same(into(vn, stick(t, "top"))["refused"], 0, "taken there")
        assert "no hub above" in a.cmd("bundle", "out", stick(t, "x"), "--for", "297", ok=(2,)).stderr
        # Another commune's bundle, sealed for a hub that has no such unit below it.
        h808.stop()
        out(vn, stick(t, "hub"), "--for", "807", "--hub", "--all")
        p = h808.cmd("bundle", "in", stick(t, "hub"), ok=(2,))
        assert "sealed for another" in p.stderr, p.stderr
        # Not over what is there, unless told to.
        p = a.cmd("bundle", "out", stick(t), ok=(2,))
        assert "--force" in p.stderr, p.stderr
        before = stick(t).read_bytes()
        same(a.cmd("bundle", "out", t.root / "none" / "x", ok=(2,)).returncode, 2, "no such folder")
        same(stick(t).read_bytes(), before, "untouched")


def disk_full():
    """A stick that fills up: an error, no half file, and the same bundle fits a larger one."""
    with Tree() as t:
        path = t.root / "small"
        path.mkdir(mode=0o700)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", str(path)],
                                               capture_output=True).returncode != 0:
            print("skipped: a small disk cannot be mounted here")
            return
        t.undo.append(lambda: subprocess.run(["umount", "-l", str(path)], capture_output=True))
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 2000))
        p = a.cmd("bundle", "out", path / "b.ltb", ok=(2,))
        assert "No space" in p.stderr, p.stderr
        same(list(path.iterdir()), [], "no half file is left")
        made = out(a, stick(t))
        same(into(vn, stick(t))["taken"], made["updates"], "elsewhere it works")
        same(vn.quantity("28162", 2020, code="GK"), 2000, "all counted")
        p = vn.cmd("bundle", "out", path / "b.ltb", "--for", "28162", ok=(2,))
        assert "No space" in p.stderr and list(path.iterdir()) == [], p.stderr


def as_written():
    """Every command of the operator's section on bundles, as it is written."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        shell = typed.Shell(t, t.root / "work")
        code = json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"]
        shell.type("lienthong-agent join " + code)
        for hub in (h807, vn):
            hub.stop()
            (shell.cwd / hub.unit).symlink_to(hub.dir)
        (shell.cwd / "usb").mkdir()
        (shell.cwd / "rows.csv").write_text(
            "code,decision number,decision date,year,recipient,name\nGK,7/QĐ-UBND,01/02/2021,2020,individual,Người 7\n",
            encoding="utf-8")
        shell.type("lienthong-agent import rows.csv")
        lines = typed.commands("Without a link: bundles")
        same(len(lines), 8, "the section's commands")
        order = lines[:2] + lines[4:] + lines[2:4]  # the text tells the commune's way first, then its district's
        for line in order:
            shell.type(line)
        status = json.loads(shell.type("lienthong-agent status --json").stdout)
        same((status["updates"], status["counted"]), (1, 1), "counted, by typing what is written")


main({f.__name__: f for f in (as_written, offline, hubs, directives, restored, machines, stale, beside, damaged, strangers, disk_full)})
