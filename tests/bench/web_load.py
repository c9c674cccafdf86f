"""What the web takes from the merge, and the merge from the web: bench_hub's traffic into a hub while wrk asks its web for figures.

    LT_HUB=… LT_BENCH=… python3 tests/bench/web_load.py [UNITS [UPDATES-EACH]]

Prints, of each run, the durable acknowledged records a second and the web's answers a second with their median and 99th percentile:
the bench alone, with readers (20 that think a second each), with three that ask without a pause (as many figures as the web works
out at once), with 16 of them (of which some are told to come back); then the web alone, on the store that was filled. Each question
is one of figures, overview, completeness and forms, of a province, districts and communes, so that no page is asked twice in a row.
"""
import os, pathlib, re, shutil, signal, subprocess, sys, tempfile

HUB, BENCH = os.environ["LT_HUB"], os.environ["LT_BENCH"]
CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "proto" / "catalogue.csv"
UNITS, UPDATES = (sys.argv[1:] + ["1000", "24"])[0:2] if len(sys.argv) > 2 else ((sys.argv[1:] or ["1000"])[0], "24")
READERS = {"readers": (20, 1000), "three": (3, 0), "sixteen": (16, 0)}

QUESTIONS = r"""
local places = {"P", "D00", "D01", "D05", "C00001", "C00042", "C00777", "VN"}
local by = {"code", "level&by=code", "field", "sex&by=category", "movement", "place", "month", "type&by=recipient"}
local at = 0
function request()
  at = at + 1
  local place, year = places[at %% #places + 1], 2020 + at %% 4
  local kind = at %% 10
  if kind == 7 then return wrk.format("GET", "/overview?place=" .. place .. "&year=" .. year) end
  if kind == 8 then return wrk.format("GET", "/completeness?place=" .. place .. "&period=" .. year) end
  if kind == 9 then return wrk.format("GET", "/forms/0602?place=" .. place .. "&period=" .. year) end
  return wrk.format("GET", "/figures?place=" .. place .. "&year=" .. year .. "&by=" .. by[math.floor(at / 3) %% #by + 1])
end
function delay() return %d end
"""


class Web:
    def __init__(self, folder):
        self.process = subprocess.Popen([HUB, "web", "--open", "--listen", "127.0.0.1:0", "--dir", folder], stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.url = self.process.stdout.readline().split()[1]

    def stop(self):
        self.process.terminate()
        self.process.wait()


def asking(web, how, work, seconds=3600):
    connections, think_ms = READERS[how]
    script = pathlib.Path(work) / (how + ".lua")
    script.write_text(QUESTIONS % think_ms)
    return subprocess.Popen(["wrk", "-t1", "-c%d" % connections, "-d%ds" % seconds, "--timeout", "30s", "--latency", "-s", str(script),
                             "-H", "Accept-Encoding: gzip", web.url], stdout=subprocess.PIPE, text=True)


def told(wrk):
    out = wrk.communicate()[0]
    number = lambda pattern: (re.search(pattern, out) or ["", "-"])[1]
    total, refused = int(number(r"(\d+) requests in")), re.search(r"Non-2xx or 3xx responses: (\d+)", out)
    return "web %8s answers/s, median %9s, 99%% %9s%s" % (number(r"Requests/sec:\s+(\S+)"), number(r"\n +50%\s+(\S+)"), number(r"\n +99%\s+(\S+)"),
                                                        ", %d of %d told to come back" % (int(refused[1]), total) if refused else "")


def beside(how, work, keep=False):
    """The bench, with readers or (None) alone; the folder, when it is kept."""
    bench = subprocess.Popen([BENCH, HUB, str(CATALOGUE), UNITS, UPDATES], stdout=subprocess.PIPE, text=True,
                             env={**os.environ, "TMPDIR": work, **({"LT_KEEP": "1"} if keep else {})})
    web = wrk = folder = None
    said = ""
    for line in bench.stdout:
        if line.startswith("serving "):
            folder = line.split()[1]
            if how:
                web = Web(folder)
                wrk = asking(web, how, work)
        elif line.startswith("hub ") and wrk:
            wrk.send_signal(signal.SIGINT)
            said = told(wrk)
            web.stop()
        if line.startswith("hub "):
            rate = line.split()[1]
    if bench.wait():
        sys.exit("bench_hub failed")
    print("%-22s hub %8s records/s   %s" % ("bench with " + how if how else "bench alone", rate, said), flush=True)
    return folder


def alone(folder, work):
    hub = subprocess.Popen([HUB, "run", "--dir", folder], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    while not hub.stdout.readline().startswith("ready"):
        pass
    web = Web(folder)
    for how in READERS:
        print("%-22s %s" % (how + " alone", told(asking(web, how, work, 10))), flush=True)
    web.stop()
    hub.terminate()
    hub.wait()


def main():
    with tempfile.TemporaryDirectory(prefix="lt-web-load-") as work:
        beside(None, work)
        for how in READERS:
            folder = beside(how, work, keep=how == "sixteen")
        alone(folder, work)


if __name__ == "__main__":
    if shutil.which("wrk") is None:
        sys.exit("web_load: wrk is needed (apt install wrk)")
    main()
