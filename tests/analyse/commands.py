#!/usr/bin/env python3
"""commands.py - the programs under another one (LT_UNDER, such as valgrind): a PC joins, takes in, sends and shows, then the
hub serves and answers. The other side runs as it is, since both at once would wait for each other too long."""
import os, pathlib, shlex, sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "cluster"))
from tree import Agent, Hub, Tree, award, same

UNDER = shlex.split(os.environ["LT_UNDER"])
ROWS = [award(number="9/QĐ-UBND", date="02/03/2021", year="2021", name="Cá nhân %02d" % i) for i in range(20)]

with Tree() as t:
    vn = Hub(t, "VN")
    pc = Agent(t, "807", vn, prefix=UNDER)
    same(pc.import_rows(ROWS[:10])["accepted"], 10, "taken in")
    pc.sync(600)
    told = pc.status()
    same(told["counted"], told["updates"], "all counted")
    same(len(pc.records()), 10, "records")
    pc.cmd("export", "--output", t.root / "all.csv")
    pc.cmd("backup", t.root / "pc")
    vn.stop()
    vn.prefix, pc.prefix = UNDER, ()
    vn.start()
    pc.import_rows(ROWS)
    pc.sync(600)
    vn.stop()
    same(vn.quantity("VN", 2021, code="GK"), 20, "figure")
    vn.audit()
    for command in ("status", "keys", "records --counted --place VN --year 2021", "form 0602 --place VN --period 2021 --json"):
        vn.cmd(*command.split())
print("commands.py: all ended well")
