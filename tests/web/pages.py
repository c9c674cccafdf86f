"""Every page of the hub's web, with the real binaries.

    pages.py figures      figures, their exports opened again, the way down to the signed update
    pages.py behind       the records behind figures, whoever told of them
    pages.py fleet        who needs somebody, all units, a unit; a hub that stops
    pages.py days         a unit's own days: heard on which, what waited for the top, and since when
    pages.py completeness who has declared, and who is missing
    pages.py forms        a form as page, workbook, CSV, JSON
    pages.py login        accounts, roles, subtrees, names, CSRF, failures
    pages.py shown        the public switch
    pages.py hostile      wild addresses, floods of heads, slow bodies, script in every text of a record
    pages.py tls          a certificate of its own
    pages.py machines     livez, readyz, metrics, api, events, ETag, both languages
"""
import csv, gzip, io, json, re, socket, tempfile, time, urllib.parse, urllib.request

import openpyxl

from browser import *

ACTS = ("invite", "uninvite", "approve", "refuse", "revoke", "endorse", "approve-key", "notice")  # that an operator has of a unit's page


def district(units=tree.UNITS):
    """807's review of 2020, below VN."""
    t = Tree(units)
    t.__enter__()
    vn = Hub(t, "VN")
    office = Agent(t, "807", vn)
    office.import_file(DEMO / "1-can-giuoc-2020.csv")
    office.sync()
    return t, vn, office


def read_csv(body):
    same(body[:3], b"\xef\xbb\xbf", "the byte order mark")
    return list(csv.DictReader(io.StringIO(body.decode("utf-8-sig"))))


def read_xlsx(body):
    sheet = openpyxl.load_workbook(io.BytesIO(body)).active
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def figures():
    t, vn, office = district()
    with t:
        b = Browser(Web(vn, "--open"), "en")
        asked = "place=80&year=2020&by=code,level,recipient"
        command = json.loads(vn.cmd("figures", "--place", "80", "--year", "2020", "--by", "code,level,recipient", "--json").stdout)
        same(b.json("/figures.json?" + asked), command, "figures as JSON")
        cells = command["cells"]
        assert len(cells) > 5 and sum(c["quantity"] for c in cells) > 1000, cells
        told = read_csv(b.get("/figures.csv?" + asked).body)
        same([(r["code"], r["level"], r["recipient"], int(r["quantity"])) for r in told],
             [(c["code"], c["level"], c["recipient"], c["quantity"]) for c in cells], "figures as CSV")
        sheet = read_xlsx(b.get("/figures.xlsx?" + asked).body)
        head = next(i for i, row in enumerate(sheet) if "Awards" in row)
        at = sheet[head].index("Awards")
        same([row[at] for row in sheet[head + 1:]], [c["quantity"] for c in cells], "figures as a workbook")
        page = b.get("/figures?" + asked).text
        shown = rows_of(page)
        same([int(r["Awards"].replace(",", "")) for r in shown], [c["quantity"] for c in cells], "figures on the page")
        sorted_page = rows_of(b.get("/figures?" + asked + "&sort=quantity&desc=1").text)
        same([r["Awards"] for r in sorted_page],
             ["{:,}".format(q) for q in sorted((c["quantity"] for c in cells), reverse=True)], "sorted")
        across(b, cells)
        by_name(b)
        way_down(b, vn, page, cells)
        same(b.get("/figures?place=nowhere&year=2020", 404).status, 404, "a place that there is not")
        only = "place=80&year=2020&by=code&where=recipient%3Dindividual"
        same(b.json("/figures.json?" + only)["where"], {"recipient": "individual"}, "what it is narrowed to")
        assert "<h1>Tỉnh Long An (80), year 2020, by period of achievement; Recipient: individual</h1>" in b.get("/figures?" + only).text
        assert "Recipient: individual" in str(read_xlsx(b.get("/figures.xlsx?" + only).body)[0]), "above the workbook's heads"
        for wrong in ("by=nothing", "where=level%3Dmoon", "where=recipient:individual", "basis=x", "period=2020-Q1", "by=" + "code," * 200):
            b.get("/figures?place=80&year=2020&" + wrong, 400)
        b.get("/figures?place=80&year=20x0", 400)


def behind():
    """The records behind a figure, whoever told of them, are those that the command finds by walking all; in pages as long as they last."""
    t, vn, office = district()
    with t:
        commune, province = Agent(t, "28162", vn), Agent(t, "80", vn)
        far = award(name="Nguyễn Văn Xa", authority="297", number="7/QĐ-UBND", date="01/02/2025", year="2024")
        commune.import_rows([far] + [award(name="Lê Văn %d" % i, authority="28162", number="8/QĐ-UBND", date="01/02/2025", year="2024")
                                     for i in range(250)])
        province.import_rows([award(code="BK_BT", name="Trần Thị Gần", authority="80", number="9/QĐ-UBND", date="03/02/2025", year="2024", place="28165"),
                              award(name="Lê Văn 1", authority="28162", number="8/QĐ-UBND", date="01/02/2025", year="2024", place="28162")])
        for agent in (commune, province):
            agent.sync()
        b = Browser(Web(vn, "--open"), "en")
        seen = set()
        for place in ("VN", "80", "807", "28162", "28165", "297", "30", "28159"):
            for year, basis in ((2024, "achieved"), (2025, "decided"), (2020, "achieved"), (2019, "achieved")):
                told = json.loads(vn.cmd("records", "--counted", "--place", place, "--year", year, "--basis", basis, "--json").stdout)["rows"]
                want = sorted((r["record"], int(r["quantity"])) for r in told if r["kind"] == "award" and r["status"] != "revoked")
                rows = b.json("/records.json?place=%s&year=%d&basis=%s" % (place, year, basis))["rows"]
                same(sorted((r["record"], r["counted"]) for r in rows), want, "behind %s %d %s" % (place, year, basis))
                seen |= {(place, r["unit"]) for r in rows}
        assert {("297", "28162"), ("28165", "80"), ("28162", "80"), ("807", "807")} <= seen, seen
        same(len(b.json("/records.json?place=80&year=2024&where=code%3DBK_BT")["rows"]), 1, "by code")
        same(b.json("/records.json?place=80&year=2024&where=recipient%3Dcollective")["rows"], [], "nobody told of any")
        listed = []
        for page in (1, 2, 3):
            text = b.get("/records?place=28162&year=2024&page=%d" % page).text
            listed += re.findall(r'href="(/updates/[^"]*)"', text)
            same("page=%d" % (page + 1) in text, page < 3, "what follows page %d" % page)
            same("<span>Page %d" % page in text, True, "where page %d is" % page)
        same((len(listed), len(set(listed))), (251, 251), "all pages")
        pages = b.get("/records?place=28162&year=2024&sort=name").text
        assert "Page 1 of 3, 251 rows" in pages, "sorted, it is looked for whole"
        for page in (pages, b.get("/records?place=28162&year=2024&page=3").text):
            whole = re.search(r'href="([^"]*whole=1)"', page).group(1).replace("&amp;", "&")
            same(len(rows_of(b.get(whole).text)), 251, "all on one page, to be printed")
        collectives(b, vn, commune)


def collectives(b, vn, commune):
    """A figure of collectives has the enterprises among them, and so have the records behind it."""
    commune.import_rows([award(name="Tập thể %d" % i, recipient=kind, authority="28162", number="5/QĐ-UBND",
                               date="01/02/2022", year="2021")
                         for i, kind in enumerate(("collective", "enterprise", "enterprise"))])
    commune.sync()
    asked = "place=28162&year=2021&where=recipient%3Dcollective"
    until(lambda: sum(c["quantity"] for c in b.json("/figures.json?by=recipient&" + asked)["cells"]) == 3, "the figure")
    same(len(b.json("/records.json?" + asked)["rows"]), 3, "the records behind it")
    same(len(b.json("/records.json?" + asked.replace("collective", "enterprise"))["rows"]), 2, "enterprises alone")


def across(b, cells):
    by_recipient = {}
    for c in cells:
        by_recipient[c["code"]] = by_recipient.get(c["code"], 0) + c["quantity"]
    table = rows_of(b.get("/figures?place=80&year=2020&by=code&across=recipient").text)
    same([int(r["Total"].replace(",", "")) for r in table], [by_recipient[c] for c in sorted(by_recipient)], "totals across")
    for row in table:
        parts = [int(v.replace(",", "")) for k, v in row.items() if k not in ("Total", "Code", "Title or form")  and v.replace(",", "").isdigit()]
        same(sum(parts), int(row["Total"].replace(",", "")), "parts across of %r" % row)


def by_name(b):
    """A place by its name, without marks; several of one name are offered; a code stays a code."""
    page = b.get("/figures?place=80&year=2020").text
    options = dict(re.findall(r'<option value="([^"]*)">([^<]*)</option>', page[page.index("<datalist"):page.index("</datalist>")]))
    assert {"VN", "80", "807"} <= set(options) and "Huyện Cần Giuộc" in options.values() and "28162" not in options, options
    for name, code in (("Huyện Cần Giuộc", "807"), ("huyen can giuoc", "807"), ("phuoc ly", "28162")):
        for page in ("/figures", "/overview", "/completeness", "/forms/0602", "/figures.json", "/compare"):
            answer = b.get("%s?%s&year=2020" % (page, urllib.parse.urlencode({"place": name})), 303)
            same(answer.headers["Location"], "%s?place=%s&year=2020" % (page, code), name)
    several = b.get("/figures?year=2020&place=" + urllib.parse.quote("can giuoc"), 300).text
    assert 'href="/figures?year=2020&amp;place=807"' in several and 'href="/figures?year=2020&amp;place=28159"' in several, several
    b.get("/figures.json?year=2020&place=" + urllib.parse.quote("can giuoc"), 400)
    b.get("/compare?place=80&period=2020&place=" + urllib.parse.quote("Huyện Cần Giuộc"), 303)


def way_down(b, vn, page, cells):
    """From each figure to its records, of which exactly so much counts, and from a record to the signed update."""
    ways = re.findall(r'<td class="n" data-head="Awards"><a href="([^"]*)"', page)
    same(len(ways), len([c for c in cells if c["quantity"]]), "figures with a way down")
    for way, cell in zip(ways, [c for c in cells if c["quantity"]]):
        records = b.json(way.replace("&amp;", "&").replace("/records?", "/records.json?"))["rows"]
        same(sum(r["counted"] for r in records), cell["quantity"], "what counts behind %r" % cell)
    listed = b.get(ways[0].replace("&amp;", "&")).text
    update = re.search(r'/updates/([0-9a-f]{64})#change', listed).group(1)
    told = b.json("/updates/%s.json" % update)
    assert told["verified"] and told["unit"] == "807", told
    known = json.loads(vn.cmd("updates", "807", "--json").stdout)["rows"]
    same(update in [u["update"] for u in known], True, "the update among those of the command")
    assert "fits the key" in b.get("/updates/" + update).text
    b.get("/updates/" + "0" * 64, 404)
    b.get("/updates/xyz", 404)
    unit = b.json("/records.json?unit=807")["rows"]
    same(len(unit), len(json.loads(vn.cmd("records", "--unit", "807", "--json").stdout)["records"]), "records of the unit")


def many_units():
    """The demo's tree and 300 communes more, so that a list takes several pages."""
    path = pathlib.Path(tempfile.mkdtemp()) / "units.csv"
    rows = ["9%04d,807,commune,xa,administrative,Xã Số %d,,2025-06-30" % (i, i) for i in range(300)]
    path.write_text(tree.UNITS.read_text().rstrip("\n") + "\n" + "\n".join(rows) + "\n")
    return path


def fleet():
    t, vn, office = district(many_units())
    with t:
        web = Web(vn, "--open")
        b = Browser(web, "en")
        units = b.json("/units.json")["rows"]
        there = {u["unit"]: u for u in units}
        status = json.loads(vn.cmd("status", "--json").stdout)
        same(len(units), status["directives"]["units"], "units of the tree")
        same(there["807"]["updates"], [c["updates"] for c in status["chains"] if c["unit"] == "807" and c["stream"] == "report"][0],
             "updates of 807")
        same((there["807"]["not_at_top"], there["807"]["trouble"]), (0, ""), "807 has all at the top")
        pages = [rows_of(b.get("/units?sort=unit&page=%d" % n).text) for n in (1, 2)]
        same(len(pages[0]), min(100, len(units)), "rows of a page")
        same([r["Code"] for r in pages[0] + pages[1]][:200], sorted(u["unit"] for u in units)[:200], "pages, sorted")
        found = rows_of(b.get("/units?q=" + urllib.parse.quote("can giuoc")).text)
        assert found and all("Cần Giuộc" in r["Unit"] for r in found), found
        page = b.get("/units/807").text
        signed = json.loads(vn.cmd("updates", "807", "--json").stdout)["rows"]
        same([r["Seq"] for r in rows_of(page)], [str(u["seq"]) for u in signed], "what 807 has signed")
        same(len(b.json("/units/807.json")["rows"]), len(signed), "the same as JSON")
        b.get("/units/99999", 404)
        came_later(b, vn, t)
        same(vn.cmd("digest", "--quiet").stdout, "", "nobody is needed yet")
        quarantine(b, vn)
        digest(vn)
        second_pc(b, vn, t, web)
        stops(b, web, vn)


def quarantine(b, vn):
    """What a revoked key has signed does not count: its unit stands among those that need somebody, and says why."""
    key, = [k["key"] for k in json.loads(vn.cmd("keys", "28162", "--json").stdout)["rows"]]
    plan = vn.cmd("revoke", "28162", "--key", key, "--keep", "none", "--dry-run").stdout
    vn.cmd("revoke", "28162", "--key", key, "--keep", "none", "--confirm", re.search(r"--confirm (\S+)", plan).group(1))
    until(lambda: [u for u in b.json("/needs.json")["rows"] if u["unit"] == "28162" and "quarantined" in u["troubles"]],
          "28162 among those that need somebody")
    page = b.get("/needs").text
    assert "Changes are quarantined" in page and "/units/28162" in page and "have the unit correct it" in page
    assert "Changes are quarantined" in b.get("/units/28162").text
    rows = b.json("/records.json?unit=28162")["rows"]
    assert rows and all("revoked" in r["state"] for r in rows), rows
    same([u["unit"] for u in b.json("/units.json?trouble=quarantined")["rows"]], ["28162"], "units by trouble")


def second_pc(b, vn, t, web):
    """What the hub says of a unit in its own words is Vietnamese to who reads Vietnamese."""
    Agent(t, "807", vn, name="807-second").sync()
    until(lambda: "was REPLACED, as it seems: a new one came at" in b.get("/units/807").text, "the second PC")
    assert '<p class="note" lang="en">a PC of 807' in b.get("/units/807").text
    vi = Browser(web, "vi")
    assert re.search('<p class="note" lang="vi">một máy của 807 có vẻ đã được THAY: máy mới đến lúc', vi.get("/units/807").text)
    assert re.search('<li lang="vi">một máy của 807 có vẻ', vi.get("/needs").text) and '<li lang="en">' not in vi.get("/needs").text


def came_later(b, vn, t):
    """What comes in later is on the page at the next look, without a restart."""
    before = b.json("/figures.json?place=80&year=2023&by=code")["cells"]
    same(before, [], "2023 is empty")
    office = Agent(t, "28162", vn)
    office.import_file(DEMO / "mau-28162-2023.csv")
    office.sync()
    want = vn.figures("80", 2023, "code")
    assert want, "nothing came"
    until(lambda: b.json("/figures.json?place=80&year=2023&by=code")["cells"] == want, "the new figures on the page")
    until(lambda: {u["unit"]: u for u in b.json("/units.json")["rows"]}["28162"]["updates"] == 1 or
          {u["unit"]: u for u in b.json("/units.json")["rows"]}["28162"]["updates"], "the new unit's updates")


def digest(vn):
    """The same as a text for a mail: exit code 1 while somebody is needed, nothing said quietly when nobody is."""
    told = json.loads(vn.cmd("digest", "--json", ok=(1,)).stdout)
    same((told["running"], told["troubles"]["quarantined"], told["troubles"]["forked"]), (True, ["28162"], []), "the digest")
    text = vn.cmd("digest", ok=(1,)).stdout
    assert "Changes are quarantined" in text and "28162" in text and "have the unit correct it" in text, text


def stops(b, web, vn):
    assert "banner bad" not in b.get("/needs").text
    vn.stop()
    until(lambda: "The hub is STOPPED" in b.get("/figures?place=80&year=2020").text, "the banner of a stopped hub")
    same(b.get("/readyz", 503).text, "not ready\n", "readiness while stopped")
    same(b.get("/livez").text, "ok\n", "it lives all the same")
    rows = b.json("/units.json")["rows"]
    assert rows, "units of the store alone"
    page = b.get("/needs").text
    assert "No unit needs anybody" not in page and "is not known" in page, "who is silent, when nobody listens"
    assert not [r for r in rows if r["state"] == "good"], rows
    told_at = lambda: re.search(r"The hub last answered: <time datetime=\"([^\"]*)\"", b.get("/needs").text).group(1)
    before = told_at()
    until(lambda: told_at() != before, "the store is looked at again while no hub runs")
    vn.start()
    until(lambda: "STOPPED" not in b.get("/figures?place=80&year=2020").text, "the banner gone")
    web.stop()


def days():
    t = Tree()
    with t:
        vn = Hub(t, "VN")
        hub = Hub(t, "80", vn)
        hub.stop()
        with open(hub.dir / "hub.conf", "a") as conf:
            conf.write("silent_after = 4s\n")
        hub.start()
        office = Agent(t, "807", hub)
        office.import_file(DEMO / "1-can-giuoc-2020.csv")
        office.sync()
        b = Browser(Web(hub, "--open"), "en")
        until(lambda: "1 days looked at, heard on 1 of them. On none did an update wait" in b.get("/units/807").text, "the days of 807")
        page = b.get("/units/807").text
        assert re.search(r'<svg role="img" aria-label="1 days looked at[^"]*"', page) and 'class="heard"' in page and 'class="waits"' not in page
        assert "Oldest not yet at the top" not in page and "Heard as a rule" not in page, "nothing waits, and one day is no habit"
        assert "class=\"chart days\"" not in b.get("/units/28159").text, "of a unit that was never here nothing is drawn"
        vn.stop()
        pushing = office.start()
        office.import_rows([award(name="Lê Văn Một", number="1/QĐ", date="01/02/2020", year="2020")])
        here = lambda: {u["unit"]: u for u in b.json("/units.json")["rows"]}["807"]
        until(lambda: here()["updates"] == 2, "the second update at 80")
        hub.stop()  # it looks anew as it starts, not ten minutes later
        hub.start(wait="ready")
        until(lambda: "Oldest not yet at the top" in b.get("/units/807").text, "what waits")
        page = b.get("/units/807").text
        assert "At most 1 updates were not at the top" in page and 'class="waits"' in page
        until(lambda: here()["pending_since"], "that it waits for long")
        assert "backlog" not in here()["troubles"], "it is this hub that cannot pass it on"
        vn.start()
        until(lambda: "Oldest not yet at the top" not in b.get("/units/807").text, "it has come")
        pushing.terminate()
        pushing.wait()


def completeness():
    """Who owes, who has told: as the command says, and by what lies directly below."""
    t, vn, office = district()
    with t:
        owed = t.root / "owed.csv"
        owed.write_text("unit,within,level,nature,kind,period,due,exempt\n,80,commune,,,2020,2021-01-15,\n807,,,,,2020,2021-01-15,\n"
                        "28159,,,,,2020,,yes\n297,,,,,2020,2021-02-01,\n")
        vn.cmd("obligations", "import", owed)
        b = Browser(Web(vn, "--open"), "en")
        for place, only in (("80", ""), ("VN", ""), ("80", "missing"), ("80", "late")):
            more = ["--" + only] if only else []
            command = json.loads(vn.cmd("completeness", "--place", place, "--period", "2020", *more, "--json").stdout)
            until(lambda: len(b.json("/completeness.json?place=%s&period=2020&only=%s" % (place, only))["rows"]) == len(command["rows"]), "what is owed")
            rows = b.json("/completeness.json?place=%s&period=2020&only=%s" % (place, only))["rows"]
            keep = ("unit", "name", "state", "what_to_do", "late", "quarantined")
            same([[r[k] for k in keep] for r in rows], [[r[k] for k in keep] for r in command["rows"]], "completeness of " + place)
        command = json.loads(vn.cmd("completeness", "--place", "VN", "--period", "2020", "--json").stdout)
        page = b.get("/completeness?place=VN&period=2020").text
        assert "<b>%d</b> <span>owe a declaration" % command["expected"] in page
        fields = re.findall(r'<li class="field full-(\d+)"><a href="/completeness\?place=(\w+)&amp;period=2020">[^<]*</a> <span>(\d+) / (\d+)', page)
        same(sorted(f[1] for f in fields), ["30", "80"], "parts")
        same(sum(int(f[3]) for f in fields), command["expected"], "who owes, by parts")
        same([f[0] for f in fields], ["0", "0"], "nobody has declared")
        words = re.search(r"Expected \d+: declared[^<]*", b.get("/completeness?place=80&period=2020").text)[0]
        beside = b.get("/figures?place=80&year=2020&by=code").text
        assert words in beside and 'href="/completeness?place=80&amp;period=2020"' in beside, "who has told, beside the figures"
        assert "Expected" not in b.get("/figures?place=80&year=2016&by=code").text, "nobody owes 2016"
        same(len(read_csv(b.get("/completeness.csv?place=80&period=2020").body)), len(b.json("/completeness.json?place=80&period=2020")["rows"]), "as CSV")


def forms():
    t, vn, office = district()
    with t:
        own = t.root / "own"
        own.mkdir()
        mine = json.loads((tree.SOURCE / "hub" / "forms" / "0602.json").read_text())
        mine["form"] = "X01"
        (own / "x01.json").write_text(json.dumps(mine))
        b = Browser(Web(vn, "--open", "--forms", str(own)), "en")
        names = [r["form"] for r in b.json("/forms.json")["rows"]]
        listed = json.loads(vn.cmd("form", "--list", "--json", "--forms", own).stdout)["forms"]
        assert "X01" in names, names
        cells = lambda name: b.json("/forms/%s.json?place=80&period=2020" % name)["rows"]
        same(cells("X01"), cells("0602"), "a form of one's own")
        (own / "bad.json").write_text("{")
        refused = vn.cmd("web", "--listen", "127.0.0.1:0", "--open", "--forms", own, ok=(1, 2, 64)).stderr
        assert "bad.json" in refused, refused
        names.remove("X01")
        same(sorted(names + ["X01"]), sorted(f["form"] for f in listed), "the forms")
        for form in sorted(set(names)):
            asked = "?place=80&period=2020"
            want = json.loads(vn.cmd("form", form, "--place", "80", "--period", "2020", "--json").stdout)
            got = b.json("/forms/%s.json%s" % (form, asked))
            del want["made_at"], got["made_at"]
            same(got, want, "form %s" % form)
            out = t.root / (form + ".xlsx")
            vn.cmd("form", form, "--place", "80", "--period", "2020", "--out", out)
            undated = lambda body: [[c if not isinstance(c, str) else re.sub("made at .*", "", c) for c in row] for row in read_xlsx(body)[6:30]]
            same(undated(b.get("/forms/%s.xlsx%s" % (form, asked)).body), undated(out.read_bytes()), "workbook of " + form)
            page = b.get("/forms/%s%s" % (form, asked)).text
            heads = page[page.index("<thead>"):page.index("</thead>")]
            row = re.search(r"<tbody>(<tr.*?</tr>)", page, re.S).group(1)
            cells = row.count("<td") + row.count("<th")
            same(columns_of(heads), cells, "columns of the head of " + form)
            assert b.get("/forms/%s.csv%s" % (form, asked)).body.startswith(b"\xef\xbb\xbf")
        told_form(b)
        b.get("/forms/none", 404)
        b.get("/forms/0602?period=x", 400)


def told_form(b):
    """What is downloaded, and asked again, is what is shown."""
    version = b.json("/forms.json")["rows"][0]["version"]
    asked = "/forms/0602?" + urllib.parse.urlencode({"place": "80", "period": "2020", "basis": "decided", "version": version})
    page = b.get(asked).text
    ways = [w.replace("&amp;", "&") for w in re.findall(r'download href="([^"]*)"', page)]
    same([urllib.parse.parse_qs(w.split("?")[1])["basis"] for w in ways], [["decided"]] * 3, "the basis of what is downloaded")
    told = [b.json(w)["basis"] for w in ways if ".json" in w]
    same(told, ["decided"], "the basis of the file")
    assert '<input type="hidden" name="version" value="%s">' % version in page and '<option value="decided" selected>' in page
    b.get("/forms/0602?place=80&period=2020&basis=x", 400)


def columns_of(heads):
    """How many columns the first row of a head spans, with those that its spans below take."""
    first = heads[heads.index("<tr>"):heads.index("</tr>")]
    return sum(int((re.search(r'colspan="(\d+)"', th) or [0, 1])[1]) for th in re.findall(r"<th[^>]*>", first))


def login():
    t, vn, office = district()
    with t:
        account(vn, "xem", "--place", "807")
        account(vn, "xem.ten", "--names")
        account(vn, "cu", "--place", "28159")
        account(vn, "van-hanh", "--role", "operator")
        account(vn, "quan-tri", "--role", "admin", "--names")
        web = Web(vn)
        nobody = Browser(web, "en")
        for page in ("/needs", "/units", "/figures", "/records?unit=807", "/forms", "/accounts", "/completeness"):
            answer = nobody.get(page, 303)
            assert answer.headers["Location"].startswith("/login?to="), answer.headers["Location"]
            nobody.get(page.split("?")[0] + ".json", 401)
        same((vn.dir / "web-accounts").stat().st_mode & 0o777, 0o600, "the mode of the accounts' file")
        assert PASSWORD not in (vn.dir / "web-accounts").read_text()
        roles(web)
        subtrees(web)
        names(web)
        forged(web)
        changed(web, vn)
        kept(vn, t)
        failures(web)


def logged_in(web, name):
    b = Browser(web, "en")
    answer = b.log_in(name)
    same((answer.status, answer.headers["Location"]), (303, "/"), "login of " + name)
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie, cookie
    return b


def roles(web):
    for name, allowed in (("xem.ten", {"/figures"}), ("van-hanh", {"/figures", "/needs", "/units"}),
                          ("quan-tri", {"/figures", "/needs", "/units", "/accounts"})):
        b = logged_in(web, name)
        for page in ("/figures", "/needs", "/units", "/accounts"):
            b.get(page, 200 if page in allowed else 403)


def subtrees(web):
    b = logged_in(web, "xem")
    b.get("/figures?year=2020&place=" + urllib.parse.quote("gia loc"), 400)  # beyond their subtree there are no names
    for page in ("/figures?place=807&year=2020", "/units/807", "/records?place=807&year=2020", "/completeness?place=807&period=2020",
                 "/forms/0602?place=807&period=2020", "/figures?year=2020"):
        b.get(page)
    ended = logged_in(web, "cu")  # a unit that has ended and told nothing: their own pages are of its last year, and say so
    for page in ("/figures", "/overview", "/completeness", "/forms/0602"):
        assert "This unit ended on 2025-06-30" in ended.get(page).text, page
    for page in ("/figures?place=80&year=2020", "/units/80", "/units/VN", "/records?place=VN&year=2020", "/records?unit=297",
                 "/completeness?place=80&period=2020", "/forms/0602?place=80&period=2020"):
        b.get(page, 403)
    assert "807" in b.get("/figures?year=2020").text


def names(web):
    """Names are there for those who may see them, and that is written down."""
    asked = "/records.json?unit=807"
    with_names = logged_in(web, "xem.ten").json(asked)["rows"]
    without = logged_in(web, "van-hanh").json(asked)["rows"]
    assert all("name" not in r for r in without), without[0]
    assert all("name" in r for r in with_names)
    assert "names read by xem.ten from 127.0.0.1: /records.json?unit=807" in web.log_text()
    assert "names read by van-hanh" not in web.log_text()
    b = logged_in(web, "xem.ten")
    b.get("/records.json?x=" + "A" * 900 + "&unit=807&place=" + "80")
    assert web.log_text().rstrip().endswith("names read by xem.ten from 127.0.0.1: /records.json?unit=807&place=80"), web.log_text()[-400:]
    same([b.get(page).headers["Cache-Control"] for page in ("/records?unit=807", "/figures?place=807&year=2020")], ["no-store", "private, no-cache"], "what is kept")


def forged(web):
    b = logged_in(web, "quan-tri")
    token = csrf_of(b.get("/figures").text)
    answer = b.get("/login?to=/units", 303)
    same(answer.headers["Location"], "/units", "who is logged in already")
    same(b.log_in("quan-tri").status, 303, "a link from elsewhere comes without its cookie, and ends at the form")
    b.get("/figures")
    same(b.post("/logout", {"csrf": token}).status, 403, "the session before is over")
    token = csrf_of(b.get("/figures").text)
    same(b.post("/logout", {}).status, 403, "without a token")
    same(b.post("/logout", {"csrf": "0" * 64}).status, 403, "with another token")
    same(b.post("/logout", {"csrf": token}, {"Origin": "http://evil.example"}).status, 403, "from another site")
    same(b.post("/logout", {"csrf": token}, {"Sec-Fetch-Site": "cross-site"}).status, 403, "as a browser says")
    b.get("/figures")
    same(b.post("/logout", {"csrf": token}).status, 303, "as it is meant")
    b.get("/figures", 303)
    for to in ("//evil.example/", "http://evil.example/", "/\\evil.example", "/x\r\nSet-Cookie: a=b"):
        answer = Browser(web).post("/login", {"name": "xem", "password": PASSWORD, "to": to})
        same((answer.status, answer.headers["Location"]), (303, "/"), "where a login leads, %r" % to)


def changed(web, vn):
    """A password changed, an account taken away: its sessions end at once."""
    b = logged_in(web, "van-hanh")
    p = subprocess.run([vn.program, "accounts", "password", "van-hanh", "--dir", str(vn.dir)], input="khac hoan toan\n",
                       capture_output=True, text=True)
    same(p.returncode, 0, p.stderr)
    b.get("/units", 303)
    b = Browser(web)
    same(b.log_in("van-hanh", "khac hoan toan").status, 303, "the new password")
    vn.cmd("accounts", "remove", "van-hanh")
    b.get("/units", 303)
    same([a["name"] for a in json.loads(vn.cmd("accounts", "--json").stdout)["rows"]], ["cu", "quan-tri", "xem", "xem.ten"], "who is left")


def kept(vn, t):
    """Accounts are in a backup, and come back as they were."""
    saved, again = t.root / "saved", t.root / "again"
    vn.cmd("backup", saved)
    run(vn.program, "restore", saved, "--dir", again)
    same((again / "web-accounts").read_bytes(), (vn.dir / "web-accounts").read_bytes(), "the accounts of the backup")
    same((again / "web-accounts").stat().st_mode & 0o777, 0o600, "their mode")


def failures(web):
    """Five failures in a row, and nobody's password is looked at for a while; told the same for an account that there is not."""
    b = Browser(web, "en")
    first = b.log_in("khong-co", "sai sai sai sai")
    second = b.log_in("xem", "sai sai sai sai")
    same((first.status, second.status), (401, 401), "failures")
    same(first.text, second.text, "what a failure says")
    for _ in range(4):
        same(b.log_in("xem", "sai sai sai sai").status, 401, "a failure")
    answer = b.log_in("xem")
    same(answer.status, 429, "the right password, too late")
    assert 0 < int(answer.headers["Retry-After"]) <= 61
    assert PASSWORD not in web.log_text() and "sai sai" not in web.log_text()
    same(Browser(web).log_in("quan-tri").status, 303, "another of the same address")
    for _ in range(40):
        same(b.log_in("Không Phải Tên").status, 401, "no name")
    same(Browser(web).log_in("quan-tri").status, 303, "and what is no name counts for nothing")
    forwarded(web.hub)


def forwarded(vn):
    """Behind a proxy of this machine failures are of those it names last; without one nobody says who he is."""
    for options, want in (((), "127.0.0.1"), (("--behind-tls",), "203.0.113.9")):
        web = Web(vn, *options)
        b = Browser(web)
        for said in ("198.51.100.1, 203.0.113.9", "198.51.100.1,203.0.113.9"):
            b.post("/login", {"name": "ai-do", "password": "sai sai sai sai"}, {"X-Forwarded-For": said})
        b.post("/login", {"name": "ai-do", "password": "sai sai sai sai"}, {"X-Forwarded-For": "<x>"})
        told = re.findall("a failed login as ai-do from (.*)", web.log_text())
        same(told[-3:], [want, want, "127.0.0.1"], "who failed")
        web.stop()


def shown():
    t, vn, office = district()
    with t:
        b = Browser(Web(vn, "--public"), "en")
        same(b.get("/", 303).headers["Location"], "/figures", "where it leads")
        exact = vn.figures("80", 2020, "code,level,recipient")
        rows = b.json("/figures.json?place=80&year=2020&by=code,level,recipient")["rows"]
        assert rows and len(rows) <= len(exact), rows
        text = b.get("/figures?place=80&year=2020&by=code,level,recipient").text
        assert "/records" not in text and "rounded at random" in text
        for hidden in ("by=sex", "by=category", "where=field%3Dx", "across=month"):
            b.get("/figures?place=80&year=2020&" + hidden, 403)
        for period, want in (("2020-03", 403), ("2020-Q1", 200), ("2020-H2", 200)):
            b.get("/figures?place=80&basis=decided&period=" + period, want)
        for page in ("/records?place=80&year=2020", "/records?unit=807", "/units", "/units/807", "/needs", "/accounts", "/updates/" + "0" * 64,
                     "/forms", "/forms/0602", "/overview?place=80", "/compare?place=80"):
            b.get(page, 403)
        same(b.post("/login", {"name": "x", "password": PASSWORD}).status, 303, "nobody logs in")
        b.get("/completeness?place=80&period=2020")


def talk(web, data, wait_s=5):
    """Bytes as they are; what comes back until the other side closes, or falls silent."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=wait_s) as s:
        s.sendall(data)
        back = b""
        try:
            while chunk := s.recv(65536):
                back += chunk
        except (TimeoutError, ConnectionResetError):
            pass
        return back


def hostile():
    t, vn, office = district()
    with t:
        web = Web(vn, "--open")
        b = Browser(web, "en")
        for address, want in (("/" + "a" * 5000, 414), ("/units?q=" + "a" * 5000, 414), ("/%00", 400), ("/%ff", 400), ("/%", 400),
                              ("/units/..%2f..%2fetc%2fpasswd", 404), ("/assets/..%2fweb.c", 404), ("/units?" + "a=1&" * 100, 414),
                              ("/a/b/c/d/e/f/g/h", 414), ("/units//80", 400), ("/units?sort=name'--&desc=1", 200),
                              ("/units?page=999999999999", 200), ("/units?page=-1", 200), ("/nothing", 404), ("/units/%3Cscript%3E", 404),
                              ("/figures?place=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&year=2020", 400)):
            answer = b.get(address, want)
            assert "<script>alert" not in answer.text and "<script>" not in answer.text.replace('<script src', ''), address
            assert "Content-Security-Policy" in answer.headers
        same(b.ask("/units", method="DELETE").status, 405, "another method")
        same(b.ask("/login", b"x" * 10000, {"Content-Type": "application/x-www-form-urlencoded"}).status, 413, "a large body")
        same(b.ask("/login", b"{}", {"Content-Type": "application/json"}).status, 415, "another type of body")
        heads = b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: %s\r\n" % (i, b"y" * 200) for i in range(500)) + b"\r\n"
        back = talk(web, heads)
        assert back == b"" or b" 431 " in back or b" 400 " in back or b" 413 " in back, back[:100]
        for wild in (b"\x00\x01\x02\r\n\r\n", b"GET\r\n\r\n", b"POST / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00" + b"z" * 300,
                     b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
                     b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n"):
            talk(web, wild, 1)
        slow(web, b)
        script_in_texts(t, vn, web, b)
        web.stop()


def slow(web, b):
    """Two hundred that send a head byte by byte, and a body that never ends, hold nobody up; in the end they are cut off.
    So is who takes his answers some bytes a second."""
    lines = []
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.settimeout(tree.PATIENCE_S)
    reader.connect(("127.0.0.1", web.port))
    reader.setblocking(False)
    asked = b"GET /assets/web.css HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" * 2000
    while asked:
        try:
            asked = asked[reader.send(asked):]
        except BlockingIOError:
            break  # it answers no more before somebody reads
    reader.settimeout(0.1)
    for i in range(200):
        s = socket.create_connection(("127.0.0.1", web.port), timeout=tree.PATIENCE_S)
        s.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: " if i % 2 else
                  b"POST /login HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 4000\r\n\r\nname=")
        lines.append(s)
    b.get("/units")
    started = time.monotonic()
    last = lines[0]
    last.settimeout(0.5)
    while True:  # a byte now and then keeps no line for ever
        try:
            last.sendall(b"a")
            if last.recv(1000) == b"":
                break
        except TimeoutError:
            pass
        except OSError:
            break
        if time.monotonic() - started > tree.PATIENCE_S:
            raise Failed("a slow sender was never cut off")
    for s in lines:
        s.close()
    b.get("/units")
    cut = re.compile(r"^lienthong_web_slow_readers_total [1-9]", re.M)
    while not cut.search(b.get("/metrics").text):
        try:
            reader.recv(50)
        except OSError:
            pass
        if time.monotonic() - started > 2 * tree.PATIENCE_S:
            raise Failed("a slow reader was never cut off")
        time.sleep(0.5)
    reader.close()


SCRIPT = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"


def script_in_texts(t, vn, web, b):
    """A clerk's texts are text on every page, and in every export."""
    office = Agent(t, "28165", vn)
    row = award(code="GK", authority="28165", number="1/" + SCRIPT, date="2022-03-01", year="2022", recipient="individual",
                name="=cmd|' /C calc'!A0" + SCRIPT, workplace=SCRIPT, position=SCRIPT)
    office.import_rows([row])
    office.sync()
    until(lambda: b.json("/records.json?unit=28165")["rows"], "the record on the page")
    rows = b.json("/records.json?unit=28165")["rows"]
    assert SCRIPT in rows[0]["name"], rows
    update = re.search(r"/updates/([0-9a-f]{64})", b.get("/records?unit=28165").text).group(1)
    for page in ("/records?unit=28165", "/units/28165", "/updates/" + update, "/figures?place=28165&year=2022&by=code", "/needs", "/units"):
        text = b.get(page).text
        assert "<script>alert" not in text and "<img" not in text, page
        assert re.search(r"\son[a-z]+=", re.sub(r">[^<]*<", "><", text)) is None, page
        assert re.search(r"<script(?! src=\"/assets/)", text) is None and "style=" not in text, page
    told = read_csv(b.get("/records.csv?unit=28165").body)
    assert told[0]["name"].startswith("'="), told[0]["name"]
    book = openpyxl.load_workbook(io.BytesIO(b.get("/records.xlsx?unit=28165").body))
    assert all(cell.data_type != "f" for line in book.active.iter_rows() for cell in line), "a formula"


def tls():
    """Over TLS with its own certificate: the page comes, cookies go no other way, and plain HTTP gets nothing."""
    t, vn, office = district()
    with t:
        account(vn, "xem")
        files = str(t.root / "cert.pem"), str(t.root / "key.pem")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "1",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-out", files[0], "-keyout", files[1]],
                       check=True, capture_output=True)
        web = Web(vn, "--cert", files[0], "--key", files[1])
        assert web.url.startswith("https://"), web.url
        b = Browser(web, "en")
        cookie = b.log_in("xem").headers["Set-Cookie"]
        assert cookie.startswith("__Host-session=") and "Secure" in cookie, cookie
        assert b.json("/figures.json?place=80&year=2020&by=code")["cells"]
        assert b"HTTP/1.1 200" not in talk(web, b"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n")
        web.stop()
        pathlib.Path(files[1]).write_text("nothing")
        assert "certificate" in vn.cmd("web", "--listen", "127.0.0.1:0", "--cert", files[0], "--key", files[1], ok=(2,)).stderr


def machines():
    t, vn, office = district()
    with t:
        web = Web(vn, "--open")
        b = Browser(web)
        same(b.get("/livez").text, "ok\n", "livez")
        assert os.getpriority(os.PRIO_PROCESS, web.process.pid) > os.getpriority(os.PRIO_PROCESS, vn.process.pid), "the merge goes first"
        until(lambda: b.ask("/readyz").status == 200, "readiness")
        assert "[+]store ok" in b.get("/readyz?verbose").text
        metrics(b)
        api = b.json("/api")
        same(api["openapi"][:2], "3.", "the version of the description")
        for path in ("/figures.json", "/units.csv", "/forms/{form}.xlsx", "/updates/{update}"):
            assert path in api["paths"], path
        same(sorted(p.rsplit("/", 1)[1] for p, how in api["paths"].items() if "post" in how), sorted(ACTS), "acts")
        described(b, api)
        etag(b)
        languages(web)
        events(web, t, vn)
        headers = b.get("/units").headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, policy
        same((headers["X-Content-Type-Options"], headers["Referrer-Policy"]), ("nosniff", "same-origin"), "headers")
        for page in ("/needs", "/units", "/figures?place=80&year=2020", "/forms/0602?place=80&period=2020", "/completeness", "/login", "/nothing"):
            text = b.ask(page).text
            assert not re.findall(r'(?:src|href|action)="(?!/|#|")', text), "%s asks elsewhere" % page
            packed = b.ask(page, headers={"Accept-Encoding": "gzip"})
            if packed.headers.get("Content-Encoding") == "gzip":
                assert len(packed.body) < 150 * 1024
                gzip.decompress(packed.body)
        open_only_here(vn)
        web.stop()


def described(b, api):
    """Each address that is described answers, and each page of the source is described."""
    update = re.search(r"/updates/([0-9a-f]{64})", b.get("/records?unit=807").text).group(1)
    for path, how in api["paths"].items():
        if "get" not in how or path == "/events":
            continue
        asked = path.replace("{unit}", "807").replace("{update}", update).replace("{form}", "0602").replace("{list}", "proposals")
        names = [p["name"] for p in how["get"]["parameters"] if p["in"] == "query"]
        more = {"place": "80", "period": "2020"} if "period" in names else {"place": "80", "year": "2020"} if "place" in names else {}
        b.get(asked + ("?" + urllib.parse.urlencode(more) if more else ""))
    routes = re.findall(r'\{"([a-z]+)", (\d), false,', (tree.SOURCE / "hub" / "web" / "routes.c").read_text())
    told = {(p.split("/")[1].split(".")[0], str(p.count("/"))) for p in api["paths"]}
    assert len(routes) > 15
    same({r for r in routes if r[0] not in ("login", "assets", "api")} - told, set(), "what is not described")


def metrics(b):
    """As Prometheus reads it: each sample after its own HELP and TYPE, counters named so."""
    kinds, helped = {}, set()
    for line in b.get("/metrics").text.splitlines():
        if line.startswith("# HELP "):
            helped.add(line.split()[2])
        elif line.startswith("# TYPE "):
            kinds[line.split()[2]] = line.split()[3]
        else:
            name, value = re.fullmatch(r'([a-z_]+)(?:\{[a-z]+="[^"]*"\})? (-?\d+)', line).groups()
            assert name in kinds and name in helped, line
            same(name.endswith("_total"), kinds[name] == "counter", line)
    assert {"lienthong_updates", "lienthong_units_by_trouble", "lienthong_web_answers_total"} <= set(kinds), kinds


def etag(b):
    asked = "/figures.json?place=80&year=2020&by=code"
    first = b.get(asked)
    again = b.ask(asked, headers={"If-None-Match": first.headers["ETag"]})
    same((again.status, again.body), (304, b""), "the same again")
    other = b.get("/figures.json?place=80&year=2019&by=code")
    assert other.headers["ETag"] != first.headers["ETag"]


def languages(web):
    b = Browser(web)
    text = b.get("/units").text
    assert '<html lang="vi">' in text and "Các đơn vị" in text
    text = b.get("/units?lang=en").text
    assert '<html lang="en">' in text and "Last heard" in text
    assert '<html lang="en">' in b.get("/units").text, "the choice is kept"
    assert '<html lang="vi">' in b.get("/units?lang=vi").text
    assert "1.454" in b.get("/figures?place=80&year=2020&by=code,recipient,level").text
    assert "1,454" in b.get("/figures?place=80&year=2020&by=code,recipient,level&lang=en").text


def events(web, t, vn):
    """Who waits hears of what comes in."""
    with socket.create_connection(("127.0.0.1", web.port), timeout=tree.PATIENCE_S) as s:
        s.sendall(b"GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n")
        said = s.makefile("rb")
        read = lambda: json.loads(next(l for l in said if l.startswith(b"data: "))[6:])["news"]
        first = read()
        office = Agent(t, "28162", vn)
        office.import_file(DEMO / "mau-28162-2023.csv")
        office.sync()
        assert read() > first


def open_only_here(vn):
    for wrong in (("--open", "--listen", "0.0.0.0:0"), ("--listen", "0.0.0.0:0"), ("--open", "--public"), ("--cert", "/x"),
                  ("--listen", "127.0.0.1"), ("--listen", "127.0.0.1:99999")):
        vn.cmd("web", *wrong, ok=(64,))


if __name__ == "__main__":
    tree.main({f.__name__: f for f in (figures, behind, fleet, days, completeness, forms, login, shown, hostile, tls, machines)})
