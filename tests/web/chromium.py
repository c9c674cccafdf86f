"""The pages in a real browser: nothing asked of anybody else, nothing refused by the policy, a phone's width, news, print.

    chromium.py              leaves screenshots in $LT_SHOTS, when it is set
"""
import base64, json, os, pathlib, shutil, tempfile

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from browser import *

PAGES = {"needs": "/needs", "units": "/units", "unit": "/units/807", "overview": "/overview?place=80&year=2020",
         "figures": "/figures?place=80&year=2020&by=code&by=level&by=recipient", "across": "/figures?place=80&year=2020&by=code&across=recipient",
         "compare": "/compare?place=80&place=35&period=2020", "records": "/records?unit=807", "completeness": "/completeness?place=VN&period=2020", "forms": "/forms",
         "form": "/forms/0602?place=80&period=2020", "nothing": "/nothing"}


def driver():
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--user-data-dir=" + tempfile.mkdtemp(prefix="lt-chromium-")):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    return webdriver.Chrome(service=Service("/usr/bin/chromedriver"), options=options)


# A little of what axe looks for, by our own hand: names of fields, images and regions, one main heading, ids once, contrast.
LOOK = r"""
const found = [];
for (const field of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
  if (!field.labels || field.labels.length === 0) found.push("a field without a label: " + field.name);
for (const image of document.querySelectorAll("img, svg"))
  if (!image.getAttribute("aria-label") && !image.getAttribute("alt") && image.getAttribute("aria-hidden") !== "true") found.push("a picture without words");
for (const link of document.querySelectorAll("a, button"))
  if (link.textContent.trim() === "") found.push("a link without words: " + link.outerHTML.slice(0, 80));
if (document.querySelectorAll("h1").length !== 1) found.push("not one h1");
if (document.querySelectorAll("main").length !== 1) found.push("not one main");
const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
if (new Set(ids).size !== ids.length) found.push("an id twice");
if (!["vi", "en"].includes(document.documentElement.lang)) found.push("no language");
const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
function rgba(colour) { canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); return canvas.getImageData(0, 0, 1, 1).data; }
function light(c) { const f = [0, 1, 2].map(i => { const v = c[i] / 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; }); return .2126 * f[0] + .7152 * f[1] + .0722 * f[2]; }
function ground(e) { for (; e; e = e.parentElement) { const c = rgba(getComputedStyle(e).backgroundColor); if (c[3] === 255) return c; } return rgba(getComputedStyle(document.body).backgroundColor); }
const seen = new Set();
for (const e of document.querySelectorAll("main *, header *, footer")) {
  if (![...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) || e.closest(".aloud, svg") || e.offsetParent === null) continue;
  const style = getComputedStyle(e), a = light(rgba(style.color)), b = light(ground(e));
  const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05), large = parseFloat(style.fontSize) >= 24;
  if (ratio < (large ? 3 : 4.5)) { const key = e.tagName + "." + e.className; if (!seen.has(key)) found.push("contrast " + ratio.toFixed(2) + " of " + key); seen.add(key); }
}
if (document.documentElement.scrollWidth > innerWidth) found.push("wider than the window: " + document.documentElement.scrollWidth);
return found;
"""


def sizes(browser):
    """Wide and narrow, light and dark."""
    for width in (1280, 390):
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                                    {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500})
            yield width, scheme


def well(browser, shots, name):
    same(browser.execute_script(LOOK), [], name)
    if shots:
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": browser.execute_script("return innerWidth"), "height":
            min(6000, browser.execute_script("return document.documentElement.scrollHeight")), "deviceScaleFactor": 1, "mobile": False})
        browser.get_screenshot_as_file(str(shots / (name + ".png")))


def look(browser, web, shots):
    for width, scheme in sizes(browser):
        for language in ("vi", "en"):
            for name, path in PAGES.items():
                browser.get(web.url + path[1:] + ("&" if "?" in path else "?") + "lang=" + language)
                well(browser, shots, "%s-%d-%s-%s" % (name, width, scheme, language))


def acts(browser, vn, shots):
    """What an operator does, pressed by hand: the page asks again where it cannot be undone, and the slip prints alone."""
    account(vn, "an", "--role", "operator")
    web = Web(vn)
    wait = WebDriverWait(browser, tree.PATIENCE_S)
    there = lambda what: wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, what))
    for language in ("vi", "en"):
        browser.get(web.url + "login?lang=" + language)
        well(browser, shots, "login-" + language)
        browser.find_element(By.NAME, "name").send_keys("an")
        browser.find_element(By.NAME, "password").send_keys(PASSWORD)
        browser.find_element(By.CSS_SELECTOR, "form.login button").click()
        there(".me form button")
        for width, scheme in sizes(browser):
            browser.get(web.url + "units/807?lang=" + language)
            for part in browser.find_elements(By.CSS_SELECTOR, "details.act"):
                part.find_element(By.TAG_NAME, "summary").click()
            well(browser, shots, "acts-%d-%s-%s" % (width, scheme, language))
            browser.find_element(By.CSS_SELECTOR, "form[action$='/revoke'] button").click()
            there("button.grave")
            well(browser, shots, "revoke-%d-%s-%s" % (width, scheme, language))
            browser.back()
            there("form[action$='/invite'] button")[0].click()
            there(".slip")
            well(browser, shots, "slip-%d-%s-%s" % (width, scheme, language))
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
        assert browser.find_element(By.CSS_SELECTOR, ".slip").is_displayed()
        for gone in ("header", "footer", ".banner", "h1 ~ p"):
            assert not browser.find_element(By.CSS_SELECTOR, gone).is_displayed(), gone
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
        browser.find_element(By.CSS_SELECTOR, ".me form button").click()
        there("form.login")
    asked_of_whom(browser, web)
    web.stop()


def planted(browser, web):
    """What LOOK is to find, it finds."""
    browser.get(web.url + "units?lang=en")
    browser.execute_script("""document.querySelector("main").insertAdjacentHTML("beforeend",
      '<input name="bare"><svg></svg><a href="/"></a><h1>again</h1><p id="main">twice</p><div id="wide">x</div><p id="faint">faint</p>');
      document.getElementById("wide").style.width = "5000px"; document.getElementById("faint").style.color = getComputedStyle(document.body).backgroundColor;""")
    found = " ".join(browser.execute_script(LOOK))
    for what in ("without a label: bare", "a picture without words", "a link without words", "not one h1", "an id twice", "wider than",
                 "contrast"):
        assert what in found, (what, found)


def roomy(browser, web):
    """Why a record counts is said in a column that is wide enough to be read."""
    browser.get(web.url + "records?place=80&year=2020&lang=en")
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {"width": 1280, "height": 900, "deviceScaleFactor": 1, "mobile": False})
    cells = browser.find_elements(By.CSS_SELECTOR, 'td[data-head="Because"]')
    assert cells and min(c.size["width"] for c in cells) > 160, [c.size for c in cells[:3]]


def asked_of_whom(browser, web):
    """Every request went to the hub, and the policy stopped nothing."""
    for entry in browser.get_log("performance"):
        message = json.loads(entry["message"])["message"]
        if message["method"] == "Network.requestWillBeSent":
            address = message["params"]["request"]["url"]
            if not address.startswith((web.url, "data:", "chrome:", "about:")):
                raise Failed("asked elsewhere: " + address)
    wrong = [e["message"] for e in browser.get_log("browser") if e["level"] == "SEVERE" and "/nothing" not in e["message"]]
    same(wrong, [], "what the browser complains of")


def news(browser, web, t, vn):
    """What comes in while a page is open is said on it, and a press shows it."""
    browser.get(web.url + "figures?place=80&year=2023&by=code&lang=en")
    wait = WebDriverWait(browser, tree.PATIENCE_S)
    assert "Nothing." in browser.page_source
    office = Agent(t, "28162", vn)
    office.import_file(DEMO / "mau-28162-2023.csv")
    office.sync()
    button = wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, "#news[role=status] button"))[0]
    assert "something new" in button.text
    button.click()
    wait.until(lambda b: b.find_elements(By.CSS_SELECTOR, "td.n a"))


def printed(browser, web):
    """A4 with page numbers, without what belongs to the screen."""
    browser.get(web.url + "forms/0602?place=80&period=2020&lang=vi")
    assert browser.find_element(By.CSS_SELECTOR, "button[data-print]").is_displayed()
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert pdf.startswith(b"%PDF") and len(pdf) > 5000
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    for gone in ("header", "form.ask", ".formats", "button[data-print]"):
        assert not browser.find_element(By.CSS_SELECTOR, gone).is_displayed(), gone
    assert browser.find_element(By.CSS_SELECTOR, ".signs").is_displayed()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def keyboard(browser, web):
    """The first tab leads to the content; sorting works by a key alone."""
    from selenium.webdriver.common.keys import Keys
    browser.get(web.url + "units?lang=en")
    browser.find_element(By.TAG_NAME, "body").send_keys(Keys.TAB)
    same(browser.switch_to.active_element.get_attribute("href").split("#")[1], "main", "where the first tab leads")
    head = browser.find_element(By.LINK_TEXT, "Unit")
    head.send_keys(Keys.ENTER)
    WebDriverWait(browser, tree.PATIENCE_S).until(lambda b: b.find_elements(By.CSS_SELECTOR, "th[aria-sort=ascending]"))


def main():
    shots = os.environ.get("LT_SHOTS")
    shots = pathlib.Path(shots) if shots else None
    with Tree() as t:
        vn = Hub(t, "VN")
        office = Agent(t, "807", vn)
        office.import_file(DEMO / "1-can-giuoc-2020.csv")
        office.sync()
        owed = t.root / "owed.csv"
        owed.write_text("unit,within,level,nature,kind,period,due,exempt\n,80,,,,2020,2021-01-15,\n,30,,,,2020,2021-02-01,\n")
        vn.cmd("obligations", "import", owed)
        web = Web(vn, "--open")
        browser = driver()
        try:
            look(browser, web, shots)
            planted(browser, web)
            roomy(browser, web)
            keyboard(browser, web)
            printed(browser, web)
            news(browser, web, t, vn)
            asked_of_whom(browser, web)
            acts(browser, vn, shots)
        finally:
            browser.quit()
        web.stop()
    print("ok chromium")


if __name__ == "__main__":
    main()
