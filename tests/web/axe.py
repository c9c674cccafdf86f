"""Every page under axe-core itself: no violation of WCAG 2.2 AA nor of its best practices, in both languages, light and dark, wide
and narrow. axe-core is not of this tree: it is taken from $LT_AXE, or by npm into $XDG_CACHE_HOME/lienthong, and is what its hash
below says, or nothing. Where it cannot be had, that is said and the exit code is 77.

    axe.py operators | readers | public        some of the pages
    axe.py --all [...]                         each in every size and colour in both languages; else two of the four in one language
                                               and the other two in the other
"""
import collections, hashlib, os, pathlib, subprocess, sys, tarfile, tempfile

from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import *
from chromium import driver, sizes
from pages import DEMO, district, logged_in

VERSION, SHA256 = "4.14.1", "29348999450cdf2849a8e70b7912fc2da85a849da39c0d0d5394f51d4a9ed95c"
SKIPPED = 77
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
RUN = """const done = arguments[arguments.length - 1];
axe.run(document, {runOnly: {type: "tag", values: %s}, resultTypes: ["violations"]}).then(told => done(
  told.violations.map(v => [v.id, v.nodes.map(n => n.target.join(" ") + ": " + n.failureSummary.replace(/\\s+/g, " ").slice(0, 300))])
    .concat(document.documentElement.scrollWidth > innerWidth ? [["wider-than-window", ["" + document.documentElement.scrollWidth]]] : [])),
  e => done([["axe itself", ["" + e]]]));""" % json.dumps(TAGS)


# ---- axe-core ----

def checked(script, whence):
    if hashlib.sha256(script).hexdigest() != SHA256:
        raise Failed("%s is not axe-core %s as its hash is known here" % (whence, VERSION))
    return script.decode()


def axe_core():
    """The script; None and why when it cannot be had. What is not what it should be is a failure."""
    if os.environ.get("LT_AXE"):
        return checked(pathlib.Path(os.environ["LT_AXE"]).read_bytes(), "LT_AXE"), ""
    cache = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "lienthong"
    kept = cache / ("axe-core-%s.min.js" % VERSION)
    if not kept.exists():
        with tempfile.TemporaryDirectory() as work:
            try:
                p = subprocess.run(["npm", "pack", "axe-core@" + VERSION, "--silent", "--fetch-retries=0", "--fetch-timeout=20000"],
                                   cwd=work, capture_output=True, text=True, timeout=90)
            except (OSError, subprocess.TimeoutExpired) as error:
                return None, "npm: %s" % error
            packed = list(pathlib.Path(work).glob("axe-core-*.tgz"))
            if p.returncode or not packed:
                return None, "npm: " + (p.stderr.strip().splitlines() or ["nothing came"])[0]
            with tarfile.open(packed[0]) as archive:
                script = archive.extractfile("package/axe.min.js").read()
            checked(script, packed[0].name)
            cache.mkdir(parents=True, exist_ok=True)
            new = kept.with_suffix(".%d" % os.getpid())
            new.write_bytes(script)
            new.rename(kept)
    return checked(kept.read_bytes(), str(kept)), ""


# ---- Looking ----

class Looks:
    def __init__(self, browser, script):
        self.browser, self.script, self.count, self.wrong = browser, script, 0, collections.OrderedDict()
        self.all, self.turn = False, 0
        self.wait = WebDriverWait(browser, tree.PATIENCE_S)

    def here(self, name):
        """The page that is open, in its sizes and colours."""
        self.browser.execute_script(self.script + "; return 0;")
        self.turn += 1
        for width, scheme in sizes(self.browser):
            if not self.all and ((width == 1280) == (scheme == "light")) == (self.turn % 2 == 0):
                continue
            self.count += 1
            for rule, nodes in self.browser.execute_async_script(RUN):
                self.wrong.setdefault((rule, nodes[0]), []).append("%s %d %s" % (name, width, scheme))

    def at(self, web, name, path):
        for language in ("vi", "en"):
            self.browser.get(web.url + path.lstrip("/") + ("&" if "?" in path else "?") + "lang=" + language)
            self.here("%s %s" % (name, language))

    def there(self, what):
        return self.wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, what))

    def press(self, what, then):
        self.there(what)[0].click()
        return self.there(then)

    def log_in(self, web, name):
        self.browser.get(web.url + "login?lang=en")
        self.browser.find_element(By.NAME, "name").send_keys(name)
        self.browser.find_element(By.NAME, "password").send_keys(PASSWORD)
        self.press("form.login button", ".me form button")


def planted(looks, web):
    """Faults of each kind that we may make are found, so that none found means something."""
    looks.browser.get(web.url + "login?lang=en")
    looks.browser.execute_script("""document.querySelector("main").insertAdjacentHTML("beforeend",
      '<input name="bare"><img src="/assets/icon.svg"><a href="/"></a><h5>deep</h5><p id="faint">faint</p><p id="faint2">x</p>' +
      '<button id="tiny">a</button><button id="tiny2">b</button><ul><p>no item</p></ul>' +
      '<table><tr><td role="blah">x</td></tr></table>');
      for (const [id, style] of [["faint", {color: "#999", background: "#aaa"}], ["tiny", {all: "unset", fontSize: "6px"}],
        ["tiny2", {all: "unset", fontSize: "6px"}]]) Object.assign(document.getElementById(id).style, style);
      document.documentElement.removeAttribute("lang");""")
    looks.here("planted")
    found = {rule for rule, _ in looks.wrong}
    for rule in ("label", "image-alt", "link-name", "heading-order", "color-contrast", "target-size", "list", "aria-roles", "html-has-lang"):
        assert rule in found, (rule, found)
    looks.wrong.clear()
    looks.count = 0


# ---- The pages ----

def filled():
    """807's review of 2020, what others told, what is owed, who is quarantined."""
    t, vn, office = district()
    for unit, files in (("297", ("2-gia-loc-2015-2020.csv", "2-gia-loc-dien-hinh.csv", "2-gia-loc-phong-trao.csv")),
                        ("28162", ("mau-28162-2023.csv",))):
        agent = Agent(t, unit, vn)
        for name in files:
            agent.import_file(DEMO / name, (0, 1, 2, 3))
        agent.sync()
    for name in ("1-can-giuoc-giao-uoc-2021.csv", "1-can-giuoc-phong-trao.csv"):
        office.import_file(DEMO / name, (0, 1, 2, 3))
    office.sync()
    owed = t.root / "owed.csv"
    owed.write_text("unit,within,level,nature,kind,period,due,exempt\n,80,,,,2020,2021-01-15,\n,30,,,,2020,2021-02-01,\n28162,,,,,2023,2024-01-15,\n")
    vn.cmd("obligations", "import", owed)
    key, = [k["key"] for k in json.loads(vn.cmd("keys", "28162", "--json").stdout)["rows"]]
    plan = vn.cmd("revoke", "28162", "--key", key, "--keep", "none", "--dry-run").stdout
    vn.cmd("revoke", "28162", "--key", key, "--keep", "none", "--confirm", re.search(r"--confirm (\S+)", plan).group(1))
    return t, vn


def readers(looks):
    t, vn = filled()
    with t:
        web = Web(vn, "--open")
        told = Browser(web, "en")
        until(lambda: "28162" in [u["unit"] for u in told.json("/needs.json")["rows"]], "who needs somebody")
        update = re.search(r"/updates/([0-9a-f]{64})", told.get("/records?unit=807").text).group(1)
        for name, path in {
                "overview": "/overview?place=80&year=2020", "overview of nothing": "/overview?place=35&year=1999",
                "builder": "/figures", "figures": "/figures?place=80&year=2020&by=code&by=level&by=recipient&where=recipient%3Dindividual",
                "across": "/figures?place=80&year=2020&by=code&across=recipient",
                "today": "/figures?place=80&year=2020&by=code&tree=today", "proposals": "/figures?place=80&year=2021&kind=proposal&by=code",
                "compare": "/compare?place=80&place=30&place=35&period=2020", "compare nothing": "/compare",
                "records": "/records?unit=807", "records behind": "/records?place=80&year=2020&where=recipient%3Dcollective",
                "quarantined": "/records?unit=28162", "update": "/updates/" + update,
                "completeness": "/completeness?place=VN&period=2020", "missing": "/completeness?place=80&period=2020&only=missing",
                "list": "/lists/proposals?place=80&year=2021", "forms": "/forms", **{"form " + f["form"]: "/forms/%s?place=80&period=2020" % f["form"] for f in told.json("/forms.json")["rows"]},
                "several": "/figures?year=2020&place=can+giuoc", "no page": "/nothing", "wrong": "/figures?place=80&year=20x0",
                "no place": "/figures?place=nowhere&year=2020"}.items():
            looks.at(web, name, path)
        web.stop()


def operators(looks):
    t, vn = filled()
    with t:
        account(vn, "an", "--role", "admin", "--names")
        account(vn, "xem", "--place", "807")
        web = Web(vn)
        for name, path in {"login": "/login", "login back": "/login?to=/units"}.items():
            looks.at(web, name, path)
        looks.log_in(web, "xem")
        for name, path in {"forbidden": "/needs", "beyond": "/units/VN", "own": "/overview?year=2020"}.items():
            looks.at(web, name, path)
        looks.press(".me form button", "form.login")
        looks.browser.find_element(By.NAME, "name").send_keys("an")
        looks.browser.find_element(By.NAME, "password").send_keys("sai sai sai sai")
        looks.press("form.login button", ".banner.bad")
        looks.here("login failed")
        looks.log_in(web, "an")
        until(lambda: "28162" in (looks.browser.get(web.url + "needs"), looks.browser.page_source)[1], "who needs somebody")
        for name, path in {"needs": "/needs", "units": "/units", "units found": "/units?q=can+giuoc&sort=name", "none found": "/units?q=zzz",
                           "by trouble": "/units?trouble=quarantined", "unit": "/units/807", "quarantined unit": "/units/28162",
                           "silent unit": "/units/35", "top": "/units/VN", "names": "/records?unit=807", "accounts": "/accounts"}.items():
            looks.at(web, name, path)
        acts(looks, web)
        vn.stop()
        until(lambda: (looks.browser.get(web.url + "needs"), looks.browser.find_elements(By.CSS_SELECTOR, ".banner.bad"))[1], "a stopped hub")
        for name, path in {"stopped": "/needs", "stopped unit": "/units/807"}.items():
            looks.at(web, name, path)
        web.stop()


def acts(looks, web):
    """What each act answers: asks, is done, shows a code, refuses."""
    for language in ("vi", "en"):
        unit = web.url + "units/807?lang=" + language
        name = lambda what: "%s %s" % (what, language)
        looks.browser.get(unit)
        for part in looks.there("details.act"):
            part.find_element(By.TAG_NAME, "summary").click()
        looks.here(name("acts"))
        looks.press("form[action$='/revoke'] button", "button.grave")
        looks.here(name("revoke asks"))
        looks.browser.get(unit)
        looks.press("form[action$='/invite'] button", ".slip")
        looks.here(name("slip"))
        looks.browser.get(unit)
        looks.here(name("an open code"))
        looks.press("form[action$='/uninvite'] button", ".banner.good")
        looks.here(name("taken back"))
        looks.browser.get(unit)
        looks.there("form[action$='/notice'] [name=text]")[0].send_keys("Một tin")
        looks.press("form[action$='/notice'] button", "button.grave")
        looks.here(name("notice asks"))
        looks.press("button.grave", ".banner.good")
        looks.here(name("told"))
        looks.browser.get(unit)
        looks.there("form[action$='/uninvite'] [name=form], form[action$='/invite'] [name=form]")
        looks.browser.execute_script("document.querySelector(\"form[action$='/invite'] [name=form]\").value = 999999")
        looks.press("form[action$='/invite'] button", ".banner.warn[role=alert]")
        looks.here(name("an old form"))
        looks.browser.get(web.url + "units/28162?lang=" + language)
        for part in looks.there("details.act"):
            part.find_element(By.TAG_NAME, "summary").click()
        looks.here(name("endorse"))


def public(looks):
    t, vn = filled()
    with t:
        web = Web(vn, "--public")
        for name, path in {"figures": "/figures", "asked": "/figures?place=80&year=2020&by=code&by=recipient",
                           "across": "/figures?place=80&year=2020&by=code&across=recipient",
                           "completeness": "/completeness?place=VN&period=2020", "refused": "/units", "no page": "/nothing"}.items():
            looks.at(web, "public " + name, path)
        web.stop()
        none = Tree()
        with none:
            empty = Web(Hub(none, "VN"), "--open")
            for path in ("/needs", "/units", "/overview", "/figures", "/compare", "/records?unit=VN", "/completeness", "/forms", "/units/VN"):
                looks.at(empty, "empty " + path, path)
            empty.stop()


def main():
    script, why = axe_core()
    if script is None:
        print("SKIPPED: axe-core %s cannot be had (%s); name its axe.min.js in LT_AXE" % (VERSION, why))
        sys.exit(SKIPPED)
    parts = {f.__name__: f for f in (operators, readers, public)}
    browser = driver()
    browser.set_script_timeout(tree.PATIENCE_S)
    looks = Looks(browser, script)
    try:
        with Tree() as t:
            web = Web(Hub(t, "VN"))
            planted(looks, web)
            web.stop()
        looks.all = "--all" in sys.argv
        for name in [a for a in sys.argv[1:] if a != "--all"] or parts:
            parts[name](looks)
    finally:
        browser.quit()
        for (rule, node), where in looks.wrong.items():
            print("%s\n    %s\n    on %d: %s" % (rule, node, len(where), "; ".join(where[:6])))
    same(len(looks.wrong), 0, "violations")
    print("ok axe-core %s: %d looks, no violation" % (VERSION, looks.count))


if __name__ == "__main__":
    main()
