#!/usr/bin/env python3
"""A PC that changes its own program: releases that the top says and the hub hands down, one good, the others odd (odd_agent.c).

    upgrades.py kept         tried, gone over to in place, kept by a receipt of the top; the next one likewise
    upgrades.py damaged      a kept program or a switch that is damaged: the installed program runs, and says so
    upgrades.py probes       what does not pass the trial beside the running program is never gone over to
    upgrades.py ends_early   three starts that end early
    upgrades.py no_store     it cannot open the store
    upgrades.py no_receipt   it serves, but no receipt of the top comes to it
    upgrades.py held_back    agent.conf: releases = no
    upgrades.py fleet        several PCs: one goes back by itself, the others keep it; all records arrive
    upgrades.py beside       a second `run`, and a service that is stopped and started, are no starts that end early
"""
from releases import SYSTEM, anew, granted, signed
from tree import *

ODD = pathlib.Path(os.environ["LT_ODD_AGENT"])


class Site:
    """A hub that signs and says releases, and a PC whose first rows it has counted."""

    def __init__(self, t, conf=""):
        self.t, self.vn = t, Hub(t, "VN")
        anew(self.vn)
        self.keys = granted(t, self.vn.dir / "root.key")
        self.pc = self.more("28162", conf)

    def more(self, unit, conf=""):
        a = Agent(self.t, unit, self.vn)
        send(a, 1)
        a.sync()
        (a.dir / "agent.conf").write_text(conf)
        return a

    def program(self, number, word="serves", change=lambda program: program):
        path = self.t.root / ("program-%d" % number)
        path.write_bytes(change(ODD.read_bytes() + ("lt-odd:%s\n" % word).encode().ljust(64, b"\n")))
        return path

    def say(self, number, *how, system=SYSTEM, percent=100):
        program = self.program(number, *how)
        self.vn.cmd("release", "add", signed(self.t, self.keys, number, program, system), program)
        if percent > 0:
            self.vn.cmd("release", "wave", percent)


def lay(agent, number, program, mode=0o700):
    """By hand, as if it had come."""
    folder = agent.dir / "releases" / str(number)
    folder.mkdir(parents=True)
    (folder / "program").write_bytes(program)
    (folder / "program").chmod(mode)
    (folder / "manifest").write_bytes(b"it is here")


class Keeper:
    """What a service manager does: the program anew whenever it ends by itself."""

    def __init__(self, agent, starts=20):
        self.agent, self.ended, self.stopped = agent, [], False
        self.log = agent.tree.root / (agent.dir.name + ".kept")
        self.process = self.begin()
        self.thread = threading.Thread(target=self.keep, args=(starts,), daemon=True)
        self.thread.start()

    def begin(self):
        with open(self.log, "a") as log:
            process = subprocess.Popen([AGENT, "run", "--dir", str(self.agent.dir)], stdout=log, stderr=log, env=ENGLISH)
        self.agent.tree.processes.append(process)
        return process

    def keep(self, starts):
        while len(self.ended) < starts:
            code = self.process.wait()
            if self.stopped:
                return
            self.ended.append(code)
            self.process = self.begin()

    def runs(self):
        """The file of the program that runs."""
        return os.readlink("/proc/%d/exe" % self.process.pid)

    def said(self):
        return self.log.read_text()

    def stop(self):
        self.stopped = True
        self.process.terminate()
        same(self.process.wait(PATIENCE_S), 0, "ends when asked: " + self.said()[-2000:])
        self.thread.join()


def release(agent):
    return agent.status()["release"]


def bad(agent):
    return {b["number"]: b["why"] for b in release(agent)["bad"]}


def come_to(agent, keeper, what, says):
    try:
        until(lambda: says(release(agent)), what)
    except Failed as failed:
        raise Failed("%s\n%s\n%s" % (failed, release(agent), keeper.said()[-4000:]))


def send(agent, number):
    agent.import_rows([award(number="%d/QD" % number, date="20/12/2020", year="2020", quantity=number)])


def counted(agent, number):
    send(agent, number)
    until(lambda: agent.status()["counted"] >= number, "rows imported meanwhile are counted")


def kept():
    with Tree() as t:
        site = Site(t)
        vn, a = site.vn, site.pc
        keeper = Keeper(a)
        site.say(5)
        come_to(a, keeper, "5 is kept", lambda r: (r["runs"], r["kept"], r["trying"]) == (5, 5, 0))
        same((keeper.ended, keeper.runs()), ([], str(a.dir / "releases/5/program")), "in place: the same process")
        same(pathlib.Path("/proc/%d/comm" % keeper.process.pid).read_text(), "lienthong-agent\n", "by its name")
        said = run(AGENT, "doctor", "--dir", a.dir, ok=(0, 1)).stdout
        assert "OK      release: release 5\n" in said and "foreign" not in said, said
        assert "Release:          release 5\n" in a.cmd("status").stdout
        assert "Bản phát hành:    bản phát hành 5\n" in a.cmd("status", "--lang", "vi").stdout
        counted(a, 2)
        keeper.stop()
        keeper = Keeper(a)
        come_to(a, keeper, "5 runs from the start", lambda r: r["runs"] == 5)
        counted(a, 3)
        same((release(a)["kept"], bad(a)), (5, {}), "and is not tried again")
        site.say(6, percent=0)
        lay(a, 6, site.program(6).read_bytes())
        counted(a, 4)
        same((release(a)["kept"], release(a)["trying"]), (5, 0), "6 is said for nobody")
        site.say(7)
        come_to(a, keeper, "7 is kept", lambda r: (r["runs"], r["kept"]) == (7, 7))
        until(lambda: not any((a.dir / "releases" / n).exists() for n in "56"), "what came before 7 is removed")
        site.say(8, system="other-system")
        counted(a, 5)
        same((release(a)["kept"], release(a)["trying"], bad(a)), (7, 0, {}), "8 has nothing for this one")
        same(keeper.ended, [], "all of it in place")
        keeper.stop()
        assert "Release:          release 7\n" in a.cmd("status").stdout, "what would run"
        vn.audit()


def damaged():
    with Tree() as t:
        site = Site(t)
        vn, a = site.vn, site.pc
        lay(a, 5, site.program(5).read_bytes() + b"more than was signed")
        keeper = Keeper(a)
        site.say(5)
        until(lambda: "release 5: cannot be tried as yet" in keeper.said(), "it is not what was signed")
        same(keeper.runs(), AGENT, "and never begun")
        keeper.stop()
        keeper = Keeper(a)
        come_to(a, keeper, "it has come anew, and is kept", lambda r: r["kept"] == 5)
        keeper.stop()
        program, switch = a.dir / "releases/5/program", a.dir / "releases/switch"
        good = program.read_bytes()
        program.write_bytes(good[:1000] + bytes([good[1000] ^ 1]) + good[1001:])
        keeper = Keeper(a)
        counted(a, 2)
        same((keeper.ended, keeper.runs()), ([], AGENT), "the installed program is the last resort")
        assert "release 5 cannot be run" in keeper.said(), keeper.said()
        same((release(a)["runs"], release(a)["kept"]), (0, 5), "and says what runs")
        keeper.stop()
        program.unlink()
        keeper = Keeper(a)
        counted(a, 3)
        same(keeper.runs(), AGENT, "a program that is gone")
        keeper.stop()
        program.write_bytes(good)
        program.chmod(0o700)
        text = switch.read_text()
        switch.write_text(text.replace("kept 5", "kept 6"))
        assert "releases/switch" in run(AGENT, "doctor", "--dir", a.dir, ok=(0, 1)).stdout
        keeper = Keeper(a)
        come_to(a, keeper, "5 is tried and kept anew", lambda r: (r["runs"], r["kept"]) == (5, 5))
        assert "the installed program runs" in keeper.said(), keeper.said()
        same((a.dir / "releases/switch.damaged").read_text(), text.replace("kept 5", "kept 6"), "for people")
        counted(a, 4)
        keeper.stop()
        vn.audit()


def probes():
    with Tree() as t:
        site = Site(t, "release_trial = 4s\n")
        vn, a = site.vn, site.pc
        machine = lambda p: p[:18] + b"\xf3\0" + p[20:]  # RISC-V's
        keeper = Keeper(a)
        for number, how in enumerate((("exits-in-probe",), ("says-nothing",), ("hangs-in-probe",), ("serves", machine),
                                      ("serves", lambda p: b"#!/bin/sh\necho ready all the same\n")), 5):
            site.say(number, *how)
            come_to(a, keeper, "back from %d" % number, lambda r: number in [b["number"] for b in r["bad"]])
        same(bad(a), {n: "probe" for n in range(5, 10)}, "what was tried")
        said = keeper.said()
        assert "release 7: it did not pass its trial" in said and "no answer in time" in said, said
        lay(a, 10, site.program(10).read_bytes(), mode=0o600)
        site.say(10)
        until(lambda: "lets no program run from" in keeper.said(), "as where the disk is mounted noexec")
        counted(a, 2)
        same((keeper.ended, keeper.runs()), ([], AGENT), "the running program came to no harm")
        same((release(a)["kept"], release(a)["trying"], len(bad(a))), (0, 0, 5), "nothing was gone over to")
        assert "WENT BACK:        release 7: it did not pass" in a.cmd("status").stdout, a.cmd("status").stdout
        assert "went back from release 7" in run(AGENT, "doctor", "--dir", a.dir, ok=(0, 1)).stdout
        keeper.stop()
        (a.dir / "releases/10/program").chmod(0o700)
        keeper = Keeper(a)
        come_to(a, keeper, "let run, it is kept", lambda r: (r["runs"], r["kept"]) == (10, 10))
        keeper.stop()
        vn.audit()


def ends_early():
    with Tree() as t:
        site = Site(t)
        vn, a = site.vn, site.pc
        keeper = Keeper(a)
        site.say(5)
        come_to(a, keeper, "5 is kept", lambda r: r["kept"] == 5)
        for number, word, code in ((6, "exits", 3), (7, "dies-when-ready", -9)):
            site.say(number, word)
            come_to(a, keeper, "back from %d" % number, lambda r: number in [b["number"] for b in r["bad"]])
            come_to(a, keeper, "5 runs again", lambda r: (r["runs"], r["kept"], r["trying"]) == (5, 5, 0))
            same((bad(a)[number], keeper.ended), ("starts", 3 * [code]), "after three starts")
            keeper.ended.clear()
            counted(a, number - 4)
        keeper.stop()
        keeper = Keeper(a)
        counted(a, 4)
        same((release(a)["trying"], keeper.runs()), (0, str(a.dir / "releases/5/program")), "never again")
        keeper.stop()
        vn.audit()


def no_store():
    with Tree() as t:
        site = Site(t)
        vn, a = site.vn, site.pc
        keeper = Keeper(a)
        site.say(5, "opens-nothing")
        come_to(a, keeper, "back from 5", lambda r: r["bad"] != [] and r["trying"] == 0)
        counted(a, 2)
        same((bad(a), keeper.ended, keeper.runs()), ({5: "store"}, [], AGENT), "at once, and in place")
        assert "no store for an odd one" in keeper.said(), keeper.said()
        keeper.stop()
        vn.audit()


def no_receipt():
    with Tree() as t:
        site = Site(t, "release_trial = 5s\n")
        vn, a = site.vn, site.pc
        keeper = Keeper(a)
        site.say(5, "is-deaf")
        come_to(a, keeper, "5 is on trial", lambda r: r["trying"] == 5 and r["runs"] == 5)
        assert "release 5 is on trial" in a.cmd("status").stdout
        send(a, 2)
        come_to(a, keeper, "back from 5", lambda r: r["bad"] != [] and r["runs"] == 0)
        same((bad(a), keeper.ended, keeper.runs()), ({5: "time"}, [], AGENT), "its time was up, in place")
        until(lambda: a.status()["counted"] == 2, "what was imported meanwhile is counted")
        keeper.stop()
        vn.audit()


def held_back():
    with Tree() as t:
        site = Site(t, "releases = no\n")
        a = site.pc
        keeper = Keeper(a)
        lay(a, 5, site.program(5).read_bytes())
        site.say(5)
        counted(a, 2)
        counted(a, 3)
        same((release(a)["kept"], release(a)["trying"]), (0, 0), "nothing is tried")
        assert "no new ones" in run(AGENT, "doctor", "--dir", a.dir, ok=(0, 1)).stdout
        (a.dir / "agent.conf").write_text("releases = yes\n")
        keeper.process.send_signal(signal.SIGHUP)
        come_to(a, keeper, "5 is kept", lambda r: (r["runs"], r["kept"]) == (5, 5))
        keeper.stop()
        for wrong in ("releases = perhaps\n", "release_trial = 8d\n", "release_trial = 0h\n", "[releases]\nreleases = no\n"):
            (a.dir / "agent.conf").write_text(wrong)
            assert "agent.conf:" in run(AGENT, "run", "--dir", a.dir, ok=(2,)).stderr, wrong


def beside():
    with Tree() as t:
        site = Site(t)
        a = site.pc
        keeper = Keeper(a)
        site.say(5, "is-deaf")
        come_to(a, keeper, "5 is on trial", lambda r: r["trying"] == 5 and r["runs"] == 5)
        switch = lambda: dict(line.split(" ", 1) for line in (a.dir / "releases/switch").read_text().splitlines())
        for _ in range(4):
            assert "another agent is running" in run(AGENT, "run", "--dir", a.dir, ok=(2,)).stderr
        same((switch()["starts"], release(a)["trying"]), ("1", 5), "who finds the folder locked starts nothing")
        for _ in range(4):
            keeper.stop()
            same(switch()["starts"], "0", "asked to end")
            keeper = Keeper(a)
            come_to(a, keeper, "5 is on trial", lambda r: r["trying"] == 5 and r["runs"] == 5)
        same(bad(a), {}, "no start of these ended early")
        clone = t.root / "clone"
        keeper.stop()
        shutil.copytree(a.dir, clone, symlinks=True, ignore=lambda d, names: [n for n in names if n == "wake"])
        run(AGENT, "run", "--once", "--timeout", 60, "--dir", clone)
        same((clone / "releases/switch").read_text(), (a.dir / "releases/switch").read_text(), "a copy goes on with the trial")
        for _ in range(3):  # killed, it is not asked
            p = subprocess.Popen([AGENT, "run", "--dir", str(clone)], stderr=subprocess.PIPE, text=True, env=ENGLISH)
            t.processes.append(p)
            while "started (" not in p.stderr.readline():
                pass
            p.kill()
            p.wait()
        run(AGENT, "run", "--once", "--timeout", 60, "--dir", clone)
        same({b["number"]: b["why"] for b in json.loads(run(AGENT, "status", "--json", "--dir", clone).stdout)["release"]["bad"]},
             {5: "starts"}, "and its own starts are counted there")


def fleet():
    """Several PCs, of which the disk of one is bad for it: that one goes back by itself, the others keep it; the top sees who."""
    with Tree() as t:
        site = Site(t)
        pcs = [site.pc, site.more("28165"), site.more("28168")]
        keepers = [Keeper(a) for a in pcs]
        site.say(5)
        for a, keeper in zip(pcs, keepers):
            come_to(a, keeper, "5 is kept", lambda r: (r["runs"], r["kept"]) == (5, 5))
        site.say(6, "odd-at-28165")
        for a, keeper in zip(pcs, keepers):
            wanted = (5, [6]) if a.unit == "28165" else (6, [])
            come_to(a, keeper, "6 is kept, or gone back from",
                    lambda r: (r["runs"], [b["number"] for b in r["bad"]], r["trying"]) == (*wanted, 0))
        for a in pcs:
            counted(a, 2)
        said = lambda: {m["release"]: (m["run"], m["went_back"]) for m in json.loads(site.vn.cmd("release", "--json").stdout)["machines"]}
        until(lambda: said() == {5: (1, 0), 6: (2, 1)}, "the top sees who runs what, and who went back")
        for keeper in keepers:
            keeper.stop()
        site.vn.audit()


if __name__ == "__main__":
    main({f.__name__: f for f in (kept, damaged, probes, ends_early, no_store, no_receipt, held_back, beside, fleet)})
