"""The country reorganised: the tree of 63 provinces, 696 districts and 10,035 communes with its records, then the
reform of 2025-07-01. With the real unit trees where they are at hand (LT_DATA, else ../shared/data beside the
sources), else with a generated reform of the same shape.

    reform.py whole             the test
    reform.py whole --seconds   and how long each step took
    reform.py heirs             a successor's clerk corrects and takes back what his predecessors recorded
    reform.py kinds             merge, split, rename, change of type, of parent, abolition of a level; what is refused
    reform.py once              a running hub told in several updates judges its records again once
    reform.py uncounted         a plan that makes records stop to count: told by its dry run, and said only with its code
"""
import csv, json, os, pathlib, random, sys, time

from tree import Agent, CATALOGUE, Hub, SOURCE, Tree, same

HEAD = ["code", "authority", "decision number", "decision date", "year", "years", "recipient", "place", "quantity"]
REFORM = "2025-07-01"
clock = [time.monotonic()]


def step(name):
    now = time.monotonic()
    if "--seconds" in sys.argv:
        print("%7.2f s  %s" % (now - clock[0], name), flush=True)
    clock[0] = time.monotonic()


def read(path):
    with open(path, encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f)
        w.writerow(head)
        w.writerows(rows)


def generated(folder):
    """3 provinces, 6 districts, 36 communes; then 2 provinces and 12 communes: merged, and one of each six split."""
    old = [[p, "", "province", "tinh", "Tỉnh " + p, "", "2025-06-30"] for p in ("01", "02", "03")]
    new = [[p, "", "province", "tinh", "Tỉnh mới " + p, REFORM, ""] for p in ("01", "02")]
    heirs = []
    for d in range(6):
        district, province = "%03d" % (d + 1), "0%d" % (d // 2 + 1)
        into = "01" if d < 4 else "02"
        old.append([district, province, "district", "huyen", "Huyện " + district, "", "2025-06-30"])
        communes = ["%05d" % (d * 10 + i) for i in range(1, 7)]
        old += [[c, district, "commune", "xa", "Xã " + c, "", "2025-06-30"] for c in communes]
        pair = communes[0], communes[3]
        new += [[c, into, "commune", "xa", "Xã mới " + c, REFORM, ""] for c in pair]
        for i, c in enumerate(communes):
            parts = pair if i == 5 else (pair[i // 3],)
            heirs += [[c, "2025-06-30", s, REFORM, "split" if len(parts) > 1 else "whole"] for s in parts]
    head = ["code", "parent", "level", "type", "name", "valid_from", "valid_to"]
    write(folder / "old.csv", head, old)
    write(folder / "new.csv", head, new)
    write(folder / "heirs.csv", ["code", "valid_to", "successor", "successor_valid_from", "part"], heirs)
    return folder / "old.csv", folder / "new.csv", folder / "heirs.csv"


def trees(folder):
    data = pathlib.Path(os.environ.get("LT_DATA", SOURCE.parent / "shared" / "data"))
    files = [data / n for n in ("units-2025-03.csv", "units-2025-07.csv", "succession-2025-07.csv")]
    return files if all(f.exists() for f in files) else generated(folder)


def records(units):
    """What the nation's office tells of every unit: two decisions a commune, one of each district and province."""
    rows = []
    for i, u in enumerate(units):
        unit, level = u["code"], u["level"]
        if level == "commune":
            rows.append(["GDVH", unit, "7/QĐ-UBND", "20/12/2024", "2024", "", "household", unit, str(1 + i % 400)])
            rows.append(["GK", unit, "8/QĐ-UBND", "20/12/2024", "2024", "", "individual", unit, str(1 + i % 9)])
        elif level == "district":
            rows.append(["GK", unit, "9/QĐ-UBND", "15/01/2024", "2023", "", "collective", unit, str(1 + i % 50)])
            rows.append(["GK", unit, "10/QĐ-UBND", "15/01/2025", "", "2020-2024", "individual", unit, "5"])
        else:
            rows.append(["BK_BT", unit, "11/QĐ-UBND", "10/02/2025", "2024", "", "collective", unit, str(2 + i % 30)])
    return rows


def dump(hub, old):
    """Figures of the tree as it was: the nation, all provinces, some districts."""
    asked = ["VN"] + [u["code"] for u in old if u["level"] == "province"]
    districts = [u["code"] for u in old if u["level"] == "district"]
    asked += random.Random(1).sample(districts, min(25, len(districts)))
    told = {}
    for place in asked:
        at = place if place == "VN" else place + "@2025-06-30"
        for year in ("2023..2024", "2020-2024"):
            told[place, year] = hub.figures(at, year, "place,year,code,recipient,level")
    return told


def total(cells):
    return sum(c["quantity"] for c in cells)


def whole():
    with Tree() as t:
        old_file, new_file, heirs_file = trees(t.root)
        old, new, heirs = read(old_file), read(new_file), read(heirs_file)
        t.units = old_file
        step("start")
        vn = Hub(t, "VN")
        office = Agent(t, "VN", vn)
        split = next(h["code"] for h in heirs if h["part"] == "split")
        plain = next(h for h in heirs if h["part"] == "whole")
        offline = Agent(t, plain["code"], vn)
        late = [["GK", plain["code"], "99/QĐ-UBND", "01/03/2025", "2024", "", "individual", plain["code"], "3"]]
        offline.import_rows(late, head=HEAD)  # on that PC, and nowhere else
        step("a hub, %d units, two offices" % len(old))
        office.import_rows(records(old), head=HEAD)
        office.sync()
        step("%d rows counted at the top" % len(records(old)))
        before = dump(vn, old)
        step("%d figures asked" % len(before))

        told = vn.cmd("units", "import", new_file, "--dry-run").stdout
        assert "nothing" in told, "new units move no figure: " + told
        vn.stop()  # so many directives are judged by once, not each
        vn.cmd("units", "import", new_file)
        told = vn.cmd("successions", "import", heirs_file, "--dry-run").stdout
        assert "nothing" in told, "successions move no figure of the tree as it was: " + told
        step("the dry runs")
        vn.cmd("successions", "import", heirs_file)
        again = vn.cmd("successions", "import", heirs_file).stdout
        assert " 0 said" in again, again
        vn.start()
        step("%d new units and %d successions" % (len(new), len(heirs)))
        same(dump(vn, old), before, "the tree as it was")
        step("the same figures asked again")

        for year in (2023, 2024):
            as_it_was = total(vn.figures("VN", year, "code"))
            today = vn.figures("VN", year, "place", "--tree", "2026-01-01")
            same(total(today), as_it_was, "today's provinces and what is not allocated, %d" % year)
        same(total(vn.figures("VN", "2020-2024", "place", "--tree", "2026-01-01")),
             total(vn.figures("VN", "2020-2024", "code")), "a span in today's tree")
        step("today's tree")
        into = [h["successor"] for h in heirs if h["code"] == split]
        told = sum(int(r[8]) for r in records(old) if r[1] == split)
        parts = [total(vn.figures(s + "@" + REFORM, 2024, "code", "--tree", "2026-01-01")) for s in into]
        gone = sum(int(r[8]) for h in heirs if h["successor"] in into and h["part"] == "whole"
                   for r in records(old) if r[1] == h["code"] and r[4] == "2024")
        same(sum(parts), gone, "what was split is spread over none of its parts (%d)" % told)

        offline.sync()  # after the reform, by a unit that has ended
        same(vn.quantity(plain["code"] + "@2025-06-30", 2024, code="GK"),
             3 + sum(int(r[8]) for r in records(old) if r[1] == plain["code"] and r[0] == "GK"), "a late record")
        heir = Agent(t, plain["successor"] + "@" + REFORM, vn)
        unit = plain["successor"] + "@" + REFORM
        heir.import_rows([["GK", unit, "1/QĐ-UBND", "02/08/2025", "2025", "", "individual", unit, "4"]], head=HEAD)
        heir.sync()
        same(vn.quantity(unit, 2025, code="GK"), 4, "the new unit's own")
        heir.import_rows([["GK", plain["code"], "98/QĐ-UBND", "01/03/2025", "2024", "", "individual", plain["code"],
                           "2"]], head=HEAD)
        heir.sync()
        same(vn.quantity(plain["code"] + "@2025-06-30", 2024, code="GK"),
             5 + sum(int(r[8]) for r in records(old) if r[1] == plain["code"] and r[0] == "GK"),
             "what a successor tells of his predecessor")
        step("after the reform")
        vn.audit()
        step("audit")


def small(folder):
    """Communes 00001 and 00002 become 00007; 00003 is split over 00007 and 00004."""
    units = [["01", "", "province", "tinh", "Tỉnh 01", "", ""]]
    units += [[c, "01", "commune", "xa", "Xã " + c, "", "2025-06-30"] for c in ("00001", "00002", "00003")]
    units += [[c, "01", "commune", "xa", "Xã mới " + c, REFORM, ""] for c in ("00007", "00004")]
    heirs = [[c, "2025-06-30", "00007", REFORM, "whole"] for c in ("00001", "00002")]
    heirs += [["00003", "2025-06-30", s, REFORM, "split"] for s in ("00007", "00004")]
    write(folder / "units.csv", ["code", "parent", "level", "type", "name", "valid_from", "valid_to"], units)
    write(folder / "heirs.csv", ["code", "valid_to", "successor", "successor_valid_from", "part"], heirs)
    return folder / "units.csv", folder / "heirs.csv"


def names(hub, unit):
    """What the hub calls the records of a unit, by their quantity."""
    told = csv.DictReader(hub.cmd("records", "--unit", unit, "--csv").stdout.lstrip("\ufeff").splitlines())
    return {int(r["quantity"]): r["record"] for r in told if r["state"] == "counts"}


def own(number, quantity):
    return ["GK", "", number, "20/12/2024", "2024", "", "individual", "", quantity]


def heirs():
    with Tree() as t:
        t.units, heirs_file = small(t.root)
        vn = Hub(t, "VN")
        old = {c: Agent(t, c, vn) for c in ("00001", "00002", "00003")}
        for i, (c, agent) in enumerate(sorted(old.items()), 1):
            agent.import_rows([own("1/QĐ-UBND", 10 * i), own("2/QĐ-UBND", 10 * i + 1)], head=HEAD)
            agent.sync()
        told = {c: names(vn, c) for c in old}
        heir, other = Agent(t, "00007", vn), Agent(t, "00004", vn)
        head = ["row", "action", "reason"] + HEAD
        fix = [told["00002"][20], "", ""] + own("1/QĐ-UBND", 25)
        gone = [told["00001"][11], "xóa", "nhập nhầm"] + [""] * len(HEAD)
        stray = [told["00003"][30], "", ""] + own("1/QĐ-UBND", 35)

        heir.cmd("run", "--once", "--timeout", 60)  # the tree, before there are successions
        early = heir.import_rows([fix, gone], head=head, ok=(1,))
        same(early["refused"], 2, "a unit that succeeds no other")
        assert all(r["column"] == "row_ref" and r["reason"] for r in early["rows"]), early
        vn.cmd("successions", "import", heirs_file)
        for agent in (heir, other):
            agent.cmd("run", "--once", "--timeout", 60)

        taken = heir.import_rows([fix, gone, stray], head=head)
        same((taken["corrected"], taken["removed"]), (2, 1), "the successor's rows")
        again = heir.import_rows([fix, gone, stray], head=head)
        same(again["already_in"], 3, "again, before they are signed")
        heir.sync()
        again = heir.import_rows([fix, gone, stray], head=head)
        same(again["already_in"], 3, "again, when they are signed")
        same([heir.status()[n] for n in ("drafts", "records", "contested")], [0, 3, 0], "nothing more to sign")
        counted = lambda c: vn.quantity(c, 2024, code="GK")
        same([counted(c) for c in sorted(old)], [10, 25 + 21, 30 + 31],
             "corrected and taken back where they were; what was split without a main successor stays")
        same([vn.quantity(u, 2024, code="GK") for u in ("00007@" + REFORM, "00004@" + REFORM)], [0, 0], "at the successors")
        held = [r for r in csv.DictReader(vn.cmd("records", "--unit", "00007", "--csv").stdout
                                          .lstrip("\ufeff").splitlines()) if r["state"] == "quarantined"]
        same(len(held), 1, "the one that is not his to correct")
        refused = other.import_rows([stray, fix], head=head, ok=(1,))
        same(refused["refused"], 2, "who is no main successor of anyone")

        mine = {int(r["quantity"]): r["ref"] for r in heir.records() if r["former_unit"]}
        same(sorted(told["00002"][20][:16] == ref[:16] for ref in mine.values()), [False, False, True], "references")
        heir.import_rows([[mine[25], "", ""] + own("1/QĐ-UBND", 26)], head=head)
        exported = t.root / "heir.csv"
        heir.sync()
        exported.write_text(heir.cmd("export").stdout, encoding="utf-8")
        kept = heir.import_file(exported)
        same(kept["already_in"], 2, "what was exported")
        old["00002"].import_rows([own("2/QĐ-UBND", 23)], head=HEAD)  # his own other record
        old["00002"].sync()
        ref = next(r["ref"] for r in old["00002"].records() if int(r["quantity"]) == 20)
        old["00002"].import_rows([[ref, "", ""] + own("1/QĐ-UBND", 29)], head=head)  # late, by who has ended
        old["00002"].sync()
        same(counted("00002"), 26 + 23, "the successor has the last word")
        second = Agent(t, "00007", vn, name="second")
        second.sync()
        same(second.import_file(exported)["already_in"], 2, "another machine of the successor")
        second.import_rows([[told["00001"][11], "khôi phục", ""] + own("2/QĐ-UBND", 12)], head=head)
        second.sync()
        same(counted("00001"), 10 + 12, "restored by the other machine")
        vn.audit()


UNITS_HEAD = ["code", "parent", "level", "type", "name", "valid_from", "valid_to"]
HEIRS_HEAD = ["code", "valid_from", "valid_to", "successor", "successor_valid_from", "part"]


def kinds():
    with Tree() as t:
        t.units = t.root / "units.csv"
        before = [["01", "", "province", "tinh", "Tỉnh 01", "", ""], ["02", "", "province", "tinh", "Tỉnh 02", "", ""],
                  ["011", "01", "district", "huyen", "Huyện 011", "", ""],
                  ["021", "02", "district", "huyen", "Huyện 021", "", ""]]
        before += [["0%d" % c, "011", "commune", "xa", "Xã 0%d" % c, "", ""] for c in range(1001, 1005)]
        before += [["0%d" % c, "021", "commune", "xa", "Xã 0%d" % c, "", ""] for c in range(2001, 2003)]
        write(t.units, UNITS_HEAD, before)
        vn = Hub(t, "VN")
        office = Agent(t, "VN", vn)
        communes = [u for u in before if u[2] == "commune"]
        rows = [["GK", u[0], "1/QĐ-UBND", "20/12/2024", "2024", "", "individual", u[0], 1 << i]
                for i, u in enumerate(communes)]
        rows += [["GK", "011", "2/QĐ-UBND", "20/12/2024", "2024", "", "collective", "011", 100]]
        office.import_rows(rows, head=HEAD)
        office.sync()

        def asked():
            return {u[0]: vn.figures(u[0], 2024, "place,code,recipient,level") for u in before}

        def say(name, units, heirs):
            """As an operator does: a dry run of each file, then the file; and each again changes nothing."""
            for command, head, rows in (("units", UNITS_HEAD, units), ("successions", HEIRS_HEAD, heirs)):
                if rows:
                    file = t.root / ("%s-%s.csv" % (command, name))
                    write(file, head, rows)
                    told = vn.cmd(command, "import", file, "--dry-run").stdout
                    assert "nothing" in told, "%s moves no figure as it was: %s" % (name, told)
                    vn.cmd(command, "import", file)
                    again = vn.cmd(command, "import", file).stdout
                    assert " 0 " in again, again
            same(asked(), told_before, name + ": the tree as it was")

        told_before = asked()
        merged = [[c, "011", "commune", "xa", "Xã " + c, "", "2025-06-30"] for c in ("01001", "01002")]
        say("merge", merged + [["01010", "011", "commune", "xa", "Xã mới", REFORM, ""]],
            [[c, "", "2025-06-30", "01010", REFORM, "whole"] for c in ("01001", "01002")])
        same(total(vn.figures("01010", 2024, "code", "--tree", "2026-01-01")), 1 + 2, "merged")
        say("split", [["01003", "011", "commune", "xa", "Xã 01003", "", "2025-06-30"],
                      ["01031", "011", "commune", "xa", "Xã 01031", REFORM, ""],
                      ["01032", "011", "commune", "xa", "Xã 01032", REFORM, ""]],
            [["01003", "", "2025-06-30", s, REFORM, "split"] for s in ("01031", "01032")])
        same([total(vn.figures(c, 2024, "code", "--tree", "2026-01-01")) for c in ("01031", "01032", "011")],
             [0, 0, 1 + 2 + 4 + 8 + 100], "split: at neither part, in what holds both")
        say("rename", [["01004", "011", "commune", "xa", "Xã Tên Mới", "", ""]], [])
        say("type", [["01004", "011", "commune", "phuong", "Phường Tên Mới", "", ""]], [])
        say("parent", [["02001", "021", "commune", "xa", "Xã 02001", "", "2025-06-30"],
                       ["02001", "011", "commune", "xa", "Xã 02001", REFORM, ""]],
            [["02001", "", "2025-06-30", "02001", REFORM, "whole"]])
        same([total(vn.figures(d, 2024, "code", "--tree", "2026-01-01")) for d in ("011", "021")],
             [1 + 2 + 4 + 8 + 16 + 100, 32], "another parent")

        # No districts any more: what stays gets an entry under its province, districts end without a successor.
        last, day = "2025-12-31", "2026-01-01"
        live = [["01010", REFORM, "01"], ["01031", REFORM, "01"], ["01032", REFORM, "01"], ["01004", "", "01"],
                ["02001", REFORM, "01"], ["02002", "", "02"]]
        old_parent = {"02002": "021"}
        units = [[c, old_parent.get(c, "011"), "commune", "xa", "Xã " + c, since, last] for c, since, _ in live]
        units += [[c, into, "commune", "xa", "Xã " + c, day, ""] for c, _, into in live]
        units += [[d, p, "district", "huyen", "Huyện " + d, "", last] for d, p in (("011", "01"), ("021", "02"))]
        say("level", units, [[c, since, last, c, day, "whole"] for c, since, _ in live] +
            [[d, "", last, "", "", ""] for d in ("011", "021")])
        same([total(vn.figures(p, 2024, "code", "--tree", day)) for p in ("01", "02", "VN")],
             [1 + 2 + 4 + 8 + 16 + 100, 32, 163], "provinces without districts")
        by_place = vn.figures("01", 2024, "place", "--tree", day)
        same(sum(c["quantity"] for c in by_place if c.get("unallocated")), 4 + 100,
             "what was split, and the district's own, stands unallocated")

        # What cannot be: each with its row, and nothing changed.
        digest = lambda: json.loads(vn.cmd("status", "--json").stdout)["directives"]
        kept = digest()
        for what, line, rows in (
                ("unknown unit", 2, [["09999", "", last, "01010", day, "whole"]]),
                ("unknown successor", 2, [["01010", REFORM, last, "09999", day, "whole"]]),
                ("its own successor", 2, [["01010", REFORM, last, "01010", REFORM, "whole"]]),
                ("a unit that is open", 2, [["01", "", "", "02", "", "whole"]]),
                ("one part", 2, [["02002", "", last, "01010", day, "split"]]),
                ("a gap", 2, [["01001", "", "2025-06-30", "01010", day, "whole"]]),
                ("twice", 3, [["01003", "", "2025-06-30", "01031", REFORM, "split"]] * 2)):
            file = t.root / "bad.csv"
            write(file, HEIRS_HEAD, rows)
            p = vn.cmd("successions", "import", file, ok=(1, 2))
            assert "bad.csv:%d" % line in p.stderr or "line %d" % line in p.stderr, (what, p.stdout, p.stderr)
            same(digest(), kept, what + ": nothing changed")
        vn.audit()


def once():
    with Tree() as t:
        many = [["%05d" % n, "01", "commune", "xa", "Xã %05d" % n] for n in range(10000, 14500)]
        t.units = t.root / "units.csv"
        write(t.units, UNITS_HEAD, [["01", "", "province", "tinh", "Tỉnh 01", "", ""]] + [[*u, "", ""] for u in many])
        vn = Hub(t, "VN")
        office = Agent(t, "VN", vn)
        office.import_rows([["GK", u[0], "1/QĐ-UBND", "20/12/2024", "2024", "", "individual", u[0], 1] for u in many[:9]],
                           head=HEAD)
        office.sync()
        judged = lambda: json.loads(vn.cmd("status", "--json").stdout)["counts"]["generation"]
        before = judged()
        ended = t.root / "ended.csv"
        write(ended, UNITS_HEAD, [[*u, "", "2025-06-30"] for u in many])
        told = json.loads(vn.cmd("units", "import", ended, "--json").stdout)
        assert told["said"] == len(many), told
        same(judged() - before, 1, "judged once, by the time that the command ends")
        same(vn.quantity("VN", 2024, code="GK"), 9, "figures")
        office.import_rows([["GK", "14000", "2/QĐ-UBND", "20/12/2024", "2024", "", "individual", "14000", 1]], head=HEAD)
        office.sync()
        same(vn.quantity("VN", 2024, code="GK"), 10, "and it goes on")
        vn.audit()


def uncounted():
    with Tree() as t:
        t.units, _ = small(t.root)
        vn = Hub(t, "VN")
        office = Agent(t, "VN", vn)
        office.import_rows([["GK", c, "1/QĐ-UBND", "20/12/2024", "2024", "", "individual", c, n]
                            for c, n in (("00001", 10), ("00002", 20))], head=HEAD)
        office.sync()
        early, titles = t.root / "early.csv", t.root / "titles.csv"
        write(early, UNITS_HEAD, [["00002", "01", "commune", "xa", "Xã 00002", "", "2024-06-30"]])
        row = next(r for r in read(CATALOGUE) if r["code"] == "GK" and r["valid_to"] == "2025-06-30")
        row["valid_to"] = "2024-06-30"
        write(titles, list(row), [list(row.values())])
        for command, file, left in (("units", early, 10), ("catalog", titles, 0)):
            before = vn.quantity("VN", 2024, code="GK")
            plan = json.loads(vn.cmd(command, "import", file, "--dry-run", "--json").stdout)
            moved = [m for m in plan["rows"] if m["place"] == "VN" and m["year"] == "2024"]
            same([(m["before"], m["after"]) for m in moved], [(before, left)], "what the dry run of %s says" % command)
            assert plan["stop_counting"] > 0 and plan["confirm"], plan
            for more in ((), ("--confirm", "0" * 12)):
                p = vn.cmd(command, "import", file, *more, ok=(1,))
                assert "--dry-run" in p.stderr and "nothing was changed" in p.stderr, p.stderr
                same(vn.quantity("VN", 2024, code="GK"), before, "refused without the code")
            told = vn.cmd(command, "import", file, "--confirm", plan["confirm"]).stdout
            same(vn.quantity("VN", 2024, code="GK"), left, "said with the code: " + told)
        right = t.root / "right.csv"
        write(right, UNITS_HEAD, [["00002", "01", "commune", "xa", "Xã 00002", "", "2025-06-30"]])
        row["valid_to"] = "2025-06-30"
        write(titles, list(row), [list(row.values())])
        plan = json.loads(vn.cmd("units", "import", right, "--dry-run", "--json").stdout)
        same(plan["stop_counting"], 0, "the date put right")
        vn.stop()
        vn.cmd("units", "import", right)
        vn.cmd("catalog", "import", titles)
        vn.start()
        same(vn.quantity("VN", 2024, code="GK"), 30, "what was in quarantine counts again")
        vn.audit()


if __name__ == "__main__":
    sys.argv = [a for a in sys.argv if a != "--seconds"] + (["--seconds"] if "--seconds" in sys.argv else [])
    cases = {"whole": whole, "heirs": heirs, "kinds": kinds, "once": once, "uncounted": uncounted}
    for name in [a for a in sys.argv[1:] if not a.startswith("--")] or list(cases):
        cases[name]()
        print("ok", name, flush=True)
