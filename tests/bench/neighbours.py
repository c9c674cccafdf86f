"""What a neighbour feels of a machine that floods their hub: its time from push to receipt, with and without.

    LT_HUB=… LT_AGENT=… LT_WILD=… LT_SOURCE=. python3 tests/bench/neighbours.py [UPDATES [KIND …]]

One hub, one neighbour that pushes updates of 100 rows one by one, and phases in turns: quiet, flooded, quiet,
flooded … In the flooded ones a machine of another unit sends as fast as it can, in spite of credit and answers;
when it is cut off it comes back at once and goes on. Prints for each kind the medians and 95th percentiles, and the
ratio of the medians, before it is cut off and while it is; `quiet` is the same without a flood: what of the ratio is
chance. The flooder is a PC elsewhere, whose work (signing its rows) is none of the hub's machine: here it gets only what
processor time nobody else wants (SCHED_IDLE), unless LT_SHARED=1. With LT_ELSEWHERE=1 it floods another hub on the same
machine, which tells what of the ratio comes of that alone. What of the flooder's the hub took in is printed too.
"""
import statistics, sys
sys.path.insert(0, str(__import__("pathlib").Path(__file__).resolve().parent.parent / "cluster"))
from tree import *

WILD, PHASES = os.environ["LT_WILD"], 4
ELSEWHERE, SHARED = "LT_ELSEWHERE" in os.environ, "LT_SHARED" in os.environ
# KIND, rows an update (0: the largest)
KINDS = {"quiet": None, "garbage": ("garbage!", 1), "hello": ("hello!", 1), "want": ("want!", 1),
         "forged": ("forged!", 1), "unlinked": ("unlinked!", 1), "same": ("same!", 1), "largest": ("valid!", 0),
         "rows": ("valid!", 100), "crowd": None}
# What it comes to in the end.
ENDS = {"rows": "slowed", "largest": "cut", "garbage": "cut", "hello": "cut", "want": "cut", "forged": "cut",
        "unlinked": "cut", "same": "cut"}


def argv(hub, agent, kind, count, rows):
    return [WILD, kind, str(count), hub.endpoint, str(hub.dir), str(agent.dir), agent.unit, str(rows)]


def elsewhere():
    if not SHARED:
        os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))


def flooder(hub, kind):
    """The hostile process; None where there is none."""
    if KINDS[kind] is not None:
        process = subprocess.Popen(argv(hub, hub.evil, KINDS[kind][0], 0, KINDS[kind][1]), stdout=subprocess.DEVNULL,
                                   preexec_fn=elsewhere)
    elif kind == "crowd":
        process = subprocess.Popen([os.environ["LT_FLOOD"], "strangers", "500", hub.endpoint, str(hub.dir), str(hub.evil.dir),
                                    "28165"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, preexec_fn=elsewhere)
    else:
        return None
    hub.tree.processes.append(process)
    return process


def phase(hub, updates):
    """A neighbour of its own each time, since its chain begins anew. Milliseconds of each update."""
    good = Agent(hub.tree, "28162", hub, "neighbour-%d" % next(phase.numbers))
    out = run(*argv(hub, good, "neighbour", updates, 100)).stdout
    return [int(l.split()[1]) / 1000 for l in out.splitlines() if l.startswith("us ")]


def taken(hub):
    """Messages of all, and what the flooder stored."""
    told = json.loads(hub.cmd("status", "--json").stdout)
    stored = sum(q["stored_bytes"] for q in told.get("quotas", []) if q["unit"] == "28165")
    return "%d messages, %d KiB stored of the flooder" % (told["gate"]["messages"], stored // 1024)


def standing(hub):
    told = json.loads(hub.cmd("status", "--json").stdout).get("quotas", [])
    return [q["standing"] for q in told if q["unit"] == "28165"] or ["free"]


def measure(updates, kind):
    """Quiet and flooded in turns; then, where it comes to that, the same while the flooder is cut off and knocks."""
    with Tree() as t, Tree() as u:
        vn = Hub(t, "VN")
        flooded_hub = Hub(u, "VN") if ELSEWHERE else vn
        flooded_hub.evil = Agent(flooded_hub.tree, "28165", flooded_hub)
        phase.numbers = iter(range(1000))
        quiet, flooded, ended = [], [], []
        for i in range(PHASES):
            quiet += phase(vn, updates)
            process = flooder(flooded_hub, kind)
            flooded += phase(vn, updates)
            state = standing(flooded_hub)[0]
            if i == PHASES - 1 and process is not None and kind in ENDS:
                until = time.monotonic() + 100
                while standing(flooded_hub) != [ENDS[kind]] and time.monotonic() < until:
                    pass
                state = standing(flooded_hub)[0]
                ended = phase(vn, updates) if state == ENDS[kind] else []
            if process is not None:
                if process.poll() is not None:
                    raise Failed("the flooder ended by itself: %d" % process.returncode)
                process.kill()
                process.wait()
        took = taken(flooded_hub)
    tell(kind, "flooded", quiet, flooded, state)
    if ended:
        tell(kind, state, quiet, ended, state)
    print("          " + took, flush=True)


def tell(kind, what, quiet, other, state):
    tail = lambda l: sorted(l)[len(l) * 95 // 100]
    a, b = statistics.median(quiet), statistics.median(other)
    print("%-9s quiet %6.2f ms (95 %%: %6.2f), %s %6.2f ms (95 %%: %6.2f), ratio %.2f; at last %s" %
          (kind, a, tail(quiet), what, b, tail(other), b / a, state), flush=True)


if __name__ == "__main__":
    updates = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    for kind in sys.argv[2:] or KINDS:
        measure(updates, kind)
