"""What docs/security.md says and no other case shows. `claims.py NAME` runs one."""
import json, os, shutil, socket, subprocess, threading

from tree import AGENT, ENGLISH, PATIENCE_S, Agent, Hub, Tree, award, free_port, main, run, same, until

NAME, WORKPLACE = "Nguyễn Thị Không Ai Đọc", "Trường Kín Đáo"


def people(turn, count):
    return [award(number="%d/QĐ-UBND" % turn, date="01/02/2021", year="2020", name="%s %d-%d" % (NAME, turn, i),
                  workplace=WORKPLACE) for i in range(count)]


class Line:
    """What lies between a PC and its hub: keeps all that passes, and changes a bit of it when told to."""

    def __init__(self, tree, hub):
        self.port, self.to = free_port(), int(hub.endpoint.rsplit(":", 1)[1])
        self.seen, self.alter, self.altered, self.passed = bytearray(), None, 0, 0
        self.door = socket.create_server(("127.0.0.1", self.port))
        self.ends = [self.door]
        tree.undo.append(lambda: [s.close() for s in self.ends])
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                pair = (self.door.accept()[0], socket.create_connection(("127.0.0.1", self.to)))
            except OSError:
                return
            self.ends += pair
            for of, to, up in (*[(*pair, True)], (*pair[::-1], False)):
                threading.Thread(target=self.carry, args=(of, to, up), daemon=True).start()

    def carry(self, of, to, up):
        """Bytes of one way of one connection; the bit is one of so far within them."""
        at = 0
        try:
            while data := of.recv(65536):
                self.seen += data
                data, way = bytearray(data), "up" if up else "down"
                if self.alter and self.alter[0] == way and at <= self.alter[1] < at + len(data):
                    data[self.alter[1] - at] ^= 1 << self.altered % 8
                    self.altered += 1
                at += len(data)
                to.sendall(data)
        except OSError:
            pass
        for s in (of, to):
            try:
                s.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def behind_line(t, hub, unit="28162"):
    """A PC that knows no other way to its hub."""
    line = Line(t, hub)
    way = "tcp://127.0.0.1:%d" % line.port
    pc = Agent.__new__(Agent)
    pc.tree, pc.unit, pc.hub, pc.prefix, pc.dir = t, unit, hub, (), t.root / ("agent-" + unit)
    pc.cmd("join", json.loads(hub.cmd("invite", unit, "--endpoint", way, "--json").stdout)["code"])
    return line, pc


def line_read():
    """Who keeps all that passes between a PC and its hub, the joining too, finds no name, unit, key or number in it."""
    with Tree() as t:
        vn = Hub(t, "VN")
        line, pc = behind_line(t, vn)
        pc.import_rows(people(1, 200))
        pc.sync()
        same(vn.quantity("28162", 2020, code="GK"), 200, "counted by that way")
        assert len(line.seen) > 20000, "too little was seen: %d bytes" % len(line.seen)
        keys = [bytes.fromhex(pc.status()["key"]), bytes.fromhex(json.loads(vn.cmd("status", "--json").stdout)["root_key"])]
        for secret in (NAME.encode(), WORKPLACE.encode(), "QĐ-UBND".encode(), b"28162", *keys):
            assert secret not in line.seen, "it is legible: %r" % secret


def line_altered():
    """A bit changed on the way, anywhere, either way: nothing false is taken, and all is counted once the line is sound."""
    with Tree() as t:
        vn = Hub(t, "VN")
        line, pc = behind_line(t, vn)
        pc.import_rows(people(1, 100))
        rows = 100
        for turn, at in enumerate((3, 40, 70, 200, 500, 900, 1300, 2500, 6000), 2):
            for way in ("up", "down"):
                line.alter = (way, at)
                pc.cmd("run", "--once", "--timeout", 1, ok=(0, 1))
                line.alter = None
                assert vn.quantity("28162", 2020, code="GK") <= rows, "more than was said"
            pc.import_rows(people(turn, 3))
            rows += 3
        assert line.altered > 10, "hardly anything was altered: %d" % line.altered
        pc.sync()
        same(vn.quantity("28162", 2020, code="GK"), rows, "each row once")
        same(json.loads(vn.cmd("status", "--json").stdout)["alarms"], [], "nobody is accused")
        same(vn.audit()["quarantined"], 0, "quarantined")


def thief_rotates():
    """A thief changes the key of a stolen copy: the office's own PC is told, and with both keys revoked a new code goes on."""
    with Tree() as t:
        vn = Hub(t, "VN")
        own = Agent(t, "28162", vn)
        own.import_rows(people(1, 3))
        own.sync()
        former = own.status()["key"]
        thief = t.root / "thief"
        shutil.copytree(own.dir, thief, ignore=lambda d, names: [n for n in names if n in ("wake", "log")])
        run(AGENT, "rotate", "--dir", thief)
        own.import_rows(people(2, 2))
        own.cmd("run", "--once", "--timeout", 2, ok=(1,))
        assert "no longer" in own.status()["trouble"], own.status()["trouble"]
        same(vn.quantity("28162", 2020, code="GK"), 3, "what the former key says by now")
        stolen, = [k["key"] for k in json.loads(vn.cmd("keys", "28162", "--json").stdout)["rows"] if k["key"] != former]
        plan = json.loads(vn.cmd("revoke", "28162", "--key", stolen[:16], "--keep", "none", "--dry-run", "--json").stdout)
        vn.cmd("revoke", "28162", "--key", stolen[:16], "--keep", "none", *(["--confirm", plan["confirm"]] if plan.get("confirm") else []))
        p = run(AGENT, "run", "--once", "--timeout", 2, "--dir", thief, ok=(1,))
        own.cmd("join", json.loads(vn.cmd("invite", "28162", "--json").stdout)["code"])
        vn.cmd("keys", "--approve", own.status()["key"], "--timeout", PATIENCE_S)
        own.sync()
        same(vn.quantity("28162", 2020, code="GK"), 5, "the office's own rows")
        vn.audit()


def other_chain():
    """An enrolled PC asks for the whole chain of another unit: not an update of it comes."""
    with Tree() as t:
        vn = Hub(t, "VN")
        a, thief = Agent(t, "28162", vn), Agent(t, "807", vn)
        for agent, count in ((a, 5), (thief, 2)):
            agent.import_rows(people(1, count))
            agent.sync()
        for chain, answer in (("own-chain", "got through"), ("other-chain", "refused")):
            said = run(os.environ["LT_INTRUDER"], chain, vn.endpoint, vn.dir, thief.dir).stdout
            same(said.strip(), "%s %s" % (chain, answer), "what comes of it")
        same(len(thief.records()), 2, "nor does it come by itself")


def tellers_differ():
    """Two tell of one decision, and differ: it counts once, as who made it says, and the operator has both in a list."""
    with Tree() as t:
        vn = Hub(t, "VN")
        office, commune = Agent(t, "807", vn), Agent(t, "28162", vn)
        decision = dict(authority="807", number="15/QĐ-UBND", date="20/01/2021", year="2020", place="28162")
        told = lambda: json.loads(vn.cmd("differences", "--place", "VN", "--year", "2020", "--json").stdout)
        office.import_rows([award(quantity="3", **decision)])
        office.sync()
        same(told()["rows"], [], "one teller")
        commune.import_rows([award(quantity="9", **decision)])
        commune.sync()
        same(sorted((r["teller"], r["total"], r["counted"], r["apart"]) for r in told()["rows"]),
             [("28162", 9, 0, 6), ("807", 3, 3, 6)], "who told what")
        same(vn.quantity("VN", 2020, code="GK"), 3, "it counts once")
        vn.audit()


def corrected():
    """A clerk corrects and retracts: what he said first stays signed, under his key, at every hub."""
    with Tree() as t:
        vn = Hub(t, "VN")
        h807 = Hub(t, "807", vn)
        a = Agent(t, "28162", h807)
        a.import_rows([award(number="1/QĐ", date="01/02/2021", year="2020", quantity="9")])
        a.sync()
        ref = a.records()[0]["ref"]
        a.import_rows([[ref, *award(number="1/QĐ", date="01/02/2021", year="2020", quantity="4")]],
                      head=["row", "code", "authority", "decision number", "decision date", "year", "type", "recipient", "name",
                            "workplace", "position", "place", "quantity"])
        a.sync()
        a.import_rows([[ref, "xóa", "nhập nhầm"]], head=["Mã dòng", "Thao tác", "Lý do"])
        a.sync()
        for hub in (vn, h807):
            said = json.loads(hub.cmd("updates", "28162", "--json").stdout)["rows"]
            same(([u["state"] for u in said], {u["key"] for u in said}), (["counts"] * 3, {a.status()["key"]}), "signed")
            same(hub.quantity("28162", 2020, code="GK"), 0, "what counts")


CASES = {f.__name__: f for f in (line_read, line_altered, thief_rotates, other_chain, tellers_differ, corrected)}

if __name__ == "__main__":
    main(CASES)
