"""What the page of all units costs, and what others feel of it: a hub with many units, and its web.

    LT_HUB=… LT_AGENT=… LT_SOURCE=. python3 tests/bench/web_units.py [UNITS [ASKED]]

Prints the medians and worst of ASKED answers of /units alone, as page, search, JSON and workbook; and of /livez, which needs
nothing but the web's lock, alone and while three others ask for all units without a pause, with how many answers those got.
"""
import statistics, sys, threading, time
sys.path.insert(0, str(__import__("pathlib").Path(__file__).resolve().parent.parent / "web"))
from browser import *

UNITS, ASKED = int((sys.argv[1:] or ["12000"])[0]), int((sys.argv[2:] or ["200"])[0])
PAGES = {"page": "/units", "sorted": "/units?sort=name&desc=1&page=7", "search": "/units?q=xa%20so%2077", "json": "/units.json", "xlsx": "/units.xlsx"}


def tree_of(path):
    """Provinces of a hundred communes."""
    rows = ["code,parent,level,type,nature,name,valid_from,valid_to"]
    for i in range(UNITS):
        if i % 100 == 0:
            rows.append("%02d%s,VN,province,tinh,administrative,Tỉnh Thứ %d,2025-07-01," % (i // 100 % 100, "X" * (i >= 10000), i // 100))
        rows.append("%05d,%02d%s,commune,xa,administrative,Xã Số %d,2025-07-01," % (i, i // 100 % 100, "X" * (i >= 10000), i))
    path.write_text("\n".join(rows) + "\n")
    return path


def timed(b, address):
    begun = time.perf_counter()
    b.get(address)
    return (time.perf_counter() - begun) * 1000


def told(name, times, more=""):
    times = sorted(times)
    print("%-28s median %7.1f ms   95%% %7.1f ms   worst %7.1f ms%s" %
          (name, statistics.median(times), times[len(times) * 95 // 100], times[-1], more))


def beside(web, address):
    """/livez while three ask for that page."""
    stop, answers = threading.Event(), [0]

    def ask():
        b = Browser(web, "en")
        while not stop.is_set():
            b.ask(address)
            answers[0] += 1

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for a in askers:
        a.start()
    b = Browser(web, "en")
    times = [timed(b, "/livez") for _ in range(ASKED)]
    stop.set()
    for a in askers:
        a.join()
    told("livez beside " + address[:14], times, "   (%d answers)" % answers[0])


def main():
    with Tree() as t:
        t.units = tree_of(t.root / "units.csv")
        web = Web(Hub(t, "VN"), "--open")
        b = Browser(web, "en")
        print("%d units" % len(b.json("/units.json")["rows"]))
        for name, address in PAGES.items():
            told(name, [timed(b, address) for _ in range(ASKED if name in ("page", "search", "sorted") else ASKED // 10)])
        told("livez alone", [timed(b, "/livez") for _ in range(ASKED)])
        for address in ("/units", "/units.json"):
            beside(web, address)
        web.stop()


if __name__ == "__main__":
    main()
