#!/usr/bin/env python3
"""Cluster tests of backup and restore. `backups.py NAME` runs one."""
import hashlib, json, os, pathlib, random, shutil, signal, subprocess, threading
import typed
from tree import *


def people(turn, count, first=0):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, first + i))
            for i in range(count)]


def backup(who, folder, *more):
    return json.loads(who.cmd("backup", folder, "--json", *more).stdout)


def restore(who, folder, *more, ok=(0,)):
    return who.cmd("restore", folder, *more, ok=ok)


def tree_of(folder):
    """Every file with its bytes' hash; locks of LMDB and of programs say nothing."""
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*"))
            if p.is_file() and p.name not in ("lock.mdb", "hub.lock", "run.lock")}


def flowing():
    """A hub is backed up while data flows; restored, it is what it was at that moment, and catches up by itself."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a, b = Agent(t, "28162", h807), Agent(t, "28165", h807)
        a.import_rows(people(1, 400))
        a.sync()
        made, stop = [], threading.Event()

        def flow():
            for turn in range(2, 9):
                b.import_rows(people(turn, 300))
                b.sync()
            stop.set()

        feeder = threading.Thread(target=flow, daemon=True)
        feeder.start()
        while not made or not stop.is_set():
            folder = t.root / ("backup-%d" % len(made))
            made.append((folder, backup(h807, folder)))
        feeder.join(PATIENCE_S)
        assert len(made) >= 2, "no backup fell into the flow"
        for folder, told in made:
            same(oct(folder.stat().st_mode & 0o777), "0o700", "the folder is its owner's")
            same({oct(p.stat().st_mode & 0o777) for p in folder.rglob("*") if p.is_file()}, {"0o600"}, "and the files")
            same(json.loads(restore(h807, folder, "--check", "--json").stdout)["updates"], told["updates"], "whole")
        same(sorted(str(p.relative_to(made[0][0])) for p in made[0][0].rglob("*") if p.is_file()),
             ["curve.key", "hub.conf", "manifest", "roster/data.mdb", "sign.key", "store/data.mdb"], "what is in it")
        assert made[-1][1]["updates"] > made[0][1]["updates"], "the backups stand at different moments"
        # The first one is put back, as after the loss of the machine.
        folder, told = made[0]
        h807.kill()
        h807.dir.rename(t.root / "lost")
        said = restore(h807, folder).stdout
        assert "audit" in said and "Never run the old hub" in said, said
        h807.audit()
        same(json.loads(h807.cmd("status", "--json").stdout)["counts"]["updates"], told["updates"], "as at that moment")
        h807.start()
        a.import_rows(people(50, 10))
        a.sync()
        b.sync()
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 410, hub.unit)
            same(hub.quantity("28165", 2020, code="GK"), 2100, hub.unit)
            hub.audit()


def top():
    """The top is restored from an older backup: nothing is counted twice, nothing is missing, by nobody's hand."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 30))
        a.sync()
        folder = t.root / "backup"
        backup(vn, folder)
        same(backup(vn, t.root / "again")["tips"], backup(vn, t.root / "third")["tips"], "at rest they are one state")
        a.import_rows(people(2, 30))
        a.sync()
        vn.kill()
        vn.dir.rename(t.root / "lost")
        restore(vn, folder)
        vn.start()
        assert not list(vn.dir.glob("restore.tmp")), "nothing is left over"
        a.import_rows(people(3, 30))
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 90, "all, once")
        status = json.loads(vn.cmd("status", "--json").stdout)
        assert status["recovering_since"], "it knows that it was restored"
        vn.audit()


def directed():
    """What the top directed since its backup comes back from the hubs and PCs below, before it directs anew or after."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows(people(1, 3))
        a.sync()
        folder = t.root / "backup"
        backup(vn, folder)

        def says(hub):
            return [r["after_s"] for r in json.loads(hub.cmd("fallback", "--json").stdout)]

        def directives(hub):
            return json.loads(hub.cmd("status", "--json").stdout)["directives"]["digest"]

        vn.cmd("fallback", "--after", "7d", "--warn-only")
        late = Agent(t, "28165", vn)  # a key that was granted since
        until(lambda: directives(h807) == directives(vn), "the hub below has heard")
        wanted, said = directives(vn), says(vn)
        late.import_rows(people(2, 4))
        late.sync()
        for first in (False, True):
            vn.kill()
            vn.dir.rename(t.root / ("lost-%s" % first))
            restore(vn, folder)
            same(says(vn), [], "not in the backup")
            if first:  # it has directed before anybody came: its own chain forks, and is joined
                vn.cmd("move", "28165", "--to", "VN", "--endpoint", vn.endpoint)
            vn.start()
            until(lambda: says(vn) == said, "it came back")
            until(lambda: directives(h807) == directives(vn), "both are even")
            if not first:
                same(directives(vn), wanted, "all of it")
            late.import_rows(people(3 + first, 2))
            late.sync()  # its key counts again, by nobody's hand
        same(vn.quantity("VN", 2020, code="GK"), 11, "each once")
        for hub in t.hubs:
            hub.audit()


def agent():
    """A PC is restored from a backup older than its last receipt, drafts in it: it fetches first, then goes on."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 20))
        a.sync()
        a.import_rows(people(2, 20))
        running = a.start()
        a.cmd("wait", "--timeout", 60)
        vn.stop()
        a.import_rows(people(3, 20))
        folder = t.root / "backup"
        told = backup(a, folder)  # beside the running agent, with drafts that are not signed
        same((told["updates"] > 0, told["drafts"], told["unit"]), (True, 20, "28162"), "what is in it")
        same(sorted(p.name for p in folder.rglob("*") if p.is_file()), ["curve.key", "data.mdb", "manifest", "sign.key"],
             "files")
        vn.start()
        a.cmd("wait", "--timeout", 90)
        a.import_rows(people(4, 20))
        a.cmd("wait", "--timeout", 90)
        p = restore(a, folder, ok=(2,))
        assert "running" in p.stderr or "store" in p.stderr, p.stderr
        running.send_signal(signal.SIGTERM)
        same(running.wait(PATIENCE_S), 0, "ends well")
        same(vn.quantity("28162", 2020, code="GK"), 80, "before the loss")
        a.dir.rename(t.root / "lost")
        restore(a, folder)
        same(a.status()["drafts"], 20, "what it had forgotten is a draft again")
        a.import_rows(people(4, 20))  # the clerk imports the file again
        a.import_rows(people(5, 20))
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 100, "each row once")
        status = json.loads(vn.cmd("status", "--json").stdout)
        same([c["tips"] for c in status["chains"] if c["unit"] == "28162"], [1], "no fork: it fetched before it signed")
        same(a.status()["counted"], a.status()["updates"], "all counted")
        vn.audit()


def without_keys():
    """A backup without keys holds none, and is restored beside those that are there."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 20))
        a.sync()
        folder = t.root / "backup"
        backup(vn, folder, "--without-keys")
        secrets = [(vn.dir / k).read_bytes() for k in ("sign.key", "curve.key")]
        for p in folder.rglob("*"):
            if p.is_file():
                assert not any(s.strip() in p.read_bytes() for s in secrets) and not p.name.endswith(".key"), p
        vn.kill()
        vn.dir.rename(t.root / "lost")
        said = restore(vn, folder).stdout
        assert "put sign.key and curve.key" in said, said
        p = vn.cmd("run", ok=(2,))
        assert "sign.key" in p.stderr, p.stderr
        for key in ("sign.key", "curve.key"):
            shutil.copy2(t.root / "lost" / key, vn.dir / key)
        vn.start()
        a.import_rows(people(2, 20))
        a.sync()
        same(vn.quantity("28162", 2020, code="GK"), 40, "it serves again")


def damaged():
    """Anything wrong with a backup, or with the place for it, is told; nothing is changed."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 20))
        a.sync()
        good = t.root / "good"
        backup(vn, good)
        target = t.root / "target"
        draw = random.Random(8)

        def refused(change, *words, who=vn):
            bad = t.root / "bad"
            shutil.copytree(good, bad)
            change(bad)
            before = tree_of(bad)
            p = run(HUB if who is vn else AGENT, "restore", bad, "--dir", target, ok=(2,))
            assert all(w in p.stderr for w in (*words, "nothing was changed")), (words, p.stderr)
            assert not target.exists(), "the target was touched"
            same(tree_of(bad), before, "nor the backup")
            shutil.rmtree(bad)

        def flip(name, at=None):
            def change(bad):
                data = bytearray((bad / name).read_bytes())
                data[draw.randrange(len(data)) if at is None else at] ^= 1 << draw.randrange(8)
                (bad / name).write_bytes(data)
            return change

        def cut(name, size):
            return lambda bad: os.truncate(bad / name, size if size >= 0 else (bad / name).stat().st_size + size)

        refused(lambda bad: (bad / "manifest").unlink(), "no manifest", "use another")
        refused(lambda bad: (bad / "store" / "data.mdb").unlink(), "data.mdb", "No such file")
        for name in ("store/data.mdb", "roster/data.mdb", "sign.key", "hub.conf"):
            refused(flip(name), name, "damaged", "use another backup")
            refused(cut(name, -1), name, "cut short", "use another backup")
        refused(cut("store/data.mdb", 0), "cut short")
        size = (good / "manifest").stat().st_size
        for at in [draw.randrange(size) for _ in range(20)]:
            refused(flip("manifest", at), "manifest", "damaged")
            refused(cut("manifest", at), "manifest", "damaged")

        def newer(bad):
            text = (bad / "manifest").read_text().replace("lienthong backup 1\n", "lienthong backup 2\n")
            body = text[:text.index("end ")]
            hash_ = hashlib.blake2b(body.encode(), digest_size=32).hexdigest()
            (bad / "manifest").write_text(body + "end " + hash_ + "\n")

        refused(newer, "newer version", "newer program")
        refused(lambda bad: None, "backup of lienthong-hub", who=a)
        # Not over a store, not beside a running program, not over other keys.
        p = restore(vn, good, ok=(2,))
        assert "running" in p.stderr, p.stderr
        before = tree_of(vn.dir)
        vn.stop()
        p = restore(vn, good, ok=(2,))
        assert "move the whole folder away" in p.stderr and ".lost" in p.stderr, p.stderr
        target.mkdir(mode=0o700)
        (target / "sign.key").write_text("ab" * 32 + "\n")
        p = run(HUB, "restore", good, "--dir", target, ok=(2,))
        assert "sign.key" in p.stderr and "another" in p.stderr, p.stderr
        same([x.name for x in target.iterdir() if x.name != "hub.lock"], ["sign.key"], "untouched")
        (target / "sign.key").unlink()
        (target / "restore.tmp" / "store").mkdir(parents=True)  # an earlier restoring that was killed
        (target / "restore.tmp" / "store" / "data.mdb").write_bytes(b"half")
        run(HUB, "restore", good, "--dir", target)
        same(json.loads(run(HUB, "audit", "--json", "--dir", target).stdout)["equal"], True, "the good one is fine")
        # Nor is a backup written where something is, or where there is nothing to back up.
        p = vn.cmd("backup", good, ok=(2,))
        assert "not empty" in p.stderr, p.stderr
        p = run(HUB, "backup", t.root / "new", "--dir", t.root / "nowhere", ok=(2,))
        assert "no store" in p.stderr and not (t.root / "new").exists(), p.stderr
        p = a.cmd("backup", t.root / "none" / "new", ok=(2,))
        assert "No such file" in p.stderr, p.stderr
        for who, name in ((vn, "curve.key"), (a, "sign.key")):  # nor of a key that is damaged
            flip(name, 20)(who.dir)
            p = who.cmd("backup", t.root / "new", ok=(2,))
            assert name in p.stderr and "damaged" in p.stderr and not (t.root / "new").exists(), p.stderr


def misplaced():
    """A backup within what it is of, where no folder can be, or used as a folder to work in: refused, and nothing is spoilt."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 20))
        a.sync()
        (t.root / "link").symlink_to(vn.dir / "store")
        for place in (vn.dir / "bk", vn.dir / "store" / "bk", t.root / "link" / "bk"):
            p = vn.cmd("backup", place, ok=(2,))
            assert "within the folder that it is of" in p.stderr and "choose another place" in p.stderr, p.stderr
            assert not place.exists(), place
        (t.root / "file").write_text("x")
        (t.root / "dangling").symlink_to(t.root / "nowhere")
        for place, word in (("file", "Not a directory"), ("dangling", "No such file")):
            p = vn.cmd("backup", t.root / place, ok=(2,))
            assert word in p.stderr and "not empty" not in p.stderr, p.stderr
        (t.root / "mine").mkdir()
        run(HUB, "backup", t.root / "mine", "--dir", t.root / "nowhere", ok=(2,))
        same(list((t.root / "mine").iterdir()), [], "a folder that was there stays")
        backup(vn, t.root / "mine")
        backup(a, t.root / "pc")
        vn.stop()  # or the port alone would stop a second one
        for who, folder, command in ((vn, "mine", ["run"]), (vn, "mine", ["fallback", "--after", "7d", "--warn-only"]), (vn, "mine", ["invite", "28165"]),
                                     (a, "pc", ["run"]), (a, "pc", ["import", a.file(people(2, 3))])):
            p = run(who.program, *command, "--dir", t.root / folder, ok=(2,))
            assert "this is a backup" in p.stderr and "restore" in p.stderr, p.stderr
            restore(who, t.root / folder, "--check")
        # What an interrupted restoring of another backup has left is no hindrance.
        left = t.root / "target" / "restore.tmp"
        (left / "store").mkdir(parents=True)
        (left / "box-1.key").write_text("of another one")
        run(HUB, "restore", t.root / "mine", "--dir", t.root / "target")
        assert not left.exists()
        same(json.loads(run(HUB, "audit", "--json", "--dir", t.root / "target").stdout)["equal"], True, "whole")


def disk_full():
    """A disk that fills up under a backup: an error, and nothing is left that looks like one."""
    with Tree() as t:
        path = t.root / "small"
        path.mkdir(mode=0o700)
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300k,mode=0700", "tmpfs", str(path)],
                                               capture_output=True).returncode != 0:
            print("skipped: a small disk cannot be mounted here")
            return
        t.undo.append(lambda: subprocess.run(["umount", "-l", str(path)], capture_output=True))
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        a.import_rows(people(1, 2000))
        a.sync()
        for who in (vn, a):
            p = who.cmd("backup", path / "b", ok=(2,))
            assert "No space" in p.stderr, p.stderr
            same(list(path.iterdir()), [], "nothing is left")
        folder = t.root / "backup"
        backup(vn, folder)
        p = run(HUB, "restore", folder, "--dir", path / "h", ok=(2,))
        assert "No space" in p.stderr, p.stderr
        same([str(x) for x in path.rglob("*") if x.is_file() and x.name != "hub.lock"], [], "no half store")
        run(HUB, "restore", folder, "--dir", t.root / "h")


def end(process):
    process.send_signal(signal.SIGTERM)
    same(process.wait(PATIENCE_S), 0, "ends well")


def drill():
    """Every command of the operator's section on backups, as it is written."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        work = t.root / "work"
        shell = typed.Shell(t, work)
        h80.stop()
        h80.dir.rename(work / "80")
        running = shell.type("lienthong-hub run --dir 80")
        lines = typed.commands("Backup")
        same((lines[0], lines[-1], len(lines)), ("mkdir -p -m 700 bk", "lienthong-hub run --dir 80", 11), "the drill")
        for line in lines:
            if line.startswith("mv 80 "):
                end(running)
            done = shell.type(line)
            if " audit " in line:
                assert "Equal" in done.stdout, done.stdout
        end(done)


main({f.__name__: f for f in (flowing, top, directed, agent, without_keys, damaged, misplaced, disk_full, drill)})
