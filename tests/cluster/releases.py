"""Releases handed down a tree: signed offline, said by the top, fetched by hubs and PCs.

    releases.py handed_down   through a district, which holds it before any PC is to have it; in waves; the district killed in between
    releases.py not_ours      what is not signed as it is to be, not at the top, or not whole is refused and nothing is said
    releases.py mended        a hub's file that its disk has changed is fetched anew, and never handed down
"""
import hashlib
import os

from tree import *

PROGRAM = pathlib.Path(os.environ["LT_NEXT_AGENT"])  # any other program than the one that runs
SYSTEM = "linux-x86_64"


def offline(*argv, ok=(0,)):
    """An act of `release` that needs no hub."""
    return run(HUB, "release", *argv, ok=ok)


def granted(t, root, serial=1):
    """A key for releases, and the root's word on it."""
    key, grant = t.root / ("release-%d.key" % serial), t.root / ("release-%d.grant" % serial)
    public = offline("key", key).stdout.strip()
    offline("grant", public, grant, "--root", root, "--serial", serial)
    return key, grant


def signed(t, keys, number, program=PROGRAM, system=SYSTEM):
    file = t.root / ("%s-%d.release" % (keys[0].stem, number))
    offline("sign", keys[1], file, "--key", keys[0], "--number", number, "--name", "1.%d" % number, "%s=%s" % (system, program))
    return file


def shown(hub):
    return json.loads(hub.cmd("release", "--json").stdout)


def here(hub):
    return [f["here"] for f in shown(hub)["files"]]


def rate(hub, kib_s):
    """From its next start on."""
    with open(hub.dir / "hub.conf", "a") as conf:
        conf.write("release_kib_s = %d\n" % kib_s)


def anew(hub, kib_s=1000000):
    hub.stop()
    rate(hub, kib_s)
    hub.start()


def held(hub):
    """What stands in its folder, by what it is."""
    return {p.name: hashlib.blake2b(p.read_bytes(), digest_size=32).hexdigest() for p in (hub.dir / "releases").iterdir()}


def stopped_within(hub, part):
    """Waits until some of the file has come, and kills the hub that fetches or gives it."""
    until(lambda: part.exists() and part.stat().st_size > 0, "the first pieces")
    hub.kill()
    assert 0 < part.stat().st_size < PROGRAM.stat().st_size


def handed_down():
    with Tree() as t:
        vn = Hub(t, "VN")
        anew(vn, 2000)
        h80 = Hub(t, "80", vn)
        pc = Agent(t, "28162", h80)
        running = pc.start()
        keys = granted(t, vn.dir / "root.key")
        assert "no release was said" in vn.cmd("release").stdout
        told = vn.cmd("release", "add", signed(t, keys, 7), PROGRAM).stdout
        assert "release 7 (1.7) is said for 0 % of the machines" in told, told
        hash = hashlib.blake2b(PROGRAM.read_bytes(), digest_size=32).hexdigest()
        stopped_within(h80, h80.dir / "releases" / (hash + ".part"))
        same(here(h80), [False], "half of it is nothing")
        anew(vn)
        rate(h80, 1000000)
        h80.start()
        until(lambda: here(h80) == [True], "the file at 80, before any PC is to have it")
        same((shown(h80)["number"], shown(h80)["percent"]), (7, 0), "what 80 knows of it")
        same((held(vn), held(h80)), ({hash: hash},) * 2, "nothing else stands there")
        assert not (pc.dir / "releases").exists(), "its wave has not come"

        # Slow, so that the district can be killed in between.
        h80.stop()
        rate(h80, 2000)
        h80.start()
        vn.cmd("release", "wave", 100)
        part = pc.dir / "releases" / "7" / "program.part"
        stopped_within(h80, part)
        rate(h80, 1000000)
        h80.start()
        program, manifest = pc.dir / "releases" / "7" / "program", pc.dir / "releases" / "7" / "manifest"
        until(manifest.exists, "the program at the PC")
        same(program.read_bytes() == PROGRAM.read_bytes(), True, "it is the one that was signed")
        same(program.stat().st_mode & 0o777, 0o700, "and can be run by its user alone")
        assert not part.exists()
        same(int.from_bytes(manifest.read_bytes()[:8], "big"), 7, "the number in its manifest")
        same(running.poll(), None, "the PC went on")

        # A greater number takes the place of the former one at the hubs.
        other = t.root / "other-program"
        other.write_bytes(PROGRAM.read_bytes() + b"more")
        vn.cmd("release", "add", signed(t, keys, 8, other), other)
        hash = hashlib.blake2b(other.read_bytes(), digest_size=32).hexdigest()
        until(lambda: here(h80) == [True] and held(h80) == {hash: hash}, "the next at 80, alone")
        same(shown(h80)["percent"], 0, "for nobody as yet")
        assert not (pc.dir / "releases" / "8").exists(), "percentages are of one release"
        for hub in t.hubs:
            hub.audit()


def not_ours():
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        keys, small = granted(t, vn.dir / "root.key"), t.root / "small"
        small.write_bytes(b"a program")
        file = signed(t, keys, 5, small)
        for wrong in ("0", "x", "-1", "18446744073709551616"):
            assert "is no number" in offline("sign", keys[1], t.root / "no", "--key", keys[0], "--number", wrong, "--name", "1",
                                             "%s=%s" % (SYSTEM, small), ok=(64,)).stderr, wrong
        assert not (t.root / "no").exists()
        assert "is not the key that the root has signed" in offline(
            "sign", keys[1], t.root / "no", "--key", vn.dir / "root.key", "--number", 5, "--name", "1",
            "%s=%s" % (SYSTEM, small), ok=(2,)).stderr
        # Another root's, a changed word, a changed program, another program.
        thief, public = t.root / "thief.key", offline("key", t.root / "thief.key").stdout.strip()
        offline("grant", public, t.root / "thief.grant", "--root", thief, "--serial", 9)
        stolen = signed(t, (thief, t.root / "thief.grant"), 6, small)
        assert "not signed by the root that counts here" in vn.cmd("release", "add", stolen, small, ok=(2,)).stderr
        bent = bytearray(file.read_bytes())
        for at in range(0, len(bent), 29):
            bent[at] ^= 1
            (t.root / "bent.release").write_bytes(bent)
            vn.cmd("release", "add", t.root / "bent.release", small, ok=(2,))
            bent[at] ^= 1
        assert "its program is not here" in vn.cmd("release", "add", file, ok=(2,)).stderr
        changed = t.root / "changed"
        changed.write_bytes(b"a Program")
        assert "none of the programs that were signed" in vn.cmd("release", "add", file, changed, ok=(2,)).stderr
        assert "the top of the tree says" in h80.cmd("release", "add", file, small, ok=(2,)).stderr
        assert "the top of the tree says" in h80.cmd("release", "wave", 10, ok=(2,)).stderr
        assert "no release was said" in vn.cmd("release", "wave", 10, ok=(2,)).stderr
        assert "no release was said" in vn.cmd("release").stdout, "all of that said nothing"

        vn.cmd("release", "add", file, small)
        for wrong in ("101", "-1", "ten", ""):
            vn.cmd("release", "wave", wrong, ok=(64,))
        vn.cmd("release", "wave", 10)
        assert "release 5 (1.5) stands for 10 %" in vn.cmd("release", "add", file, small).stdout, "again, after a restore"
        assert "a greater number was said" in vn.cmd("release", "add", signed(t, keys, 4, small), small, ok=(2,)).stderr
        # The next key ends the former one.
        second = granted(t, vn.dir / "root.key", 2)
        vn.cmd("release", "add", signed(t, second, 6, changed), changed)
        assert "a later release key has ended this one" in vn.cmd("release", "add", signed(t, keys, 7, small), small, ok=(2,)).stderr
        until(lambda: here(h80) == [True], "the file at 80")
        same((shown(h80)["number"], shown(h80)["serial"]), (6, 2), "what stands")


def mended():
    with Tree() as t:
        vn = Hub(t, "VN")
        h80 = Hub(t, "80", vn)
        keys, program = granted(t, vn.dir / "root.key"), t.root / "small"
        program.write_bytes(bytes(range(256)) * 1000)
        vn.cmd("release", "add", signed(t, keys, 5, program), program)
        until(lambda: here(h80) == [True], "the file at 80")
        name, = held(h80)
        h80.stop()
        bent = bytearray(program.read_bytes())
        bent[70000] ^= 4
        (h80.dir / "releases" / name).write_bytes(bent)
        same(here(h80), [False], "it is seen by its hash")
        assert "release 5 (1.5) for 0 % of the machines\n" in vn.cmd("status").stdout
        (vn.dir / "releases" / name).rename(t.root / "gone")
        vn.stop()
        vn.start()
        until(lambda: "1 of its files NOT HERE: `release add` again" in vn.cmd("status").stdout, "the top's word on it")
        vn.cmd("release", "add", t.root / "release-1-5.release", program)
        until(lambda: json.loads(vn.cmd("status", "--json").stdout)["release"]["here"] == 1, "the file at the top")
        h80.start()
        until(lambda: here(h80) == [True], "the file at 80, fetched anew")
        same(held(h80), {name: name}, "the right one")
        # Changed while it runs, or by a district that is not honest: no PC takes it.
        (h80.dir / "releases" / name).write_bytes(bent)
        vn.cmd("release", "wave", 100)
        pc = Agent(t, "28162", h80)
        running = pc.start()
        log = t.root / (pc.dir.name + ".log")
        until(lambda: "thrown away" in log.read_text(), "the PC's word on it")
        folder = pc.dir / "releases" / "5"
        same([p.name for p in folder.iterdir()], [], "nothing of it is kept")
        running.terminate()
        same(running.wait(PATIENCE_S), 0, "the PC ended")
        anew(h80)
        until(lambda: here(h80) == [True], "the file at 80, fetched anew")
        pc.start()
        until((folder / "program").exists, "the program at the PC")
        same((folder / "program").read_bytes() == program.read_bytes(), True, "the right one")


if __name__ == "__main__":
    main({f.__name__: f for f in (handed_down, not_ours, mended)})
