#!/usr/bin/env python3
"""Faults thrown at the real programs. `faults.py NAME` runs one; docs/robustness.md says what was found.

LT_CYCLES makes the loops longer. Cases that mount a small disk or need another program say when they
are skipped.
"""
import json, os, pathlib, random, shutil, signal, subprocess, threading
from tree import *

CYCLES = int(os.environ.get("LT_CYCLES", "0"))


def people(number, count, first=0):
    return [award(number="%d/QĐ-UBND" % number, date="01/02/2021", year="2020", name="Cá nhân %04d" % (first + i),
                  workplace="Thôn %d" % (i % 7)) for i in range(count)]


class SmallDisk:
    """A tmpfs that can be filled to the last page and emptied again."""

    def __init__(self, tree, name, mib):
        self.path = tree.root / name
        self.path.mkdir(mode=0o700)
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=%dm,mode=0700" % mib, "tmpfs", str(self.path)],
                              capture_output=True, text=True)
        self.mounted = made.returncode == 0
        if self.mounted:
            tree.undo.append(self.unmount)

    def unmount(self):
        subprocess.run(["umount", "-l", str(self.path)], capture_output=True)

    def fill(self, leave=0):
        room = os.statvfs(self.path)
        left = room.f_bavail * room.f_frsize - leave
        with open(self.path / "ballast", "ab", buffering=0) as f:
            try:
                while left > 0:
                    left -= f.write(bytes(min(left, 65536)))
            except OSError:
                pass

    def empty(self):
        (self.path / "ballast").unlink()


def small_disk(tree, name, mib):
    disk = SmallDisk(tree, name, mib) if os.geteuid() == 0 else None
    if disk is None or not disk.mounted:
        print("skipped: a small disk cannot be mounted here")
        return None
    return disk


def in_background(*calls):
    """Runs each in a thread; the returned function waits and gives what they raised."""
    raised = []

    def guarded(call):
        try:
            call()
        except BaseException as e:
            raised.append(e)

    threads = [threading.Thread(target=guarded, args=(c,), daemon=True) for c in calls]
    for th in threads:
        th.start()

    def wait():
        for th in threads:
            th.join(PATIENCE_S)
        if raised:
            raise raised[0]
        assert not any(th.is_alive() for th in threads), "it hangs"

    return wait


def disk_full_hub():
    """A district's disk fills up while data flows: nothing acknowledged is lost, and it goes on by itself."""
    with Tree() as t:
        disk = small_disk(t, "hub-807", 16)
        if disk is None:
            return
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a, b = Agent(t, "28162", h807), Agent(t, "28165", h807)
        a.import_rows(people(1, 500))
        a.sync()
        disk.fill()
        a.import_rows(people(2, 2000))
        b.import_rows(people(1, 2000))
        a.cmd("run", "--once", "--timeout", 3, ok=(1,))
        assert h807.process.poll() is None, "the hub ended: " + h807.log_text()
        same(h807.quantity("807", 2020, code="GK"), 500, "figures are readable on a full disk")
        wait = in_background(lambda: a.sync(60), lambda: b.sync(60))
        disk.empty()
        wait()
        same(vn.quantity("807", 2020, code="GK"), 4500, "exact when there is space again")
        same(h807.quantity("807", 2020, code="GK"), 4500, "and at the district")
        disk.fill()
        h807.kill()
        h807.start()
        same(h807.quantity("807", 2020, code="GK"), 4500, "started on a full disk")
        disk.empty()
        for hub in t.hubs:
            hub.audit()


def disk_full_agent():
    """An agent's disk is full: an import is refused whole and says so; what is there is still sent."""
    with Tree() as t:
        disk = small_disk(t, "agent-28162", 8)
        if disk is None:
            return
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 100))
        disk.fill()
        p = a.cmd("import", a.file(people(2, 3000)), ok=(1, 2, 3))
        assert "full" in p.stdout + p.stderr, p.stdout + p.stderr
        same(a.status()["drafts"], 100, "nothing half-done")
        running = a.start()
        a.cmd("status")
        disk.empty()
        a.import_rows(people(2, 3000))  # wakes the agent, which else tries again within a minute
        a.cmd("wait", "--timeout", 60)
        running.send_signal(signal.SIGTERM)
        same(running.wait(PATIENCE_S), 0, "the agent ends well")
        same(vn.quantity("28162", 2020, code="GK"), 3100, "all counted")


def disk_full_at_start():
    """A new store on a full disk, at every amount of space left: an error, never a signal."""
    with Tree() as t:
        disk = small_disk(t, "full", 6)
        if disk is None:
            return
        vn = Hub(t, "VN")
        code = json.loads(vn.cmd("invite", "28162", "--json").stdout)["code"]
        said = set()
        for leave in [0, 4096, 8192, 40960, 69632, 73728, 90112, 131072, 262144, 524288, 1048576, 1179648, 1310720, 1572864, 2097152, 3145728]:
            disk.fill(leave)
            for program, words in ((AGENT, ("init",)), (HUB, ("init", "VN", "--listen", "tcp://127.0.0.1:1"))):
                target = disk.path / "store"
                p = run(program, *words, "--dir", target, ok=(0, 1, 2, 3))
                said.add(p.returncode)
                if p.returncode != 0:
                    assert "full" in (p.stdout + p.stderr).lower() or "space" in p.stderr, p.stdout + p.stderr
                shutil.rmtree(target, ignore_errors=True)
            disk.empty()
        assert len(said) > 1, "both outcomes were seen: %s" % said
        run(AGENT, "init", "--dir", disk.path / "old")
        (disk.path / "old" / "store" / "lock.mdb").unlink()
        disk.fill()
        p = run(AGENT, "status", "--dir", disk.path / "old", ok=(1, 2, 3))
        assert "lock.mdb" in p.stderr, "its lock cannot be made: " + p.stderr
        disk.empty()
        run(AGENT, "status", "--dir", disk.path / "old")
        disk.fill()
        p = run(AGENT, "join", code, "--dir", disk.path / "store", ok=(1, 2, 3))
        disk.empty()
        run(AGENT, "join", code, "--dir", disk.path / "store")


def killed_anywhere():
    """Agent, district and top are killed with SIGKILL at any instant while data flows; every count is exact."""
    with Tree() as t:
        chance = random.Random(int(os.environ.get("LT_SEED", "1")))
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        agents = [Agent(t, u, h807) for u in ("28162", "28165")]
        running = [a.start() for a in agents]
        rows = 0
        for turn in range(CYCLES or 6):
            for a in agents:
                a.import_rows(people(turn + 1, 40))
            rows += 80
            victim = (h807, vn, 0, 1)[chance.randrange(4)]
            threading.Event().wait(chance.random() * 0.25)  # the instant of the kill is the chance
            counted = sum(a.status()["counted"] for a in agents)
            if isinstance(victim, int):
                running[victim].kill()
                running[victim].wait(PATIENCE_S)
                running[victim] = agents[victim].start()
            else:
                victim.kill()
                chains = json.loads(victim.cmd("status", "--json").stdout)["chains"]
                held = sum(c["updates"] for c in chains if c["stream"] == "report")
                victim.start(wait="ready")
                if victim is vn:
                    assert counted <= held, ("acknowledged but not stored", counted, held)
        for a in agents:
            a.cmd("wait", "--timeout", 100)
        for hub in t.hubs:
            same(hub.quantity("807", 2020, code="GK"), rows, "exactly once at " + hub.unit)
            hub.audit()


FLOOD = os.environ.get("LT_FLOOD", "")
# What a flooded hub may grow by. A build with sanitizers keeps up to 256 MiB of freed memory aside.
SANITIZED = b"__asan_init" in pathlib.Path(HUB).read_bytes()
GROWTH_MAX_KIB = (64 + 384 * SANITIZED) * 1024


def memory_kib(process, what="RssAnon"):
    for line in open("/proc/%d/status" % process.pid):
        if line.startswith(what + ":"):
            return int(line.split()[1])


def descriptors(process):
    return len(os.listdir("/proc/%d/fd" % process.pid))


def hostile():
    """An enrolled machine floods its hub: memory stays bounded, and its neighbour still gets receipts."""
    with Tree() as t:
        vn = Hub(t, "VN")
        evil, good = Agent(t, "28165", vn), Agent(t, "28162", vn)
        good.import_rows(people(1, 10))
        good.sync()
        rows, before = 10, memory_kib(vn.process)
        for turn, (kind, count) in enumerate((("hello", 20000), ("want", 2000), ("garbage", 20000), ("signature", 20000),
                                              ("largest", 1500))):
            count = count if CYCLES else count // 5
            p = subprocess.Popen([FLOOD, kind, str(count), vn.endpoint, str(vn.dir), str(evil.dir), evil.unit],
                                 stdout=subprocess.PIPE, text=True)
            t.processes.append(p)
            good.import_rows(people(turn + 2, 10))
            good.sync(60)
            rows += 10
            out = p.communicate(timeout=PATIENCE_S)[0]
            assert out.strip().endswith(kind + " done"), out
            now = memory_kib(vn.process)
            print("  %-9s %6d: %s, hub RssAnon %d -> %d KiB, %d descriptors" %
                  (kind, count, out.split("\n")[0], before, now, descriptors(vn.process)), flush=True)
            if "LT_UNBOUNDED" not in os.environ:
                assert now < before + GROWTH_MAX_KIB, "the hub grew by %d KiB" % (now - before)
        same(vn.quantity("VN", 2020, code="GK"), rows, "nothing of it counted")
        vn.audit()


def crowds():
    """Half-open TCP connections and strangers with CURVE keys: bounded, gone again, and no neighbour waits."""
    with Tree() as t:
        vn = Hub(t, "VN")
        good = Agent(t, "28162", vn)
        good.import_rows(people(1, 10))
        good.sync()
        before, files = memory_kib(vn.process), descriptors(vn.process)
        crowd = []
        for kind, count in (("half-open", 200), ("strangers", 500)):
            p = subprocess.Popen([FLOOD, kind, str(count), vn.endpoint, str(vn.dir), str(good.dir), good.unit],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            t.processes.append(p)
            crowd.append(p)
            assert p.stdout.readline().startswith("connected")
        for turn in range(2, 5):
            good.import_rows(people(turn, 10))
            good.sync(60)
            print("  crowd: hub RssAnon %d -> %d KiB, descriptors %d -> %d" %
                  (before, memory_kib(vn.process), files, descriptors(vn.process)), flush=True)
            assert descriptors(vn.process) <= files + 700 + 8, "more than one descriptor a connection"
            assert memory_kib(vn.process) < before + GROWTH_MAX_KIB, "memory"
        for p in crowd:
            p.communicate(timeout=PATIENCE_S)
        same(vn.quantity("VN", 2020, code="GK"), 40, "the neighbour's records")


def clocks():
    """Agents that live in 1970 and in 2099: all is counted, and the hub sees how wrong they are."""
    if shutil.which("faketime") is None:
        return print("skipped: needs faketime")
    if subprocess.run(["faketime", "-m", "1970-01-02 00:00:00", AGENT, "--version"], capture_output=True).returncode:
        return print("skipped: faketime and the sanitizers cannot be in one process")
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        early, late = Agent(t, "28162", h807), Agent(t, "28165", h807)
        early.prefix = ("faketime", "-m", "1970-01-02 00:00:00")
        late.prefix = ("faketime", "-m", "2099-12-31 23:00:00")
        for agent in (early, late, early):
            agent.import_rows(people(1, 10) + people(2, 10))
            agent.sync()
        same(vn.quantity("807", 2020, code="GK"), 40, "counted in spite of the clocks")
        years = lambda: {c["unit"]: round(c.get("clock_skew_s", 0) / 31556952) for c in json.loads(h807.cmd("status", "--json").stdout)["children"]}
        for agent, wrong in ((early, lambda y: y < -50), (late, lambda y: y > 70)):
            process = agent.start()
            until(lambda: wrong(years().get(agent.unit, 0)), "the operator sees how wrong the clock of %s is" % agent.unit)
            process.terminate()
            process.wait(PATIENCE_S)
        for hub in t.hubs:
            hub.audit()


def copy_dir(of, to):
    shutil.copytree(of, to, ignore=lambda d, names: [n for n in names if n.endswith(".sock") or n in ("wake", "log")])


def old_backup():
    """A district, and then the top, come back from an older copy of their folder: the lost is offered again."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 30))
        a.sync()
        images = {}
        for hub in (h807, vn):
            hub.stop()
            images[hub] = t.root / ("image-" + hub.unit)
            copy_dir(hub.dir, images[hub])
        vn.start()
        h807.start()
        a.import_rows(people(2, 30))
        a.sync()
        rows = 60
        for hub in (h807, vn):
            hub.kill()
            shutil.rmtree(hub.dir)
            copy_dir(images[hub], hub.dir)
            hub.start(wait="ready")
            rows += 30
            a.import_rows(people(rows, 30))
            a.sync()
            for h in t.hubs:
                same(h.quantity("28162", 2020, code="GK"), rows, h.unit + " after " + hub.unit + " was restored")
        for hub in t.hubs:
            hub.audit()


def all_restored():
    """Top, district and a PC come back from older copies at once, the PC with rows made offline since; another PC of
    the unit's neighbour was never touched. Everything is counted once, by nobody's hand."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a, b = Agent(t, "28162", h807), Agent(t, "28165", h807)
        for agent in (a, b):
            agent.import_rows(people(1, 20))
            agent.sync()
        images = {}
        for hub in (h807, vn):
            hub.stop()
        for one in (vn, h807, a):
            images[one] = t.root / ("image-of-" + one.dir.name)
            copy_dir(one.dir, images[one])
        vn.start()
        h807.start()
        for agent in (a, b):
            agent.import_rows(people(2, 20))
            agent.sync()
        for hub in (h807, vn):
            hub.kill()
        for one in (vn, h807, a):
            shutil.rmtree(one.dir)
            copy_dir(images[one], one.dir)
        same(a.import_rows(people(3, 5))["refused"], 0, "offline, on the old image")
        vn.start(wait="ready")
        h807.start(wait="ready")
        b.sync(100)
        same(a.import_rows(people(2, 20))["refused"], 0, "the file of which the image knows nothing")
        a.sync(100)
        for hub in t.hubs:
            same(hub.quantity("28165", 2020, code="GK"), 40, "the untouched one at " + hub.unit)
            same(hub.quantity("28162", 2020, code="GK"), 45, "the restored one at " + hub.unit)
            hub.audit()


def replaced():
    """A district's machine is lost and a new one is set up for the unit: its communes join it, all is there."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 30))
        a.sync()
        h807.kill()
        shutil.move(h807.dir, t.root / "lost")
        code = json.loads(vn.cmd("invite", "807", "--hub", "--json").stdout)["code"]
        h807.cmd("init", "--join", code, "--listen", h807.endpoint)
        h807.start()
        same(h807.quantity("28162", 2020, code="GK"), 30, "the new district fetched what the top holds")
        again = json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"]
        fresh = t.root / "agent-fresh"
        run(AGENT, "join", again, "--dir", fresh)
        a.dir = fresh
        vn.cmd("keys", "--approve", a.status()["key"], "--timeout", PATIENCE_S)
        same(a.import_rows(people(1, 30) + people(2, 5))["refused"], 0, "refused")
        a.sync()
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 35, hub.unit)
            hub.audit()


def clones():
    """A PC's folder is cloned and both run at the same time: each record counts once, the fork heals."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        one, two = Agent(t, "28162", h807), Agent(t, "28162", h807, "clone", approved_by=vn)
        one.import_rows(people(1, 20))
        one.sync()
        one.import_rows(people(2, 20))  # drafts that both will hold
        shutil.rmtree(two.dir)
        copy_dir(one.dir, two.dir)
        processes = [one.start(), two.start()]
        for turn in range(3, 6):
            wait = in_background(lambda: one.import_rows(people(turn, 20)),
                                 lambda: two.import_rows(people(turn + 10, 25)))
            wait()
        one.cmd("wait", "--timeout", 60)
        two.cmd("wait", "--timeout", 60)
        for p in processes:
            p.send_signal(signal.SIGTERM)
            same(p.wait(PATIENCE_S), 0, "ends well")
        one.sync()
        two.sync()
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 175, hub.unit)
            hub.audit()


def digest_of(folder):
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*"))
            if p.is_file() and p.suffix != ".lock" and p.name not in ("lock.mdb", "log")}


def cut(size):
    return lambda path: os.truncate(path, min(size, path.stat().st_size))


def half(path):
    os.truncate(path, path.stat().st_size // 2)


def garbage(path):
    path.write_bytes(bytes((i * 37 + 11) % 256 for i in range(path.stat().st_size or 64)))


def one_digit(path):
    data = bytearray(path.read_bytes())
    data[20] = ord("0") if data[20] != ord("0") else ord("1")
    path.write_bytes(data)


def open_to_all(path):
    path.chmod(0o666)


def damaged():
    """Damaged files in a hub's or an agent's folder: an error that names the file, and nothing is changed."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 30))
        a.sync()
        vn.stop()
        serve_hub, serve, look, audit = (HUB, vn, "run"), (AGENT, a, "run"), (AGENT, a, "status"), (HUB, vn, "audit")
        store, keys = [(d, "store/data.mdb") for d in (cut(0), cut(1), cut(4096), garbage, os.unlink)], []
        for name in ("sign.key", "curve.key"):
            keys += [(d, name) for d in (cut(0), half, garbage, one_digit, open_to_all, os.unlink)]
        conf = [(d, "hub.conf") for d in (cut(0), half, garbage, os.unlink)]
        trials = [(who, what) for who, whats in ((serve_hub, store + keys + conf), (serve, store + keys), (look, store),
                                                 (audit, store + [(half, "store/data.mdb")])) for what in whats]
        for (program, site, command), (damage, name) in trials:
            copy = t.root / "copy"
            shutil.rmtree(copy, ignore_errors=True)
            copy_dir(site.dir, copy)
            damage(copy / name)
            before = digest_of(copy)
            p = run(program, command, "--dir", copy, ok=(1, 2, 3))
            what = "%s, %s: %s" % (command, name, p.stderr)
            assert pathlib.Path(name).name in p.stderr, what
            same(digest_of(copy), before, "unchanged by " + what)
        print("  %d damaged folders" % len(trials))


def two_processes():
    """Two processes run on one folder: the second says so and ends, the first goes on."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        running = a.start()
        a.import_rows(people(1, 10))
        a.cmd("wait", "--timeout", 60)
        p = a.cmd("run", ok=(1, 2, 3))
        assert p.stderr.strip(), "the second agent says why"
        p = vn.cmd("run", ok=(1, 2, 3))
        assert p.stderr.strip(), "the second hub says why"
        a.import_rows(people(2, 10))
        a.cmd("wait", "--timeout", 60)
        running.send_signal(signal.SIGTERM)
        same(running.wait(PATIENCE_S), 0, "the first agent")
        same(vn.quantity("28162", 2020, code="GK"), 20, "counted")


CASES = {f.__name__: f for f in (disk_full_hub, disk_full_agent, disk_full_at_start, killed_anywhere, hostile, crowds,
                                 clocks, old_backup, all_restored, replaced, clones, damaged, two_processes)}

if __name__ == "__main__":
    main(CASES)
