"""A hub's own keys: the key that it listens with stays when the others change."""
import hashlib, json, os, random, shutil, signal, subprocess, threading

from faults import small_disk
from tree import ENGLISH, HUB, PATIENCE_S, Agent, Hub, Tree, award, free_port, main, same, until


def people(turn, count):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, i))
            for i in range(count)]


def counted(hubs, unit, want):
    for hub in hubs:
        same(hub.quantity(unit, 2020, code="GK"), want, "%s at %s" % (unit, hub.unit))


def keep(path, digits):
    path.write_text(digits + "\n")
    path.chmod(0o600)


def fresh():
    """What stands in the file of a key that nobody has: the seed, and the beginning of its hash."""
    seed = os.urandom(32)
    return "%s %s" % (seed.hex(), hashlib.blake2b(seed, digest_size=32).hexdigest()[:8])


def listens():
    """With a `listen.key` a hub is reached by that key, whatever its `curve.key` is: by who joined before and by who
    joins after, by wire and by bundle; backups have it. A damaged or open one keeps the hub from starting."""
    with Tree() as t:
        vn = Hub(t, "VN")
        first = Agent(t, "28162", vn)
        first.import_rows(people(1, 3))
        first.sync()
        vn.stop()
        known = (vn.dir / "curve.key").read_text()
        for digits, mode, word in (("0" * 64, 0o600, "damaged"), (known.strip(), 0o644, "chmod"), ("12", 0o600, "damaged")):
            keep(vn.dir / "listen.key", digits)
            (vn.dir / "listen.key").chmod(mode)
            p = vn.cmd("run", ok=(1, 2))
            assert "listen.key" in p.stderr and word in p.stderr, p.stderr
        keep(vn.dir / "listen.key", known.strip())
        (vn.dir / "curve.key").unlink()
        keep(vn.dir / "curve.key", fresh())
        vn.start()
        first.import_rows(people(2, 4))
        first.sync()
        second = Agent(t, "28165", vn)
        second.import_rows(people(1, 2))
        second.cmd("bundle", "out", t.root / "up.bundle")
        vn.cmd("bundle", "in", t.root / "up.bundle")
        counted((vn,), "28162", 7)
        counted((vn,), "28165", 2)
        folder = t.root / "backup"
        vn.cmd("backup", folder)
        same((folder / "listen.key").read_text(), known, "the key in the backup")
        vn.stop()
        vn.dir.rename(t.root / "lost")
        vn.cmd("restore", folder)
        vn.start()
        for agent in (first, second):
            agent.import_rows(people(3, 1))
            agent.sync()
        counted((vn,), "28162", 8)
        counted((vn,), "28165", 3)


def district(t):
    vn = Hub(t, "VN")
    h80 = Hub(t, "80", vn)
    return vn, h80, Hub(t, "807", h80)


def status(hub):
    return json.loads(hub.cmd("status", "--json").stdout)


def key_of(hub):
    return status(hub)["keys"]["key"]


def states(hub, unit, role="hub"):
    """The keys of a unit as a hub knows them."""
    rows = json.loads(hub.cmd("keys", unit, "--json").stdout)["rows"]
    return {k["key"]: k["state"] for k in rows if k["role"] == role}


def rotate(hub, *argv, ok=(0,)):
    return json.loads(hub.cmd("rotate", "--json", *argv, ok=ok).stdout)


def changed(hubs, hub, former):
    """Every hub knows the one key in the place of the other, and of those before."""
    key = key_of(hub)
    for other in hubs:
        until(lambda: [k for k, state in states(other, hub.unit).items() if state != "revoked"] == [key],
              "the keys of %s at %s" % (hub.unit, other.unit))
        same((states(other, hub.unit)[key], states(other, hub.unit)[former]), ("valid", "revoked"), "the keys")


def no_updates_lost(hubs):
    for hub in hubs:
        same(status(hub)["counts"]["quarantined"], 0, "quarantined at " + hub.unit)
        hub.audit()


def hub_rotated():
    """A district and a province change their keys while PCs push: nobody below learns another key, figures and the
    top's receipts go on, and what the former key says is heard nowhere."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        busy, quiet, far = Agent(t, "28162", h807), Agent(t, "28165", h807), Agent(t, "28168", h80)
        for a in (busy, quiet, far):
            a.import_rows(people(1, 3))
            a.sync()
        process = busy.start()
        for turn, hub in enumerate((h807, h80), 2):
            hub.stop()
            old = t.root / ("old-" + hub.unit)
            shutil.copytree(hub.dir, old)
            hub.start()
            known, former = (hub.dir / "curve.key").read_text(), key_of(hub)
            busy.import_rows(people(turn, 20))
            told = rotate(hub)
            same((told["state"], told["key"]), ("changed", key_of(hub)), "what it says")
            assert told["key"] != former and (hub.dir / "curve.key").read_text() != known, "no other keys"
            same((hub.dir / "listen.key").read_text(), known, "the key that it listens with")
            quiet.import_rows(people(turn, 2))
            quiet.sync()
            busy.cmd("wait", "--timeout", 60)
            changed((vn, h80, h807), hub, former)
            # A copy of the folder as it was: the parent does not let it in.
            (old / "hub.conf").write_text("listen = tcp://127.0.0.1:%d\n" % free_port())
            with open(t.root / "old.log", "w") as log:
                clone = subprocess.Popen([HUB, "run", "--dir", old], stdout=log, stderr=log, env=ENGLISH)
                t.processes.append(clone)
                until(lambda: "does not admit" in (t.root / "old.log").read_text(), "the former key at the door")
                clone.kill()
                clone.wait()
        new = Agent(t, "28174", h807)
        new.import_rows(people(1, 1))
        new.sync()
        # By a Move, which names the key that the district is reached by, a PC finds it.
        vn.cmd("move", "28168", "--to", "807", "--endpoint", h807.endpoint)
        far.import_rows(people(2, 4))
        far.sync()
        until(lambda: far.cmd("run", "--once", "--timeout", 60) and far.status()["parent"] == "807", "the move")
        busy.cmd("wait", "--timeout", 60)
        process.terminate()
        process.wait()
        for unit, count in (("28162", 43), ("28165", 7), ("28168", 7), ("28174", 1)):
            counted(t.hubs, unit, count)
        for a in (busy, quiet, far, new):
            same(a.status()["waits"]["bad_receipts"], 0, "receipts that %s did not keep" % a.unit)
        log = (t.root / (busy.dir.name + ".log")).read_text()
        assert "was not kept" not in log and "no longer" not in log, log
        assert "root" in vn.cmd("rotate", ok=(2,)).stderr
        no_updates_lost(t.hubs)


def hub_rotation_asked():
    """The parent is away when it is asked: nothing is said by the former key meanwhile, also after a kill, and the change
    is finished by itself. Then the answer is lost: a backup of before, in which the next keys are, asks again."""
    with Tree() as t:
        vn, h80, h807 = district(t)
        pc = Agent(t, "28162", h807)
        pc.import_rows(people(1, 3))
        pc.sync()
        former = key_of(h807)
        h80.process.send_signal(signal.SIGSTOP)  # the connection stays, and nobody answers
        told = rotate(h807, "--timeout", 6, ok=(1,))
        same((told["state"], told["key"]), ("waiting", former), "without an answer")
        assert status(h807)["keys"]["asked"], status(h807)["keys"]
        say = ("fallback", "--after", "36h", "--endpoint", h807.endpoint)
        assert "being changed" in h807.cmd(*say, ok=(1, 2)).stderr
        h807.kill()
        assert "being changed" in h807.cmd(*say, ok=(1, 2)).stderr
        h80.process.send_signal(signal.SIGCONT)
        h807.start()
        until(lambda: key_of(h807) != former, "the change")
        changed((vn, h80, h807), h807, former)
        pc.import_rows(people(2, 2))
        pc.sync()
        # Prepared where no hub runs, and backed up.
        h807.stop()
        former = key_of(h807)
        told = rotate(h807, ok=(1,))
        same(told["state"], "prepared", "without a hub")
        same(key_of(h807), former, "prepared only")
        h807.cmd("backup", t.root / "backup")
        h807.start()
        until(lambda: key_of(h807) != former, "the change by the hub that started")
        changed((vn, h80, h807), h807, former)
        wanted = key_of(h807)
        h807.kill()
        h807.dir.rename(t.root / "after")
        h807.cmd("restore", t.root / "backup")
        h807.start(wait="ready")
        until(lambda: key_of(h807) == wanted, "the answer once more")
        pc.import_rows(people(3, 4))
        pc.sync()
        h807.await_line("settled")
        counted(t.hubs, "28162", 9)
        changed((vn, h80, h807), h807, former)
        no_updates_lost(t.hubs)


def rotation_elsewhere():
    """Moved to a hub that is not above it: that one may not grant its keys, and says so; the keys stay, and all goes on."""
    with Tree() as t:
        vn, _, h807 = district(t)
        h30 = Hub(t, "30", vn)
        pc = Agent(t, "28162", h807)
        pc.import_rows(people(1, 3))
        pc.sync()
        vn.cmd("move", "807", "--to", "30", "--endpoint", h30.endpoint)
        until(lambda: any(c["unit"] == "807" and c["role"] == "hub" for c in status(h30)["children"]), "the move")
        former = key_of(h807)
        told = rotate(h807, ok=(2,))
        assert told["state"] == "refused" and "does not lie within" in told["trouble"], told
        assert "NOT CHANGED" in h807.cmd("status").stdout
        same(key_of(h807), former, "the key")
        h807.cmd("fallback", "--after", "36h", "--endpoint", h807.endpoint)
        pc.import_rows(people(2, 2))
        pc.sync()
        counted((vn, h30, h807), "28162", 5)
        pc.cmd("rotate")  # its own hub may
        vn.cmd("move", "28162", "--to", "30", "--endpoint", h30.endpoint)
        until(lambda: pc.cmd("run", "--once", "--timeout", 60) and pc.status()["parent"] == "30", "the move of the PC")
        former = pc.status()["key"]
        assert "does not lie within" in pc.cmd("rotate", ok=(2,)).stderr
        same(pc.status()["key"], former, "the PC's key")
        pc.import_rows(people(3, 1))
        pc.sync()
        counted((vn, h30), "28162", 6)
        no_updates_lost((vn, h30, h807))


def hub_rotation_killed():
    """A district is killed at any instant of a change of keys, or its parent is: it goes on by itself from whatever was
    left, and nothing is lost."""
    with Tree() as t:
        chance = random.Random(int(os.environ.get("LT_SEED", "1")))
        vn, h80, h807 = district(t)
        pc = Agent(t, "28162", h807)
        keys, rows = set(), 0
        for turn in range(1, 11):
            command = subprocess.Popen([HUB, "rotate", "--timeout", "0", "--dir", str(h807.dir)], stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL, env=ENGLISH)
            threading.Event().wait(chance.random() * 0.3)  # the instant of the kill is the chance
            victim = h807 if turn % 3 else h80
            victim.kill()
            command.wait(PATIENCE_S)
            victim.start(wait="ready")
            until(lambda: status(h807)["keys"]["next"] is None, "the end of the change")
            keys.add(key_of(h807))
            pc.import_rows(people(turn, 3))
            rows += 3
            pc.sync()
        assert len(keys) > 2, "hardly any change: %s" % keys
        changed((vn, h80, h807), h807, next(iter(states(vn, "807").keys() - {key_of(h807)})))
        counted(t.hubs, "28162", rows)
        no_updates_lost(t.hubs)


def fill_up(disk, hub):
    """The disk, and what is still free within the store of the hub."""
    disk.fill()
    for hours in range(1, 500):
        if hub.cmd("fallback", "--after", "%dh" % hours, "--endpoint", hub.endpoint, ok=(0, 1, 2)).returncode:
            return
    raise AssertionError("the disk does not fill up")


def hub_rotation_full():
    """The disk is full at each step of a change of keys, of the hub that asks and of its parent: an error or patience,
    nothing lost, and done when there is space again."""
    with Tree() as t:
        own, above = small_disk(t, "hub-807", 16), small_disk(t, "hub-80", 16)
        if own is None or above is None:
            return
        vn, h80, h807 = district(t)
        pc = Agent(t, "28162", h807)
        pc.import_rows(people(1, 3))
        pc.sync()
        codes = set()
        for turn, leave in enumerate((0, 4096, 8192, 16384), 2):
            former = key_of(h807)
            own.fill(leave)
            p = h807.cmd("rotate", "--timeout", "2", ok=(0, 1, 2))
            codes.add(p.returncode)
            if p.returncode == 2:
                assert "space" in p.stderr.lower(), p.stderr
                same(sorted(f.name for f in h807.dir.glob("*.next*")), [], "nothing was begun")
                same(key_of(h807), former, "the keys stay")
            own.empty()
            if p.returncode == 2:
                rotate(h807)
            until(lambda: status(h807)["keys"]["next"] is None, "the end of the change, with %d bytes left" % leave)
            changed((vn, h80, h807), h807, former)
            pc.import_rows(people(turn, 1))
            pc.sync()
        assert 2 in codes and len(codes) > 1, "both outcomes were seen: %s" % codes
        fill_up(above, h80)
        former = key_of(h807)
        told = rotate(h807, "--timeout", 3, ok=(1,))
        assert told["state"] == "waiting" and "could not store" in told["trouble"], told
        above.empty()
        until(lambda: status(h807)["keys"]["next"] is None, "the end of the change when the parent has space")
        changed((vn, h80, h807), h807, former)
        pc.import_rows(people(20, 1))
        pc.sync()
        counted(t.hubs, "28162", 8)
        no_updates_lost(t.hubs)


def agent_rotation_full():
    """The same for a PC that changes its key."""
    with Tree() as t:
        own, above = small_disk(t, "agent-28162", 12), small_disk(t, "hub-807", 16)
        if own is None or above is None:
            return
        vn, _, h807 = district(t)
        pc = Agent(t, "28162", h807)
        pc.import_rows(people(1, 3))
        pc.sync()
        codes, rows = set(), 3
        for turn, leave in enumerate((0, 4096, 8192, 16384), 2):
            former = pc.status()["key"]
            own.fill(leave)
            p = pc.cmd("rotate", "--timeout", 2, ok=(0, 1, 2))
            codes.add(p.returncode)
            own.empty()
            pc.cmd("rotate") if p.returncode else None
            assert pc.status()["key"] != former, "another key, with %d bytes left" % leave
            pc.import_rows(people(turn, 2))
            rows += 2
            pc.sync()
        assert len(codes) > 1, "both outcomes were seen: %s" % codes
        fill_up(above, h807)
        former = pc.status()["key"]
        pc.cmd("rotate", "--timeout", 2, ok=(1,))
        same(pc.status()["key"], former, "not yet")
        above.empty()
        pc.cmd("rotate")
        pc.import_rows(people(20, 1))
        pc.sync()
        counted(t.hubs, "28162", rows + 1)
        no_updates_lost(t.hubs)


def set_countersign(hub, word):
    conf = hub.dir / "hub.conf"
    lines = [l for l in conf.read_text().splitlines() if not l.startswith("countersign")]
    conf.write_text("\n".join(lines + ["countersign = " + word, ""]))


def countersign_none():
    """By the operator's wish no key goes by itself: a unit's first waits too, and the status says so; one that is
    changed for another by its machine does not."""
    with Tree() as t:
        vn = Hub(t, "VN")
        vn.stop()
        set_countersign(vn, "second")
        p = vn.cmd("run", ok=(1, 2))
        assert "neither first nor none" in p.stderr, p.stderr
        set_countersign(vn, "none")
        vn.start()
        h80 = Hub(t, "80", vn)
        pc = Agent(t, "28162", h80)
        pc.import_rows(people(1, 3))
        pc.cmd("run", "--once", "--timeout", 3, ok=(1,))
        key = pc.status()["key"]
        until(lambda: status(vn)["keys_waiting"] == 1, "the key that waits")
        same(status(vn)["keys_waiting_rows"], [{"unit": "28162", "role": "agent", "key": key, "granted_by": "80"}],
             "what waits")
        told = vn.cmd("status").stdout
        assert "1 keys WAIT" in told and key[:16] in told and "--approve" in told, told
        same(status(h80)["keys_waiting"], 1, "at the province")
        assert "--approve" not in h80.cmd("status").stdout, "it cannot approve"
        counted((h80,), "28162", 3)
        counted((vn,), "28162", 0)
        vn.cmd("keys", "--approve", key)
        pc.sync()
        counted((vn,), "28162", 3)
        pc.cmd("rotate")
        assert pc.status()["key"] != key
        pc.import_rows(people(2, 2))
        pc.sync()
        counted((vn, h80), "28162", 5)
        same(status(vn)["keys_waiting"], 0, "nothing waits")
        vn.stop()
        told = status(vn)
        same((told["running"], told["keys_waiting"], told["keys"]["key"] in states(vn, "VN")), (False, 0, True), "from the store")


def countersigned_later():
    """There is room for what a district says at the top, and none for the top's word on it: that follows by itself when
    there is space again."""
    with Tree() as t:
        disk = small_disk(t, "hub-VN", 16)
        if disk is None:
            return
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        vn.stop()
        pc = Agent(t, "28162", h80)  # joins while the top is away
        h80.stop()
        vn.start()
        fill_up(disk, vn)
        h80.cmd("bundle", "out", t.root / "up", "--up")
        while not states(vn, "28162", "agent"):  # page by page, until its word fits
            os.truncate(disk.path / "ballast", (disk.path / "ballast").stat().st_size - 4096)
            vn.cmd("bundle", "in", t.root / "up", ok=(0, 1, 2))
        same((status(vn)["countersign_failed"], status(vn)["keys_waiting"]), (True, 1), "it waits")
        assert "could not be stored" in vn.cmd("status").stdout
        disk.empty()
        until(lambda: status(vn)["keys_waiting"] == 0, "the top's word")
        same(status(vn)["countersign_failed"], False, "it is said")
        h80.start()
        pc.import_rows(people(1, 2))
        pc.sync()
        counted(t.hubs, "80", 2)


def another_key():
    """A well-formed sign.key that is not the hub's own, at a top and below it: said in the log and in `status`, by no other hub."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        pc = Agent(t, "28162", h80)
        pc.import_rows(people(1, 3))
        pc.sync()
        for hub in (vn, h80):
            true = (hub.dir / "sign.key").read_text().strip()
            hub.stop()
            keep(hub.dir / "sign.key", fresh())
            hub.start()
            until(lambda: "WARNING: this hub's sign.key is not granted" in hub.log_text(), "a warning of " + hub.unit)
            same([status(h)["keys"]["granted"] for h in t.hubs], [h is not hub for h in t.hubs], "whose key is good")
            assert "NOT GRANTED" in hub.cmd("status").stdout
            hub.stop()
            keep(hub.dir / "sign.key", true)
            hub.start()
            same(status(hub)["keys"]["granted"], True, "the right one")
        pc.import_rows(people(2, 2))
        pc.sync()
        counted(t.hubs, "28162", 5)


CASES = {f.__name__: f for f in (listens, another_key, hub_rotated, hub_rotation_asked, rotation_elsewhere, hub_rotation_killed, hub_rotation_full,
                                 agent_rotation_full, countersign_none, countersigned_later)}

if __name__ == "__main__":
    main(CASES)
