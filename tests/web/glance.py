"""At one glance: the overview of a place, places side by side, and what Prometheus and Grafana read.

    glance.py overview     tiles, years, ranks and the map of who declared, against what the commands say
    glance.py compare      places side by side, as page and as data
    glance.py ranked       rankings of clusters and what tellers tell differently, as the commands have them
    glance.py monitoring   the alert rules and the dashboard speak of what /metrics tells; promtool where there is one
"""
import shutil

from browser import *
from pages import district, read_csv, read_xlsx
from reviews import site
from reviews import tell as says

SAID = re.compile(r'<th scope="row">(.*?)</th><td class="n">(.*?)</td>', re.S)


def plain(text):
    return re.sub("<[^>]*>", "", text).replace("&amp;", "&").strip()


def section(page, heading):
    return re.search(r'<section class="chart"><h2>%s</h2>(.*?)</section>' % re.escape(heading), page, re.S).group(1)


def bars(page, heading):
    return [(plain(label), int(plain(number).replace(",", ""))) for label, number in SAID.findall(section(page, heading))]


def quantities(hub, place, year, by, *more):
    return json.loads(hub.cmd("figures", "--place", place, "--year", str(year), "--by", by, "--json", *more).stdout)["cells"]


def overview():
    t, vn, office = district()
    with t:
        owed = t.root / "owed.csv"
        owed.write_text("unit,within,level,nature,kind,period,due,exempt\n807,,,,,2018,2019-03-31,\n807,,,,,2020,2021-03-31,\n28162,,,,,2020,2021-03-31,\n")
        vn.cmd("obligations", "import", owed)
        b = Browser(Web(vn, "--open"), "en")
        until(lambda: "of those that owe it" in b.get("/overview?place=80&year=2020").text, "the map of who declared")
        page = b.get("/overview?place=80&year=2020").text
        cells = quantities(vn, "80", 2020, "code")
        total = sum(c["quantity"] for c in cells)
        tiles = dict((plain(w), plain(n)) for n, w in re.findall(r"<b>(.*?)</b> <span>(.*?)</span>", page))
        same(tiles.get("awards · in 2019: not known"), "{:,}".format(total), "the tile of awards: %r" % tiles)
        for cell in quantities(vn, "80", 2020, "recipient"):
            same(tiles[cell["recipient"]], "{:,}".format(cell["quantity"]), "the tile of " + cell["recipient"])
        same(sorted(n for _, n in bars(page, "Titles")), sorted(c["quantity"] for c in cells), "titles")
        same([n for _, n in bars(page, "Titles")], sorted((c["quantity"] for c in cells), reverse=True)[:12], "greatest first")
        same(json.loads(b.get("/overview.json?place=80&year=2020").body)["codes"],
             [{"value": c["code"], "count": c["count"], "quantity": c["quantity"]} for c in cells], "as JSON")
        told = re.search(r'class="columns" role="group" aria-label="([^"]*)"', page).group(1)
        same(told, "2016: –; 2017: –; 2018: –; 2019: –; 2020: {:,}".format(total), "a year that nobody told of is no zero")
        declares_nothing(b, t, office)
        ways(b, page, cells)
        ranks(b, t, vn)
        for wrong in ("place=nowhere", "place=80&year=x", "place=80&basis=x"):
            same(b.ask("/overview?" + wrong).status in (400, 404), True, wrong)
        b.get("/overview.csv?place=80&year=2020", 404)


def declares_nothing(b, t, office):
    """A year in which the one that owes it has declared that there was nothing shows a zero."""
    office.import_rows([["declaration", "2018", "yes"]], head=["kind", "year", "nil"])
    office.sync()
    until(lambda: "2018: 0;" in b.get("/overview?place=80&year=2020").text, "the zero of 2018")
    heat = re.search(r'<table class="heat-map">(.*?)</table>', b.get("/overview?place=80&year=2020").text, re.S).group(1)
    # 2018: the one that owed it declared; 2020: two owe, none has
    row = re.search(r"<tr><th scope=\"row\">[^<]*<small>807</small></th>(.*?)</tr>", heat, re.S).group(1)
    same([plain(c) for c in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)], ["–", "–", "1/1", "–", "0/2"], "the map")


def ways(b, page, cells):
    """Each title leads to the units behind it, its number to exactly its records."""
    named = {c["code"]: c["quantity"] for c in cells}
    found = re.findall(r'<th scope="row"><a href="([^"]*)">[^<]*</a></th><td class="n"><a href="([^"]*)">([^<]*)</a>',
                       section(page, "Titles"))
    same(len(found), len(named), "titles with ways")
    for units, records, number in found:
        units, records = units.replace("&amp;", "&"), records.replace("&amp;", "&")
        code = urllib.parse.parse_qs(records.split("?")[1])["where"][0].split("=")[1]
        same(int(number.replace(",", "")), named[code], code)
        rows = b.json(records.replace("/records?", "/records.json?"))["rows"]
        same(sum(r["counted"] for r in rows), named[code], "the records behind " + code)
        places = b.json(units.replace("/figures?", "/figures.json?"))["cells"]
        same(sum(c["quantity"] for c in places), named[code], "the units behind " + code)


def ranks(b, t, vn):
    """Two units with as much share a rank, and the next is third."""
    for unit, titles in (("28162", 3), ("28165", 3), ("28168", 1)):
        agent = Agent(t, unit, vn)
        agent.import_rows([award(name="Nguyễn Văn %d" % i, number="%d/QĐ-UBND" % i, date="01/02/2025", year="2024") for i in range(titles)])
        agent.sync()
    page = lambda: section(b.get("/overview?place=807&year=2024").text, "Units, ranked")
    against = lambda: re.search(r"awards · (.*?)</span>", b.get("/overview?place=807&year=2024").text)[1]
    until(lambda: page().count("<tr>") == 3, "three units ranked")
    same(re.findall(r'class="n rank">(\d+)<', page()), ["1", "1", "3"], "ranks")
    last = Agent(t, "28174", vn)
    for year, titles in (("2023", 8), ("2024", 1)):
        last.import_rows([award(name="Lê Văn %d" % i, number="%s/QĐ" % year, date="01/02/2025", year=year) for i in range(titles)])
        last.sync()
    until(lambda: against() == "0 against 2023, not all have declared both", "as much as the year before: %r" % against())
    last.import_rows([award(name="Lê Văn Hai", number="2/QĐ", date="01/02/2025", year="2024") for i in range(1)])
    last.sync()
    until(lambda: against() == "+1 (+12%) against 2023, not all have declared both", "more than the year before: %r" % against())


def compare():
    t, vn, office = district()
    with t:
        b = Browser(Web(vn, "--open"), "en")
        codes = {c["code"]: c["quantity"] for c in quantities(vn, "80", 2020, "code")}
        told = read_csv(b.get("/compare.csv?place=80&place=35&place=807&period=2020").body)
        same({r["code"].split()[0]: int(r["place_1"]) for r in told}, codes, "80")
        same({r["place_2"] for r in told}, {""}, "35 has told nothing, and that is no zero")
        page = b.get("/compare?place=80&place=35&period=2020").text
        same([r["35 Tỉnh Hà Nam"] for r in rows_of(page)], ["…"] * len(codes), "nor on the page")
        assert "has not declared all of the period" in page
        same({r["80 Tỉnh Long An"] for r in rows_of(b.get("/compare?place=80&place=35&period=2020&where=recipient%3Dhousehold").text)}, set(), "no rows, no zeros")
        by_recipient = rows_of(b.get("/compare?place=80&place=28162&period=2020&by=recipient").text)
        same({r["28162 Xã Phước Lý"] for r in by_recipient}, {"…"}, "28162 has declared nothing yet")
        owed = t.root / "owed.csv"
        owed.write_text("unit,within,level,nature,kind,period,due,exempt\n28162,,,,,2020,2021-03-31,\n")
        vn.cmd("obligations", "import", owed)
        nil = Agent(t, "28162", vn)
        nil.import_rows([["declaration", "2020", "yes"]], head=["kind", "year", "nil"])
        nil.sync()
        zero = lambda: {r["place_2"] for r in read_csv(b.get("/compare.csv?place=80&place=28162&period=2020").body)}
        until(lambda: zero() == {"0"}, "declared that there was nothing: a zero")
        same({r["code"].split()[0]: int(r["place_3"]) for r in told}, codes, "807")
        same({r["place_1"] for r in b.json("/compare.json?place=28162&place=80&period=2020&where=code%3DCO_BT")["rows"]} | {0}, {0}, "a zero in each filter")
        page = rows_of(b.get("/compare?place=80&place=35&period=2020").text)
        same(sum(int(r["80 Tỉnh Long An"].replace(",", "")) for r in page), sum(codes.values()), "on the page")
        levels = b.json("/compare.json?place=80&place=VN&period=2020&by=level")["rows"]
        same({r["place_1"] - r["place_2"] for r in levels}, {0}, "all that VN has is of 80")
        same(b.get("/compare").status, 200, "nothing asked yet")
        b.get("/compare?" + "place=80&" * 11 + "period=2020", 400)
        b.get("/compare?place=80&place=nowhere&period=2020", 404)
        b.get("/compare?place=80&period=2020&by=moon", 400)


def lists():
    """Proposals, exemplars and the others, as the command lists them; names only for who may see them."""
    t, vn, office = district()
    with t:
        office.import_rows([["proposal", "BK_BT", "individual", "Nguyễn Thị Hoa", "807", "2020"],
                            ["proposal", "BK_BT", "collective", "Trường Cần Giuộc", "807", "2020"]],
                           head=["kind", "code", "recipient", "name", "place", "year"])
        office.import_rows([["exemplar", "2020", "individual", "Trần Văn Mẫu"]], head=["kind", "year", "recipient", "name"])
        office.import_rows([["movement", "Thi đua yêu nước", "2020", "regular"]], head=["kind", "name", "year", "method"])
        office.import_rows([["pledge", "2020", "4"]], head=["kind", "year", "quantity"])
        office.import_rows([["declaration", "2019", "yes"]], head=["kind", "year", "nil"])
        office.sync()
        account(vn, "xem", "--place", "80")
        account(vn, "ten", "--place", "80", "--names")
        web = Web(vn)
        seen, named = Browser(web, "en"), Browser(web, "en")
        seen.log_in("xem"), named.log_in("ten")
        for list, year in (("proposals", 2020), ("exemplars", 2020), ("movements", 2020), ("pledges", 2020), ("declarations", 2019)):
            want = json.loads(vn.cmd("list", list, "--place", "80", "--year", year, "--json").stdout)["rows"]
            asked = "/lists/%s%%s?place=80&year=%d" % (list, year)
            until(lambda: len(named.json(asked % ".json")["rows"]) == len(want) > 0, "the rows of " + list)
            rows = named.json(asked % ".json")["rows"]
            same([{k: v for k, v in r.items() if k not in ("group", "update")} for r in rows], want, list)
            page = seen.get(asked % "").text
            same(page.count("/updates/"), len(want), "each leads to its signed update")
            assert "Hoa" not in page + str(seen.json(asked % ".json")) and "Mẫu" not in page, page
            assert seen.get(asked % ".csv").body.startswith(b"\xef\xbb\xbf")
        assert "names read by ten" in web.log_text() and "names read by xem" not in web.log_text()
        tile = re.search(r'<a href="(/lists/proposals[^"]*)"><b>2</b>', named.get("/overview?place=80&year=2020").text)
        assert "Nguyễn Thị Hoa" in named.get(tile.group(1).replace("&amp;", "&")).text
        named.get("/lists/none?place=80&year=2020", 404)
        named.get("/lists/proposals?place=80&period=2020-Q1&basis=decided", 400)
        named.get("/lists/proposals?place=30&year=2020", 403)


def ranked():
    """Equal points share a rank and the next is as much further; each row leads to the records that it comes from."""
    with Tree() as t:
        vn = site(t, ("87", "Tỉnh Đồng Tháp"), [("866", "Thành phố Cao Lãnh"), ("867", "Thành phố Sa Đéc"), ("868", "Thành phố Hồng Ngự")])
        book = t.root / "clusters.csv"
        book.write_text("code,name,level,year,managing,lead,members\nC1,Cụm thi đua số 1,,2020,87,866,866 867 868\n", encoding="utf-8")
        vn.cmd("clusters", "import", book)
        lead, member, province = Agent(t, "866", vn), Agent(t, "867", vn), Agent(t, "87", vn)
        says(lead, ["kind", "cluster", "year", "place", "managing", "points_final"],
             *[("score", "C1", "2020", code, "87", points) for code, points in (("866", "90,5"), ("867", "95,25"), ("868", "95,25"))])
        decision = dict(code="BK_BT", authority="87", number="15/QĐ-UBND", date="20/01/2021", year="2020", place="867")
        for teller, quantity in ((province, "3"), (member, "9")):
            teller.import_rows([award(quantity=quantity, **decision)])
            teller.sync()
        b = Browser(Web(vn, "--open"), "en")
        for name, command, want in (("rankings", "clusters", 3), ("differences", "differences", 2)):
            asked = "/lists/%s%%s?place=87&year=2020" % name
            told = json.loads(vn.cmd(command, "--place", "87", "--year", "2020", "--json").stdout)
            same(len(told["rows"]), want, "rows of the command")
            until(lambda: len(b.json(asked % ".json")["rows"]) == want, "rows of the page")
            page = b.json(asked % ".json")
            same(page["schema"], told["schema"], "the schema")
            same([{k: v for k, v in row.items() if k != "group"} for row in page["rows"]], told["rows"], name)
            same(len(read_csv(b.get(asked % ".csv").body)), want, "as CSV")
            text = b.get(asked % "").text
            ways = [to.replace("&amp;", "&") for to in re.findall(r'href="(/records[^"]*)"', text)]
            same(len(ways), want, "each row leads to its records")
            for to in ways:
                assert "/updates/" in b.get(to).text, to
        rows = b.json("/lists/rankings.json?place=87&year=2020")["rows"]
        same([(r["rank"], r["member"], r["total"]) for r in rows], [(1, "867", 95.25), (1, "868", 95.25), (3, "866", 90.5)], "ties")
        assert "Cụm thi đua số 1, 2020" in rows[0]["group"] and "95.25" in b.get("/lists/rankings?place=87&year=2020").text
        assert [95.25] in [[cell for cell in row if cell == 95.25][:1] for row in read_xlsx(b.get("/lists/rankings.xlsx?place=87&year=2020").body)]
        assert "/lists/rankings?" in b.get("/overview?place=87&year=2020").text and "/lists/differences" in b.get("/needs").text


def monitoring():
    t, vn, office = district()
    with t:
        below = Hub(t, "80", vn)
        names = set()
        for hub in (vn, below):
            web = Web(hub, "--open")
            until(lambda: "lienthong_peers " in Browser(web).get("/metrics").text, "all metrics")
            metrics = Browser(web).get("/metrics").text
            names |= {line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE ")}
            if shutil.which("promtool"):
                p = subprocess.run(["promtool", "check", "metrics"], input=metrics, capture_output=True, text=True, timeout=60)
                same((p.returncode, p.stderr), (0, ""), "promtool check metrics")
        folder = tree.SOURCE / "packaging" / "monitoring"
        rules = (folder / "alerts.yml").read_text()
        dashboard = json.loads((folder / "grafana.json").read_text())
        for where, text in (("rules", "\n".join(re.findall(r"expr: (.*)", rules))),
                            ("dashboard", "\n".join(x["expr"] for p in dashboard["panels"] for x in p["targets"]))):
            spoken = set(re.findall(r"lienthong_[a-z_]+", text))
            assert len(spoken) > 5 and spoken <= names, "%s speak of %s" % (where, spoken - names)
        if shutil.which("promtool"):
            subprocess.run(["promtool", "check", "rules", folder / "alerts.yml"], check=True, timeout=60, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    tree.main({f.__name__: f for f in (overview, compare, lists, ranked, monitoring)})
