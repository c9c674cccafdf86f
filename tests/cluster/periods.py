"""Periods as offices owe, declare and close them, with the real binaries.

    periods.py owed      obligations, nil, missing, totals that differ, exempt; files that are refused
    periods.py closed    a closed period: what comes later counts, and is listed as late
    periods.py parts     months and quarters
    periods.py published figures that stay as they were published, and are restated with causes
"""
import csv, io, json, sys

from tree import Agent, Hub, Tree, main, same

HEAD = ["kind", "code", "decision number", "decision date", "year", "recipient", "place", "quantity", "nil", "totals"]
OWED = ["unit", "within", "level", "nature", "kind", "period", "due", "exempt"]
COMMUNES = ["0000%d" % i for i in range(1, 7)]


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f)
        w.writerow(head)
        w.writerows(rows)
    return path


def award(number, quantity, date="20/12/2024", year="2024"):
    return ["award", "GK", number, date, year, "individual", "", quantity, "", ""]


def declared(year="2024", nil="", totals=""):
    return ["declaration", "", "", "", year, "", "", "", nil, totals]


def site(t):
    """VN over province 01 with six communes; each has an office at VN."""
    units = [["01", "", "province", "tinh", "Tỉnh 01"]] + [[c, "01", "commune", "xa", "Xã " + c] for c in COMMUNES]
    t.units = write(t.root / "units.csv", ["code", "parent", "level", "type", "name"], units)
    vn = Hub(t, "VN")
    return vn, [Agent(t, c, vn) for c in COMMUNES]


def owe(t, vn, rows, ok=(0,)):
    return vn.cmd("obligations", "import", write(t.root / "owed.csv", OWED, rows), ok=ok)


def state(vn, period, *more):
    told = json.loads(vn.cmd("completeness", "--place", "VN", "--period", period, "--json", *more).stdout)
    return told, {r["unit"]: r["state"] for r in told["rows"]}


def late(vn, period, place="VN", ok=(0,)):
    p = vn.cmd("late", "--place", place, "--period", period, "--csv", ok=ok)
    return list(csv.DictReader(io.StringIO(p.stdout.lstrip("\ufeff")))) if p.returncode == 0 else p.stderr


def send(agent, *rows):
    told = agent.import_rows(list(rows), head=HEAD)
    same(told["refused"], 0, told["rows"])
    agent.sync()


def owed():
    with Tree() as t:
        vn, (a, b, c, d, e, f) = site(t)
        owe(t, vn, [["", "", "commune", "", "", "2024", "2025-01-15", ""], ["00006", "", "", "", "", "2024", "", "yes"]])
        told, states = state(vn, "2024")
        same(states, {**{u: "missing" for u in COMMUNES[:5]}, "00006": "exempt"}, "nobody has said anything")
        assert "0 said" in owe(t, vn, [["", "", "commune", "", "", "2024", "2025-01-15", ""]]).stdout
        send(a, award("1/QD", 10), declared(totals="GK/individual=10"))
        send(b, declared(nil="yes"))
        send(c, award("2/QD", 20))
        send(d, award("3/QD", 30), declared(totals="GK/individual=31"))
        told, states = state(vn, "2024")
        same(states, {"00001": "declared", "00002": "nil", "00003": "reported", "00004": "declared",
                      "00005": "missing", "00006": "exempt"}, "zero, missing and exempt are three things")
        same({k: told[k] for k in ("expected", "declared", "nil", "reported", "missing", "exempt", "mismatched", "complete")},
             {"expected": 5, "declared": 3, "nil": 1, "reported": 1, "missing": 1, "exempt": 1, "mismatched": 1,
              "complete": 2}, "the sums")
        mine = {"period": "2024", "kind": "", "due": "2025-01-15"}
        for agent in (a, c, f):
            agent.sync()
        same(a.status()["owed"], [{**mine, "declared": True, "overdue": False}], "an office that has declared")
        same(c.status()["owed"], [{**mine, "declared": False, "overdue": True}], "an office that has not")
        same(f.status()["owed"], [], "an office that owes nothing")
        assert "15/01/2025 (QUÁ HẠN)" in c.cmd("status", "--lang", "vi").stdout
        wrong = [r for r in told["rows"] if r["unit"] == "00004"][0]["mismatch"]
        assert "31" in wrong and "30" in wrong, wrong
        same(sorted(state(vn, "2024", "--missing")[1]), ["00003", "00005"], "whom to remind")
        foot = json.loads(vn.cmd("form", "0602", "--place", "VN", "--period", "2024", "--json").stdout)["completeness"]
        same({n: foot["owed"][n] for n in ("expected", "declared", "declared_nil", "missing", "mismatched", "closed")},
             {"expected": 5, "declared": 3, "declared_nil": 1, "missing": 1, "mismatched": 1, "closed": False}, "a form's foot")
        text = vn.cmd("form", "0602", "--place", "VN", "--period", "2024", "--lang", "vi").stdout
        assert "Phải báo cáo 5: đã chốt 3" in text and "còn thiếu 1" in text, text[-900:]
        same(state(vn, "2023")[0]["expected"], 0, "nothing is owed for another year")
        before = json.loads(vn.cmd("status", "--json").stdout)["directives"]
        for rows, word in (
                ([["00001", "", "", "", "", "2024-13", "2025-01-15", ""]], "2024-13"),
                ([["99999", "", "", "", "", "2024", "2025-01-15", ""]], "99999"),
                ([["00001", "", "", "", "prize", "2024", "2025-01-15", ""]], "prize"),
                ([["00001", "", "", "", "", "2024", "31/02/2025", ""]], "31/02/2025"),
                ([["00001", "", "", "", "", "2024", "", ""]], "last day"),
                ([["00001", "01", "", "", "", "2024", "2025-01-15", ""]], "described"),
                ([["00001", "", "", "", "", "2024", "2025-01-15", "perhaps"]], "perhaps"),
                ([["00001", "", "", "", "", "2024", "2025-01-15", ""]] * 2, "already")):
            said = owe(t, vn, rows, ok=(1, 2, 64)).stderr
            line = ":%d" % (1 + len(rows))
            assert word in said and line in said and "nothing was changed" in said, said
        same(json.loads(vn.cmd("status", "--json").stdout)["directives"], before, "the book after refused files")
        vn.audit()


def closed():
    with Tree() as t:
        vn, (a, b, c, d, e, f) = site(t)
        owe(t, vn, [["", "", "commune", "", "", "2024", "2025-01-15", ""]])
        send(a, award("1/QD", 10), declared(totals="GK/individual=10"))
        send(b, award("2/QD", 20), award("3/QD", 5, year="2023"))
        assert "open" in late(vn, "2024", ok=(1,))
        said = vn.cmd("close", "--place", "VN", "--period", "2024", ok=(1,)).stderr
        assert "5 of the 6" in said, said
        assert "Would close" in vn.cmd("close", "--place", "VN", "--period", "2024", "--dry-run").stdout
        assert "open" in late(vn, "2024", ok=(1,)), "a dry run closes nothing"
        vn.cmd("close", "--place", "VN", "--period", "2024", "--yes")
        same(late(vn, "2024"), [], "nothing is late yet")
        same(state(vn, "2024")[0]["closed"], True, "closed")
        send(c, award("4/QD", 40), award("5/QD", 7, year="2023"), declared(totals="GK/individual=40"))
        row = [r for r in b.records() if r["quantity"] == "20"][0]
        b.import_rows([award("2/QD", 25) + [row["ref"]]], head=HEAD + ["row reference"])
        b.sync()
        told = late(vn, "2024")
        same(sorted((r["unit"], r["change"], r["kind"], r["quantity"]) for r in told),
             [("00002", "changed", "award", "25"), ("00003", "new", "award", "40"),
              ("00003", "new", "declaration", "1")],
             "late: the correction, the new record and the declaration; not what is of 2023")
        same(late(vn, "2024", place="00002")[0]["change"], "changed", "of one commune, by the closing above")
        same(vn.quantity("VN", 2024, code="GK"), 75, "what is late counts")
        states = {r["unit"]: r["late"] for r in state(vn, "2024")[0]["rows"] if r["late"]}
        same(list(states), ["00003"], "declared late")
        said = vn.cmd("close", "--place", "VN", "--period", "2024", ok=(1,)).stderr
        assert "closed" in said, said
        vn.stop()
        vn.start()
        same(len(late(vn, "2024")), 3, "after a new start")
        vn.cmd("close", "--place", "VN", "--period", "2024", "--yes")
        same(late(vn, "2024"), [], "closed again, it holds what came late")
        vn.audit()


def parts():
    with Tree() as t:
        vn, (a, b, *_) = site(t)
        owe(t, vn, [["", "", "commune", "", "", "2024-Q4", "2025-01-15", ""],
                    ["", "", "commune", "", "", "2024-11", "2024-12-05", ""]])
        send(a, award("1/QD", 10), award("2/QD", 3, date="05/11/2024"), award("3/QD", 4, date="05/02/2024"),
             declared("2024-Q4", totals="GK/individual=13"), declared("2024-11", totals="GK/individual=4"))
        send(b, award("4/QD", 8, date="06/08/2024"), declared("2024-Q4", nil="yes"))
        told, states = state(vn, "2024-Q4")
        same((states["00001"], states["00002"], states["00003"]), ("declared", "nil", "missing"), "the quarter")
        same(told["mismatched"], 0, "of the quarter by date of decision")
        told, states = state(vn, "2024-11")
        same((states["00001"], told["mismatched"], states["00002"]), ("declared", 1, "missing"), "November has 3, not 4")


def published():
    def shown(*more):
        return json.loads(vn.cmd("published", "TK 2024", "--json", *more).stdout)

    def quantities(cells):
        return {c["place"]: c["quantity"] for c in cells}

    with Tree() as t:
        vn, (a, b, c, *_) = site(t)
        send(a, award("1/QD", 10))
        send(b, award("2/QD", 20), award("9/QD", 9, year="2023"))
        question = ["--place", "VN", "--year", 2024, "--by", "place,code", "--where", "kind=award"]
        assert "Would publish" in vn.cmd("publish", "TK 2024", *question, "--dry-run").stdout
        assert "nothing named" in vn.cmd("published", "TK 2024", ok=(1,)).stderr, "a dry run publishes nothing"
        vn.cmd("publish", "TK 2024", *question)
        was = shown()
        same(was["changed"], False, "as it was published")
        same(was["versions"][0]["chains"], 2, "the chains that it was counted from")
        same(was["now"], was["versions"][0]["cells"], "the rows")
        total = sum(r["quantity"] for r in was["now"])
        same(total, 30, "what was published")
        assert "is published" in vn.cmd("publish", "TK 2024", *question, ok=(1,)).stderr
        assert "as they were" in vn.cmd("publish", "TK 2024", "--restate", ok=(1,)).stderr
        for wrong, word in ((["x" * 300], "too long"), (["a\nb"], "control"), ([], "NAME"),
                            (["t", "--by", "foo"], "foo"), (["t", "--restate", "--cause", "y" * 2000], "too long")):
            rest = [] if "--restate" in wrong else question[:4]
            assert word in vn.cmd("publish", *wrong, *rest, ok=(64,)).stderr, wrong
        said = json.loads(vn.cmd("published", "--json").stdout)["rows"]
        same(len(said), 1, "what is refused is not published")
        send(b, award("8/QD", 8, year="2023"))
        same(shown()["changed"], False, "another year moves nothing")

        send(c, award("4/QD", 40))
        row = [r for r in b.records() if r["quantity"] == "20"][0]
        b.import_rows([award("2/QD", 25) + [row["ref"]]], head=HEAD + ["row reference"])
        b.sync()
        now = shown()
        same((now["changed"], now["versions"]), (True, was["versions"]), "what was published stays")
        same(sum(r["quantity"] for r in now["now"]), 75, "what came later counts")
        assert "goes with" in vn.cmd("publish", "TK 2024", *question, "--cause", "x", ok=(2, 64)).stderr
        assert "again" in vn.cmd("publish", "TK 2024", "--restate", "--by", "code", ok=(2, 64)).stderr
        vn.cmd("publish", "TK 2024", "--restate", "--cause", "Bổ sung sau rà soát")
        cause = shown()["versions"][1]["cause"]
        for word in ("Bổ sung sau rà soát; ", "00002 Xã 00002: changed 1", "00003 Xã 00003: new 1"):
            assert word in cause, cause
        assert "2023" not in cause and "new 2" not in cause, cause
        same(shown()["changed"], False, "restated")

        a.import_rows([["delete"] + award("1/QD", 10)], head=["action"] + HEAD)
        a.sync()
        vn.cmd("publish", "TK 2024", "--restate")
        told = shown()
        same([v["number"] for v in told["versions"]], [0, 1, 2], "numbered")
        assert "00001" in told["versions"][2]["cause"] and "00003" not in told["versions"][2]["cause"], told
        same([sum(r["quantity"] for r in v["cells"]) for v in told["versions"]], [30, 75, 65], "each as it was")
        vn.stop()
        vn.start()
        same(shown(), told, "after a new start")
        table = list(csv.DictReader(io.StringIO(vn.cmd("published", "TK 2024", "--csv").stdout.lstrip("\ufeff"))))
        same({(r["number_0"], r["number_1"], r["number_2"], r["now"]) for r in table if r["place"] == "01"},
             {("30 (2)", "75 (3)", "65 (2)", "65 (2)")}, "side by side")
        text = vn.cmd("published", "TK 2024", "--lang", "vi").stdout
        for word in ("Đính chính lần 1", "Bổ sung sau rà soát", "Hiện nay", "01 Tỉnh 01", "vẫn như"):
            assert word in text, text
        vn.stop()  # said by the command itself where no hub runs; a name is one however it was typed
        vn.cmd("publish", "Niên gia\u0301m", *question)
        assert "is published" in vn.cmd("publish", "Niên giám", *question, ok=(1,)).stderr
        assert "Niên giám" in vn.cmd("published", "Niên gia\u0301m").stdout
        vn.cmd("close", "--place", "VN", "--period", "2024")
        vn.start()
        same(len(late(vn, "2024")), 0, "closed")
        listed = json.loads(vn.cmd("published", "--json").stdout)["rows"]
        same([(r["name"], r["number"]) for r in listed], [("Niên giám", 0)] + [("TK 2024", n) for n in range(3)], "the list")
        vn.audit()


if __name__ == "__main__":
    main({"owed": owed, "closed": closed, "parts": parts, "published": published})
