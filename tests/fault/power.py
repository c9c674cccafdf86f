#!/usr/bin/env python3
"""Power cuts: a run of the real programs is written down (record.c), and the power cut at each write and sync of it.

    power.py agent|hub|start|release [--subsets N] [--every N] [--sync-every N] [--seed N]

What is on the disk after a cut: all that was synced, and of the rest nothing, or everything, or some of it (N ways a
cut): pages of one write apart from each other, a write torn at a 512-byte sector, names made or not in the order in
which they came. A name is on the disk when its folder was synced. Each different state is opened by the programs as
they are: what they had acknowledged before the cut is there, an import whole or not at all, the audit is equal; each
Nth (--sync-every) also meets hub and PC again, and in the end each row counts once.
"""
import argparse, concurrent.futures, hashlib, json, os, pathlib, random, shutil, struct, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cluster"))
from tree import AGENT, ENGLISH, HUB, Agent, Failed, Hub, Tree, run, until
import scenarios
from scenarios import Serving, call, people

RECORDED = {"hub": os.environ["LT_RECORDED_HUB"], "agent": os.environ["LT_RECORDED_AGENT"]}
SECTOR, PAGE = 512, 4096
LEFT_OUT = ("lock.mdb", "wake", "log", "control", "program")  # made anew at each start; and of a release what was there before
HEAD = struct.Struct("=cHHQI")


def records(path):
    data = path.read_bytes()
    at = 0
    while at < len(data):
        kind, name, other, offset, size = HEAD.unpack_from(data, at)
        at += HEAD.size
        yield (kind.decode(), data[at:at + name].decode(), data[at + name:at + name + other].decode(), offset,
               data[at + name + other:at + name + other + size])
        at += name + other + size


class Disk:
    """What is synced, and what waits. Contents by number, names to numbers."""

    def __init__(self, folder):
        self.contents, self.names, self.folders, self.current = {}, {}, set(), {}
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            if path.is_dir():
                self.folders.add(name)
            elif path.is_file() and path.name not in LEFT_OUT:
                self.names[name] = self.current[name] = len(self.contents)
                self.contents[len(self.contents)] = path.read_bytes()
        self.made = len(self.contents)
        self.waiting = []  # ("name", folder, change) or ("bytes", number, change)

    def take(self, kind, path, other, offset, data):
        if pathlib.PurePath(path).name in LEFT_OUT:
            return
        if kind == "A":
            return
        if kind == "S":
            self.sync(path)
        elif kind in "RLUM" or kind == "O" and path not in self.current:
            self.name(kind, path, other)
        elif path in self.current:
            self.write(kind, self.current[path], offset, data)

    def name(self, kind, path, other):
        folder = str(pathlib.PurePath(other if kind in "RL" else path).parent)
        if kind == "O":
            self.current[path] = self.made
            self.made += 1
        elif kind in "RL" and path in self.current:
            self.current[other] = self.current[path]
        number = self.current.get(path)
        if kind in "RU":
            self.current.pop(path, None)
        self.waiting.append(("name", folder, (kind, path, other, number)))

    def write(self, kind, number, offset, data):
        if kind == "D":
            self.contents[number] = changed(self.contents.get(number, b""), ("W", offset, data))
        elif kind == "W":
            for at in range(0, len(data), PAGE):
                self.waiting.append(("bytes", number, ("W", offset + at, data[at:at + PAGE])))
        else:
            self.waiting.append(("bytes", number, (kind, offset, data)))

    def sync(self, path):
        number = self.current.get(path)
        rest = []
        for what, where, change in self.waiting:
            if what == "bytes" and where == number:
                self.contents[number] = changed(self.contents.get(number, b""), change)
            elif what == "name" and where == path:
                renamed(self.names, self.folders, change)
            else:
                rest.append((what, where, change))
        self.waiting = rest

    def cut(self, keep, torn):
        """The files after a cut at which `keep` says of each change that waits whether it had come."""
        contents, names, folders = dict(self.contents), dict(self.names), set(self.folders)
        for kept, (what, where, change) in zip(keep, self.waiting):
            if not kept:
                continue
            if what == "name":
                renamed(names, folders, change)
            elif torn and change[0] == "W" and len(change[2]) > SECTOR and torn.random() < 0.3:
                size = SECTOR * torn.randrange(1, len(change[2]) // SECTOR + 1)
                contents[where] = changed(contents.get(where, b""), ("W", change[1], change[2][:size]))
            else:
                contents[where] = changed(contents.get(where, b""), change)
        return {n: contents.get(number, b"") for n, number in names.items()}, folders


def changed(content, change):
    kind, offset, data = change
    if kind == "T":
        return content[:offset].ljust(offset, b"\0")
    if kind == "O":
        return b""
    if kind == "C":
        return data
    return content[:offset].ljust(offset, b"\0") + data + content[offset + len(data):]


def renamed(names, folders, change):
    kind, path, other, number = change
    if kind == "O":
        names[path] = number
    elif kind == "M":
        folders.add(path)
    elif kind == "U":
        names.pop(path, None)
    elif number is not None:
        names[other] = number
        if kind == "R":
            names.pop(path, None)


def ways(disk, chance, subsets):
    """Which of the changes that wait have come: none, all, some."""
    count = len(disk.waiting)
    yield [False] * count, None
    if count == 0:
        return
    yield [True] * count, None
    for _ in range(subsets):
        share, keep, names = chance.random(), [], True
        for what, _, _ in disk.waiting:
            kept = chance.random() < share
            if what == "name":  # in order
                kept = names = names and kept
            keep.append(kept)
        yield keep, chance


# ---- The runs that are written down ----

class Recording:
    def __init__(self, root):
        self.root, self.log = root, root / "record"
        self.log.touch()

    def env(self):
        return {**ENGLISH, "LT_RECORD": str(self.log), "LT_RECORD_ROOT": str(self.root / "run")}

    def acknowledge(self, **what):
        words = json.dumps(what).encode()
        with open(self.log, "ab", buffering=0) as f:
            f.write(HEAD.pack(b"A", 0, 0, 0, len(words)) + words)

    def do(self, who, *argv):
        told = call(RECORDED[who], argv, self.env(), 60)
        if told.code != 0:
            raise Failed("%s %s: %d %s" % (who, argv, told.code, told.err))


def rows_file(root, turn, count):
    import csv
    from tree import AWARD_HEAD
    path = root / ("rows-%d.csv" % turn)
    with open(path, "w", newline="", encoding="utf-8") as f:
        csv.writer(f).writerows([AWARD_HEAD, *people(turn, count)])
    return path


SIZES = {5: 12, 6: 1, 7: 9, 8: 3, 9: 40, 10: 2}  # rows of each decision that is imported while recording


def record_agent(root):
    """Imports, each acknowledged by its end; between them a session."""
    r, run_dir = Recording(root), root / "run"
    done = []
    for turn, count in SIZES.items():
        r.do("agent", "import", rows_file(root, turn, count), "--dir", run_dir / "pc")
        done.append(turn)
        r.acknowledge(imported=done)
        if turn == 6:
            with Serving(HUB, run_dir, ENGLISH, 60):
                r.do("agent", "run", "--once", "--timeout", 60, "--dir", run_dir / "pc")
    return r


def record_hub(root):
    """A hub that serves while a PC brings rows, each session's end acknowledging what it has; and a directive."""
    r, run_dir = Recording(root), root / "run"
    with Serving(RECORDED["hub"], run_dir, r.env(), 60):
        for turn, count in SIZES.items():
            run(AGENT, "import", rows_file(root, turn, count), "--dir", run_dir / "pc")
            run(AGENT, "run", "--once", "--timeout", 60, "--dir", run_dir / "pc")
            r.acknowledge(updates=json.loads(run(AGENT, "status", "--json", "--dir", run_dir / "pc").stdout)["updates"])
        run(HUB, "fallback", "--after", "7d", "--warn-only", "--dir", run_dir / "hub")
        r.acknowledge(fallback=True)
    return r


def record_start(root):
    """A hub and a PC from nothing: init, tree, catalogue, code, JOIN, the first import."""
    r, run_dir = Recording(root), root / "run"
    shutil.rmtree(run_dir / "pc")
    shutil.rmtree(run_dir / "hub")
    hub = run_dir / "hub"
    r.do("hub", "init", "VN", "--listen", "tcp://127.0.0.1:7400", "--dir", hub)
    r.acknowledge(hub=True)
    r.do("hub", "units", "import", root / "units.csv", "--dir", hub)
    r.do("hub", "catalog", "import", root / "catalogue.csv", "--dir", hub)
    r.acknowledge(tree=True)
    with Serving(RECORDED["hub"], run_dir, r.env(), 60):
        code = json.loads(call(RECORDED["hub"], ["invite", "28162", "--json", "--dir", hub], r.env(), 60).out)["code"]
        r.do("agent", "join", code, "--dir", run_dir / "pc")
        r.acknowledge(joined=True)
        r.do("agent", "import", rows_file(root, 5, SIZES[5]), "--dir", run_dir / "pc")
        r.acknowledge(imported=[5])
        r.do("agent", "run", "--once", "--timeout", 60, "--dir", run_dir / "pc")
    return r


RELEASE = pathlib.Path("releases/5")


def lay_release(root):
    """Said by the hub, and in the PC's folder already: the installed program and the release are both written down."""
    hub, folder, program = root / "run" / "hub", root / "run" / "pc" / RELEASE, root / "program"
    program.write_bytes(pathlib.Path(RECORDED["agent"]).read_bytes() + b"release 5")
    program.chmod(0o700)
    public = run(HUB, "release", "key", root / "release.key").stdout.strip()
    run(HUB, "release", "grant", public, root / "grant", "--root", hub / "root.key", "--serial", 1)
    run(HUB, "release", "sign", root / "grant", root / "signed", "--key", root / "release.key", "--number", 5, "--name", "1.5",
        "linux-%s=%s" % (os.uname().machine, program))
    run(HUB, "release", "add", root / "signed", program, "--dir", hub)
    run(HUB, "release", "wave", 100, "--dir", hub)
    folder.mkdir(parents=True)
    (folder / "manifest").write_text("it is here")
    program.rename(folder / "program")


def release_of(pc):
    return json.loads(run(AGENT, "status", "--json", "--dir", pc).stdout)["release"]


def record_release(root):
    """A PC that goes over to a release and keeps it."""
    r, run_dir = Recording(root), root / "run"
    with Serving(HUB, run_dir, ENGLISH, 60):
        pc = subprocess.Popen([RECORDED["agent"], "run", "--dir", run_dir / "pc"], env=r.env(), stderr=subprocess.DEVNULL)
        until(lambda: release_of(run_dir / "pc")["kept"] == 5 or pc.poll() is not None, "kept")
        pc.terminate()
        if pc.wait(60) != 0:
            raise Failed("the PC ended with %d" % pc.returncode)
        r.acknowledge(kept=5)
        r.do("agent", "run", "--once", "--timeout", 60, "--dir", run_dir / "pc")
    return r


# ---- What must be so after a cut ----

NOT_RECORDED = {**ENGLISH, "LT_RECORD": "/dev/null", "LT_RECORD_ROOT": "/nowhere"}


def check_release(folder, known):
    """The switch is whole; what was kept is; and the PC comes to all that it has to say, with whichever program runs."""
    before = release_of(folder / "pc")
    with Serving(HUB, folder, ENGLISH, 60):
        told = call(AGENT, ["run", "--once", "--timeout", 60, "--dir", folder / "pc"], NOT_RECORDED, 90)
    after = release_of(folder / "pc")
    kept = (known["kept"],) if "kept" in known else (0, 5)
    if before["damaged"] or after["bad"] != [] or before["kept"] not in kept or after["kept"] != before["kept"] or told.code != 0:
        raise Failed("%s, %s; %d %s" % (before, after, told.code, told.err[-500:]))


def command(who, folder, *argv):
    told = call(HUB if who == "hub" else AGENT, [*argv, "--dir", folder], ENGLISH, 60)
    if told.code != 0:
        raise Failed("%s: %d %s" % (argv[0], told.code, told.err))
    return told.out


def check_agent(folder, known):
    if not known.get("joined", True):  # what was begun goes on
        command("agent", folder / "pc", "init")
        return
    held = {}
    for record in json.loads(command("agent", folder / "pc", "records", "--json"))["records"]:
        turn = int(record["fields"]["decision_number"].split("/")[0])
        held[turn] = held.get(turn, 0) + 1
    for turn, count in SIZES.items():
        if held.get(turn, 0) not in ((count,) if turn in known.get("imported", []) else (0, count)):
            raise Failed("of import %d there are %d rows; acknowledged: %s" % (turn, held.get(turn, 0), known))


def check_hub(folder, known):
    status = json.loads(command("hub", folder / "hub", "status", "--json"))
    updates = sum(c["updates"] for c in status["chains"] if c["stream"] == "report")
    if updates < known.get("updates", 0):
        raise Failed("%d updates, %d acknowledged" % (updates, known["updates"]))
    if known.get("tree") and status["directives"]["titles"] == 0:
        raise Failed("the catalogue was acknowledged and is gone")
    if known.get("fallback") and len(json.loads(command("hub", folder / "hub", "fallback", "--json"))) == 0:
        raise Failed("the fallback was acknowledged and is gone")
    if not json.loads(command("hub", folder / "hub", "audit", "--json"))["equal"]:
        raise Failed("the audit differs")


def meet(folder, rows):
    with Serving(HUB, folder, ENGLISH, 60) as hub:
        pc = call(AGENT, ["run", "--once", "--timeout", 60, "--dir", folder / "pc"], ENGLISH, 90)
        cells = json.loads(command("hub", folder / "hub", "figures", "--place", "VN", "--year", "2020", "--by", "code",
                                   "--json"))["cells"]
    if pc.code != 0 or hub.told.code != 0:
        raise Failed("together again: %d %s, %d %s" % (pc.code, pc.err, hub.told.code, hub.told.err[-500:]))
    if sum(c["quantity"] for c in cells) not in rows:
        raise Failed("together again: %s, wanted %s" % (cells, rows))


def look(work):
    name, final, files, folders, known, together = work
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lt-power-"))
    try:
        other = {"agent": "hub", "release": "hub", "hub": "pc"}.get(name)
        if other is not None:
            scenarios.copy_folder(final / other, folder / other)
        for made in sorted(folders):  # one whose own folder is not on the disk is not either
            if not (folder / made).exists() and (folder / made).parent.exists():
                (folder / made).mkdir(mode=0o700)
        for path, content in files.items():
            if (folder / path).parent.exists() and path.split("/")[0] != other:
                (folder / path).write_bytes(content)
                (folder / path).chmod(0o600)
        if name == "release":
            shutil.copy(final / "pc" / RELEASE / "program", folder / "pc" / RELEASE / "program")
            check_release(folder, known)
        if name in ("agent", "start"):
            check_agent(folder, known)
        if name == "hub" or name == "start" and known.get("hub"):
            check_hub(folder, known)
        if together and name in ("agent", "hub"):
            held = 7 + sum(SIZES[t] for t in (SIZES if name == "hub" else known.get("imported", [])))
            meet(folder, range(held, 7 + sum(SIZES.values()) + 1))
        return None
    except (Failed, subprocess.TimeoutExpired) as failed:
        return str(failed)[-600:]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def states(name, base, log, args):
    """Each different state of the files, with what was acknowledged before it."""
    chance, known, seen, number = random.Random(args.seed), {"joined": name != "start"}, set(), 0
    disk = Disk(base)
    if args.no_sync:
        disk.sync = lambda path: None
    for i, (kind, path, other, offset, data) in enumerate(records(log)):
        disk.take(kind, path, other, offset, data)
        if kind == "A":
            known = {**known, **json.loads(data)}
        if name == "release" and "/releases" not in path + other and kind != "A":
            continue  # the store's own writes are the others' matter
        for keep, torn in ways(disk, chance, args.subsets):
            files, folders = disk.cut(keep, torn)
            mark = hashlib.sha256(repr((sorted((n, hashlib.sha256(c).digest()) for n, c in files.items()), sorted(folders),
                                        sorted(known.items(), key=str))).encode()).digest()
            number += mark not in seen
            if mark not in seen and number % args.every == 0:
                yield i, files, folders, dict(known)
            seen.add(mark)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("name", choices=("agent", "hub", "start", "release"))
    parser.add_argument("--subsets", type=int, default=4)
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--sync-every", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--no-sync", action="store_true", help="a disk that forgets syncs: must be found wrong")
    args = parser.parse_args()
    root = pathlib.Path(tempfile.mkdtemp(prefix="lt-power-run-"))
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=scenarios.own_network) as pool:
        wrong, looked, works = 0, 0, []
        log = pool.submit(prepare, args.name, root).result()
        for i, files, folders, known in states(args.name, root / "base", log, args):
            works.append((i, known, (args.name, root / "run", files, folders, known, len(works) % args.sync_every == 0)))
        for (i, known, _), failure in zip(works, pool.map(look, [w for _, _, w in works], chunksize=4)):
            looked += 1
            if failure:
                wrong += 1
                print("WRONG after record %d (%s): %s" % (i, known, failure), flush=True)
    print("%s: %d records of writes and syncs, %d different states of the disk, %d wrong"
          % (args.name, sum(1 for _ in records(log)), looked, wrong))
    shutil.rmtree(root, ignore_errors=True)
    return 1 if wrong else 0


def prepare(name, root):
    scenarios.prepare(root)
    (root / "run").mkdir()
    for part in ("hub", "pc"):
        (root / part).rename(root / "run" / part)
    if name == "release":
        lay_release(root)
    if name == "start":
        (root / "base").mkdir()
    else:
        scenarios.copy_folder(root / "run", root / "base")
    return {"agent": record_agent, "hub": record_hub, "start": record_start, "release": record_release}[name](root).log


if __name__ == "__main__":
    sys.exit(main())
