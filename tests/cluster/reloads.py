#!/usr/bin/env python3
"""`systemctl reload` without systemd: SIGHUP, what the manager is told, what counts at once and what does not; and the journal."""
import ctypes, json, os, pty, re, signal, socket, subprocess, threading, time
from tree import *


class Manager:
    """Hears what is notified, in order."""

    def __init__(self, t, name):
        self.path = str(t.root / (name + ".notify"))
        self.heard = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.bind(self.path)
        self.heard.settimeout(PATIENCE_S)

    def until(self, word):
        while True:
            said = self.heard.recv(4096).decode().split("\n")
            if word in said:
                return said

    def reload(self, process):
        """What was said at the end of a reload."""
        before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        process.send_signal(signal.SIGHUP)
        said = self.until("RELOADING=1")
        at = int(next(x for x in said if x.startswith("MONOTONIC_USEC=")).split("=")[1])
        assert before <= at <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000, (before, at)
        return self.until("READY=1")


def start(site, manager, env=None, log=None):
    log = log or open(site.dir.parent / (site.dir.name + ".told"), "ab+")
    process = subprocess.Popen([site.program, "run", "--dir", str(site.dir)], stdout=subprocess.DEVNULL, stderr=log,
                               env={**ENGLISH, "NOTIFY_SOCKET": manager.path, **(env or {})})
    site.tree.processes.append(process)
    manager.until("READY=1")
    return process


def told(site):
    return (site.dir.parent / (site.dir.name + ".told")).read_text()


def hub():
    """hub.conf read again: what counts at once, what waits and is named, what is wrong and changes nothing."""
    with Tree() as t:
        vn = Hub(t, "VN")
        vn.stop()
        conf, manager = vn.dir / "hub.conf", Manager(t, "vn")
        was = conf.read_text()
        vn.process = start(vn, manager)
        silent = lambda: json.loads(vn.cmd("status", "--json").stdout)["heard"]["silent_after_s"]
        elsewhere = "tcp://127.0.0.1:%d" % free_port()
        conf.write_text(was + "silent_after = 5h\npublic = %s\npublic = %s\n" % (vn.endpoint, elsewhere))
        assert "STATUS=" in manager.reload(vn.process)
        same(silent(), 5 * 3600, "silent_after counts")
        a = Agent(t, "807", vn)
        same(sorted(a.status()["endpoints"]), sorted([vn.endpoint, elsewhere]), "who joins is told the new endpoints")
        assert "hub.conf was read again" in told(vn), told(vn)

        conf.write_text(was + "silent_after = 6h\npeers = 100\nday = 7\n")
        said = manager.reload(vn.process)
        assert any("from the next start" in x and "peers, day" in x for x in said), said
        same(silent(), 6 * 3600, "the others count")

        for wrong in ("silent_after = never\n", "colour = red\n", "log = loud\n"):
            conf.write_text(was + "silent_after = 7h\n" + wrong)
            said = manager.reload(vn.process)
            assert any("the former settings stay" in x and wrong.split()[0] in x for x in said), said
            same(silent(), 6 * 3600, "nothing of a bad file counts")
        conf.unlink()
        assert any("the former settings stay" in x for x in manager.reload(vn.process))
        conf.write_text(was + "log = error\n")
        manager.reload(vn.process)
        size = len(told(vn))
        Agent(t, "28162", vn)
        same(len(told(vn)), size, "nothing is told at that level")
        conf.write_text(was)
        manager.reload(vn.process)
        Agent(t, "28165", vn)
        assert "unit 28165 joined" in told(vn)[size:], told(vn)[size:]
        vn.process.send_signal(signal.SIGTERM)
        manager.until("STOPPING=1")
        same(vn.process.wait(PATIENCE_S), 0, "ends as always")


def agent():
    """agent.conf and the drop folder's setting; on a terminal SIGHUP ends it, as ever."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "807", vn)
        conf, manager = a.dir / "agent.conf", Manager(t, "agent")
        conf.write_text("log = loud\n")
        p = run(AGENT, "run", "--dir", a.dir, ok=(2,))
        assert "agent.conf:1" in p.stderr and "loud" in p.stderr, p.stderr
        assert "WRONG   settings: " in run(AGENT, "doctor", "--dir", a.dir, ok=(1,)).stdout
        conf.unlink()
        process = start(a, manager)
        until(lambda: a.status()["connected"], "connected")
        assert "connected to VN" in told(a), told(a)
        folder = t.root / "Thả tệp"
        folder.mkdir()
        (a.dir / "drop-folder").write_text(str(folder) + "\n")
        conf.write_text("; quieter\nlog = warning\n")
        manager.reload(process)
        until(lambda: any(folder.iterdir()), "the folder set since is taken up")
        size = len(told(a))
        conf.write_text("log\n")
        said = manager.reload(process)
        assert any("agent.conf:1" in x for x in said), said
        assert "the former settings stay" in told(a)[size:], told(a)[size:]
        conf.unlink()
        manager.reload(process)
        assert "settings were read again" in told(a)[size:]
        process.terminate()
        same(process.wait(PATIENCE_S), 0, "ends as always")
        for program, site in ((AGENT, a), (HUB, vn)):
            if site is vn:
                vn.stop()
            manager = Manager(t, "terminal-" + site.dir.name)
            main, side = pty.openpty()
            process = start(site, manager, log=side)
            process.send_signal(signal.SIGHUP)
            process.wait(PATIENCE_S)
            os.close(main)


def web():
    """Another certificate without another process: who is logged in stays so; a bad one changes nothing."""
    import ssl, http.client
    with Tree() as t:
        vn = Hub(t, "VN")
        cert, key = t.root / "cert.pem", t.root / "key.pem"

        def make(name):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name, "-days", "2",
                            "-keyout", str(key), "-out", str(cert)], check=True, capture_output=True)
            key.chmod(0o600)
        make("first")
        subprocess.run([HUB, "accounts", "add", "xem", "--role", "operator", "--place", "VN", "--dir", str(vn.dir)],
                       input="mật khẩu dài hơn mười chữ\n", text=True, check=True, env=ENGLISH, capture_output=True)
        manager = Manager(t, "web")
        log = open(t.root / "web.told", "ab+")
        process = subprocess.Popen([HUB, "web", "--listen", "127.0.0.1:0", "--cert", str(cert), "--key", str(key), "--dir", str(vn.dir)],
                                   stdout=subprocess.PIPE, stderr=log, text=True, env={**ENGLISH, "NOTIFY_SOCKET": manager.path})
        t.processes.append(process)
        port = int(re.search(r":(\d+)/", process.stdout.readline()).group(1))
        manager.until("READY=1")
        anybody = ssl.create_default_context()
        anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE

        def shown():
            return ssl.get_server_certificate(("127.0.0.1", port))

        def ask(method, path, body=None, **headers):
            c = http.client.HTTPSConnection("127.0.0.1", port, context=anybody, timeout=PATIENCE_S)
            c.request(method, path, body, headers)
            r = c.getresponse()
            return r, r.read()
        first = shown()
        same(first.strip(), cert.read_text().strip(), "the certificate")
        from urllib.parse import urlencode
        r, _ = ask("POST", "/login", urlencode({"name": "xem", "password": "mật khẩu dài hơn mười chữ"}),
                   **{"Content-Type": "application/x-www-form-urlencoded", "Origin": "https://127.0.0.1:%d" % port})
        cookie = r.getheader("Set-Cookie").split(";")[0]
        same(ask("GET", "/needs", Cookie=cookie)[0].status, 200, "logged in")
        stream = http.client.HTTPSConnection("127.0.0.1", port, context=anybody, timeout=PATIENCE_S)
        stream.request("GET", "/events", headers={"Cookie": cookie})
        same(stream.getresponse().status, 200, "a stream is open")
        for broken in (lambda: cert.write_text("no certificate"), lambda: cert.unlink(), lambda: key.write_text("no key")):
            make("broken")
            broken()
            said = manager.reload(process)
            assert any(x.startswith("STATUS=") and len(x) > 7 for x in said), said
            same(shown(), first, "a bad one changes nothing")
        make("second")
        same("STATUS=" in manager.reload(process), True, "no trouble")
        second = shown()
        assert second != first and second.strip() == cert.read_text().strip(), "the new one is shown"
        same(ask("GET", "/needs", Cookie=cookie)[0].status, 200, "still logged in")
        for _ in range(3):
            manager.reload(process)
            same(ask("GET", "/livez")[0].status, 200, "serves")
        process.terminate()
        same(process.wait(PATIENCE_S), 0, "ends as always")


def journal():
    """Lines come to the journal once, with level and fields; where it does not take them, on stderr as before."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(0x00020000) != 0 or \
            subprocess.run("mount --make-rprivate / && mount -t tmpfs none /run", shell=True, capture_output=True).returncode:
        return print("skipped: needs root and mount namespaces")
    with Tree() as t:
        vn = Hub(t, "VN")
        vn.stop()
        os.makedirs("/run/systemd/journal")
        took = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        took.bind("/run/systemd/journal/socket")
        took.settimeout(PATIENCE_S)

        def heard(*words):
            while True:
                fields = dict(line.split("=", 1) for line in took.recv(16384).decode().rstrip("\n").split("\n"))
                if all(w in fields["MESSAGE"] for w in words):
                    return fields
        log = open(t.root / "stderr", "ab+")
        about = os.fstat(log.fileno())
        env = {"JOURNAL_STREAM": "%d:%d" % (about.st_dev, about.st_ino)}
        vn.process = start(vn, Manager(t, "vn"), env, log)
        said = heard("serving VN")
        same((said["PRIORITY"], said["SYSLOG_IDENTIFIER"], said["LIENTHONG_UNIT"], said["LIENTHONG_DIR"]),
             ("6", "lienthong-hub", "VN", str(vn.dir)), "fields")
        a = Agent(t, "807", vn)
        said = heard("joined from")
        same((said["LIENTHONG_CHILD"], said["LIENTHONG_ADDRESS"]), ("807", "127.0.0.1"), "of this line")
        (vn.dir / "hub.conf").write_text((vn.dir / "hub.conf").read_text() + "peers = 99\n")
        vn.process.send_signal(signal.SIGHUP)
        said = heard("from the next start")
        same((said["PRIORITY"], "LIENTHONG_CHILD" in said), ("4", False), "a warning; fields of another line are not among them")
        agent = start(a, Manager(t, "a"), env, log)
        said = heard("connected to VN")
        same((said["LIENTHONG_UNIT"], said["LIENTHONG_HUB"], said["LIENTHONG_ENDPOINT"], said["SYSLOG_IDENTIFIER"]),
             ("807", "VN", vn.endpoint, "lienthong-agent"), "an agent's fields")
        a.import_rows([award(number="1/QĐ-UBND", date="01/02/2021", year="2020", name="Cá nhân 0001")])
        assert re.fullmatch("[0-9a-f]{64}", heard("signed update")["LIENTHONG_UPDATE"])
        same(os.stat(t.root / "stderr").st_size, 0, "nothing twice")
        took.close()
        os.unlink("/run/systemd/journal/socket")
        agent.terminate()
        same(agent.wait(PATIENCE_S), 0, "ends")
        assert "<6>stopping (signal 15)" in (t.root / "stderr").read_text(), (t.root / "stderr").read_text()


main({f.__name__: f for f in (hub, agent, web, journal)})
