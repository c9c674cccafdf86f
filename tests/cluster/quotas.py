"""Machines that flood their hub, and strangers who crowd it: slowed, cut off, capped; neighbours go on.

The hostile ones are `wild_agent`, with the keys of a machine that has joined, and raw sockets. Nothing is
measured by the clock: a neighbour gets its receipts while the hostile one is at work. How much it feels
of it is measured by tests/bench/neighbours.py.
"""
import os, select, socket, struct
from tree import *

WILD, FLOOD = os.environ.get("LT_WILD", ""), os.environ.get("LT_FLOOD", "")
SANITIZED = b"__asan_init" in pathlib.Path(HUB).read_bytes()


def people(turn, count):
    return [award("GK", "", "%d/QD" % turn, "2020-%02d-%02d" % (1 + turn // 28 % 12, 1 + turn % 28), "2020",
                  name="Người %d-%d" % (turn, i), workplace="Phòng %d" % i) for i in range(count)]


def limited(hub, **limits):
    """The hub, started again with other limits."""
    hub.stop()
    conf = hub.dir / "hub.conf"
    lines = [l for l in conf.read_text().splitlines() if l.split("=")[0].strip() not in limits]
    conf.write_text("\n".join(lines + ["%s = %s" % item for item in limits.items()]) + "\n")
    conf.chmod(0o600)
    hub.start()


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def quotas(hub, unit):
    return [q for q in status(hub)["quotas"] if q["unit"] == unit]


def updates(hub, unit):
    return sum(c["updates"] for c in status(hub)["chains"] if c["unit"] == unit and c["stream"] == "report")


def wild(tree, hub, agent, kind, count=0, rows=None):
    p = subprocess.Popen([WILD, kind, str(count), hub.endpoint, str(hub.dir), str(agent.dir), agent.unit] +
                         ([] if rows is None else [str(rows)]), stdout=subprocess.PIPE, text=True)
    tree.processes.append(p)
    return p


def outcome(process):
    """What it said, and the numbers of its last line but one."""
    out = process.communicate(timeout=PATIENCE_S)[0]
    lines = out.strip().split("\n")
    if process.returncode != 0 or not lines[-1].endswith("done"):
        raise Failed("wild_agent ended with %d: %s" % (process.returncode, out))
    words = lines[-2].replace(",", "").replace("=", " ").split()
    numbers = {words[i]: int(words[i + 1]) for i in range(len(words) - 1) if words[i + 1].isdigit()}
    return out, numbers


def go_on(tree, hub, good, evil, kind, rows=None, rounds=1):
    """The neighbour's rows are receipted while the other floods, until that one is cut off."""
    process = wild(tree, hub, evil, kind, 0, rows)
    done = 0
    while done < rounds or process.poll() is None:
        tree.turn += 1
        good.import_rows(people(tree.turn, 5))
        good.sync()
        done += 1
    tree.rows += 5 * done
    out, numbers = outcome(process)
    print("  %-8s neighbour receipted %d times meanwhile; %s" % (kind, done, out.strip().split("\n")[-2]), flush=True)
    return out, numbers


def neighbours(tree, **limits):
    vn = Hub(tree, "VN")
    limited(vn, **limits)
    evil, good = Agent(tree, "28165", vn), Agent(tree, "28162", vn)
    tree.turn, tree.rows = 0, 0
    return vn, evil, good


def flood():
    """Whatever an enrolled machine floods its hub with, it is cut off, each time longer; its neighbour goes on."""
    with Tree() as t:
        vn, evil, good = neighbours(t, nothing=4, cut=1)  # room for the neighbour's dozens of connections, with sanitizers too
        for n, kind in enumerate(("garbage", "hello", "want", "forged"), 1):
            out, numbers = go_on(t, vn, good, evil, kind)
            assert "cut off for " in out, out
            told = quotas(vn, "28165")
            same(len(told), 1, "machines that are told of")
            assert told[0]["cuts"] >= n and told[0]["cut_by"] == "nothing", told
            assert told[0]["stored_bytes"] == 0, told
            while quotas(vn, "28165")[0]["standing"] == "cut":  # its pause is seconds; then the next flood
                t.turn += 1
                t.rows += 5
                good.import_rows(people(t.turn, 5))
                good.sync()
        same(updates(vn, "28165"), 0, "nothing of it is stored")
        same(quotas(vn, "28162"), [], "the neighbour is neither slowed nor cut off")
        same(vn.quantity("28162", 2020, code="GK"), t.rows, "all of the neighbour's counted")
        assert "is cut off for 1 s" in vn.log_text() and "is cut off for 2 s" in vn.log_text(), vn.log_text()
        vn.audit()


def told():
    """Clerk and operator are told: until when, and why. The machine itself waits, and all is well afterwards."""
    with Tree() as t:
        vn, evil, good = neighbours(t, nothing=1, cut=3600)
        evil.import_rows(people(1, 3))
        out, numbers = go_on(t, vn, good, evil, "forged")
        assert "cut off for 3600 s" in out and "no use" in out, out
        p = evil.cmd("run", "--once", "--timeout", 2, ok=(1,))
        told = evil.status()
        assert told["held_until"] > 0 and "no use" in told["held_text"], told
        assert not told["connected"] and told["drafts"] == 3, told
        text = evil.cmd("status").stdout
        assert "CUT OFF" in text and "no use" in text, text
        vietnamese = evil.cmd("status", env={"LANG": "vi", "LC_ALL": "vi"}).stdout
        assert "TẠM KHÔNG ĐƯỢC NHẬN" in vietnamese, vietnamese
        text = vn.cmd("status").stdout
        assert "CUT OFF for" in text and "28165" in text, text
        same(quotas(vn, "28165")[0]["standing"], "cut", "the hub's status")
        assert status(vn)["gate"]["cut_offs"] >= 1, status(vn)["gate"]
        good.import_rows(people(99, 5))
        good.sync()
        vn.stop()
        vn.start()  # an operator who knows better may end it
        evil.sync()
        same(evil.status()["held_until"], 0, "no longer")
        same(vn.quantity("28165", 2020, code="GK"), 3, "its rows")
        vn.audit()


def tips():
    """A chain gets 64 tips and no more; the unit's own next update joins them."""
    with Tree() as t:
        vn, evil, good = neighbours(t)
        out, numbers = outcome(wild(t, vn, evil, "tips", 3000))
        same(updates(vn, "28165"), 64, "updates of the chain")
        same([c["tips"] for c in status(vn)["chains"] if c["unit"] == "28165" and c["stream"] == "report"], [64], "tips")
        same(numbers.get("malformed"), 3000 - 64, "refused")
        good.import_rows(people(1, 5))
        good.sync()
        evil.import_rows(people(1, 3))
        evil.sync()
        same([c["tips"] for c in status(vn)["chains"] if c["unit"] == "28165" and c["stream"] == "report"], [1], "tips")
        same(vn.quantity("28165", 2020, code="GK"), 3, "its own rows")
        vn.audit()


def seq_near_end():
    """Updates at the end of all numbers, signed: none is stored, nothing wraps, the chain goes on."""
    with Tree() as t:
        vn, evil, good = neighbours(t)
        out, numbers = outcome(wild(t, vn, evil, "seq", 16, 3))
        same(updates(vn, "28165"), 1, "only the honest one before")
        print("  " + out.strip().split("\n")[-2])
        good.import_rows(people(1, 5))
        good.sync()
        evil.import_rows(people(1, 4))
        evil.sync()
        same(updates(vn, "28165"), 2, "and the honest one after")
        vn.audit()


def largest():
    """The largest updates without end: the largest is taken; what a machine may store in a day is bounded."""
    with Tree() as t:
        vn, evil, good = neighbours(t, day=2, cut=3600)
        out, numbers = outcome(wild(t, vn, evil, "push", 2, 0))
        same(numbers["covered"], 2, "updates of the very largest size are taken")
        out, numbers = go_on(t, vn, good, evil, "valid", 0)  # begins anew: another tip of its chain
        assert "more than 2 MiB in a day" in out, out
        stored = quotas(vn, "28165")[0]["stored_bytes"]
        assert 2 << 20 <= stored <= (3 << 20) + (256 << 10), "stored %d bytes" % stored
        same(quotas(vn, "28165")[0]["cut_by"], "day", "why")
        same(quotas(vn, "28162"), [], "the neighbour is not concerned")
        vn.audit()


def parts():
    """Messages of many parts, which libzmq keeps until the last one is there: a whole one, and one that never ends. Both are
    paid for and cut off, the latter at once, and what was kept is free again."""
    with Tree() as t:
        vn, evil, good = neighbours(t, nothing=1, cut=3600)
        endless = Agent(t, "28168", vn)

        def send(who, count):
            p = subprocess.Popen([FLOOD, "parts", str(count), vn.endpoint, str(vn.dir), str(who.dir), who.unit],
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            t.processes.append(p)
            same(p.stdout.readline(), "%d sent\n" % (count + 1), "it was sent, or waits to be")
            return p

        def cut(who):
            until(lambda: [q["standing"] for q in quotas(vn, who.unit)] == ["cut"], "%s is cut off" % who.unit)
            same(quotas(vn, who.unit)[0]["cut_by"], "nothing", "why")

        send(evil, 3)
        cut(evil)
        before = memory_kib(vn.process)
        p = send(endless, 600)
        until(lambda: any(memory_kib(vn.process) > before + (40 << 10) for _ in range(500)) or quotas(vn, "28168"), "it comes")
        p.send_signal(signal.SIGSTOP)  # the last part never comes
        cut(endless)
        good.import_rows(people(1, 5))
        good.sync()
        same(quotas(vn, "28162"), [], "the neighbour is not concerned")
        if not SANITIZED:
            until(lambda: memory_kib(vn.process) < before + (32 << 10), "what was kept is free again")
        vn.audit()


def unlinked():
    """Updates whose parents nobody has: refused, never kept, and paid for."""
    with Tree() as t:
        vn, evil, good = neighbours(t, nothing=1, cut=3600)
        out, numbers = go_on(t, vn, good, evil, "unlinked")
        assert "cut off for 3600 s" in out and numbers["orphan"] > 0, out
        same(updates(vn, "28165"), 0, "stored")
        vn.audit()


def same_again():
    """One good update again and again: stored once, answered, then cut off."""
    with Tree() as t:
        vn, evil, good = neighbours(t, nothing=1, cut=3600)
        out, numbers = go_on(t, vn, good, evil, "same")
        assert "cut off for 3600 s" in out, out
        same(updates(vn, "28165"), 1, "stored once")
        vn.audit()


def catch_up_is_not_a_flood():
    """A machine that comes back with 20,000 updates, as fast as the credit lets it: taken whole, not cut off."""
    with Tree() as t:
        vn, evil, good = neighbours(t)
        count = 20000 if not SANITIZED else 5000
        out, numbers = outcome(wild(t, vn, good, "push", count, 1))
        same(numbers["covered"], count, "receipted")
        assert "cut off" not in out, out
        same([q for q in quotas(vn, "28162") if q["cuts"] > 0], [], "cut off")
        vn.audit()


def fetched_back():
    """A machine whose 1,100 small updates are at the hub alone has them back in one session: an answer fits the queue."""
    with Tree() as t:
        vn, evil, good = neighbours(t)
        outcome(wild(t, vn, evil, "push", 1100, 1))
        log = evil.cmd("run", "--once", "--timeout", 100).stderr
        same((log.count("connected to"), log.count("lost")), (1, 0), "sessions, and those that were lost")
        same(evil.status()["updates"], 1100, "updates that it has again")


def connect(hub, source="127.0.0.1"):
    host, port = hub.endpoint[len("tcp://"):].split(":")
    s = socket.socket()
    s.settimeout(5)
    s.bind((source, 0))
    try:
        s.connect((host, int(port)))
    except OSError:
        s.close()
        return None
    return s


def descriptors(process):
    return len(os.listdir("/proc/%d/fd" % process.pid))


def memory_kib(process):
    for line in open("/proc/%d/status" % process.pid):
        if line.startswith("RssAnon:"):
            return int(line.split()[1])


def strangers_capped():
    """Ten times as many half-open connections as places: capped, closed by time; the enrolled get in, also from there."""
    with Tree() as t:
        vn = Hub(t, "VN")
        limited(vn, strangers=32)
        good, other = Agent(t, "28162", vn), Agent(t, "28165", vn)
        files = descriptors(vn.process)
        crowd = [s for s in (connect(vn, "127.0.0.%d" % (1 + i % 3)) for i in range(320)) if s]
        for turn, agent in enumerate((good, other, good), 1):
            agent.import_rows(people(turn, 5))
            agent.sync()
        gate = status(vn)["gate"]
        assert gate["strangers"] <= 32, gate
        assert gate["crowded_out"] >= 320 - 32 - 8, gate
        assert descriptors(vn.process) <= files + 32 + 8, "descriptors %d -> %d" % (files, descriptors(vn.process))
        assert "strangers crowd in" in vn.log_text(), vn.log_text()
        assert "CROWDED OUT" in vn.cmd("status").stdout
        left = set(crowd)
        while left:  # the last ones by the handshake's time
            ready = select.select(list(left), [], [], PATIENCE_S)[0]
            assert ready, "%d half-open connections were left" % len(left)
            for s in ready:
                try:
                    more = s.recv(4096)  # libzmq greets
                except OSError:
                    more = b""
                if not more:
                    left.discard(s)
                    s.close()
        same(status(vn)["gate"]["strangers"], 0, "strangers")
        same(vn.quantity("VN", 2020, code="GK"), 15, "counted")


GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x01" + b"CURVE" + bytes(15) + b"\0" + bytes(31)


def stranger_cost():
    """The dearest stranger: a command of 256 KiB in place of the handshake. Under 64 KiB each, and a descriptor."""
    with Tree() as t:
        vn = Hub(t, "VN")
        limited(vn, strangers=256)
        good = Agent(t, "28162", vn)
        good.import_rows(people(1, 5))
        good.sync()
        count, most = 200, 64 if not SANITIZED else 128
        assert status(vn)["gate"]["guarded"], "the kernel bounds what strangers send"
        before, files = memory_kib(vn.process), descriptors(vn.process)
        crowd, sent = [], 0
        for i in range(count):
            s = connect(vn)
            s.setblocking(False)
            sent += s.send(GREETING + b"\x06" + struct.pack(">Q", 262000))
            crowd.append(s)
        for turn in range(2, 6):  # while they push with all their might
            for s in crowd:
                try:
                    while sent < 1 << 40:
                        sent += s.send(bytes(65536))
                except OSError:
                    pass
            good.import_rows(people(turn, 5))
            good.sync()
        grown, more = memory_kib(vn.process) - before, descriptors(vn.process) - files
        print("  %d strangers offered %d KiB each: %.1f KiB and %.2f descriptors each" %
              (count, sent // count // 1024, grown / count, more / count), flush=True)
        assert sent // count > 256 * 1024, "they did not try: %d bytes each" % (sent // count)
        assert more <= count + 4, "descriptors %d" % more
        assert grown < most * count, "%d KiB for %d strangers" % (grown, count)
        same(vn.quantity("VN", 2020, code="GK"), 25, "counted")


CASES = {f.__name__: f for f in (flood, told, tips, seq_near_end, largest, parts, unlinked, same_again, catch_up_is_not_a_flood, fetched_back,
                                 strangers_capped, stranger_cost)}

if __name__ == "__main__":
    main(CASES)
