"""What the pages keep back: from strangers, from readers of the public pages, from accounts of other places.

    bounds.py strangers    without an account no unit is named, no stream is held, no name of another site leads here
"""
import http.client

from browser import *
from pages import district

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
        same([status for _, status in held], [200] * 16 + [503], "streams of one account")
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


if __name__ == "__main__":
    tree.main({f.__name__: f for f in (strangers,)})
