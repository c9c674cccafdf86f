"""The country reorganised: the tree of 63 provinces, 696 districts and 10,035 communes with its records, then the
reform of 2025-07-01. With the real unit trees where they are at hand (LT_DATA, else ../shared/data beside the
sources), else with a generated reform of the same shape.

    reform.py whole             the test
    reform.py whole --seconds   and how long each step took
"""
import csv, os, pathlib, random, sys, time

from tree import Agent, Hub, SOURCE, Tree, same

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


if __name__ == "__main__":
    sys.argv = [a for a in sys.argv if a != "--seconds"] + (["--seconds"] if "--seconds" in sys.argv else [])
    cases = {"whole": whole}
    for name in [a for a in sys.argv[1:] if not a.startswith("--")] or list(cases):
        cases[name]()
        print("ok", name, flush=True)
