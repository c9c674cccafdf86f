"""Published year-end reviews, told by offices and asked for again as texts and lists, with the real binaries.

    reviews.py district    Cần Giuộc 2020: awards by level, pledges for the next year, a movement launched
    reviews.py congress    Gia Lộc 2015-2020: a span of years, exemplars, movements carried on
    reviews.py cluster     cụm thi đua số 1 of Đồng Tháp 2020: points and ranks, general and by theme, proposals
    reviews.py titles      Kiên Lương 2018: titles of emulation, a theme, models
"""
import csv, io, json

from tree import Agent, Hub, Tree, main, same

UNITS = ["code", "parent", "level", "type", "name"]


def site(t, province, districts):
    rows = [[province[0], "", "province", "tinh", province[1]]]
    rows += [[code, province[0], "district", "huyen", name] for code, name in districts]
    t.units = t.root / "units.csv"
    with open(t.units, "w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([UNITS, *rows])
    return Hub(t, "VN")


def tell(agent, head, *rows):
    told = agent.import_rows([list(r) for r in rows], head=head)
    same(told["refused"] + told["asked"], 0, told["rows"])
    agent.sync()


AWARD = ["kind", "code", "authority", "level", "decision number", "decision_date", "period", "recipient", "quantity", "type"]


def totals(*rows):
    return [["award", code, authority, level, number, date, period, recipient, quantity, kind]
            for code, authority, level, number, date, period, recipient, quantity, kind in rows]


def review(hub, place, year, *more):
    text = hub.cmd("review", "--place", place, "--year", year, "--lang", "vi", *more).stdout
    hub.audit()
    return text


def holds(text, *words):
    for word in words:
        assert word in text, "%r is not in\n%s" % (word, text)


def district():
    with Tree() as t:
        vn = site(t, ("80", "Tỉnh Long An"), [("807", "Huyện Cần Giuộc")])
        office = Agent(t, "807", vn)
        tell(office, AWARD, *totals(
            ("HC_LD_2", "CTN", "", "1/QĐ-CTN", "10/11/2020", "2020", "collective", 2, "merit"),
            ("CO_CP", "CP", "", "2/QĐ-TTg", "10/11/2020", "2020", "collective", 2, "merit"),
            ("BK_BT", "80", "", "3/QĐ-UBND", "10/12/2020", "2020", "collective", 35, "merit"),
            ("BK_BT", "80", "", "3/QĐ-UBND", "10/12/2020", "2020", "individual", 61, "merit"),
            ("GK", "807", "", "4/QĐ-UBND", "20/12/2020", "2020", "collective", 298, "merit"),
            ("GK", "807", "", "4/QĐ-UBND", "20/12/2020", "2020", "individual", 1454, "merit")))
        tell(office, ["kind", "year", "quantity"], ("pledge", "2021", 4))
        tell(office, ["kind", "name", "year", "method"], ("movement", "Thi đua phục vụ bầu cử 2021", "2020", "thematic"))
        holds(review(vn, "807", 2020), "Huân chương Lao động hạng Nhì", "2 tập thể", "Cờ thi đua của Chính phủ",
              "35 tập thể, 61 cá nhân", "298 tập thể, 1.454 cá nhân", "năm 2021: 4",
              "Thi đua phục vụ bầu cử 2021")


def congress():
    with Tree() as t:
        vn = site(t, ("30", "Tỉnh Hải Dương"), [("297", "Huyện Gia Lộc")])
        office = Agent(t, "297", vn)
        span = "giai đoạn 2015-2020"
        tell(office, AWARD, *totals(
            ("BK_BT", "30", "", "3/QĐ-UBND", "10/06/2020", span, "collective", 5, "merit"),
            ("BK_BT", "30", "", "3/QĐ-UBND", "10/06/2020", span, "individual", 10, "merit"),
            ("GK", "297", "", "4/QĐ-UBND", "20/06/2020", span, "collective", 25, "merit"),
            ("GK", "297", "", "4/QĐ-UBND", "20/06/2020", span, "individual", 65, "merit")))
        tell(office, ["kind", "period", "recipient", "quantity", "note"],
             ("exemplar", span, "individual", 90, "9 đại biểu dự đại hội tỉnh"))
        text = review(vn, "297", "2015-2020")
        holds(text, "5 tập thể, 10 cá nhân", "25 tập thể, 65 cá nhân", "90 cá nhân")
        same(vn.quantity("297", 2020, code="GK"), 0, "a span is in none of its years")


def cluster():
    towns = [("866", "Thành phố Cao Lãnh"), ("867", "Thành phố Sa Đéc"), ("868", "Thành phố Hồng Ngự"),
             ("875", "Huyện Lấp Vò")]
    with Tree() as t:
        vn = site(t, ("87", "Tỉnh Đồng Tháp"), towns)
        book = t.root / "clusters.csv"
        book.write_text("code,name,level,year,managing,lead,members\n"
                        "C1,Cụm thi đua số 1,,2020,87,866,866 867 868 875\n"
                        "C1,Cụm thi đua số 1,,2021,87,875,866 867 868 875\n", encoding="utf-8")
        vn.cmd("clusters", "import", book)
        lead, province, own = Agent(t, "866", vn), Agent(t, "87", vn), Agent(t, "868", vn)
        theme = "Chỉnh trang quy hoạch, quản lý và phát triển đô thị"
        score = ["kind", "cluster", "year", "place", "managing", "movement", "points_self", "points_final", "rank"]
        tell(own, score, ("score", "cụm 1", "2020", "868", "87", "", "960,5", "", ""))
        tell(lead, score, *[("score", "Cụm TĐ số 1", "2020", member, "87", movement, "", points, rank)
                            for member, movement, points, rank in (("867", "", "943,72", 2), ("868", "", "957,93", 1),
                                                                   ("866", theme, "", 1))])
        tell(lead, ["kind", "cluster", "year", "theme", "members", "lead"],
             ("pledge", "Cụm thi đua số 1", "2021", "Xây dựng môi trường xanh, sạch, đẹp", "866 867 868 875", "875"))
        tell(province, ["kind", "code", "recipient", "place", "year", "quantity"],
             ("proposal", "CO_BT", "collective", "868", "2020", 1),
             ("proposal", "BK_BT", "collective", "867", "2020", 1), ("proposal", "BK_BT", "collective", "866", "2020", 1))
        rows = json.loads(vn.cmd("clusters", "--place", "87", "--year", 2020, "--json").stdout)["rows"]
        same([(r["movement"], r["member"], r["rank"], r["computed"], r["total"]) for r in rows],
             [("", "868", 1, 1, 957.93), ("", "867", 2, 2, 943.72), (theme, "866", 1, None, None)], "who stood where")
        same({(r["lead"], r["self_scored"]) for r in rows if r["member"] == "868"}, {("866", 960.5)}, "his own points")
        same(json.loads(vn.cmd("clusters", "--place", "867", "--year", 2020, "--json").stdout)["rows"], rows[:2],
             "asked by a member: a rank is one among all")
        text = review(vn, "87", 2020)
        holds(text, "Cụm thi đua số 1", "Thành phố Hồng Ngự 957,93 điểm, hạng 1; Thành phố Sa Đéc 943,72 điểm, hạng 2",
              theme, "Thành phố Cao Lãnh hạng 1", "năm 2021: 1", "đề nghị".capitalize())
        asked = json.loads(vn.cmd("list", "proposals", "--place", "87", "--year", 2020, "--json").stdout)["rows"]
        same(len(asked), 3, "proposals, each with its place")
        pledges = vn.cmd("list", "pledges", "--place", "87", "--year", 2021, "--lang", "vi").stdout
        holds(pledges, "Xây dựng môi trường xanh, sạch, đẹp")


def titles():
    with Tree() as t:
        vn = site(t, ("91", "Tỉnh Kiên Giang"), [("902", "Huyện Kiên Lương")])
        office = Agent(t, "902", vn)
        tell(office, AWARD, *totals(
            ("TTLDTT", "902", "", "1/QĐ-UBND", "20/12/2018", "2018", "collective", 27, "merit"),
            ("LDTT", "902", "", "1/QĐ-UBND", "20/12/2018", "2018", "individual", 265, "merit"),
            ("CSTD_CS", "902", "", "2/QĐ-UBND", "20/12/2018", "2018", "individual", 43, "merit"),
            ("GK", "902", "", "3/QĐ-UBND", "20/12/2018", "2018", "collective", 3, "thematic"),
            ("GK", "902", "", "3/QĐ-UBND", "20/12/2018", "2018", "individual", 7, "thematic")))
        tell(office, ["kind", "year", "recipient", "model"], *[("exemplar", "2018", "collective", "Mô hình xã " + xa)
                                                              for xa in ("Hòa Điền", "Kiên Bình")])
        holds(review(vn, "902", 2018), "27 tập thể", "265 cá nhân", "43 cá nhân", "3 tập thể, 7 cá nhân", "2 ")
        counted = list(csv.DictReader(io.StringIO(
            vn.cmd("records", "--counted", "--place", "902", "--year", 2018, "--csv").stdout.lstrip("\ufeff"))))
        same(sum(int(r["quantity"]) for r in counted if r["kind"] == "award"), 27 + 265 + 43 + 3 + 7, "each record, and how much of it")


if __name__ == "__main__":
    main({"district": district, "congress": congress, "cluster": cluster, "titles": titles})
