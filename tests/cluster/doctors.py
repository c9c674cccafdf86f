#!/usr/bin/env python3
"""`doctor` of agent and hub: each fault is planted, named by its own line, and hides no other; nothing is changed by looking."""
import fcntl, hashlib, json, os, shutil, socket, struct, subprocess, threading, time
from faults import SmallDisk
from tree import *


def picture(folder):
    """All that lies there, but the table of readers that LMDB keeps in memory shared with others."""
    told = {}
    for path in sorted(folder.rglob("*")):
        about = path.lstat()
        whole = path.is_file() and path.name not in ("lock.mdb", "log")
        told[str(path)] = (about.st_mode, about.st_uid, hashlib.sha256(path.read_bytes()).hexdigest() if whole else None)
    return told


def look(site, *argv, env=None, changes=False):
    """{check: {(state, text, todo)}}, from JSON; the words for people say the same. Exit code and sums agree with it."""
    before = picture(site.dir) if site.dir.exists() else {}
    p = site.cmd("doctor", "--json", *argv, ok=(0, 1), env=env)
    told = json.loads(p.stdout)
    after = picture(site.dir) if site.dir.exists() else {}
    assert changes or before == after, "doctor changed " + str({k for k in {**before, **after} if before.get(k) != after.get(k)})
    same(told["schema"], "lienthong-doctor-1", "schema")
    states = [f["state"] for f in told["findings"]]
    same(p.returncode, 1 if "wrong" in states else 0, "exit code with %s" % states)
    same((told["wrong"], told["warnings"]), (states.count("wrong"), states.count("warning")), "the sums")
    found = {}
    for f in told["findings"]:
        found.setdefault(f["check"], []).append((f["state"], f["text"], f["todo"]))
        assert f["state"] == "ok" or f["todo"] or f["check"] in ("contact", "drop"), ("what to do?", f)
    return found


def expect(found, check, state, *words):
    """One finding of `check` stands so, and says these words, in its text or in what is to be done."""
    for had, text, todo in found.get(check, []):
        if had == state and all(w in text + " " + (todo or "") for w in words):
            return
    raise Failed("%s: no %s with %s among %s" % (check, state, words, found.get(check)))


def well(found, *but):
    bad = {c: f for c, f in found.items() if c not in but and any(s != "ok" for s, _, _ in f)}
    assert not bad, bad


def flip(path, at=10, to=None):
    data = bytearray(path.read_bytes())
    data[at] = to if to is not None else (ord("0") if data[at] != ord("0") else ord("1"))
    path.chmod(0o600)
    path.write_bytes(data)


class Kept:
    """A folder as it was: each fault is planted in a whole one."""

    def __init__(self, site):
        self.site, self.copy = site, site.dir.with_name(site.dir.name + ".kept")
        ignore = lambda d, names: [n for n in names if n in ("wake", "control")]
        shutil.copytree(site.dir, self.copy, ignore=ignore)

    def __enter__(self):
        return self.site.dir

    def __exit__(self, *why):
        shutil.rmtree(self.site.dir)
        shutil.copytree(self.copy, self.site.dir)


def office(t, **how):
    vn = Hub(t, "VN")
    a = Agent(t, "807", vn, **how)
    a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân %04d" % i) for i in range(20)])
    a.sync()
    return vn, a


def agent_well():
    """A healthy PC, its agent running or not; Vietnamese unless asked otherwise; one that has not joined, and no folder at all."""
    with Tree() as t:
        vn, a = office(t)
        found = look(a)
        well(found, "process")
        expect(found, "process", "warning", "not running", "run")
        expect(found, "link", "ok", vn.endpoint)
        expect(found, "clock", "ok", "s off the hub's")
        expect(found, "keys", "ok", "is valid")
        expect(found, "store", "ok", "20 records")
        process = a.start()
        until(lambda: a.status()["connected"], "connected")
        found = look(a)
        well(found)
        expect(found, "process", "ok", "process %d" % process.pid)
        expect(found, "contact", "ok", "connected")
        same(a.status()["connected"], True, "the running agent was not disturbed")
        said = run(AGENT, "doctor", "--dir", a.dir, env={"LANG": "vi_VN.UTF-8", "LC_ALL": ""}).stdout
        assert "TỐT   đồng hồ: " in said and "WRONG" not in said and "OK" not in said, said
        said = run(AGENT, "doctor", "--dir", a.dir).stdout
        assert "OK      clock: " in said, said
        process.terminate()
        same(process.wait(PATIENCE_S), 0, "the agent ends as always")

        fresh = t.root / "fresh"
        run(AGENT, "init", "--dir", fresh)
        p = run(AGENT, "doctor", "--dir", fresh)
        assert "has not joined" in p.stdout, p.stdout
        nowhere = t.root / "nowhere"
        p = run(AGENT, "doctor", "--dir", nowhere, ok=(1,))
        assert "WRONG   folder: " in p.stdout and "No such file" in p.stdout and not nowhere.exists(), p.stdout
        nowhere.write_text("a file")
        p = run(AGENT, "doctor", "--dir", nowhere, ok=(1,))
        assert "Not a directory" in p.stdout, p.stdout


def agent_folder():
    """Folder, keys and store damaged or missing in every way that happens."""
    with Tree() as t:
        vn, a = office(t)
        kept = Kept(a)
        with kept as d:
            d.chmod(0o777)
            found = look(a)
            expect(found, "folder", "wrong", "777", "chmod 700")
            well(found, "folder", "process", "store")
        for name in ("sign.key", "curve.key"):
            for plant, words in ((lambda k: k.unlink(), ("No such file",)), (lambda k: k.chmod(0o644), ("chmod 600",)),
                                 (flip, ("damaged",)), (lambda k: k.write_text("x"), ("damaged",))):
                with kept as d:
                    plant(d / name)
                    found = look(a)
                    expect(found, "keys", "wrong", name, *words)
                    expect(found, "store", "ok", "20 records")
                    expect(found, "link", "warning", "a hub answers")
                    well(found, "keys", "link", "process")
        with kept as d:
            (d / "sign.key.next").write_text("half")
            (d / "sign.key.next").chmod(0o600)
            expect(look(a), "keys", "wrong", "sign.key.next", "damaged")
        data = a.dir / "store" / "data.mdb"
        for plant, words in ((lambda: data.unlink(), ("missing", "restore")), (lambda: data.write_bytes(b""), ("empty",)),
                             (lambda: os.truncate(data, data.stat().st_size // 2), ("restore",)),
                             (lambda: flip(data, at=data.stat().st_size // 2 // 4096 * 4096 + 13, to=255), ("restore",)),
                             (lambda: data.write_bytes(b"not a store" * 1000), ("restore",))):
            with kept:
                plant()
                found = look(a)
                expect(found, "store", "wrong", *words)
                well(found, "store", "process")
        with kept as d:
            (d / "store" / "lock.mdb").unlink()
            found = look(a)
            expect(found, "store", "warning", "lock.mdb", "status")
            well(found, "store", "process")
        with kept as d:
            shutil.rmtree(d / "store")
            (d / "sign.key").unlink()
            (d / "state.json").write_text("{ torn")
            found = look(a)
            expect(found, "store", "wrong", "missing")
            expect(found, "keys", "wrong", "sign.key")
            expect(found, "disk", "ok")
        well(look(a), "process")


def agent_link():
    """Name, TCP, another program, a silent one, another hub, a revoked key: told apart."""
    with Tree() as t:
        vn = Hub(t, "VN")
        other = socket.create_server(("127.0.0.1", 0))
        silent = socket.create_server(("127.0.0.1", 0))
        at = lambda s: "tcp://127.0.0.1:%d" % s.getsockname()[1]

        def answer():
            while True:
                try:
                    c, _ = other.accept()
                except OSError:
                    return
                c.sendall(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
                c.close()
        threading.Thread(target=answer, daemon=True).start()
        dead = "tcp://127.0.0.1:%d" % free_port()
        for unit, endpoint, words in (("28162", "tcp://no-such-host.invalid:7400", ("has no address", "DNS")),
                                      ("28165", dead, ("no TCP connection", "whether the hub runs")),
                                      ("28168", at(other), ("another program",)), ("807", at(silent), ("silent",))):
            a = Agent(t, unit, vn, endpoints=[endpoint])
            found = look(a)
            expect(found, "link", "warning", endpoint, *words)
            expect(found, "link", "ok", vn.endpoint)
        a.sync()
        vn.stop()
        found = look(a)
        same([s for s, _, _ in found["link"]], ["wrong"] * 2, "none is left")
        expect(found, "link", "wrong", vn.endpoint, "no TCP connection")
        with Tree() as elsewhere:
            stranger = Hub(elsewhere, "VN")
            stranger.stop()
            conf = stranger.dir / "hub.conf"
            conf.write_text(conf.read_text().replace(stranger.endpoint, vn.endpoint))
            stranger.start()
            expect(look(a), "link", "wrong", vn.endpoint, "key pinned", "do not join again")
            stranger.stop()
        vn.start()
        how = ("807", "--key", a.status()["key"][:16], "--keep", "all")
        code = json.loads(vn.cmd("revoke", *how, "--dry-run", "--json").stdout).get("confirm", "")
        vn.cmd("revoke", *how, *(["--confirm", code] if code else []))
        until(lambda: any(s == "wrong" and "does not admit" in text for s, text, _ in look(a)["link"]), "a revoked key is told so")
        other.close()
        silent.close()


def agent_clock():
    """Off the hub's by minutes, by days. What cannot be at all: unit/doctor. What the hub has refused, too."""
    with Tree() as t:
        vn, a = office(t)
        state = a.dir / "state.json"
        told = json.loads(state.read_text())
        assert told["clock_at"] > 0 and abs(told["clock_ahead_s"]) < 60, told
        for ahead, health in ((4000, "warning"), (-4000, "warning"), (200000, "wrong"), (20, "ok")):
            state.write_text(json.dumps({**told, "clock_ahead_s": ahead}))
            expect(look(a), "clock", health, "%d s" % -ahead)
        state.write_text(json.dumps({**told, "refused": [{"update": "ab" * 32, "reason": 1, "at": 1, "text": ""}]}))
        expect(look(a), "contact", "warning", "refuses 1 updates")


UNIT = """LoadState=loaded
ActiveState=%s
SubState=%s
UnitFileState=%s
Result=%s
NRestarts=%s
ExecStart={ path=/usr/bin/lienthong-agent ; argv[]=/usr/bin/lienthong-agent run --dir %s ; ignore_errors=no }
"""


def agent_processes():
    """Who has the store open; what systemd says of the unit, which may hang, and may serve another folder."""
    with Tree() as t:
        vn, a = office(t)
        with open(a.dir / "store" / "lock.mdb", "rb") as f:
            fcntl.lockf(f, fcntl.LOCK_SH)
            expect(look(a), "process", "warning", "process %d" % os.getpid(), "foreign")
        bin = t.root / "bin"
        bin.mkdir()
        said = bin / "systemctl"

        def systemd(*how, dir=a.dir):
            said.write_text("#!/bin/sh\ncat <<'E'\n%sE\n" % (UNIT % (*how, dir)))
            said.chmod(0o755)
            return look(a, env={"PATH": "%s:%s" % (bin, os.environ["PATH"])})
        expect(systemd("active", "running", "enabled", "success", "0"), "service", "ok", "lienthong-agent.service")
        expect(systemd("active", "running", "disabled", "success", "0"), "service", "warning", "systemctl enable lienthong")
        expect(systemd("active", "running", "enabled", "success", "7"), "service", "warning", "journalctl", "7 times")
        expect(systemd("inactive", "dead", "enabled", "success", "0"), "service", "warning", "enable --now")
        expect(systemd("failed", "failed", "enabled", "watchdog", "3"), "service", "wrong", "watchdog", "journalctl")
        assert "service" not in systemd("active", "running", "enabled", "success", "0", dir="/var/lib/other")
        said.write_text("#!/bin/sh\nexec sleep 600\n")
        begun = time.monotonic()
        assert "service" not in look(a, env={"PATH": "%s:%s" % (bin, os.environ["PATH"])})
        assert time.monotonic() - begun < 60, "a systemctl that hangs is not waited for"


def agent_drop_and_disk():
    """The drop folder gone, or not set well; the disk nearly full; a store of a site on it is not touched."""
    with Tree() as t:
        vn, a = office(t)
        folder = t.root / "Thả tệp"
        expect(look(a), "drop", "ok", "no drop folder")
        a.cmd("drop", "--folder", folder)
        a.cmd("drop", ok=(0, 1))
        expect(look(a), "drop", "ok", str(folder))
        shutil.rmtree(folder)
        expect(look(a), "drop", "wrong", "No such file")
        (a.dir / "drop-folder").write_bytes(b"\xff\xfex")
        expect(look(a), "drop", "wrong", "??x")
        (a.dir / "drop-folder").unlink()
        (a.dir / "drop-folder").mkdir()
        expect(look(a), "drop", "wrong", "--folder")
        small = SmallDisk(t, "small", 40)
        if not small.mounted:
            return print("the rest is skipped: no tmpfs can be mounted here")
        (a.dir / "drop-folder").rmdir()
        shutil.copytree(a.dir, small.path / "site", ignore=lambda d, names: [n for n in names if n == "wake"])
        a.dir = small.path / "site"
        a.dir.chmod(0o700)
        expect(look(a), "disk", "warning", "MiB")
        small.fill(leave=8 * 4096)
        found = look(a)
        expect(found, "disk", "wrong", "0 MiB", "free some space")
        well(found, "disk", "process")


def hub():
    """A healthy hub below another; its settings, keys, store, door and parent broken one by one."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h = Hub(t, "80", vn).heard_by(vn)
        conf = h.dir / "hub.conf"
        conf.write_text(conf.read_text() + "public = %s\n" % h.endpoint)
        h.stop()
        h.start()
        found = look(h, "--whole")
        well(found)
        expect(found, "process", "ok", "process %d" % h.process.pid)
        expect(found, "link", "ok", h.endpoint, "this hub")
        expect(found, "link", "ok", vn.endpoint)
        expect(found, "store", "ok", "is whole")
        expect(found, "clock", "ok", "s off the hub's")
        well(look(vn), "settings")
        vn.stop()
        found = look(h)
        expect(found, "link", "wrong", vn.endpoint, "no TCP connection")
        well(found, "link", "contact")
        vn.start()
        conf.write_text(conf.read_text().replace(h.endpoint, "tcp://127.0.0.1:%d" % free_port()).replace("listen = tcp", "listen = tcp"))
        expect(look(h), "link", "warning", "this hub", "no TCP connection")
        h.stop()
        kept = Kept(h)
        with kept:
            conf.write_text("listen = nonsense\n")
            found = look(h)
            expect(found, "settings", "wrong", "hub.conf:1", "nonsense")
            expect(found, "store", "ok")
            expect(found, "link", "ok", vn.endpoint)
            conf.unlink()
            expect(look(h), "settings", "wrong", "No such file")
        for name, words in (("sign.key", "damaged"), ("curve.key", "damaged")):
            with kept as d:
                flip(d / name)
                found = look(h)
                expect(found, "keys", "wrong", name, words)
                expect(found, "store", "ok")
        with kept as d:
            conf.write_text(conf.read_text() + "listen = tcp://127.0.0.1:%d listen-2.key\n" % free_port())
            expect(look(h), "keys", "wrong", "listen-2.key", "No such file")
            assert not (d / "listen-2.key").exists()
        data = h.dir / "store" / "data.mdb"
        for plant in (lambda: data.write_bytes(b""), lambda: os.truncate(data, data.stat().st_size // 2), lambda: data.unlink()):
            with kept:
                plant()
                found = look(h)
                expect(found, "store", "wrong", "restore")
                well(found, "store", "process", "settings", "link")
        with kept as d:
            shutil.rmtree(d / "roster")
            expect(look(h), "store", "wrong", "roster")
        with open(h.dir / "hub.lock") as f:
            fcntl.flock(f, fcntl.LOCK_EX)
            expect(look(h), "process", "wrong", "does not answer")
        found = look(h)
        expect(found, "process", "warning", "not running")
        vn.audit()


main({f.__name__: f for f in (agent_well, agent_folder, agent_link, agent_clock, agent_processes, agent_drop_and_disk, hub)})
