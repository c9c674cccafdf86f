"""How soon each page is there and how much of it is sent, from a hub that holds more than a million records.

    LT_HUB=… LT_BENCH=… LT_AGENT=… LT_SOURCE=. /usr/bin/python3 tests/bench/web_pages.py [FOLDER]

bench_hub fills a hub (1,000 communes, 1,200,000 named awards of four years; its folder is FOLDER, and kept, when one is said); the
communes and provinces of July 2025 are added from ../shared/data, or made in their number, and who owes what is said. Prints of
each page: the first answer of a web that has just started, and the median and worst of 20 more, in milliseconds from question to
last byte; the processor's milliseconds of one of these, which say what a machine with nothing else to do would take; what is sent, by gzip; and in Chromium, from the start of the navigation, when the first byte came and when something
was painted first: by a browser that has nothing of it kept, and again, median of 5. What is beyond 150 KB or paints later than 100 ms is marked.
"""
import pathlib, shutil, statistics, sys, tempfile, time
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "web"))
from browser import *
from chromium import driver

DATA = tree.SOURCE / ".." / "shared" / "data" / "units-2025-07.csv"
PAGES = {"needs": "/needs", "units": "/units", "units, sorted": "/units?sort=name&desc=1&page=9", "unit": "/units/C00042", "overview P": "/overview?place=P&year=2022",
         "overview VN": "/overview?place=VN&year=2022", "overview district": "/overview?place=D03&year=2022",
         "figures": "/figures?place=P&year=2022&by=code&by=level&by=recipient", "figures by place": "/figures?place=P&year=2022&by=place&by=code",
         "figures across": "/figures?place=P&year=2022&by=place&across=field", "figures, no question": "/figures", "compare": "/compare?place=P&place=D03&period=2022",
         "records": "/records?place=D03&year=2022", "records of a unit": "/records?unit=C00042", "completeness VN": "/completeness?place=VN&period=2022",
         "completeness P": "/completeness?place=P&period=2022", "forms": "/forms", "form 0601": "/forms/0601?place=VN&period=2022",
         "form 0602": "/forms/0602?place=P&period=2022", "form 0603": "/forms/0603?place=P&period=2022"}
KB, PAINT_MS = 150, 100


def filled(work):
    """The hub's folder."""
    env = {**os.environ, "TMPDIR": str(work), "LT_KEEP": "1"}
    bench = subprocess.run([os.environ["LT_BENCH"], tree.HUB, str(tree.CATALOGUE), "1000", "12"], capture_output=True, text=True, env=env)
    folder = pathlib.Path(re.search(r"^serving (.*)$", bench.stdout, re.M)[1])
    told = lambda *argv: run(tree.HUB, *argv, "--dir", folder)
    lines = ["code,parent,level,type,name,valid_from,valid_to"]
    if DATA.exists():
        lines = DATA.read_text().splitlines()
    else:
        for i in range(3321):
            if i < 34:
                lines.append("%02d,,province,tinh,Tỉnh Số %d,2025-07-01," % (i + 1, i + 1))
            lines.append("%05d,%02d,commune,xa,Xã Số %d,2025-07-01," % (i, i % 34 + 1, i))
    head = lines[0].split(",")
    units, owed = work / "units.csv", work / "owed.csv"
    with open(units, "w") as file:
        file.write("code,parent,level,type,nature,name,valid_from,valid_to\n")
        for line in lines[1:]:
            u = dict(zip(head, line.split(",")))
            file.write("%s,%s,%s,%s,administrative,%s,%s,\n" % (u["code"], u["parent"] or "VN", u["level"], u["type"], u["name"], u["valid_from"]))
    told("units", "import", units)
    owed.write_text("unit,within,level,nature,kind,period,due,exempt\n,VN,commune,,,2021,2022-01-15,\n,VN,commune,,,2022,2023-01-15,\n")
    told("obligations", "import", owed)
    return folder


def processor_ms(process):
    """What the process has used so far."""
    fields = pathlib.Path("/proc/%d/stat" % process.pid).read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def asked(b, address):
    begun = time.perf_counter()
    answer = b.get(address, headers={"Accept-Encoding": "gzip"})
    return (time.perf_counter() - begun) * 1000, len(answer.body)


PAINT = """const done = arguments[arguments.length - 1], navigation = performance.getEntriesByType("navigation")[0];
const told = () => { const painted = performance.getEntriesByName("first-contentful-paint")[0];
  painted ? done([navigation.responseStart, painted.startTime, navigation.encodedBodySize]) : requestAnimationFrame(told); }; told();"""


def painted(browser, address):
    browser.get(address)
    return browser.execute_async_script(PAINT)


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="lt-web-pages-"))
    given = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else None
    if given and given.exists():
        folder = given
    else:
        folder = filled(work)
        if given:
            folder = pathlib.Path(shutil.move(str(folder), given))
    hub = subprocess.Popen([tree.HUB, "run", "--dir", str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    there = lambda: None
    there.dir, there.program, there.tree = folder, tree.HUB, lambda: None
    there.tree.processes = [hub]
    while not hub.stdout.readline().startswith("ready"):
        pass
    browser = driver()
    browser.set_script_timeout(60)
    try:
        print("%-22s %9s %9s %9s %9s %8s | %9s %9s %9s %9s" % ("ms", "fresh", "median", "worst", "processor", "KB sent", "1st byte", "painted", "1st again", "again"))
        web = Web(there, "--open")
        updates = json.loads(run(tree.HUB, "status", "--json", "--dir", folder).stdout)["counts"]
        print("records %d, updates %d, units %d" % (updates["records"], updates["updates"], len(Browser(web).json("/units.json")["rows"])))
        web.stop()
        for name, address in PAGES.items():
            web = Web(there, "--open")
            b = Browser(web, "en")
            fresh, sent = asked(b, address)
            begun = processor_ms(web.process)
            times = [asked(b, address)[0] for _ in range(20)]
            used = (processor_ms(web.process) - begun) / len(times)
            browser.execute_cdp_cmd("Network.clearBrowserCache", {})
            first = painted(browser, web.url + address[1:])
            more = [painted(browser, web.url + address[1:]) for _ in range(5)]
            again = [statistics.median(m[i] for m in more) for i in (0, 1)]
            print("%-22s %9.1f %9.1f %9.1f %9.1f %8.1f | %9.1f %9.1f %9.1f %9.1f%s" %
                  (name, fresh, statistics.median(times), max(times), used, sent / 1024, first[0], first[1], *again,
                   (" OVER 150 KB" if sent > KB * 1024 else "") + (" OVER 100 ms" if first[1] > PAINT_MS else "")), flush=True)
            web.stop()
    finally:
        browser.quit()
        hub.terminate()
        hub.wait()
        if not given:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
