"""Names that are sealed, with the real binaries.

    sealed.py by_directive         from the directive on; the top and the unit's PC read, corrections go on
    sealed.py between_cannot_read  the district relays and counts, and has not a byte of a name
    sealed.py replaced_pc          PCs in the place of lost ones read their units' names, the first ones too; another
                                   program, made from docs/protocol.md, does as well
    sealed.py box_key_lost         the top loses its box key: names are gone there, figures stay
    sealed.py key_changed          another box key: what comes is sealed to it alone, what was told stays readable
    sealed.py opened               sealed no more: what is told from then on can be read; new PCs read the rest
    sealed.py not_by_one_between   a district can neither open nor take what the top has sealed
    sealed.py erased               a row is erased at hub, PC and top by who cannot read it; the others stay
    sealed.py proven               figures are proven with names sealed and erased, and with names nobody can read in the file
    sealed.py as_written           the commands of docs/operating.md, and a backup that has the box keys
    sealed.py hostile_or_damaged   sealed parts that are not as they should be are refused, or a name that is not read
"""
import json, os, shutil, subprocess

import typed
from names import ERASED, again, holds, listed, names, own_names, record_of, redact, row
from tree import AGENT, AWARD_HEAD, PATIENCE_S, ENGLISH, SOURCE, Agent, Hub, Tree, main, run, same, until

CHECK = os.environ["LT_CHECK"]
SEALED = "(sealed)"
OPEN = ["Nguyễn Thị Trước", "Trần Văn Trước"]  # told before anything was sealed
CLOSED = ["Nguyễn Thị Kín", "Lê Thị Khác"]
ALL, HALF = sorted(OPEN + CLOSED), sorted(OPEN + [SEALED, SEALED])
OTHER = SOURCE / "tests" / "cluster" / "other_sealed.py"
PROTO = SOURCE / "proto" / "lienthong.proto"


def site(t):
    """VN seals the names of 807 and below to itself; two rows were told before, two are told after."""
    vn = Hub(t, "VN")
    h807 = Hub(t, "807", vn)
    a = Agent(t, "28162", h807)
    told = a.import_rows([row(n, number="1/QĐ-UBND") for n in OPEN])
    same(told["accepted"], 2, told["rows"])
    a.sync()
    vn.cmd("seal", "init")
    seal(vn, h807)
    told = a.import_rows([row(n) for n in CLOSED])
    same(told["accepted"], 2, told["rows"])
    a.sync()
    return vn, h807, a


def seal(vn, h807, *more):
    told = json.loads(vn.cmd("seal", *(more or ("807",)), "--json").stdout)
    same(told["said"], True, "said")
    again(h807)
    return told


def more_rows(a, name, number):
    a.import_rows([row(name, "Trường C", number="%d/QĐ-UBND" % number)])
    a.sync()


def counted(t, rows, unit="28162"):
    for hub in t.hubs:
        same(hub.quantity(unit, 2020, code="GK"), rows, "counted at " + hub.unit)
        same(hub.audit()["quarantined"], 0, "quarantined at " + hub.unit)
    same(*[[{**r, "name": ""} for r in listed(hub, unit)] for hub in t.hubs], "records at both hubs, but for names")


def replace(a, hub, vn=None):
    """Another PC in the place of one whose disk is lost; approved at the top, when that is there."""
    shutil.move(a.dir, a.tree.root / ("lost-" + a.dir.name))
    code = json.loads(hub.cmd("invite", a.unit, "--json").stdout)["code"]
    a.dir = a.tree.root / (a.dir.name + "-new")
    run(AGENT, "join", code, "--dir", a.dir)
    if vn is not None:
        approve(vn, a.status()["key"])


def keys(hub):
    return json.loads(hub.cmd("keys", "28162", "--json").stdout)["rows"]


def approve(vn, key):
    vn.cmd("keys", "--approve", key, "--timeout", PATIENCE_S)


def hand_over(vn, h807, a):
    """The running top does it by itself as soon as it hears of the machine; with the command it surely has."""
    a.sync()
    vn.cmd("seal", "807")
    again(h807)
    a.sync()


def by_directive():
    with Tree() as t:
        vn = Hub(t, "VN")
        p = vn.cmd("seal", "807", ok=(1,))
        assert "seal init" in p.stderr, p.stderr
        vn.cmd("seal", "init")
        assert "is there" in vn.cmd("seal", "init", ok=(2,)).stderr, "a box key is made once"
        p = vn.cmd("seal", "99999", ok=(1,))
        assert "99999" in p.stderr, p.stderr
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        more_rows(a, OPEN[0], 1)
        same(json.loads(vn.cmd("seal", "807", "--dry-run", "--json").stdout)["said"], False, "dry run")
        same(json.loads(vn.cmd("seal", "--json").stdout)["rows"], [], "a dry run says nothing")
        same(seal(vn, h807)["machines"], 1, "the PC gets its unit's key")
        stands = json.loads(h807.cmd("seal", "--json").stdout)["rows"]
        same([(r["within"], r["said_by"], r["hub"]) for r in stands], [("807", "VN", "VN")], "what stands at the district")
        a.sync()
        told = a.import_rows([row(CLOSED[0]), row(CLOSED[1], "Trường B")])
        same(told["accepted"], 2, told["rows"])
        a.sync()
        both = sorted([OPEN[0], *CLOSED])
        same(names(vn), both, "names at the top")
        same(own_names(a), both, "names on the PC")
        same(names(h807), sorted([OPEN[0], SEALED, SEALED]), "names at the district")
        # The clerk works as ever.
        ref = next(r["ref"] for r in a.records() if r["name"] == CLOSED[0])
        told = a.import_rows([[ref] + row("Nguyễn Thị Sửa")], head=["row"] + AWARD_HEAD)
        same(told["corrected"], 1, told["rows"])
        told = a.import_rows([row(CLOSED[1], "Trường B")])
        same([r["verdict"] for r in told["rows"]], ["already_in"], told["rows"])
        a.sync()
        same(names(vn), sorted([OPEN[0], "Nguyễn Thị Sửa", CLOSED[1]]), "names at the top after a correction")
        same(names(h807), sorted([OPEN[0], SEALED, SEALED]), "names at the district after a correction")
        counted(t, 3)


def between_cannot_read():
    with Tree() as t:
        vn, h807, a = site(t)
        same(names(h807), HALF, "names at the district")
        same(holds(h807.dir, *ALL), OPEN, "bytes in the district's store")
        same(holds(vn.dir, *ALL), OPEN, "bytes in the top's store are sealed as well")
        same(names(vn), ALL, "names at the top")
        # A key of its own opens nothing, nor may it say anything of what is above it.
        h807.cmd("seal", "init")
        p = h807.cmd("seal", "VN", ok=(1,))
        assert "hub above has to say it" in p.stderr, p.stderr
        again(h807)
        same(names(h807), HALF, "names at the district with a key of its own")
        told = a.import_rows([["exemplar", "2020", "individual", "Người Điển Hình"]], head=["kind", "year", "recipient", "name"])
        same(told["accepted"], 1, told["rows"])
        a.sync()
        for hub, name in ((vn, "Người Điển Hình"), (h807, SEALED)):
            rows = json.loads(hub.cmd("list", "exemplars", "--place", "28162", "--year", 2020, "--json").stdout)["rows"]
            same([r["name"] for r in rows], [name], "names in lists at " + hub.unit)
        same(holds(h807.dir, "Người Điển Hình"), [], "bytes in the district's store")
        counted(t, 4)


def other_program(t, vn, h807):
    """As another machine of 28162: what it reads and tells."""
    code = json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"]
    p = subprocess.Popen([OTHER, PROTO, code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                         text=True, env=ENGLISH)
    t.processes.append(p)
    word, key = p.stdout.readline().split()
    same(word, "joined", "the other program")
    approve(vn, key)
    vn.cmd("seal", "807")
    again(h807)
    out, err = p.communicate("go\n", 120)
    same((p.returncode, err), (0, ""), "the other program")
    return json.loads(out)


def replaced_pc():
    with Tree() as t:
        vn, h807, a = site(t)
        # Away from the top it has its records and no key. Its own list given back changes nothing, now or later.
        vn.stop()
        replace(a, h807)
        a.sync()
        same(own_names(a), HALF, "names on the new PC without the key")
        export = t.root / "export.csv"
        a.cmd("export", "--output", export)
        told = a.import_file(export)
        same([r["verdict"] for r in told["rows"]], ["already_in"] * 4, told["rows"])
        told = a.import_rows([row(CLOSED[0])], ok=(1,))
        same([r["verdict"] for r in told["rows"]], ["asked"], told["rows"])
        vn.start()
        approve(vn, a.status()["key"])
        a.import_rows([row("Người Mới", "Trường C", number="4/QĐ-UBND")])
        hand_over(vn, h807, a)
        told = a.import_file(export, (1,))
        same([r["verdict"] for r in told["rows"]].count("asked"), 2, told["rows"])
        same(own_names(a), sorted(ALL + ["Người Mới"]), "names on the new PC after a list without them")
        same(own_names(a), sorted(ALL + ["Người Mới"]), "names on the new PC")
        told = a.import_rows([row(n) for n in CLOSED])
        same({r["verdict"] for r in told["rows"]}, {"already_in"}, "the rows are known by their names")
        a.sync()
        same(names(vn), sorted(ALL + ["Người Mới"]), "names at the top")
        # A unit's very first words, before its first PC was given a key: that PC is lost with them.
        b = Agent(t, "28159", h807)
        b.import_rows([["GK", "28159", "1/QĐ-UBND", "01/02/2021", "2020", "", "individual", "Người Đầu", "", "", "", ""]])
        b.sync()
        replace(b, h807, vn)
        hand_over(vn, h807, b)
        same(own_names(b), ["Người Đầu"], "names on the PC that follows a unit's first")
        same(names(h807)[-1:], [OPEN[-1]], "names at the district")
        counted(t, 5)
        told = other_program(t, vn, h807)
        same([u["names"] for u in told["read"]], [CLOSED, ["Người Mới"]], "what another program reads")
        same(told["good"], "stored", "what another program seals")
        again(vn)
        same({"Tốt Một", "Tốt Hai"} & set(names(vn)), {"Tốt Một", "Tốt Hai"}, "names of another program at the top")
        a.sync()
        same({"Tốt Một", "Tốt Hai"} & set(own_names(a)), {"Tốt Một", "Tốt Hai"}, "and on the unit's other PC")


def box_key_lost():
    with Tree() as t:
        vn, h807, a = site(t)
        figures = vn.figures("28162", 2020)
        vn.stop()
        (vn.dir / "box.key").unlink()
        vn.start()
        same(names(vn), HALF, "names at the top without its key")
        until(lambda: "sealed to a box key of this hub that is not here" in vn.log_text(), "a warning")
        same([r["read_here"] for r in json.loads(vn.cmd("seal", "--json").stdout)["rows"]], ["NO"], "what stands, without the key")
        same(vn.figures("28162", 2020), figures, "figures without the key")
        more_rows(a, "Người Mới", 4)
        counted(t, 5)
        same(own_names(a), sorted(ALL + ["Người Mới"]), "the PC reads its own")
        # Another key, and what is told from then on.
        vn.cmd("seal", "init")
        seal(vn, h807)
        a.sync()
        more_rows(a, "Người Mới Hơn", 5)
        same(names(vn), sorted(HALF + [SEALED, "Người Mới Hơn"]), "names under the new key")
        same(own_names(a), sorted(ALL + ["Người Mới", "Người Mới Hơn"]), "the PC reads both")
        same([r["read_here"] for r in json.loads(vn.cmd("seal", "--json").stdout)["rows"]], ["yes"], "with the new key")
        same([r["read_here"] for r in json.loads(h807.cmd("seal", "--json").stdout)["rows"]], [""], "of another hub's")
        counted(t, 6)
        # A file that is no key is not taken for one, and nothing is changed.
        vn.stop()
        (vn.dir / "box.key").write_text("damaged\n")
        p = vn.cmd("seal", "807", ok=(2,))
        assert "box.key" in p.stderr and "damaged" in p.stderr, p.stderr
        p = vn.cmd("records", "--unit", "28162", ok=(2,))
        assert "box.key" in p.stderr, p.stderr


def key_changed():
    with Tree() as t:
        vn, h807, a = site(t)
        vn.cmd("seal", "init", "--again")
        same(sorted(f.name for f in vn.dir.glob("box*.key")), ["box-1.key", "box.key"], "keys at the top")
        same(names(vn), ALL, "the key before still reads")
        more_rows(a, "Người Giữa", 4)  # still to the key before
        same(names(vn), sorted(ALL + ["Người Giữa"]), "names before the new word")
        seal(vn, h807)
        again(vn)
        a.sync()
        more_rows(a, "Người Mới", 5)
        everyone = sorted(ALL + ["Người Giữa", "Người Mới"])
        same(names(vn), everyone, "names at the top")
        same(own_names(a), everyone, "names on the PC")
        replace(a, h807, vn)
        hand_over(vn, h807, a)
        same(own_names(a), everyone, "names on a new PC")
        counted(t, 6)
        told = other_program(t, vn, h807)
        same([u["names"] for u in told["read"]], [CLOSED, ["Người Giữa"], ["Người Mới"]], "what another program reads")
        before, now = told["read"][1]["sealed_to"], told["read"][2]["sealed_to"]
        old = next(key for key in told["unit_keys"] if key != told["hub_key"])
        same((old in before, told["unit_keys"][old] in before), (True, True), "sealed to the keys before")
        same((told["hub_key"] in now, told["unit_keys"][told["hub_key"]] in now), (True, True), "sealed to the new keys")
        same({old, told["unit_keys"][old]} & set(now), set(), "who stole the key before reads nothing new")


def opened():
    with Tree() as t:
        vn, h807, a = site(t)
        seal(vn, h807, "--open", "807")
        a.sync()
        more_rows(a, "Người Mới", 4)
        same(names(h807), sorted(HALF + ["Người Mới"]), "names at the district")
        same(names(vn), sorted(ALL + ["Người Mới"]), "names at the top")
        replace(a, h807, vn)
        a.sync()
        again(vn)  # it hands the key over before it serves
        again(h807)
        a.sync()
        same(own_names(a), sorted(ALL + ["Người Mới"]), "a new PC reads what was sealed")
        counted(t, 5)


def not_by_one_between():
    with Tree() as t:
        vn, h807, a = site(t)
        p = h807.cmd("seal", "--open", "28162")
        assert "VN" in p.stderr and "changes nothing" in p.stderr, p.stderr
        h807.cmd("seal", "init")
        p = h807.cmd("seal", "28162")
        assert "VN" in p.stderr and "changes nothing" in p.stderr, p.stderr
        a.sync()
        more_rows(a, "Người Mới", 4)
        same(names(h807), sorted(HALF + [SEALED]), "names at the district")
        same(names(vn), sorted(ALL + ["Người Mới"]), "names at the top")
        same(own_names(a), sorted(ALL + ["Người Mới"]), "names on the PC")
        counted(t, 5)
        # A machine of its own that it lets in as one of the commune's is handed nothing, unless the top approves it.
        false = Agent(t, "28162", h807, "false")
        key = false.status()["key"]
        until(lambda: [k["state"] for k in keys(vn) if k["key"] == key] == ["waiting"], "the false machine's key at the top")
        same(json.loads(vn.cmd("seal", "807", "--json").stdout)["machines"], 0, "machines given a key")
        again(h807)
        false.cmd("run", "--once", "--timeout", 20, ok=(0, 1))
        same(own_names(false), sorted(OPEN + [SEALED] * 3), "names on a false machine")


def erased():
    with Tree() as t:
        vn, h807, a = site(t)
        figures = {h: h.figures("28162", 2020) for h in t.hubs}
        gone, stays = CLOSED
        same(json.loads(redact(h807, record_of(vn, gone), "--json").stdout)["updates"], 1, "an update loses a row")
        again(vn)
        again(h807)
        a.sync()
        left = sorted(OPEN + [ERASED, stays])
        same(names(h807), sorted(OPEN + [ERASED, SEALED]), "names at the district")
        same(names(vn), left, "names at the top")
        same(own_names(a), left, "names on the PC")
        for hub in t.hubs:
            same(hub.figures("28162", 2020), figures[hub], "figures at " + hub.unit)
        counted(t, 4)
        # A PC in its place never had it, and reads the rest.
        replace(a, h807, vn)
        hand_over(vn, h807, a)
        same(own_names(a), left, "names on the new PC")
        same(holds(a.dir, gone), [], "bytes on the new PC")
        # The top's box key opens nothing of it any more: what is erased is not only hidden.
        told = a.import_rows([row(gone)], ok=(1,))
        same([r["verdict"] for r in told["rows"]], ["asked"], told["rows"])


def proven():
    with Tree() as t:
        vn, h807, a = site(t)
        root = json.loads(vn.cmd("status", "--json").stdout)["root_key"]

        def check(hub, *more):
            path = t.root / "proof"
            hub.cmd("prove", path, "--place", "28162", "--year", 2020, "--by", "code,recipient", *more, "--force")
            told = json.loads(run(CHECK, path, "--root", root, "--records", "--json").stdout)
            named = [n for n in ALL if n.encode() in path.read_bytes()]
            return told["rows"], sorted(r.get("name", "") for r in told["records"]), named

        rows, read, named = check(vn)
        same((read, named), ([""] * 4, []), "no names unless asked for")
        for hub in t.hubs:
            same(check(hub), (rows, [""] * 4, []), "proven at " + hub.unit)
            same(check(hub, "--with-names"), (rows, sorted(["", ""] + OPEN), sorted(OPEN)), "with names at " + hub.unit)
        redact(vn, record_of(vn, OPEN[0]))
        redact(vn, record_of(vn, CLOSED[0]))
        again(h807)
        for hub in t.hubs:
            same(check(hub), (rows, [""] * 4, []), "proven when erased at " + hub.unit)
            same(check(hub, "--with-names"), (rows, ["", "", "", OPEN[1]], OPEN[1:]), "with names when erased at " + hub.unit)


def as_written():
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        more_rows(a, OPEN[0], 1)
        shell = typed.Shell(t, t.root / "work")
        for hub in t.hubs:
            (shell.cwd / hub.unit).symlink_to(hub.dir)
        lines = typed.commands("Names sealed to one hub")
        same(len(lines), 6, "commands")
        for line in lines:
            shell.type(line)
            if line == "lienthong-hub seal 807 --dir VN":
                again(h807)
                a.sync()
                more_rows(a, CLOSED[0], 2)
        # The backup has both keys; the hub that is restored from it reads what is sealed to the one before.
        vn.cmd("backup", t.root / "backup")
        vn.kill()
        shutil.move(vn.dir, t.root / "lost-VN")
        vn.cmd("restore", t.root / "backup")
        same(sorted(f.name for f in vn.dir.glob("box*.key")), ["box-1.key", "box.key"], "keys of the restored top")
        same(names(vn), sorted([OPEN[0], CLOSED[0]]), "names at the restored top")
        vn.audit()


def hostile_or_damaged():
    with Tree() as t:
        vn, h807, a = site(t)
        told = other_program(t, vn, h807)
        refused = {"bent_leaf", "too_many_keys", "short_nonce", "beyond"}
        same({n for n, what in told["bent"].items() if what == "REFUSAL_MALFORMED"}, refused, told["bent"])
        same({n for n, what in told["bent"].items() if what == "stored"}, set(told["bent"]) - refused, told["bent"])
        same(told["after"], "stored", "after what is passed over")
        again(vn)
        a.sync()
        hidden = {"bent_box": [2], "exchanged": [], "tiny_box": [2], "no_keys": [], "junk_keys": []}
        readable = ["%s %d" % (name, n) for name, ns in hidden.items() for n in ns] + ["Tốt " + n for n in ("Một", "Hai", "Ba", "Bốn")]
        kept = [SEALED] * (2 * len(hidden) - 2) + [ERASED] * 2  # no_boxes: as erased
        same(names(vn), sorted(ALL + readable + kept), "names at the top")
        same(own_names(a), sorted(ALL + readable + kept), "names on the PC")
        same(names(h807), sorted(OPEN + [SEALED] * (2 + 4 + 2 * len(hidden)) + [ERASED] * 2), "names at the district")
        counted(t, 4 + 4 + 2 * len(hidden) + 2)
        more_rows(a, "Người Mới", 4)  # the chain goes on
        same("Người Mới" in names(vn), True, "the PC's next word")
        counted(t, 4 + 4 + 2 * len(hidden) + 3)


if __name__ == "__main__":
    main({f.__name__: f for f in (by_directive, between_cannot_read, replaced_pc, box_key_lost, key_changed, opened,
                                  not_by_one_between, erased, proven, as_written,
                                  hostile_or_damaged)})
