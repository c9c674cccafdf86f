#!/usr/bin/env python3
"""Sweeps: every call of a kind fails once, in every scenario, and nothing may be lost or go wrong in silence.

    sweep.py SCENARIO[,SCENARIO…]|commands|all [--kind KIND[,KIND…]] [--every N] [--from N] [--to N]

The programs are the real ones with fault.c linked in. A scenario is run once to count its calls of each kind; then
once for each call, which fails: by itself, and with all after it. After each run
  - no signal, no sanitizer's report (leaks are looked for), no hang;
  - exit code 0 and all of the effect, or another one with a word on stderr and the state as before, or as after;
  - the same again without a fault ends in the state as it is to be.
`--every N`: only each Nth call, from a place that differs from kind to kind. Prints how many calls were failed, by
scenario and kind, and each failure with the command that repeats it.
"""
import argparse, concurrent.futures, errno, json, os, pathlib, shutil, subprocess, sys, tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "cluster"))
from tree import ENGLISH, HUB, AGENT, Failed
import scenarios

FAULTY = {"hub": os.environ["LT_FAULTY_HUB"], "agent": os.environ["LT_FAULTY_AGENT"]}
ERRORS = {"alloc": [errno.ENOMEM], "store": [errno.ENOSPC, errno.EIO, errno.ENOMEM],
          "file": [errno.ENOSPC, errno.EIO, errno.EINTR, errno.EMFILE], "short": [0], "frame": [errno.ENOMEM, errno.EAGAIN],
          "thread": [errno.EAGAIN]}
SANITIZERS = {"ASAN_OPTIONS": "detect_leaks=1:exitcode=99:allocator_may_return_null=1", "UBSAN_OPTIONS": "print_stacktrace=1"}
PATIENCE_S = 60


def fault_env(point):
    """(kind, number, for ever, errno)"""
    kind, number, for_ever, error = point
    return {"LT_FAULT": "%s:%d%s:%d" % (kind, number, "+" if for_ever else "", error)}


def run_point(name, template, point):
    """None, or what is wrong."""
    scenario = scenarios.ALL[name]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lt-fault-"))
    try:
        scenario.copy(template, folder)
        told = scenario.run(FAULTY, folder, {**ENGLISH, **SANITIZERS, **fault_env(point)}, PATIENCE_S)
        if told.code < 0 or told.code == 99 or "runtime error" in told.err or "Sanitizer" in told.err:
            return "ended with %d: %s" % (told.code, told.err[-1500:])
        if told.code not in (0, 1) and told.err.strip() == "":
            return "ended with %d and no word" % told.code
        return scenario.check(folder, told)
    except subprocess.TimeoutExpired:
        return "hangs"
    except Failed as failed:
        return str(failed)[-1500:]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def count_calls(name, template):
    scenario = scenarios.ALL[name]
    folder = pathlib.Path(tempfile.mkdtemp(prefix="lt-fault-"))
    counts = folder / "counts"
    try:
        scenario.copy(template, folder)
        told = scenario.run(FAULTY, folder, {**ENGLISH, **SANITIZERS, "LT_FAULT_COUNT": str(counts)}, PATIENCE_S)
        wrong = scenario.check(folder, told)
        if told.code != 0 or wrong:
            raise Failed("%s without a fault: %d %s %s" % (name, told.code, told.err, wrong))
        return {k: int(n) for k, n in (line.split() for line in counts.read_text().splitlines())}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def points_of(counts, args):
    kinds = args.kind.split(",") if args.kind else list(ERRORS)
    for at, kind in enumerate(kinds):
        for number in range(max(args.first, 1), min(counts[kind], args.last) + 1):
            for e, error in enumerate(ERRORS[kind]):
                for for_ever in (False, True):
                    if (number + 3 * at + 7 * e + 5 * for_ever) % args.every == 0 and not (for_ever and error == errno.EINTR):
                        yield kind, number, for_ever, error


def sweep(names, args):
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="lt-fault-template-") as root, \
            concurrent.futures.ProcessPoolExecutor(os.cpu_count(), initializer=scenarios.own_network) as pool:
        templates = pathlib.Path(root)
        pool.submit(scenarios.prepare, templates).result()
        for name in names:
            try:
                counts = pool.submit(count_calls, name, templates).result()
            except Failed as failed:
                print("WRONG %s: %s" % (name, failed), flush=True)
                wrong += 1
                continue
            points = list(points_of(counts, args))
            done = {}
            for point, failure in zip(points, pool.map(run_point, [name] * len(points), [templates] * len(points), points,
                                                       chunksize=4)):
                done[point[0]] = done.get(point[0], 0) + 1
                if failure:
                    wrong += 1
                    print("WRONG %s %s: %s" % (name, fault_env(point)["LT_FAULT"], failure), flush=True)
            print("%s: calls %s; failed %s" % (name, counts, done or "none"), flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("scenarios")
    parser.add_argument("--kind")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--from", dest="first", type=int, default=1)
    parser.add_argument("--to", dest="last", type=int, default=10**9)
    args = parser.parse_args()
    names = [n for n, s in scenarios.ALL.items() if args.scenarios == "all" or isinstance(s, scenarios.Command)] \
        if args.scenarios in ("all", "commands") else args.scenarios.split(",")
    wrong = sweep(names, args)
    print("%d wrong" % wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
