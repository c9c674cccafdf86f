"""What an operator does about a unit from its page, with the real binaries: asked of the running hub, and refused to all others.

    acts.py invite    a code is made, used, taken back; a machine that waits is let in by its fingerprint, or refused
    acts.py revoke    a key ends at a cut, shown first; single updates are endorsed
    acts.py approved  a unit's second PC, joined below, counts once the top has typed the digits that its own status shows
    acts.py notice    the people of a unit are told something, and see it on their PC
    acts.py refused   viewers, other subtrees, no token, another token, a form sent twice, an old session, GET, --open, --public
    acts.py stopped   no hub runs: the page says so and names the command
    acts.py beside    acts beside a hub that takes in: what is pushed meanwhile is whole, and the web wrote no file
"""
import html, threading

from browser import *
from pages import ACTS, SCRIPT, district, logged_in

UNIT = "/units/28162"


def forms_of(page, act):
    """The fields of each form of the page that is sent to that act."""
    found = []
    for body in re.findall(r'<form class="act" method="post" action="/units/[^"/]+/%s">(.*?)</form>' % act, page, re.S):
        fields = {}
        for tag in re.findall(r"<input[^>]*>", body):
            name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
            if 'type="radio"' in tag and " checked" not in tag or 'type="checkbox"' in tag:
                continue
            fields[name.group(1)] = html.unescape(value.group(1)) if value else ""
        for name, options in re.findall(r'<select name="([^"]*)">(.*?)</select>', body, re.S):
            fields[name] = re.search(r'value="([^"]*)"', options).group(1)
        found.append(fields)
    return found


def send(b, act, fields, want=200, unit=UNIT, headers={}):
    answer = b.post("%s/%s" % (unit, act), fields, headers)
    if answer.status != want:
        raise Failed("%s %s: %d instead of %d\n%s" % (act, fields, answer.status, want, answer.text[:3000]))
    return answer


def invitations(hub, *more):
    return json.loads(hub.cmd("invites", "--all", *more, "--json").stdout)["rows"]


def operated(units=tree.UNITS):
    t, vn, office = district(units)
    account(vn, "an", "--role", "operator")
    account(vn, "binh", "--role", "operator", "--place", "30")
    account(vn, "xem")
    web = Web(vn)
    return t, vn, office, web, logged_in(web, "an")


# ---- Inviting ----

def code_of(page):
    return re.search(r"<code>([0-9A-Z-]{40,})</code>", page).group(1)


def invite():
    t, vn, office, web, b = operated()
    with t:
        form, = forms_of(b.get(UNIT).text, "invite")
        made = send(b, "invite", {**form, "days": "3"})
        same(made.headers["Cache-Control"], "no-store", "a page with a code is kept nowhere")
        assert "ETag" not in made.headers
        code, told = code_of(made.text), [i for i in invitations(vn) if i["unit"] == "28162"]
        same([(i["state"], i["role"], i["approve"]) for i in told], [("open", "agent", "no")], "what the command lists")
        assert '<section class="slip">' in made.text and "<svg" in made.text and "Phước Lý" in made.text
        assert "style=" not in made.text and "<style" not in made.text
        assert "act by an from 127.0.0.1 on 28162: invite: " + told[0]["id"] in web.log_text()
        assert code not in web.log_text() and code not in b.get(UNIT).text, "the code is shown once"
        again = send(b, "invite", {**form, "days": "3"}, 409)
        assert "sent once" in again.text
        same(len(invitations(vn)), 2, "sent twice, made once (and the office's)")
        for days in ("0", "367", "x", "1; DROP", "-1"):
            send(b, "invite", {**forms_of(b.get(UNIT).text, "invite")[0], "days": days}, 400)
        joined = t.root / "agent-by-web"
        run(tree.AGENT, "join", code, "--dir", joined)
        page = b.get(UNIT).text
        until(lambda: 'class="tone good">valid' in b.get(UNIT).text, "the key of the PC that has joined")
        assert re.search("used <time.*?</time> from 127.0.0.1", b.get(UNIT).text)
        taken_back(b, vn)
        let_in(b, vn, t)
        assert "<script>" not in page
        web.stop()


def taken_back(b, vn):
    code = code_of(send(b, "invite", {**forms_of(b.get(UNIT).text, "invite")[0]}).text)
    open_ones = [i for i in invitations(vn, "--open") if i["unit"] == "28162"]
    form, = forms_of(b.get(UNIT).text, "uninvite")
    same(form["id"], open_ones[0]["id"], "the one that is open")
    assert "revoked " + form["id"] in send(b, "uninvite", form).text
    same([i["state"] for i in invitations(vn) if i["id"] == form["id"]], ["revoked"], "taken back")
    assert run(tree.AGENT, "join", code, "--dir", str(vn.dir.parent / "late"), ok=range(1, 100)).returncode
    late = {**form, "form": forms_of(b.get(UNIT).text, "invite")[0]["form"]}
    assert "already" in send(b, "uninvite", late, 409).text


def let_in(b, vn, t):
    """A machine waits: the wrong fingerprint is not enough, the right one is; another is refused, after a question."""
    for right in (True, False):
        code = code_of(send(b, "invite", {**forms_of(b.get(UNIT).text, "invite")[0], "approve": "1"}).text)
        machine = t.root / ("agent-waits-%s" % right)
        joining = subprocess.Popen([tree.AGENT, "join", code, "--dir", str(machine)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                   text=True, env=tree.ENGLISH)
        t.processes.append(joining)
        until(lambda: [i for i in invitations(vn, "--open") if i["state"] == "pending"], "a machine that waits")
        waits, = [i for i in invitations(vn, "--open") if i["state"] == "pending"]
        form, = forms_of(b.get(UNIT).text, "approve")
        assert "not the fingerprint" in send(b, "approve", {**form, "fingerprint": "AAAAA-AAAAA"}, 409).text
        if right:
            form, = forms_of(b.get(UNIT).text, "approve")
            send(b, "approve", {**form, "fingerprint": waits["fingerprint"].lower()})
            same(joining.wait(tree.PATIENCE_S), 0, "it is in")
        else:
            form, = forms_of(b.get(UNIT).text, "refuse")
            asked = send(b, "refuse", form)
            same([i["state"] for i in invitations(vn) if i["id"] == waits["id"]], ["pending"], "only asked")
            send(b, "refuse", forms_of(asked.text, "refuse")[0])
            same([i["state"] for i in invitations(vn) if i["id"] == waits["id"]], ["denied"], "refused")
            joining.kill()
            joining.wait()


# ---- Ending a key, endorsing ----

def reported(t, vn, times):
    """A PC of 28162 that has signed so many updates of three titles each."""
    office = Agent(t, "28162", vn)
    for n in range(times):
        office.import_rows([award(name="Nguyễn Văn %d" % i, number="%d/QĐ-UBND" % (10 * n + i), date="01/02/2025", year="2024")
                            for i in range(3)])
        office.sync()
    return office


def keys(hub, unit="28162"):
    return json.loads(hub.cmd("keys", unit, "--json").stdout)["rows"]


def revoke():
    t, vn, office, web, b = operated()
    with t:
        pc = reported(t, vn, 3)
        quantity = lambda: sum(c["quantity"] for c in b.json("/figures.json?place=28162&year=2024&by=code")["cells"])
        until(lambda: quantity() == 9, "nine titles")
        form, = forms_of(b.get(UNIT).text, "revoke")
        same(form["keep"], "all", "kept unless said otherwise")
        all_kept = send(b, "revoke", form).text
        assert re.search(r"Kept, and counts on</dt><dd>3 updates, 9 changes", all_kept), all_kept
        assert re.search(r"counts no more</dt><dd>0 updates, 0 changes<", all_kept), all_kept
        asked = send(b, "revoke", {**form, "keep": "none", "why": "mất máy " + SCRIPT})
        assert "<script>" not in asked.text and html.escape("<script>") in asked.text
        assert re.search(r"counts no more</dt><dd>3 updates, 9 changes, signed from", asked.text), asked.text
        same([k["state"] for k in keys(vn)], ["valid"], "nothing was done yet")
        for wrong in ({"key": "zz"}, {"keep": "before"}, {"keep": "before", "before": "x"}, {"keep": "moon"}, {"key": "0" * 16}):
            answer = b.post(UNIT + "/revoke", {**form, **wrong})
            assert answer.status in (400, 404), (wrong, answer.status)
        day = send(b, "revoke", {**form, "keep": "before", "before": "2000-01-01"}).text
        assert re.search(r"counts no more</dt><dd>3 updates", day), day
        confirmed, = forms_of(asked.text, "revoke")
        stale = send(b, "revoke", {**confirmed, "confirm": "0" * 12}).text
        assert "End this key?" in stale and [k["state"] for k in keys(vn)] == ["valid"], "a code of another plan asks again"
        said = len(json.loads(vn.cmd("updates", "VN", "--hub", "--json").stdout)["rows"])
        done = send(b, "revoke", confirmed).text
        assert "The key has ended" in done
        same([k["state"] for k in keys(vn)], ["revoked"], "the command sees it")
        assert "revoked: change what is kept" in b.get(UNIT).text, "seen at once"
        assert "End this key?" in send(b, "revoke", confirmed).text, "sent twice: another plan now, asked again"
        until(lambda: quantity() == 0, "what the key signed counts no more")
        same(len([u for u in json.loads(vn.cmd("updates", "VN", "--hub", "--json").stdout)["rows"]]), said + 1, "said once")
        kept_after_all(b, quantity)
        assert "mất máy" not in web.log_text() and "act by an from 127.0.0.1 on 28162: revoke: 1 said" in web.log_text()
        endorse(b, vn, quantity)
        hubs(b, vn)
        web.stop()


def approved():
    t, vn, office, web, b = operated()
    with t:
        h80 = Hub(t, "80", vn)
        Agent(t, "28162", h80)
        second = Agent(t, "28162", h80, name="second")
        row = award(code="GK", authority="28162", number="7/QĐ-UBND", date="2024-03-01", year="2024", recipient="individual", name="Trần Văn A")
        second.import_rows([row])
        digits = second.status()["key"][:16]
        until(lambda: [k["state"] for k in keys(vn) if k["digits"] == digits] == ["waiting"], "the second key")
        until(lambda: forms_of(b.get(UNIT).text, "approve-key"), "the form")
        form, = forms_of(b.get(UNIT).text, "approve-key")
        same(form["digits"], "", "its digits are typed, not taken over")
        until(lambda: "/units/28162" in b.get("/needs").text, "the unit among those that need somebody")
        for wrong in ("", digits[:8], "0" * 16, digits + "0", "z" * 16):
            assert b.post(UNIT + "/approve-key", {**form, "digits": wrong}).status in (400, 404), wrong
        same([k["state"] for k in keys(vn) if k["digits"] == digits], ["waiting"], "nothing was said yet")
        below = Web(h80)
        account(h80, "an", "--role", "operator")
        there = logged_in(below, "an")
        same(forms_of(there.get(UNIT).text, "approve-key"), [], "below the top")
        assert send(b, "approve-key", {**form, "digits": " ".join((digits[:4].upper(), digits[4:]))}).text.count("The key is approved")
        same([k["state"] for k in keys(vn) if k["digits"] == digits], ["valid"], "the command sees it")
        second.sync()
        same(vn.quantity("28162", 2024), 1, "what it signs counts")
        same(forms_of(b.get(UNIT).text, "approve-key"), [], "none waits any more")
        assert "act by an from 127.0.0.1 on 28162: approve-key: key %s approved" % digits in web.log_text()
        web.stop()


def kept_after_all(b, quantity):
    """The cut is changed by saying it anew; and back."""
    for keep, want in (("all", 9), ("none", 0)):
        asked = send(b, "revoke", {**forms_of(b.get(UNIT).text, "revoke")[0], "keep": keep})
        send(b, "revoke", forms_of(asked.text, "revoke")[0])
        until(lambda: quantity() == want, "%d titles" % want)


def endorse(b, vn, quantity):
    signed = [u["update"] for u in json.loads(vn.cmd("updates", "28162", "--json").stdout)["rows"]]
    page = b.get(UNIT).text
    shown = re.findall(r'name="update" value="([0-9a-f]{16})"', page)
    same(shown, [u[:16] for u in signed], "updates that do not count")
    form, = forms_of(page, "endorse")
    send(b, "endorse", form, 409)  # none chosen
    asked = send(b, "endorse", {**form, "update": shown[1]}).text
    confirmed, = forms_of(asked, "endorse")
    same(confirmed["update"], shown[1], "the one chosen")
    send(b, "endorse", confirmed)
    until(lambda: quantity() == 3, "one of three counts")
    same(re.findall(r'name="update" value="([0-9a-f]{16})"', b.get(UNIT).text), [shown[0], shown[2]], "what is left")
    same(vn.audit()["equal"], True, "audit")


def hubs(b, vn):
    """A hub's key is not ended from a page."""
    key, = [k["key"] for k in keys(vn, "VN") if k["role"] == "hub"]
    form = forms_of(b.get("/units/VN").text, "invite")[0]
    answer = send(b, "revoke", {**form, "key": key[:16], "keep": "all"}, 409, "/units/VN")
    assert "by the command alone" in answer.text, answer.text


# ---- Telling ----

def notice():
    t, vn, office, web, b = operated()
    with t:
        pc = reported(t, vn, 1)
        seen = lambda: [n["text"] for n in pc.status()["notices"]]
        form, = forms_of(b.get(UNIT).text, "notice")
        for wrong in ("", "   ", "a\nb", "x" * 1025):
            same(send(b, "notice", {**form, "text": wrong}, 400).status, 400, "no text: %r" % wrong[:9])
        said = "Số liệu quý 1 thiếu ngày quyết định " + SCRIPT
        asked = send(b, "notice", {**form, "text": said}).text
        assert "<script>alert" not in asked and html.escape("<script>") in asked
        pc.sync()
        same(seen(), [], "only asked")
        confirmed, = forms_of(asked, "notice")
        same(confirmed["text"], said, "as it was written")
        send(b, "notice", confirmed)
        send(b, "notice", confirmed, 409)
        until(lambda: (pc.sync(), seen())[1] == [said], "what the PC shows, once")
        assert html.escape(said, quote=False).split("<")[0][:30] in b.get(UNIT).text and "<script>alert" not in b.get(UNIT).text
        assert said not in web.log_text() and "act by an from 127.0.0.1 on 28162: notice: told" in web.log_text()
        same(vn.cmd("notice", "28162", "by the command", "--json").stdout, '{"told":"28162"}\n', "the command")
        vn.stop()
        answer = send(b, "notice", {**forms_of(b.get(UNIT).text, "notice")[0], "text": "a", "confirm": "x"}, 503)
        assert "lienthong-hub notice 28162" in answer.text
        vn.cmd("notice", "28162", "while it is stopped")
        vn.cmd("notice", "99999", "nobody", ok=(1, 2, 3, 64, 65, 66))
        vn.start()
        until(lambda: sorted((pc.sync(), seen())[1]) == sorted([said, "by the command", "while it is stopped"]), "all three")
        web.stop()


# ---- Who may not ----

def refused():
    t, vn, office, web, b = operated()
    with t:
        pc = reported(t, vn, 1)
        until(lambda: forms_of(b.get(UNIT).text, "revoke"), "a key that may be ended")
        page = b.get(UNIT).text
        good = {act: forms_of(page, act)[0] for act in ("invite", "revoke")}
        before = (invitations(vn), keys(vn))
        other, viewer, stranger = logged_in(web, "binh"), logged_in(web, "xem"), Browser(web, "en")
        for name, who in (("viewer", viewer), ("another subtree", other)):
            token = csrf_of(who.get("/forms").text)
            for act in ACTS:
                same(who.post("%s/%s" % (UNIT, act), {**good["revoke"], **good["invite"], "csrf": token}).status, 403, "%s: %s" % (name, act))
        assert "Acting on" not in viewer.get(UNIT).text and "/invite" not in viewer.get(UNIT).text
        other.get(UNIT, 403)
        assert forms_of(other.get("/units/297").text, "invite"), "their own"
        for act in ACTS:
            for method in ("GET", "HEAD"):
                same(b.ask("%s/%s" % (UNIT, act), method=method).status, 405, method + " " + act)
            same(stranger.post("%s/%s" % (UNIT, act), good["invite"]).status, 401, "nobody: " + act)
            for token in ({}, {"csrf": ""}, {"csrf": "0" * 64}, {"csrf": csrf_of(viewer.get("/forms").text)}):
                same(b.post("%s/%s" % (UNIT, act), {**{k: v for k, v in good["invite"].items() if k != "csrf"}, **token}).status, 403, "token")
            for head in ({"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
                same(b.post("%s/%s" % (UNIT, act), good["invite"], head).status, 403, "from another site")
        same(b.post(UNIT + "/nothing", good["invite"]).status, 404, "no such act")
        same(b.post("/units/99999/invite", good["invite"]).status, 404, "no such unit")
        for form in ("0", "-1", "x", "", "999999", "99999999999999999999"):
            send(b, "invite", {**good["invite"], "form": form}, 409)
        wild(b, good)
        same((invitations(vn), keys(vn)), before, "nothing was done")
        old = Browser(web, "en")
        old.log_in("an")
        form = forms_of(old.get(UNIT).text, "invite")[0]
        old.post("/logout", {"csrf": form["csrf"]})
        same(old.post(UNIT + "/invite", form).status, 401, "a session that has ended")
        same(b.post(UNIT + "/invite", form).status, 403, "its form with another session")
        same((invitations(vn), keys(vn)), before, "nothing was done")
        demoted(b, vn, good, before)
        open_and_public(vn, good)


def wild(b, good):
    """Script and formulas in each field come back as text, if at all."""
    for act in ACTS:
        for name in ("id", "days", "fingerprint", "key", "keep", "before", "why", "update", "text", "confirm", "unknown"):
            for value in (SCRIPT, "\x01\x02", "'; --", "%s%n" * 20, "a" * 1500):
                answer = b.post("%s/%s" % (UNIT, act), {**good["revoke"], "keep": "none", name: value, "form": "0"})
                assert 200 <= answer.status < 500, (act, name, value, answer.status)
                assert "<script>alert" not in answer.text and "<img" not in answer.text, (act, name)


def demoted(b, vn, good, before):
    """The account is a viewer from now on, or gone: the session that it had does nothing more."""
    account(vn, "tam", "--role", "operator")
    tam = logged_in(b.web, "tam")
    form = forms_of(tam.get(UNIT).text, "invite")[0]
    vn.cmd("accounts", "remove", "tam")
    same(tam.post(UNIT + "/invite", form).status, 401, "gone")
    same((invitations(vn), keys(vn)), before, "nothing was done")


def open_and_public(vn, good):
    for how, want in (("--open", 403), ("--public", 403)):
        web = Web(vn, how)
        b = Browser(web, "en")
        for act in ACTS:
            same(b.post("%s/%s" % (UNIT, act), good["invite"]).status, want, how + " " + act)
        if how == "--open":
            assert "/invite" not in b.get(UNIT).text
        web.stop()


# ---- No hub ----

def stopped():
    t, vn, office, web, b = operated()
    with t:
        reported(t, vn, 1)
        until(lambda: forms_of(b.get(UNIT).text, "revoke"), "a key that may be ended")
        vn.stop()
        until(lambda: "The hub is stopped: the buttons below" in b.get(UNIT).text, "the page says that it is stopped")
        page = b.get(UNIT).text
        answer = send(b, "invite", {**forms_of(page, "invite")[0], "approve": "1"}, 503)
        assert "nothing was done" in answer.text and "lienthong-hub invite 28162 --days 30 --approve" in answer.text
        asked = send(b, "revoke", {**forms_of(page, "revoke")[0], "keep": "none"})
        answer = send(b, "revoke", forms_of(asked.text, "revoke")[0], 503)
        assert "lienthong-hub revoke 28162 --key " in answer.text and "--keep none" in answer.text
        same([k["state"] for k in keys(vn)], ["valid"], "nothing was done")
        vn.start()
        until(lambda: "buttons below" not in b.get(UNIT).text, "it runs again")
        send(b, "invite", forms_of(b.get(UNIT).text, "invite")[0])
        web.stop()


# ---- Beside the merge ----

def beside():
    """An office pushes while pages act: both go on, all is counted, and the web process has written no file."""
    t, vn, office, web, b = operated()
    with t:
        pc = reported(t, vn, 1)
        wrong = []

        def acting():
            try:
                for _ in range(20):
                    send(b, "invite", forms_of(b.get("/units/28165").text, "invite")[0], unit="/units/28165")
            except BaseException as error:
                wrong.append(error)

        actor = threading.Thread(target=acting)
        actor.start()
        for n in range(1, 6):
            pc.import_rows([award(name="Trần Thị %d" % n, number="%d/QĐ" % (900 + n), date="01/02/2025", year="2024")])
            pc.sync()
        actor.join(tree.PATIENCE_S)
        same(wrong, [], "what the pages said")
        same(len([i for i in invitations(vn) if i["unit"] == "28165"]), 20, "invitations")
        same(vn.quantity("28162", 2024), 8, "titles")
        for fd in pathlib.Path("/proc/%d/fd" % web.process.pid).iterdir():
            where = os.readlink(fd)
            writes = int(re.search(r"flags:\s+(\d+)", (fd.parent.parent / "fdinfo" / fd.name).read_text()).group(1), 8) & 3
            if where.startswith(str(vn.dir)) and writes:
                assert where.endswith(("lock.mdb", "web.log")), "the web may write to " + where
        same(vn.audit()["equal"], True, "audit")
        web.stop()


if __name__ == "__main__":
    tree.main({f.__name__: f for f in (invite, revoke, approved, notice, refused, stopped, beside)})
