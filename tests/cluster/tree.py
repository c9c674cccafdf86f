"""A tree of real hubs and agents as separate processes, for the cluster tests.

Nothing here waits by the clock: hubs say `ready` when they serve and `settled` when they hold all that
their parent named; an agent's `run --once` ends when the top's receipt covers everything.
"""
import csv, json, os, pathlib, shutil, signal, socket, subprocess, sys, tempfile, threading, time

HUB = os.environ["LT_HUB"]
AGENT = os.environ["LT_AGENT"]
SOURCE = pathlib.Path(os.environ["LT_SOURCE"])
CATALOGUE = SOURCE / "proto" / "catalogue.csv"
ENGLISH = {**os.environ, "LANG": "en", "LC_ALL": "en"}
PATIENCE_S = int(os.environ.get("LT_PATIENCE_S", 120))  # far beyond what anything takes; only a failure reaches it

UNITS = SOURCE / "packaging" / "demo" / "units.csv"
AWARD_HEAD = ["code", "authority", "decision number", "decision date", "year", "type", "recipient",
              "name", "workplace", "position", "place", "quantity"]


ports = iter(range(10000 + os.getpid() % 2000 * 10, 10000 + os.getpid() % 2000 * 10 + 2000))


def free_port():
    """Below the range that outgoing connections take theirs from, and apart from other tests' ports."""
    for port in ports:
        with socket.socket() as s:
            try:
                s.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise Failed("no port is free")


class Failed(AssertionError):
    pass


def run(*argv, ok=(0,), prefix=(), env=None):
    """Runs a command to its end; its exit code must be one of `ok`."""
    p = subprocess.run([*prefix, *map(str, argv)], capture_output=True, text=True, timeout=PATIENCE_S,
                       env={**ENGLISH, **(env or {})})
    if p.returncode not in ok:
        raise Failed("%s\nexit code %d\n%s%s" % (" ".join(map(str, argv)), p.returncode, p.stdout, p.stderr))
    return p


class Hub:
    program = HUB

    def __init__(self, tree, unit, parent=None, host="127.0.0.1", prefix=()):
        self.tree, self.unit, self.parent, self.prefix = tree, unit, parent, prefix
        self.dir = tree.root / ("hub-" + unit)
        self.endpoint = "tcp://%s:%d" % (host, free_port())
        self.process, self.lines, self.told = None, [], threading.Condition()
        if parent is None:
            self.cmd("init", unit, "--listen", self.endpoint)
            self.cmd("units", "import", tree.units)
            self.cmd("catalog", "import", CATALOGUE)
        else:
            code = json.loads(parent.cmd("invite", unit, "--hub", "--json").stdout)["code"]
            self.cmd("init", "--join", code, "--listen", self.endpoint)
        tree.hubs.append(self)
        self.start()

    def cmd(self, name, *argv, **how):
        return run(self.program, name, *argv, "--dir", self.dir, prefix=self.prefix, **how)

    def start(self, wait="settled"):
        self.lines = []
        self.log = open(self.dir / "log", "a")
        self.process = subprocess.Popen([*self.prefix, self.program, "run", "--dir", str(self.dir)], stdout=subprocess.PIPE,
                                        stderr=self.log, text=True, env=ENGLISH)
        threading.Thread(target=self.listen, args=(self.process, self.lines), daemon=True).start()
        self.await_line("ready")
        if wait == "settled":
            self.await_line("settled")

    def listen(self, process, lines):
        """Into the list of this start: what an earlier process said last must not count for the next."""
        for line in process.stdout:
            with self.told:
                lines.append(line.strip())
                self.told.notify_all()
        with self.told:
            lines.append("ended")
            self.told.notify_all()

    def await_line(self, word):
        with self.told:
            said = lambda: any(l.split()[0] in (word, "ended") for l in self.lines if l)
            if not self.told.wait_for(said, PATIENCE_S) or not any(l.startswith(word) for l in self.lines):
                raise Failed("hub %s did not say %s: %s\n%s" % (self.unit, word, self.lines, self.log_text()))

    def log_text(self):
        return (self.dir / "log").read_text()[-4000:]

    def kill(self, sig=signal.SIGKILL):
        self.process.send_signal(sig)
        self.process.wait(PATIENCE_S)
        self.log.close()

    def stop(self):
        self.kill(signal.SIGTERM)
        if self.process.returncode != 0:
            raise Failed("hub %s ended with %d\n%s" % (self.unit, self.process.returncode, self.log_text()))

    def heard_by(self, top):
        """Waits until the top knows this hub's key, and has said so."""
        key, = [k["key"] for k in json.loads(self.cmd("keys", self.unit, "--json").stdout)["rows"] if k["role"] == "hub"]
        top.cmd("keys", "--approve", key, "--timeout", PATIENCE_S)
        return self

    def figures(self, place, year, by="code,level,recipient", *more):
        out = json.loads(self.cmd("figures", "--place", place, "--year", year, "--by", by, *more, "--json").stdout)
        return out["cells"]

    def quantity(self, at, year, *more, **dims):
        by = ",".join(dims) or "code"
        return sum(c["quantity"] for c in self.figures(at, year, by, *more)
                   if all(str(c[d]) == str(v) for d, v in dims.items()))

    def audit(self):
        report = json.loads(self.cmd("audit", "--json").stdout)
        if not report["equal"]:
            raise Failed("audit of %s: %s" % (self.unit, report))
        return report


class Agent:
    program = AGENT

    def __init__(self, tree, unit, hub, name=None, endpoints=(), prefix=(), approved_by=None):
        """approved_by: the top, where another machine of the unit has joined a hub below it before."""
        self.tree, self.unit, self.hub, self.prefix = tree, unit, hub, prefix
        self.dir = tree.root / ("agent-" + (name or unit.replace("@", "-")))
        code = json.loads(hub.cmd("invite", unit, "--json").stdout)["code"]
        more = [x for e in endpoints for x in ("--endpoint", e)]
        self.cmd("join", code, *more)
        if approved_by is not None:
            approved_by.cmd("keys", "--approve", self.status()["key"], "--timeout", PATIENCE_S)

    def cmd(self, name, *argv, **how):
        return run(self.program, name, *argv, "--dir", self.dir, prefix=self.prefix, **how)

    def file(self, rows, name="rows.csv", head=AWARD_HEAD):
        path = self.tree.root / (self.dir.name + "-" + name)
        with open(path, "w", newline="", encoding="utf-8") as f:
            w = csv.writer(f)
            w.writerow(head)
            w.writerows(rows)
        return path

    def import_rows(self, rows, ok=(0,), head=AWARD_HEAD, more=()):
        return self.import_file(self.file(rows, head=head), ok, *more)

    def import_file(self, path, ok=(0,), *more):
        """The summary's numbers and the rows' verdicts, in one."""
        told = json.loads(self.cmd("import", path, "--json", *more, ok=ok).stdout)["files"][0]
        return {**told["summary"], "rows": told["rows"], "missing": told["missing"], "retracted": told["retracted"]}

    def sync(self, timeout_s=60):
        """Everything signed and receipted by the top."""
        return self.cmd("run", "--once", "--timeout", timeout_s)

    def status(self):
        return json.loads(self.cmd("status", "--json").stdout)

    def records(self):
        return [{**r, **r["fields"]} for r in json.loads(self.cmd("records", "--json").stdout)["records"]]

    def start(self):
        log = open(self.tree.root / (self.dir.name + ".log"), "a")
        process = subprocess.Popen([*self.prefix, self.program, "run", "--dir", str(self.dir)], stdout=log, stderr=log, env=ENGLISH)
        self.tree.processes.append(process)
        return process


class Tree:
    def __init__(self, units=UNITS):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="lt-cluster-"))
        self.units, self.hubs, self.processes, self.undo = units, [], [], []

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for p in self.processes + [h.process for h in self.hubs]:
            if p and p.poll() is None:
                p.kill()
                p.wait()
        for undo in self.undo:
            undo()
        if kind is None:
            shutil.rmtree(self.root, ignore_errors=True)
        else:
            for h in self.hubs:
                print("--- log of hub %s\n%s" % (h.unit, h.log_text()), file=sys.stderr)
            print("state kept in", self.root, file=sys.stderr)


def award(code="GK", authority="", number="", date="", year="", kind="", recipient="individual", name="",
          workplace="", position="", place="", quantity=""):
    return [code, authority, number, date, year, kind, recipient, name, workplace, position, place, quantity]


def same(got, want, what):
    if got != want:
        raise Failed("%s: got %r, want %r" % (what, got, want))


def until(says, what):
    """Asks again until it is so; each question is a process of its own, which takes its time."""
    end = time.monotonic() + PATIENCE_S
    while not says():
        if time.monotonic() > end:
            raise Failed("never came: " + what)


def main(cases):
    """Runs the case named on the command line, or all."""
    names = sys.argv[1:] or list(cases)
    for name in names:
        cases[name]()
        print("ok", name, flush=True)
