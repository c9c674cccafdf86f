#!/usr/bin/python3
"""Figures proven to a stranger, with the real binaries: a file, the root's public key, and nothing else.

    proofs.py levels     a tree of three levels: two tellers of one decision, a correction, a retraction, a change in
                         quarantine, a revoked award; asked at the top and at the district in many ways; checked offline
    proofs.py tampered   rows, updates and grants changed, dropped and added, also by a hub that seals it again itself;
                         cut off anywhere; single bits flipped
    proofs.py reformed   heirs who speak for who came before them, asked in the tree of a day
    proofs.py published  what was published stays provable when other figures stand today
    proofs.py files      files that are there, that cannot be written or read, a full disk; what people are told, and in
                         which language
    proofs.py typed      every command of the operator's section on proofs, as it is written
"""
import csv, json, os, pathlib, random, re, shutil, struct, subprocess, sys, tempfile

import nacl.signing

import other_agent
import typed as operator
from other_agent import H
from tree import Agent, ENGLISH, Failed, Hub, PATIENCE_S, SOURCE, Tree, main, same

CHECK = os.environ["LT_CHECK"]
UNITS = ["code", "parent", "level", "type", "name", "valid_from", "valid_to"]
AWARD = ["code", "authority", "decision number", "decision date", "year", "recipient", "name", "workplace", "place",
         "quantity", "status"]
HEAD, ROWS, CUT, UPDATE, SEAL = range(1, 6)


def write(path, head, rows):
    with open(path, "w", encoding="utf-8", newline="") as f:
        w = csv.writer(f)
        w.writerow(head)
        w.writerows(rows)
    return path


def given(number, date="20/12/2024", year="2024", authority="", code="GK", recipient="individual", name="", workplace="",
          place="", quantity="", status=""):
    return [code, authority, number, date, year, recipient, name, workplace, place, quantity, status]


def people(number, count, **how):
    return [given(number, name="Cá nhân %04d" % i, workplace="Thôn %d" % i, **how) for i in range(count)]


def tell(agent, rows, head=AWARD, refused=0):
    told = agent.import_rows(rows, head=head, ok=(0, 1))
    same(told["refused"] + told["asked"], refused, told["rows"])
    agent.sync()


class World:
    """VN over 01 over 011 with three communes; and 02, which has nothing to do with them."""

    def __init__(self, t, ended=""):
        self.t = t
        t.units = self.units(t.root / "units.csv", ended)
        self.vn = Hub(t, "VN")
        self.h01 = Hub(t, "01", self.vn)
        self.h011 = Hub(t, "011", self.h01)
        self.office = Agent(t, "011", self.h011)
        self.one, self.two, self.three = (Agent(t, "011%d" % i, self.h011) for i in (1, 2, 3))
        self.other = Agent(t, "02", self.vn)
        self.root = json.loads(self.vn.cmd("status", "--json").stdout)["root_key"]

    def units(self, path, ended):
        rows = [["01", "", "province", "tinh", "Tỉnh 01"], ["02", "", "province", "tinh", "Tỉnh 02"],
                ["011", "01", "district", "huyen", "Huyện 011"]]
        rows += [["011%d" % i, "011", "commune", "xa", "Xã 011%d" % i, "", ended if i == 3 else ""] for i in (1, 2, 3)]
        return write(path, UNITS, rows)

    def tell_all(self):
        """Two tellers, a correction, a retraction, a change in quarantine, a revoked award."""
        tell(self.office, [given("15/QĐ-UBND", quantity="12"), given("16/QĐ-UBND", recipient="collective", quantity="5"),
                           given("17/QĐ-UBND", quantity="4", place="0111"),
                           given("20/QĐ-UBND", quantity="1", place="0111", status="revoked")])
        tell(self.one, people("15/QĐ-UBND", 4, authority="011") + people("20/QĐ-UBND", 3, authority="011") +
             people("3/QĐ-UBND", 6))
        tell(self.two, people("15/QĐ-UBND", 3, authority="011") + people("4/QĐ-UBND", 5) +
             [given("9/QĐ-UBND", quantity="7")])
        tell(self.three, people("5/QĐ-UBND", 2))
        tell(self.other, people("6/QĐ-UBND", 9, code="BK_BT"))
        mine = self.one.records()
        gone, last = mine[-2]["ref"], mine[-1]["name"]
        exported = self.t.root / "one.csv"
        text = self.one.cmd("export").stdout
        exported.write_text(text.replace(last, "Cá nhân 7777"), encoding="utf-8")
        same(self.one.import_file(exported)["corrected"], 1, "a correction")
        self.one.sync()
        tell(self.one, [[gone, "xóa", "nhập nhầm"]], head=["Mã dòng", "Thao tác", "Lý do"])
        ended = self.units(self.t.root / "ended.csv", "2023-12-31")
        plan = json.loads(self.vn.cmd("units", "import", ended, "--dry-run", "--json").stdout)
        self.vn.cmd("units", "import", ended, "--confirm", plan["confirm"])
        for agent in (self.three, self.one):
            agent.sync()  # so that the directives are everywhere
        same(self.vn.quantity("011", 2024, place="0113"), 0, "what is in quarantine counts nowhere")
        assert self.vn.audit()["quarantined"] >= 2


def check(path, root, *more, ok=(0,)):
    """In an empty folder, with no environment but the language: nothing but the file and the key."""
    with tempfile.TemporaryDirectory() as empty:
        p = subprocess.run([CHECK, str(path), "--root", root, "--json", *map(str, more)], capture_output=True, text=True,
                           cwd=empty, timeout=PATIENCE_S, env={"LANG": "en", "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "")})
    if p.returncode not in ok:
        raise Failed("check left with %d\n%s%s" % (p.returncode, p.stdout[:4000], p.stderr[:4000]))
    told = json.loads(p.stdout)
    same(told["proven"], p.returncode == 0, "what it says and how it leaves")
    return told


def prove(hub, path, *question, ok=(0,), whole=False):
    more = ["--whole"] if whole else []
    p = hub.cmd("prove", path, *question, *more, "--force", "--json", ok=ok)
    return json.loads(p.stdout) if p.returncode == 0 else p.stderr


def ask(hub, *question):
    cells = json.loads(hub.cmd("figures", *question, "--json").stdout)["cells"]
    for c in cells:
        c.pop("unallocated", None)
    return cells


def key_of(cell):
    return sorted((k, str(v)) for k, v in cell.items())


def proven_equal(told, cells):
    """The checker's own rows are the hub's figures."""
    rows = [{k: v for k, v in r.items() if k != "stated"} for r in told["rows"]]
    same(sorted(map(key_of, rows)), sorted(map(key_of, cells)), "rows counted anew")


QUESTIONS = [("--place", "VN", "--year", "2024", "--by", "code,recipient"),
             ("--place", "VN", "--year", "2024", "--by", "place"),
             ("--place", "01", "--year", "2024", "--by", "place,code,level,recipient"),
             ("--place", "011", "--year", "2024", "--by", "place,recipient"),
             ("--place", "0111", "--year", "2024", "--by", "code,nature,type"),
             ("--place", "0112", "--year", "2024", "--by", "status,code"),
             ("--place", "011", "--period", "2024-Q4", "--basis", "decided", "--by", "month,quarter,half"),
             ("--place", "011", "--year", "2020..2024", "--by", "year", "--where", "recipient=individual"),
             ("--place", "011", "--year", "2024", "--by", "level", "--where", "place=0111"),
             ("--place", "VN", "--year", "2024", "--by", "kind,status,detail".replace(",detail", "")),
             ("--place", "VN", "--year", "2024", "--by", "place", "--tree", "2024-06-01"),
             ("--place", "0113", "--year", "2023", "--by", "code")]


def levels():
    with Tree() as t:
        w = World(t)
        w.tell_all()
        files = []
        for i, question in enumerate(QUESTIONS):
            hubs = [w.vn] if question[1] == "VN" else [w.vn, w.h01] if question[1] == "01" else [w.vn, w.h011]
            for hub in hubs:
                for whole in (False, True):
                    path = t.root / ("proof-%d-%s-%d" % (i, hub.unit, whole))
                    told = prove(hub, path, *question, whole=whole)
                    same(told["root"], w.root, "the root key that is told")
                    assert told["left_out"] == 0 if whole else told["left_out"] >= 1, (question, told)  # 0113 counts nothing
                    files.append((path, ask(hub, *question), told))
        for hub in t.hubs:
            hub.stop()
        for path, cells, said in files:  # with no hub left, and from elsewhere
            told = check(path, w.root, "--top", "VN", "--records")
            proven_equal(told, cells)
            same((told["top"], told["faults"], len(told["records"])), ("VN", [], said["behind"]), "told of %s" % path)
            assert not [r for r in told["records"] if "name" in r], "nobody is named"
            assert b"C\xc3\xa1 nh\xc3\xa2n" not in path.read_bytes(), "no names in the file"
        numbers = {r["place"]: r["quantity"] for r in check(files[2][0], w.root)["rows"]}
        same(numbers, {"02": 9, "01": 12 + 5 + 4 + (3 - 1) + 6 + 5 + 7 - 1}, "counted once: two tellers of one decision, less what was taken back")
        named = t.root / "named"
        w.vn.cmd("prove", named, *QUESTIONS[4], "--with-names")
        told = check(named, w.root, "--records")
        assert "Cá nhân 7777" in [r.get("name") for r in told["records"]], told["records"]
        same(named.stat().st_mode & 0o077, 0, "whose names are in it is nobody else's business")
        for command, code in (([CHECK], 64), ([CHECK, named], 64), ([CHECK, named, "--root", "12"], 64),
                              ([CHECK, t.root / "none", "--root", w.root], 2), ([CHECK, named, "--root", w.root, "--top", "01"], 1),
                              ([CHECK, named, "--root", "11" * 32], 1), ([CHECK, "--help"], 0), ([CHECK, named, "--root=" + w.root], 0)):
            p = subprocess.run([str(c) for c in command], capture_output=True, text=True, env=ENGLISH, timeout=PATIENCE_S)
            same(p.returncode, code, "exit of %s: %s%s" % (command, p.stdout, p.stderr))
        vi = subprocess.run([CHECK, named, "--root", w.root, "--lang", "vi"], capture_output=True, text=True, timeout=PATIENCE_S)
        assert "CHỨNG MINH ĐƯỢC" in vi.stdout, vi.stdout


# ---- Files taken apart, and put together by a hub that is not honest ---------------------------------

class File:
    def __init__(self, path):
        data = pathlib.Path(path).read_bytes()
        same(data[:8], b"LTPROOF1", "its beginning")
        at, self.pieces = 8, []
        while at < len(data):
            kind, size = data[at], struct.unpack(">I", data[at + 1:at + 5])[0]
            self.pieces.append((kind, data[at + 5:at + 5 + size]))
            at += 5 + size
        same((at, self.pieces[-1][0]), (len(data), SEAL), "its end")

    def sealed(self, key, pieces=None):
        """All bytes, with a seal by `key`."""
        digest, out = H(b"LTPROOF1"), b"LTPROOF1"
        for kind, content in (pieces if pieces is not None else self.pieces):
            if kind == SEAL:
                continue
            piece = bytes([kind]) + struct.pack(">I", len(content)) + content
            digest = H(digest + piece)
            out += piece
        seal = pb.ProofSeal(signature=key.sign(b"lienthong proof v1\0" + digest).signature).SerializeToString()
        return out + bytes([SEAL]) + struct.pack(">I", len(seal)) + seal

    def of(self, kind):
        return [i for i, (k, _) in enumerate(self.pieces) if k == kind]

    def replaced(self, i, content):
        return self.pieces[:i] + ([] if content is None else [(self.pieces[i][0], content)]) + self.pieces[i + 1:]


pb = None


def load():
    global pb
    other_agent.load_schema(str(SOURCE / "proto" / "lienthong.proto"))
    pb = other_agent.pb


def parts(raw):
    """An update, its frame and its body."""
    update = pb.Update.FromString(raw)
    frame = pb.Frame.FromString(update.frame)
    body = (pb.ReportBody if frame.chain.stream == pb.STREAM_REPORT else pb.DirectiveBody).FromString(update.body)
    return update, frame, body


def sign(frame, body, key):
    frame.body_hash = H(body.SerializeToString())
    update = pb.Update(frame=frame.SerializeToString(), body=body.SerializeToString())
    update.signature = key.sign(b"lienthong update v1\0" + H(update.frame)).signature
    return update.SerializeToString()


def cut_with(file, change):
    """The pieces with each chain of the cut changed; None drops it."""
    pieces = []
    for kind, content in file.pieces:
        if kind == CUT:
            page = pb.ProofCut.FromString(content)
            kept = [c for c in page.chains if change(c) is not False]
            content = pb.ProofCut(chains=kept).SerializeToString()
        pieces.append((kind, content))
    return pieces


def tampered():
    load()
    with Tree() as t:
        w = World(t)
        w.tell_all()
        path, bad = t.root / "proof", t.root / "bad"
        prove(w.vn, path, "--place", "011", "--year", "2024", "--by", "place,recipient", whole=True)
        keys = {h.unit: nacl.signing.SigningKey(bytes.fromhex((h.dir / "sign.key").read_text().split()[0])) for h in t.hubs}
        own, stranger = keys["VN"], nacl.signing.SigningKey.generate()
        for hub in t.hubs:
            hub.stop()
        check(path, w.root)
        file = File(path)
        same(file.sealed(own), path.read_bytes(), "a seal is what it is")

        def refused(what, data, words, code=1):
            bad.write_bytes(data)
            told = check(bad, w.root, ok=(code,))
            said = " | ".join(f["text"] + ": " + f["about"] for f in told["faults"]) + told["trouble"]
            assert re.search(words, said), "%s: %s" % (what, said)

        rows = file.of(ROWS)[0]

        def row(change):
            page = pb.ProofRows.FromString(file.pieces[rows][1])
            change(page.rows)
            return file.sealed(own, file.replaced(rows, page.SerializeToString()))

        def one_more(r):
            r[0].quantity += 1
        refused("a row's number", row(one_more), "a row is not what its records give")
        refused("a row dropped", row(lambda r: r.pop()), "a row is missing")
        refused("a row invented", row(lambda r: r.add(values=["0111", "household"], count=1, quantity=1)), "a row is not what")
        refused("a row twice", row(lambda r: r.add().CopyFrom(r[0])), "a row is there twice")

        head = file.of(HEAD)[0]

        def headed(change, key=own):
            told = pb.ProofHead.FromString(file.pieces[head][1])
            change(told)
            return file.sealed(key, file.replaced(head, told.SerializeToString()))

        def other_question(h):
            h.question.year_from = h.question.year_to = 2023
        refused("another year", headed(other_question), "a row is not what")
        refused("a key of no hub's", headed(lambda h: setattr(h, "key", bytes(stranger.verify_key)), stranger),
                "the hub's key is not granted")
        refused("a district's key for the top's", headed(lambda h: setattr(h, "key", bytes(keys["011"].verify_key)), keys["011"]),
                "the hub's key is not granted")
        refused("sealed by a stranger", file.sealed(stranger), "changed after the hub sealed it")
        refused("another root in it", headed(lambda h: setattr(h, "root", bytes(stranger.verify_key))), "another root key")
        refused("other directives", headed(lambda h: setattr(h, "directives", bytes(32))), "another book")
        refused("other rules", headed(lambda h: setattr(h, "rules", 9)), "another version of the rules")
        bad.write_bytes(path.read_bytes())
        for root in (stranger.verify_key.encode().hex(), own.verify_key.encode().hex()):
            same(check(bad, root, ok=(1,))["proven"], False, "another root key")

        sealed, forged = path.read_bytes(), row(one_more)
        refused("a row, and the seal as it was", forged[:-64] + sealed[-64:], "changed after the hub sealed it")

        reports = [i for i in file.of(UPDATE) if parts(file.pieces[i][1])[1].chain.stream == pb.STREAM_REPORT]
        directives = [i for i in file.of(UPDATE) if i not in reports]
        for i in reports + directives:  # each of them, by a hub that seals it again
            refused("update %d dropped" % i, file.sealed(own, file.replaced(i, None)), "not whole|is missing")
            update, frame, body = parts(file.pieces[i][1])
            body.signed_at += 1
            update.body = body.SerializeToString()
            refused("update %d altered" % i, file.sealed(own, file.replaced(i, update.SerializeToString())), "not what its author signed")
            refused("update %d signed by the hub" % i, file.sealed(own, file.replaced(i, sign(frame, body, own))),
                    "not what its author signed|not whole|is missing|granted")
        last = {}
        for i in reports:
            last[parts(file.pieces[i][1])[1].chain.unit.code] = i
        refused("an update twice", file.sealed(own, file.pieces[:last["0111"]] + file.pieces[last["0111"] - 1:]), "there twice|not whole")

        def shorter(unit, stream):
            """A chain without its last update, its tips and count named accordingly: an older cut, and other rows."""
            ends = [i for i in file.of(UPDATE) for f in [parts(file.pieces[i][1])[1]]
                    if f.chain.unit.code == unit and f.chain.stream == stream]
            gone = max(ends, key=lambda i: parts(file.pieces[i][1])[1].seq)
            frame = parts(file.pieces[gone][1])[1]

            def cut(c):
                if c.tips.chain != frame.chain:
                    return True
                c.count -= 1
                c.tips.tips[:] = list(frame.parents)
                return c.count > 0
            pieces = cut_with(file, cut)
            return file.sealed(own, pieces[:gone] + pieces[gone + 1:])
        refused("a retraction left away with the cut", shorter("0111", pb.STREAM_REPORT), "a row is not what|a row is missing|malformed")
        refused("the last directive left away with the cut", shorter("VN", pb.STREAM_DIRECTIVE), "another book")

        def left_out(c):
            if c.tips.chain.unit.code == "0112" and c.tips.chain.stream == pb.STREAM_REPORT:
                c.left_out = True
        pieces = cut_with(file, left_out)
        rest = [(k, c) for k, c in pieces if k != UPDATE or parts(c)[1].chain.unit.code != "0112"]
        refused("a whole chain left out", file.sealed(own, rest), "left out that must be there")

        def no_directives(c):
            return not (c.tips.chain.stream == pb.STREAM_DIRECTIVE and c.tips.chain.unit.code == "011")
        rest = [(k, c) for k, c in cut_with(file, no_directives)
                if k != UPDATE or parts(c)[1].chain.unit.code != "011" or parts(c)[1].chain.stream != pb.STREAM_DIRECTIVE]
        refused("all directives of the district removed", file.sealed(own, rest), "another book")

        def countersigns(content):
            _, frame, body = parts(content)
            return frame.chain.stream == pb.STREAM_DIRECTIVE and frame.chain.unit.code == "VN" and any(
                item.HasField("grant") and item.grant.role == pb.ROLE_AGENT for item in body.items)
        rest = [(k, c) for k, c in rest if k != UPDATE or not countersigns(c)]
        refused("all grants of the district's communes removed", file.sealed(own, rest), "not granted for its unit")

        unit = pb.Unit(code="0111")
        chain = pb.Chain(stream=pb.STREAM_REPORT, unit=unit)
        body = pb.ReportBody(units=[unit], decisions=[pb.Decision(unit=1, number="99/QĐ-UBND", date=20_000)],
                             changes=[pb.Change(award=pb.Award(code="GK", decision=1, recipient=pb.RECIPIENT_INDIVIDUAL,
                                                               period=pb.Period(kind=pb.PERIOD_YEAR, to=2024), quantity=3))])

        def added(key, to):
            """One more update on a chain, by a key of whoever, with tips and count to match."""
            tips = []

            def cut(c):
                if c.tips.chain == to:
                    tips.extend(c.tips.tips)
            cut_with(file, cut)
            seqs = [f.seq for i in reports for f in [parts(file.pieces[i][1])[1]] if f.chain == to]
            frame = pb.Frame(chain=to, seq=1 + max(seqs, default=0), parents=tips, key=bytes(key.verify_key), instance=bytes(16),
                             body_version=1)
            frame.instance = bytes(range(16))
            raw = sign(frame, body, key)
            name = H(pb.Update.FromString(raw).frame)

            def grown(c):
                if c.tips.chain == to:
                    c.tips.tips[:] = [name]
                    c.count += 1
            pieces = cut_with(file, grown)
            return file.sealed(own, pieces[:-1] + [(UPDATE, raw)])
        refused("an award invented by the hub", added(own, chain), "not granted for its unit|a row is not what")
        refused("an award invented by a stranger", added(stranger, chain), "not granted for its unit")
        strange = pb.Chain(stream=pb.STREAM_REPORT, unit=pb.Unit(code="777"))
        refused("an update of a chain that is not named", added(stranger, strange), "chain that the cut does not have")

        data = path.read_bytes()
        places = sorted({0, 1, 7, 8, 9, 12, 13, len(data) - 1, len(data) - 70} | set(range(0, len(data), len(data) // 41)))
        assert len(places) >= 48, len(places)
        for n in places:
            bad.write_bytes(data[:n])
            told = check(bad, w.root, ok=(2,))
            assert told["trouble"], "cut off at %d" % n
        bad.write_bytes(data + b"\0")
        check(bad, w.root, ok=(2,))
        draw = random.Random(7)
        for bit in sorted(draw.sample(range(8 * len(data)), 300)):
            turned = bytearray(data)
            turned[bit // 8] ^= 1 << bit % 8
            bad.write_bytes(turned)
            told = check(bad, w.root, ok=(1, 2))  # the seal is over all of it: no bit is harmless
            assert told["faults"] or told["trouble"], "bit %d" % bit


def reformed():
    with Tree() as t:
        heirs = [["00001", "01", "commune", "xa", "Xã 00001", "", "2024-12-31"], ["00002", "01", "commune", "xa", "Xã 00002", "", "2024-12-31"],
                 ["00009", "01", "commune", "xa", "Xã 00009", "2025-01-01", ""]]
        t.units = write(t.root / "units.csv", UNITS, [["01", "", "province", "tinh", "Tỉnh 01", "", ""], *heirs])
        vn = Hub(t, "VN")
        root = json.loads(vn.cmd("status", "--json").stdout)["root_key"]
        one, two = Agent(t, "00001", vn), Agent(t, "00002", vn)
        tell(one, people("1/QĐ-UBND", 4, date="20/12/2024"))
        tell(two, people("2/QĐ-UBND", 3, date="20/12/2024"))
        vn.cmd("successions", "import", write(t.root / "heirs.csv", ["code", "valid_to", "successor", "successor_valid_from", "part"],
                                              [[c, "2024-12-31", "00009", "2025-01-01", "whole"] for c in ("00001", "00002")]))
        first = next(csv.DictReader(vn.cmd("records", "--unit", "00001", "--csv").stdout.lstrip("\ufeff").splitlines()))
        heir = Agent(t, "00009@2025-01-01", vn)
        tell(heir, people("3/QĐ-UBND", 2, date="20/02/2025", year="2025"))
        tell(heir, [[first["record"], "xóa", "không phải"]], head=["Mã dòng", "Thao tác", "Lý do"])
        same(vn.quantity("00001", 2024, code="GK"), 3, "taken back by the successor")
        for i, question in enumerate([("--place", "00001", "--year", "2024", "--by", "code"),
                                      ("--place", "VN", "--year", "2024..2025", "--by", "place,year"),
                                      ("--place", "01", "--year", "2024..2025", "--by", "place,year", "--tree", "2025-06-01"),
                                      ("--place", "00009", "--year", "2024..2025", "--by", "year", "--tree", "2025-06-01")]):
            for whole in (False, True):
                told = prove(vn, t.root / ("p%d" % i), *question, whole=whole)
                proven_equal(check(t.root / ("p%d" % i), root), ask(vn, *question))
                same(told["left_out"], 0, "who speaks for others comes with them")


def published():
    with Tree() as t:
        w = World(t)
        w.tell_all()
        question = ("--place", "01", "--year", "2024", "--by", "place,recipient")
        before = ask(w.vn, *question)
        w.vn.cmd("publish", "Năm 2024", *question)
        tell(w.two, people("44/QĐ-UBND", 8))
        tell(w.other, people("45/QĐ-UBND", 8, code="BK_BT"))
        after = ask(w.vn, *question)
        assert before != after
        w.vn.cmd("publish", "Năm 2024", "--restate", "--cause", "xã 0112 báo thêm")
        tell(w.two, people("46/QĐ-UBND", 1))
        for number, cells in ((0, before), (1, after)):
            path = t.root / ("published-%d" % number)
            p = json.loads(w.vn.cmd("prove", path, "--published", "Năm 2024", "--number", number, "--json").stdout)
            told = check(path, w.root)
            proven_equal(told, cells)
            same((told["published"], told["number"], p["left_out"]), ("Năm 2024", number, 0), "which one")
        told = w.vn.cmd("prove", t.root / "none", "--published", "Năm 2023", ok=(1,)).stderr
        assert "Năm 2023" in told, told
        w.vn.cmd("prove", t.root / "none", "--published", "Năm 2024", "--number", "2", ok=(1,))
        w.vn.cmd("prove", t.root / "none", "--published", "Năm 2024", "--year", "2024", ok=(64,))
        assert not (t.root / "none").exists(), "nothing is written"


def files():
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        tell(a, people("1/QĐ-UBND", 3))
        root = json.loads(vn.cmd("status", "--json").stdout)["root_key"]
        question = ("--place", "VN", "--year", "2024", "--by", "code")
        path = t.root / "proof"
        vn.cmd("prove", path, *question)
        first = path.read_bytes()
        tell(a, people("2/QĐ-UBND", 4))
        told = vn.cmd("prove", path, *question, ok=(2,)).stderr
        assert str(path) in told and "--force" in told, told
        same(path.read_bytes(), first, "it stays as it was")
        vn.cmd("prove", path, *question, "--force")
        same([r["quantity"] for r in check(path, root)["rows"]], [7], "written over when told to")

        for where in (t.root / "no" / "proof", t.root):
            for more in ([], ["--force"]):
                assert str(where) in vn.cmd("prove", where, *question, *more, ok=(2,)).stderr
        assert "999" in vn.cmd("prove", t.root / "p", "--place", "999", *question[2:], ok=(1,)).stderr
        vn.cmd("prove", t.root / "p", *question, "--by", ok=(64,))
        vn.cmd("prove", t.root / "p", ok=(64,))
        vn.cmd("prove", *question, ok=(64,))
        same(sorted(x.name for x in t.root.iterdir() if x.is_file() and x.name[0] == "p"), ["proof"], "nothing else is left")

        def said(what, *more, env=None, code=0, out=subprocess.PIPE):
            p = subprocess.run([CHECK, str(what), "--root", root, *more], stdout=out, stderr=subprocess.PIPE, text=True,
                               timeout=PATIENCE_S, env={"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""), **(env or {})})
            same(p.returncode, code, "exit: %s%s" % (p.stdout, p.stderr))
            return (p.stdout or "") + p.stderr
        for env in ({}, {"LANG": "C.UTF-8"}, {"LC_ALL": "POSIX", "LANG": "vi_VN.UTF-8"}, {"LANG": "de_DE"}):
            assert "CHỨNG MINH ĐƯỢC: số liệu đúng là từ 7 bản ghi đã ký" in said(path, env=env)
        for env, more in (({"LANG": "en_GB.UTF-8"}, ()), ({}, ("--lang", "en")), ({"LANG": "vi"}, ("--lang=en",))):
            assert "PROVEN: the figure follows from 7 signed records" in said(path, *more, env=env)
        assert "--place VN --year 2024 --basis achieved --by code" in said(path), said(path)
        assert "vi" in said(path, "--lang", "fr", code=64)
        vn.cmd("prove", path, "--place", "VN", "--period", "2024-Q4", "--basis", "decided", "--force")
        assert "--place VN --period 2024-Q4 --basis decided" in said(path), said(path)
        whole, cut, newer = path.read_bytes(), t.root / "cut", t.root / "newer"
        cut.write_bytes(whole[:-1])
        newer.write_bytes(b"LTPROOF2" + whole[8:])
        for what, words in ((cut, "chép lại cho đủ"), (newer, "phiên bản mới hơn"), (t.root / "none", "xem lại tên tệp"),
                            (t.root, "xem lại tên tệp"), ("/dev/zero", "không phải tệp chứng minh")):
            told = said(what, code=2)
            assert "KHÔNG ĐỌC ĐƯỢC %s" % what in told and words in told, told
            assert "Mốc" not in told and "Trong tệp" not in told, "of what was not read to its end nothing is told: " + told
        vn.cmd("prove", path, "--place", "28165", "--year", "2024", "--by", "code", "--force")
        told = said(path)
        assert "không có dòng nào" in told and "từ 0 bản ghi" in told, told
        with open("/dev/full", "w") as full:
            assert "không ghi ra được" in said(path, code=2, out=full)

        small = t.root / "small"
        small.mkdir()
        if os.geteuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16k", "tmpfs", str(small)],
                                               capture_output=True).returncode != 0:
            print("skipped: a small disk cannot be mounted here")
            return
        t.undo.append(lambda: subprocess.run(["umount", "-l", str(small)], capture_output=True))
        tell(a, people("3/QĐ-UBND", 500))
        told = vn.cmd("prove", small / "p", *question, ok=(2,)).stderr
        assert "No space" in told and str(small / "p") in told, told
        same(list(small.iterdir()), [], "nothing is left")


def typed():
    with Tree() as t:
        vn = Hub(t, "VN")
        a = Agent(t, "28162", vn)
        tell(a, people("1/QĐ-UBND", 3, date="20/12/2020", year="2020"))
        vn.cmd("publish", "Niên giám 2024", "--place", "VN", "--year", "2024", "--by", "place,code")
        shell = operator.Shell(t, t.root / "work")
        vn.dir.rename(shell.cwd / "VN")
        lines, root = operator.commands("Figures proven to a stranger"), None
        same((lines[0].split()[:2], lines[-1], len(lines)), (["lienthong-hub", "prove"],
                                                             "lienthong-check gk-2020.proof --root KEY --json", 8), "the section")
        for line in lines:
            done = shell.type(line.replace("KEY", root) if root else line)
            if " status " in line:
                root = re.search("root key ([0-9a-f]{64})", done.stdout)[1]
        same([(r["code"], r["quantity"]) for r in json.loads(done.stdout)["rows"]], [("GK", 3)], "what was proven")


if __name__ == "__main__":
    main({f.__name__: f for f in (levels, tampered, reformed, published, files, typed)})
