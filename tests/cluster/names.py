"""Names that are erased, with the real binaries.

    names.py erased      a record's name goes from PC, district and top; figures, receipts and audit stay
    names.py fresh       a PC and a district set up after that never hold a byte of the name
    names.py restored    PC and district that come back from older copies erase it again by themselves
    names.py again       the erased row in a file again: known, asked about, never counted twice
    names.py uncounted   the name of a record that was taken back, and of one in quarantine, is found and erased as well
    names.py refused     who may not say it, or says it of what is not there
"""
import csv, io, json, shutil, sys

from tree import AGENT, AWARD_HEAD, PATIENCE_S, Agent, Hub, Tree, award, main, run, same

GONE, STAYS = "Nguyễn Thị Xóa", "Trần Văn Còn"
WRONG = "Nguyễn Thị Xoá Nhầm"  # as the same record had it first
ERASED = "(erased)"


def copy_dir(source, target):
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("*.sock", "log", "wake"))


def row(name, workplace="Trường A", number="3/QĐ-UBND", **more):
    return award(authority="28162", number=number, date="01/02/2021", year="2020", name=name, workplace=workplace, **more)


def listed(hub, unit="28162"):
    p = hub.cmd("records", "--unit", unit, "--csv")
    return list(csv.DictReader(io.StringIO(p.stdout.lstrip("\ufeff"))))


def names(hub):
    return sorted(r["name"] for r in listed(hub))


def own_names(agent):
    return sorted(r["name"] for r in agent.records())


def record_of(hub, name):
    return next(r["record"] for r in listed(hub) if r["name"] == name)


def redact(hub, record, *more, unit="28162", ok=(0,)):
    return hub.cmd("redact", "--unit", unit, "--record", record, "--reason", "yêu cầu của chủ thể dữ liệu", *more, ok=ok)


def again(hub):
    """It has all that its parent names, directives too."""
    hub.stop()
    hub.start()


def state(hub):
    """What must not move: figures, tallies, what is judged by."""
    told = json.loads(hub.cmd("status", "--json").stdout)
    told = {**told, **told["counts"]}
    return {"figures": hub.figures("28162", 2020, "code,recipient,place"), "directives": told["directives"],
            "records": told["records"], "quarantined": told["quarantined"], "contested": told["contested"],
            "scopes": hub.audit()["scopes"], "record": [{**r, "name": ""} for r in listed(hub)]}


def receipts(agent):
    return [{k: v for k, v in r.items() if k not in ("number", "signed_at", "at")} for r in agent.status()["receipts"]]


def holds(path, *texts):
    """Which of the texts stand in the files of a store, freed pages included."""
    data = b"".join(f.read_bytes() for f in (path / "store").iterdir())
    return [t for t in texts if t.encode() in data]


def site(t):
    vn = Hub(t, "VN")
    h807 = Hub(t, "807", vn)
    a = Agent(t, "28162", h807)
    told = a.import_rows([row(WRONG), row(STAYS), row("Lê Thị Khác", "Trường B")])
    same(told["refused"], 0, told["rows"])
    a.sync()
    ref = next(r["ref"] for r in a.records() if r["name"] == WRONG)
    told = a.import_rows([[ref] + row(GONE)], head=["row"] + AWARD_HEAD)
    same(told["corrected"], 1, told["rows"])
    a.sync()
    same(names(vn), sorted([GONE, STAYS, "Lê Thị Khác"]), "names at the top")
    return vn, h807, a


def erased():
    with Tree() as t:
        vn, h807, a = site(t)
        record = record_of(vn, GONE)
        before = {h: state(h) for h in t.hubs}
        told = receipts(a)
        dry = json.loads(redact(vn, record, "--dry-run", "--json").stdout)
        same((dry["updates"], dry["said"], dry["unit"]), (2, False, "28162"), "dry run: both versions")
        same(names(vn), sorted([GONE, STAYS, "Lê Thị Khác"]), "a dry run erases nothing")
        same(json.loads(redact(vn, record, "--json").stdout)["said"], True, "said")
        left = sorted([ERASED, STAYS, "Lê Thị Khác"])
        same(names(vn), left, "names at the top")
        again(h807)
        same(names(h807), left, "names at the district")
        a.sync()
        same(own_names(a), left, "names on the PC")
        same(json.loads(redact(vn, record, "--json").stdout)["said"], False, "said twice is said once")
        for hub in t.hubs:
            same(state(hub), before[hub], "state of " + hub.unit)
            hub.audit()
        same(receipts(a), told, "receipts")
        # The chain goes on: a correction of another field of the erased record, and new rows.
        ref = next(r["ref"] for r in a.records() if r["name"] == ERASED)
        told = a.import_rows([[ref] + row(GONE, code="LDTT")], head=["row"] + AWARD_HEAD)
        same(told["corrected"], 1, told["rows"])
        a.sync()
        for hub in t.hubs:
            same(names(hub), left, "names after a correction, at " + hub.unit)
            same(hub.quantity("28162", 2020, code="LDTT"), 1, "the correction counts at " + hub.unit)
            hub.audit()
        same(own_names(a), left, "names on the PC after a correction")


def fresh():
    with Tree() as t:
        vn, h807, a = site(t)
        redact(h807, record_of(h807, GONE))
        same(names(h807), sorted([ERASED, STAYS, "Lê Thị Khác"]), "names at the district")
        again(vn)
        again(h807)
        a.sync()
        same(names(vn), names(h807), "names at the top")
        h807.kill()
        shutil.move(h807.dir, t.root / "lost")
        code = json.loads(vn.cmd("invite", "807", "--hub", "--json").stdout)["code"]
        h807.cmd("init", "--join", code, "--listen", h807.endpoint)
        h807.start()
        code = json.loads(h807.cmd("invite", "28162", "--json").stdout)["code"]
        a.dir = t.root / "agent-new"
        run(AGENT, "join", code, "--dir", a.dir)
        vn.cmd("keys", "--approve", a.status()["key"], "--timeout", PATIENCE_S)
        a.import_rows([row("Người Mới", "Trường C", number="4/QĐ-UBND")])
        a.sync()
        same(own_names(a), names(vn), "names on the new PC")
        for place in (h807.dir, a.dir):
            same(holds(place, GONE, WRONG, STAYS), [STAYS], "bytes in %s" % place)
        for hub in t.hubs:
            hub.audit()


def restored():
    with Tree() as t:
        vn, h807, a = site(t)
        h807.stop()
        copy_dir(h807.dir, t.root / "image-807")
        copy_dir(a.dir, t.root / "image-pc")
        h807.start()
        redact(vn, record_of(vn, GONE))
        again(h807)
        a.sync()
        left = names(vn)
        same(names(h807), left, "names at the district")
        same(own_names(a), left, "names on the PC")
        h807.kill()
        shutil.rmtree(h807.dir)
        copy_dir(t.root / "image-807", h807.dir)
        same(GONE in names(h807), True, "the copy holds the name")
        h807.start()
        same(names(h807), left, "names at the restored district")
        shutil.rmtree(a.dir)
        copy_dir(t.root / "image-pc", a.dir)
        same(GONE in own_names(a), True, "the PC's copy holds the name")
        a.import_rows([row("Người Mới", "Trường C", number="4/QĐ-UBND")])
        a.sync()
        same(own_names(a), sorted(left + ["Người Mới"]), "names on the restored PC")
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 4, "counted at " + hub.unit)
            hub.audit()


def reimported():
    with Tree() as t:
        vn, h807, a = site(t)
        redact(vn, record_of(vn, GONE))
        again(h807)
        a.sync()
        ref = next(r["ref"] for r in a.records() if r["name"] == ERASED)
        # A new file with the row in it: asked, by its reference known, as "mới" another one.
        told = a.import_rows([row(STAYS), row(GONE)], ok=(1,))
        same([r["verdict"] for r in told["rows"]], ["already_in", "asked"], told["rows"])
        assert ref in told["rows"][1]["reason"], told["rows"][1]
        told = a.import_rows([[ref] + row(GONE)], head=["row"] + AWARD_HEAD)
        same([r["verdict"] for r in told["rows"]], ["already_in"], told["rows"])
        told = a.import_rows([["mới"] + row("Ngô Văn Mới")], head=["row"] + AWARD_HEAD)
        same([r["verdict"] for r in told["rows"]], ["accepted"], told["rows"])
        # The decision anew, as a whole: the erased record stays.
        whole = [row(STAYS), row("Lê Thị Khác", "Trường B"), row("Ngô Văn Mới")]
        told = a.import_rows(whole, more=["--replace"])
        same((told["missing"], told["retracted"]), ([], 0), "nothing is missing")
        # The PC's own list, exported and given back.
        export = t.root / "export.csv"
        a.cmd("export", "--output", export)
        told = a.import_file(export)
        same({r["verdict"] for r in told["rows"]}, {"already_in"}, told["rows"])
        a.sync()
        for hub in t.hubs:
            same(hub.quantity("28162", 2020, code="GK"), 4, "counted at " + hub.unit)
            same(GONE in names(hub), False, "the name at " + hub.unit)
            hub.audit()


def uncounted():
    with Tree() as t:
        vn, h807, a = site(t)
        ref = next(r["ref"] for r in a.records() if r["name"] == STAYS)
        a.import_rows([[ref, "xóa", "nhập nhầm"]], head=["Mã dòng", "Thao tác", "Lý do"])
        a.sync()
        redact(vn, record_of(vn, STAYS))
        again(h807)
        a.sync()
        left = sorted([ERASED, GONE, "Lê Thị Khác"])
        same((names(vn), names(h807), own_names(a)), (left, left, left), "of one taken back")
        plan = json.loads(vn.cmd("revoke", "28162", "--keep", "none", "--dry-run", "--json").stdout)
        vn.cmd("revoke", "28162", "--keep", "none", "--reason", "thử", "--confirm", plan["confirm"])
        same({r["state"] for r in listed(vn)}, {"quarantined"}, "none counts")
        redact(vn, record_of(vn, "Lê Thị Khác"))
        again(h807)
        for hub in t.hubs:
            same("Lê Thị Khác" in names(hub), False, "of one in quarantine, at " + hub.unit)
            hub.audit()
        p = redact(vn, listed(vn)[0]["record"], "--reason", "a\tb", ok=(1,))
        assert "--reason" in p.stderr, p.stderr


def refused():
    with Tree() as t:
        vn, h807, a = site(t)
        h866 = Hub(t, "866", vn)
        record = record_of(vn, GONE)
        here = names(vn)
        p = redact(h866, record, ok=(1,))
        assert "no such record" in p.stderr, p.stderr
        p = redact(vn, record, unit="28159", ok=(1,))
        assert "28162" in p.stderr, p.stderr
        p = redact(vn, record[:-3] + "-x", ok=(1,))
        assert "hexadecimal" in p.stderr, p.stderr
        p = redact(vn, record.rsplit("-", 1)[0] + "-77", ok=(1,))
        assert "no such record" in p.stderr, p.stderr
        p = vn.cmd("redact", "--unit", "28162", "--record", record, ok=(64,))
        assert "--reason" in p.stderr, p.stderr
        for hub in (vn, h807):
            again(hub)
            same(names(hub), here, "names at " + hub.unit)


if __name__ == "__main__":
    main({"erased": erased, "fresh": fresh, "restored": restored, "again": reimported, "uncounted": uncounted, "refused": refused})
