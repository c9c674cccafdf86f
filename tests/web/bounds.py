"""What the pages keep back: from strangers, from readers of the public pages, from accounts of other places.

    bounds.py strangers    without an account no unit is named, no stream is held, no name of another site leads here
    bounds.py rounded      the public pages: the same cell is shown the same however it is asked for, and nothing exact
    bounds.py entries      an account is of an entry of the tree, not of whoever bears its code
    bounds.py reused       completeness of a code that two units have borne; and every unit directly below, however many
    bounds.py zeros        a zero is one that was declared; what nobody told is none
"""
import http.client, unicodedata

from browser import *
from pages import district, many_units, read_csv

HEAD = ["kind", "code", "authority", "decision number", "decision date", "year", "recipient", "name", "quantity", "place", "nil", "totals"]


def row(**said):
    return [said.get(head, said.get(head.replace(" ", "_"), "")) for head in HEAD]


def stream(web, headers={}):
    """The status of an answer of /events; the stream itself stays open until it is closed."""
    line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=tree.PATIENCE_S)
    line.request("GET", "/events", headers=headers)
    return line, line.getresponse().status


def strangers():
    t, vn, office = district()
    with t:
        web = Web(vn)
        nobody = Browser(web, "en")
        for page in ("/livez", "/login", "/metrics", "/api"):
            answer = nobody.get(page + "?place=" + urllib.parse.quote("can giuoc"))
            assert "28159" not in answer.text, "%s names units" % page
        same(stream(web)[1], 401, "news for a stranger")
        account(vn, "xem")
        b = Browser(web, "en")
        b.log_in("xem")
        cookie = {"Cookie": "; ".join("%s=%s" % (c.name, c.value) for c in b.jar)}
        held = [stream(web, cookie) for _ in range(17)]
        same([status for _, status in held], [200] * 17, "streams of one account")
        end = next((line for line in held[0][0].sock.makefile("rb") if line == b"0\r\n"), None)
        assert end is not None, "the oldest has not given way"
        account(vn, "xem.nua")
        other = Browser(web, "en")
        other.log_in("xem.nua")
        same(stream(web, {"Cookie": "; ".join("%s=%s" % (c.name, c.value) for c in other.jar)})[1], 200, "a stream of another")
        for line, _ in held:
            line.close()
        assert "data-still" in nobody.get("/login").text and "data-still" not in b.get("/figures").text
        told_of_totals(t, vn)
        rebound(vn)


def told_of_totals(t, vn):
    """By the public switch: who has declared, and nothing of the totals that differ; places by their codes, and no search."""
    office = Agent(t, "28162", vn)
    given = dict(kind="award", code="GK", authority="28162", decision_number="1/QD", decision_date="2024-03-05", year="2024", recipient="collective")
    office.import_rows([row(**given, name="Tổ một")], head=HEAD)
    office.import_rows([row(kind="declaration", year="2024", totals="GK/individual=1")], head=HEAD)
    office.sync()
    owed = t.root / "owed.csv"
    owed.write_text("unit,within,level,nature,kind,period,due,exempt\n28162,,,,,2024,2025-01-15,\n28165,,,,,2024,2025-01-15,\n")
    vn.cmd("obligations", "import", owed)
    exact, shown = Browser(Web(vn, "--open"), "en"), Browser(Web(vn, "--public"), "en")
    asked = "?place=80&period=2024"
    until(lambda: "told 0" in exact.get("/completeness.json" + asked).text, "totals that differ")
    for ending in (".json", ".csv", ""):
        text = shown.get("/completeness" + ending + asked).text
        for word in ("told 0", "GK", "mismatch", "quarantined", "contested", "newest", "differ", "not matching"):
            assert word not in text, "%s of completeness%s" % (word, ending)
    same([(r["unit"], r["state"], r["what_to_do"]) for r in shown.json("/completeness.json" + asked)["rows"]],
         [("28162", "declared", "declared"), ("28165", "missing", "overdue, nothing yet: remind the unit")], "who has declared")
    page = shown.get("/figures" + asked.replace("period", "year")).text
    assert "1 of 2 units that owe it have declared" in page and "not matching" not in page and "Place (code)" in page
    answer = shown.get("/figures?year=2024&place=" + urllib.parse.quote("can giuoc"), 400)
    assert "28159" not in answer.text, "a search"


def rebound(vn):
    """--open obeys no page that reaches it under a name of its own."""
    web = Web(vn, "--open")
    b = Browser(web)
    for host, want in (("evil.example", 421), ("evil.example:%d" % web.port, 421), ("127.0.0.1.evil.example", 421), ("localhost.evil", 421),
                       ("localhost", 200), ("localhost:%d" % web.port, 200), ("127.0.0.1:%d" % web.port, 200), ("[::1]:8080", 200)):
        same(b.ask("/units.json", headers={"Host": host}).status, want, "Host: " + host)
    same(stream(web, {"Host": "evil.example"})[1], 421, "news for another name")


def rounded():
    """Seven communes with one award each, of which no question tells that it is one; and the demo's figures."""
    t, vn, office = district()
    with t:
        communes = ["28159", "28162", "28165", "28168", "28174", "28177", "28180"]
        given = dict(kind="award", code="CSTD_CS", authority="807", decision_number="9/QD", decision_date="2024-03-05", year="2024", recipient="individual")
        office.import_rows([row(**given, name="Người %d" % i, place=place) for i, place in enumerate(communes)], head=HEAD)
        office.sync()
        web = Web(vn, "--public")
        b = Browser(web, "en")
        until(lambda: b.ask("/figures.json?place=807&year=2024&by=place").json().get("rows") is not None, "the pages")
        asked = ["place=80&year=2020&by=code,level,recipient", "place=807&year=2024&by=place", "place=VN&year=2015..2024&by=kind,year",
                 "place=80&year=2020&by=recipient,type", "place=807&year=2024&basis=decided&by=quarter"]
        for question in asked:
            neighbours(b, vn, question)
        ways_to_ask(b)
        words = b.get("/figures?place=807&year=2024&by=place&across=code").text
        assert "…" not in str(rows_of(words)) and "rounded at random" in words
        assert "làm tròn ngẫu nhiên" in Browser(web, "vi").get("/figures?place=807&year=2024").text
        told = [b.get("/figures.json?" + question).body for question in asked]
        refused = b.get("/figures.json?place=80&year=2020&where=code%3DKHONG", 400).text
        assert "GK" not in refused and "there are" not in refused, "a refusal lists what there is: " + refused
        assert "lienthong_records " not in b.get("/metrics").text and "lienthong_contested" not in b.get("/metrics").text
        web.stop()
        again = Browser(Web(vn, "--public"), "en")
        same([again.get("/figures.json?" + question).body for question in asked], told, "after a restart")
        saved, restored = t.root / "saved", t.root / "restored"
        vn.cmd("backup", saved)
        run(vn.program, "restore", saved, "--dir", restored)
        key = (vn.dir / "web-rounding.key").read_bytes()
        same((restored / "web-rounding.key").read_bytes(), key, "the key of a restored hub")
        same((restored / "web-rounding.key").stat().st_mode & 0o777, 0o600, "its mode")


def neighbours(b, vn, question):
    """Each number is a multiple of 5 next to the exact one; what comes to nothing is not there."""
    words = dict(urllib.parse.parse_qsl(question))
    by = words["by"].split(",")
    exact = json.loads(vn.cmd("figures", *[w for k, v in words.items() for w in ("--" + k, v)], "--json").stdout)["cells"]
    shown = {tuple(r[d] for d in by): r for r in b.json("/figures.json?" + question)["rows"]}
    assert exact and len(shown) <= len(exact), question
    for cell in exact:
        there = shown.get(tuple(str(cell[d]) for d in by), {"count": 0, "quantity": 0, "unconfirmed": 0})
        for number in ("count", "quantity", "unconfirmed"):
            assert there[number] % 5 == 0 and abs(there[number] - cell[number]) < 5, (question, cell, there)
            assert cell[number] % 5 != 0 or there[number] == cell[number], (question, cell, there)
    for there in shown.values():
        assert there["count"] or there["quantity"] or there["unconfirmed"], "a row tells by being there: %r" % there


def ways_to_ask(b):
    """One cell, by its own page and from above, by conditions and by rows, across, on either basis, in either tree, with words that change nothing."""
    def quantity(question, **where):
        return sum(r["quantity"] for r in b.json("/figures.json?" + question)["rows"] if all(r[k] == v for k, v in where.items()))

    for commune in ("28162", "28165", "28180"):
        ways = [quantity("place=%s&year=2024&by=code" % commune, code="CSTD_CS"),
                quantity("place=%s&year=2024&by=level,code,recipient" % commune),
                quantity("place=807&year=2024&by=place", place=commune),
                quantity("place=807&year=2024&by=code,place", place=commune),
                quantity("place=807&year=2024&by=year&where=place%%3D%s" % commune),
                quantity("place=807&year=2024&by=place&where=code%3DCSTD_CS&where=recipient%3Dindividual&where=kind%3Daward&where=year%3D2024", place=commune),
                quantity("place=807&period=2024-Q1&basis=decided&by=place", place=commune),
                quantity("place=807&period=2024-H1&basis=decided&by=half,place", place=commune),
                quantity("place=807&year=2023..2024&by=year,place", place=commune),
                quantity("place=%s&year=2024&by=type&tree=2024-06-01" % commune),
                quantity("place=807&year=2024&by=place&tree=2024-05-01", place=commune)]
        same(set(ways), {ways[0]}, "ways to ask of " + commune)
        line = [r for r in rows_of(b.get("/figures?place=807&year=2024&by=place&across=code").text) if r["Place"].startswith(commune)]
        same([int(r["Total"]) for r in line], [ways[0]] if ways[0] else [], "across, of " + commune)
    whole = {quantity("place=807&year=2024&by=" + by) for by in ("code", "level", "kind", "year")}
    tiles = {re.search(r"<b>(\d+)</b> <span>awards", b.get("/figures?place=807&year=2024&by=" + by).text)[1]
             for by in ("code", "place", "place,code", "recipient", "quarter,place")}
    same(({str(q) for q in whole}, len(tiles)), (tiles, 1), "the sum, which is one cell too")


def entries():
    t, vn, office = district()
    with t:
        for name, place in (("an-giang", "91@2025-07-01"), ("xa-moi", "30787"), ("xa-cu", "30787"), ("truoc", "30787"), ("truoc-mot", "28162"), ("long-an", "80")):
            account(vn, name, "--place", place, "--names")
        told = {a["name"]: a["place"] for a in json.loads(vn.cmd("accounts", "--json").stdout)["rows"]}
        same((told["xa-moi"], told["long-an"]), ("30787@2025-07-01", "80"), "the entry that is kept")
        older_file(vn)
        web = Web(vn)
        see = {name: Browser(web, "en") for name in told}
        for name, b in see.items():
            b.log_in(name)
        old, new = "/figures?place=30787&year=2020", "/figures?place=30787&year=2026"
        for name, page, want in (("xa-moi", old, 403), ("xa-moi", new, 200), ("xa-cu", old, 200), ("xa-cu", new, 403), ("xa-cu", "/units/30787@2025-07-01", 403),
                                 ("truoc", old, 403), ("truoc", new, 403), ("truoc-mot", "/units/28162", 200), ("truoc-mot", "/units/807", 403),
                                 ("an-giang", "/units/902", 403), ("an-giang", "/records?unit=902", 403), ("an-giang", "/units/30787@2025-07-01", 200),
                                 ("an-giang", "/figures?place=91&year=2020", 403), ("long-an", "/units/807", 200), ("long-an", "/units/902", 403)):
            see[name].get(page, want)
        vn.cmd("accounts", "place", "truoc", "--place", "30787@2025-07-01")
        see["truoc"].get(new)
        see["truoc"].get(old, 403)
        vn.cmd("accounts", "place", "truoc", ok=(64,))
        heirs = t.root / "heirs.csv"
        heirs.write_text("code,valid_to,successor,successor_valid_from,part,main\n91,2025-06-30,91,2025-07-01,whole,yes\n")
        vn.cmd("successions", "import", heirs)
        until(lambda: see["an-giang"].ask("/units/902").status == 200, "what has gone into it")
        for name, page, want in (("an-giang", "/figures?place=902&year=2020", 200), ("an-giang", "/figures?place=91&year=2020", 200), ("an-giang", "/units/807", 403),
                                 ("long-an", "/units/902", 403), ("xa-moi", old, 403), ("xa-cu", new, 403)):
            see[name].get(page, want)


def older_file(vn):
    """Accounts as they were kept before, by what was said; and one of the former commune, as if it had been made in its time."""
    path = vn.dir / "web-accounts"
    kept = json.loads(path.read_text())
    for a in kept["accounts"]:
        if a["name"] in ("truoc", "truoc-mot"):
            a["place"] = a["place"].split("@")[0]
            del a["entry"]
        if a["name"] == "xa-cu":
            a["place"] = "30787"
    path.write_text(json.dumps(kept))


def reused():
    t, vn, office = district(many_units())
    with t:
        owed = t.root / "owed.csv"
        owed.write_text("unit,within,level,nature,kind,period,due,exempt\n902,,,,,2025,2026-01-15,\n30802,,,,,2025,2026-01-15,\n"
                        "30787@2025-07-01,,,,,2025,2026-01-15,\n,807,commune,,,2020,2021-01-15,\n,VN,,,,2019,2020-01-15,\n")
        vn.cmd("obligations", "import", owed)
        b = Browser(Web(vn, "--open"), "en")
        until(lambda: b.json("/completeness.json?place=VN&period=2025")["rows"], "what is owed")
        same([r["unit"] for r in b.json("/completeness.json?place=91@2025-07-01&period=2025")["rows"]], ["30787@2025-07-01"], "below the new 91")
        told = json.loads(vn.cmd("completeness", "--place", "91@2025-07-01", "--period", "2025", "--json").stdout)
        same(([r["unit"] for r in told["rows"]], told["expected"]), (["30787@2025-07-01"], 1), "as the command says")
        same([r["unit"] for r in b.json("/completeness.json?place=902&period=2025")["rows"]], ["30802", "902"], "below the old one's district")
        map_of = re.search(r'<table class="heat-map">(.*?)</table>', b.get("/overview?place=91@2025-07-01&year=2025").text, re.S)[1]
        same(re.findall(r"<small>([^<]*)</small>", map_of), ["30787@2025-07-01"], "the map")
        page = b.get("/completeness?place=807&period=2020").text
        fields = re.findall(r'<li class="field full-\d+"><a href="/completeness\?place=([^&]*)&', page)
        rows = [r["unit"] for r in b.json("/completeness.json?place=807&period=2020")["rows"]]
        assert len(rows) > 300
        same(sorted(fields), sorted(rows), "units directly below")
        names = [r["name"] for r in b.json("/completeness.json?place=VN&period=2019&sort=name")["rows"]]
        plain = lambda name: "".join(c for c in unicodedata.normalize("NFD", name.lower().replace("đ", "d")) if not unicodedata.combining(c))
        assert names != sorted(names), "the names show nothing"
        same(names, sorted(names, key=lambda name: (plain(name), name)), "sorted as readers look for them")


def zeros():
    t, vn, office = district()
    with t:
        b = Browser(Web(vn, "--open"), "en")
        cells = lambda: {v for r in rows_of(b.get("/figures?place=80&year=2020&by=code&across=recipient").text) for v in r.values()}
        assert "…" in cells() and "0" not in cells(), cells()
        told = [v for r in read_csv(b.get("/figures.csv?place=80&year=2020&by=code&across=recipient").body) for v in r.values()]
        assert "" in told and "0" not in told, told
        none = '<b class="none">–</b> <span>%s'
        assert none % "awards" in b.get("/figures?place=28165&year=2020&by=code").text
        quarter = "/overview?place=28165&period=2024-Q1&basis=decided"
        assert none % "awards" in b.get(quarter).text and none % "movements" in b.get(quarter).text
        same(b.json("/figures.json?place=80&year=2020&where=code%3DCO_BT")["cells"], [], "a title that nobody has told of")
        same(json.loads(vn.cmd("figures", "--place", "80", "--year", "2020", "--where", "code=CO_BT", "--by", "code", "--json").stdout)["cells"], [], "nor the command")
        b.get("/figures.json?place=80&year=2020&where=code%3DKHONG", 400)
        owed = t.root / "owed.csv"
        owed.write_text("unit,within,level,nature,kind,period,due,exempt\n807,,,,,2020,2021-01-15,\n28162,,,,,2024-Q1,2024-04-15,\n")
        vn.cmd("obligations", "import", owed)
        office.import_rows([row(kind="declaration", year="2020")], head=HEAD)
        office.sync()
        until(lambda: "0" in cells() and "…" not in cells(), "807 has declared: what there is not is a zero")


if __name__ == "__main__":
    tree.main({f.__name__: f for f in (strangers, rounded, entries, reused, zeros)})
