"""What the sweeps run: commands of agent and hub on prepared folders, and what is to be so afterwards."""
import ctypes, dataclasses, json, pathlib, re, select, shutil, subprocess

from tree import AGENT, CATALOGUE, ENGLISH, HUB, UNITS, Agent, Failed, Hub, Tree, award, run, same

CLEAN = {"hub": HUB, "agent": AGENT}


@dataclasses.dataclass
class Told:
    code: int
    out: str
    err: str


def call(program, argv, env, patience):
    p = subprocess.run([program, *map(str, argv)], capture_output=True, text=True, timeout=patience, env=env, errors="replace")
    return Told(p.returncode, p.stdout, p.stderr)


def own_network():
    """A worker's programs may all use the same ports: it has a network of its own."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x40000000) == 0:
        subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def clean(who, *argv, ok=(0,)):
    return run(CLEAN[who], *argv, ok=ok)


# ---- States that are compared: nothing in them depends on time or chance ----

def agent_state(folder):
    if not (folder / "pc" / "store" / "data.mdb").exists():
        return None
    status = json.loads(clean("agent", "status", "--json", "--dir", folder / "pc", ok=(0, 1, 2)).stdout or "{}")
    records = json.loads(clean("agent", "records", "--json", "--dir", folder / "pc", ok=(0, 1, 2)).stdout or "{}")
    return (status.get("drafts"), status.get("updates"), status.get("unit"),
            sorted((r["state"], r["fields"].get("decision_number"), r["fields"].get("name")) for r in records.get("records", [])))


def hub_state(folder):
    if not (folder / "hub" / "store" / "data.mdb").exists():
        return None
    p = clean("hub", "status", "--json", "--dir", folder / "hub", ok=(0, 2))
    if p.returncode != 0:
        return None
    status = json.loads(p.stdout)
    audit = json.loads(clean("hub", "audit", "--json", "--dir", folder / "hub").stdout)
    if not audit["equal"]:
        raise Failed("the audit differs: %s" % audit)
    keys = json.loads(clean("hub", "keys", "--json", "--dir", folder / "hub").stdout)["rows"]
    fallback = clean("hub", "fallback", "--json", "--dir", folder / "hub").stdout
    return (status["counts"]["records"], status["counts"]["quarantined"], status["counts"]["contested"],
            status["directives"]["units"], status["directives"]["titles"], status["invitations"], status["moves"],
            sorted((k["role"], k["state"]) for k in keys), len(json.loads(fallback)),
            sorted((c["stream"], c["unit"], c["tips"]) for c in status["chains"]))


def copy_folder(of, to):
    """Without what is made anew at each start."""
    shutil.copytree(of, to, ignore=lambda d, names: [n for n in names if n in ("wake", "log", "control")])


# ---- Commands ----

def differ(got, want):
    """The first parts of two states that are not the same."""
    if not isinstance(got, (tuple, list)) or not isinstance(want, (tuple, list)) or len(got) != len(want):
        return "got %.300r, want %.300r" % (got, want)
    return next((differ(g, w) for g, w in zip(got, want) if g != w), "the same")


def steady(out, folder):
    """What a command has said, without its folder and the time of day."""
    return re.sub(r'"(made_at|asked_at|at)": ?[^,}]*', "", out.replace(str(folder), "@"))


class Command:
    """One command on a copy of prepared folders. It writes (its state goes from `before` to `after`), or reads."""

    def __init__(self, who, *argv, writes=True, state=None, needs=("hub", "pc"), codes=(0,), made=None):
        self.who, self.argv, self.writes, self.needs, self.codes, self.made = who, argv, writes, needs, codes, made
        self.state = state or (agent_state if who == "agent" else hub_state)
        self.before = self.after = self.out = None

    def copy(self, template, folder):
        for name in self.needs:
            copy_folder(template / name, folder / name)
        for file in template.glob("*.*"):
            shutil.copy(file, folder / file.name)

    def words(self, folder):
        return [str(a).replace("@", str(folder) + "/") for a in self.argv] + ["--dir", folder / ("pc" if self.who == "agent" else "hub")]

    def run(self, programs, folder, env, patience):
        if self.after is None and programs is not CLEAN:
            self.learn(folder)
        return call(programs[self.who], self.words(folder), env, patience)

    def learn(self, folder):
        """What the state is before, and after the command without a fault; on copies."""
        twin = folder / "twin"
        twin.mkdir()
        self.copy(folder, twin)
        self.before = self.state(twin)
        told = call(CLEAN[self.who], self.words(twin), ENGLISH, 60)
        if told.code not in self.codes:
            raise Failed("%s: %d %s%s" % (self.words(twin), told.code, told.out, told.err))
        self.out, self.after = steady(told.out, twin), self.state(twin)
        shutil.rmtree(twin)

    def check(self, folder, told):
        state = self.state(folder)
        if told.code in self.codes and state != self.after:
            return "ended well, with another state: " + differ(state, self.after)
        if told.code in self.codes and not self.writes and steady(told.out, folder) != self.out:
            return "ended well, and said %.300r; wanted %.300r" % (told.out, self.out)
        if told.code not in self.codes and state not in (self.before, self.after, None):
            return "neither as before (%s) nor as after (%s)" % (differ(state, self.before), differ(state, self.after))
        if self.made is not None and told.code not in self.codes:
            for path in (folder / m for m in self.made):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        if self.writes and state != self.after or self.made is not None and told.code not in self.codes:
            again = call(CLEAN[self.who], self.words(folder), ENGLISH, 60)
            if again.code not in self.codes:
                return "again, without a fault: %d %s" % (again.code, again.err)
            if self.state(folder) != self.after:
                return "again, without a fault: " + differ(self.state(folder), self.after)
        return None


def people(turn, count):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="Người %d-%d" % (turn, i))
            for i in range(count)]


def write_files(root):
    import csv
    from tree import AWARD_HEAD
    for name, rows in (("rows.csv", people(5, 12)), ("replace.csv", people(1, 2))):
        with open(root / name, "w", newline="", encoding="utf-8") as f:
            csv.writer(f).writerows([AWARD_HEAD, *rows])
    shutil.copy(UNITS, root / "units.csv")
    shutil.copy(CATALOGUE, root / "catalogue.csv")
    (root / "more.csv").write_text("code,parent,level,type,name,valid_to\n99999,807,commune,xa,Xã mới,2025-06-30\n")


def prepare(root):
    """A top with its tree, a PC with records that are counted and drafts, both stopped; bundles both ways; a backup."""
    (root / "none").mkdir()
    write_files(root)
    with Tree() as t:
        vn = Hub(t, "VN")
        pc = Agent(t, "28162", vn)
        pc.import_rows(people(1, 4))
        pc.sync()
        vn.stop()
        pc.import_rows(people(2, 3))
        for of, to in ((vn.dir, "hub"), (pc.dir, "pc")):
            copy_folder(of, root / to)
        copy_folder(pc.dir, t.root / "twin")
        run(AGENT, "bundle", "out", root / "up.ltb", "--dir", t.root / "twin")
        run(AGENT, "import", "--dry-run", "--result", root / "rows.xlsx", root / "rows.csv", "--dir", pc.dir)
        run(HUB, "bundle", "out", root / "down.ltb", "--for", "28162", "--all", "--dir", vn.dir)
        run(HUB, "backup", root / "hub-copy", "--dir", vn.dir)
        run(AGENT, "backup", root / "pc-copy", "--dir", pc.dir)


# ---- Programs that talk to each other ----

class Talk:
    """Hub and PC, one of them with a fault: rows reach the hub and the receipt comes back, at once or by the next start."""
    needs, SYNC_S = ("hub", "pc"), 15
    copy = Command.copy

    def __init__(self, who):
        self.who = who

    def run(self, programs, folder, env, patience):
        envs = {"hub": ENGLISH, "agent": ENGLISH, self.who: env}
        chosen = {**CLEAN, self.who: programs[self.who]}
        with Serving(chosen["hub"], folder, envs["hub"], patience) as hub:
            pc = call(chosen["agent"], ["run", "--once", "--timeout", self.SYNC_S, "--dir", folder / "pc"], envs["agent"],
                      patience) if hub.up else Told(1, "", "no hub")
            served = hub.process.poll() is None
        self.stuck = hub.up and served and pc.code != 0
        if self.who == "hub":
            return hub.told
        if hub.told.code != 0:
            raise Failed("the hub ended with %d: %s" % (hub.told.code, hub.told.err[-1000:]))
        return pc

    def check(self, folder, told):
        if self.stuck and told.err.strip() == "":
            return "it goes on, nothing arrives, and it says nothing"
        with Serving(HUB, folder, ENGLISH, 60) as hub:
            pc = call(AGENT, ["run", "--once", "--timeout", 60, "--dir", folder / "pc"], ENGLISH, 90)
            figure = clean("hub", "figures", "--place", "VN", "--year", "2020", "--by", "code", "--json", "--dir", folder / "hub")
            audit = json.loads(clean("hub", "audit", "--json", "--dir", folder / "hub", ok=(0, 1)).stdout)
        if pc.code != 0 or hub.told.code != 0:
            return "without a fault: the PC ends with %d, the hub with %d: %s %s" % (pc.code, hub.told.code, pc.err,
                                                                                     hub.told.err[-600:])
        if sum(c["quantity"] for c in json.loads(figure.stdout)["cells"]) != 7:
            return "not each row is counted once: " + figure.stdout
        return None if audit["equal"] else "the audit differs"


class Serving:
    """A hub until the end of the block; `up`: it said that it is ready; `told` afterwards."""

    def __init__(self, program, folder, env, patience):
        self.patience, self.told = patience, None
        self.process = subprocess.Popen([program, "run", "--dir", folder / "hub"], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                        text=True, env=env, errors="replace")

    def __enter__(self):
        readable, _, _ = select.select([self.process.stdout], [], [], self.patience)
        self.up = bool(readable) and self.process.stdout.readline() != ""
        return self

    def __exit__(self, kind, value, trace):
        self.process.terminate()
        try:
            out, err = self.process.communicate(timeout=self.patience)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise
        self.told = Told(self.process.returncode, out, err)


ALL = {
    "hub-run": Talk("hub"),
    "agent-run": Talk("agent"),
    "agent-import": Command("agent", "import", "@rows.csv", needs=("pc",)),
    "agent-import-book": Command("agent", "import", "@rows.xlsx", "--result", "@answer.xlsx", needs=("pc",)),
    "agent-replace": Command("agent", "import", "--replace", "--yes", "@replace.csv", needs=("pc",)),
    "agent-records": Command("agent", "records", "--json", writes=False, needs=("pc",)),
    "agent-export": Command("agent", "export", writes=False, needs=("pc",)),
    "agent-bundle-in": Command("agent", "bundle", "in", "@down.ltb", needs=("pc",)),
    "agent-bundle-out": Command("agent", "bundle", "out", "@new.ltb", needs=("pc",), made=("new.ltb",)),
    "agent-backup": Command("agent", "backup", "@new", needs=("pc",), made=("new",)),
    "agent-restore": Command("agent", "restore", "@pc-copy", needs=("pc-copy",), made=("pc",)),
    "hub-units": Command("hub", "units", "import", "@more.csv", needs=("hub",)),
    "hub-invite": Command("hub", "invite", "28165", "--json", needs=("hub",)),
    "hub-move": Command("hub", "move", "28162", "--to", "VN", "--endpoint", "tcp://127.0.0.1:9", needs=("hub",)),
    "hub-fallback": Command("hub", "fallback", "--after", "7d", "--warn-only", needs=("hub",)),
    "hub-bundle-in": Command("hub", "bundle", "in", "@up.ltb", needs=("hub",)),
    "hub-bundle-out": Command("hub", "bundle", "out", "@new.ltb", "--for", "28162", "--all", needs=("hub",), made=("new.ltb",)),
    "hub-backup": Command("hub", "backup", "@new", needs=("hub",), made=("new",)),
    "hub-restore": Command("hub", "restore", "@hub-copy", needs=("hub-copy",), made=("hub",)),
    "hub-audit": Command("hub", "audit", "--json", writes=False, needs=("hub",)),
    "hub-figures": Command("hub", "figures", "--place", "VN", "--year", "2020", "--by", "place,code", "--json", writes=False,
                           needs=("hub",)),
    "hub-records": Command("hub", "records", "--unit", "28162", "--csv", writes=False, needs=("hub",)),
    "hub-form": Command("hub", "form", "0601", "--place", "VN", "--period", "2020", "--json", writes=False, needs=("hub",)),
    "hub-prove": Command("hub", "prove", "@new.proof", "--place", "VN", "--year", "2020", "--by", "code", needs=("hub",),
                         made=("new.proof",)),
    "hub-publish": Command("hub", "publish", "a", "--place", "VN", "--year", "2020", "--by", "code", needs=("hub",)),
    "hub-keys": Command("hub", "keys", "--json", writes=False, needs=("hub",)),
}
