#!/usr/bin/env python3
"""A PC that changes its own program: releases laid into its folder by hand, one of them good, the others odd (odd_agent.c).

    upgrades.py kept         tried, gone over to in place, kept by a receipt of the top; the next one likewise
    upgrades.py damaged      a kept program or a switch that is damaged: the installed program runs, and says so
    upgrades.py probes       what does not pass the trial beside the running program is never gone over to
    upgrades.py ends_early   three starts that end early
    upgrades.py no_store     it cannot open the store
    upgrades.py no_receipt   it serves, but no receipt of the top comes to it
    upgrades.py held_back    agent.conf: releases = no
    upgrades.py beside       a second `run`, and a service that is stopped and started, are no starts that end early
"""
import hashlib, struct

from tree import *

ODD = pathlib.Path(os.environ["LT_ODD_AGENT"])
SYSTEM = "linux-" + os.uname().machine


def manifest(number, program, system=SYSTEM):
    text = lambda s: bytes([len(s)]) + s.encode()
    return (struct.pack(">QI", number, 1) + text("1.0.%d" % number) + b"\x01" + text(system) + struct.pack(">Q", len(program)) +
            hashlib.blake2b(program, digest_size=32).digest())


def lay(agent, number, word="serves", change=lambda program: program, mode=0o700, **more):
    """As fetching leaves it: whole from its first moment."""
    program = change(ODD.read_bytes() + ("lt-odd:%s\n" % word).encode().ljust(64, b"\n"))
    beside = agent.dir / "releases" / ("%d.part" % number)
    beside.mkdir(parents=True)
    (beside / "program").write_bytes(program)
    (beside / "program").chmod(mode)
    (beside / "manifest").write_bytes(manifest(number, program, **more))
    beside.rename(beside.with_suffix(""))


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


def site(t, conf=""):
    """A hub, and a PC whose first rows the top has counted."""
    vn = Hub(t, "VN")
    a = Agent(t, "28162", vn)
    send(a, 1)
    (a.dir / "agent.conf").write_text(conf)
    return vn, a


def send(agent, number):
    agent.import_rows([award(number="%d/QD" % number, date="20/12/2020", year="2020", quantity=number)])
    if number == 1:
        agent.sync()


def counted(agent, number):
    send(agent, number)
    until(lambda: agent.status()["counted"] >= number, "rows imported meanwhile are counted")


def kept():
    with Tree() as t:
        vn, a = site(t)
        lay(a, 5)
        keeper = Keeper(a)
        come_to(a, keeper, "5 is kept", lambda r: (r["runs"], r["kept"], r["trying"]) == (5, 5, 0))
        same((keeper.ended, keeper.runs()), ([], str(a.dir / "releases/5/program")), "in place: the same process")
        same(pathlib.Path("/proc/%d/comm" % keeper.process.pid).read_text(), "lienthong-agent\n", "by its name")
        said = run(AGENT, "doctor", "--dir", a.dir, ok=(0, 1)).stdout
        assert "OK      release: release 5\n" in said and "foreign" not in said, said
        assert "Release:          release 5\n" in a.cmd("status").stdout
        assert "Bản phát hành:    bản phát hành 5\n" in a.cmd("status", "--lang", "vi").stdout
        counted(a, 2)
        keeper.stop()
        for number in (3, 5):  # a lesser one, and the same again
            shutil.rmtree(a.dir / "releases" / str(number), ignore_errors=True)
            lay(a, number)
        keeper = Keeper(a)
        come_to(a, keeper, "5 runs from the start", lambda r: r["runs"] == 5)
        counted(a, 3)
        same((release(a)["kept"], bad(a)), (5, {}), "nothing lesser is tried")
        keeper.stop()
        lay(a, 7)
        lay(a, 8, system="linux-other")  # has no program for this one
        keeper = Keeper(a)
        come_to(a, keeper, "7 is kept", lambda r: (r["runs"], r["kept"]) == (7, 7))
        until(lambda: not any((a.dir / "releases" / n).exists() for n in "35"), "what came before 7 is removed")
        counted(a, 4)
        keeper.stop()
        vn.audit()


def damaged():
    with Tree() as t:
        vn, a = site(t)
        lay(a, 5)
        keeper = Keeper(a)
        come_to(a, keeper, "5 is kept", lambda r: r["kept"] == 5)
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
        vn, a = site(t, "release_trial = 4s\n")
        machine = lambda p: p[:18] + struct.pack("<H", 0xF3 if os.uname().machine != "riscv64" else 62) + p[20:]
        for number, word, change in ((5, "exits-in-probe", None), (6, "says-nothing", None), (7, "hangs-in-probe", None),
                                     (8, "serves", machine), (9, "serves", lambda p: b"#!/bin/sh\necho ready all the same\n")):
            lay(a, number, word, change or (lambda p: p))
        lay(a, 10, mode=0o600)
        lay(a, 11)
        with open(a.dir / "releases/11/program", "ab") as f:
            f.write(b"more than was signed")
        keeper = Keeper(a)
        come_to(a, keeper, "five went back", lambda r: len(r["bad"]) == 5)
        same(bad(a), {n: "probe" for n in range(5, 10)}, "what was tried")
        said = keeper.said()
        for word in ("release 7: it did not pass its trial", "no answer in time", "lets no program run from",
                     "release 11: cannot be tried as yet"):
            assert word in said, (word, said)
        counted(a, 2)
        same((keeper.ended, keeper.runs()), ([], AGENT), "the running program came to no harm")
        same((release(a)["kept"], release(a)["trying"]), (0, 0), "nothing was gone over to")
        assert "WENT BACK:        release 7: it did not pass" in a.cmd("status").stdout, a.cmd("status").stdout
        assert "went back from release 7" in run(AGENT, "doctor", "--dir", a.dir, ok=(0, 1)).stdout
        keeper.stop()
        keeper = Keeper(a)
        counted(a, 3)
        keeper.stop()
        assert "trying release 7" not in keeper.said()[len(said):], "never again"
        lay(a, 12)
        keeper = Keeper(a)
        come_to(a, keeper, "the next one is kept", lambda r: (r["runs"], r["kept"]) == (12, 12))
        keeper.stop()
        vn.audit()


def ends_early():
    with Tree() as t:
        vn, a = site(t)
        lay(a, 5)
        keeper = Keeper(a)
        come_to(a, keeper, "5 is kept", lambda r: r["kept"] == 5)
        for number, word, code in ((6, "exits", 3), (7, "dies-when-ready", -9)):
            keeper.stop()
            lay(a, number, word)
            keeper = Keeper(a)
            come_to(a, keeper, "back from %d" % number, lambda r: number in [b["number"] for b in r["bad"]])
            come_to(a, keeper, "5 runs again", lambda r: (r["runs"], r["kept"], r["trying"]) == (5, 5, 0))
            same((bad(a)[number], keeper.ended), ("starts", 3 * [code]), "after three starts")
            counted(a, number - 4)
        same(keeper.runs(), str(a.dir / "releases/5/program"), "the one that was kept before")
        keeper.stop()
        vn.audit()


def no_store():
    with Tree() as t:
        vn, a = site(t)
        lay(a, 5, "opens-nothing")
        keeper = Keeper(a)
        come_to(a, keeper, "back from 5", lambda r: r["bad"] != [] and r["trying"] == 0)
        counted(a, 2)
        same((bad(a), keeper.ended, keeper.runs()), ({5: "store"}, [], AGENT), "at once, and in place")
        assert "no store for an odd one" in keeper.said(), keeper.said()
        keeper.stop()
        vn.audit()


def no_receipt():
    with Tree() as t:
        vn, a = site(t, "release_trial = 5s\n")
        lay(a, 5, "is-deaf")
        keeper = Keeper(a)
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
        vn, a = site(t, "releases = no\n")
        lay(a, 5)
        keeper = Keeper(a)
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
        vn, a = site(t)
        lay(a, 5, "is-deaf")
        keeper = Keeper(a)
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
        p = run(AGENT, "run", "--once", "--timeout", 60, "--dir", clone)
        same((clone / "releases/switch").read_text(), (a.dir / "releases/switch").read_text(), "a copy goes on with the trial")
        for left in (2, 1, 0):  # killed, it is no longer asked
            p = subprocess.Popen([AGENT, "run", "--dir", str(clone)], stderr=subprocess.PIPE, text=True, env=ENGLISH)
            t.processes.append(p)
            while "started (" not in p.stderr.readline():
                pass
            p.kill()
            p.wait()
        p = run(AGENT, "run", "--once", "--timeout", 60, "--dir", clone)
        same({b["number"]: b["why"] for b in json.loads(run(AGENT, "status", "--json", "--dir", clone).stdout)["release"]["bad"]},
             {5: "starts"}, "and its own starts are counted there")


if __name__ == "__main__":
    main({f.__name__: f for f in (kept, damaged, probes, ends_early, no_store, no_receipt, held_back, beside)})
